"""The outbox: queueing a mail inside a unit, rendering and sending it after the commit.

tblemails.pending: 1 = waits, 2 = being delivered, 0 = done (sent, or kept here when no SMTP address is set).
"""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, settings, smarty
from modulehost.context import Ctx, ctx_of
from modulehost.mail import fields as merge
from modulehost.mail import smtp, templates
from modulehost.schema import Client, Contact, Email
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
    recipient, contacts = to or (client.email if client else ""), _contacts(db, client, template.type)
    if client is not None and not _wanted(client, template.type):
        if not contacts:
            return None
        recipient, contacts = ", ".join(contacts), []
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
    now = host.clock.now()
    # A mail to a person (a link for a new password, an invitation) is not for all who may read the client's mails.
    owner = 0 if template.type in PERSONAL else client_id
    row = Email(userid=owner, subject=template.name, pending=WAITING, to=recipient, message_data=json.dumps(data))
    row.cc = ", ".join(dict.fromkeys([*_list(template.copyto), *contacts]))
    row.bcc = template.blind_copy_to
    row.attachments = ""
    row.date = row.created_at = row.updated_at = now
    db.add(row)
    db.flush()
    events.emit(db, QUEUED, id=row.id)
    return row.id


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


def _wanted(client: Client, kind: str) -> bool:
    if kind not in _PREFERENCES or not client.email_preferences:
        return True
    try:
        value = json.loads(client.email_preferences).get(kind, 1)
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
    with ctx.unit(read=True) as db:
        template = templates.find(db, data["template"], data["language"])
        if template is None:
            raise LookupError(f"the email template {data['template']!r} was deleted while its mail waited")
        url = settings.get(db, "mh_smtp_url")
        sender = (template.fromname or settings.get(db, "CompanyName"), template.fromemail or settings.get(db, "Email"))
        signature = settings.get(db, "Signature")
        page = (
            settings.get(db, "EmailCSS"),
            settings.get(db, "EmailGlobalHeader"),
            settings.get(db, "EmailGlobalFooter"),
        )
        client = db.get(Client, row.userid) if row.userid else None
        values = merge.company(db)
        values |= merge.client(db, client) if client else {}
        values |= merge.related(db, template.type, data["relid"])
    sealed = json.loads(ctx.host.part(Vault).decrypt(data["sealed"]) or "{}") if data["sealed"] else {}
    values |= data["fields"]
    values |= sealed

    own: dict[str, Any] = {}
    attachments: list[tuple[str, bytes]] = []
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
    link = f'<a href="{escape(values["whmcs_url"])}">{escape(values["whmcs_url"])}</a>'
    safe = {name: _safe(value) for name, value in values.items()}
    # The signature and what hooks add are written by administrators and developers as HTML.
    safe |= {"signature": signature.replace("\n", "<br />\n"), "whmcs_link": link} | own
    options = {"now": lambda: int(ctx.host.clock.time())}
    subject = " ".join(smarty.render_string(template.subject, {**values, **own}, options=options).split())
    body = smarty.render_string(template.message, safe, options=options)
    html = _page(body, *page) if not template.plaintext else f"<pre>{body}</pre>"
    mail = smtp.Mail(sender, _list(row.to), subject, html, _list(row.cc), _list(row.bcc), row.date, attachments)
    if url:
        try:
            smtp.send(url, mail, plain_text(body))
        except smtp.SmtpError as failure:
            _failed(ctx, row.id, str(failure))
            return 0
        html = journal.mask(html, [str(value) for value in (*sealed.values(), values.get("service_password")) if value])

    kept: dict[str, Any] = {
        "userid": row.userid, "date": f"{ctx.host.clock.now():%Y-%m-%d %H:%M:%S}", "to": row.to or "", "cc": row.cc or "",
        "bcc": row.bcc or "", "subject": subject, "message": html, "attachments": [name for name, _ in attachments],
    }  # fmt: skip
    for answer in hooks.values(hooks.fire(ctx, "EmailPreLog", **kept)):
        if isinstance(answer, dict):
            if answer.get("abortLogging"):
                return _finish(ctx, row.id, None)
            kept |= {name: value for name, value in answer.items() if name in kept}
    return _finish(ctx, row.id, kept)


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


def _finish(ctx: Ctx, mail_id: int, kept: dict[str, Any] | None) -> int:
    """Store what was sent; without `kept` the row goes (a hook stopped the mail or wanted no trace of it)."""
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
        row.pending, row.failed, row.failure_reason, row.message_data = DONE, 0, "", ""
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


def _safe(value: Any) -> Any:
    """`value` as it may stand in HTML: text encoded, its line breaks kept."""
    if isinstance(value, str):
        return escape(value).replace("\n", "<br />\n")
    if isinstance(value, Mapping):
        return {name: _safe(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    return value


def _page(body: str, css: str, header: str, footer: str) -> str:
    style = f"<style>{css}</style>" if css else ""
    return f"<html><head>{style}</head><body>{header}{body}{footer}</body></html>"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.link = dict(attrs).get("href") or ""
        elif tag in ("br", "p", "tr", "li", "h1", "h2", "h3", "div", "table"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            if self.link not in "".join(self.parts[-1:]):
                self.parts.append(f" ({self.link})")
            self.link = ""
        elif tag in ("p", "h1", "h2", "h3", "table"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.split()) + (" " if data.endswith((" ", "\n")) else ""))


def plain_text(html: str) -> str:
    """The words of an HTML body with links written out, for readers without HTML."""
    parser = _Text()
    parser.feed(html)
    lines = [line.strip() for line in "".join(parser.parts).splitlines()]
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip() + "\n"
