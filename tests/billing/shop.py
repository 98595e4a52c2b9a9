"""A host with a small shop for the tests of billing and ordering. Its clock stands at the noon of 31 January 2027."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from modulehost import billing, extensions, lifecycle, mail, ordering
from modulehost.config import Config
from modulehost.context import Actor, Ctx, Host
from modulehost.schema import (
    Addon,
    Client,
    ConfigOption,
    ConfigOptionSub,
    Currency,
    CustomField,
    Pricing,
    Product,
    ProductConfigGroup,
    ProductConfigLink,
    ProductGroup,
)

NOON = datetime(2027, 1, 31, 12, 0, 0)
OFFERED = {
    "monthly": "-1",
    "quarterly": "-1",
    "semiannually": "-1",
    "annually": "-1",
    "biennially": "-1",
    "triennially": "-1",
}
#: fails to create while the file `refuse` lies in the host root, takes its time while `wait` does
MODULE = """
from pathlib import Path


def shopmod_MetaData():
    return {"DisplayName": "Shop Module", "RequiresServer": False}


def shopmod_CreateAccount(params):
    root = Path(__file__).parents[3]
    if (root / "refuse").exists():
        return "the vendor refused " + params["domain"]
    if (root / "wait").exists():
        return {"pending": "job 7", "message": "being made"}
    with (root / "created").open("a") as file:
        file.write(str(params["serviceid"]) + "\\n")
    return "success"


def shopmod_TerminateAccount(params):
    root = Path(__file__).parents[3]
    if (root / "refuse").exists():
        return "the vendor keeps " + params["domain"]
    with (root / "ended").open("a") as file:
        file.write(str(params["serviceid"]) + "\\n")
    return "success"
"""


@contextmanager
def open_shop(engine: Engine, root: Path, module: bool = False, seed: bool = True) -> Iterator[Host]:
    """The host, with two currencies (1 USD, 2 EUR), both bundled gateways and mail templates; without `seed` on what is there."""
    host = Host(Config(root=root), engine=engine)
    host.base_url = "http://shop.test/"
    host.clock.freeze()
    host.clock.set(NOON)
    for room in (extensions, mail, billing, lifecycle, ordering):
        register = getattr(room, "register", None)
        if register:
            register(host)
    if seed:
        _seed(host)
    if module:
        folder = root / "modules" / "servers" / "shopmod"
        folder.mkdir(parents=True)
        (folder / "shopmod.py").write_text(MODULE)
    try:
        yield host
    finally:
        host.close()


def _seed(host: Host) -> None:
    with Ctx(host).unit() as db:
        db.add(Currency(code="USD", prefix="$", suffix=" USD", format=1, default=1))
        db.flush()
        db.add(Currency(code="EUR", prefix="", suffix=" €", format=3, rate=Decimal("0.90000")))
        billing.seed(db)
        mail.seed(db)


def created(host: Host, file: str = "created") -> list[int]:
    """The services for which the shop module ran Create (or, with `ended`, Terminate), in order."""
    path = host.root / file
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def visitor(host: Host) -> Ctx:
    return Ctx(host, Actor("client", 1, "Ada", "203.0.113.7"))


def add_client(db: Session, currency: int = 1, **values: object) -> Client:
    fields = {"firstname": "Ada", "lastname": "Stone", "email": "ada@example.com", "country": "DE", "status": "Active"}
    client = Client(currency=currency, **{**fields, **values})
    db.add(client)
    db.flush()
    return client


def add_prices(db: Session, kind: str, relid: int, currency: int = 1, **columns: str) -> None:
    base = OFFERED if kind == "product" else {}
    db.add(
        Pricing(type=kind, relid=relid, currency=currency, **{k: Decimal(v) for k, v in {**base, **columns}.items()})
    )
    db.flush()


def add_product(
    db: Session, name: str = "Mail", paytype: str = "recurring", prices: dict[str, str] | None = None, **values: object
) -> Product:
    group = ProductGroup(name="Hosting")
    db.add(group)
    db.flush()
    product = Product(name=name, gid=group.id, paytype=paytype, type="other", **values)
    db.add(product)
    db.flush()
    add_prices(db, "product", product.id, **({"monthly": "10.00", "msetupfee": "3.00"} if prices is None else prices))
    return product


def add_option(
    db: Session,
    product: Product,
    name: str,
    kind: int,
    choices: dict[str, dict[str, str]],
    minimum: int = 0,
    maximum: int = 0,
    hidden: int = 0,
) -> tuple[ConfigOption, list[ConfigOptionSub]]:
    """An option with its choices; each choice maps to its price columns in USD."""
    group = ProductConfigGroup(name="Options")
    db.add(group)
    db.flush()
    db.add(ProductConfigLink(gid=group.id, pid=product.id))
    option = ConfigOption(
        gid=group.id, optionname=name, optiontype=str(kind), qtyminimum=minimum, qtymaximum=maximum, hidden=hidden
    )
    db.add(option)
    db.flush()
    subs = []
    for place, (label, columns) in enumerate(choices.items()):
        sub = ConfigOptionSub(configid=option.id, optionname=label, sortorder=place)
        db.add(sub)
        db.flush()
        if columns:
            add_prices(db, "configoptions", sub.id, **columns)
        subs.append(sub)
    return option, subs


def add_field(db: Session, product: Product, name: str, kind: str = "text", **values: object) -> CustomField:
    field = CustomField(
        type="product", relid=product.id, fieldname=name, fieldtype=kind, **{"showorder": "on", **values}
    )
    db.add(field)
    db.flush()
    return field


def add_addon(db: Session, name: str, *products: Product, prices: dict[str, str] | None = None, **values: object) -> Addon:
    """A product addon for these products, 2.00 a month without a set-up fee unless told otherwise."""
    packages = ",".join(str(one.id) for one in products)
    shown = {"packages": packages, "billingcycle": "recurring", "showorder": 1, "autoactivate": "payment", "type": "other"}
    addon = Addon(name=name, **{**shown, **values})
    db.add(addon)
    db.flush()
    add_prices(db, "addon", addon.id, **{**OFFERED, **({"monthly": "2.00", "annually": "20.00"} if prices is None else prices)})
    return addon
