import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from werkzeug.security import generate_password_hash

from modulehost.context import Ctx, Host
from tests.api.client import Api, open_api


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Password hashes of one round: the real ones take most of a test's time."""
    quick = functools.partial(generate_password_hash, method="pbkdf2:sha256:1")
    monkeypatch.setattr("modulehost.vault.generate_password_hash", quick)


@pytest.fixture
def host(database: Engine, tmp_path: Path) -> Iterator[Host]:
    """A shop with the API, without the rest of the web."""
    with open_api(database, tmp_path / "root") as made:
        yield made


@pytest.fixture
def ctx(host: Host) -> Ctx:
    return Ctx(host)


@pytest.fixture
def api(host: Host) -> Api:
    """A client of the endpoint with a credential that may do everything."""
    return Api(host)


@pytest.fixture
def any_api(any_database: Engine, tmp_path: Path) -> Iterator[Api]:
    """The same on each database in turn."""
    with open_api(any_database, tmp_path / "root") as made:
        yield Api(made)
