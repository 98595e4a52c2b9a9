"""Sending a mail by SMTP: `smtp://user:password@host:25`, `smtp+tls://host:587` (STARTTLS) or `smtps://host:465`."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
SECONDS = 15.0


class SmtpError(RuntimeError):
    """A mail could not be sent; the text names the server and its answer."""


@dataclass
class Mail:
    """A rendered mail, ready to leave."""

    sender: tuple[str, str]
    to: list[str]
    subject: str
    html: str
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    date: datetime | None = None
    attachments: list[tuple[str, bytes]] = field(default_factory=list)


def message(mail: Mail, plain: str) -> EmailMessage:
    """`mail` as a MIME message with `plain` as its text alternative."""
    out = EmailMessage()
    name, address = mail.sender
    out["From"] = formataddr((_line(name), _line(address)))
    out["To"] = ", ".join(map(_line, mail.to))
    if mail.cc:
        out["Cc"] = ", ".join(map(_line, mail.cc))
    out["Subject"] = _line(mail.subject)
    if mail.date:
        out["Date"] = format_datetime(mail.date.replace(tzinfo=UTC))
    out["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or "localhost")
    out.set_content(plain)
    out.add_alternative(mail.html, subtype="html")
    for filename, data in mail.attachments:
        out.add_attachment(data, maintype="application", subtype="octet-stream", filename=_line(filename))
    return out


def send(url: str, mail: Mail, plain: str) -> None:
    """Hand `mail` to the server at `url`. Raises SmtpError."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise SmtpError(
            f"mh_smtp_url is {url.split('@')[-1]!r}; expected smtp://host:25, smtp+tls://host:587 or smtps://host:465"
        )
    port = parts.port or PORTS[parts.scheme]
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname, port, timeout=SECONDS) as server:
            if parts.scheme == "smtp+tls":
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message(mail, plain), to_addrs=[*mail.to, *mail.cc, *mail.bcc])
    except (OSError, smtplib.SMTPException) as failure:
        raise SmtpError(f"{parts.hostname}:{port}: {failure}") from failure


def _line(text: str) -> str:
    # A line break in a header would begin another header.
    return " ".join(text.split())
