"""A host on a throw-away database with what accounts and mail need: roles, mail templates, a currency, a clock that stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from modulehost import accounts, mail
from modulehost.config import Config
from modulehost.context import Actor, Ctx, Host
from modulehost.schema import Currency

NOON = datetime(2026, 3, 2, 12, 0, 0)


@contextmanager
def account_host(engine: Engine, root: Path) -> Iterator[Host]:
    """The host; its clock stands at NOON."""
    host = Host(Config(root=root), engine=engine)
    host.base_url = "http://shop.test/"
    host.clock.freeze()
    host.clock.set(NOON)
    mail.register(host)
    with Ctx(host).unit() as db:
        accounts.seed(db)
        mail.seed(db)
        db.add(Currency(code="USD", prefix="$", suffix=" USD", format=1, default=1))
    try:
        yield host
    finally:
        host.close()


def visitor(host: Host, ip: str = "203.0.113.7") -> Ctx:
    """A context of somebody who is not signed in."""
    return Ctx(host, Actor("client", 0, "Guest", ip))


CLIENT = {
    "firstname": "Angelica", "lastname": "Mohr", "email": "angelica@example.com", "address1": "123 Test Street", "city": "Test",
    "state": "California", "postcode": "90001", "country": "US", "phonenumber": "(555) 010-9999", "password2": "correct horse",
}  # fmt: skip
