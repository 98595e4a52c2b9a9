"""Hosts for tests: one per test, made from a template so that tables are created once per session."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from modulehost import app
from modulehost.context import Actor, Ctx, Host
from modulehost.testing.hosts import ADMIN, CLIENT, CLIENT_DATA, copy, make_template

__all__ = ["ADMIN", "CLIENT", "CLIENT_DATA"]


@pytest.fixture(scope="session")
def template_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host root with all tables, the basic rows, an admin and a client, to be copied."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def make_host(template_root: Path, tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """make_host(port=0, page_seconds=1, ...) -> a host on SQLite with an admin (id 1) and a client (id 1)."""
    made: list[Host] = []

    def make(**settings: Any) -> Host:
        host = copy(template_root, tmp_path / f"host{len(made) or ''}", {"port": 0, **settings})
        made.append(host)
        return host

    yield make
    for host in made:
        host.close()


@pytest.fixture
def host(make_host: Callable[..., Host]) -> Host:
    """A host on SQLite with an admin (id 1) and a client (id 1)."""
    return make_host()


@pytest.fixture
def ctx(host: Host) -> Ctx:
    """The system's context on `host`."""
    return Ctx(host)


@pytest.fixture
def admin_ctx(host: Host) -> Ctx:
    """The admin's context on `host`."""
    return Ctx(host, Actor("admin", 1, "admin", "127.0.0.1", 1))


@pytest.fixture
def web(host: Host) -> FlaskClient:
    """A browser without a session on `host`."""
    return app.create_app(host).test_client()


@pytest.fixture
def running(host: Host) -> Iterator[app.RunningHost]:
    """`host` answering real HTTP on a free port."""
    served = app.serve(host).start()
    yield served
    served.stop()


@pytest.fixture
def write_module(host: Host) -> Callable[..., Path]:
    """write_module("demo", "def demo_CreateAccount(params): ...", hooks="...") puts a server module into the host's root."""

    def write(name: str, code: str, type_: str = "servers", **siblings: str) -> Path:
        folder = host.root / "modules" / type_ / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(code)
        for file, text in siblings.items():
            (folder / f"{file}.py").write_text(text)
        return folder

    return write
