"""Automatic set-up as people meet it: bought in the cart, paid by the test gateway, accepted by staff or by the API."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from modulehost.billing.catalog import groups, products
from modulehost.money import default_currency
from modulehost.schema import Email, Invoice, ModuleQueue, Order, Service, Transaction
from tests.client.shop import nonce, post, words
from tests.contract.bench import Bench, banners

CODE = """
from pathlib import Path
def acme_CreateAccount(params):
    heard("create", {"id": params["serviceid"]})
    return "The vendor is away" if (Path(__file__).parents[3] / "away").exists() else "success"
"""
QUEUE = "/admin/modulequeue.php"


@pytest.fixture
def bench(make_host: Callable[..., Any]) -> Bench:
    made = Bench(make_host())
    made.module(CODE)
    return made


def product(bench: Bench, autosetup: str, **more: Any) -> int:
    """On sale for 5.00 a month, or what `more` says."""
    with bench.ctx.unit() as db:
        usd = default_currency(db).id
        group = groups.create(db, {"name": f"Cloud {autosetup}"})
        given = {"name": "Cloud", "gid": group.id, "type": "other", "paytype": "recurring", "servertype": "acme",
                 "autosetup": autosetup, "pricing": {usd: {"monthly": "5.00"}}, **more}  # fmt: skip
        return products.create(db, given).id


def buy(bench: Bench, pid: int) -> Order:
    """The client orders one in the cart."""
    web = bench.client
    web.get(f"/cart.php?a=add&pid={pid}")
    if "confproduct" in (web.get("/cart.php?a=confproduct&i=0").request.query_string.decode()):
        post(web, "/cart.php?a=confproduct&i=0", {"configure": "true", "i": "0"})
    checkout = web.get("/cart.php?a=checkout")
    placed = post(web, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "testpay", "nonce": nonce(checkout)})
    assert placed.headers.get("Location") == "/cart.php?a=complete", words(placed)
    order: Order = bench.rows(Order)[-1]
    return order


def pay(bench: Bench, order: Order) -> None:
    """Press Pay on the invoice."""
    post(bench.client, f"/viewinvoice.php?id={order.invoiceid}", {"pay": "testpay"})


def press_accept(bench: Bench, order: Order) -> list[tuple[str, str]]:
    """Accept Order, with what the page itself has ticked."""
    page = f"/admin/orders.php?action=view&id={order.id}"
    text = bench.admin.text(page)
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.S) if 'action=accept' in one)
    given = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("type", "name", "value"))
        if name and not (kind and kind[1] == "checkbox" and " checked" not in tag):
            given[name[1]] = value[1] if value else "on"
    bench.admin.saved(f"/admin/orders.php?action=accept&id={order.id}", {**given, "token": bench.admin.token})
    return banners(bench.admin.get(page).text)


def state(bench: Bench) -> tuple[int, str, str]:
    """How often Create ran, the service's status and the order's."""
    service, order = bench.rows(Service)[-1], bench.rows(Order)[-1]
    return len(bench.heard("create")), service.domainstatus, order.status


@pytest.mark.parametrize(
    ("autosetup", "ordered", "paid", "accepted"),
    [
        # An order waits for its review, whatever was set up already.
        ("order", (1, "Active", "Pending"), (1, "Active", "Pending"), (1, "Active", "Active")),
        ("payment", (0, "Pending", "Pending"), (1, "Active", "Pending"), (1, "Active", "Active")),
        ("on", (0, "Pending", "Pending"), (0, "Pending", "Pending"), (1, "Active", "Active")),
    ],
)
def test_each_way_of_automatic_set_up(
    bench: Bench, autosetup: str, ordered: tuple[int, str, str], paid: tuple[int, str, str], accepted: tuple[int, str, str]
) -> None:
    order = buy(bench, product(bench, autosetup))
    assert state(bench) == ordered
    pay(bench, order)
    pay(bench, order)  # a second click, or the gateway's second message
    assert len(bench.rows(Transaction)) == 1
    assert state(bench) == paid
    press_accept(bench, order)
    assert state(bench) == accepted
    service = bench.rows(Service)[-1]
    assert service.username and bench.password(service.id)


@pytest.mark.parametrize("asked", [None, True, False])
def test_a_product_without_automatic_set_up_is_created_when_acceptance_asks_for_it(bench: Bench, asked: bool | None) -> None:
    order = buy(bench, product(bench, ""))
    pay(bench, order)
    assert state(bench) == (0, "Pending", "Pending")
    more = {} if asked is None else {"autosetup": asked}
    assert bench.api("AcceptOrder", orderid=order.id, **more)["result"] == "success"
    assert state(bench) == (1 if asked else 0, "Active", "Active")


def test_acceptance_by_the_api_follows_the_product_unless_told(bench: Bench) -> None:
    pid = product(bench, "on")
    first = buy(bench, pid)
    assert bench.api("AcceptOrder", orderid=first.id, autosetup=False)["result"] == "success"
    assert state(bench) == (0, "Active", "Active")
    second = buy(bench, pid)
    assert bench.api("AcceptOrder", orderid=second.id)["result"] == "success"
    assert state(bench) == (1, "Active", "Active")
    assert bench.api("AcceptOrder", orderid=second.id)["result"] == "error"
    assert state(bench) == (1, "Active", "Active")


def test_what_costs_nothing_is_set_up_at_once_when_it_waits_for_payment(bench: Bench) -> None:
    order = buy(bench, product(bench, "payment", paytype="free", pricing={}))
    assert state(bench) == (1, "Active", "Pending")
    assert [row.status for row in bench.rows(Invoice)] in ([], ["Paid"]), order.invoiceid


def test_a_zero_price_is_paid_at_once(bench: Bench) -> None:
    with bench.ctx.unit(read=True) as db:
        usd = default_currency(db).id
    buy(bench, product(bench, "payment", pricing={usd: {"monthly": "0.00"}}))
    assert state(bench) == (1, "Active", "Pending")


def test_a_set_up_that_fails_waits_in_the_queue_until_its_retry_succeeds(bench: Bench) -> None:
    away = bench.host.root / "away"
    away.touch()
    order = buy(bench, product(bench, "payment"))
    pay(bench, order)
    assert state(bench) == (1, "Pending", "Pending")
    (row,) = bench.rows(ModuleQueue)
    assert (row.module_action, row.last_attempt_error, row.num_retries) == ("CreateAccount", "The vendor is away", 0)
    assert [one.subject for one in bench.rows(Email)].count("Automatic Setup Failed") == 1
    bench.admin.saved(QUEUE, action="retry", id=str(row.id), nonce="n1")
    assert state(bench) == (2, "Pending", "Pending")
    (row,) = bench.rows(ModuleQueue)
    assert (row.num_retries, row.completed) == (1, 0)
    away.unlink()
    bench.admin.saved(QUEUE, action="retry", id=str(row.id), nonce="n2")
    assert state(bench) == (3, "Active", "Pending")
    assert [one.completed for one in bench.rows(ModuleQueue)] == [1]
    press_accept(bench, order)
    assert state(bench) == (3, "Active", "Active")


def test_an_acceptance_whose_create_fails_leaves_the_order_pending(bench: Bench) -> None:
    away = bench.host.root / "away"
    away.touch()
    order = buy(bench, product(bench, "on"))
    assert press_accept(bench, order)[0][0] == "The order was not accepted"
    assert state(bench) == (1, "Pending", "Pending")
    assert bench.api("AcceptOrder", orderid=order.id)["result"] == "error"
    assert len(bench.rows(ModuleQueue)) == 1
    away.unlink()
    assert press_accept(bench, order)[0][0] == "Order Accepted"
    assert state(bench) == (3, "Active", "Active")
    assert [one.completed for one in bench.rows(ModuleQueue)] == [1]
