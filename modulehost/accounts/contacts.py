"""Contacts: further addressees of a client, each with the kinds of mail that reach them.

Sources: the public API reference (AddContact, UpdateContact, GetContacts) and the public hook documentation.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost import hooks, journal
from modulehost.accounts import users
from modulehost.accounts.clients import COUNTRY_INVALID, PREFERENCES, preferences, truth
from modulehost.accounts.countries import COUNTRIES
from modulehost.accounts.errors import Invalid
from modulehost.accounts.users import valid_mail
from modulehost.context import Ctx
from modulehost.language import Phrase
from modulehost.schema import Client, Contact, icontains, moment_text, same

TEXTS = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "tax_id",
)  # fmt: skip
DUPLICATE = Phrase("host.error.contactExists", "Duplicate Email Address")
NO_DOMAIN_MAIL = Phrase(
    "host.error.domainMail",
    "You must have at least one email address enabled to receive domain related notifications as required by ICANN. "
    "To disable domain notifications, please enable domain notifications for the primary account holder or another contact"
)


def of_client(db: Session, client_id: int) -> list[Contact]:
    """The contacts of a client by name."""
    wanted = select(Contact).where(Contact.userid == client_id)
    return list(db.scalars(wanted.order_by(Contact.firstname, Contact.lastname, Contact.id)))


def search(filters: Mapping[str, Any]) -> Select[Any]:
    """The contacts whose named columns hold these texts; `userid` names the client."""
    wanted = select(Contact)
    for name, value in filters.items():
        column = getattr(Contact, name)
        wanted = wanted.where(column == int(value) if name == "userid" else icontains(column, str(value)))
    return wanted.order_by(Contact.id)


def wishes(contact: Contact) -> dict[str, bool]:
    """Which kinds of mail reach the contact."""
    return {kind: bool(getattr(contact, f"{kind}emails")) for kind in PREFERENCES}


def details(contact: Contact) -> dict[str, Any]:
    """A contact as GetContacts has it."""
    found: dict[str, Any] = {"id": contact.id, "userid": contact.userid}
    found |= {name: getattr(contact, name) for name in TEXTS}
    found |= {f"{kind}emails": wish for kind, wish in wishes(contact).items()}
    return found | {"created_at": moment_text(contact.created_at), "updated_at": moment_text(contact.updated_at)}


def add(ctx: Ctx, client_id: int, data: Mapping[str, Any], form: Mapping[str, Any] | None = None, strict: bool = True) -> Contact:
    """Add a contact: the texts, and `email_preferences` (kind -> yes or no). Fires ContactDetailsValidation (for a `form`) and ContactAdd.

    Without `strict`, as by the API, names may be missing. Raises Invalid.
    """
    _ask_hooks(ctx, form)
    now = ctx.host.clock.now()
    with ctx.unit() as db:
        if db.get(Client, client_id) is None:
            raise Invalid(["Client ID Not Found"])
        contact = Contact(userid=client_id, created_at=now, updated_at=now)
        _fill(db, contact, data, strict)
        db.add(contact)
        db.flush()
        journal.activity(db, f"Added Contact - {name(contact)} - Contact ID: {contact.id}", client_id)
    hooks.fire(ctx, "ContactAdd", **_told(contact))
    return contact


def edit(ctx: Ctx, contact_id: int, data: Mapping[str, Any], form: Mapping[str, Any] | None = None, strict: bool = True) -> Contact:
    """Change what `data` names. Fires ContactDetailsValidation (for a `form`) and ContactEdit. Raises Invalid."""
    _ask_hooks(ctx, form)
    with ctx.unit() as db:
        contact = db.get(Contact, contact_id)
        if contact is None:
            raise Invalid(["Contact ID Not Found"])
        old = _told(contact)
        _fill(db, contact, data, strict)
        contact.updated_at = ctx.host.clock.now()
        new = _told(contact)
        changed = sorted(name for name in new if new[name] != old[name])
        if changed:
            text = f"Contact Modified - {', '.join(changed)} - Contact ID: {contact.id}"
            journal.activity(db, text, contact.userid)
    hooks.fire(ctx, "ContactEdit", **new, olddata=old)
    return contact


def delete(ctx: Ctx, contact_id: int) -> None:
    """Delete a contact and fire ContactDelete; the client's invoices go to the client again. Raises Invalid when there is none."""
    with ctx.unit() as db:
        contact = db.get(Contact, contact_id)
        if contact is None:
            raise Invalid(["Contact ID Not Found"])
        client = db.get(Client, contact.userid)
        if client is not None and client.billingcid == contact.id:
            client.billingcid = 0
        journal.activity(db, f"Deleted Contact - {name(contact)} - Contact ID: {contact.id}", contact.userid)
        db.delete(contact)
    hooks.fire(ctx, "ContactDelete", userid=contact.userid, contactid=contact_id)


def _fill(db: Session, contact: Contact, data: Mapping[str, Any], strict: bool) -> None:
    before = bool(contact.domainemails)
    for name in TEXTS:
        if name in data and data[name] is not None:
            setattr(contact, name, str(data[name]).strip())
    contact.country = contact.country.upper()
    chosen = data.get("email_preferences")
    if isinstance(chosen, Mapping):
        for kind in PREFERENCES:
            if kind in chosen:
                setattr(contact, f"{kind}emails", int(truth(chosen[kind])))
    errors: list[str] = []
    if strict and not contact.firstname:
        errors.append(users.FIRST_NAME_MISSING)
    if strict and not contact.lastname:
        errors.append(users.LAST_NAME_MISSING)
    if strict and not contact.email:
        errors.append(users.MAIL_MISSING)
    elif contact.email and not valid_mail(contact.email):
        errors.append(users.MAIL_INVALID)
    elif contact.email and _taken(db, contact):
        errors.append(DUPLICATE)
    if contact.country and contact.country not in COUNTRIES:
        errors.append(COUNTRY_INVALID)
    if before and not contact.domainemails and not _other_domain_mail(db, contact):
        errors.append(NO_DOMAIN_MAIL)
    if errors:
        raise Invalid(errors)


def _taken(db: Session, contact: Contact) -> bool:
    twins = select(Contact.id).where(Contact.userid == contact.userid, same(Contact.email, contact.email))
    with db.no_autoflush:
        return db.scalar(twins.where(Contact.id != (contact.id or 0)).limit(1)) is not None


def _other_domain_mail(db: Session, contact: Contact) -> bool:
    client = db.get(Client, contact.userid)
    if client is None or preferences(client)["domain"] == "1":
        return True
    others = select(Contact.id).where(Contact.userid == contact.userid, Contact.domainemails == 1)
    with db.no_autoflush:
        return db.scalar(others.where(Contact.id != (contact.id or 0)).limit(1)) is not None


def _told(contact: Contact) -> dict[str, Any]:
    found: dict[str, Any] = {"userid": contact.userid, "contactid": contact.id}
    found |= {name: getattr(contact, name) for name in TEXTS}
    return found | {f"{kind}emails": wish for kind, wish in wishes(contact).items()}


def name(contact: Contact) -> str:
    """How a contact is called in lists."""
    return f"{contact.firstname} {contact.lastname}".strip() or contact.email


def _ask_hooks(ctx: Ctx, form: Mapping[str, Any] | None) -> None:
    """ContactDetailsValidation gets what the form sent; a hook answers a text or a list of texts to refuse."""
    if form is None:
        return
    errors: list[str] = []
    for answer in hooks.values(hooks.fire(ctx, "ContactDetailsValidation", dict(form))):
        errors += [str(one) for one in (answer if isinstance(answer, list | tuple) else [answer]) if one]
    if errors:
        raise Invalid(errors)
