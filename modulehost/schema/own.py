"""Tables of a module's own: the same column types as the host's, so that they mean the same on all three databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, MetaData, Table, inspect
from sqlalchemy.orm import Session

from . import completing
from .base import TABLE_OPTIONS
from .rest import column_type
from .types import column_options


def table(name: str, columns: Mapping[str, str]) -> Table:
    """The table with a key `id` and these columns, each named by its type; `unique` behind it keeps a second equal value out.

    Raises ValueError for a name that the host has.
    """
    from modulehost.schema import table_names

    if name.lower() in table_names() or name.lower().startswith("mh_"):
        raise ValueError(f"{name} is a table of the host; a module's own customarily begins with mod_")
    made: list[Column[Any]] = [Column("id", column_type("key", False), primary_key=True, autoincrement=True)]
    for column, kind in columns.items():
        plain = kind.removesuffix(" unique")
        nullable = plain.endswith("?")
        type_ = column_type(plain.rstrip("?"), nullable)
        made.append(Column(column, type_, unique=plain != kind or None, **column_options(type_, nullable)))
    return Table(name, MetaData(), *made, **TABLE_OPTIONS)


def create(db: Session, table: Table) -> None:
    """Create it unless it exists."""
    table.create(db.connection(), checkfirst=True)


def drop(db: Session, table: Table) -> None:
    """Drop it if it exists."""
    table.drop(db.connection(), checkfirst=True)


def add_columns(db: Session, table: Table) -> list[str]:
    """Add the columns that the table in the database lacks; returns their names."""
    present = {column["name"] for column in inspect(db.connection()).get_columns(table.name)}
    missing = [column.name for column in table.columns if column.name not in present]
    completing.add_columns(db.connection(), table, missing)
    return missing
