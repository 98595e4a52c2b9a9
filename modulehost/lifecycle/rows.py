"""Looking rows up with an error that says what was looked for."""

from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class Missing(LookupError):
    """A row that should be there is not."""


def one(db: Session, kind: type[T], id_: int, what: str) -> T:
    """The row of class `kind` with that id. Raises Missing."""
    found = db.get(kind, id_)
    if found is None:
        raise Missing(f"there is no {what} with the id {id_}")
    return found
