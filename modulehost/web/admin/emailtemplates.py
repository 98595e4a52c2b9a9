"""Email Templates: the list by type, and one template with its languages, merge fields, preview and test."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import hooks, language, mail, smarty
from modulehost.mail import editing, names, rendering
from modulehost.schema import Admin, EmailTemplate
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, row_or_404, sent, unknown_change

URL = "/admin/configemailtemplates.php"
VIEW, EDIT, DELETE = "View Email Templates", "Create/Edit Email Templates", "Delete Email Templates"
LANGUAGES = "Manage Email Template Languages"
#: action of a change -> permission, beside that to see the page
CHANGES = {
    "create": EDIT, "edit": EDIT, "preview": VIEW, "test": EDIT, "enable": EDIT, "disable": EDIT, "reset": EDIT, "delete": DELETE,
    "addlanguage": LANGUAGES, "removelanguage": LANGUAGES,
}  # fmt: skip


@blueprint.get("/configemailtemplates.php")
@frame.permission(VIEW)
def email_templates(found: dict[str, str] | None = None) -> Response:
    """All templates by type; `action=edit&id=` is one of them."""
    if request.args.get("action") == "edit" and found is None:
        return _form({})
    with frame.ctx().unit(read=True) as db:
        rows = list(db.scalars(select(EmailTemplate).order_by(EmailTemplate.name, EmailTemplate.id)))
    groups = [(kind, label, [row for row in rows if row.type == kind and not row.language]) for kind, label in editing.TYPES.items()]
    spoken: dict[str, list[str]] = {}
    for row in rows:
        if row.language:
            spoken.setdefault(row.name, []).append(row.language)
    return page("emailtemplates.html", "Email Templates", groups=[one for one in groups if one[2]], spoken=spoken,
                types=editing.TYPES, found=found or {}, given=sent(), menu_url=URL)  # fmt: skip


def _template() -> EmailTemplate:
    with frame.ctx().unit(read=True) as db:
        return row_or_404(db, EmailTemplate, number("id", request.args) or number("id"), "Email template")


def _form(found: dict[str, str], preview: rendering.Rendered | None = None, about: int = 0) -> Response:
    template, ctx, form = _template(), frame.ctx(), sent()
    with ctx.unit(read=True) as db:
        family = editing.rows(db, template.name)
        about = about or editing.latest(db, template.type) or (1 if template.type == "general" else 0)
    labels: dict[str, str] = {}
    for answer in hooks.values(hooks.fire(ctx, "EmailTplMergeFields", type=template.type)):
        if isinstance(answer, dict):
            labels |= {str(name): str(label) for name, label in answer.items()}
    free = [name for name in language.languages() if name not in {row.language for row in family}]
    return page("emailtemplate.html", f"Email Template: {template.name}", mail_template=template, family=family, given=form, found=found,
                groups=names.of_type(template.type), hooked=labels, preview=preview, about=about, languages=free,
                bundled=template.name in mail.TEMPLATES, noun=editing.TO_CLIENTS.get(template.type, "Client ID"),
                types=editing.TYPES, menu_url=URL)  # fmt: skip


@blueprint.post("/configemailtemplates.php")
@frame.permission(VIEW)
def email_template_change() -> Response:
    """Whatever `action` names: see CHANGES."""
    action = request.values.get("action", "")
    if action not in CHANGES:
        unknown_change("Email Templates know", action)
    frame.require(CHANGES[action])
    if action == "create":
        return _create()
    template = _template()
    if action in ("preview", "test"):
        return _try(template, action == "test")
    form = f"{URL}?action=edit&id={template.id}"
    question = {
        "delete": f"Are you sure you want to delete the email template “{template.name}” in all its languages?",
        "reset": f"Are you sure you want to give “{template.name}” its default text back? What was changed is lost.",
        "removelanguage": f"Are you sure you want to delete the {request.form.get('language', '')} text of “{template.name}”?",
    }.get(action)
    if question and (asked := confirmed(question, form)):
        return asked
    try:
        with frame.ctx().unit() as db:
            row = row_or_404(db, EmailTemplate, template.id, "Email template")
            if action == "edit":
                editing.save(db, row, request.form)
            elif action in ("enable", "disable"):
                editing.disable(db, row, action == "disable")
            elif action == "addlanguage":
                editing.add_language(db, row, request.form.get("language", ""))
            elif action == "removelanguage":
                editing.remove_language(db, row, request.form.get("language", ""))
            else:
                (editing.delete if action == "delete" else editing.reset)(db, row)
    except editing.TemplateErrors as error:
        return _form(problems(error))
    frame.note("success", _DONE[action], template.name)
    return go(URL if action in ("delete", "enable", "disable") else form)


_DONE = {
    "edit": "Changes Saved Successfully!", "enable": "Email Template Enabled", "disable": "Email Template Disabled",
    "reset": "Default Text Restored", "delete": "Email Template Deleted", "addlanguage": "Language Added",
    "removelanguage": "Language Removed",
}  # fmt: skip


def _create() -> Response:
    try:
        with frame.ctx().unit() as db:
            row = editing.create(db, request.form.get("name", ""), request.form.get("type", ""))
    except editing.TemplateErrors as error:
        shown: Response = email_templates(problems(error))
        return shown
    frame.note("success", "Email Template Created", "Write its text below.")
    return go(f"{URL}?action=edit&id={row.id}")


def _try(template: EmailTemplate, send: bool) -> Response:
    """Preview what is typed, or send it to the signed-in administrator; nothing is stored in the template."""
    form, ctx, about = request.form, frame.ctx(), number("about")
    key = number("language_id") or template.id
    typed = EmailTemplate(name=template.name, type=template.type, subject=form.get(f"subject[{key}]", template.subject),
                          message=form.get(f"message[{key}]", template.message), plaintext=int("plaintext" in form))  # fmt: skip
    if errors := editing.check({f"subject[{key}]": typed.subject, f"message[{key}]": typed.message}, key):
        return _form(errors, about=about)
    with ctx.unit(read=True) as db:
        client = editing.client_of(db, typed.type, about)
        values = rendering.fields_of(db, typed.type, client, about)
        around = rendering.surroundings(db)
        me = db.get_one(Admin, ctx.actor.id)
    if about and "client_name" not in values:
        noun = editing.TO_CLIENTS.get(typed.type, "Client ID")
        return _form({"about": f"There is no {noun.removesuffix(' ID').lower()} with the id {about} to show the mail with."}, about=about)
    try:
        made = rendering.render(typed, values, around, {}, int(ctx.host.clock.time()))
    except smarty.TemplateError as error:
        return _form({f"message[{key}]": f"The template fails: {error.message} (line {error.line})"}, about=about)
    if not send:
        return _form({}, made, about)
    if not me.email:
        return _form({"about": "You have no email address; enter one under My Account first."}, made, about)
    with ctx.unit() as db:
        text = {"subject": typed.subject, "message": typed.message, "plaintext": bool(typed.plaintext)}
        mail.queue_message(db, typed.type, 0, rel_id=about, to=me.email, about=client, **text)  # type: ignore[arg-type]
    mail.deliver(ctx)
    frame.note("success", "Test Email Sent", f"To {me.email}. Where mails are kept here, it stands in the Email Message Log.")
    return _form({}, made, about)
