import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from werkzeug.security import generate_password_hash

from modulehost.context import Ctx, Host
from tests.accounts.hosts import account_host, visitor


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Password hashes of one round: the real ones take most of a test's time."""
    quick = functools.partial(generate_password_hash, method="pbkdf2:sha256:1")
    monkeypatch.setattr("modulehost.vault.generate_password_hash", quick)


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
