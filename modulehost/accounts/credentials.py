"""API credentials and roles, and who an API request comes from.

Source: the public API documentation (Authentication, Access Control) and client libraries' lists of its refusals.
"""

import hmac
import ipaddress
import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, settings
from modulehost.accounts import admins, throttle
from modulehost.accounts.errors import Invalid
from modulehost.context import Actor, Ctx, ctx_of
from modulehost.schema import Admin, ApiCredential, ApiRole
from modulehost.vault import NOBODY, hash_token, verify_password

FAILED = "Authentication Failed"
UNKNOWN = "Invalid or missing credentials"


class Refused(PermissionError):
    """An API request that may not be answered; the text is the documented one."""


def create_role(db: Session, name: str, actions: Iterable[str], description: str = "") -> ApiRole:
    """Add an API role that allows these actions (any case)."""
    if not name.strip():
        raise Invalid(["You must enter a role name"])
    now = ctx_of(db).host.clock.now()
    row = ApiRole(
        role=name.strip(), description=description, permissions=_permissions(actions), created_at=now, updated_at=now
    )
    db.add(row)
    db.flush()
    return row


def update_role(db: Session, role: ApiRole, name: str, actions: Iterable[str], description: str = "") -> None:
    """Change a role's name and actions."""
    role.role, role.description, role.permissions = name.strip(), description, _permissions(actions)
    role.updated_at = ctx_of(db).host.clock.now()


def delete_role(db: Session, role_id: int) -> None:
    """Remove a role; credentials that had it keep what their other roles allow."""
    row = db.get(ApiRole, role_id)
    if row is not None:
        db.delete(row)
        db.flush()


def roles(db: Session) -> list[ApiRole]:
    """All API roles by name."""
    return list(db.scalars(select(ApiRole).order_by(ApiRole.role, ApiRole.id)))


def role_actions(role: ApiRole) -> set[str]:
    """The actions a role allows, in lower case."""
    try:
        stored = json.loads(role.permissions or "{}")
    except ValueError:
        return set()
    if isinstance(stored, dict):
        return {str(name).lower() for name, allowed in stored.items() if allowed}
    return {str(name).lower() for name in stored} if isinstance(stored, list) else set()


def create(db: Session, admin_id: int, role_ids: Iterable[int], description: str = "") -> tuple[str, str]:
    """Add a credential that acts for an administrator; returns identifier and secret. The secret is not kept readable."""
    if db.get(Admin, admin_id) is None:
        raise Invalid([f"There is no administrator with the id {admin_id}"])
    host = ctx_of(db).host
    identifier, secret, now = host.entropy.token(32), host.entropy.token(32), host.clock.now()
    db.add(
        ApiCredential(
            identifier=identifier, secret=hash_token(secret), user_id=admin_id, is_admin=1, description=description,
            role_ids=json.dumps(list(role_ids)), created_at=now, updated_at=now,
        )
    )  # fmt: skip
    db.flush()
    return identifier, secret


def revoke(db: Session, credential_id: int) -> None:
    """Let a credential be refused from now on; its row stays."""
    row = db.get(ApiCredential, credential_id)
    if row is not None and row.deleted_at is None:
        row.deleted_at = row.updated_at = ctx_of(db).host.clock.now()


def active(db: Session) -> list[ApiCredential]:
    """All credentials that are not revoked."""
    return list(db.scalars(select(ApiCredential).where(ApiCredential.deleted_at.is_(None)).order_by(ApiCredential.id)))


def find(db: Session, identifier: str) -> ApiCredential | None:
    """The credential with exactly this identifier, unless it was revoked."""
    wanted = select(ApiCredential).where(ApiCredential.identifier == identifier, ApiCredential.deleted_at.is_(None))
    row = db.scalar(wanted)
    # Databases that ignore case would take another spelling for the same.
    return row if row is not None and row.identifier == identifier else None


def check(ctx: Ctx, identifier: str, secret: str, ip: str) -> tuple[Actor, ApiCredential | None]:
    """Who sends an API request, and by which credential (None for the legacy username with MD5 password).

    Raises Refused with the documented texts: an address that is not allowed, wrong or missing credentials, an
    administrator who is disabled or lacks the permission API Access.
    """
    with ctx.unit(read=True) as db:
        # First, so that from elsewhere nobody can find out which credentials are right.
        if not ip_allowed(db, ip):
            raise Refused(f"Invalid IP {ip}")
    if not identifier or not secret:
        raise Refused(FAILED)
    with ctx.unit(read=True) as db:
        credential = find(db, identifier)
        admin = db.get(Admin, credential.user_id) if credential else admins.find(db, identifier)
    if credential is not None:
        # The secret is long and random, so a plain hash is compared and no guesses need counting.
        if not hmac.compare_digest(credential.secret, hash_token(secret)):
            raise Refused(FAILED)
    else:
        if not throttle.attempt(ctx, "api", identifier, ip):
            raise Refused(FAILED)
        right = verify_password(admin.password if admin else NOBODY, secret)
        if admin is not None:
            hooks.fire(ctx, "AuthAdminApi", hooks.Positional((secret, admin)))
        if not right:
            raise Refused(UNKNOWN)
        throttle.succeeded(ctx, "api", identifier, ip)
    with ctx.unit() as db:
        if admin is None or admin.disabled or not admins.may(db, admin.roleid, "API Access"):
            raise Refused(FAILED)
        if credential is not None:
            db.get_one(ApiCredential, credential.id).last_access = ctx.host.clock.now()
    return Actor("api", admin.id, admin.username, ip, admin.roleid), credential


def allows(db: Session, credential: ApiCredential | None, action: str) -> bool:
    """Whether a credential's API roles allow an action. The legacy form of sign-in has no roles and may call everything."""
    if credential is None:
        return True
    roles = (db.get(ApiRole, role_id) for role_id in _role_ids(credential))
    return any(action.lower() in role_actions(role) for role in roles if role is not None)


def ip_allowed(db: Session, ip: str) -> bool:
    """Whether the setting APIAllowedIPs (addresses and networks, separated by blanks, commas or line ends) holds `ip`."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    for entry in settings.get(db, "APIAllowedIPs").replace(",", " ").split():
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


def _role_ids(credential: ApiCredential) -> list[int]:
    try:
        stored = json.loads(credential.role_ids or "[]")
    except ValueError:
        stored = credential.role_ids.split(",")
    return [int(one) for one in (stored if isinstance(stored, list) else [stored]) if str(one).strip().isdigit()]


def _permissions(actions: Iterable[str]) -> str:
    return json.dumps({name.lower(): 1 for name in sorted(actions, key=str.lower)})
