"""The tables that exist on each database, compared with the project's copy of the reference.

`tests/data/schema.json`: table -> column -> [type, nullable, documented default where there is one].
"""

import json
import keyword
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Date, DateTime, Engine, Numeric, SmallInteger, String, inspect, text
from sqlalchemy import select as sa_select

from modulehost import schema

REFERENCE: dict[str, dict[str, list[Any]]] = json.loads((Path(__file__).parents[1] / "data" / "schema.json").read_text())


def word(kind: Any) -> str:
    """A reflected type in the reference's words."""
    if isinstance(kind, Numeric):
        return f"decimal({kind.precision},{kind.scale})"
    if isinstance(kind, DateTime):
        return "datetime"
    if isinstance(kind, Date):
        return "date"
    if isinstance(kind, String):
        return f"varchar({kind.length})" if kind.length and "TEXT" not in kind.__visit_name__.upper() else "text"
    size = "bigint" if isinstance(kind, BigInteger) else "smallint" if isinstance(kind, SmallInteger) else "int"
    return f"{size} unsigned" if getattr(kind, "unsigned", False) else size


def expected(kind: str, database: str) -> str:
    """What the reference's type is on this database: only MySQL knows unsigned, the others get the next larger type."""
    kind = kind.removesuffix(" auto_increment")
    if database != "mariadb":
        kind = {"int unsigned": "bigint", "smallint unsigned": "int"}.get(kind, kind)
    return kind


def test_reference_is_complete() -> None:
    assert (len(REFERENCE), sum(map(len, REFERENCE.values()))) == (164, 1572)


def test_live_schema_is_the_reference(any_database: Engine, database_kind: str) -> None:
    inspector = inspect(any_database)
    live = {
        name: {column["name"]: (word(column["type"]), column["nullable"]) for column in columns}
        for (_, name), columns in inspector.get_multi_columns().items()
    }
    ours = {name for name in live if name.startswith("mh_")}
    assert {name: live[name] for name in live if name not in ours} == {
        table: {
            # SQLite's ids must be INTEGER, which holds 8 bytes there, to be given out by AUTOINCREMENT.
            name: ("int" if name == "id" and database_kind == "sqlite" else expected(kind, database_kind), nullable)
            for name, (kind, nullable, *_) in columns.items()
        }
        for table, columns in REFERENCE.items()
    }
    assert {name for (_, name), _ in inspector.get_multi_pk_constraint().items()} == set(live)
    assert all(key["constrained_columns"] == ["id"] for key in inspector.get_multi_pk_constraint().values())
    assert not any(inspector.get_multi_foreign_keys().values())


def test_a_row_with_nothing_but_its_id_gets_mysql_implicit_defaults(any_database: Engine) -> None:
    implicit = {"int": 0, "bigint": 0, "smallint": 0, "text": "", "varchar": "", "date": None, "datetime": None}
    with any_database.begin() as connection:
        for name in REFERENCE:
            connection.execute(text(f"INSERT INTO {name} (id) VALUES (7)"))
        wrong = []
        for name, columns in REFERENCE.items():
            row = connection.execute(sa_select(schema.table(name))).mappings().one()
            for column, (kind, nullable, *default) in columns.items():
                family = kind.split("(")[0].split()[0]
                if column == "id":
                    value: Any = 7
                elif nullable:
                    value = None
                elif family == "decimal":
                    places = int(kind.rstrip(")").split(",")[1])
                    value = Decimal(default[0] if default else 0).quantize(Decimal(1).scaleb(-places))
                else:
                    value = implicit[family]
                if row[column] != value or type(row[column]) is not type(value):
                    wrong.append((name, column, row[column], value))
    assert wrong == []


def test_unset_dates_are_stored_as_modules_expect_them(any_database: Engine, database_kind: str) -> None:
    with any_database.begin() as connection:
        connection.execute(text("INSERT INTO tblhosting (id) VALUES (1)"))
        stored = connection.execute(text("SELECT regdate, lastupdate, nextduedate FROM tblhosting")).one()
    if database_kind == "postgresql":
        assert tuple(stored) == (date(1, 1, 1), datetime(1, 1, 1), None)
    else:
        assert tuple(stored) == ("0000-00-00", "0000-00-00 00:00:00", None)


def test_an_object_holds_what_an_insert_would_store(any_database: Engine) -> None:
    with any_database.begin() as connection:
        connection.execute(text("INSERT INTO tblaccounts (id) VALUES (1)"))
        stored = connection.execute(sa_select(schema.Transaction.__table__)).mappings().one()
    new = schema.Transaction(id=1)
    assert {name: getattr(new, name) for name in stored} == dict(stored)
    assert (new.rate, new.transid, new.invoiceid) == (Decimal("1.00000"), "", 0)


@pytest.mark.parametrize(
    "mapper",
    sorted(schema.Base.registry.mappers, key=lambda mapper: mapper.class_.__name__),
    ids=lambda mapper: mapper.class_.__name__,
)
def test_attributes_are_the_real_column_names(mapper: Any) -> None:
    for attribute in mapper.column_attrs:
        assert attribute.key == attribute.columns[0].name
        assert not keyword.iskeyword(attribute.key)
    assert mapper.class_.__name__ in schema.__all__


def test_every_table_is_reachable_by_name() -> None:
    assert set(schema.table_names()) == {*REFERENCE, *(n for n in schema.table_names() if n.startswith("mh_"))}
    assert schema.table("tbldomains").c.userid.name == "userid"
    assert schema.table("tblclients") is schema.Client.__table__
    with pytest.raises(KeyError, match="tblnothing"):
        schema.table("tblnothing")
