from collections.abc import Callable, Iterator

import pytest

from modulehost import sandbox
from modulehost.context import Host
from tests.modules.shop import Shop, open_shop


@pytest.fixture
def zoho(make_host: Callable[..., Host]) -> Iterator[Shop]:
    """A shop that sells Zoho Mail, authorised in the United States, with the simulator on the host's clock."""
    host = make_host(page_seconds=10, action_seconds=20)
    with sandbox.start("zoho", clock=host.clock, seed=7) as box:
        shop = open_shop(host, "zoho_mail", box)
        shop.authorise()
        yield shop


@pytest.fixture
def example(make_host: Callable[..., Host]) -> Shop:
    """A shop that sells the example module."""
    shop = open_shop(make_host(), "examplehost")
    shop.settings(configoption1="starter", configoption3="on", configoption4="1024", configoption5="at once")
    return shop
