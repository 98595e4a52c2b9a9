"""The demonstration: a host with examples in a database of its own, its vendor simulators, and nothing to set up.

What a person would click is done the way they would: the first Zoho product is authorised by signing in, opening the consent
page and accepting, so that a demonstration that starts is one that works.
"""

import html
import re
from typing import Any

import requests
from sqlalchemy import inspect

from modulehost import lifecycle, settings
from modulehost.accounts import admins, clients, credentials
from modulehost.app.building import create_host
from modulehost.app.serving import RunningHost, serve
from modulehost.billing import upgrades
from modulehost.billing.catalog import addons, groups, options, products, servers, usage
from modulehost.billing.catalog.prices import currencies
from modulehost.config import Config
from modulehost.context import Ctx, Host
from modulehost.extensions import activate_hooks
from modulehost.ordering import checkout
from modulehost.sandbox import endpoint_map
from modulehost.sandbox import start as start_sandbox
from modulehost.schema import Product
from modulehost.schema.create import drop_all

SANDBOXES = ("zoho", "solusvm2")
PARTNER = "partner@zylker.example"
CLIENT = {
    "firstname": "Asha",
    "lastname": "Rao",
    "companyname": "Zylker Textiles",
    "email": "asha@zylker-textiles.example",
    "address1": "14 Station Road",
    "city": "Pune",
    "state": "Maharashtra",
    "postcode": "411001",
    "country": "IN",
    "phonenumber": "2025550100",
}


class NotADemo(ValueError):
    """The database holds something that is not a demonstration, so it is not reset."""


def start(config: Config) -> tuple["RunningDemo", dict[str, Any]]:
    """Reset the demonstration in `config.root`, serve it in the background, and return it with what the ready file holds."""
    host = _fresh(config)
    boxes = {one: start_sandbox(one, clock_file=host.root / "clock", seed=config.seed or None) for one in SANDBOXES}
    urls = {one: box.url for one, box in boxes.items()}
    running = serve(host)
    ctx = Ctx(host)
    passwords = ["demo-admin", "demo-client"]
    if config.host not in ("127.0.0.1", "localhost", "::1"):  # others can reach it, so nobody may know them beforehand
        passwords = [host.entropy.password(16), host.entropy.password(16)]
    ready = seed(ctx, urls, *passwords)
    running.start()
    authorise(running.url, ready["admin"], urls["zoho"], 1)
    place_order(ctx)
    return RunningDemo(running, list(boxes.values())), {"url": running.url, **ready, "sandboxes": urls}


class RunningDemo:
    """A demonstration that answers."""

    def __init__(self, running: RunningHost, sandboxes: list[Any]) -> None:
        self.running, self.sandboxes = running, sandboxes

    def run(self) -> None:
        """Answer until interrupted."""
        try:
            self.running.wait()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop the host and its simulators."""
        self.running.stop()
        for one in self.sandboxes:
            one.stop()


def _fresh(config: Config) -> Host:
    host = Host(config)
    if inspect(host.engine).has_table("tblconfiguration"):
        with Ctx(host).unit(read=True) as db:
            seeded = settings.get(db, "mh_seeded")
        if seeded not in ("", "demo"):
            raise NotADemo(
                f"the database of {config.root} belongs to a host of yours, and demo would empty it; "
                "choose another folder with --root, or another --database"
            )
        drop_all(host.engine)
    host.clock.reset()
    host.close()
    return create_host(config)


def seed(ctx: Ctx, urls: dict[str, str], admin_password: str, client_password: str) -> dict[str, Any]:
    """Write the examples; `urls` are those of the simulators. Returns the sign-ins.

    Product 1 is the Zoho product that is to be authorised, 2 one that is not.
    """
    with ctx.unit() as db:
        settings.put(db, "CompanyName", "Modulehost Demo Ltd")
        settings.put(db, "mh_seeded", "demo")
        settings.put_endpoints(
            db, {real: ours for one, url in urls.items() for real, ours in endpoint_map(one, url).items()}
        )
        admin = admins.create(
            db, "admin", admin_password, role_id=1, firstname="Demo", lastname="Admin", email="admin@modulehost.example"
        )
        identifier, secret = credentials.create(db, admin.id, [_every_action(db)], "Demonstration")
        mail = groups.create(
            db, {"name": "Business Mail", "headline": "Mail under your own name", "tagline": "Ready in minutes"}
        )
        hosting = groups.create(
            db, {"name": "Hosting", "headline": "A place for your site", "tagline": "Small and dependable"}
        )
        usd = currencies(db)[0].id
        connected = _zoho_product(db, mail.id, "Zoho Mail", usd)
        _zoho_product(db, mail.id, "Zoho Mail (not connected yet)", usd)
        sample = products.create(
            db,
            {
                "name": "Example Hosting",
                "gid": hosting.id,
                "type": "hostingaccount",
                "paytype": "recurring",
                "servertype": "examplehost",
                "showdomainoptions": 1,
                "description": "Runs on the example module, which needs no vendor: read it in modules/servers/examplehost.",
                "pricing": {usd: {"monthly": "4.00", "annually": "40.00"}},
            },
        )
        larger = products.create(
            db,
            {
                "name": "Example Hosting Plus",
                "gid": hosting.id,
                "type": "hostingaccount",
                "paytype": "recurring",
                "servertype": "examplehost",
                "showdomainoptions": 1,
                "description": "More room on the example module; either product can be changed to the other.",
                "pricing": {usd: {"monthly": "9.00", "annually": "90.00"}},
            },
        )
        servers.save(
            db,
            {
                "name": "Example server",
                "hostname": "server1.modulehost.example",
                "ipaddress": "192.0.2.10",
                "type": "examplehost",
                "username": "root",
                "password": "example-server",
                "secure": "on",
                "active": "on",
            },
        )
        # what the page Module Settings saves when its fields are left as they are
        for product, package, disk in ((sample, "starter", "1024"), (larger, "plus", "4096")):
            product.configoption1, product.configoption3, product.configoption4 = package, "on", disk
            product.configoption5 = "at once"
            upgrades.set_targets(db, product, [sample.id, larger.id])
            usage.save(db, product, [("disk", "Disk Space"), ("traffic", "Traffic")], _metered(usd))
        _options(db, mail.id, usd)
        _addon(db, [sample.id, larger.id], usd)
        activate_hooks(db, "zoho_mail")
        activate_hooks(db, "examplehost")
        clients.create(db, {**CLIENT, "password2": client_password})
        assert (connected.id, sample.id) == (1, 3)
    _register_client(ctx, urls["zoho"])
    return {
        "admin": {"username": "admin", "password": admin_password},
        "client": {"email": CLIENT["email"], "password": client_password},
        "api": {"identifier": identifier, "secret": secret},
    }


def _metered(currency: int) -> dict[str, str]:
    """The Metrics of a product's Module Settings: what is included, and the price of a unit beyond it."""
    form: dict[str, str] = {}
    for name, included, price in (("disk", "256", "0.01"), ("traffic", "20", "0.10")):
        form |= {f"metric[{name}][on]": "1", f"metric[{name}][included]": included, f"metric[{name}][scheme]": "simple"}
        form[f"metric[{name}][0][price][{currency}]"] = price
    return form


def _every_action(db: Any) -> int:
    from modulehost import api

    return credentials.create_role(db, "Everything", list(api.ACTIONS), "All actions that this host knows").id


def _zoho_product(db: Any, group: int, name: str, currency: int) -> Product:
    return products.create(
        db,
        {
            "name": name,
            "gid": group,
            "type": "other",
            "paytype": "recurring",
            "servertype": "zoho_mail",
            "showdomainoptions": 1,
            "description": "Mailboxes under your own domain, with calendar and contacts.",
            "pricing": {currency: {"monthly": "0.00", "annually": "0.00"}},
        },
    )


def _addon(db: Any, product_ids: list[int], currency: int) -> None:
    """A product addon that the example module provisions beside the account of its service."""
    staging = addons.create(
        db,
        {
            "name": "Staging Site",
            "description": "A second, smaller account to try changes on before they go live.",
            "showorder": 1,
            "autoactivate": "payment",
            "module": "examplehost",
        },
    )
    key = f"currency[{currency}]"
    sums = {"monthly": "1.50", "monthly_on": "1", "annually": "15.00", "annually_on": "1"}
    addons.save_pricing(db, staging, {"billingcycle": "recurring", **{f"{key}[{name}]": sum_ for name, sum_ in sums.items()}})
    addons.save_products(db, staging, {"packages": [str(one) for one in product_ids]})


def _options(db: Any, group: int, currency: int) -> None:
    assigned = [p.id for p in products.listing(db) if p.gid == group]
    made = options.save_group(
        db, {"name": "Zoho Mail options", "description": "Mailboxes and plan", "productlinks": assigned}
    )
    boxes = {
        "configoptionname": "mailboxes|Number of mailboxes",
        "configoptiontype": options.QUANTITY,
        "qtyminimum": "1",
        "qtymaximum": "0",
    }
    _choices(db, made.id, boxes, currency, [("Mailbox", "1.50", "15.00")])
    plan = {"configoptionname": "plan|Plan and storage", "configoptiontype": options.RADIO}
    rows = [
        ("basic|Workplace Standard, 30 GB", "3.00", "30.00"),
        ("professional|Workplace Professional, 100 GB", "6.00", "60.00"),
    ]
    _choices(db, made.id, plan, currency, rows)


def _choices(db: Any, group: int, option: dict[str, Any], currency: int, rows: list[tuple[str, str, str]]) -> None:
    saved = None
    for name, monthly, yearly in rows:
        price = f"price[{currency}][new]"
        saved = options.save_option(
            db,
            {**option, "addoptionname": name, f"{price}[monthly]": monthly, f"{price}[annually]": yearly},
            group,
            saved,
        )


def _register_client(ctx: Ctx, zoho_url: str) -> None:
    """Have the vendor's console register this host, and enter what it gives into product 1."""
    answer = requests.post(
        f"{zoho_url}/_sandbox/clients",
        json={
            "name": "Modulehost Demo",
            "domain": ctx.host.base_url,
            "redirect_uri": f"{ctx.host.base_url}modules/servers/zoho_mail/zm_oauthgrant.php",
        },
        timeout=10,
    )
    answer.raise_for_status()
    given = answer.json()
    fields = lifecycle.config_options(ctx, "zoho_mail", 1)
    with ctx.unit() as db:
        product = db.get_one(Product, 1)
        values = {1: given["client_id"], 2: given["client_secret"], 4: "us"}
        lifecycle.save_product_options(db, product, values, fields)


def place_order(ctx: Ctx) -> None:
    """The client's order that waits for the admin: ten mailboxes on the standard plan."""
    with ctx.unit(read=True) as db:
        found = options.of_product(db, 1)
        chosen: dict[int, Any] = {
            o.id: 10 if o.optiontype == options.QUANTITY else options.choices(db, o.id)[0].id for o in found
        }
    item = {"pid": 1, "billingcycle": "monthly", "domain": "zylker-textiles.example", "configoptions": chosen}
    checkout.place(ctx, checkout.OrderRequest(client_id=1, items=[item], paymentmethod="mailin", ip="127.0.0.1"))


# --- the admin's clicks ----------------------------------------------------------------------------------------------


class WalkFailed(RuntimeError):
    """A page did not lead where it should; the text holds its address and title."""


def authorise(url: str, admin: dict[str, str], zoho_url: str, product_id: int) -> None:
    """Sign in, click *Authenticate*, sign in at the vendor as the partner, click *Accept*."""
    with requests.Session() as browser:
        page = browser.get(f"{url}admin/login.php", timeout=20)
        browser.post(f"{url}admin/dologin.php", data={**_fields(page.text), **admin}, timeout=20)
        page = browser.get(f"{url}modules/servers/zoho_mail/authenticate", params={"product": product_id}, timeout=20)
        if person := next((form for form in page.text.split("<form")[1:] if PARTNER in form), None):
            page = browser.post(f"{zoho_url}{_action(person)}", data=_fields(person), timeout=20)
        consent = next((form for form in page.text.split("<form")[1:] if "/oauth/v2/approve" in form), None)
        if consent is None:
            raise WalkFailed(f"expected Zoho's consent page, got {page.url} ({_title(page)})")
        page = browser.post(f"{zoho_url}{_action(consent)}", data={**_fields(consent), "answer": "accept"}, timeout=20)
        if "Authentication Success" not in page.text:
            raise WalkFailed(f"the product was not authorised: {page.url} ({_title(page)})")


def _fields(form: str) -> dict[str, str]:
    """The hidden fields of a form."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


def _action(form: str) -> str:
    found = re.search(r'action="([^"]+)"', form)
    return html.unescape(found[1]) if found else ""


def _title(page: requests.Response) -> str:
    found = re.search(r"<title>(.*?)</title>", page.text, re.S)
    return f"{page.status_code} {found[1].strip() if found else ''}".strip()
