from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modulehost.context import Ctx, Host
from tests.billing.shop import open_shop


@pytest.fixture
def host(database: Engine, tmp_path: Path) -> Iterator[Host]:
    """A shop on SQLite."""
    with open_shop(database, tmp_path / "root", module=True) as made:
        yield made


@pytest.fixture
def any_host(any_database: Engine, tmp_path: Path) -> Iterator[Host]:
    """A shop on each database in turn."""
    with open_shop(any_database, tmp_path / "root", module=True) as made:
        yield made


@pytest.fixture
def ctx(host: Host) -> Ctx:
    return Ctx(host)
