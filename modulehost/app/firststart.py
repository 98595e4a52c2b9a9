"""The first admin of an empty host: without one nobody could sign in."""

from sqlalchemy import select

from modulehost.accounts import admins
from modulehost.context import Ctx
from modulehost.schema import Admin


def first_admin(ctx: Ctx) -> dict[str, str] | None:
    """Make `admin` with a random password when there is no admin at all; returns both, to be shown once, else None."""
    password = ctx.host.entropy.password(16)
    with ctx.unit() as db:
        if db.scalar(select(Admin.id).limit(1)) is not None:
            return None
        admins.create(
            db,
            username="admin",
            password=password,
            firstname="Admin",
            lastname="",
            email="admin@example.com",
            role_id=1,
        )
    return {"username": "admin", "password": password}
