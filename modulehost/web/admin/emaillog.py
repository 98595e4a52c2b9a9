"""The Email Log of the whole shop, as an inbox: the list, and beside it one mail with its parts."""

from datetime import date

from flask import request
from werkzeug.wrappers import Response

from modulehost import mail
from modulehost.mail import keeping
from modulehost.mail.rendering import plain_text
from modulehost.schema import Client, Email
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, row_or_404, unknown_change

URL = "/admin/systememaillog.php"
NEEDED = "View Email Message Log"
#: who may send a mail again, here and on the client's page
RESENDING = "Mass Mail"
#: `view` of the address -> the part of a mail
VIEWS = {"html": "HTML", "text": "Text", "source": "HTML Source", "headers": "Headers", "fields": "Fields"}


@blueprint.get("/systememaillog.php")
@frame.permission(NEEDED)
def email_log() -> Response:
    """All mails; `id` opens one beside the list, `view` chooses its part."""
    ctx, problems = frame.ctx(), dict[str, str]()
    given = {name: request.args.get(name, "").strip() for name in ("to", "subject", "state", "since", "until")}
    days = {name: _day(given[name], name, problems) for name in ("since", "until")}
    order = wanted_order(keeping.ORDERS)
    query = keeping.listing(given["to"], given["subject"], number("userid"), given["state"], **days)
    with ctx.unit(read=True) as db:
        rows = paged(db, query.order_by(*order(keeping.ORDERS, Email.id)), scalars=False)
        opened = row_or_404(db, Email, number("id"), "Email") if number("id") else None
        client = db.get(Client, opened.userid) if opened is not None and opened.userid else None
    for name in ("id", "view", "secrets"):
        rows.query.pop(name, None)
    view = request.args.get("view", "html")
    # Without SMTP a developer finds links here. Who may make administrators gains nothing by seeing them.
    revealing = ctx.host.config.development and frame.may("Configure Administrators")
    bare = revealing and request.args.get("secrets") == "1"
    html = "" if opened is None else opened.message if bare else keeping.masked(ctx.host, opened)
    return page(
        "emaillog.html", "Email Log", page=rows, order=order, given=given, userid=number("userid"), states=list(keeping.STATES),
        opened=opened, owner=client, view=view if view in VIEWS else "html", views=VIEWS, html=html, plain_text=plain_text, bare=bare,
        revealing=revealing and opened is not None and html != opened.message,
        fields=keeping.fields(opened) if opened is not None else {}, problems=problems, menu_url=URL,
    )  # fmt: skip


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems[name] = f"“{text}” is no day; write it like 2026-01-31."
        return None


@blueprint.post("/systememaillog.php")
@frame.permission(NEEDED)
def email_log_change() -> Response:
    """`action=resend`: the mail `id` once more, with the text it had."""
    if request.form.get("action") != "resend":
        unknown_change("The email log knows", request.form.get("action", ""))
    frame.require(RESENDING)
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Email, number("id"), "Email")
    return resend(row, f"{URL}?id={row.id}", URL)


def resend(row: Email, back: str, then: str) -> Response:
    """Send a mail again, after asking; `back` is where it was read, `then` where the list is that shows it twice."""
    if row.pending:
        frame.note("error", "Not sent again", "This mail still waits to be sent for the first time.")
        return go(back)
    if row.failed and not row.message:
        frame.note("error", "Not sent again", "This mail failed before it was written; do again what it was to tell about.")
        return go(back)
    if asked := confirmed(f"Are you sure you want to send “{row.subject}” to {row.to} again?", back, "Resend Email"):
        return asked
    with frame.ctx().unit() as db:
        mail.resend(db, row_or_404(db, Email, row.id, "Email"))
    mail.deliver(frame.ctx())
    frame.note("success", "Email Sent Again", row.subject)
    return go(then)
