"""Buttons and functions of the client area: which are offered, which may be called, and what they answer."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from modulehost.accounts import clients
from modulehost.context import Host
from modulehost.schema import Command, ModuleLog
from modulehost.settings import put
from tests.client.shop import post, words
from tests.contract.bench import Bench
from tests.support.hosts import CLIENT_DATA

CODE = """
def acme_ClientAreaCustomButtonArray(params): return {"Restart <Server>": "restart", "Always Fails": "fails", "Statistics": "stats"}
def acme_ClientAreaAllowedFunctions(params): return {"Report": "report"}
def acme_restart(params):
    heard("restart", params["serviceid"])
    return "success"
def acme_fails(params): return "Disk <b>full</b>"
def acme_stats(params): return {"templatefile": "stats", "breadcrumb": {"clientarea.php?action=x": "Stat <1>", "#": "All"}, "vars": {"count": 7}}
def acme_report(params):
    heard("report", params["serviceid"])
    return "success"
def acme_secret(params):
    heard("secret")
    return "success"
def acme_TerminateAccount(params):
    heard("TerminateAccount")
    return "success"
"""
STATS = "<p class=own>{$count} of {$product} for {$clientsdetails.firstname}</p>"


def run(bench: Bench, service: int, function: str) -> str:
    """What the page says after a client asked for a function."""
    return words(bench.send(service, modop="custom", a=function))


def test_buttons_run_their_function(bench: Bench) -> None:
    bench.module(CODE, stats=STATS)
    service = bench.service("Active")
    assert "Restart &lt;Server&gt;" in bench.details(service).text
    assert "Done." in run(bench, service, "restart")
    assert [one.params for one in bench.heard()] == [service]
    answer = bench.send(service, modop="custom", a="fails")
    assert "Disk &lt;b&gt;full&lt;/b&gt;" in answer.text
    # By address alone nothing runs: the page asks for a click.
    bench.details(service, "&modop=custom&a=restart")
    assert len(bench.heard()) == 1


def test_a_function_may_answer_with_a_page(bench: Bench) -> None:
    bench.module(CODE, stats=STATS)
    answer = bench.send(bench.service("Active"), modop="custom", a="stats")
    assert "<p class=own>7 of Cloud for Asha</p>" in answer.text
    assert '<a href="clientarea.php?action=x">Stat &lt;1&gt;</a>' in answer.text


def test_an_allowed_function_has_no_button_and_runs(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active")
    assert ">Report<" not in bench.details(service).text
    assert "Done." in run(bench, service, "report")
    assert [one.function for one in bench.heard()] == ["report"]


def test_everything_else_is_refused(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active")
    for function in ("secret", "TerminateAccount", "ClientArea", "absent", "", "../x", "RESTART"):
        assert "Done." not in run(bench, service, function), function
    assert (bench.heard(), bench.rows(Command)) == ([], [])
    assert bench.row(service).domainstatus == "Active"


def test_a_core_function_is_refused_even_when_the_module_lists_it(bench: Bench) -> None:
    bench.module(CODE + "def acme_ClientAreaAllowedFunctions(params): return ['TerminateAccount', 'restart']\n")
    service = bench.service("Active")
    run(bench, service, "TerminateAccount")
    assert (bench.heard(), bench.row(service).domainstatus) == ([], "Active")


def test_the_list_of_allowed_functions_may_be_plain(bench: Bench) -> None:
    bench.module("def acme_ClientAreaAllowedFunctions(): return ['report']\ndef acme_report(params): return 'success'")
    assert "Done." in run(bench, bench.service("Active"), "report")


def test_a_service_that_is_not_active_is_refused(bench: Bench) -> None:
    bench.module(CODE + "def acme_ChangePassword(params):\n    heard('password')\n    return 'success'\n")
    for status in ("Pending", "Suspended", "Terminated", "Cancelled", "Fraud"):
        service = bench.service(status, password="Old-pass-1")
        run(bench, service, "restart")
        bench.send(service, modulechangepassword="true", newpw="New-pass-1", confirmpw="New-pass-1")
        assert (bench.heard(), bench.password(service)) == ([], "Old-pass-1"), status


def test_a_service_of_somebody_else_does_not_exist(bench: Bench) -> None:
    bench.module(CODE)
    with bench.ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"}).id
    service = bench.service("Active", userid=other)
    address = f"/clientarea.php?action=productdetails&id={service}"
    assert bench.client.get(address).status_code == 404
    assert post(bench.client, address, {"modop": "custom", "a": "restart"}).status_code == 404
    assert post(bench.app.test_client(), address, {"modop": "custom", "a": "restart"}).status_code in (302, 303)  # nobody
    assert bench.heard() == []


def test_without_the_forms_token_nothing_runs(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active")
    answer = bench.client.post(f"/clientarea.php?action=productdetails&id={service}", data={"modop": "custom", "a": "restart"})
    assert answer.status_code in (400, 403)
    assert bench.heard() == []


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return None", "acme_restart returned None"),
        ("raise RuntimeError('vendor is away')", "acme_restart raised RuntimeError: vendor is away"),
        ("return sdk.pending('Being restarted', 'job-1')", "Being restarted"),
    ],
)
def test_what_goes_wrong_is_shown(bench: Bench, statement: str, text: str) -> None:
    bench.module(
        "from modulehost import sdk\ndef acme_ClientAreaCustomButtonArray(): return {'Restart': 'restart'}\n"
        f"def acme_restart(params): {statement}"
    )
    assert text in run(bench, bench.service("Active"), "restart")


def test_broken_lists_leave_the_page_standing(bench: Bench) -> None:
    service = bench.service("Active")
    for function in ("ClientAreaCustomButtonArray", "ClientAreaAllowedFunctions"):
        for statement in ("raise RuntimeError('boom')", "return 7", "return {'a': ['b']}"):
            bench.module(f"def acme_{function}(params): {statement}\ndef acme_ClientArea(params): return '<i>still here</i>'")
            assert "<i>still here</i>" in bench.details(service).text, (function, statement)


def test_the_password_form_shows_only_where_the_module_can(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active")
    assert 'name="modulechangepassword"' not in bench.details(service).text
    bench.module("def acme_ChangePassword(params): return 'Too <weak>'")
    assert 'name="modulechangepassword"' in bench.details(service).text
    answer = bench.send(service, modulechangepassword="true", newpw="New-pass-1", confirmpw="New-pass-1")
    assert "Too &lt;weak&gt;" in answer.text


BROKEN = """
def acme_ClientAreaCustomButtonArray(params): return {"Break": "broken", "Say Nothing": "nothing", "Refuse": "refuse"}
def acme_broken(params): raise RuntimeError("the vendor key k3y-7 was refused")
def acme_nothing(params): return None
def acme_refuse(params): return "Your disk is full"
def acme_ChangePassword(params): raise ValueError("row 12 of vendor_accounts")
"""


@pytest.mark.parametrize("development", [True, False])
def test_exceptions_are_told_to_clients_in_development_only(make_host: Callable[..., Host], development: bool) -> None:
    bench = Bench(make_host(development=development))
    bench.module(BROKEN)
    with bench.ctx.unit() as db:
        put(db, "ModuleLogEnabled", "on")
    service = bench.service("Active")
    plain = "did not answer as expected"
    for function, inner in (("broken", "the vendor key k3y-7 was refused"), ("nothing", "acme_nothing")):
        for _ in range(2):  # the second click is told what the first was told
            shown = words(bench.send(service, modop="custom", a=function, nonce=f"one-{function}"))
            assert (inner in shown, plain in shown) == (development, not development), shown
    assert "Your disk is full" in words(bench.send(service, modop="custom", a="refuse", nonce="r1"))
    assert "Your disk is full" in words(bench.send(service, modop="custom", a="refuse", nonce="r1"))
    changed = words(bench.send(service, modulechangepassword="true", newpw="longer-than-six", confirmpw="longer-than-six"))
    assert ("vendor_accounts" in changed, plain in changed) == (development, not development)
    with bench.ctx.unit(read=True) as db:
        logged = [f"{row.action} {row.response} {row.arrdata}" for row in db.scalars(select(ModuleLog))]
    assert any("broken" in one and "the vendor key k3y-7 was refused" in one for one in logged), logged
    assert any("ChangePassword" in one and "vendor_accounts" in one for one in logged), logged
