"""Speaking to the simulated SolusVM 2 the way a billing system and a person do."""

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from .openapi import SOLUSVM2

PREFIX = "/api/v1"


@dataclass
class Solus:
    """The API with one token; every answer is held against the description."""

    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def call(
        self, method: str, path: str, body: Any = None, status: int = 200, where: Any = None, page: int = 1
    ) -> Any:
        """The whole answer; `where` holds the filters."""
        params = {"page": page, **{f"filter[{name}]": value for name, value in (where or {}).items()}}
        response = requests.request(
            method, self.url + PREFIX + path, json=body, params=params, headers=self.headers, timeout=20
        )
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        found = response.json() if response.content else None
        SOLUSVM2.check(method, path, status, found)
        return found

    def data(self, method: str, path: str, body: Any = None, status: int = 200, where: Any = None) -> Any:
        """`data` of the answer."""
        return self.call(method, path, body, status, where)["data"]

    def user(self, email: str = "asha@textiles.example", **more: Any) -> dict[str, Any]:
        """A new user."""
        body = {"email": email, "password": "Correct-horse-9", **more}
        return dict(self.data("POST", "/users", body, 201))

    def server(self, user: dict[str, Any], status: int = 201, **more: Any) -> dict[str, Any]:
        """A new server that runs (or what is wrong with it)."""
        body = {"name": "web1", "plan": 1, "location": 1, "os": 1, "user": user["id"], **more}
        found = self.call("POST", "/servers", body, status)
        return dict(self.data("GET", f"/servers/{found['data']['id']}")) if status == 201 else dict(found)

    def task(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Work that is begun and waited for."""
        begun = self.data(method, path, body)
        return dict(self.data("GET", f"/tasks/{begun['id']}"))

    def usage(self, user: dict[str, Any], start: str, end: str) -> Any:
        """The report of a period, given as `2030-04-01` or `2030-04-01T12:00:00`."""
        times = [one + ("" if "T" in one else "T00:00:00") + "Z" for one in (start, end)]
        where = {"user_id": user["id"], "from": times[0], "to": times[1]}
        return self.call("GET", "/billing/usage", where=where)

    def tokens(self, user: dict[str, Any], start: str, end: str) -> list[tuple[str, int, int]]:
        """Of each line what it is, its hours, its tokens; the total of the report is their sum."""
        report = self.usage(user, start, end)
        assert report["meta"]["tokens_total"] == sum(one["tokens"] for one in report["data"])
        return [(one["resource_type"], one["hours"], one["tokens"]) for one in report["data"]]

    def as_user(self, user: dict[str, Any]) -> "Solus":
        """The API with a token of a user."""
        return Solus(self.url, self.data("POST", f"/users/{user['id']}/tokens", {}, 201)["access_token"])


def seconds(text: str) -> int:
    """`2030-04-01T12:00:00` (UTC) as Unix seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@dataclass
class Billing:
    """A billing side that answers as it is told; `asked` holds path, token and body of each call."""

    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    status: int = 200
    answer: Any = None
    before: Any = None
    url: str = ""

    def __post_init__(self) -> None:
        side = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                side.asked.append((self.path, self.headers["Authorization"], body))
                if side.before:
                    side.before()
                answer = side.answer if side.answer is not None else side.usual(self.path, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(side.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/modules/addons/solusvm2/api/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def usual(self, path: str, body: Any) -> Any:
        """A token costs 0.0009 euros; the portal is at shop.example."""
        if path.endswith("/sso"):
            return {"data": {"url": f"http://shop.example/in?user={body['user_id']}", "expires_in": 60}}
        items = [{**one, "price": f"{one['tokens'] * 9 / 10000:.4f}"} for one in body["items"]]
        return {
            "data": {
                "currency_code": "EUR",
                "currency_symbol": "€",
                "taxes_inclusive": False,
                "taxes": [],
                "items": items,
            }
        }

    def connect(self, api: Solus, token: str = "callback-secret") -> None:
        """Write the integration into the panel's settings, as a host does."""
        driver = {"url": self.url, "token": token}
        api.call("PATCH", "/settings", {"billing_integration": {"type": "whmcs", "drivers": {"whmcs": driver}}})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
