"""API credentials and API roles."""

import json
from itertools import groupby

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import api
from modulehost.accounts import Invalid, credentials
from modulehost.schema import Admin, ApiCredential, ApiRole
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, row_or_404, sent, unknown_change
from modulehost.web.numbers import is_whole

URL = "/admin/configapicredentials.php"
NEEDED = "Manage API Credentials"


@blueprint.get("/configapicredentials.php")
@frame.permission(NEEDED)
def api_credentials() -> Response:
    """Credentials and roles; `action=create` and `action=role` are their forms."""
    action = request.args.get("action", "")
    if action == "create":
        return _create_form()
    if action == "role":
        return _role_form()
    return _list()


def _list(created: tuple[str, str] | None = None) -> Response:
    with frame.ctx().unit(read=True) as db:
        rows = credentials.active(db)
        roles = list(db.scalars(select(ApiRole).order_by(ApiRole.role, ApiRole.id)))
        admins = {row.id: row for row in db.scalars(select(Admin))}
        actions = {role.id: len(credentials.role_actions(role)) for role in roles}
    held = {row.id: _ids(row) for row in rows}
    return page("credentials.html", "API Credentials", credentials=rows, roles=roles, admins=admins, held=held, actions=actions,
                by_id={role.id: role for role in roles}, created=created)  # fmt: skip


def _ids(row: ApiCredential) -> list[int]:
    try:
        stored = json.loads(row.role_ids or "[]")
    except ValueError:
        return []
    return [int(one) for one in stored if str(one).isdigit()] if isinstance(stored, list) else []


@blueprint.post("/configapicredentials.php")
@frame.permission(NEEDED)
def api_credentials_change() -> Response:
    """Create or revoke a credential; add, change or delete a role."""
    action = request.values.get("action", "")
    changes = {"create": _create, "delete": _delete, "role": _save_role, "deleterole": _delete_role}
    if action not in changes:
        unknown_change("API Credentials know", action)
    return changes[action]()


def _create_form(found: dict[str, str] | None = None) -> Response:
    with frame.ctx().unit(read=True) as db:
        roles = list(db.scalars(select(ApiRole).order_by(ApiRole.role, ApiRole.id)))
        admins = list(db.scalars(select(Admin).where(Admin.disabled == 0).order_by(Admin.username)))
    me = frame.ctx().actor.id
    return page("credential_form.html", "Generate New API Credential", roles=roles, admins=admins, me=me, found=found or {},
                given=sent(), menu_url=URL)  # fmt: skip


def _create() -> Response:
    wanted = [int(text) for text in request.form.getlist("roles") if is_whole(text)]
    try:
        with frame.ctx().unit() as db:
            if not wanted:
                raise Invalid(["Choose at least one role; without one the credential may not do anything."])
            created = credentials.create(db, number("admin"), wanted, request.form.get("description", "").strip()[:255])
    except Invalid as error:
        return _create_form(problems(error))
    # The only page that ever shows the secret; reloading it asks the browser's question and makes another credential.
    return _list(created)


def _delete() -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, ApiCredential, number("id"), "Credential")
    question = f"Are you sure you want to delete the credential {row.identifier[:12]}…? Clients that use it are refused at once."
    if asked := confirmed(question, URL, "Delete Credential"):
        return asked
    with frame.ctx().unit() as db:
        credentials.revoke(db, row.id)
    frame.note("success", "Credential Deleted")
    return go(URL)


def _role_form(found: dict[str, str] | None = None) -> Response:
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        role = row_or_404(db, ApiRole, key, "API role") if key else ApiRole()
    listed = sorted(api.ACTIONS.values(), key=lambda one: (one.category, one.name))
    categories = [
        (category, [one.name for one in found_]) for category, found_ in groupby(listed, lambda one: one.category)
    ]
    form = sent()
    allowed = {name.lower() for name in form.getlist("allowed")} if form else credentials.role_actions(role)
    unknown = sorted(allowed - {one.name.lower() for one in listed})
    return page("api_role.html", "Edit API Role" if key else "Create API Role", role=role, categories=categories, chosen=allowed,
                unknown=unknown, found=found or {}, given=form, menu_url=URL)  # fmt: skip


def _save_role() -> Response:
    key, form = number("id", request.args), request.form
    name, description, actions = form.get("role", ""), form.get("description", ""), form.getlist("allowed")
    try:
        with frame.ctx().unit() as db:
            if not name.strip():
                raise Invalid(["You must enter a role name"])
            if key:
                credentials.update_role(db, row_or_404(db, ApiRole, key, "API role"), name, actions, description)
            else:
                credentials.create_role(db, name, actions, description)
    except Invalid as error:
        return _role_form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "API Role Created", name)
    return go(URL)


def _delete_role() -> Response:
    with frame.ctx().unit(read=True) as db:
        role = row_or_404(db, ApiRole, number("id"), "API role")
        used = [row for row in credentials.active(db) if role.id in _ids(row)]
    if used:
        frame.note("error", "The role was not deleted", f"{len(used)} credential(s) have it; delete them first.")
        return go(URL)
    if asked := confirmed(f"Are you sure you want to delete the API role “{role.role}”?", URL, "Delete Role"):
        return asked
    with frame.ctx().unit() as db:
        db.delete(row_or_404(db, ApiRole, role.id, "API role"))
    frame.note("success", "API Role Deleted")
    return go(URL)
