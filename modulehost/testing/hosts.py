"""Hosts for tests: a template is made once, and every test gets a copy, because making the tables takes most of a second."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from modulehost import app, config
from modulehost.accounts import admins, clients
from modulehost.context import Ctx, Host
from modulehost.testing.subject import Subject

ADMIN = {"username": "admin", "password": "Admin-pass-1"}
CLIENT = {"email": "asha@example.com", "password": "Client-pass-1"}
CLIENT_DATA = {
    "firstname": "Asha",
    "lastname": "Rao",
    "companyname": "Example Ltd",
    "email": CLIENT["email"],
    "address1": "1 Main Street",
    "city": "Pune",
    "state": "Maharashtra",
    "postcode": "411001",
    "country": "IN",
    "phonenumber": "2025550100",
    "password2": CLIENT["password"],
}


def make_template(root: Path) -> Path:
    """Fill `root` with a host that has all tables, the basic rows, an admin (id 1) and a client (id 1); it is closed again."""
    host = app.create_host(config.load(root, environ={}))
    with Ctx(host).unit() as db:
        admins.create(
            db, ADMIN["username"], ADMIN["password"], email="admin@example.com", firstname="Ada", lastname="Admin"
        )
        clients.create(db, CLIENT_DATA)
    host.close()
    # `with connect()` alone would leave the connection open, and its -wal file would go away while somebody copies the folder
    with closing(sqlite3.connect(root / "modulehost.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return root


def copy(template: Path, root: Path, settings: Mapping[str, Any] | None = None) -> Host:
    """A host in `root`, which must not exist, with the template's rows; variables of the machine do not count."""
    shutil.copytree(template, root, ignore=shutil.ignore_patterns("run", "*-wal", "*-shm"))
    return app.create_host(config.load(root, settings, environ={}))


def prepare(host: Host, subject: Subject) -> None:
    """Let the clock stand where the subject says, open the module log, and put the module into the root."""
    from modulehost import settings

    host.base_url = host.config.system_url or "http://localhost/"
    host.clock.freeze()
    host.clock.set(subject.time)
    with Ctx(host).unit() as db:
        settings.put(db, "ModuleLogEnabled", "on")
    if subject.folder is not None:
        place = host.root / "modules" / subject.type / subject.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(subject.folder, target_is_directory=True)
