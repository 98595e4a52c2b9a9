"""The pytest plugin: fixtures `host`, `clock`, `client`, `service`, `api`, `sandbox`, and the module under test.

A project's own fixtures of these names go before them. This file is imported by every pytest run on a machine where
modulehost is installed, so it imports nothing but pytest until a fixture is used.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from modulehost.context import Host
    from modulehost.sandbox import RunningSandbox
    from modulehost.testing.subject import Subject
    from modulehost.testing.things import Api, Client, Module, Service, Time

_MARK = (
    "modulehost(module=None, type=None, config={}, server={}, service={}, configoptions={}, customfields={}, settings={}, time=None): "
    "the module under test, and what its host, product and service hold (docs/modules.md)"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "modulehost_module", "name or folder of the module under test; default: the folder that the test lies in"
    )
    parser.addini("modulehost_time", "where the clock stands when a test begins", default="2026-01-15 12:00:00")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARK)


@pytest.fixture(scope="session")
def modulehost_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's root with its tables, an admin and a client, made once per process and copied for every test."""
    from modulehost.testing import hosts

    return hosts.make_template(tmp_path_factory.mktemp("modulehost"))


@pytest.fixture
def modulehost_subject(request: pytest.FixtureRequest) -> "Subject":
    """What marks and settings say: the module under test, and what its host, product and service hold."""
    from modulehost.testing import subject

    marks = [mark.kwargs for mark in request.node.iter_markers("modulehost")]
    config = request.config
    named, time = str(config.getini("modulehost_module")), str(config.getini("modulehost_time"))
    try:
        return subject.of(marks, request.path, config.rootpath, named, time)
    except subject.WrongUse as wrong:
        pytest.fail(str(wrong), pytrace=False)


@pytest.fixture
def host(modulehost_subject: "Subject", modulehost_template: Path, tmp_path: Path) -> Iterator["Host"]:
    """A host of its own for this test: an admin and a client, the module under test, and a clock that stands still."""
    from modulehost.testing import hosts

    made = hosts.copy(modulehost_template, tmp_path / "host", {"port": 0, **modulehost_subject.settings})
    try:
        hosts.prepare(made, modulehost_subject)
        yield made
    finally:
        made.close()


@pytest.fixture
def clock(host: "Host") -> "Time":
    """The host's time: `now()`, `today()`, `set(...)`, and `advance("45d")`, which runs the automation of each day."""
    from modulehost.testing.things import Time

    return Time(host)


@pytest.fixture
def client(host: "Host") -> "Client":
    """The client: `id`, `email`, `password`, `details()`, and `browser()`, signed in."""
    from modulehost.testing.things import Client

    return Client(host)


@pytest.fixture
def service(host: "Host", modulehost_subject: "Subject") -> "Service":
    """A pending service of a product of the module: `run("CreateAccount")`, `call("ClientArea")`, `status`, `property(name)`."""
    from modulehost.testing import subject, things

    try:
        return things.make_service(host, modulehost_subject)
    except subject.WrongUse as wrong:
        pytest.fail(str(wrong), pytrace=False)


@pytest.fixture
def api(host: "Host") -> "Api":
    """`api("GetClients", limitnum=5)`: an action of the host's API with full permission, its answer as a map."""
    from modulehost.testing.things import Api

    return Api(host)


@pytest.fixture
def sandbox(host: "Host") -> Iterator[Callable[..., "RunningSandbox"]]:
    """`sandbox("zoho")` starts a vendor's simulator on the host's clock and sends the module's requests to it."""
    from modulehost.testing import things

    started: list[Any] = []

    def start(vendor: str, seed: Any = 1) -> "RunningSandbox":
        started.append(things.start_sandbox(host, vendor, seed))
        box: RunningSandbox = started[-1]
        return box

    try:
        yield start
    finally:
        for box in started:
            box.stop()


@pytest.fixture
def modulehost_module(host: "Host", modulehost_subject: "Subject") -> "Module":
    """The module itself: `call("output", {...})` runs any function; an addon's vars are filled in."""
    from modulehost.testing.things import Module

    return Module(host, modulehost_subject)
