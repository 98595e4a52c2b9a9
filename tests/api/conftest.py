from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modulehost.context import Ctx, Host
from tests.accounts.conftest import quick_hashes  # noqa: F401
from tests.api.client import Api, open_api


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
