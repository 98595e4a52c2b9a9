"""Contacts of the client: choose one, change it, add one, delete one."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.accounts import Invalid, clients, contacts
from modulehost.schema import Contact
from modulehost.themes import Page
from modulehost.themes.menus import account_sidebar
from modulehost.web import frame
from modulehost.web.client.account import country_select, crumbs
from modulehost.web.client.show import array, blueprint, errors_html, flash, language, not_found, number, say, show, to

URL = "/account/contacts"


def _own(db: Session, contact_id: int) -> Contact | None:
    row = db.get(Contact, contact_id) if contact_id else None
    return row if row is not None and row.userid == frame.client_id() else None


def _data(default: Contact) -> dict[str, Any]:
    """The form's fields: what was posted, else the contact's."""
    posted = request.method == "POST"
    data = {name: request.form.get(name, "") if posted else getattr(default, name) for name in contacts.TEXTS}
    wishes = array("email_preferences", request.form) if posted else contacts.wishes(default)
    data["emailPreferences"] = {kind: clients.truth(wishes.get(kind, "")) for kind in clients.PREFERENCES}
    return data


def _page(contact: Contact, errors: list[str]) -> Any:
    with frame.ctx().unit(read=True) as db:
        rows = contacts.of_client(db, frame.client_id())
        home = settings.get(db, "DefaultCountry")
    new = not contact.id
    data = _data(contact)
    variables = {
        "contacts": [
            {"id": one.id, "name": f"{one.firstname} {one.lastname}".strip() or one.email, "email": one.email} for one in rows
        ],
        "contactid": contact.id or 0, "formdata": data, "errorMessageHtml": errors_html(errors), "showTaxIdField": False,
        "taxIdLabel": "", "countriesdropdown": country_select(str(data["country"] or (home if new else ""))),
    }  # fmt: skip
    title = say("clientareanavaddcontact" if new else "clientareanavcontacts")
    page = Page(f"account-contacts-{'new' if new else 'manage'}", say("clientareanavcontacts"), variables)
    page.crumbs = crumbs((URL, say("clientareanavcontacts")), ("", title)) if new and rows else crumbs(("", title))
    page.tagline, page.hook = say("userManagement.contactsIntro"), "AddContact" if new else "Contacts"
    page.primary = account_sidebar(language(), "Contacts")
    return show(page, 400 if errors else 200)


def listing() -> Any:
    """The contact `contactid` (or `id`), else the first one; without any, the form for a new one."""
    wanted = number("contactid") or number("id")
    with frame.ctx().unit(read=True) as db:
        row = _own(db, wanted)
        first = next(iter(contacts.of_client(db, frame.client_id())), None)
    if wanted and row is None:
        return not_found()
    return _page(row or first or Contact(id=0), [])


@blueprint.get(URL)
@frame.signed_in
def contact_page() -> Any:
    """The same."""
    return listing()


@blueprint.post(URL)
@frame.signed_in
def choose() -> Any:
    """The choice of a contact above the form."""
    chosen = number("contactid")
    return to(f"{URL}?contactid={chosen}" if chosen else f"{URL}/new")


@blueprint.route(f"{URL}/new", methods=["GET", "POST"])
@frame.signed_in
def contact_new() -> Any:
    """The form for a new contact, and adding it."""
    if request.method == "GET":
        return _page(Contact(id=0), [])
    data = _data(Contact())
    data["email_preferences"] = data.pop("emailPreferences")
    try:
        row = contacts.add(frame.ctx(), frame.client_id(), data, form=_sent())
    except Invalid as error:
        return _page(Contact(id=0), error.errors)
    flash("success", say("contactAdded"))
    return to(f"{URL}?contactid={row.id}")


@blueprint.post(f"{URL}/save")
@frame.signed_in
def contact_save() -> Any:
    """Save the contact `contactid`."""
    with frame.ctx().unit(read=True) as db:
        row = _own(db, number("contactid"))
    if row is None:
        return not_found()
    data = _data(row)
    data["email_preferences"] = data.pop("emailPreferences")
    try:
        contacts.edit(frame.ctx(), row.id, data, form=_sent())
    except Invalid as error:
        return _page(row, error.errors)
    flash("success", say("changessavedsuccessfully"))
    return to(f"{URL}?contactid={row.id}")


@blueprint.post(f"{URL}/delete")
@frame.signed_in
def contact_delete() -> Any:
    """Delete the contact `contactid` (or `id`)."""
    with frame.ctx().unit(read=True) as db:
        row = _own(db, number("contactid") or number("id"))
    if row is None:
        return not_found()
    contacts.delete(frame.ctx(), row.id)
    flash("success", say("contactDeleted"))
    return to(URL)


def _sent() -> dict[str, Any]:
    return {name: value for name, value in request.form.items() if name != "token"}
