"""Manage Orders and one order."""

import pytest

from modulehost.context import Ctx
from modulehost.schema import Command, Order, Product, Server, Service
from modulehost.vault import Vault

from .conftest import Browser

VIEW = "/admin/orders.php?action=view&id=1"


def states(ctx: Ctx) -> tuple[str, str]:
    with ctx.unit(read=True) as db:
        return db.get_one(Order, 1).status, db.get_one(Service, 1).domainstatus


def test_list_leads_to_the_order_and_to_the_clients_profile(admin: Browser, service: int) -> None:
    page = admin.text("/admin/orders.php?status=Pending")
    assert '<a href="?action=view&id=1">4711</a>' in page
    assert '<a href="/admin/clientssummary.php?userid=1">Asha Rao</a>' in page
    assert 'class="count">1</span>' in page  # the menu counts what waits
    for query in ("ordernum=4711", "client=rao", "client=Example Ltd", "paymentstatus="):
        assert ">4711<" in admin.text(f"/admin/orders.php?{query}"), query
    for query in ("status=Active", "ordernum=1", "client=nobody", "paymentstatus=Paid"):
        assert "No orders found" in admin.text(f"/admin/orders.php?{query}"), query


def test_accept_without_and_with_create(admin: Browser, ctx: Ctx, service: int) -> None:
    assert "Accept Order" in admin.text(VIEW) and "Run Module Create" in admin.text(VIEW)
    admin.saved("/admin/orders.php?action=accept&id=1", choices="1", autosetup="1", nonce="n1")
    assert states(ctx) == ("Active", "Active")
    page = admin.text(VIEW)
    assert "Order Accepted" in page and "Accept Order" not in page
    admin.saved("/admin/orders.php?action=pending&id=1")
    assert states(ctx) == ("Pending", "Pending")


def test_accept_that_fails_says_why(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.get_one(Service, 1).domain = "bad.example"
    admin.saved("/admin/orders.php?action=accept&id=1", choices="1", autosetup="1")
    assert "No &lt;b&gt;capacity&lt;/b&gt; left" in admin.get(VIEW).text
    assert states(ctx) == ("Pending", "Pending")


@pytest.mark.parametrize(("action", "status"), [("cancel", "Cancelled"), ("fraud", "Fraud")])
def test_ending_an_order_asks_first(admin: Browser, ctx: Ctx, service: int, action: str, status: str) -> None:
    assert "Are you sure" in admin.post(f"/admin/orders.php?action={action}&id=1").text
    assert states(ctx) == ("Pending", "Pending")
    admin.saved(f"/admin/orders.php?action={action}&id=1", confirmed="1")
    assert states(ctx) == (status, status)
    assert admin.saved("/admin/orders.php?action=delete&id=1", confirmed="1") == "/admin/orders.php"
    with ctx.unit(read=True) as db:
        assert db.query(Order).count() == 0 and db.query(Service).count() == 0


def test_notes(admin: Browser, ctx: Ctx, service: int) -> None:
    admin.saved("/admin/orders.php?action=notes&id=1", notes="called\r\nback")
    assert "called\nback" in admin.text(VIEW)
    assert admin.post("/admin/orders.php?action=nonsense&id=1").status_code == 400


def test_acceptance_decides_server_login_and_create_of_each_service(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.add_all(
            [
                Server(name="Node 1", type="demo", maxaccounts=5),
                Server(name="Off", type="demo", disabled=1),
                Server(name="Alien", type="other"),
            ]
        )
        db.get_one(Product, 1).autosetup = "on"
    page = admin.text(VIEW)
    assert "Node 1 (0/5)" in page and ">Off" not in page and "Alien" not in page
    assert 'name="create[1]" value="1" checked' in page  # as the product says
    form = {"choices": "1", "sent[1]": "1", "username[1]": "asha1", "password[1]": "pa55-word"}
    answer = admin.post("/admin/orders.php?action=accept&id=1", form, **{"server[1]": "3"})
    assert answer.status_code == 200 and "the server must be one of the module demo" in answer.text
    assert 'value="asha1"' in answer.text and states(ctx) == ("Pending", "Pending")
    admin.saved("/admin/orders.php?action=accept&id=1", form, **{"server[1]": "1"})
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, 1)
        assert (row.server, row.username, ctx.host.part(Vault).decrypt(row.password)) == (1, "asha1", "pa55-word")
        assert db.query(Command).count() == 0  # the tick was taken away: no Create
    assert states(ctx) == ("Active", "Active")
    admin.saved("/admin/orders.php?action=pending&id=1")
    assert 'name="password[1]" value="********"' in admin.text(VIEW)
    again = {**form, "username[1]": "", "password[1]": "********", "create[1]": "1", "server[1]": "0"}
    admin.saved("/admin/orders.php?action=accept&id=1", again)
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, 1)
        assert (row.server, row.username, ctx.host.part(Vault).decrypt(row.password)) == (1, "asha1", "pa55-word")
        assert [one.function for one in db.query(Command)] == ["CreateAccount"]
