"""The module's part of the admin's service page: its rows and their save, its buttons, its functions."""

import html

import pytest

from modulehost.schema import Client, ModuleLog
from tests.contract.bench import Bench, banners, url

FAILED = "The module failed while this page was built"


def test_rows_stand_in_their_order_with_their_html(bench: Bench) -> None:
    bench.module(
        "def acme_AdminServicesTabFields(params):\n"
        "    return {'Mailbox <1>': '<b>' + params['domain'] + '</b>', 'Quota': '<input name=\"modulefields[0]\" value=\"5\">', 'Empty': '', 'Number': 7}"
    )
    page = bench.admin.get(url(bench.service("Active"))).text
    assert "Mailbox &lt;1&gt;" in page
    assert "<b>menon-foods.example</b>" in page
    assert '<input name="modulefields[0]" value="5">' in page
    assert page.index("Mailbox &lt;1&gt;") < page.index(">Quota<") < page.index(">Empty<") < page.index(">Number<")


@pytest.mark.parametrize(
    ("function", "statement", "text"),
    [
        ("AdminServicesTabFields", "raise RuntimeError('vendor gone')", "raised RuntimeError: vendor gone (modules/servers/acme/acme.py:1)"),
        ("AdminServicesTabFields", "return 'text'", "returned the text 'text'; expected a map of label => HTML"),
        ("AdminServicesTabFields", "return ['a', 'b']", "returned a list; expected a map of label => HTML"),
        ("AdminCustomButtonArray", "raise RuntimeError('vendor gone')", "raised RuntimeError: vendor gone"),
        ("AdminCustomButtonArray", "return 7", "returned an int; expected a map of label => function"),
        ("AdminCustomButtonArray", "return {'Restart': 7}", "returned an int where the name of a function is expected"),
    ],
)
def test_what_fails_is_named_and_the_rest_works(bench: Bench, function: str, statement: str, text: str) -> None:
    bench.module(f"def acme_{function}(params): {statement}\ndef acme_LoginLink(params): return '<i>still here</i>'")
    service = bench.service("Active")
    page = bench.tab(service)
    assert FAILED in page and f"acme_{function} {text}" in page and "<i>still here</i>" in page
    bench.admin.saved(url(service), domain="saved.example")
    assert bench.row(service).domain == "saved.example"


def test_nothing_is_no_mistake(bench: Bench) -> None:
    names = ("AdminServicesTabFields", "AdminCustomButtonArray", "ClientAreaCustomButtonArray", "ClientAreaAllowedFunctions")
    service = bench.service("Active")
    for value in ("None", "{}", "[]"):
        bench.module("".join(f"def acme_{name}(params): return {value}\n" for name in names))
        assert FAILED not in bench.tab(service), value
        assert "acme_" not in bench.shown(service), value


def test_the_form_reaches_the_save_and_its_value_is_ignored(bench: Bench) -> None:
    bench.module("def acme_AdminServicesTabFieldsSave(params):\n    heard('save', params)\n    return 'this is ignored'")
    service = bench.service("Active")
    bench.admin.saved(url(service), {"domain": "new.example", "modulefields[0]": "9", "acme_quota": "ä <5>"})
    given = bench.heard()[0].params
    assert (given["request"]["modulefields[0]"], given["request"]["acme_quota"]) == ("9", "ä <5>")
    assert given["domain"] == "new.example"  # what was saved with the same form
    assert banners(bench.admin.get(url(service)).text) == [("Changes Saved Successfully!", "")]


def test_an_error_of_the_save_is_seen_and_the_rest_is_saved(bench: Bench) -> None:
    bench.module("def acme_AdminServicesTabFieldsSave(params): raise RuntimeError('quota too small')")
    service = bench.service("Active")
    bench.admin.saved(url(service), domain="new.example")
    assert banners(bench.admin.get(url(service)).text) == [
        ("Changes Saved Successfully!", ""),
        ("The module could not save its fields",
         "acme_AdminServicesTabFieldsSave raised RuntimeError: quota too small (modules/servers/acme/acme.py:1)"),
    ]  # fmt: skip
    assert bench.row(service).domain == "new.example"


CUSTOM = """
def acme_AdminCustomButtonArray(params): return {"Restart <Now>": "restart", "Fail": "fails", "Page": "page", "None": "nothing", "Typo": "absent"}
def acme_restart(params):
    heard("restart", params["domain"])
    return "success"
def acme_fails(params): return "Disk <b>full</b>"
def acme_page(params): return {"templatefile": "page", "vars": {"a": 1}}
def acme_nothing(params): return None
def acme_hidden(params): return "success"
"""


def test_custom_functions(bench: Bench) -> None:
    bench.module(CUSTOM)
    service = bench.service("Suspended")
    assert "Restart &lt;Now&gt;</a>" in bench.admin.get(url(service)).text
    assert bench.custom(service, "restart") == [("Module Command Success", "The function “restart” was run for menon-foods.example.")]
    assert bench.custom(service, "fails") == [("Module Command Error", "Disk <b>full</b>")]
    assert "<b>full</b>" not in bench.admin.get(url(service)).text
    text = 'acme_nothing returned None; expected "success" or an error text or a page (templatefile, vars) (modules/servers/acme/acme.py:7)'
    assert bench.custom(service, "nothing") == [("Module Command Error", text)]
    assert bench.custom(service, "absent") == [("Module Command Error", "acme_absent is not defined in modules/servers/acme/acme.py")]
    assert bench.row(service).domainstatus == "Suspended"
    assert [one.params for one in bench.heard()] == ["menon-foods.example"]


def test_a_custom_function_may_answer_with_a_page(bench: Bench) -> None:
    page = "{'templatefile': %r, 'pagetitle': 'Disk <use>', 'breadcrumb': {'x.php?a=1&b=2': 'All <disks>'},\n" \
        "    'vars': {'mark': '<u>ok</u>', 'who': params['clientsdetails']['firstname'], 'domain': 'mine'}}"  # fmt: skip
    code = "def acme_AdminCustomButtonArray(): return {'Page': 'page'}\ndef acme_page(params): return "
    template = "<p class=own>{$mark} {$who} {$domain} {$username} {$lastname}{$serverpassword}</p>"
    folder = bench.module(code + page % "disks", disks=template)
    with bench.ctx.unit() as db:
        db.get_one(Client, 1).firstname = "<b>Asha</b>"
    service = bench.service("Active", username="menon")
    for name in ("disks", "disks.tpl"):
        bench.module(code + page % name)
        answer = bench.admin.post(url(service), modop="custom", ac="page")
        assert answer.status_code == 200
        assert "<p class=own><u>ok</u> &lt;b&gt;Asha&lt;/b&gt; mine menon </p>" in answer.text
        assert "Disk &lt;use&gt;" in answer.text and '<a href="x.php?a=1&amp;b=2">All &lt;disks&gt;</a>' in answer.text
    override = bench.host.root / "templates" / "harbour" / "modules" / "servers" / "acme" / "disks.tpl"
    override.parent.mkdir(parents=True)
    override.write_text("of the theme")
    assert "of the theme" in bench.admin.post(url(service), modop="custom", ac="page").text
    override.unlink()
    (folder / "disks.tpl").unlink()
    bench.module("def acme_AdminCustomButtonArray(): return {'Disk Report': 'page'}\ndef acme_page(params): return {'templatefile': 'disks'}")
    assert ">Disk Report</h2>" in bench.admin.post(url(service), modop="custom", ac="page").text  # untitled: what the button said
    bench.module(code + page % "disks")
    missing = html.unescape(bench.admin.post(url(service), modop="custom", ac="page").text)
    assert "templates/harbour/modules/servers/acme/disks.tpl (override in active theme harbour" in missing
    assert "modules/servers/acme/disks.tpl (folder of the module acme)" in missing


@pytest.mark.parametrize(
    ("returned", "text"),
    [
        ("{'vars': ['a'], 'templatefile': 'x'}", "returned vars = a list; expected a map of name => value"),
        ("{'templatefile': ['x']}", "returned templatefile = a list; expected a text"),
        ("{'templatefile': 'x', 'breadcrumb': 'Home'}", "returned breadcrumb = the text 'Home'; expected a map of address => label"),
        ("{'success': True}", "returned a map without templatefile"),
    ],
)
def test_a_page_of_wrong_types_is_an_error(bench: Bench, returned: str, text: str) -> None:
    bench.module(f"def acme_AdminCustomButtonArray(): return {{'Page': 'page'}}\ndef acme_page(params): return {returned}", x="shown")
    ((title, said),) = bench.custom(bench.service("Active"), "page")
    assert title == "Module Command Error"
    assert text in said and "acme_page" in said and "(modules/servers/acme/acme.py:2)" in said


def test_a_page_cannot_leave_the_modules_folder(bench: Bench) -> None:
    bench.module("def other_x(): pass", "other", secret="SECRET-TEMPLATE")
    service = bench.service("Active")
    for name in ("../other/secret", "..\\\\other\\\\secret", "a/../../other/secret.tpl", "/etc/hostname", "a\\0b"):
        bench.module(
            f"def acme_AdminCustomButtonArray(): return {{'Page': 'page'}}\ndef acme_page(params): return {{'templatefile': '{name}'}}"
        )
        page = bench.admin.post(url(service), modop="custom", ac="page").text
        assert "The module's page cannot be shown" in page, name
        assert "SECRET-TEMPLATE" not in page, name


def test_custom_functions_by_api_and_command_line(bench: Bench) -> None:
    bench.module(CUSTOM)
    service = bench.service("Active")
    assert bench.api("ModuleCustom", serviceid=service, func_name="restart") == {"result": "success"}
    assert bench.api("ModuleCustom", serviceid=service, func_name="fails") == {"result": "error", "message": "Disk <b>full</b>"}
    assert bench.call("restart", "--service", str(service))[0] == 0
    code, report = bench.call("fails", "--service", str(service))
    assert (code, report["problems"]) == (1, ["Disk <b>full</b>"])
    code, output = bench.cli("module", "call", "acme", "fails", "--service", str(service))
    assert code == 1 and "Disk <b>full</b>" in output


LOGS = """
from modulehost import sdk
def acme_ConfigOptions(params): return {"Key": {"Type": "password"}}
def acme_CreateAccount(params):
    sdk.logModuleCall("acme", "create", {"user": params["username"], "password": params["password"]},
        "token=t0k-en&x=" + params["serverpassword"], ["done", {"key": params["configoption1"]}], ["t0k-en"])
    return "success"
"""


def test_log_module_call_masks_secrets(bench: Bench) -> None:
    bench.module(LOGS)
    product = bench.product()
    bench.admin.saved(
        f"/admin/configproducts.php?action=edit&id={product}&tab=3",
        {"servertype": "acme", "autosetup": "", "packageconfigoption[1]": "k3y-of-vendor"},
    )
    service = bench.service(product=product, username="menon", password="Pa55-word-1")
    bench.api("ModuleCreate", serviceid=service)
    row = next(row for row in bench.rows(ModuleLog) if row.action == "create")
    assert (row.module, "menon" in row.request) == ("acme", True)
    assert '"password": "********"' in row.request
    assert row.response == "token=********&x="
    assert '"key": "********"' in row.arrdata and '"done"' in row.arrdata
    page = bench.admin.text("/admin/systemmodulelog.php") + bench.admin.text(f"/admin/systemmodulelog.php?id={row.id}")
    assert "acme" in page
    assert not [secret for secret in ("t0k-en", "Pa55-word-1", "k3y-of-vendor") if secret in page]


def test_the_module_log_can_be_switched_off(bench: Bench) -> None:
    bench.module(LOGS)
    service = bench.service(username="menon", password="Pa55-word-1")
    bench.admin.saved("/admin/systemmodulelog.php", action="disable")
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "success"}
    assert bench.rows(ModuleLog) == []
    bench.admin.saved("/admin/systemmodulelog.php", action="enable")
    bench.api("ModuleCreate", serviceid=service)
    assert "create" in [row.action for row in bench.rows(ModuleLog)]
