"""The tables that no class is mapped to, from `rest.tsv`: modules query them, the host does not (yet).

Reach one by `table("tbldomains")`; its columns are `table("tbldomains").c.userid`.
"""

import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint
from sqlalchemy.types import TypeEngine

from .base import TABLE_OPTIONS, metadata
from .storage import CalendarDay, Characters, FixedPoint, PointInTime, WholeNumber
from .types import column_options

_FILE = Path(__file__).with_name("rest.tsv")
_lock = threading.Lock()
_SIZED = re.compile(r"(varchar|decimal)\((\d+)(?:,(\d+))?\)\Z")


def column_type(name: str, nullable: bool) -> TypeEngine[Any]:
    """The type that a word of the data file stands for: `int unsigned`, `varchar(64)`, `decimal(16,2)`, `date`, ..."""
    sized = _SIZED.match(name)
    if sized:
        kind, length, places = sized.groups()
        return Characters(int(length)) if kind == "varchar" else FixedPoint(int(length), int(places))
    match name:
        case "text":
            return Characters()
        case "int" | "int unsigned":
            return WholeNumber(4, unsigned=name.endswith("unsigned"))
        case "smallint unsigned":
            return WholeNumber(2, unsigned=True)
        case "bigint":
            return WholeNumber(8)
        case "key" | "bigint key":
            return WholeNumber(4 if name == "key" else 8, key=True)
        case "date":
            return CalendarDay(nullable)
        case "datetime":
            return PointInTime(nullable)
    raise ValueError(f"rest.tsv: {name!r} is no column type")


@cache
def _rows() -> list[list[str]]:
    lines = _FILE.read_text().splitlines()
    return [(line.split("\t") + ["", ""])[:5] for line in lines if not line.startswith("#")]


def names() -> list[str]:
    """The names of the tables of the data file."""
    return list(dict.fromkeys(row[0] for row in _rows()))


def columns() -> dict[str, list[str]]:
    """The columns of each table of the data file, without declaring it."""
    found: dict[str, list[str]] = {}
    for name, column, *_ in _rows():
        found.setdefault(name, []).append(column)
    return found


def indexes() -> set[tuple[str, str]]:
    """Table and name of each index of the data file that is not also a rule about equal rows."""
    return {(name, f"ix_{name}_{column}") for name, column, _, _, index in _rows() if index == "i"}


@cache
def declare() -> None:
    """Put the tables of the data file into the metadata. Not at import: most commands never need them."""
    tables: dict[str, list[tuple[Column[Any], str]]] = {}
    for name, column_name, kind, default, index in _rows():
        nullable = kind.endswith("?")
        column_kind = column_type(kind.rstrip("?"), nullable)
        column: Column[Any]
        if kind.endswith("key"):
            column = Column(column_name, column_kind, primary_key=True, autoincrement=True)
        else:
            options = column_options(column_kind, nullable, default or None)
            column = Column(column_name, column_kind, **options, unique=True if index == "u" else None)
        tables.setdefault(name, []).append((column, index))
    for name, columns in tables.items():
        indexes = [Index(f"ix_{name}_{column.name}", column) for column, index in columns if index == "i"]
        together = [column.name for column, index in columns if index == "g"]
        unique = [UniqueConstraint(*together)] if together else []
        Table(name, metadata, *(column for column, _ in columns), *indexes, *unique, **TABLE_OPTIONS)


def table(name: str) -> Table:
    """Any table of the schema by its real name, mapped or not; KeyError names it if there is none."""
    if name not in metadata.tables:
        with _lock:
            declare()
    return metadata.tables[name]
