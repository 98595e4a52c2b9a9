"""How often a sign-in may fail, counted in rows so that all processes and a moved clock agree.

Within fifteen minutes five attempts fail for one account from one address, twenty for one address, fifty for one
account. An attempt is counted before the password is looked at, so that many at once cannot slip through together; one
that is refused does not prolong the wait.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from modulehost.context import Ctx
from modulehost.schema import TransientData
from modulehost.vault import hash_token

SECONDS = 15 * 60
LIMIT_PAIR, LIMIT_ADDRESS, LIMIT_ACCOUNT = 5, 20, 50
_PREFIX = "mh_attempt:"


def address(ctx: Ctx) -> str:
    """Where the request comes from: nobody is signed in yet, so the web tells it in `ctx.request`."""
    return ctx.actor.ip or str(ctx.request.get("ip", ""))


def attempt(ctx: Ctx, kind: str, name: str, ip: str) -> bool:
    """Count an attempt; False when there were too many. `kind` keeps admins, users and API clients apart."""
    now = int(ctx.host.clock.time())
    names = _names(kind, name, ip)
    with ctx.unit() as db:
        db.execute(delete(TransientData).where(TransientData.name.startswith(_PREFIX), TransientData.expires <= now))
        own = {key: TransientData(name=key, data="", expires=now + SECONDS) for key in names}
        db.add_all(own.values())
    # Counted after the commit and by place: of many at once only the first ones are within the limit.
    with ctx.unit(read=True) as db:
        allowed = all(_place(db, key, own[key].id, now) <= limit for key, limit in names.items())
    if not allowed:
        with ctx.unit() as db:
            db.execute(delete(TransientData).where(TransientData.id.in_([row.id for row in own.values()])))
    return allowed


def succeeded(ctx: Ctx, kind: str, name: str, ip: str) -> None:
    """Forget this account's failures from this address, and the one attempt that was counted against the others."""
    with ctx.unit() as db:
        pair, *others = _names(kind, name, ip)
        db.execute(delete(TransientData).where(TransientData.name == pair))
        for key in others:
            last = db.scalar(select(func.max(TransientData.id)).where(TransientData.name == key))
            db.execute(delete(TransientData).where(TransientData.id == last))


def wait(ctx: Ctx, kind: str, name: str, ip: str) -> int:
    """Seconds until another attempt is looked at; 0 when one would be now. For the text of the sign-in page."""
    now = int(ctx.host.clock.time())
    with ctx.unit(read=True) as db:
        waits = [0]
        for key, limit in _names(kind, name, ip).items():
            newest = select(TransientData.expires).where(TransientData.name == key, TransientData.expires > now)
            expiries = db.scalars(newest.order_by(TransientData.expires.desc()).limit(limit)).all()
            if len(expiries) == limit:
                waits.append(expiries[-1] - now)
    return max(waits)


def _place(db: Session, key: str, row_id: int, now: int) -> int:
    counted = (
        select(func.count()).select_from(TransientData).where(TransientData.name == key, TransientData.expires > now)
    )
    return db.scalar(counted.where(TransientData.id <= row_id)) or 0


def _names(kind: str, name: str, ip: str) -> dict[str, int]:
    account = name.strip().lower()
    pair = _PREFIX + kind + ":" + hash_token(f"{account}\n{ip}")
    return {
        pair: LIMIT_PAIR,
        f"{_PREFIX}{kind}:ip:{hash_token(ip)}": LIMIT_ADDRESS,
        f"{_PREFIX}{kind}:account:{hash_token(account)}": LIMIT_ACCOUNT,
    }
