"""Writing mail templates: made here or bundled, one row for each language, checked before they are stored."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import journal, language
from modulehost.context import ctx_of
from modulehost.mail.rendering import mistakes
from modulehost.mail.templates import TEMPLATES
from modulehost.schema import EmailTemplate, Invoice, Service, same

#: tblemailtemplates.type -> how lists call it
TYPES = {
    "general": "General", "product": "Product/Service", "domain": "Domain", "invoice": "Invoice", "support": "Support",
    "affiliate": "Affiliate", "admin": "Admin", "user": "User", "invite": "Invite", "notification": "Notification",
}  # fmt: skip
#: types whose messages can be written to a client, with what their id means
TO_CLIENTS = {"general": "Client ID", "product": "Service ID", "invoice": "Invoice ID"}
LONGEST_NAME = 255


class TemplateErrors(ValueError):
    """A template that cannot be stored; `errors` maps fields to what is wrong with them."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def create(db: Session, name: str, kind: str) -> EmailTemplate:
    """Add an empty template of one's own (custom 1). Raises TemplateErrors."""
    name = " ".join(name.split())
    errors = {}
    if not name:
        errors["name"] = "Unique Name is required."
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"Unique Name has {len(name)} characters; at most {LONGEST_NAME} fit."
    elif rows(db, name):
        errors["name"] = f"There is an email template named “{name}” already."
    if kind not in TYPES:
        errors["type"] = "Choose a type."
    if errors:
        raise TemplateErrors(errors)
    row = EmailTemplate(name=name, type=kind, custom=1)
    row.created_at = row.updated_at = ctx_of(db).host.clock.now()
    db.add(row)
    db.flush()
    journal.activity(db, f"Email Template Created: {name}")
    return row


def rows(db: Session, name: str) -> list[EmailTemplate]:
    """The template in all its languages, the default (language empty) first."""
    found = db.scalars(select(EmailTemplate).where(same(EmailTemplate.name, name)).order_by(EmailTemplate.id))
    return sorted(found, key=lambda row: (row.language != "", row.language))


def check(data: Mapping[str, str], key: int | str = "") -> dict[str, str]:
    """What is wrong with subject[key] and message[key] of a form: a template that does not compile, with its line."""
    errors = {}
    for field, noun in (("subject", "Subject"), ("message", "Message")):
        name = f"{field}[{key}]" if key != "" else field
        wrong = mistakes(data.get(name, ""))
        if wrong is not None:
            where = f" on line {wrong.line}" if field == "message" else ""
            shown = f": {wrong.text.strip()[:120]}" if wrong.text.strip() else ""
            errors[name] = f"{noun} is no valid template: {wrong.message}{where}{shown}"
    return errors


def save(db: Session, template: EmailTemplate, data: Mapping[str, str]) -> None:
    """Store a form: subject[ID] and message[ID] of each language's row, and what all of them share. Raises TemplateErrors.

    `data` may hold fromname, fromemail, copyto, blind_copy_to, plaintext, disabled. The default text needs a subject.
    """
    family = rows(db, template.name)
    errors: dict[str, str] = {}
    for row in family:
        errors |= check(data, row.id)
        if not row.language and not data.get(f"subject[{row.id}]", row.subject).strip():
            errors[f"subject[{row.id}]"] = "Subject is required."
    for field, noun in (("fromemail", "From"), ("copyto", "Copy To"), ("blind_copy_to", "Blind Copy To")):
        bad = [one for one in _addresses(data.get(field, "")) if not _address(one)]
        if bad:
            errors[field] = f"{noun}: “{bad[0][:80]}” is no email address; separate several with commas."
    if errors:
        raise TemplateErrors(errors)
    now = ctx_of(db).host.clock.now()
    for row in family:
        row.subject = " ".join(data.get(f"subject[{row.id}]", row.subject).split())
        row.message = data.get(f"message[{row.id}]", row.message).replace("\r\n", "\n")
        row.fromname = " ".join(data.get("fromname", "").split())[:200]
        row.fromemail = data.get("fromemail", "").strip()
        for field in ("copyto", "blind_copy_to"):
            setattr(row, field, ", ".join(_addresses(data.get(field, ""))))
        row.plaintext, row.disabled = int("plaintext" in data), int("disabled" in data)
        row.updated_at = now
    journal.activity(db, f"Email Template Modified: {template.name}")


def disable(db: Session, template: EmailTemplate, disabled: bool) -> None:
    """Stop a template from being sent, in all languages, or let it be sent again."""
    for row in rows(db, template.name):
        row.disabled = int(disabled)
    journal.activity(db, f"Email Template {'Disabled' if disabled else 'Enabled'}: {template.name}")


def delete(db: Session, template: EmailTemplate) -> None:
    """Delete a template of one's own in all languages. Raises TemplateErrors for a bundled one."""
    if not template.custom:
        raise TemplateErrors({"name": "Templates of the system cannot be deleted; disable it instead."})
    for row in rows(db, template.name):
        db.delete(row)
    journal.activity(db, f"Email Template Deleted: {template.name}")


def reset(db: Session, template: EmailTemplate) -> None:
    """Give the default text of a bundled template back. Raises TemplateErrors when it is none."""
    bundled = TEMPLATES.get(template.name)
    if bundled is None:
        raise TemplateErrors({"name": "This template was made here; there is no default to go back to."})
    for row in rows(db, template.name):
        if not row.language:
            row.subject, row.message, row.updated_at = bundled.subject, bundled.message, ctx_of(db).host.clock.now()
    journal.activity(db, f"Email Template Reset: {template.name}")


def add_language(db: Session, template: EmailTemplate, name: str) -> EmailTemplate:
    """Begin a translation as a copy of the default text. Clients with another language get the default."""
    family = rows(db, template.name)
    if name not in language.languages():
        raise TemplateErrors({"language": "Choose a language."})
    if any(row.language.lower() == name.lower() for row in family):
        raise TemplateErrors({"language": f"There is a text in {name} already."})
    copied = ("type", "name", "subject", "message", "attachments", "fromname", "fromemail", "disabled", "custom", "copyto",
              "blind_copy_to", "plaintext")  # fmt: skip
    row = EmailTemplate(language=name, **{column: getattr(family[0], column) for column in copied})
    row.created_at = row.updated_at = ctx_of(db).host.clock.now()
    db.add(row)
    db.flush()
    return row


def remove_language(db: Session, template: EmailTemplate, name: str) -> None:
    """Drop a translation; its clients get the default text."""
    for row in rows(db, template.name):
        if name and row.language == name:
            db.delete(row)


def client_of(db: Session, kind: str, rel_id: int) -> int:
    """tblclients.id of the client that a mail of type `kind` about `rel_id` goes to; 0 when there is no such row."""
    if kind in ("product", "invoice"):
        row: Any = db.get(Service if kind == "product" else Invoice, rel_id)
        return row.userid if row is not None else 0
    return rel_id


def latest(db: Session, kind: str, client_id: int = 0) -> int:
    """An id to try a template of type `kind` with: its newest row (of a client); 0 when there is none."""
    if kind not in ("product", "invoice"):
        return client_id
    table = Service if kind == "product" else Invoice
    query = select(table.id).order_by(table.id.desc()).limit(1)
    return db.scalar(query.where(table.userid == client_id) if client_id else query) or 0


def _addresses(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", ",").replace(";", ",").split(",") if one.strip()]


def _address(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and domain) and not any(sign.isspace() or sign in "<>,;" for sign in text)
