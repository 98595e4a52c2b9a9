"""What the fixtures give: the time, a client, a service, the API, a simulator, the module."""

import re
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from modulehost import api as actions
from modulehost import automation, duration, extensions, lifecycle, runtimes, sandbox, settings
from modulehost.accounts import clients
from modulehost.billing.catalog import groups, products, servers
from modulehost.context import Actor, Ctx, Host
from modulehost.lifecycle import Outcome
from modulehost.schema import (
    ActivityLog,
    ConfigOption,
    ConfigOptionSub,
    ModuleLog,
    ModuleQueue,
    Product,
    ServiceConfigOption,
)
from modulehost.schema import (
    Service as ServiceRow,
)
from modulehost.testing.hosts import CLIENT
from modulehost.testing.subject import Subject, WrongUse

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@dataclass(frozen=True)
class Time:
    """The host's clock, which stands still between the moves."""

    host: Host

    def now(self) -> datetime:
        """The host's time, naive UTC."""
        return self.host.clock.now()

    def today(self) -> date:
        """The host's day."""
        return self.host.clock.today()

    def set(self, moment: datetime | str) -> datetime:
        """Go to a moment without running the automation."""
        self.host.clock.set(moment if isinstance(moment, datetime) else datetime.fromisoformat(moment))
        return self.now()

    def advance(self, span: timedelta | str) -> datetime:
        """Go ahead by `span` (45d, 12h), running the automation of each day on the way."""
        by = duration.parse(span) if isinstance(span, str) else span
        return automation.advance(Ctx(self.host), by)


@dataclass(frozen=True)
class Client:
    """The client of the host."""

    host: Host
    id: int = 1
    email: str = CLIENT["email"]
    password: str = CLIENT["password"]

    def details(self) -> dict[str, Any]:
        """What modules get as `clientsdetails`."""
        with Ctx(self.host).unit(read=True) as db:
            row = clients.find(db, self.id)
            assert row is not None
            return clients.details(db, row)

    def browser(self) -> "FlaskClient":
        """A browser in which the client is signed in to the client area."""
        from modulehost.app import create_app

        browser = create_app(self.host).test_client()
        found = re.search(r'name="token" value="([^"]+)"', browser.get("/login").text)
        form = {"token": found[1] if found else "", "username": self.email, "password": self.password}
        answer = browser.post("/login", data=form)
        if answer.status_code not in (302, 303) or "login" in answer.headers["Location"]:
            raise AssertionError(f"the client could not sign in: {answer.status} {answer.headers.get('Location', '')}")
        return browser


@dataclass(frozen=True)
class Api:
    """The host's API, with full permission."""

    host: Host

    def __call__(self, action: str, **values: Any) -> dict[str, Any]:
        """The answer: `result` is success or error, as the API documents it."""
        return actions.call(Ctx(self.host), action, values)


@dataclass(frozen=True)
class Service:
    """A service of the module under test."""

    host: Host
    id: int
    product: int
    server: int = 0

    def run(self, function: str, **extra: Any) -> Outcome:
        """Run a command with all that follows from it: `outcome.ok`, `outcome.message`, status, log, queue, mail, hooks."""
        return lifecycle.run(Ctx(self.host, Actor("admin", 1, "admin", "127.0.0.1", 1)), self.id, function, extra=extra)

    def call(self, function: str, **extra: Any) -> Any:
        """What a function that changes no state returns, such as ClientArea."""
        return lifecycle.call(Ctx(self.host), self.id, function, extra=extra).value

    def call_server(self, function: str) -> Any:
        """What a function of the server returns, such as TestConnection; the test's mark needs `server={...}`."""
        return lifecycle.server_call(Ctx(self.host), self.server, function).value

    @property
    def row(self) -> ServiceRow:
        """The row of tblhosting as it is now."""
        with Ctx(self.host).unit(read=True) as db:
            return db.get_one(ServiceRow, self.id)

    @property
    def status(self) -> str:
        """Pending, Active, Suspended, Terminated, ..."""
        return self.row.domainstatus

    def set(self, **columns: Any) -> None:
        """Change columns of the service without telling the module."""
        with Ctx(self.host).unit() as db:
            row = db.get_one(ServiceRow, self.id)
            for name, value in columns.items():
                if not hasattr(row, name):
                    raise AttributeError(f"tblhosting has no column {name}")
                setattr(row, name, value)

    def property(self, name: str) -> str:
        """A service property or custom field."""
        with Ctx(self.host).unit(read=True) as db:
            return lifecycle.properties.get(db, self.id, name)

    def module_log(self) -> list[ModuleLog]:
        """What the module logged, oldest first."""
        with Ctx(self.host).unit(read=True) as db:
            return list(db.scalars(select(ModuleLog).order_by(ModuleLog.id)))

    def activity(self) -> list[str]:
        """The activity log, oldest first."""
        with Ctx(self.host).unit(read=True) as db:
            return list(db.scalars(select(ActivityLog.description).order_by(ActivityLog.id)))

    def queue(self) -> list[ModuleQueue]:
        """Failed automated commands of this service that wait in the module queue."""
        with Ctx(self.host).unit(read=True) as db:
            wanted = select(ModuleQueue).where(ModuleQueue.completed == 0, ModuleQueue.service_id == self.id)
            return list(db.scalars(wanted))


def make_service(host: Host, subject: Subject) -> Service:
    """A product of the module, sold monthly at 10.00, its settings saved as in the admin area, and a service of the client."""
    ctx, name = Ctx(host), subject.required()
    if subject.type != "servers":
        raise WrongUse(f"{name} is an addon module, which has no services; use the fixture modulehost_module")
    with ctx.unit() as db:
        group = groups.create(db, {"name": "Under test"})
        product = products.create(
            db,
            {
                "name": "Product under test",
                "gid": group.id,
                "type": "hostingaccount",
                "paytype": "recurring",
                "servertype": name,
                "pricing": {1: {"monthly": "10.00"}},
            },
        )
        server = 0
        if subject.server:
            server = servers.save(db, {"name": "Server under test", "type": name, "active": "on", **subject.server}).id
    fields = lifecycle.config_options(ctx, name, product.id)
    places: dict[int | str, int] = {one.position: one.position for one in fields}
    for one in fields:
        places[one.key] = places[one.label] = one.position
    given = {one.position: one.default for one in fields}
    for key, value in subject.config.items():
        if key not in places:
            raise WrongUse(
                f"{name}_ConfigOptions has no field {key!r}; it has {', '.join(f.key for f in fields) or 'none'}"
            )
        given[places[key]] = str(value)
    columns = {"domain": "example.com", "billingcycle": "Monthly", "domainstatus": "Pending", **subject.service}
    with ctx.unit() as db:
        lifecycle.save_product_options(db, db.get_one(Product, product.id), given, fields)
        extensions.activate_hooks(db, name)
        row = ServiceRow(userid=1, packageid=product.id, server=server, regdate=host.clock.today(), **columns)
        db.add(row)
        db.flush()
        for option, value in subject.configoptions.items():
            _choose(db, row.id, option, value)
        if subject.customfields:
            lifecycle.properties.save(db, row.id, subject.customfields)
        return Service(host, row.id, product.id, server)


def _choose(db: Any, service: int, name: str, value: Any) -> None:
    """A configurable option with what the customer chose: a number is a quantity, a text the name of a choice."""
    quantity = isinstance(value, int)
    option = ConfigOption(gid=1, optionname=name, optiontype="4" if quantity else "2")
    db.add(option)
    db.flush()
    choice = ConfigOptionSub(configid=option.id, optionname=name if quantity else str(value))
    db.add(choice)
    db.flush()
    db.add(
        ServiceConfigOption(relid=service, configid=option.id, optionid=choice.id, qty=int(value) if quantity else 1)
    )


def start_sandbox(host: Host, vendor: str, seed: Any) -> sandbox.RunningSandbox:
    """The simulator of a vendor on the host's clock; the endpoint map sends the vendor's addresses to it."""
    box = sandbox.start(vendor, clock=host.clock, seed=seed)
    found = sandbox.endpoint_map(vendor, box.url)
    with Ctx(host).unit() as db:
        settings.put_endpoints(db, {**settings.endpoints(db), **found})
    return box


@dataclass(frozen=True)
class Module:
    """The module under test."""

    host: Host
    subject: Subject

    @property
    def module(self) -> extensions.Module:
        """What the host knows of it: name, type, folder, and why it cannot run."""
        return extensions.module(self.host, self.subject.type, self.subject.required())

    def call(self, function: str, given: Mapping[str, Any] | None = None) -> Any:
        """What `<module>_<function>` returns. A server module's function gets `given`, an addon's its vars with `given` over them."""
        ctx = Ctx(self.host)
        values: dict[str, Any] = dict(given or {})
        if self.subject.type == "addons" and function not in ("config", "activate", "deactivate"):
            values = {**self._vars(ctx), **values}
        return runtimes.call(ctx, self.module, function, values).value

    def _vars(self, ctx: Ctx) -> dict[str, Any]:
        """An addon's vars: fields at their defaults or as the mark sets them, link, version and phrases."""
        card = runtimes.call(ctx, self.module, "config").value
        fields = {name: str(one.get("Default", "")) for name, one in (card.get("fields") or {}).items()}
        page = "index.php?m=" if ctx.actor.kind == "client" else "addonmodules.php?module="
        language = self.module.folder / "lang" / f"{card.get('language') or 'english'}.py"
        phrases = runpy.run_path(str(language)).get("ADDONLANG", {}) if language.exists() else {}
        named = {str(name): value for name, value in self.subject.config.items()}
        return {
            **fields, **named, "modulelink": f"{page}{self.module.name}", "version": str(card.get("version", "")), "_lang": phrases,
        }  # fmt: skip
