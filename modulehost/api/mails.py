"""Mail actions: SendEmail, SendAdminEmail, GetEmailTemplates, GetEmails; and single settings."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select

from modulehost import mail, settings
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.context import Ctx
from modulehost.mail import editing, templates
from modulehost.mail.staff import KINDS, Kind
from modulehost.schema import Client, Email, EmailTemplate, Setting, icontains, moment_text, same

_EMAIL = ("id", "userid", "subject", "message", "date", "to", "cc", "bcc", "attachments", "pending", "message_data", "failed",
          "failure_reason", "retry_count", "created_at", "updated_at", "campaign_id")  # fmt: skip
_MISSING = ("domain", "support", "affiliate")


@action("SendEmail", "System")
def send_email(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Send a client a template or a text of one's own; `id` is what its type is about (client, service, invoice)."""
    name, kind, key = values.text("messagename"), values.text("customtype"), values.number("id")
    if not name and not kind:
        raise ApiError("You must provide either an existing email template name or a custom message type")
    fields = {str(one): value for one, value in values.map("customvars").items()}
    if not name:
        if kind not in editing.TYPES or kind in ("admin", "user", "invite", "notification"):
            raise ApiError("Invalid message type provided")
        if not values.text("customsubject").strip():
            raise ApiError("A subject is required for a custom message")
        if not values.text("custommessage").strip():
            raise ApiError("A message body is required for a custom message")
    if not key:
        raise ApiError("A related ID is required")
    with ctx.unit() as db:
        template = templates.find(db, name) if name else None
        if name and template is None:
            raise ApiError("Email Template not found")
        if template is not None and template.disabled:
            raise ApiError("Email Template is disabled")
        kind = template.type if template is not None else kind
        if kind in _MISSING:
            raise ApiError(f"Messages of type '{kind}' are not modelled by this host")
        client_id = editing.client_of(db, kind, key)
        if db.get(Client, client_id) is None:
            raise ApiError(f"There is no row with the id {key} to send a message of type '{kind}' about")
        if template is not None:
            mail.queue(db, template.name, client_id, fields, rel_id=key)
        else:
            subject, message = values.text("customsubject"), values.text("custommessage")
            mail.queue_message(db, kind, client_id, subject, message, rel_id=key, fields=fields)
    mail.deliver(ctx)
    return {}


@action("SendAdminEmail", "System")
def send_admin_email(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Tell administrators: those whose role gets mails of `type` (system, account, support)."""
    kind = values.text("type") or "system"
    if kind not in KINDS:
        raise ApiError(f"Parameter 'type' must be system, account or support, not {kind[:40]!r}")
    values.not_modelled("deptid")
    fields = {str(one): value for one, value in values.map("mergefields").items()}
    name, subject, message = values.text("messagename"), values.text("customsubject"), values.text("custommessage")
    with ctx.unit() as db:
        template = templates.find(db, name) if name else None
        if name and (template is None or template.type != "admin"):
            raise ApiError("Email Template not found")
        if not name and not (subject.strip() and message.strip()):
            raise ApiError("You must provide either messagename or customsubject and custommessage")
        for address in mail.addresses(db, cast(Kind, kind)):
            if template is not None:
                mail.queue(db, template.name, 0, fields, to=address)
            else:
                mail.queue_message(db, "admin", 0, subject, message, fields=fields, to=address)
    mail.deliver(ctx)
    return {}


@action("GetEmailTemplates", "System")
def get_email_templates(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The templates, of one `type`, in one `language` (default: the default text)."""
    query = select(EmailTemplate).where(same(EmailTemplate.language, values.text("language")))
    if values.has("type"):
        query = query.where(same(EmailTemplate.type, values.text("type")))
    with ctx.unit(read=True) as db:
        rows = db.scalars(query.order_by(EmailTemplate.name, EmailTemplate.id)).all()
    found = [{"id": row.id, "name": row.name, "subject": row.subject, "custom": row.custom} for row in rows]
    return {"totalresults": len(found), "emailtemplates": {"emailtemplate": found}}


@action("GetEmails", "Client")
def get_emails(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The mails to a client, oldest first; `date` (from then on) and `subject` narrow them."""
    start, limit = values.page()
    client_id = values.number("clientid")
    query = select(Email).where(Email.userid == client_id)
    if moment := values.moment("date"):
        query = query.where(Email.date >= moment)
    if values.has("subject"):
        query = query.where(icontains(Email.subject, values.text("subject")))
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Client ID Not Found")
        total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = db.scalars(query.order_by(Email.id).offset(start).limit(limit)).all()
    found = [{name: _shown(row, name) for name in _EMAIL} for row in rows]
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "emails": {"email": found}}


def _shown(row: Email, name: str) -> Any:
    if name == "message_data":
        return None  # what waits may hold sealed passwords
    value = getattr(row, name)
    return moment_text(value) if name == "date" or isinstance(value, datetime) else value


@action("GetConfigurationValue", "System")
def get_configuration_value(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The value of a setting."""
    name = values.text("setting")
    if not name:
        raise ApiError("Parameter setting is required")
    with ctx.unit(read=True) as db:
        if name not in settings.DEFAULTS and db.scalar(select(Setting.id).where(Setting.setting == name)) is None:
            raise ApiError("Invalid name for parameter setting")
        return {"setting": name, "value": settings.get(db, name)}


@action("SetConfigurationValue", "System")
def set_configuration_value(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Store a setting; an empty value unsets it. As documented only for localAPI: the endpoint refuses it."""
    name = values.text("setting")
    if not name:
        raise ApiError("Parameter setting is required")
    if values.given.get("value") is None:
        raise ApiError("Parameter value is required")
    with ctx.unit() as db:
        if name not in settings.DEFAULTS and db.scalar(select(Setting.id).where(Setting.setting == name)) is None:
            raise ApiError("Invalid name for parameter setting")
        changed = settings.get(db, name) != values.text("value")
        settings.put(db, name, values.text("value"))
    return {"value_changed": changed}
