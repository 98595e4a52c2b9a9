from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from modulehost.context import Ctx
from tests.client import shop as store


@pytest.fixture
def shop(ctx: Ctx, write_module: Callable[..., Path]) -> store.Shop:
    """The store of tests/client/shop.py, with its module."""
    folder = write_module("shopdemo", store.MODULE)
    (folder / "overview.tpl").write_text(store.OVERVIEW)
    (folder / "report.tpl").write_text(store.REPORT)
    return store.stock(ctx, "shopdemo")


@pytest.fixture
def client(web: FlaskClient) -> FlaskClient:
    """A browser signed in as client 1."""
    assert store.sign_in(web).status_code == 303
    return web
