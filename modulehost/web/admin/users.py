"""Manage Users: the people who sign in to the client area, and what staff may do for them."""

from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost.accounts import Invalid, signin, twofactor, users
from modulehost.schema import Client, User, UserClient
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import blueprint, client_name, confirmed, go, number, page, problems, row_or_404, sent

URL = "/admin/users.php"


@blueprint.get("/users.php")
@frame.permission("Manage Users")
def user_list(found: dict[str, str] | None = None) -> Response:
    """All users; with `id` one of them."""
    if number("id"):
        return _form(found or {})
    text = request.args.get("search", "").strip()
    order = wanted_order(users.ORDERS)
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, users.search(text, order.falling, order.by))
        linked = _clients(db, [row.id for row in rows.rows])
    factor = {row.id: twofactor.enabled(row) for row in rows.rows}
    return page("users.html", "Manage Users", page=rows, linked=linked, factor=factor, search=text, order=order,
                menu_url=URL)  # fmt: skip


def _clients(db: Any, ids: list[int]) -> dict[int, list[tuple[int, str, bool]]]:
    query = select(UserClient, Client).join(Client, Client.id == UserClient.client_id).where(UserClient.auth_user_id.in_(ids))
    found: dict[int, list[tuple[int, str, bool]]] = {}
    for link, client in db.execute(query.order_by(UserClient.owner.desc(), Client.id)):
        found.setdefault(link.auth_user_id, []).append((client.id, client_name(client), bool(link.owner)))
    return found


def _form(found: dict[str, str]) -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, User, number("id"), "User")
        linked = _clients(db, [row.id]).get(row.id, [])
    return page("user_form.html", f"User: {row.email}", row=row, linked=linked, factor=twofactor.enabled(row), found=found,
                given=sent(), menu_url=URL)  # fmt: skip


@blueprint.post("/users.php")
@frame.permission("Manage Users")
def save_user() -> Response:
    """Save the form, or one of the actions beside it: reset the password, take the second factor away, set verified."""
    ctx, form = frame.ctx(), request.form
    with ctx.unit(read=True) as db:
        row = row_or_404(db, User, number("id"), "User")
    back, action = f"{URL}?id={row.id}", form.get("action", "")
    if action == "resetpassword":
        signin.begin_reset(ctx, row.email)
        frame.note("success", "Password Reset Email Sent", row.email)
    elif action == "resetfactor":
        question = f"Take the second factor of {row.email} away? Be sure that it is really them who ask."
        if asked := confirmed(question, back, "Disable Two-Factor Authentication"):
            return asked
        twofactor.reset(ctx, twofactor.USER, row.id)
        frame.note("success", "Two-Factor Authentication Disabled", row.email)
    elif action in ("verified", "unverified"):
        with ctx.unit() as db:
            signin.set_verified(db, row_or_404(db, User, row.id, "User"), action == "verified")
        frame.note("success", "Changes Saved Successfully!")
    else:
        data = {name: form[name] for name in ("firstname", "lastname", "email") if name in form}
        try:
            users.edit(ctx, row.id, data)
        except Invalid as error:
            return _form(problems(error))
        frame.note("success", "Changes Saved Successfully!")
    return go(back)
