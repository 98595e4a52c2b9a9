"""Renew when a renewal invoice is paid, and GetModuleQueue for what failed."""

from datetime import timedelta
from decimal import Decimal

from modulehost.billing import invoices, payments
from modulehost.schema import Client
from tests.contract.bench import Bench

CODE = """
def acme_Renew(params):
    heard("Renew", params)
    return "success" if params["domain"] != "bad.example" else "vendor is away"
def acme_CreateAccount(params): return "no capacity"
"""


def bill(bench: Bench, *services: int, later: int = 31) -> int:
    """An invoice for the period that begins so many days after the registration."""
    due = bench.host.clock.today() + timedelta(days=later)
    with bench.ctx.unit() as db:
        items = [invoices.Item("A month", Decimal("5.00"), "Hosting", one, False, due) for one in services]
        return invoices.create(db, db.get_one(Client, 1), items, paymentmethod="mailin").id


def test_a_paid_renewal_invoice_renews_each_running_service_once(bench: Bench) -> None:
    bench.module(CODE)
    product = bench.product()
    first, second = (bench.service("Active", product, domain=f"{n}.example") for n in ("one", "two"))
    ended = bench.service("Terminated", product)
    payments.pay(bench.ctx, bill(bench, first, later=0), "T0", "mailin")
    assert bench.heard("Renew") == []  # the order's own invoice
    invoice = bill(bench, first, second, ended)
    payments.pay(bench.ctx, invoice, "T1", "mailin")
    payments.pay(bench.ctx, invoice, "T1", "mailin")  # the same payment, announced twice
    assert [one.params["serviceid"] for one in bench.heard("Renew")] == [first, second]
    payments.pay(bench.ctx, bill(bench, first, later=62), "T2", "mailin")
    assert len(bench.heard("Renew")) == 3


def test_a_module_without_renew_is_left_alone(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    payments.pay(bench.ctx, bill(bench, bench.service("Active")), "T1", "mailin")
    assert bench.api("GetModuleQueue") == {"result": "success", "count": 0, "queue": []}


def test_what_failed_waits_in_the_queue_and_the_api_lists_it(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active", domain="bad.example")
    payments.pay(bench.ctx, bill(bench, service), "T1", "mailin")
    other = bench.service(domain="new.example")
    bench.api("ModuleCreate", serviceid=other)
    answer = bench.api("GetModuleQueue")
    assert answer["count"] == 2
    row = answer["queue"][0]
    assert (row["serviceType"], row["serviceId"], row["moduleName"], row["moduleAction"]) == ("service", service, "acme", "Renew")
    assert (row["lastAttemptError"], row["numRetries"], row["completed"]) == ("vendor is away", 0, 0)
    assert [one["serviceId"] for one in bench.api("GetModuleQueue", moduleAction="CreateAccount")["queue"]] == [other]
    assert [one["serviceId"] for one in bench.api("GetModuleQueue", serviceType="service", relatedId=service)["queue"]] == [service]
    assert bench.api("GetModuleQueue", since="2999-01-01")["count"] == 0
    assert "must be a date" in bench.api("GetModuleQueue", since="soon")["message"]
