"""Fixtures that all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from . import databases


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """sqlite, mariadb, postgresql: a test that uses it runs three times."""
    return str(request.param)


@pytest.fixture
def any_database_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind in turn."""
    with databases.fresh_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def any_database(database_kind: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database with all tables, of each kind in turn."""
    with databases.fresh_database(database_kind, tmp_path, tables=True) as url, databases.engine(url) as engine:
        yield engine


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """An engine on an SQLite database with all tables."""
    with databases.fresh_database("sqlite", tmp_path, tables=True) as url, databases.engine(url) as engine:
        yield engine


def pytest_sessionfinish() -> None:
    databases.drop_kept()
