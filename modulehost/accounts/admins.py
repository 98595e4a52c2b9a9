"""Administrators, their roles and permissions, and their sign-in."""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import hooks, journal
from modulehost.accounts import sessions, throttle
from modulehost.accounts.errors import Invalid
from modulehost.accounts.permissions import FULL_ADMINISTRATOR, NUMBERS, PERMISSIONS, ROLES
from modulehost.accounts.users import valid_mail
from modulehost.context import Actor, Ctx, ctx_of
from modulehost.schema import Admin, AdminLog, AdminPerm, AdminRole, move_sequences, same, unset
from modulehost.vault import NOBODY, hash_password, verify_password

__all__ = [
    "PERMISSIONS",
    "create",
    "edit_own",
    "find",
    "may",
    "permissions_of",
    "seed",
    "set_password",
    "set_permissions",
    "sign_in",
    "sign_out",
    "signed_in",
    "verify",
]


def seed(db: Session) -> None:
    """Add the roles of a fresh install (Full Administrator, Sales Operator, Support Operator) that do not exist yet."""
    for role_id, (name, permissions) in ROLES.items():
        if db.get(AdminRole, role_id) is None:
            full = int(role_id == FULL_ADMINISTRATOR)
            db.add(AdminRole(id=role_id, name=name, systememails=full, accountemails=full, supportemails=1))
            db.flush()
            set_permissions(db, role_id, permissions)
    move_sequences(db.connection(), ["tbladminroles"])


def may(db: Session, role_id: int, permission: str) -> bool:
    """Whether a role has a permission. Raises KeyError for a name that PERMISSIONS does not hold."""
    wanted = select(AdminPerm.id).where(AdminPerm.roleid == role_id, AdminPerm.permid == NUMBERS[permission])
    return db.scalar(wanted.limit(1)) is not None


def permissions_of(db: Session, role_id: int) -> set[str]:
    """All permissions of a role."""
    numbers = db.scalars(select(AdminPerm.permid).where(AdminPerm.roleid == role_id))
    return {PERMISSIONS[number - 1] for number in numbers if 0 < number <= len(PERMISSIONS)}


def set_permissions(db: Session, role_id: int, permissions: Iterable[str]) -> None:
    """Give a role exactly these permissions. Raises KeyError for an unknown name."""
    numbers = sorted({NUMBERS[name] for name in permissions})
    db.execute(delete(AdminPerm).where(AdminPerm.roleid == role_id))
    db.add_all(AdminPerm(roleid=role_id, permid=number) for number in numbers)
    db.flush()


def create(
    db: Session, username: str, password: str, *, role_id: int = FULL_ADMINISTRATOR, firstname: str = "", lastname: str = "",
    email: str = "", language: str = "english",
) -> Admin:  # fmt: skip
    """Add an administrator. Raises Invalid."""
    errors = []
    if not username.strip():
        errors.append("You must enter a username")
    elif find(db, username) is not None:
        errors.append("The username is already in use")
    if email and not valid_mail(email):
        errors.append("The email address you entered was not valid")
    if not password:
        errors.append("You must enter a password")
    if db.get(AdminRole, role_id) is None:
        errors.append(f"There is no administrator role with the id {role_id}")
    if errors:
        raise Invalid(errors)
    host = ctx_of(db).host
    now = host.clock.now()
    admin = Admin(
        uuid=host.entropy.uuid(), roleid=role_id, username=username.strip(), firstname=firstname, lastname=lastname, email=email,
        language=language, template="blend", created_at=now, updated_at=now,
    )  # fmt: skip
    set_password(admin, password)
    db.add(admin)
    db.flush()
    return admin


def edit_own(ctx: Ctx, admin_id: int, data: Mapping[str, str], existing: str) -> Admin:
    """Change an administrator's own `firstname`, `lastname`, `email`, `language`, `signature`, `notes`, `password`, as far as named.

    The existing password is asked for when mail address or password change. A new password ends all sessions. Raises Invalid.
    """
    with ctx.unit(read=True) as db:
        admin = db.get_one(Admin, admin_id)
    if data.get("password") or data.get("email", admin.email).strip() != admin.email:
        if not throttle.attempt(ctx, "admin-id", str(admin_id), throttle.address(ctx)):
            raise Invalid(["Too many wrong passwords; try again in 15 minutes"])
        if not verify_password(admin.passwordhash, existing):
            raise Invalid(["Your existing password was incorrect"])
        throttle.succeeded(ctx, "admin-id", str(admin_id), throttle.address(ctx))
    with ctx.unit() as db:
        admin = db.get_one(Admin, admin_id)
        email = data.get("email", admin.email).strip()
        if email and not valid_mail(email):
            raise Invalid(["The email address you entered was not valid"])
        admin.email = email
        for name in ("firstname", "lastname", "language", "signature", "notes"):
            if name in data:
                setattr(admin, name, data[name].strip())
        admin.updated_at = ctx.host.clock.now()
        if data.get("password"):
            set_password(admin, data["password"])
            sessions.end_all(db, sessions.ADMIN, admin.id)
        journal.activity(db, f"Administrator Account Modified - {admin.username}")
    return admin


def set_password(admin: Admin, password: str) -> None:
    """Store a password: its hash for sign-in and, for API clients of before 7.2, a hash of its MD5 sum, which they send."""
    admin.passwordhash = hash_password(password)
    admin.password = hash_password(hashlib.md5(password.encode()).hexdigest())  # noqa: S324 - the documented legacy form
    admin.password_reset_key = ""


def find(db: Session, name: str) -> Admin | None:
    """The administrator with that username or mail address."""
    name = name.strip()
    if not name:
        return None
    found = db.scalar(select(Admin).where(same(Admin.username, name)).order_by(Admin.id).limit(1))
    return found or db.scalar(
        select(Admin).where(same(Admin.email, name), Admin.email != "").order_by(Admin.id).limit(1)
    )


def sign_in(ctx: Ctx, username: str, password: str) -> Admin | None:
    """`verify` and `signed_in` in one, for a caller that asks for no second factor."""
    admin = verify(ctx, username, password)
    return signed_in(ctx, admin.id) if admin is not None else None


def verify(ctx: Ctx, username: str, password: str) -> Admin | None:
    """The administrator with these credentials; None when they are wrong, the account is disabled, or too many were tried.

    AuthAdmin may accept or refuse a known administrator's password. Nobody is signed in yet: a second factor may follow.
    """
    ip = throttle.address(ctx)
    if not throttle.attempt(ctx, "admin", username, ip):
        return None
    with ctx.unit(read=True) as db:
        admin = find(db, username)
    right = verify_password(admin.passwordhash if admin else NOBODY, password)
    if admin is not None:
        right = _vouched(ctx, "AuthAdmin", admin, password, right)
    if not right or admin is None or admin.disabled:
        with ctx.unit() as db:
            if admin is not None:
                db.get_one(Admin, admin.id).loginattempts += 1
            journal.activity(db, f"Failed Admin Login Attempt - Username: {username[:100]}")
        return None
    throttle.succeeded(ctx, "admin", username, ip)
    return admin


def signed_in(ctx: Ctx, admin_id: int) -> Admin:
    """Note that an administrator has signed in (tbladminlog) and fire AdminLogin."""
    now, ip = ctx.host.clock.now(), throttle.address(ctx)
    with ctx.unit() as db:
        admin = db.get_one(Admin, admin_id)
        admin.loginattempts = 0
        db.add(AdminLog(adminusername=admin.username, logintime=now, lastvisit=now, ipaddress=ip))
        journal.activity(db, f"Admin Login Successful - Username: {admin.username}", 0, actor(admin, ip))
    hooks.fire(ctx, "AdminLogin", adminid=admin.id, username=admin.username)
    return admin


def _vouched(ctx: Ctx, point: str, admin: Admin, given: str, right: bool) -> bool:
    """What AuthAdmin says of a password: False refuses it, True accepts it, nothing leaves it to the stored one."""
    answers = hooks.values(hooks.fire(ctx, point, hooks.Positional((given, admin))))
    if any(answer is False for answer in answers):
        return False
    return right or any(answer is True for answer in answers)


def sign_out(ctx: Ctx, admin_id: int) -> None:
    """Note the end of an administrator's session in tbladminlog and fire AdminLogout."""
    now = ctx.host.clock.now()
    with ctx.unit() as db:
        admin = db.get(Admin, admin_id)
        if admin is None:
            return
        opened = select(AdminLog).where(same(AdminLog.adminusername, admin.username), unset(AdminLog.logouttime))
        for row in db.scalars(opened.order_by(AdminLog.id.desc()).limit(1)):
            row.logouttime = row.lastvisit = now
        sessions.end_of_admin(db, admin_id)
    hooks.fire(ctx, "AdminLogout", adminid=admin_id)


def actor(admin: Admin, ip: str = "") -> Actor:
    """Who acts when this administrator does."""
    return Actor("admin", admin.id, admin.username, ip, admin.roleid)
