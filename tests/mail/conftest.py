from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modulehost.context import Ctx, Host
from tests.accounts.hosts import account_host, visitor


@pytest.fixture
def host(database: Engine, tmp_path: Path) -> Iterator[Host]:
    with account_host(database, tmp_path / "root") as made:
        yield made


@pytest.fixture
def ctx(host: Host) -> Ctx:
    return visitor(host)


@pytest.fixture
def any_ctx(any_database: Engine, tmp_path: Path) -> Iterator[Ctx]:
    """A visitor on a host of each database in turn."""
    with account_host(any_database, tmp_path / "root") as made:
        yield visitor(made)
