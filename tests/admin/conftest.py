"""An admin's browser without a browser: signed in, and every form sent carries the session's token."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from modulehost import app
from modulehost.context import Ctx, Host
from modulehost.schema import Order, Product, Service
from tests.support.hosts import ADMIN

MODULE = """
def demo_MetaData():
    return {"DisplayName": "Demo Cloud", "RequiresServer": True, "DefaultNonSSLPort": "8080", "DefaultSSLPort": "8443"}

def demo_ConfigOptions(params):
    return {
        "Plan Name": {"Type": "text", "Size": "20", "Default": "small"},
        "API Key": {"Type": "password"},
        "Backups": {"Type": "yesno", "Description": "Keep backups"},
        "Region": {"Type": "dropdown", "Options": {"eu": "Europe", "us": "America"}, "Default": "eu"},
        "Note": {"Type": "textarea", "Rows": "3"},
        "Size": {"Type": "radio", "Options": "S,M,L", "Default": "M"},
        "Account": {"Type": "none", "Description": '<button name="continue" value="/modules/servers/demo/start">Authenticate</button>'},
    }

def demo_CreateAccount(params):
    return "success" if params["domain"] != "bad.example" else "No <b>capacity</b> left"

def demo_SuspendAccount(params):
    return "success"

def demo_ping(params):
    return "success"

def demo_AdminCustomButtonArray():
    return {"Ping Vendor": "ping"}

def demo_AdminServicesTabFields(params):
    return {"Authenticate": "<a href='/modules/servers/demo/start'>Authenticated</a>", "Disk": "<input name='modulefields[0]' value='5'>"}

def demo_LoginLink(params):
    return "<a href='https://panel.example/'>Panel</a>"

def demo_TestConnection(params):
    if params["serverpassword"] != "pa55-word":
        return {"success": False, "error": "401 wrong password"}
    return {"success": True, "error": ""}

def demo_AdminLink(params):
    return "<a href='https://" + params["serverhostname"] + "/'>Control Panel</a>"
"""


class Browser:
    """A signed-in admin. `post` adds the token; `text` is a page's HTML, which must have answered 200."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def sign_in(self, username: str, password: str) -> TestResponse:
        page = self.client.get("/admin/login.php").text
        self.token = re.findall(r'name="token" value="(\w+)"', page)[0]
        answer = self.client.post(
            "/admin/dologin.php", data={"token": self.token, "username": username, "password": password}
        )
        if answer.status_code == 303:
            found = re.findall(r'name="token" value="(\w+)"', self.client.get("/admin/index.php").text)
            self.token = found[0] if found else self.token
        return answer

    def get(self, url: str) -> TestResponse:
        return self.client.get(url)

    def text(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.headers.get("Location"))
        return html.unescape(answer.text)

    def post(self, url: str, data: dict[str, Any] | None = None, **fields: Any) -> TestResponse:
        return self.client.post(url, data={"token": self.token, **(data or {}), **fields})

    def saved(self, url: str, data: dict[str, Any] | None = None, **fields: Any) -> str:
        """Send a form that must succeed; returns where the answer leads."""
        answer = self.post(url, data, **fields)
        assert answer.status_code == 303, wrongs(answer)
        return str(answer.headers["Location"])


def wrongs(answer: TestResponse) -> list[str]:
    """The error texts of a page."""
    page = html.unescape(answer.text)
    block = re.findall(r'<div class="banner error".*?</div>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", one).strip() for one in block] or [page[:300]]


@pytest.fixture
def admin(host: Host) -> Browser:
    """A browser in which the full administrator has signed in."""
    browser = Browser(app.create_app(host).test_client())
    assert browser.sign_in(**ADMIN).status_code == 303
    return browser


@pytest.fixture
def demo(write_module: Callable[..., Any]) -> None:
    """The module `demo` in the host's root."""
    write_module("demo", MODULE)


@pytest.fixture
def service(ctx: Ctx, demo: None, admin: Browser) -> int:
    """A pending order of one service of a product with module demo; returns tblhosting.id."""
    admin.saved("/admin/configproducts.php?action=creategroup", name="Cloud")
    admin.saved("/admin/configproducts.php?action=create", name="Cloud S", gid="1", type="other", servertype="demo")
    with ctx.unit() as db:
        order = Order(ordernum=4711, userid=1, status="Pending", date=ctx.host.clock.now(), paymentmethod="mailin")
        db.add(order)
        db.flush()
        product = db.query(Product).one()
        row = Service(
            userid=1, orderid=order.id, packageid=product.id, domain="shop.example", domainstatus="Pending", billingcycle="Monthly",
            regdate=ctx.host.clock.today(), nextduedate=ctx.host.clock.today(), paymentmethod="mailin", qty=1,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id
