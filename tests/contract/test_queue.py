"""The module queue's page: retry one, retry all, mark resolved."""

import re

from modulehost import events
from modulehost.accounts import admins
from modulehost.schema import AdminRole, Email, ModuleQueue, Service
from tests.contract.bench import Bench, banners

PAGE = "/admin/modulequeue.php"
CODE = """
from modulehost import sdk
def answer(params):
    heard("ran", params["domain"])
    return {"good": "success", "slow": sdk.pending("Being installed", "job-1")}.get(params["domain"].split(".")[0], "vendor is away")
def acme_CreateAccount(params): return answer(params)
def acme_SuspendAccount(params): return answer(params)
"""


def failed(bench: Bench, count: int = 1) -> list[int]:
    """Services whose Create has failed."""
    bench.module(CODE)
    product = bench.product()
    services = [bench.service(product=product, domain=f"bad.example{n}") for n in range(count)]
    for service in services:
        bench.api("ModuleCreate", serviceid=service)
    return services


def rename(bench: Bench, service: int, domain: str) -> None:
    with bench.ctx.unit() as db:
        db.get_one(Service, service).domain = domain


def after(bench: Bench, **fields: str) -> list[tuple[str, str]]:
    bench.admin.saved(PAGE, fields)
    return banners(bench.admin.get(PAGE).text)


def test_what_waits_is_listed_and_nothing_is_repeated_by_itself(bench: Bench) -> None:
    failed(bench)
    page = bench.admin.text(PAGE)
    assert "acme" in page and ">CreateAccount<" in page and "vendor is away" in page and "bad.example0" in page
    assert len(bench.heard()) == 1


def test_retry_one(bench: Bench) -> None:
    first, second = failed(bench, 2)
    assert after(bench, action="retry", id="1", nonce="n1") == [("Module Command Error", "vendor is away")]
    assert [(q.num_retries, q.completed) for q in bench.rows(ModuleQueue)] == [(1, 0), (0, 0)]
    rename(bench, first, "good.example")
    # The same press of the button is the same attempt.
    assert after(bench, action="retry", id="1", nonce="n1") == [("Module Command Error", "vendor is away")]
    assert after(bench, action="retry", id="1", nonce="n2") == [("Module Command Success", "The account of good.example was created.")]
    assert [q.completed for q in bench.rows(ModuleQueue)] == [1, 0]
    assert (bench.row(first).domainstatus, bench.row(second).domainstatus) == ("Active", "Pending")
    page = bench.admin.text(PAGE)
    assert "good.example" not in page and "bad.example1" in page
    assert "good.example" in bench.admin.text(PAGE + "?completed=1")
    assert after(bench, action="retry", id="1", nonce="n3") == [
        ("Module Command Error", "this row of the module queue is completed already")
    ]


def test_retry_all(bench: Bench) -> None:
    first, second, third = failed(bench, 3)
    rename(bench, first, "good.example")
    rename(bench, third, "slow.example")
    assert after(bench, action="retryall", confirmed="1") == [
        ("1 of 3 failed again", "vendor is away"), ("1 command(s) pending", "Being installed"), ("1 command(s) succeeded", ""),
    ]  # fmt: skip
    assert [bench.row(one).domainstatus for one in (first, second, third)] == ["Active", "Pending", "Pending"]
    assert [one.params for one in bench.heard()[3:]] == ["good.example", "bad.example1", "slow.example"]


def test_a_retry_that_is_pending_is_no_failure(bench: Bench) -> None:
    (service,) = failed(bench)
    rename(bench, service, "slow.example")
    assert after(bench, action="retry", id="1", nonce="n1") == [("Module Command Pending", "Being installed")]
    assert [(q.num_retries, q.last_attempt_error) for q in bench.rows(ModuleQueue)] == [(0, "vendor is away")]


def test_resolve_runs_nothing(bench: Bench) -> None:
    (service,) = failed(bench)
    assert after(bench, action="resolve", id="1") == [("Marked Resolved", "")]
    assert (len(bench.heard()), bench.row(service).domainstatus) == (1, "Pending")
    assert "The module queue is empty" in bench.admin.text(PAGE)
    # The next failure is a row of its own.
    bench.api("ModuleCreate", serviceid=service)
    assert [q.completed for q in bench.rows(ModuleQueue)] == [1, 0]


def test_a_success_by_another_door_completes_the_row_of_that_command_only(bench: Bench) -> None:
    (service,) = failed(bench)
    bench.api("ModuleSuspend", serviceid=service)
    rename(bench, service, "good.example")
    assert bench.press(service, "create")[0][0] == "Module Command Success"
    assert [(q.module_action, q.completed) for q in bench.rows(ModuleQueue)] == [("CreateAccount", 1), ("SuspendAccount", 0)]


def listed(bench: Bench, query: str) -> list[str]:
    """The domains in the order in which the page shows them."""
    text = bench.admin.text(PAGE + query)
    return re.findall(r"- ([a-z0-9]+)\.example", text)


def test_the_list_is_narrowed_and_sorted(bench: Bench) -> None:
    first, second, third = failed(bench, 3)
    for service, domain in ((first, "beta.example"), (second, "alpha.example"), (third, "gamma.example")):
        rename(bench, service, domain)
    bench.api("ModuleSuspend", serviceid=second)
    with bench.ctx.unit() as db:
        for row, (retries, module) in zip(db.query(ModuleQueue).order_by(ModuleQueue.id), ((2, "acme"), (7, "acme"), (5, "zeta"), (0, "acme")), strict=True):
            row.num_retries, row.module_name = retries, module
    assert listed(bench, "?orderby=retries&order=desc") == ["alpha", "gamma", "beta", "alpha"]
    assert listed(bench, "?orderby=retries&order=asc") == ["alpha", "beta", "gamma", "alpha"]
    assert listed(bench, "?module=ZETA") == ["gamma"]
    assert listed(bench, "?moduleaction=SuspendAccount") == ["alpha"]
    assert listed(bench, "?module=acme&moduleaction=CreateAccount&orderby=id&order=asc") == ["beta", "alpha"]
    assert "No entries found" in bench.admin.text(PAGE + "?module=nobody")
    assert after(bench, action="resolve", id="3") == [("Marked Resolved", "")]
    assert listed(bench, "?completed=1") == ["gamma"] and "gamma" not in listed(bench, "")
    assert 'aria-sort="descending"' in bench.admin.text(PAGE + "?orderby=module&order=desc")


def test_an_automated_failure_is_one_row_and_a_mail_to_those_who_get_account_mails(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'vendor is <away>'\ndef acme_TerminateAccount(params): return 'busy'\n")
    with bench.ctx.unit() as db:
        for name, gets in (("told", 1), ("untold", 0)):
            role = AdminRole(name=name, systememails=1, accountemails=gets, supportemails=1)
            db.add(role)
            db.flush()
            admins.create(db, name, "Admin-pass-1", email=f"{name}@example.org", role_id=role.id)
    service = bench.service(domain="bad.example")
    for cause in ("order-1", "invoice-1", "invoice-1"):  # the same announcement twice is one attempt
        with bench.ctx.unit() as db:
            events.emit(db, "service.setup", serviceid=service, cause=cause)
        events.drain(bench.ctx)
    (row,) = bench.rows(ModuleQueue)
    assert (row.module_action, row.num_retries, row.completed) == ("CreateAccount", 1, 0)
    mails = [one for one in bench.rows(Email) if one.to == "told@example.org"]
    assert [(one.subject, one.userid) for one in mails] == [("Automatic Setup Failed", 0)]  # the row was open the second time
    assert "vendor is &lt;away&gt;" in mails[0].message and "bad.example" in mails[0].message
    assert f"clientsservices.php?userid=1&amp;id={service}" in mails[0].message and "modulequeue.php" in mails[0].message
    assert "untold@example.org" not in [one.to for one in bench.rows(Email)]
    # Who pressed the button sees the error on the page and needs no mail.
    before = len(bench.rows(Email))
    bench.press(service, "create")
    bench.api("ModuleTerminate", serviceid=service)
    assert len(bench.rows(Email)) == before
    # Once somebody has settled it, the next failure is news.
    assert after(bench, action="resolve", id="1") == [("Marked Resolved", "")]
    with bench.ctx.unit() as db:
        events.emit(db, "service.setup", serviceid=service, cause="invoice-2")
    events.drain(bench.ctx)
    assert [(q.module_action, q.num_retries, q.completed) for q in bench.rows(ModuleQueue)] == [
        ("CreateAccount", 2, 1), ("TerminateAccount", 0, 0), ("CreateAccount", 0, 0),
    ]  # fmt: skip
    assert len([one for one in bench.rows(Email) if one.to == "told@example.org"]) == 2


def test_unknown_rows_and_actions(bench: Bench) -> None:
    failed(bench)
    assert bench.admin.post(PAGE, {"action": "retry", "id": "99"}).status_code == 404
    assert bench.admin.post(PAGE, {"action": "explode", "id": "1"}).status_code == 400
