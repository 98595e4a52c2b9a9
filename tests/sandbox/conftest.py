"""A simulated Zoho whose clock stands still until a test moves it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from modulehost import sandbox
from modulehost.clock import Clock

from .support import START, Api, sign_up


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    (tmp_path / "clock").write_text(str(START))
    return Clock(tmp_path / "clock")


@pytest.fixture
def zoho(clock: Clock) -> Iterator[sandbox.RunningSandbox]:
    with sandbox.start("zoho", clock=clock, seed=7) as running:
        yield running


@pytest.fixture
def url(zoho: sandbox.RunningSandbox) -> str:
    return zoho.url


@pytest.fixture
def partner(url: str) -> Api:
    return sign_up(url)


@pytest.fixture
def pass_time(clock: Clock) -> "Pass":
    return Pass(clock)


class Pass:
    """Moves the clock on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def __call__(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))
