"""Python modules held against the contract, without running them."""

from pathlib import Path

import pytest

from modulehost import checking
from tests.check.folders import SERVER, folder, said

BUNDLED = Path(__file__).parents[2] / "modules"


def test_a_right_module_has_nothing_wrong(tmp_path: Path) -> None:
    code = SERVER + "def acme_CreateAccount(params): return 'success'\n"
    assert said(folder(tmp_path, acme_py=code)) == []


def test_the_bundled_modules_have_no_errors() -> None:
    found = checking.find(BUNDLED)
    assert {one.name for one in found} >= {"examplehost", "zoho_mail"}
    assert [f.text for one in found for f in checking.check(one) if f.level == checking.ERROR] == []


def test_nothing_is_run(tmp_path: Path) -> None:
    made = folder(tmp_path, acme_py=SERVER + f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit(3)\n")
    assert said(made) == [] and not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("CreateAcount", "CreateAccount"),
        ("createaccount", "CreateAccount"),
        ("Reboot", ""),
        ("ClientAera", "ClientArea"),
    ],
)
def test_a_misspelt_function_is_named_with_the_right_one(tmp_path: Path, wrong: str, right: str) -> None:
    made = folder(tmp_path, acme_py=SERVER + f"def acme_{wrong}(params): return 'success'\n")
    expected = f"acme.py:4 error function: acme_{wrong} is not called by the host; did you mean acme_{right}?"
    assert said(made) == ([expected] if right else [])


def test_functions_that_buttons_or_the_module_use_are_no_misspelling(tmp_path: Path) -> None:
    code = SERVER + (
        "def acme_AdminCustomButtonArray(params): return {'Renew now': 'renewal'}\n"
        "def acme_renewal(params): return acme_createAccounts(params)\n"
        "def acme_createAccounts(params): return 'success'\n"
    )
    assert said(folder(tmp_path, acme_py=code)) == []


def test_a_button_without_its_function(tmp_path: Path) -> None:
    code = SERVER + (
        "def acme_ClientAreaCustomButtonArray(params):\n"
        "    return {\n"
        "        'Restart': 'restrat',\n"
        "    }\n"
        "def acme_restart(params): return 'success'\n"
    )
    message = "the function acme_restrat of 'Restart' is not defined; did you mean restart?"
    assert said(folder(tmp_path, acme_py=code)) == [f"acme.py:6 warning button: {message}"]


def test_functions_of_the_module_that_was_copied(tmp_path: Path) -> None:
    made = folder(tmp_path, acme_py=SERVER + "def examplehost_SuspendAccount(params): return 'success'\n")
    assert said(made) == [
        "acme.py:4 error function: examplehost_SuspendAccount is not called by the host; "
        "functions of this module begin with acme_: acme_SuspendAccount"
    ]


def test_config_options_are_required(tmp_path: Path) -> None:
    made = folder(tmp_path, acme_py="def acme_CreateAccount(params): return 'success'\n")
    assert said(made) == ["acme.py:1 error missing: acme_ConfigOptions is missing; it is required"]


def test_fields(tmp_path: Path) -> None:
    code = """
LOCATIONS = {"Type": "dropdwn", "Options": "a,b"}
def acme_ConfigOptions(params):
    options = {
        "Plan": {"Type": "string"},
        "Key": "text",
        "Place": LOCATIONS,
        "Kind": {"Type": "radio"},
        "Loaded": {"Type": "dropdown", "Loader": "acme_plans"},
        "Named": {"Type": "text", "FreindlyName": "x"},
        "Bare": {"Description": "only words"},
        "Dynamic": field(),
        "Spread": {**COMMON},
    }
    options["Later"] = {"Type": "checkbox"}
    return options
"""
    assert said(folder(tmp_path, acme_py=code)) == [
        "acme.py:2 error type: field 'Place' has Type 'dropdwn'; did you mean dropdown?",
        "acme.py:5 error type: field 'Plan' has Type 'string'; known are text, password, yesno, dropdown, radio, textarea, none",
        "acme.py:6 error field: field 'Key' is a text; expected a map with Type",
        "acme.py:8 warning field: field 'Kind' is a radio without Options, so it is empty",
        "acme.py:10 warning key: field 'Named' has FreindlyName; did you mean FriendlyName?",
        "acme.py:11 warning field: field 'Bare' has no Type, so it shows its description and keeps no value",
        "acme.py:15 error type: field 'Later' has Type 'checkbox'; known are text, password, yesno, dropdown, radio, textarea, none",
    ]


@pytest.mark.parametrize(
    ("count", "wrong"),
    [
        (24, []),
        (
            25,
            [
                "acme.py:27 error options: acme_ConfigOptions returns 25 fields; a product has only 24 configoption columns"
            ],
        ),
    ],
)
def test_a_product_has_room_for_24_options(tmp_path: Path, count: int, wrong: list[str]) -> None:
    lines = "".join(f"        'f{n}': {{'Type': 'text'}},\n" for n in range(1, count + 1))
    code = f"def acme_ConfigOptions(params):\n    return {{\n{lines}    }}\n"
    assert said(folder(tmp_path, acme_py=code)) == wrong


def test_what_commands_may_return(tmp_path: Path) -> None:
    code = SERVER + (
        "def acme_CreateAccount(params):\n"
        "    def inner(): return None\n"
        "    if inner():\n"
        "        return True\n"
        "    return 'The vendor said no'\n"
        "def acme_SuspendAccount(params):\n"
        "    return\n"
    )
    assert said(folder(tmp_path, acme_py=code)) == [
        'acme.py:7 error return: acme_CreateAccount returns True; expected "success" or an error text',
        'acme.py:10 error return: acme_SuspendAccount returns nothing; expected "success" or an error text',
    ]


def test_what_functions_that_sign_on_may_return(tmp_path: Path) -> None:
    right = SERVER + (
        "def acme_ServiceSingleSignOn(params):\n"
        "    if not params: return {'success': False, 'errorMsg': 'no'}\n"
        "    return {'success': True, 'redirectTo': params['x']}\n"
        "def acme_AdminSingleSignOn(params): return sign(params)\n"
        "def acme_LoginLink(params): return '<a href=x>y</a>'\n"
        "def acme_CustomActions(params): return sdk.CustomActionCollection()\n"
    )
    assert said(folder(tmp_path, acme_py=right)) == []
    for number, (code, text) in enumerate([
        ("acme_ServiceSingleSignOn(params): return 'https://panel.example/'",
         "return: acme_ServiceSingleSignOn returns a text; expected a map of success and redirectTo or errorMsg"),
        ("acme_ServiceSingleSignOn(params): return {'redirectTo': 'https://panel.example/'}",
         "key: acme_ServiceSingleSignOn returns no success; it is required"),
        ("acme_AdminSingleSignOn(params): return {'success': True}",
         "key: acme_AdminSingleSignOn returns no redirectTo; with success it is required"),
        ("acme_AdminSingleSignOn(params): return {'success': 'false', 'errorMsg': 'no'}",
         "return: acme_AdminSingleSignOn returns success = a text; expected true or false"),
        ("acme_CustomActions(params): return []", "return: acme_CustomActions returns a list; expected a CustomActionCollection"),
        ("acme_LoginLink(params): return '<form action=x></form>'",
         "return: acme_LoginLink returns a form; it stands inside the form of the service's page, so only links work"),
    ]):  # fmt: skip
        made = folder(tmp_path / str(number), acme_py=SERVER + f"def {code}\n")
        assert said(made) == [f"acme.py:4 error {text}"]
    misspelt = folder(tmp_path / "key", acme_py=SERVER + "def acme_AdminSingleSignOn(params): return {'success': True, 'redirectTO': 'x'}\n")
    assert any("returns redirectTO; did you mean redirectTo?" in one for one in said(misspelt))


def test_functions_that_cannot_be_called(tmp_path: Path) -> None:
    code = (
        "def acme_ConfigOptions(): return {}\n"
        "def acme_MetaData(params): return {'DisplayName': 'Acme'}\n"
        "def acme_CreateAccount(): return 'success'\n"
        "def acme_SuspendAccount(params, reason): return 'success'\n"
        "async def acme_UnsuspendAccount(params): return 'success'\n"
        "class acme_TerminateAccount: pass\n"
        "def acme_Renew(params, retry=False, *rest): return 'success'\n"
        "def acme_ChangePackage(params, *, dry): return 'success'\n"
        "def acme_ChangePassword(*args): return 'success'\n"
    )
    assert said(folder(tmp_path, acme_py=code)) == [
        "acme.py:2 error call: acme_MetaData wants an argument, but the host passes nothing",
        "acme.py:3 warning call: acme_CreateAccount takes no argument, so it cannot know which service it is called for; "
        "write acme_CreateAccount(params)",
        "acme.py:4 error call: acme_SuspendAccount wants 2 arguments, but the host passes params alone",
        "acme.py:5 error call: acme_UnsuspendAccount is an async def; the host calls a plain function",
        "acme.py:6 error call: acme_TerminateAccount is a class; the host calls a plain function",
        "acme.py:8 error call: acme_ChangePackage wants 2 arguments, but the host passes params alone",
    ]


def test_functions_from_siblings_count(tmp_path: Path) -> None:
    made = folder(
        tmp_path,
        acme_py="from .options import acme_ConfigOptions\nfrom .work import create as acme_CreateAccount\n",
        options_py="def acme_ConfigOptions(params): return {}\n",
        work_py="def create(params, server): return 'success'\n",
    )
    assert said(made) == [
        "acme.py:2 error call: acme_CreateAccount wants 2 arguments, but the host passes params alone"
    ]


def test_siblings_are_imported_relatively(tmp_path: Path) -> None:
    made = folder(
        tmp_path,
        acme_py="import client\nimport json\nimport requests\nfrom lib.api import call\nfrom . import client\n"
        + SERVER,
        client_py="",
        lib__api_py="import client\n",
        json_py="",
    )
    assert said(made) == [
        "acme.py:1 error import: `import client` does not find client, which is a file of this module; write `from . import client`",
        "acme.py:4 error import: `from lib.api import ...` does not find lib, which is a file of this module; write `from .lib.api import ...`",
        "lib/api.py:1 error import: `import client` does not find client, which is a file of this module; write `from .. import client`",
    ]


def test_hooks(tmp_path: Path) -> None:
    hooks = (
        "from modulehost import sdk\n"
        "from modulehost.sdk import add_hook\n"
        "add_hook('AfterModuleCreate', 1, print)\n"
        "add_hook('AfterModulCreate', 1, print)\n"
        "sdk.add_hook('Nonsense', 1, print)\n"
        "add_hook('ClientAdd', print)\n"
        "add_hook(f'Dynamic{1}', 1, print)\n"
        "add_hook('AdminHomeWidgets', 1, print)\n"
    )
    assert said(folder(tmp_path, acme_py=SERVER, hooks_py=hooks)) == [
        "hooks.py:4 warning hook: AfterModulCreate is not a known hook point; did you mean AfterModuleCreate?",
        "hooks.py:5 warning hook: Nonsense is not a known hook point",
        "hooks.py:6 error hook: add_hook wants a point, a priority and a function; it is given 2 of them",
    ]


def test_files_that_are_no_python(tmp_path: Path) -> None:
    made = folder(tmp_path, acme_py="def acme_(:\n", hooks_py="x = '\n")
    assert said(made) == [
        "acme.py:1 error syntax: SyntaxError: invalid syntax",
        "hooks.py:1 error syntax: SyntaxError: unterminated string literal (detected at line 1)",
    ]


def test_the_folder_names_the_main_file(tmp_path: Path) -> None:
    assert said(folder(tmp_path, acmee_py=SERVER)) == [
        ":1 error folder: the folder has no acme.py; the main file must be named like its folder (found acmee.py)"
    ]
    assert said(folder(tmp_path, name="Acme2_x", Acme2_x_py="def Acme2_x_ConfigOptions(p): return {}\n")) == [
        "Acme2_x.py:1 warning name: the name of a server module is lower-case letters and digits: Acme2_x"
    ]


def test_tests_and_libraries_of_others_are_left_alone(tmp_path: Path) -> None:
    made = folder(
        tmp_path, acme_py=SERVER, tests__test_acme_py="import acme\n", vendor__x_py="(", conftest_py="import acme\n"
    )
    assert said(made) == []
