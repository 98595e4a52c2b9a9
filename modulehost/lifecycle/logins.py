"""User name and password of a service before its first CreateAccount.

Source: the public params table: the user name is the first eight letters of the domain, made unique; the password has ten
characters. The hook OverrideModuleUsernameGeneration may name another user name.
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.lifecycle import params
from modulehost.lifecycle.rows import one
from modulehost.lifecycle.subjects import OfService, Subject
from modulehost.schema import Service, same
from modulehost.vault import Vault


def prepare(ctx: Ctx, whom: Subject) -> None:
    """Fill an empty user name and password of a service; an addon has those of its service."""
    if not isinstance(whom, OfService):
        return
    service_id = whom.id
    with ctx.unit(read=True) as db:
        row = one(db, Service, service_id, "service")
        if row.username and row.password:
            return
        given = params.service(db, service_id)
    chosen = ""
    if not row.username:
        named = hooks.values(hooks.fire(ctx, "OverrideModuleUsernameGeneration", params=given))
        chosen = next((str(name) for name in named if name), "")
    with ctx.unit() as db:
        # Locked: of two that come at once the second must see the first one's password, which the vendor may have by then.
        row = db.get_one(Service, service_id, with_for_update=True)
        if not row.username:
            row.username = chosen or unique(db, row.domain, service_id)
        if not row.password:
            row.password = ctx.host.part(Vault).encrypt(ctx.host.entropy.password(10))


def unique(db: Session, domain: str, service_id: int) -> str:
    """The first eight letters and digits of a domain, with a number behind when another service has that name."""
    base = re.sub(r"[^a-z0-9]", "", domain.lower().partition(".")[0])
    base = re.sub(r"^[0-9]+", "", base)[:8] or f"user{service_id}"
    name, number = base, 1
    while (
        db.scalar(select(Service.id).where(same(Service.username, name), Service.id != service_id).limit(1)) is not None
    ):
        name = f"{base[: 8 - len(str(number))]}{number}"
        number += 1
    return name
