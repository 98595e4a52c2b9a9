"""How mails leave: by the server that the host's configuration names (`smtp_url`), else by that of the settings, else not at all."""

from dataclasses import dataclass
from html import escape

from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.context import Ctx, ctx_of
from modulehost.mail import smtp
from modulehost.schema import EmailTemplate
from modulehost.vault import Vault

#: smtp_url of a machine from which nothing may leave, such as a copy of the live host
NOWHERE = "none"


@dataclass(frozen=True)
class Way:
    """What decides: `fixed` by the configuration, which is `shown` without its password."""

    fixed: bool
    shown: str = ""


def way(db: Session) -> Way:
    """Whether the configuration decides how mails leave."""
    url = ctx_of(db).host.config.smtp_url
    scheme, _, rest = url.partition("://")
    return Way(bool(url), f"{scheme}://{rest.rpartition('@')[2]}" if rest else url)


def server(db: Session) -> smtp.Server | None:
    """The server that takes the mails; None when they are only kept here. Raises SmtpError when what is set names none."""
    if url := ctx_of(db).host.config.smtp_url:
        return None if url == NOWHERE else smtp.at(url)
    if settings.get(db, "MailType") != "smtp":
        return None
    host = settings.get(db, "SMTPHost")
    if not host:
        raise smtp.SmtpError("no SMTP Host is set (General Settings > Mail)")
    password = ctx_of(db).host.part(Vault).decrypt(settings.get(db, "SMTPPassword"))
    user, encryption = settings.get(db, "SMTPUsername"), settings.get(db, "SMTPSSL")
    return smtp.Server(host, settings.number(db, "SMTPPort"), encryption, user, password)


def sender(db: Session, template: EmailTemplate | None = None) -> tuple[str, str]:
    """Name and address that a mail comes from: the template's, else for mails to administrators the system's, else the company's."""
    name, address = (template.fromname, template.fromemail) if template else ("", "")
    if template is not None and template.type == "admin":
        name, address = name or settings.get(db, "SystemEmailsFromName"), address or settings.get(db, "SystemEmailsFromEmail")
    return name or settings.get(db, "CompanyName"), address or settings.get(db, "Email")


def send_test(ctx: Ctx, to: str) -> None:
    """Hand a short mail to the server at once; the log does not keep it. Raises SmtpError with what the server said."""
    with ctx.unit(read=True) as db:
        taken, by = server(db), sender(db)
        company = settings.get(db, "CompanyName")
    if taken is None:
        raise smtp.SmtpError("mails are kept in the log and none is sent; choose Send by SMTP and save")
    text = f"This is a test of how {company} sends mails. It arrived, so the settings are right."
    html = f"<html><body><p>{escape(text)}</p></body></html>"
    mail = smtp.Mail(by, [to], f"Test of mail delivery: {company}", html, date=ctx.host.clock.now())
    smtp.send(taken, mail, text + "\n")
