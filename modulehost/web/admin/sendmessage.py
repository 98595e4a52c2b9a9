"""Writing to a client: a message of one's own or a template's text, and sending a mail of the log again."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import mail, smarty
from modulehost.mail import editing, names, rendering
from modulehost.schema import Client, Email, EmailTemplate
from modulehost.web import frame
from modulehost.web.admin import emaillog
from modulehost.web.admin.client_frame import client_page
from modulehost.web.admin.site import blueprint, go, number, row_or_404, sent

URL = "/admin/sendmessage.php"
NEEDED = "Mass Mail"


def _about() -> tuple[str, int, Client]:
    """What the message is about: `type` general, product or invoice, and the id of such a row; whose it is."""
    kind = request.values.get("type", "general")
    if kind not in editing.TO_CLIENTS:
        frame.abort_page(400, "Unknown type", f"Messages are about {', '.join(editing.TO_CLIENTS)}, not “{kind}”.")
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        return kind, key, row_or_404(db, Client, editing.client_of(db, kind, key), "Client")


@blueprint.get("/sendmessage.php")
@frame.permission(NEEDED)
def message_form(found: dict[str, str] | None = None, preview: rendering.Rendered | None = None) -> Response:
    """The form; `template=ID` fills it with a template's text in the client's language."""
    kind, key, client = _about()
    with frame.ctx().unit(read=True) as db:
        query = select(EmailTemplate).where(EmailTemplate.type == kind, EmailTemplate.language == "", EmailTemplate.disabled == 0)
        choices = [(row.id, row.name) for row in db.scalars(query.order_by(EmailTemplate.name))]
        chosen = db.get(EmailTemplate, number("template"))
        family = editing.rows(db, chosen.name) if chosen is not None else []
    text = next((row for row in family if row.language == client.language.lower()), family[0] if family else None)
    return client_page("sendmessage.html", client, "emails", kind=kind, key=key, templates=choices, chosen=chosen, text=text,
                       groups=names.of_type(kind), preview=preview, found=found or {}, given=sent())  # fmt: skip


@blueprint.post("/sendmessage.php")
@frame.permission(NEEDED)
def send_message() -> Response:
    """Preview the message, or send it."""
    (kind, key, client), form, ctx = _about(), request.form, frame.ctx()
    subject, message = " ".join(form.get("subject", "").split()), form.get("message", "").replace("\r\n", "\n")
    errors = editing.check({"subject": subject, "message": message})
    if not subject:
        errors["subject"] = "Subject is required."
    if not message.strip():
        errors["message"] = "Message is required."
    made = None
    if not errors:
        with ctx.unit(read=True) as db:
            values, around = rendering.fields_of(db, kind, client.id, key), rendering.surroundings(db)
        try:
            made = rendering.render(EmailTemplate(subject=subject, message=message), values, around, {}, int(ctx.host.clock.time()))
        except smarty.TemplateError as error:
            errors["message"] = f"The template fails: {error.message} (line {error.line})"
    if errors or form.get("action") == "preview":
        shown: Response = message_form(errors, made)
        return shown
    with ctx.unit() as db:
        mail.queue_message(db, kind, client.id, subject, message, rel_id=key)
    mail.deliver(ctx)
    frame.note("success", "Message Sent", f"To {client.email}")
    return go(f"/admin/clientsemails.php?userid={client.id}")


@blueprint.post("/clientsemails.php")
@frame.permission(NEEDED)
def resend_email() -> Response:
    """`action=resend`: the mail once more, with the text it had."""
    if request.values.get("action") != "resend":
        frame.abort_page(400, "Unknown action", "The mails of a client know no change but resend.")
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Email, number("email"), "Email")
    if row.userid != number("userid"):
        frame.abort_page(404, "Email not found", "This mail was not sent to this client.")
    back = f"/admin/clientsemails.php?userid={row.userid}"
    return emaillog.resend(row, back, back)
