"""A browser between the shop and the Zoho simulator: it follows what each of them sends it to."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask.testing import FlaskClient

from modulehost import app
from tests.modules.shop import BASE, CLIENT, PARTNERS, Shop
from tests.support.hosts import ADMIN


class Browser:
    """One person's session at the shop (`shop`) and at Zoho (`zoho`)."""

    def __init__(self, shop: Shop) -> None:
        self.owner = shop
        self.shop: FlaskClient = app.create_app(shop.host).test_client()
        self.zoho = requests.Session()

    def sign_in(self) -> "Browser":
        """As the shop's administrator."""
        page = self.shop.get("/admin/login.php").get_data(as_text=True)
        answer = self.shop.post("/admin/login.php", data={**ADMIN, "token": token(page)})
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)
        return self

    def sign_in_as_client(self) -> "Browser":
        """As the shop's customer."""
        page = self.shop.get("/login").get_data(as_text=True)
        data = {"username": CLIENT["email"], "password": CLIENT["password2"], "token": token(page)}
        answer = self.shop.post("/login", data=data)
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)
        return self

    def be_at_zoho(self, region: str = "us") -> None:
        """Sign in at Zoho as the partner of a region."""
        assert self.owner.box is not None
        page = self.zoho.get(f"{self.owner.box.url}/signin", timeout=5).text
        zuid = next(user.zuid for user in self.owner.zoho.users.values() if user.email == PARTNERS[region])
        data = {"csrf": found(page, "csrf"), "zuid": zuid, "serviceurl": "/partner"}
        assert (
            self.zoho.post(f"{self.owner.box.url}/signin", data=data, allow_redirects=False, timeout=5).status_code
            == 302
        )

    def authenticate(self) -> str:
        """Click Authenticate: where the browser is sent."""
        answer = self.shop.get(f"/modules/servers/zoho_mail/authenticate?product={self.owner.product}")
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return str(answer.headers["Location"])

    def consent(self, address: str, answer: str = "accept") -> str:
        """Answer the consent page: the path at the shop that Zoho sends the browser back to."""
        page = self.zoho.get(address, timeout=5)
        assert page.ok, page.text
        fields: dict[str, Any] = dict(parse_qsl(urlsplit(address).query))
        action = re.search(r'action="([^"]*/oauth/v2/approve)"', page.text)
        assert action is not None, page.text
        target = f"{urlsplit(address).scheme}://{urlsplit(address).netloc}{action.group(1)}"
        data = {**fields, "csrf": found(page.text, "csrf"), "answer": answer}
        back = self.zoho.post(target, data=data, allow_redirects=False, timeout=5).headers["Location"]
        assert back.startswith(BASE), back
        return back.removeprefix(BASE.rstrip("/"))

    def open(self, path: str) -> tuple[str, list[list[str]]]:
        """Open a path of the shop: where it redirects to, and the banners that wait now."""
        answer = self.shop.get(path)
        with self.shop.session_transaction() as session:
            notes = session.pop("notes", [])
        return str(answer.headers.get("Location", "")), notes


def found(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match is not None, page
    return match.group(1)


def token(page: str) -> str:
    """The shop's form token."""
    return found(page, "token")
