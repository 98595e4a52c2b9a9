"""What happened to a client's cloud account, in the order in which it happened."""

from datetime import datetime
from typing import Any

from modulehost import sdk

from .tables import EVENTS


def note(client: int, kind: str, text: str, mark: str = "", invoice: int = 0, at: datetime | None = None) -> None:
    """Write it down; with a `mark` only once."""
    row = {"client": client, "kind": kind, "text": text[:250], "invoice": invoice, "at": at or sdk.now(),
           "mark": mark or f"{client}:{kind}:{sdk.token(20)}"}  # fmt: skip
    try:
        with sdk.unit() as db:
            if (
                db.execute(EVENTS.select().with_only_columns(EVENTS.c.id).where(EVENTS.c.mark == row["mark"])).first()
                is None
            ):
                db.execute(EVENTS.insert().values(**row))
    except sdk.Duplicate:
        return  # written by somebody else in the same instant


def of(client: int) -> list[Any]:
    """All that is noted of a client, oldest first."""
    with sdk.unit(read=True) as db:
        return list(db.execute(EVENTS.select().where(EVENTS.c.client == client).order_by(EVENTS.c.at, EVENTS.c.id)))
