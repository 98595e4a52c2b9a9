"""Calls to Zoho's partner interfaces: mail, mail administration, and the partner store.

Every answer is judged twice, by its HTTP status and by `status.code` in its envelope. Ids are text here from the first
moment: Zoho sends them now as text, now as numbers that a double cannot hold.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import requests

from modulehost import sdk

from . import credentials
from .credentials import Account
from .facts import ANSWER_SECONDS, LEAST_ROWS, MODULE, PAGE_ROWS, SERVICE_ID, TAGGING_PAGE
from .problems import NotAuthenticated, Refused, StoreRefused, Throttled, Unsure

_TOKEN_ERRORS = ("", "INVALID_OAUTHTOKEN", "INVALID_TICKET")


class Zoho:
    """The interfaces of a region as one authorised account may use them. `seconds` limits each answer."""

    def __init__(self, account: Account, seconds: float = ANSWER_SECONDS) -> None:
        self.account, self.region, self.seconds = account, account.region, seconds
        self.http: requests.Session = sdk.http()

    # organisations

    def own(self) -> dict[str, Any]:
        """The partner's own organisation."""
        return _object(self.call("GET", f"{self.region.mail}/api/organization"))

    def organisation(self, zoid: str) -> dict[str, Any]:
        """A customer's organisation."""
        return _object(self.call("GET", f"{self.region.mail}/api/organization/{_part(zoid)}"))

    def customers(self, domain: str) -> list[dict[str, Any]]:
        """The partner's customers that a search for `domain` finds; it may find others beside the one that is meant."""
        query = {"mode": "getCustomerOrgDetails", "searchKey": domain}
        try:
            return _rows(self.call("GET", f"{self.region.mail}/api/organization", query=query))
        except Refused as refused:
            if refused.status == 404:  # nothing found, said in another way
                return []
            raise

    def create(self, fields: dict[str, str]) -> dict[str, Any]:
        """Make a customer organisation. Raises Unsure when it may exist now although no answer said so."""
        try:
            return _object(self.call("POST", f"{self.region.mail}/api/organization", body=fields))
        except Refused as refused:
            if refused.status == 500:  # the mail address is known to Zoho already; asking again cannot help
                raise Refused(
                    f"{refused} If {fields['emailId']} has a Zoho registration or another partner, tag the customer at "
                    f"{sdk.vendor_url(TAGGING_PAGE)} or use another address",
                    refused.status,
                    refused.code,
                    refused.info,
                ) from refused
            raise

    def start_trial(self, zoid: str, plan: str) -> None:
        """Start a trial plan in an organisation that is on Mail Free."""
        self.call(
            "PUT", f"{self.region.mailadmin}/api/organization/{_part(zoid)}/enableTrial", query={"planName": plan}
        )

    # domains

    def domain(self, zoid: str, domain: str) -> dict[str, Any]:
        """One domain of an organisation."""
        return _object(self.call("GET", self._domain(zoid, domain)))

    def domains(self, zoid: str) -> list[dict[str, Any]]:
        """All domains of an organisation."""
        data = self.call("GET", f"{self.region.mail}/api/organization/{_part(zoid)}/domains")
        return _rows(data.get("domainVO") if isinstance(data, dict) else data)

    def change_domain(self, zoid: str, domain: str, mode: str) -> None:
        """Switch something of a domain, such as enableMailHosting."""
        self.call("PUT", self._domain(zoid, domain), body={"mode": mode})

    def verify(self, zoid: str, domain: str, mode: str) -> tuple[bool, str]:
        """Let Zoho look for the proof of ownership: whether it found it, else what it says. A "no" is a success envelope."""
        data = _object(self.call("PUT", f"{self._domain(zoid, domain)}/verifyDomain", body={"mode": mode}))
        return data.get("status") is True, str(data.get("error") or data.get("message") or "")

    # users

    def users(self, zoid: str) -> Iterator[dict[str, Any]]:
        """All users of an organisation. Zoho gives ten at a time unless asked for more, and may give fewer than asked."""
        seen: set[str] = set()
        while True:
            query = {"start": str(len(seen)), "limit": str(PAGE_ROWS)}
            page = _rows(self.call("GET", f"{self.region.mail}/api/organization/{_part(zoid)}/accounts", query=query))
            new = [user for user in page if str(user.get("accountId")) not in seen]
            seen.update(str(user.get("accountId")) for user in new)
            yield from new
            if len(page) < LEAST_ROWS or not new:
                return

    def change_user(self, zoid: str, account: str, zuid: str, mode: str, **switches: bool) -> None:
        """Enable or disable a user."""
        url = f"{self.region.mail}/api/organization/{_part(zoid)}/accounts/{_part(account)}"
        self.call("PUT", url, body={"mode": mode, "zuid": zuid, **switches})

    # partner store

    def subscription(self, method: str, order: dict[str, Any]) -> dict[str, Any]:
        """Read (GET), buy (POST), change (PUT) or end (DELETE) a customer's subscription.

        Raises StoreRefused when the store answers `failure`, which it does with status 200.
        """
        url = f"{self.region.store}/restapi/partner/v1/json/subscription"
        text = json.dumps({"serviceid": SERVICE_ID, **order})
        if method in ("GET", "DELETE"):
            answer = self._send(method, url, params={"JSONString": text})
        else:
            answer = self._send(method, url, files={"JSONString": (None, text)})
        if answer.get("result") != "success":
            reason = str(answer.get("ERRORMSG") or "").rstrip(". ")
            raise StoreRefused(
                f"the store refused: {reason}" if reason else "the store could not charge your partner account's card"
            )
        return answer

    # the wire

    def call(
        self, method: str, url: str, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Any:
        """`data` of the answer's envelope; None when it has none, as after most changes. Raises a Problem."""
        answer = self._send(method, url, params=query, json=body)
        if not isinstance(answer.get("status"), dict):
            raise Unsure(f"{method} {url} answered without Zoho's envelope; nothing can be told from it")
        return answer.get("data")

    def _send(self, method: str, url: str, **values: Any) -> dict[str, Any]:
        token = credentials.access_token(self.account, seconds=self.seconds)
        status, answer = self._once(method, url, token, values)
        if status == 401 and _code(answer) in _TOKEN_ERRORS:
            # Revoked, pushed out by newer tokens, or a clock that jumped: what Zoho says goes, whatever we had stored.
            token = credentials.access_token(self.account, rejected=token, seconds=self.seconds)
            status, answer = self._once(method, url, token, values)
        if status < 400:
            return answer
        code, info = _code(answer), _info(answer)
        said = info or code or _object(answer.get("status")).get("description") or f"status {status}"
        if status == 429:
            raise Throttled(f"Zoho counts too many requests ({said}); wait a minute and try again")
        if status == 401:
            raise NotAuthenticated(
                f"Zoho refuses the authorisation for {self.region.label} ({said}): open the product's "
                "Module Settings and click Authenticate"
            )
        if status == 403:
            raise Refused(f"Zoho does not allow this to the authorised partner account: {said}.", status, code, info)
        raise Refused(f"Zoho refused: {said}.", status, code, info)

    def _once(self, method: str, url: str, token: str, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status (the worse of HTTP's and the envelope's) and body of one request. Raises Unsure."""
        headers = {"Authorization": f"Zoho-oauthtoken {token}", "Accept": "application/json"}
        shown = {f"{method}": url, **{name: value for name, value in values.items() if value}}
        text = processed = ""
        try:
            response = self.http.request(method, url, headers=headers, timeout=self.seconds, **values)
            text = response.text
            answer = json.loads(text)
            if not isinstance(answer, dict):
                raise ValueError("not a JSON object")
        except requests.RequestException as failure:
            processed = f"{type(failure).__name__}: {failure}"
            raise Unsure(
                f"Zoho could not be asked or did not answer: {method} {url} ({type(failure).__name__})"
            ) from failure
        except ValueError as failure:
            processed = f"HTTP {response.status_code}, unusable: {failure}"
            if response.status_code == 429:
                return 429, {}
            raise Unsure(
                f"Zoho's answer to {method} {url} is not usable (HTTP {response.status_code}, {failure})"
            ) from failure
        finally:
            hidden = [token, *(str(v) for k, v in (values.get("json") or {}).items() if k == "password")]
            sdk.logModuleCall(MODULE, f"{method} {url.split('/')[-1]}", shown, text, processed, hidden)
        envelope = answer.get("status")
        code = envelope.get("code") if isinstance(envelope, dict) else 0
        return max(response.status_code, code if isinstance(code, int) else 0), answer

    def _domain(self, zoid: str, domain: str) -> str:
        return f"{self.region.mail}/api/organization/{_part(zoid)}/domains/{_part(domain)}"


def _part(text: str) -> str:
    return quote(text, safe="")


def _code(answer: dict[str, Any]) -> str:
    return str(_object(answer.get("data")).get("errorCode") or "")


def _info(answer: dict[str, Any]) -> str:
    """Zoho's reason, without a full stop at its end."""
    data = answer.get("data")
    info = _object(data).get("moreInfo") or answer.get("ERRORMSG") or (data if isinstance(data, str) else "")
    return str(info or "").rstrip(". ")


def _object(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _rows(data: Any) -> list[dict[str, Any]]:
    """A list of objects: Zoho sends one object where a list of one is meant, and nothing where it is empty."""
    if isinstance(data, dict):
        return [data]
    return [row for row in data or () if isinstance(row, dict)]
