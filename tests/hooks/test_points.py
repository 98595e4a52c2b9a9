"""Points fire when their subject changes, with the documented arguments, and what they return counts."""

from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from modulehost import hooks, mail, themes
from modulehost.accounts import admins, clients, customfields, signin
from modulehost.billing import invoices, issuing
from modulehost.billing.catalog import groups as product_groups
from modulehost.billing.catalog import products, servers
from modulehost.context import Ctx, Host
from modulehost.ordering import cart
from modulehost.schema import Contact, CustomField, Email, Invoice
from tests.support.hosts import ADMIN, CLIENT


class Heard:
    """Notes what the named points hand over: `heard["ClientAdd"]` is a list of arguments."""

    def __init__(self, host: Host, *points: str) -> None:
        self.calls: list[tuple[str, Any]] = []
        for point in points:
            hooks.add(host, point, 1, lambda *given, point=point: self.calls.append((point, given[0] if len(given) == 1 else given)))

    def __getitem__(self, point: str) -> list[Any]:
        return [given for name, given in self.calls if name == point]

    @property
    def order(self) -> list[str]:
        return [name for name, _given in self.calls]


def test_a_client_that_is_closed(ctx: Ctx) -> None:
    heard = Heard(ctx.host, "ClientClose", "ClientEdit")
    clients.edit(ctx, 1, {"status": "Inactive"})
    assert heard["ClientClose"] == []
    clients.edit(ctx, 1, {"status": "Closed"})
    clients.edit(ctx, 1, {"status": "Closed", "notes": "still"})
    assert heard["ClientClose"] == [{"userid": 1}]
    assert len(heard["ClientEdit"]) == 3


def test_a_new_password_is_told_of_the_user_and_of_the_client_it_owns(ctx: Ctx) -> None:
    heard = Heard(ctx.host, "UserChangePassword", "ClientChangePassword")
    signin.change_password(ctx, 1, CLIENT["password"], "Another-pass-2")
    assert heard.calls == [
        ("UserChangePassword", {"userid": 1, "password": "Another-pass-2"}),
        ("ClientChangePassword", {"userid": 1, "password": "Another-pass-2"}),
    ]


def test_auth_admin_accepts_refuses_or_leaves_it(ctx: Ctx) -> None:
    answers: list[Any] = []
    seen: list[tuple[str, str]] = []

    def listener(given: str, admin: Any) -> Any:
        seen.append((given, admin.username))
        return answers[0]

    hooks.add(ctx.host, "AuthAdmin", 1, listener)
    for answer, password, signed_in in [
        (None, ADMIN["password"], True),
        (None, "wrong", False),
        (True, "wrong", True),
        (False, ADMIN["password"], False),
        (0, "wrong", False),  # neither true nor false: the password decides
    ]:
        answers[:] = [answer]
        assert (admins.sign_in(ctx, "admin", password) is not None) == signed_in, (answer, password)
    assert seen[0] == (ADMIN["password"], "admin")
    answers[:] = [True]
    assert admins.sign_in(ctx, "nobody", "wrong") is None


def test_servers_and_products(ctx: Ctx) -> None:
    heard = Heard(ctx.host, "ServerAdd", "ServerEdit", "ServerDelete", "ProductEdit", "ProductDelete")
    with ctx.unit() as db:
        server = servers.save(db, {"name": "one", "type": "demo"})
    with ctx.unit() as db:
        servers.save(db, {"name": "two", "type": "demo"}, db.merge(server))
    with ctx.unit() as db:
        servers.delete(db, db.merge(server))
    with ctx.unit() as db:
        group = product_groups.create(db, {"name": "Cloud"})
        product = products.create(db, {"name": "Small", "gid": group.id})
    with ctx.unit() as db:
        products.update(db, db.merge(product), {"name": "Medium"})
    with ctx.unit() as db:
        products.delete(db, db.merge(product))
    assert heard.order == ["ServerAdd", "ServerEdit", "ServerDelete", "ProductEdit", "ProductDelete"]
    assert heard["ServerAdd"] == heard["ServerEdit"] == heard["ServerDelete"] == [{"serverid": server.id}]
    [edited] = heard["ProductEdit"]
    assert (edited["pid"], edited["name"], edited["gid"], edited["configoption24"]) == (product.id, "Medium", group.id, "")
    assert heard["ProductDelete"] == [{"pid": product.id}]


def test_an_invoice_from_draft_to_refund(ctx: Ctx, admin_ctx: Ctx) -> None:
    points = ("InvoiceCreationAdminArea", "InvoiceUnpaid", "InvoiceCancelled", "InvoiceRefunded", "UpdateInvoiceTotal")
    heard = Heard(ctx.host, *points)
    items = [invoices.Item("Setup", Decimal("10.00"))]
    id_ = issuing.issue(admin_ctx, 1, items, status="Draft")
    assert heard["InvoiceCreationAdminArea"] == [{"source": "adminarea", "user": 1, "invoiceid": id_, "status": "Draft"}]
    assert heard["UpdateInvoiceTotal"] == [{"invoiceid": id_}]
    for status in ("Unpaid", "Cancelled", "Unpaid", "Unpaid", "Refunded"):
        with ctx.unit() as db:
            invoices.set_status(db, db.get_one(Invoice, id_), status)
    # A draft that is published was never "marked Unpaid", and staying Unpaid is no change.
    assert heard.order[2:] == ["InvoiceCancelled", "InvoiceUnpaid", "InvoiceRefunded"]


def test_a_custom_field_value_can_be_replaced(ctx: Ctx) -> None:
    with ctx.unit() as db:
        field = CustomField(type="client", fieldname="Nick", fieldtype="text")
        db.add(field)
        db.flush()
        field_id = field.id
    heard = Heard(ctx.host, "CustomFieldSave")
    hooks.add(ctx.host, "CustomFieldSave", 5, lambda values: {"value": values["value"].upper()})
    clients.edit(ctx, 1, {"customfields": {field_id: "ash"}})
    assert heard["CustomFieldSave"] == [{"fieldid": field_id, "relid": 1, "value": "ash"}]
    with ctx.unit(read=True) as db:
        assert customfields.values(db, customfields.fields(db, "client"), 1) == {field_id: "ASH"}


def test_copies_of_a_mail_can_be_reduced(ctx: Ctx) -> None:
    with ctx.unit() as db:
        for place in (1, 2, 3):
            db.add(Contact(userid=1, email=f"c{place}@example.com", generalemails=1))
        mail.queue(db, "Client Signup Email", 1)
    given: list[dict[str, Any]] = []

    def keep_second(values: dict[str, Any]) -> dict[str, Any]:
        given.append(values["recipients"])
        return {"cc": {key: one for key, one in values["recipients"]["cc"].items() if one.startswith("c2")}}

    hooks.add(ctx.host, "PreEmailSendReduceRecipients", 1, keep_second)
    mail.deliver(ctx)
    assert sorted(given[0]["cc"].values()) == ["c1@example.com", "c2@example.com", "c3@example.com"]
    assert given[0]["to"] == [CLIENT["email"]]
    with ctx.unit(read=True) as db:
        row = db.query(Email).order_by(Email.id.desc()).first()
        assert row is not None and (row.to, row.cc) == (CLIENT["email"], "c2@example.com")


def test_a_domain_for_the_cart_can_be_refused(ctx: Ctx) -> None:
    heard = Heard(ctx.host, "ShoppingCartValidateDomain")
    assert cart.check_domain(ctx, "shop.example.org") == []
    assert heard["ShoppingCartValidateDomain"] == [{"domainoption": "owndomain", "sld": "shop", "tld": ".example.org"}]
    hooks.add(ctx.host, "ShoppingCartValidateDomain", 5, lambda values: ["Not this one", ""])
    assert cart.check_domain(ctx, "shop.example.org") == ["Not this one"]


def test_alerts_on_the_clients_pages(host: Host, web: FlaskClient) -> None:
    hooks.add(host, "ClientAlert", 1, lambda client: {"message": f"<b>{client.firstname}</b>, pay", "severity": "warning"})
    hooks.add(host, "ClientAlert", 2, lambda client: [{"message": "two", "severity": "odd"}, {"severity": "info"}])
    login = web.get("/login").text
    token = login.split('name="token" value="')[1].split('"')[0]
    web.post("/dologin.php", data={"token": token, "username": CLIENT["email"], "password": CLIENT["password"]})
    page = web.get("/clientarea.php").text
    assert page.count("client-alert") == 2
    assert "alert-warning client-alert" in page and "&lt;b&gt;" in page and "<b>Asha</b>" not in page
    assert themes.considered(host)[0]["page"] == "clientareahome"
