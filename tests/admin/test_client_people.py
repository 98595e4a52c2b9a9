"""The Users and Contacts tabs of a client, closing it and deleting it."""

from typing import Any

from sqlalchemy import func, select

from modulehost import hooks
from modulehost.accounts import clients, userpermissions, users
from modulehost.context import Ctx, Host
from modulehost.schema import (
    Base,
    Client,
    Contact,
    Email,
    Invoice,
    InvoiceItem,
    Service,
    Transaction,
    User,
    UserClient,
    UserInvite,
)  # fmt: skip
from tests.admin.conftest import Browser, wrongs

USERS, CONTACTS = "/admin/clientsusers.php?userid=1", "/admin/clientscontacts.php?userid=1"


def _person(ctx: Ctx, email: str = "bob@example.com") -> int:
    return users.add(ctx, {"firstname": "Bob", "lastname": "Ray", "email": email, "password2": "Bob-pass-11"}).id


def _heard(host: Host, *points: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for point in points:
        hooks.add(host, point, 1, lambda arguments, point=point: found.append((point, dict(arguments))), owner="test")
    return found


def test_users_are_added_changed_made_owner_and_removed(ctx: Ctx, admin: Browser) -> None:
    bob = _person(ctx)
    assert "There is no user with this email address" in admin.post(USERS, action="add", email="no@example.com", perms="emails").text
    admin.saved(USERS, action="add", email="BOB@example.com", perms=["emails", "invoices"])
    page = admin.text(USERS)
    assert "View & Pay Invoices, View Emails" in page and "bob@example.com" in page
    assert wrongs(admin.post(USERS, action="add", email="bob@example.com", perms="emails"))[0].endswith("User already associated with client")
    form = admin.text(f"{USERS}&user={bob}")
    assert 'value="invoices" checked' in form and 'value="orders" checked' not in form
    admin.saved(f"{USERS}&user={bob}", action="permissions", perms=["orders"])
    with ctx.unit(read=True) as db:
        assert userpermissions.of(userpermissions.link(db, bob, 1)) == {"orders"}
        first = users.owner_of(db, 1)
    assert first is not None
    asked = admin.post(USERS, action="owner", user=bob)
    assert asked.status_code == 200 and "Let bob@example.com own" in asked.text
    admin.saved(USERS, action="owner", user=bob, confirmed="1")
    with ctx.unit(read=True) as db:
        owner = users.owner_of(db, 1)
        assert owner is not None and owner.id == bob
    admin.saved(USERS, action="remove", user=bob, confirmed="1")
    assert "You cannot remove the account owner" in admin.text(USERS)
    admin.saved(USERS, action="remove", user=first.id, confirmed="1")
    with ctx.unit(read=True) as db:
        assert [link.auth_user_id for link in db.scalars(select(UserClient).where(UserClient.client_id == 1))] == [bob]
        assert db.get(User, first.id) is not None


def test_invitations_are_sent_again_and_taken_back(ctx: Ctx, admin: Browser) -> None:
    answer = admin.post(USERS, action="invite", inviteemail="nonsense", perms="emails")
    assert 'value="nonsense"' in answer.text and "The email address entered is not valid" in answer.text
    admin.saved(USERS, action="invite", inviteemail="new@example.com", perms=["emails"])
    assert "new@example.com" in admin.text(USERS)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(UserInvite)).one()
        assert (row.permissions, row.invited_by, row.invited_by_admin) == ("emails", 0, 1)
        before = db.scalar(select(func.count(Email.id)))
    admin.saved(USERS, action="resend", invite=row.id)
    admin.saved(USERS, action="cancel", invite=row.id, confirmed="1")
    assert "Open Invitations" not in admin.text(USERS)
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count(Email.id))) == (before or 0) + 1
    admin.saved(USERS, action="resend", invite=row.id)
    assert "This invitation does not exist any more" in admin.text(USERS)


def test_contacts_are_added_changed_and_deleted(ctx: Ctx, host: Host, admin: Browser) -> None:
    heard = _heard(host, "ContactAdd", "ContactEdit", "ContactDelete")
    assert "No contacts" in admin.text(CONTACTS)
    answer = admin.post(f"{CONTACTS}&contactid=new", firstname="Bill", lastname="", email="bill@example.com", country="US")
    assert "You did not enter your last name" in answer.text and 'value="Bill"' in answer.text
    data = {"firstname": "Bill", "lastname": "Payer", "email": "bill@example.com", "country": "US", "wish[invoice]": "1"}
    admin.saved(f"{CONTACTS}&contactid=new", data)
    with ctx.unit() as db:
        row = db.scalars(select(Contact)).one()
        assert (row.userid, row.invoiceemails, row.generalemails) == (1, 1, 0)
        db.get_one(Client, 1).billingcid = row.id
    page = admin.text(CONTACTS)
    assert "Bill Payer" in page and "Billing Contact" in page
    admin.saved(f"{CONTACTS}&contactid={row.id}", {**data, "city": "Rome"})
    assert admin.post(CONTACTS, action="delete", contactid=row.id).status_code == 200
    admin.saved(CONTACTS, action="delete", contactid=row.id, confirmed="1")
    assert [(point, told["contactid"]) for point, told in heard] == [
        ("ContactAdd", row.id), ("ContactEdit", row.id), ("ContactDelete", row.id),
    ]  # fmt: skip
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).billingcid == 0 and db.get(Contact, row.id) is None
    assert admin.get(f"{CONTACTS}&contactid={row.id}").status_code == 404


def test_a_contact_of_another_client_is_not_changed(ctx: Ctx, admin: Browser) -> None:
    other = clients.add(ctx, {"firstname": "O", "lastname": "O", "email": "o@example.com", "password2": "Other-pass-1", "skipvalidation": "1"})
    with ctx.unit() as db:
        db.add(Contact(id=9, userid=other.id, firstname="X", lastname="Y", email="x@example.com"))
    assert admin.get(f"{CONTACTS}&contactid=9").status_code == 404
    assert admin.post(CONTACTS, action="delete", contactid=9, confirmed="1").status_code == 404
    with ctx.unit(read=True) as db:
        assert db.get(Contact, 9) is not None


def _goods(ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Active"
        for number, status in ((501, "Unpaid"), (502, "Paid")):
            db.add(Invoice(id=number, userid=1, status=status))
            db.add(InvoiceItem(invoiceid=number, userid=1, description="x"))
        db.add(Transaction(userid=1, invoiceid=502, transid="T9"))
        db.add(Contact(userid=1, firstname="C", lastname="C"))


def test_a_client_is_closed_once(ctx: Ctx, host: Host, admin: Browser, service: int) -> None:
    _goods(ctx, service)
    heard = _heard(host, "ClientClose", "InvoiceCancelled", "PreModuleTerminate")
    assert "Close Client's Account" in admin.text("/admin/clientssummary.php?userid=1")
    assert admin.post("/admin/clientsclose.php?userid=1").status_code == 200
    for _ in range(2):
        admin.saved("/admin/clientsclose.php?userid=1", confirmed="1")
    assert heard == [("InvoiceCancelled", {"invoiceid": 501}), ("ClientClose", {"userid": 1})]
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, service)
        assert (row.domainstatus, row.termination_date) == ("Terminated", host.clock.today())
        assert db.get_one(Client, 1).status == "Closed"
        assert [db.get_one(Invoice, one).status for one in (501, 502)] == ["Cancelled", "Paid"]


def test_a_deleted_client_leaves_nothing_but_its_payments(ctx: Ctx, host: Host, admin: Browser, service: int) -> None:
    _goods(ctx, service)
    bob = _person(ctx)
    with ctx.unit() as db:
        userpermissions.add(db, bob, 1, ["emails"])
        kept = clients.create(db, {"firstname": "K", "lastname": "K", "email": "k@example.com", "owner_user_id": bob, "skipvalidation": "1"})
    heard = _heard(host, "PreDeleteClient", "ClientDelete")
    assert "Also delete transactions" in admin.text("/admin/clientsdelete.php?userid=1")
    assert admin.post("/admin/clientsdelete.php?userid=1").status_code == 200
    assert admin.saved("/admin/clientsdelete.php?userid=1", deleteusers="1", confirmed="1") == "/admin/clients.php"
    assert heard == [("PreDeleteClient", {"userid": 1}), ("ClientDelete", {"userid": 1})]
    assert admin.post("/admin/clientsdelete.php?userid=1", confirmed="1").status_code == 404
    with ctx.unit(read=True) as db:
        left = {
            name: db.scalar(select(func.count()).select_from(one).where(one.c.userid == 1))
            for name, one in Base.metadata.tables.items() if "userid" in one.c
        }  # fmt: skip
        assert {name for name, count in left.items() if count} == {"tblaccounts", "tblactivitylog"}
        assert db.scalar(select(func.count(InvoiceItem.id))) == 0
        assert [row.id for row in db.scalars(select(Client))] == [kept.id]
        assert [row.id for row in db.scalars(select(User))] == [bob]
    for page in ("clients", "transactions", "invoices", "orders", "clientshostinglist", "modulequeue", "systemactivitylog", "users"):
        admin.text(f"/admin/{page}.php")
