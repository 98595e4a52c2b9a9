from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from modulehost import sandbox
from modulehost.clock import Clock
from tests.modules.shop import Shop, open_shop


@pytest.fixture
def zoho(database: Engine, tmp_path: Path) -> Iterator[Shop]:
    """A shop that sells Zoho Mail, authorised in the United States, with the simulator on the host's clock."""
    root = tmp_path / "root"
    root.mkdir()
    with sandbox.start("zoho", clock=Clock(root / "clock"), seed=7) as box, open_shop(database, root, "zoho_mail", box) as shop:
        shop.authorise()
        yield shop


@pytest.fixture
def example(database: Engine, tmp_path: Path) -> Iterator[Shop]:
    """A shop that sells the example module."""
    with open_shop(database, tmp_path / "root", "examplehost") as shop:
        shop.settings(configoption1="starter", configoption3="on", configoption4="1024", configoption5="at once")
        yield shop
