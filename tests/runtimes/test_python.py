"""Python modules: loading, reloading, time limits, and one clear error for everything that can go wrong."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from modulehost import extensions, runtimes
from modulehost.context import Ctx, Host
from modulehost.runtimes import ModuleFailed

Write = Callable[..., Path]


def call(ctx: Ctx, name: str, function: str, *args: object, **options: float) -> runtimes.Returned:
    return runtimes.call(ctx, extensions.module(ctx.host, "servers", name), function, *args, **options)


def test_a_saved_file_counts_with_the_next_call_and_the_last_good_state_outlives_a_broken_one(
    ctx: Ctx, write_module: Write
) -> None:
    write_module("demo", "def demo_CreateAccount(params):\n    return 'one'\n")
    assert call(ctx, "demo", "CreateAccount", {}).value == "one"
    write_module("demo", "def demo_CreateAccount(params):\n    return 'two'\n")
    assert call(ctx, "demo", "CreateAccount", {}).value == "two"
    write_module("demo", "def demo_CreateAccount(params:\n    return 'bad'\n")
    assert call(ctx, "demo", "CreateAccount", {}).value == "two"
    write_module("demo", "def demo_CreateAccount(params):\n    return 'six'\n")
    assert call(ctx, "demo", "CreateAccount", {}).value == "six"


def test_siblings_are_relative_imports_and_reload_with_the_folder(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "from .helper import answer\ndef demo_CreateAccount(params):\n    return answer()\n",
        helper="def answer(): return 'a'\n",
    )
    assert call(ctx, "demo", "CreateAccount", {}).value == "a"
    write_module(
        "demo",
        "from .helper import answer\ndef demo_CreateAccount(params):\n    return answer()\n",
        helper="def answer(): return 'b'\n",
    )
    assert call(ctx, "demo", "CreateAccount", {}).value == "b"


def test_an_absolute_sibling_import_says_how_to_write_it(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", "import helper\n", helper="")
    with pytest.raises(ModuleFailed, match=r"write `from \. import helper` \(modules/servers/demo/demo\.py:1\)"):
        call(ctx, "demo", "CreateAccount", {})


def test_an_addon_and_a_server_module_may_share_name_and_siblings(ctx: Ctx, write_module: Write) -> None:
    write_module("twin", "from . import part\ndef twin_CreateAccount(p): return part.name\n", part="name = 'server'\n")
    write_module(
        "twin", "from . import part\ndef twin_output(p): return part.name\n", "addons", part="name = 'addon'\n"
    )
    assert call(ctx, "twin", "CreateAccount", {}).value == "server"
    assert runtimes.call(ctx, extensions.module(ctx.host, "addons", "twin"), "output", {}).value == "addon"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("def demo_CreateAccount(p):\n    raise ValueError('no such plan')\n",
         "demo_CreateAccount raised ValueError: no such plan (modules/servers/demo/demo.py:2)"),
        ("def demo_CreateAccount(p)\n    pass\n",
         "servers/demo does not load: SyntaxError: expected ':' (modules/servers/demo/demo.py:1)"),
        ("x = 1 / 0\n", "servers/demo does not load: ZeroDivisionError: division by zero (modules/servers/demo/demo.py:1)"),
        ("raise SystemExit(3)\n", "servers/demo does not load: SystemExit: 3 (modules/servers/demo/demo.py:1)"),
        ("def demo_CreateAccount(p):\n    import sys\n    sys.exit(2)\n",
         "demo_CreateAccount raised SystemExit: 2 (modules/servers/demo/demo.py:3)"),
        ("def demo_Create(p): return 'success'\n", "demo_CreateAccount is not defined in modules/servers/demo/demo.py"),
    ],
)  # fmt: skip
def test_each_failure_is_one_sentence_with_file_and_line(ctx: Ctx, write_module: Write, code: str, text: str) -> None:
    write_module("demo", code)
    with pytest.raises(ModuleFailed) as failure:
        call(ctx, "demo", "CreateAccount", {})
    assert str(failure.value) == text


@pytest.mark.parametrize(
    "body",
    ["while True: pass", "import time\n    while True:\n        try: time.sleep(0.01)\n        except Exception: pass"],
)
def test_a_call_that_hangs_ends_at_its_limit_and_names_its_line(ctx: Ctx, write_module: Write, body: str) -> None:
    write_module("demo", f"def demo_CreateAccount(params):\n    {body}\n")
    started = time.monotonic()
    with pytest.raises(
        ModuleFailed, match=r"demo_CreateAccount was stopped after 0\.3 s \(modules/servers/demo/demo\.py:\d\)"
    ):
        call(ctx, "demo", "CreateAccount", {}, seconds=0.3)
    assert time.monotonic() - started < 3


def test_a_late_call_into_the_host_is_refused_and_its_result_thrown_away(ctx: Ctx, write_module: Write) -> None:
    folder = write_module(
        "demo",
        "import pathlib, threading\nfrom modulehost import sdk\ngo = threading.Event()\n"
        "def demo_CreateAccount(params):\n"
        "    try: go.wait()\n"
        "    except BaseException: pass\n"
        "    try: sdk.logActivity('too late')\n"
        "    except BaseException as e: pathlib.Path(params['out']).write_text(type(e).__name__)\n"
        "    return 'success'\n"
        "def demo_go(params):\n    go.set()\n    return 'success'\n",
    )
    out = folder / "late.txt"
    with pytest.raises(ModuleFailed):
        call(ctx, "demo", "CreateAccount", {"out": str(out)}, seconds=0.2)
    call(ctx, "demo", "go", {})
    limit = time.monotonic() + 5
    while not out.exists() or not out.read_text():
        assert time.monotonic() < limit
    assert out.read_text() == "CallExpired"


def test_what_a_module_prints_is_kept_and_missing_arguments_are_left_out(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", "def demo_MetaData():\n    print('hello', 3)\n    return {'DisplayName': 'Demo'}\n")
    returned = call(ctx, "demo", "MetaData", {"not": "wanted"})
    assert returned.value == {"DisplayName": "Demo"}
    assert returned.printed == "hello 3\n"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("None", 'demo_CreateAccount returned None; expected "success" or an error text'),
        ("True", 'demo_CreateAccount returned True; expected "success" or an error text'),
        ("{'success': True}", 'demo_CreateAccount returned a dict; expected "success" or an error text'),
        ("''", 'demo_CreateAccount returned an empty text; expected "success" or an error text'),
    ],
)
def test_a_wrong_return_value_is_told_with_its_place(ctx: Ctx, write_module: Write, value: str, problem: str) -> None:
    write_module("demo", f"\ndef demo_CreateAccount(params):\n    return {value}\n")
    returned = call(ctx, "demo", "CreateAccount", {})
    assert returned.problems == [f"{problem} (modules/servers/demo/demo.py:2)"]
    assert not returned.checked.ok


def test_datetime_and_time_follow_the_hosts_clock_inside_a_module_only(ctx: Ctx, write_module: Write) -> None:
    ctx.host.clock.freeze()
    ctx.host.clock.set(datetime(2031, 5, 6, 7, 8, 9))
    write_module(
        "demo",
        "import time\nfrom datetime import date, datetime\nimport datetime as d\n"
        "def demo_MetaData():\n"
        "    return [str(datetime.now()), str(date.today()), time.strftime('%Y'), isinstance(d.datetime(2020,1,1), datetime),"
        " isinstance(datetime.now(), d.date)]\n",
    )
    assert call(ctx, "demo", "MetaData").value == ["2031-05-06 07:08:09", "2031-05-06", "2031", True, True]
    assert datetime.now().year != 2031  # noqa: DTZ005


def test_a_folder_without_its_main_file_says_what_it_found(ctx: Ctx) -> None:
    folder = ctx.host.root / "modules" / "servers" / "mymod"
    folder.mkdir(parents=True)
    (folder / "my_module.py").write_text("")
    with pytest.raises(
        ModuleFailed, match=r"has no mymod\.py; the main file must be named like its folder \(found my_module\.py\)"
    ):
        call(ctx, "mymod", "CreateAccount", {})
    (folder / "mymod.php").write_text("<?php")
    with pytest.raises(ModuleFailed, match="is written in PHP"):
        call(ctx, "mymod", "CreateAccount", {})


def test_a_missing_module_names_the_nearest(ctx: Ctx) -> None:
    with pytest.raises(extensions.ModuleMissing, match="did you mean 'zoho_mail'"):
        extensions.module(ctx.host, "servers", "zohomail")


def test_the_root_goes_before_what_is_bundled(ctx: Ctx, write_module: Write) -> None:
    assert call(ctx, "zoho_mail", "MetaData").value["DisplayName"] == "Zoho Mail"  # loaded before it is hidden
    write_module("zoho_mail", "def zoho_mail_MetaData(): return {'DisplayName': 'Mine'}\n")
    assert call(ctx, "zoho_mail", "MetaData").value == {"DisplayName": "Mine"}


def test_an_archive_unpacked_whole_into_the_modules_folder_counts_after_what_lies_there(ctx: Ctx, write_module: Write) -> None:
    folder = ctx.host.root / "modules" / "servers" / "acme-1.0" / "modules" / "servers" / "acme"
    folder.mkdir(parents=True)
    (folder / "acme.py").write_text("def acme_MetaData(): return {'DisplayName': 'from the archive'}\n")
    assert call(ctx, "acme", "MetaData").value == {"DisplayName": "from the archive"}
    found = [one for one in extensions.modules(ctx.host, "servers") if one.name.startswith("acme")]
    assert [(one.name, one.shown) for one in found] == [("acme", "modules/servers/acme-1.0/modules/servers/acme")]
    write_module("acme", "def acme_MetaData(): return {'DisplayName': 'uploaded'}\n")
    assert call(ctx, "acme", "MetaData").value == {"DisplayName": "uploaded"}


def test_hook_files_are_loaded_reloaded_and_forgotten(ctx: Ctx, host: Host) -> None:
    from modulehost import hooks

    folder = host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    file = folder / "mine.py"
    file.write_text("from modulehost.sdk import add_hook\nadd_hook('ClientAdd', 1, lambda v: 'one')\n")
    (folder / "_off.py").write_text("from modulehost.sdk import add_hook\nadd_hook('ClientAdd', 1, lambda v: 'off')\n")
    assert hooks.values(hooks.fire(ctx, "ClientAdd")) == ["one"]
    file.write_text("from modulehost.sdk import add_hook\nadd_hook('ClientAdd', 1, lambda v: 'second')\n")
    assert hooks.values(hooks.fire(ctx, "ClientAdd")) == ["second"]
    file.unlink()
    assert hooks.values(hooks.fire(ctx, "ClientAdd")) == []
