"""Sending a mail by SMTP. A server can be written as `smtp://user:password@host:25`, `smtp+tls://host:587` (STARTTLS) or
`smtps://host:465`."""

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


@dataclass(frozen=True)
class Server:
    """Where mails are handed over. `encryption`: tls (STARTTLS), ssl, or empty; without a user name there is no sign-in."""

    host: str
    port: int
    encryption: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


def at(url: str) -> Server:
    """The server that an address names. Raises SmtpError when it names none."""
    wrong = f"{url.rpartition('@')[2]!r} is no mail server; expected smtp://host:25, smtp+tls://host:587 or smtps://host:465"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SmtpError(wrong) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise SmtpError(wrong)
    encryption = {"smtp+tls": "tls", "smtps": "ssl"}.get(parts.scheme, "")
    return Server(parts.hostname, port or PORTS[parts.scheme], encryption, unquote(parts.username or ""), unquote(parts.password or ""))


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


def send(server: Server, mail: Mail, plain: str) -> None:
    """Hand `mail` to the server. Raises SmtpError."""
    try:
        with _connect(server) as link:
            if server.encryption == "tls":
                link.starttls(context=ssl.create_default_context())
            if server.username:
                link.login(server.username, server.password)
            link.send_message(message(mail, plain), to_addrs=[*mail.to, *mail.cc, *mail.bcc])
    except (OSError, smtplib.SMTPException, UnicodeError) as failure:
        raise SmtpError(f"{server.host}:{server.port}: {failure}") from failure


def _connect(server: Server) -> smtplib.SMTP:
    if server.encryption == "ssl":  # without a context of ours anybody's certificate would do
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)


def _line(text: str) -> str:
    # A line break in a header would begin another header.
    return " ".join(text.split())
