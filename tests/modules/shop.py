"""A shop with one product of a module: a host on a throw-away database, a client, services, and the Zoho simulator beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from sqlalchemy import select

from modulehost import lifecycle, sdk, settings
from modulehost.accounts import clients
from modulehost.context import Call, Ctx, Host, entered
from modulehost.lifecycle import Outcome
from modulehost.sandbox import RunningSandbox
from modulehost.sandbox.zoho import endpoint_map, organizations
from modulehost.schema import (
    ActivityLog,
    ConfigOption,
    ConfigOptionSub,
    ModuleLog,
    ModuleQueue,
    Product,
    Service,
    ServiceConfigOption,
)

NOON = datetime(2026, 3, 2, 12, 0, 0)
CLIENT = {
    "firstname": "Angelica", "lastname": "Mohr", "email": "angelica@example.com", "address1": "123 Test Street", "city": "Test",
    "state": "California", "postcode": "90001", "country": "US", "phonenumber": "(555) 010-9999", "password2": "correct horse",
}  # fmt: skip
PARTNERS = {"us": "partner@zylker.example", "jp": "partner@zylker-japan.example"}
BASE = "http://shop.test/"
CALLBACK = BASE + "modules/servers/zoho_mail/zm_oauthgrant.php"
SCOPES = (
    "ZohoMail.partner.organization.ALL,ZohoMail.organization.accounts.READ,ZohoMail.organization.accounts.UPDATE,"
    "ZohoMail.organization.domains.READ,ZohoMail.organization.domains.UPDATE,ZohoMail.organization.subscriptions.UPDATE,"
    "ZohoPayments.partnersubscription.all"
)


@dataclass
class Shop:
    """The host with its sandbox; short ways to what a test wants to do or see."""

    host: Host
    ctx: Ctx
    product: int
    client: int
    box: RunningSandbox | None = None
    options: dict[str, int] = field(default_factory=dict)

    # the shop

    def add_client(self, **changes: str) -> int:
        with self.ctx.unit() as db:
            return clients.create(db, {**CLIENT, **changes}).id

    def service(
        self,
        domain: str = "lily.example",
        cycle: str = "Annually",
        client: int = 0,
        status: str = "Pending",
        **chosen: Any,
    ) -> int:
        """A service with configurable options: `plan="Mail Lite"`, `mailboxes=3`, each by the option's machine name."""
        with self.ctx.unit() as db:
            row = Service(
                userid=client or self.client,
                packageid=self.product,
                domain=domain,
                billingcycle=cycle,
                domainstatus=status,
            )
            db.add(row)
            db.flush()
            for name, value in chosen.items():
                self._choose(db, row.id, name, value)
            return row.id

    def choose(self, service: int, **chosen: Any) -> None:
        """Change configurable options of a service, as an upgrade does."""
        with self.ctx.unit() as db:
            for name, value in chosen.items():
                for old in db.scalars(select(ServiceConfigOption).where(ServiceConfigOption.relid == service)):
                    if old.configid == self.options.get(name):
                        db.delete(old)
                self._choose(db, service, name, value)

    def _choose(self, db: Any, service: int, name: str, value: Any) -> None:
        if name not in self.options:
            quantity = isinstance(value, int)
            option = ConfigOption(gid=1, optionname=name.replace("__", " "), optiontype="4" if quantity else "2")
            db.add(option)
            db.flush()
            self.options[name] = option.id
        sub = ConfigOptionSub(configid=self.options[name], optionname="Mailbox" if isinstance(value, int) else value)
        db.add(sub)
        db.flush()
        number = value if isinstance(value, int) else 1
        db.add(ServiceConfigOption(relid=service, configid=self.options[name], optionid=sub.id, qty=number))

    def set(self, service: int, **columns: Any) -> None:
        """Change columns of a service."""
        with self.ctx.unit() as db:
            row = db.get_one(Service, service)
            for name, value in columns.items():
                setattr(row, name, value)

    def status(self, service: int) -> str:
        with self.ctx.unit(read=True) as db:
            return db.get_one(Service, service).domainstatus

    def settings(self, **options: str) -> None:
        """Change the product's module settings: `configoption4="jp"`."""
        with self.ctx.unit() as db:
            row = db.get_one(Product, self.product)
            for name, value in options.items():
                setattr(row, name, value)

    def run(self, service: int, function: str, **extra: Any) -> Outcome:
        return lifecycle.run(self.ctx, service, function, extra=extra)

    def call(self, service: int, function: str, **extra: Any) -> Any:
        return lifecycle.call(self.ctx, service, function, extra=extra).value

    def kept(self, service: int, name: str) -> str:
        with self.ctx.unit(read=True) as db:
            return lifecycle.properties.get(db, service, name)

    def queue(self) -> list[ModuleQueue]:
        with self.ctx.unit(read=True) as db:
            return list(db.scalars(select(ModuleQueue).where(ModuleQueue.completed == 0)))

    def module_log(self) -> str:
        with self.ctx.unit(read=True) as db:
            rows = db.scalars(select(ModuleLog).order_by(ModuleLog.id)).all()
        return "\n".join(f"{row.action}\n{row.request}\n{row.response}\n{row.arrdata}" for row in rows)

    def activity(self) -> str:
        with self.ctx.unit(read=True) as db:
            return "\n".join(db.scalars(select(ActivityLog.description)))

    @contextmanager
    def inside(self, module: str = "zoho_mail") -> Iterator[None]:
        """As code of the module sees the host."""
        call = Call("test", 30, module=module, module_type="servers")
        with entered(self.ctx.with_call(call)):
            yield

    # Zoho

    @property
    def zoho(self) -> Any:
        """The simulator's state."""
        assert self.box is not None
        return self.box.world.state

    def at_zoho(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert self.box is not None
        answer = requests.post(f"{self.box.url}/_sandbox/{path}", json=body, timeout=5)
        assert answer.ok, answer.text
        return dict(answer.json())

    def fault(self, kind: str, **more: Any) -> None:
        """Let something go wrong at Zoho; `remaining=1` once."""
        self.at_zoho("faults", {"kind": kind, **more})

    def calm(self) -> None:
        """Take all fault switches off."""
        assert self.box is not None
        self.box.world.faults.clear()

    def register(self, region: str = "us") -> dict[str, str]:
        """An OAuth client at Zoho, entered into the product's settings."""
        given = {"name": "Shop", "domain": BASE, "redirect_uri": CALLBACK, "user": PARTNERS[region]}
        made = self.at_zoho("clients", given)
        self.settings(configoption1=made["client_id"], configoption2=made["client_secret"], configoption4=region)
        return {"client_id": made["client_id"], "client_secret": made["client_secret"]}

    def authorise(self, region: str = "us") -> dict[str, str]:
        """What Authenticate leaves behind, without its pages."""
        made = self.register(region)
        grant = self.at_zoho("grants", {"client_id": made["client_id"], "scope": SCOPES, "user": PARTNERS[region]})
        credential = {**made, "refresh_token": grant["refresh_token"], "since": "2026-03-02 12:00:00", "by": "admin"}
        with self.inside():
            sdk.store("credentials").set(f"{region} {made['client_id']}", json.dumps(credential), secret=True)
        return credential

    def requests(self, method: str = "", path: str = "") -> list[str]:
        """What the simulator was asked, as "POST /api/organization"."""
        assert self.box is not None
        seen = [f"{entry.method} {entry.path}" for entry in self.box.world.log if "/_sandbox" not in entry.path]
        return [one for one in seen if one.startswith(method) and path in one]

    def add_users(self, zoid: str, number: int) -> None:
        """Give an organisation more users, as its own admin does."""
        assert self.box is not None
        org = self.zoho.orgs[zoid]
        for n in range(1, number + 1):
            person = organizations.Person(f"user{n}@lily.example", f"User{n}", "Lily")
            organizations.add_user(self.box.world, org, person, "member")

    def verify(self, domain: str = "lily.example") -> None:
        """The domain is verified at Zoho and hosts mail."""
        row = self.zoho.domains[domain]
        row.verified = row.hosting = True

    def customers(self) -> list[Any]:
        """The customer organisations at Zoho."""
        return [org for org in self.zoho.orgs.values() if org.partner]


def open_shop(host: Host, module: str, box: RunningSandbox | None = None) -> Shop:
    """A shop with one product of `module`, and a client; its clock stands at NOON."""
    host.base_url = BASE
    host.clock.freeze()
    host.clock.set(NOON)
    ctx = Ctx(host)
    with ctx.unit() as db:
        settings.put(db, "ModuleLogEnabled", "on")
        if box is not None:
            settings.put_endpoints(db, endpoint_map(box.url))
        product = Product(type="other", gid=1, name="Mail", servertype=module, paytype="recurring")
        db.add(product)
        db.flush()
    shop = Shop(host, ctx, product.id, 0, box)
    shop.client = shop.add_client()
    return shop
