"""The Contacts tab of a client: further addressees, each with the kinds of mail that reach them."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from modulehost import settings
from modulehost.accounts import Invalid, clients, contacts
from modulehost.accounts.countries import COUNTRIES
from modulehost.schema import Client, Contact
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_of, client_page
from modulehost.web.admin.site import blueprint, confirmed, go, number, problems, row_or_404, sent

NEW = "new"


def _url(client: Client) -> str:
    return f"/admin/clientscontacts.php?userid={client.id}"


@blueprint.get("/clientscontacts.php")
@frame.permission("View Clients Summary")
def contact_list() -> Response:
    """The contacts of the client; `contactid` shows one as a form, `new` an empty one."""
    client = client_of()
    if request.args.get("contactid"):
        return _form(client, {})
    with frame.ctx().unit(read=True) as db:
        rows = contacts.of_client(db, client.id)
    wishes = {row.id: [kind.title() for kind, on in contacts.wishes(row).items() if on] for row in rows}
    return client_page("client_contacts.html", client, "contacts", contacts=rows, wishes=wishes, url=_url(client))


def _own(client: Client) -> Contact | None:
    """The contact `contactid`; None for a new one."""
    if request.values.get("contactid") == NEW:
        return None
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Contact, number("contactid"), "Contact")
    if row.userid != client.id:
        raise frame.PageError(404, "Contact not found", "This contact does not belong to this client.")
    return row


def _form(client: Client, found: dict[str, str]) -> Response:
    row = _own(client)
    with frame.ctx().unit(read=True) as db:
        home = client.country or settings.get(db, "DefaultCountry")
    default: Any = row if row is not None else Contact(id=0, country=home)
    wishes = contacts.wishes(row) if row is not None else dict.fromkeys(clients.PREFERENCES, False)
    if request.method == "POST":
        wishes = {kind: f"wish[{kind}]" in request.form for kind in wishes}
    return client_page("client_contact.html", client, "contacts", contact=default, wishes=wishes, found=found, given=sent(),
                       countries=[(one.code, one.name) for one in COUNTRIES.values()], url=_url(client),
                       billing=row is not None and client.billingcid == row.id)  # fmt: skip


@blueprint.post("/clientscontacts.php")
@frame.permission("Edit Clients Details")
def save_contact() -> Response:
    """Add, save or delete a contact."""
    client, form = client_of(), request.form
    row = _own(client)
    if form.get("action") == "delete" and row is not None:
        return _delete(client, row)
    data: dict[str, Any] = {name: form[name] for name in contacts.TEXTS if name in form}
    data["email_preferences"] = {kind: f"wish[{kind}]" in form for kind in clients.PREFERENCES}
    told = {name: value for name, value in form.items() if name != "token"}
    try:
        if row is None:
            contacts.add(frame.ctx(), client.id, data, form=told)
        else:
            contacts.edit(frame.ctx(), row.id, data, form=told)
    except Invalid as error:
        return _form(client, problems(error))
    name = f"{form.get('firstname', '')} {form.get('lastname', '')}"
    frame.note("success", "Contact Added" if row is None else "Changes Saved Successfully!", name)
    return go(_url(client))


def _delete(client: Client, row: Contact) -> Response:
    name = f"{row.firstname} {row.lastname}".strip() or row.email
    if asked := confirmed(f"Are you sure you want to delete the contact “{name}”?", _url(client), "Delete Contact"):
        return asked
    contacts.delete(frame.ctx(), row.id)
    frame.note("success", "Contact Deleted", name)
    return go(_url(client))
