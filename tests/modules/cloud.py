"""A host with the SolusVM 2 addon connected to its simulator, both on one clock; short ways to what a test does or sees."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from modulehost import app, automation, sandbox, settings
from modulehost.accounts import sessions
from modulehost.context import Ctx, Host
from modulehost.sandbox import RunningSandbox
from modulehost.schema import ActivityLog, Email, Invoice, InvoiceItem
from tests.addons.conftest import configure
from tests.admin.conftest import Browser
from tests.support.hosts import ADMIN

PAGE = "/admin/addonmodules.php?module=solusvm2"
LANDING = "/index.php?m=solusvm2"
START = datetime(2026, 4, 10, 12, 0, 0)
PERSON = {
    "firstname": "Meera", "lastname": "Nair", "companyname": "", "email": "meera@example.com", "address1": "1 MG Road", "city": "Pune",
    "state": "Maharashtra", "postcode": "411001", "country": "IN", "phonenumber": "+912012345678", "password": "correct horse 9",
    "password2": "correct horse 9",
}  # fmt: skip
TERMS = "https://shop.example/post-pay"


@dataclass
class Cloud:
    """The host, the simulator, and an administrator's browser."""

    host: Host
    box: RunningSandbox
    admin: Browser
    key: str
    browsers: dict[int, FlaskClient] = field(default_factory=dict)

    @property
    def ctx(self) -> Ctx:
        return Ctx(self.host)

    # administrators

    def connect(self, url: str = "", key: str = "") -> TestResponse:
        return self.admin.post(PAGE, {"url": url or self.box.url + "/", "key": key or self.key})

    def reconnect(self, url: str, key: str) -> TestResponse:
        return self.admin.post(f"{PAGE}&tab=settings", {"action": "connect", "url": url, "key": key})

    def price(self, text: str = "0.0010") -> None:
        self.admin.saved(f"{PAGE}&tab=settings", action="prices", price1=text)

    def post_pay(self, **changes: str) -> TestResponse:
        form = {"enabled": "on", "group": "1", "terms": TERMS, "grace": "14", "lock": "3", "suspend": "7", **changes}
        return self.admin.post(f"{PAGE}&tab=postpay", {k: v for k, v in form.items() if v != "off"})

    # customers

    def sign_up(self, **changes: str) -> int:
        """Sign up on the landing page, open the mailed link, accept; returns the client's id, 0 when it got no user."""
        web = app.create_app(self.host).test_client()
        where = send(web, LANDING, action="register", **{**PERSON, **changes}).headers["Location"]
        follow(web, where)
        send(web, follow(web, self.mailed_link()), action="accept", general="on", postpay="on")
        email = {**PERSON, **changes}["email"]
        mine = [one for one in self.users() if one["email"].lower() == email.lower() and one["billing_user_id"] < 70]
        if not mine:
            return 0
        self.browsers[mine[0]["billing_user_id"]] = web
        return int(mine[0]["billing_user_id"])

    def mailed_link(self) -> str:
        """The link of the last mail that has one."""
        with self.ctx.unit(read=True) as db:
            texts = db.scalars(select(Email.message).order_by(Email.id.desc())).all()
        links = [found[1] for text in texts if (found := re.search(r'href="([^"]*m=solusvm2&(?:amp;)?link=\w+)"', text))]
        return html.unescape(links[0])

    # SolusVM 2

    def api(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(
            method, f"{self.box.url}/api/v1/{path}", json=body, timeout=20, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code < 300, answer.text
        return answer.json().get("data") if answer.content else None

    def users(self) -> list[dict[str, Any]]:
        return [one for one in self.api("GET", "users") if one["billing_user_id"]]

    def status(self, client: int) -> str:
        return str(next(one["status"] for one in self.users() if one["billing_user_id"] == client))

    def server(self, client: int, plan: int = 1, name: str = "web1") -> int:
        """Make a server as the client's user, at this moment; returns its id."""
        user = next(one["id"] for one in self.users() if one["billing_user_id"] == client)
        made = self.api("POST", "servers", {"name": name, "plan": plan, "location": 1, "os": 1, "user": user, "password": "s3cret Pass"})
        return int(made["id"])

    def fault(self, **values: Any) -> None:
        answer = requests.post(f"{self.box.url}/_sandbox/faults", json=values, timeout=20)
        assert answer.status_code < 300, answer.text

    def no_faults(self) -> None:
        requests.delete(f"{self.box.url}/_sandbox/faults", timeout=20)

    # time and books

    def to(self, day: str) -> None:
        """Go on to noon of a day, with the automation of every day on the way."""
        automation.set_to(self.ctx, datetime.fromisoformat(f"{day} 12:00:00"))

    def day(self, day: str) -> None:
        """The daily run of a day, with none on the days before: the host was off."""
        self.at(f"{day} 09:00:00")
        automation.run(self.ctx)

    def at(self, moment: str) -> None:
        """Set the clock only; nobody is signed out by it."""
        there = datetime.fromisoformat(moment)
        with self.ctx.unit() as db:
            sessions.carry(db, there - self.host.clock.now())
        self.host.clock.set(there)

    def invoices(self, client: int) -> list[tuple[str, str, str, str]]:
        """Date, due date, total and status of a client's invoices, in their order."""
        with self.ctx.unit(read=True) as db:
            rows = db.scalars(select(Invoice).where(Invoice.userid == client).order_by(Invoice.id)).all()
        return [(str(row.date), str(row.duedate), f"{row.total:.2f}", row.status) for row in rows]

    def lines(self, client: int) -> list[tuple[str, str]]:
        with self.ctx.unit(read=True) as db:
            rows = db.scalars(select(InvoiceItem).where(InvoiceItem.userid == client).order_by(InvoiceItem.id)).all()
        return [(row.description, f"{row.amount:.2f}") for row in rows]

    def last_invoice(self, client: int) -> int:
        with self.ctx.unit(read=True) as db:
            return max(db.scalars(select(Invoice.id).where(Invoice.userid == client)))

    def call(self, action: str, **values: Any) -> dict[str, Any]:
        return dict(self.host.functions["localAPI"](self.ctx, action, values))

    def pay(self, invoice: int) -> None:
        answer = self.call("AddInvoicePayment", invoiceid=invoice, transid=f"T{invoice}", gateway="mailin")
        assert answer["result"] == "success", answer

    def log(self) -> str:
        with self.ctx.unit(read=True) as db:
            return "\n".join(db.scalars(select(ActivityLog.description).order_by(ActivityLog.id)))


@contextmanager
def cloud_of(host: Host, connected: bool = True) -> Iterator[Cloud]:
    """The host with the addon active; connected, priced and enabled unless `connected` is False."""
    host.clock.set(START)
    host.clock.freeze()
    with host_settings(host), sandbox.start("solusvm2", clock=host.clock, seed=7) as box:
        admin = Browser(app.create_app(host).test_client())
        assert admin.sign_in(**ADMIN).status_code == 303
        configure(admin, "solusvm2")
        key = requests.post(f"{box.url}/_sandbox/tokens", json={}, timeout=20).json()["token"]
        made = Cloud(host, box, admin, key)
        if connected:
            assert made.connect().status_code == 303
            made.price()
            assert made.post_pay().status_code == 303
        yield made


@contextmanager
def host_settings(host: Host) -> Iterator[None]:
    """No late fee: the sums of tests are those of usage alone."""
    with Ctx(host).unit() as db:
        settings.put(db, "CompanyName", "Cloud Shop")
        settings.put(db, "InvoiceLateFeeAmount", "0.00")
    yield


def send(web: FlaskClient, address: str, **form: str) -> TestResponse:
    """Send a form of a client page with its token."""
    page = web.get(address)
    found = re.search(r'name="token" value="(\w+)"', page.text)
    return web.post(address, data={"token": found[1] if found else "", **form})


def follow(web: FlaskClient, address: str) -> str:
    """Open an address and go where it leads; returns the last one, without the host."""
    for _ in range(6):
        path = re.sub(r"^https?://[^/]+", "", address)
        path = path if path.startswith("/") else f"/{path}"
        answer = web.get(path)
        if answer.status_code not in (301, 302, 303):
            return path
        address = answer.headers["Location"]
    raise AssertionError(f"no end of redirects at {address}")


def text(answer: TestResponse) -> str:
    """What people read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


__all__ = ["LANDING", "PAGE", "PERSON", "START", "TERMS", "Cloud", "cloud_of", "follow", "send", "text"]
