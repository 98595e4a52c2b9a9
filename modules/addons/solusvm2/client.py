"""Calls to the API of SolusVM 2. Source of paths and fields: the vendor's public packages; assumed ones stand in facts.py."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from modulehost import sdk

from .facts import ANSWER_SECONDS, MODULE, ONE_TIME_PATH, USAGE_PATH
from .problems import Refused, Unsure

MAX_PAGES = 1000


def origin(address: str) -> str:
    """`https://panel.example.com` of an address as people copy it, with or without a path. Raises Refused."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Refused(
            f"{text or 'An empty text'} is no address of SolusVM 2: enter the one of its web interface, such as https://panel.example.com"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


class Panel:
    """An installation of SolusVM 2 as the owner of `key` may use it. `seconds` limits each answer."""

    def __init__(self, base: str, key: str, seconds: float = ANSWER_SECONDS) -> None:
        self.base, self.key, self.seconds = base, key, seconds
        self.http: requests.Session = sdk.http()

    # --- who we are, and the settings

    def account(self) -> dict[str, Any]:
        """The user that the key belongs to."""
        return self._object("GET", "account")

    def set_billing(self, driver: str, url: str, token: str) -> None:
        """Tell SolusVM 2 where to ask for prices and sign-on, and with which token."""
        self._call("PATCH", "settings", {
            "billing_integration": {"type": driver, "drivers": {driver: {"url": url, "token": token}}},
        }, hidden=[token])  # fmt: skip

    def limit_groups(self) -> list[dict[str, Any]]:
        """The limit groups that were made in SolusVM 2."""
        return list(self._all("limit_groups"))

    def roles(self) -> list[dict[str, Any]]:
        """All roles."""
        return list(self._all("roles"))

    # --- users

    def user(self, user_id: int) -> dict[str, Any] | None:
        """A user; None when there is none of that id."""
        try:
            return self._object("GET", f"users/{user_id}")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def find_user(self, email: str) -> dict[str, Any] | None:
        """The user of exactly this address: the search of SolusVM 2 finds parts of addresses too."""
        wanted = email.strip().lower()
        found = self._all("users", {"filter[search]": email.strip()})
        return next((one for one in found if str(one.get("email", "")).strip().lower() == wanted), None)

    def create_user(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Make a user."""
        return self._object("POST", "users", fields, hidden=[str(fields.get("password") or "")])

    def change_user(self, user_id: int, **fields: Any) -> dict[str, Any]:
        """Change single fields of a user."""
        return self._object("PATCH", f"users/{user_id}", fields)

    def one_time_address(self, user_id: int) -> str:
        """Where a browser is signed in as that user, once."""
        token = str(
            self._object("POST", f"users/{user_id}/tokens", {"is_one_time": True}, quiet=True).get("access_token") or ""
        )
        if not token:
            raise Unsure("SolusVM 2 gave no access token for the sign-on")
        return sdk.vendor_url(self.base) + ONE_TIME_PATH + token

    def servers(self, user_id: int) -> list[dict[str, Any]]:
        """The servers that a user owns."""
        return list(self._all("servers", {"filter[user_id]": str(user_id)}))

    def usage(self, user_id: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """What a user's resources used from `start` to, not including, `end`: deleted ones are among them."""
        query = {"filter[user_id]": str(user_id), "filter[from]": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                 "filter[to]": f"{end:%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
        return _rows(self._call("GET", USAGE_PATH, query=query).get("data"))

    # --- the wire

    def _all(self, path: str, query: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        page = last = 1
        while page <= last and page <= MAX_PAGES:
            answer = self._call("GET", path, query={**(query or {}), "page": str(page)})
            yield from _rows(answer.get("data"))
            meta = answer.get("meta")
            last = int(meta.get("last_page") or 1) if isinstance(meta, dict) else 1
            page += 1

    def _object(self, method: str, path: str, body: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        data = self._call(method, path, body, **options).get("data")
        return data if isinstance(data, dict) else {}

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        hidden: list[str] | None = None,
        quiet: bool = False,
    ) -> dict[str, Any]:
        """The body of a good answer. Raises Refused (the panel said no) and Unsure (it cannot be told)."""
        url = f"{self.base}/api/v1/{path}"
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        text = processed = ""
        status = 0
        try:
            response = self.http.request(
                method, url, headers=headers, json=body, params=query, timeout=self.seconds, allow_redirects=False
            )
            status, text = response.status_code, response.text
            answer = json.loads(text) if text.strip() else {}
            if not isinstance(answer, dict):
                raise ValueError("not a JSON object")
        except requests.exceptions.SSLError as failure:
            processed = str(failure)
            raise Unsure(
                f"{self.base} has no certificate that is trusted here; use one, or correct the address"
            ) from failure
        except requests.Timeout as failure:
            processed = str(failure)
            raise Unsure(f"{self.base} did not answer within {self.seconds:g} seconds") from failure
        except requests.RequestException as failure:
            processed = f"{type(failure).__name__}: {failure}"
            raise Unsure(
                f"{self.base} cannot be reached ({type(failure).__name__}); check the address, and that it runs"
            ) from failure
        except ValueError as failure:
            processed = f"HTTP {status}, unusable: {failure}"
            if status < 400:
                raise Unsure(
                    f"what {self.base} answered is not the API of SolusVM 2 (HTTP {status}); check the address"
                ) from failure
            answer = {}
        finally:
            shown = {method: url, **({"query": query} if query else {}), **({"body": body} if body else {})}
            secrets = [self.key, *(hidden or [])]
            sdk.logModuleCall(
                MODULE,
                f"{method} {path}",
                shown,
                "(an access token)" if quiet and status < 300 else text,
                processed,
                secrets,
            )
        if status < 300:
            return answer
        raise self._refusal(status, answer, method, path)

    def _refusal(self, status: int, answer: dict[str, Any], method: str, path: str) -> Exception:
        fields = answer.get("errors") if isinstance(answer.get("errors"), dict) else {}
        assert isinstance(fields, dict)
        told = [str(answer.get("message") or "").rstrip(".")]
        told += [
            f"{name}: {', '.join(map(str, texts)) if isinstance(texts, list) else texts}"
            for name, texts in fields.items()
        ]
        said = "; ".join(one for one in told if one) or f"status {status}"
        if status == 401:
            return Refused(
                "SolusVM 2 does not accept the API key: generate a new one under Account > API Tokens", status
            )
        if status == 403:
            return Refused(f"SolusVM 2 does not allow the owner of the API key to do this ({method} {path})", status)
        if status == 429:
            return Refused("SolusVM 2 counts too many requests; the next run tries again", status)
        if status >= 500:
            return Unsure(f"SolusVM 2 failed ({method} {path}: {said})")
        return Refused(f"SolusVM 2 refused: {said}", status, fields)


def _rows(data: Any) -> list[dict[str, Any]]:
    return [row for row in data or () if isinstance(row, dict)] if isinstance(data, list) else []
