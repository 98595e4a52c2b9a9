"""PreModule... and AfterModule...: for every command, with their documented arguments, in order, and with what they may do."""

from modulehost.schema import ActivityLog, ModuleQueue
from tests.contract.bench import Bench

COMMANDS = {
    "CreateAccount": ("create", "Create"), "SuspendAccount": ("suspend", "Suspend"), "UnsuspendAccount": ("unsuspend", "Unsuspend"),
    "TerminateAccount": ("terminate", "Terminate"), "ChangePackage": ("changepackage", "ChangePackage"), "Renew": ("renew", "Renew"),
    "ChangePassword": ("changepw", "ChangePassword"), "restart": ("custom", "Custom"),
}  # fmt: skip
EVERY = [f"{when}Module{name}{end}" for _, name in COMMANDS.values()
         for when, end in (("Pre", ""), ("After", ""), ("After", "Failed"))]  # fmt: skip
OFFERED = "\ndef acme_AdminCustomButtonArray(): return {'Restart': 'restart'}\n"
LISTENING = f"""
for point in {EVERY!r}:
    add_hook(point, 1, lambda v, point=point: note(point, v))
"""


def test_success_fires_before_and_after(bench: Bench) -> None:
    bench.hooks(LISTENING)
    for function in COMMANDS:
        bench.forget()
        succeeds(bench, function)


def succeeds(bench: Bench, function: str) -> None:
    bench.module(f"def acme_{function}(params):\n    heard({function!r}, params)\n    return 'success'" + OFFERED)
    service = bench.service("Active", password="Old-pass-1", username="menon")
    command, name = COMMANDS[function]
    bench.press(service, command, ac=function if command == "custom" else "")
    (before, given), (after, result) = bench.noted()
    assert (before, after) == (f"PreModule{name}", f"AfterModule{name}")
    assert list(given) == ["params"]
    seen = bench.heard(function)[0].params
    assert {k: v for k, v in given["params"].items() if k != "model"} == {k: v for k, v in seen.items() if k != "model"}
    if function == "ChangePassword":
        assert result == {"serviceid": service, "oldpassword": "Old-pass-1", "newpassword": "Old-pass-1"}
    else:
        assert list(result) == ["params"]
        assert result["params"]["serviceid"] == service


def test_failure_fires_before_and_failed_with_the_text(bench: Bench) -> None:
    bench.hooks(LISTENING)
    for function, (command, name) in COMMANDS.items():
        bench.forget()
        bench.module(f"def acme_{function}(params): return 'Not today'" + OFFERED)
        service = bench.service("Active", password="Old-pass-1", username="menon")
        bench.press(service, command, ac=function if command == "custom" else "")
        (before, _), (after, result) = bench.noted()
        assert (before, after) == (f"PreModule{name}", f"AfterModule{name}Failed")
        assert sorted(result) == ["failureResponseMessage", "params"]
        assert (result["failureResponseMessage"], result["params"]["serviceid"]) == ("Not today", service)


def test_a_changed_password_is_told_with_the_old_one_by_page_and_api(bench: Bench) -> None:
    bench.module("def acme_ChangePassword(params): return 'success'")
    bench.hooks("add_hook('AfterModuleChangePassword', 1, lambda v: note('after', v))\n")
    service = bench.service("Active", password="First-pass-1")
    bench.send(service, modulechangepassword="true", newpw="Second-pass-2", confirmpw="Second-pass-2")
    bench.api("ModuleChangePw", serviceid=service, servicepassword="Third-pass-3")
    assert [(v["oldpassword"], v["newpassword"]) for _, v in bench.noted()] == [
        ("First-pass-1", "Second-pass-2"), ("Second-pass-2", "Third-pass-3"),
    ]  # fmt: skip


def test_lower_priorities_run_first_and_equal_ones_in_their_order(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    bench.hooks(
        "for name, priority in (('late', 20), ('first', -5), ('a', 5), ('b', 5)):\n"
        "    add_hook('PreModuleCreate', priority, lambda v, name=name: note(name, None))\n"
    )
    bench.api("ModuleCreate", serviceid=bench.service())
    assert [name for name, _ in bench.noted()] == ["first", "a", "b", "late"]


def test_abortcmd_keeps_the_module_out(bench: Bench) -> None:
    bench.hooks(LISTENING + f"for point in {EVERY!r}:\n    add_hook(point, 5, lambda v: {{'abortcmd': True}})\n")
    for function, (command, name) in COMMANDS.items():
        bench.forget()
        bench.module(f"def acme_{function}(params):\n    heard({function!r})\n    return 'success'" + OFFERED)
        service = bench.service("Active", username="menon", password="Old-pass-1")
        ((title, text),) = bench.press(service, command, ac=function if command == "custom" else "")
        assert (title, text.startswith(f"the hook PreModule{name} at ")) == ("Module Command Error", True)
        assert text.endswith("aborted the command") and "bench.py" in text
        assert (bench.heard(), bench.row(service).domainstatus) == ([], "Active")
        assert [point for point, _ in bench.noted()] == [f"PreModule{name}"]


def test_what_a_hook_returns_is_laid_over_the_params(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params):\n    heard('c', {k: params.get(k) for k in ('domain', 'username', 'mine')})\n    return 'success'")
    bench.hooks(
        "add_hook('PreModuleCreate', 1, lambda v: {'domain': 'one.example', 'username': 'one', 'abortcmd': False})\n"
        "add_hook('PreModuleCreate', 2, lambda v: {'domain': 'two.example', 'mine': 7})\n"
        "add_hook('PreModuleCreate', 3, lambda v: None)\n"
        "add_hook('PreModuleCreate', 4, lambda v: 'nonsense')\n"
        "add_hook('AfterModuleCreate', 1, lambda v: note('after', v['params']['domain']))\n"
    )
    service = bench.service(username="menon", password="Pa55-word-1")
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "success"}
    assert bench.heard()[0].params == {"domain": "two.example", "username": "one", "mine": 7}
    assert bench.noted() == [("after", "two.example")]
    assert (bench.row(service).domain, bench.row(service).username) == ("menon-foods.example", "menon")  # for this call only


def test_a_hook_that_raises_stops_nobody(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    bench.hooks(
        "def bad(v): raise RuntimeError('hook is broken')\n"
        "add_hook('PreModuleCreate', 1, bad)\nadd_hook('AfterModuleCreate', 1, bad)\n"
        "add_hook('AfterModuleCreate', 2, lambda v: note('after', None))\n"
    )
    service = bench.service()
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "success"}
    assert (bench.row(service).domainstatus, bench.noted()) == ("Active", [("after", None)])
    assert any("hook is broken" in row.description for row in bench.rows(ActivityLog))


def test_what_hooks_change_in_their_arguments_changes_nothing(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params):\n    heard('c', params['domain'])\n    return 'success'")
    bench.hooks("add_hook('PreModuleCreate', 1, lambda v: v['params'].update(domain='changed.example'))\n")
    bench.api("ModuleCreate", serviceid=bench.service())
    assert bench.heard()[0].params == "menon-foods.example"


def test_a_modules_own_hooks_run_once_a_product_uses_it(bench: Bench) -> None:
    folder = bench.module("def acme_ConfigOptions(params): return {}\ndef acme_CreateAccount(params): return 'success'")
    (folder / "hooks.py").write_text(
        "from modulehost.sdk import add_hook\nfrom pathlib import Path\n"
        "add_hook('AfterModuleCreate', 1, lambda v: Path(__file__).with_name('heard').write_text(v['params']['domain']))\n"
    )
    product = bench.product(servertype="")
    bench.admin.saved(f"/admin/configproducts.php?action=edit&id={product}&tab=3", {"servertype": "acme", "autosetup": ""})
    bench.api("ModuleCreate", serviceid=bench.service(product=product))
    assert (folder / "heard").read_text() == "menon-foods.example"


def test_an_aborted_command_waits_in_the_queue(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    bench.hooks("add_hook('PreModuleCreate', 5, lambda v: {'abortcmd': True})\n")
    bench.api("ModuleCreate", serviceid=bench.service())
    assert [q.module_action for q in bench.rows(ModuleQueue)] == ["CreateAccount"]
