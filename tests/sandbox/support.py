"""Speaking to the simulated Zoho the way a module and a person do."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from . import openapi

START = 1_900_000_000  # 17 March 2030, 17:46:40 UTC
PARTNER = "partner@zylker.example"
JAPAN = "partner@zylker-japan.example"
OTHER = "admin@bigbase.example"
CALLBACK = "http://shop.example/modules/servers/zoho_mail/zm_oauthgrant.php"
SCOPES = (
    "ZohoMail.partner.organization.ALL,ZohoMail.organization.accounts.ALL,ZohoMail.organization.domains.ALL,"
    "ZohoMail.organization.subscriptions.ALL,ZohoPayments.partnersubscription.all,ZohoPayments.leads.READ"
)


def add_client(url: str, **more: Any) -> dict[str, str]:
    """`client_id` and `client_secret` of a new client."""
    given = {"name": "Shop", "domain": "https://shop.example", "redirect_uri": CALLBACK, **more}
    response = requests.post(url + "/_sandbox/clients", json=given)
    assert response.status_code == 201, response.text
    return dict(response.json())


def grant(url: str, client: dict[str, str], scope: str = SCOPES, user: str = PARTNER) -> str:
    """A refresh token, as if `user` had accepted."""
    response = requests.post(
        url + "/_sandbox/grants", json={"client_id": client["client_id"], "scope": scope, "user": user}
    )
    assert response.status_code == 201, response.text
    return str(response.json()["refresh_token"])


def refresh(base: str, client: dict[str, str], token: str) -> requests.Response:
    """Ask for an access token."""
    return requests.post(
        base + "/oauth/v2/token", data={"grant_type": "refresh_token", "refresh_token": token, **client}
    )


@dataclass
class Api:
    """Mail and store calls with one access token; every JSON answer is held against the description."""

    base: str
    token: str

    def call(self, method: str, path: str, body: Any = None, status: int | None = 200, **params: str) -> Any:
        """The answer's body; the HTTP status has to be `status`, and in the Mail API that of the envelope too."""
        response = requests.request(method, self.base + path, json=body, params=params, headers=self.headers)
        assert status is None or response.status_code == status, (
            f"{method} {path}: {response.status_code} {response.text}"
        )
        openapi.check(method, path, response.status_code, response.json())
        if isinstance(response.json(), dict) and "status" in response.json() and status is not None:
            assert response.json()["status"]["code"] == status
        return response.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Zoho-oauthtoken {self.token}"}

    def create(
        self, domain: str = "customer.example", email: str = "owner@elsewhere.example", **more: str
    ) -> dict[str, Any]:
        """`data` of a new customer organisation."""
        body = {
            "domainName": domain,
            "emailId": email,
            "firstName": "Olga",
            "lastName": "Owner",
            "orgName": "Customer",
            **more,
        }
        return dict(self.call("POST", "/api/organization", body, status=201)["data"])

    def store(self, method: str, order: dict[str, Any], status: int = 200) -> dict[str, Any]:
        """Ask the store about the subscription of `order["email"]`."""
        text = json.dumps({"serviceid": 1501, **order})
        path = "/restapi/partner/v1/json/subscription"
        place: dict[str, Any] = {"params": {"JSONString": text}}
        if method in ("POST", "PUT"):
            place = {"files": {"JSONString": (None, text)}}
        response = requests.request(method, self.base + path, headers=self.headers, **place)
        assert response.status_code == status, response.text
        openapi.check(method, path, response.status_code, response.json())
        return dict(response.json())


def sign_up(url: str, user: str = PARTNER, scope: str = SCOPES, dc: str = "") -> Api:
    """An API with a fresh client and token for `user`."""
    client, base = add_client(url), url + (f"/dc/{dc}" if dc else "")
    response = refresh(base, client, grant(url, client, scope, user))
    return Api(base, response.json()["access_token"])


def fault(url: str, kind: str, **more: Any) -> str:
    """Switch a fault on; its id."""
    response = requests.post(url + "/_sandbox/faults", json={"kind": kind, **more})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def switch(url: str, **values: Any) -> None:
    """Set variants."""
    response = requests.post(url + "/_sandbox/switches", json=values)
    assert response.status_code == 200, response.text


class Person(requests.Session):
    """A browser without a screen: keeps cookies, sends forms with their token, stops at foreign addresses."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.headers["Accept"] = "text/html"
        self.page = ""

    def open(self, path: str, follow: bool = True) -> requests.Response:
        """Load a page."""
        response = self.get(self.url + path, allow_redirects=follow)
        self.page = response.text
        return response

    def submit(self, path: str, /, follow: bool = True, **fields: str) -> requests.Response:
        """Send a form of the page that is open."""
        found = re.search(r'name="csrf" value="(\w+)"', self.page)
        response = self.post(
            self.url + path, data={"csrf": found[1] if found else "", **fields}, allow_redirects=follow
        )
        if response.status_code == 200:
            self.page = response.text
        return response

    def sign_in(self, email: str) -> None:
        """Pick a user on the sign-in page."""
        self.open("/signin")
        form = next(one for one in self.page.split("<form") if email in one)
        zuid = re.search(r'name="zuid" value="(\d+)"', form)
        assert zuid
        assert self.submit("/signin", zuid=zuid[1], serviceurl="/zm/").status_code == 200

    def consent(self, client: dict[str, str], answer: str = "accept", dc: str = "", **more: str) -> dict[str, str]:
        """Walk through the consent page; what comes back to the redirect address."""
        asked = {
            "response_type": "code",
            "client_id": client["client_id"],
            "scope": SCOPES,
            "redirect_uri": CALLBACK,
            "state": "s 1",
            "access_type": "offline",
            "prompt": "consent",
            **more,
        }
        asked = {name: value for name, value in asked.items() if value}
        base = f"/dc/{dc}" if dc else ""
        response = self.open(f"{base}/oauth/v2/auth?{urlencode(asked)}", follow=False)
        if response.status_code == 200:
            response = self.submit(f"{base}/oauth/v2/approve", follow=False, answer=answer, **asked)
        assert response.status_code == 302, response.text
        target = urlsplit(response.headers["Location"])
        assert target._replace(query="").geturl() == CALLBACK
        return {name: values[0] for name, values in parse_qs(target.query).items()}
