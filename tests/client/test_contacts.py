"""Contacts in the client area: adding, changing, deleting, which mails reach them, and the hooks."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import hooks, mail
from modulehost.accounts import clients, contacts
from modulehost.context import Ctx
from modulehost.schema import Client, Contact, Email
from tests.client.shop import post, words
from tests.support.hosts import CLIENT, CLIENT_DATA

FORM = {
    "firstname": "Cy", "lastname": "Lee", "email": "cy@example.org", "country": "DE", "city": "Bonn",
    "email_preferences[invoice]": "1", "email_preferences[general]": "0",
}  # fmt: skip


def test_add_change_delete(client: FlaskClient, ctx: Ctx) -> None:
    fired: list[tuple[str, Any]] = []
    for point in ("ContactDetailsValidation", "ContactAdd", "ContactEdit", "ContactDelete"):
        hooks.add(ctx.host, point, 1, lambda given, point=point: fired.append((point, given)) or None)  # type: ignore[misc, func-returns-value]
    assert "Add a contact" in words(client.get("/account/contacts")), "without any, the form for the first"
    wrong = post(client, "/account/contacts/new", {**FORM, "email": "nonsense"})
    assert "This email address does not look right." in words(wrong)
    assert 'value="Bonn"' in wrong.text
    fired.clear()
    assert post(client, "/account/contacts/new", FORM).headers["Location"] == "/account/contacts?contactid=1"
    (point, sent), (added, told) = fired
    assert (point, sent["firstname"], "token" in sent) == ("ContactDetailsValidation", "Cy", False)
    assert (added, told["userid"], told["contactid"], told["email"]) == ("ContactAdd", 1, 1, "cy@example.org")
    assert (told["invoiceemails"], told["generalemails"], told["supportemails"]) == (True, False, False)
    assert "There is a contact with this email address already" in words(post(client, "/account/contacts/new", FORM))

    fired.clear()
    post(client, "/account/contacts/save", {**FORM, "contactid": "1", "city": "Köln"})
    assert 'value="Köln"' in client.get("/clientarea.php?action=contacts&contactid=1").text
    edited = fired[-1]
    assert edited[0] == "ContactEdit"
    assert (edited[1]["city"], edited[1]["olddata"]["city"]) == ("Köln", "Bonn")

    with ctx.unit() as db:
        db.get_one(Client, 1).billingcid = 1
    post(client, "/account/contacts/delete", {"contactid": "1"})
    assert fired[-1] == ("ContactDelete", {"userid": 1, "contactid": 1})
    assert post(client, "/account/contacts/delete", {"contactid": "1"}).status_code == 404, "a second click finds nothing"
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Contact)).all() == []
        assert db.get_one(Client, 1).billingcid == 0


def test_a_hook_may_refuse_a_contact(client: FlaskClient, ctx: Ctx) -> None:
    hooks.add(ctx.host, "ContactDetailsValidation", 1, lambda given: ["No <b>Cy</b>", "here"])
    page = post(client, "/account/contacts/new", FORM)
    assert "No <b>Cy</b> here" in words(page)
    assert "<b>Cy</b>" not in page.text
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Contact)).all() == []


def test_contacts_of_others(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.org"})
    theirs = contacts.add(ctx, other.id, {"firstname": "T", "lastname": "T", "email": "t@example.org"})
    assert client.get(f"/account/contacts?contactid={theirs.id}").status_code == 404
    for action in ("save", "delete"):
        assert post(client, f"/account/contacts/{action}", {**FORM, "contactid": str(theirs.id)}).status_code == 404
    with ctx.unit(read=True) as db:
        assert db.get_one(Contact, theirs.id).firstname == "T"


@pytest.mark.parametrize(
    ("client_wants", "kind", "to", "cc"),
    [("1", "general", CLIENT["email"], "a@example.org"), ("0", "general", "a@example.org", ""), ("1", "invoice", CLIENT["email"], "")],
)
def test_the_mails_that_reach_a_contact(ctx: Ctx, client_wants: str, kind: str, to: str, cc: str) -> None:
    contacts.add(ctx, 1, {"firstname": "A", "lastname": "A", "email": "a@example.org", "email_preferences": {"general": "1"}})
    contacts.add(ctx, 1, {"firstname": "B", "lastname": "B", "email": "b@example.org", "email_preferences": {"product": "1"}})
    clients.edit(ctx, 1, {"email_preferences": {"general": client_wants}})
    name = {"general": "Client Signup Email", "invoice": "Invoice Created"}[kind]
    with ctx.unit() as db:
        mail.queue(db, name, 1)
        row = db.scalars(select(Email)).one()
    assert (row.to, row.cc) == (to, cc)


def test_domain_mail_needs_one_addressee(ctx: Ctx) -> None:
    contact = contacts.add(ctx, 1, {"firstname": "A", "lastname": "A", "email": "a@example.org", "email_preferences": {"domain": "1"}})
    clients.edit(ctx, 1, {"email_preferences": {"domain": "0"}})
    with pytest.raises(contacts.Invalid, match="ICANN"):
        contacts.edit(ctx, contact.id, {"email_preferences": {"domain": "0"}})
    clients.edit(ctx, 1, {"email_preferences": {"domain": "1"}})
    contacts.edit(ctx, contact.id, {"email_preferences": {"domain": "0"}})
