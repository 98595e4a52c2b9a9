"""The outbox: queueing a mail inside a unit, rendering and sending it after the commit.

tblemails.pending: 1 = waits, 2 = being delivered, 0 = done (sent, or kept here when none are to leave).
"""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.context import Ctx, ctx_of
from modulehost.mail import fields, keeping, rendering, sending, smtp, templates
from modulehost.schema import Client, Contact, Email, EmailTemplate
from modulehost.vault import Vault

log = logging.getLogger("modulehost.mail")
QUEUED = "mail.queued"
WAITING, DELIVERING, DONE = 1, 2, 0
MAX_TRIES = 3
STALE = timedelta(minutes=10)
#: types of templates whose mails go to one person
PERSONAL = ("user", "invite")
_PREFERENCES = ("general", "invoice", "support", "product", "domain", "affiliate")


def queue(
    db: Session,
    template_name: str,
    client_id: int,
    fields: Mapping[str, Any] | None = None,
    *,
    rel_id: int = 0,
    to: str = "",
    secrets: Iterable[str] = (),
) -> int | None:
    """Queue a mail from a template to a client, as part of this unit; returns tblemails.id.

    `fields` are JSON values and go before those that the template's type provides for `rel_id`. `to` overrides the
    client's address (mails to a user). Fields named in `secrets` are kept encrypted until the mail is delivered and,
    once it left by SMTP, do not stay readable in the database. None when nothing is to be sent: the template is
    missing (an activity log entry says so) or disabled, or neither the client nor a contact wants mails of its type.
    """
    host = ctx_of(db).host
    client = db.get(Client, client_id) if client_id else None
    template = templates.find(db, template_name, client.language if client else "")
    if template is None:
        journal.activity(db, f"Mail not sent: there is no email template named {template_name!r}", client_id)
        return None
    if template.disabled:
        return None
    payer = _billing_contact(db, client) if template.type == "invoice" and not to else ""
    wanted = client is None or wants_mail(client.email_preferences, template.type)
    address = to or (client.email if client else "")
    addressed = addressed_to(address, _contacts(db, client, template.type), payer, wanted)
    if addressed is None:
        return None
    recipient, contacts = addressed
    if not recipient:
        raise ValueError(f"the mail {template_name!r} has no recipient: give a client id or to=")
    hidden = set(secrets)
    given = dict(fields or {})
    data = {
        "template": template.name,
        "language": template.language,
        "relid": rel_id or client_id,
        "fields": {name: value for name, value in given.items() if name not in hidden},
        "sealed": host.part(Vault).encrypt(json.dumps({n: v for n, v in given.items() if n in hidden}))
        if hidden
        else "",
    }
    # A mail to a person (a link for a new password, an invitation) is not for all who may read the client's mails.
    row = _row(db, 0 if template.type in PERSONAL else client_id, template.name, recipient, {**data, "client": client_id})
    row.cc = ", ".join(dict.fromkeys([*_list(template.copyto), *contacts]))
    row.bcc = template.blind_copy_to
    return row.id


def queue_message(
    db: Session,
    kind: str,
    client_id: int,
    subject: str,
    message: str,
    *,
    rel_id: int = 0,
    fields: Mapping[str, Any] | None = None,
    to: str = "",
    plaintext: bool = False,
    about: int = 0,
) -> int:
    """Queue a mail whose text was written for this once, with the merge fields of type `kind`; returns tblemails.id.

    It is Smarty like a template. Whoever writes it decides that it is sent, so the client's wishes about kinds of mails are
    not asked. `about` names the client whose fields it has when it is not to a client (test mails, mails to staff).
    """
    client = db.get(Client, client_id) if client_id else None
    recipient = to or (client.email if client else "")
    if not recipient:
        raise ValueError("the message has no recipient: give a client id or to=")
    own = {"type": kind, "subject": subject, "message": message, "plaintext": int(plaintext)}
    data = {"template": "", "language": "", "relid": rel_id or client_id or about, "client": client_id or about, "own": own,
            "fields": dict(fields or {}), "sealed": ""}  # fmt: skip
    row = _row(db, client_id, subject, recipient, data)
    row.cc = ", ".join(_contacts(db, client, kind))
    return row.id


def resend(db: Session, mail: Email) -> int:
    """Queue a mail that was sent before once more, with the text that it had; returns the id of the new row."""
    hidden = keeping.hidden(mail)
    row = _row(db, mail.userid, mail.subject, mail.to or "", {"again": mail.id, **({"hidden": hidden} if hidden else {})})
    row.message, row.cc, row.bcc = mail.message, mail.cc or "", mail.bcc or ""
    return row.id


def _row(db: Session, client_id: int, subject: str, to: str, data: Mapping[str, Any]) -> Email:
    row = Email(userid=client_id, subject=subject, pending=WAITING, to=to, message_data=json.dumps(data))
    row.cc = row.bcc = row.attachments = ""
    row.date = row.created_at = row.updated_at = ctx_of(db).host.clock.now()
    db.add(row)
    db.flush()
    events.emit(db, QUEUED, id=row.id)
    return row


def deliver(ctx: Ctx, limit: int = 500) -> int:
    """Render and send what waits, oldest first; returns how many mails were finished.

    A server's refusal stands in the row (failure_reason, retry_count) and in the activity log; after three tries the
    mail counts as failed.
    """
    done, tried = 0, set[int]()
    while len(tried) < limit and (row := _claim(ctx, tried)) is not None:
        tried.add(row.id)
        try:
            done += _deliver(ctx, row)
        except Exception as failure:
            log.exception("mail %s failed", row.id)
            _failed(ctx, row.id, f"{type(failure).__name__}: {failure}")
    return done


def addressed_to(address: str, contacts: list[str], payer: str, wanted: bool) -> tuple[str, list[str]] | None:
    """Who gets a mail, and who a copy: the contact who pays in the client's place, else the client if `wanted`, and contacts.

    None when nobody wants it.
    """
    if payer:
        return payer, [one for one in contacts if one != payer]
    if not wanted:
        return (", ".join(contacts), []) if contacts else None
    return address, contacts


def wants_mail(preferences: str | None, kind: str) -> bool:
    if kind not in _PREFERENCES or not preferences:
        return True
    try:
        value = json.loads(preferences).get(kind, 1)
    except (ValueError, AttributeError):
        return True
    return str(value) not in ("0", "", "False")


def _contacts(db: Session, client: Client | None, kind: str) -> list[str]:
    """The addresses of the client's contacts who want mails of this type."""
    column = getattr(Contact, f"{kind}emails", None)
    if client is None or column is None:
        return []
    wanted = select(Contact.email).where(Contact.userid == client.id, column == 1, Contact.email != "")
    return list(dict.fromkeys(db.scalars(wanted.order_by(Contact.id))))


def _billing_contact(db: Session, client: Client | None) -> str:
    """The address of the contact who gets the client's invoices in its place (tblclients.billingcid); empty without one."""
    contact = db.get(Contact, client.billingcid) if client is not None and client.billingcid else None
    return contact.email if contact is not None and client is not None and contact.userid == client.id else ""


def _claim(ctx: Ctx, tried: set[int]) -> Email | None:
    now = ctx.host.clock.now()
    waiting = (Email.pending == WAITING) | ((Email.pending == DELIVERING) & (Email.updated_at < now - STALE))
    with ctx.unit(read=True) as db:
        ids = db.scalars(select(Email.id).where(waiting, Email.id.not_in(tried)).order_by(Email.id).limit(20)).all()
    for one in ids:
        with ctx.unit() as db:
            taken = db.execute(update(Email).where(Email.id == one, waiting).values(pending=DELIVERING, updated_at=now))
            if taken.rowcount == 1:  # type: ignore[attr-defined]
                return db.get_one(Email, one)
    return None


def _deliver(ctx: Ctx, row: Email) -> int:
    data = json.loads(row.message_data or "{}")
    if data.get("again"):
        return _send_again(ctx, row)
    with ctx.unit(read=True) as db:
        template = _template(db, data)
        sender = sending.sender(db, template)
        around = rendering.surroundings(db)
        values = rendering.fields_of(db, template.type, data.get("client") or row.userid, data["relid"])
    sealed = json.loads(ctx.host.part(Vault).decrypt(data["sealed"]) or "{}") if data["sealed"] else {}
    values |= data["fields"]
    values |= sealed
    secrets = [str(value) for value in (*sealed.values(), values.get("service_password")) if value]

    own: dict[str, Any] = {}
    attachments = [] if data.get("own") else fields.files(ctx, template.type, int(data["relid"]))
    answers = hooks.fire(ctx, "EmailPreSend", messagename=template.name, relid=data["relid"], mergefields=values)
    for answer in hooks.values(answers):
        if isinstance(answer, dict):
            attachments += [
                (str(a["filename"]), _bytes(a.get("data", ""))) for a in answer.pop("attachments", None) or []
            ]
            own |= answer
    if own.pop("abortsend", False):
        return _finish(ctx, row.id, None)

    _reduce(ctx, row, template.name, data["relid"])
    made = rendering.render(template, values, around, own, int(ctx.host.clock.time()))
    subject, html = made.subject, made.html
    mail = smtp.Mail(sender, _list(row.to), subject, html, _list(row.cc), _list(row.bcc), row.date, attachments)
    try:
        left = _send(ctx, mail, rendering.plain_text(made.body))
    except smtp.SmtpError as failure:
        _failed(ctx, row.id, str(failure))
        return 0
    if left:
        html = journal.mask(html, secrets)

    kept = _kept(ctx, row, subject, html, (name for name, _ in attachments))
    for answer in hooks.values(hooks.fire(ctx, "EmailPreLog", **kept)):
        if isinstance(answer, dict):
            if answer.get("abortLogging"):
                return _finish(ctx, row.id, None)
            kept |= {name: value for name, value in answer.items() if name in kept}
    return _finish(ctx, row.id, kept, "" if left else keeping.conceal(ctx.host, secrets))


def _template(db: Session, data: Mapping[str, Any]) -> EmailTemplate:
    """The template of a waiting mail, or the text that was written for it alone."""
    if own := data.get("own"):
        empty = dict.fromkeys(("name", "fromname", "fromemail", "language"), "")
        return EmailTemplate(**empty, **own)
    template = templates.find(db, data["template"], data["language"])
    if template is None:
        raise LookupError(f"the email template {data['template']!r} was deleted while its mail waited")
    return template


def _send(ctx: Ctx, mail: smtp.Mail, plain: str) -> bool:
    """Hand the mail over; False when mails are only kept here. Raises SmtpError."""
    with ctx.unit(read=True) as db:
        server = sending.server(db)
    if server is not None:
        smtp.send(server, mail, plain)
    return server is not None


def _send_again(ctx: Ctx, row: Email) -> int:
    with ctx.unit(read=True) as db:
        sender = sending.sender(db)
    mail = smtp.Mail(sender, _list(row.to), row.subject, row.message, _list(row.cc), _list(row.bcc), row.date, [])
    try:
        left = _send(ctx, mail, rendering.plain_text(row.message))
    except smtp.SmtpError as failure:
        _failed(ctx, row.id, str(failure))
        return 0
    html = keeping.masked(ctx.host, row) if left else row.message
    return _finish(ctx, row.id, _kept(ctx, row, row.subject, html), "" if left else keeping.carried(row))


def _kept(ctx: Ctx, row: Email, subject: str, html: str, attachments: Iterable[str] = ()) -> dict[str, Any]:
    """What the log will hold: the arguments of EmailPreLog."""
    return {
        "userid": row.userid, "date": f"{ctx.host.clock.now():%Y-%m-%d %H:%M:%S}", "to": row.to or "", "cc": row.cc or "",
        "bcc": row.bcc or "", "subject": subject, "message": html, "attachments": list(attachments),
    }  # fmt: skip


def _reduce(ctx: Ctx, row: Email, template: str, rel_id: int) -> None:
    """Let PreEmailSendReduceRecipients take copies away: it answers cc and bcc with the keys that shall stay."""
    if not row.userid:
        return
    copies = {kind: {str(n): one for n, one in enumerate(_list(getattr(row, kind)))} for kind in ("cc", "bcc")}
    recipients = {"to": _list(row.to), **{kind: dict(found) for kind, found in copies.items()}}
    point = "PreEmailSendReduceRecipients"
    for answer in hooks.values(hooks.fire(ctx, point, messagename=template, relid=rel_id, recipients=recipients)):
        for kind, found in copies.items():
            if isinstance(answer, Mapping) and kind in answer:
                kept = {str(key) for key in answer[kind] or ()}  # the keys of a map, or a list of them
                setattr(row, kind, ", ".join(one for key, one in found.items() if key in kept))


def _finish(ctx: Ctx, mail_id: int, kept: dict[str, Any] | None, hidden: str = "") -> int:
    """Store what was sent; without `kept` the row goes (a hook stopped the mail or wanted no trace of it).

    `hidden` tells which texts in it are secret, when it is kept here whole because it went nowhere else.
    """
    with ctx.unit() as db:
        row = db.get(Email, mail_id)
        if row is None:
            return 0
        if kept is None:
            db.delete(row)
            return 0
        row.userid, row.to, row.cc, row.bcc = int(kept["userid"]), str(kept["to"]), str(kept["cc"]), str(kept["bcc"])
        row.subject, row.message = str(kept["subject"]), str(kept["message"])
        row.attachments = json.dumps(kept["attachments"]) if kept["attachments"] else ""
        row.pending, row.failed, row.failure_reason, row.message_data = DONE, 0, "", hidden
        row.date = row.updated_at = ctx.host.clock.now()
        if row.userid:
            journal.activity(db, f"Email Sent to Client (Subject: {row.subject}) - User ID: {row.userid}", row.userid)
    return 1


def _failed(ctx: Ctx, mail_id: int, reason: str) -> None:
    with ctx.unit() as db:
        row = db.get_one(Email, mail_id)
        row.retry_count += 1
        row.failure_reason = reason[:250]
        final = row.retry_count >= MAX_TRIES
        row.pending, row.failed = (DONE, 1) if final else (WAITING, 0)
        row.updated_at = ctx.host.clock.now()
        what = "will not be tried again" if final else "will be tried again"
        journal.activity(db, f"Email Sending Failed - {reason} (Email ID: {mail_id}, {what})", row.userid)


def _list(addresses: str | None) -> list[str]:
    return [one.strip() for one in (addresses or "").split(",") if one.strip()]


def _bytes(data: Any) -> bytes:
    return data if isinstance(data, bytes) else str(data).encode()
