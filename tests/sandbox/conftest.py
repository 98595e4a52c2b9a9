"""Simulators whose clock stands still until a test moves it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from modulehost import sandbox
from modulehost.clock import Clock

from .solus import Billing, Solus, seconds
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
def solusvm2(clock: Clock) -> Iterator[sandbox.RunningSandbox]:
    with sandbox.start("solusvm2", clock=clock, seed=7) as running:
        yield running


@pytest.fixture
def solus(solusvm2: sandbox.RunningSandbox) -> Solus:
    answer = requests.post(solusvm2.url + "/_sandbox/tokens", json={}, timeout=20)
    assert answer.status_code == 201
    return Solus(solusvm2.url, answer.json()["token"])


@pytest.fixture
def billing() -> Iterator[Billing]:
    side = Billing()
    yield side
    side.close()


@pytest.fixture
def set_time(clock: Clock) -> "SetTime":
    return SetTime(clock)


@pytest.fixture
def pass_time(clock: Clock) -> "Pass":
    return Pass(clock)


class Pass:
    """Moves the clock on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def __call__(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))


class SetTime:
    """Sets the clock to a time such as `2030-04-01T00:00:00`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def __call__(self, text: str) -> None:
        self.clock.advance(timedelta(seconds=seconds(text) - int(self.clock.time())))
