import pytest

from modulehost.context import Host
from tests.contract.bench import Bench


@pytest.fixture
def bench(host: Host) -> Bench:
    """The doors of a host."""
    return Bench(host)
