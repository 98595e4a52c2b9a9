"""Administrators and their roles."""

from flask import request
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from modulehost.accounts import Invalid, admins
from modulehost.accounts.users import valid_mail
from modulehost.schema import Admin, AdminRole
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import MASK, blueprint, confirmed, go, number, page, problems, row_or_404, sent

#: `orderby` of the address -> column
_ADMINS = {"username": Admin.username, "lastname": Admin.lastname, "email": Admin.email, "roleid": Admin.roleid}
USERS, ROLES = "/admin/configadmins.php", "/admin/configadminroles.php"


@blueprint.get("/configadmins.php")
@frame.permission("Configure Administrators")
def admin_users() -> Response:
    """All administrators; `action=manage[&id=]` is the form."""
    if request.args.get("action") == "manage":
        return _admin_form({})
    order = wanted_order(_ADMINS, "username", False)
    with frame.ctx().unit(read=True) as db:
        wanted = select(Admin).order_by(*order(_ADMINS, Admin.id))
        rows = paged(db, wanted.where(Admin.roleid == number("roleid")) if number("roleid") else wanted)
        roles = {row.id: row.name for row in db.scalars(select(AdminRole))}
    return page("admins.html", "Administrator Users", page=rows, roles=roles, order=order, role=number("roleid"))


def _admin_form(found: dict[str, str]) -> Response:
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Admin, key, "Administrator") if key else Admin(roleid=1)
        roles = [(one.id, one.name) for one in db.scalars(select(AdminRole).order_by(AdminRole.id))]
    title = f"Edit Administrator: {row.username}" if key else "Add New Administrator"
    return page("admin_form.html", title, row=row, roles=roles, found=found, given=sent(), menu_url=USERS)


@blueprint.post("/configadmins.php")
@frame.permission("Configure Administrators")
def save_admin() -> Response:
    """Add an administrator, or change one. Nobody can lock themselves out."""
    key, form, me = number("id", request.args), request.form, frame.ctx().actor.id
    password = "" if form.get("password") == MASK else form.get("password", "")
    try:
        with frame.ctx().unit() as db:
            if not key:
                row = admins.create(
                    db, form.get("username", ""), password, role_id=number("roleid"), firstname=form.get("firstname", ""),
                    lastname=form.get("lastname", ""), email=form.get("email", ""),
                )  # fmt: skip
            else:
                row = row_or_404(db, Admin, key, "Administrator")
                _change(db.get(AdminRole, number("roleid")) is not None, row, me)
                if password:
                    admins.set_password(row, password)
    except Invalid as error:
        return _admin_form(problems(error))
    if key == me and password:
        frame.open_admin_session(row)
    frame.note("success", "Changes Saved Successfully!" if key else "Administrator Added", row.username)
    return go(USERS)


def _change(role_exists: bool, row: Admin, me: int) -> None:
    form, errors = request.form, []
    if not role_exists:
        errors.append("Choose a role.")
    if form.get("email") and not valid_mail(form["email"]):
        errors.append("The email address you entered was not valid")
    if row.id == me and ("disabled" in form or number("roleid") != row.roleid):
        errors.append("You cannot disable yourself or change your own role; another administrator can.")
    if errors:
        raise Invalid(errors)
    row.roleid, row.disabled = number("roleid"), int("disabled" in form)
    for name in ("firstname", "lastname", "email"):
        setattr(row, name, form.get(name, "").strip())
    row.updated_at = frame.host().clock.now()


@blueprint.get("/configadminroles.php")
@frame.permission("Configure Admin Roles")
def admin_roles() -> Response:
    """All roles; `action=edit[&id=]` is the form."""
    if request.args.get("action") == "edit":
        return _role_form({})
    with frame.ctx().unit(read=True) as db:
        roles = list(db.scalars(select(AdminRole).order_by(AdminRole.id)))
        counts = dict(db.execute(select(Admin.roleid, func.count()).group_by(Admin.roleid)).all())
        allowed = {row.id: len(admins.permissions_of(db, row.id)) for row in roles}
    return page("admin_roles.html", "Administrator Roles", roles=roles, counts=counts, held=allowed)


def _role_form(found: dict[str, str]) -> Response:
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        role = row_or_404(db, AdminRole, key, "Administrator role") if key else AdminRole()
        chosen = admins.permissions_of(db, key) if key else set()
    form = sent()
    chosen = set(form.getlist("permission")) if form else chosen
    title = f"Edit Role: {role.name}" if key else "Add New Role"
    return page("admin_role.html", title, role=role, chosen=chosen, permissions=admins.PERMISSIONS, found=found, given=form,
                menu_url=ROLES)  # fmt: skip


@blueprint.post("/configadminroles.php")
@frame.permission("Configure Admin Roles")
def save_role() -> Response:
    """Add, change or delete a role. The own role keeps the permission to change roles."""
    ctx, form = frame.ctx(), request.form
    if form.get("action") == "delete":
        return _delete_role()
    key = number("id", request.args)
    wanted = [name for name in form.getlist("permission") if name in admins.PERMISSIONS]
    errors = {} if form.get("name", "").strip() else {"name": "Role Name is required."}
    if key == ctx.actor.role_id and not {"Configure Admin Roles", "Main Homepage"} <= set(wanted):
        errors["permission"] = "Your own role must keep Main Homepage and Configure Admin Roles."
    if errors:
        return _role_form(errors)
    with ctx.unit() as db:
        role = row_or_404(db, AdminRole, key, "Administrator role") if key else AdminRole()
        role.name = form["name"].strip()
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, wanted)
    frame.note("success", "Changes Saved Successfully!" if key else "Role Added", role.name)
    return go(ROLES)


def _delete_role() -> Response:
    with frame.ctx().unit(read=True) as db:
        role = row_or_404(db, AdminRole, number("id"), "Administrator role")
        used = db.scalar(select(func.count()).select_from(Admin).where(Admin.roleid == role.id)) or 0
    if used:
        frame.note("error", "The role was not deleted", f"{used} administrator(s) have it; give them another first.")
        return go(ROLES)
    if asked := confirmed(f"Are you sure you want to delete the role “{role.name}”?", ROLES, "Delete Role"):
        return asked
    with frame.ctx().unit() as db:
        admins.set_permissions(db, role.id, [])
        db.delete(row_or_404(db, AdminRole, role.id, "Administrator role"))
    frame.note("success", "Role Deleted")
    return go(ROLES)
