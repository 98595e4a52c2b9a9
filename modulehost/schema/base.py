"""The declarative base of all mapped tables."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

# SQLite never gives an id twice, as MySQL. What MySQL itself needs is added in create.py, because SQLAlchemy would
# import its dialect here, also where there is no MySQL.
TABLE_OPTIONS: dict[str, Any] = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """A row. Attributes are named like the columns.

    A new object holds at once what an insert would store: '' or 0 or the documented default in every NOT NULL column
    that was not given, `None` in dates. `created_at` and `updated_at` are not kept by the database: whoever writes the
    row sets them from the clock.
    """

    __abstract__ = True

    @classmethod
    def __table_cls__(cls, *args: Any, **kw: Any) -> Table:
        return Table(*args, **{**TABLE_OPTIONS, **kw})

    def __init__(self, **values: Any) -> None:
        empty = _empty_row(type(self))
        for name in values:
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} ({self.__tablename__}) has no column {name!r}")
        for name, value in {**empty, **values}.items():
            setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__tablename__}.id={self.__dict__.get('id')}>"


_EMPTY: dict[type[Base], dict[str, Any]] = {}


def _empty_row(cls: type[Base]) -> dict[str, Any]:
    empty = _EMPTY.get(cls)
    if empty is None:
        attributes = cls.__mapper__.column_attrs
        empty = {a.key: a.columns[0].info["empty"] for a in attributes if "empty" in a.columns[0].info}
        _EMPTY[cls] = empty
    return empty


metadata = Base.metadata
