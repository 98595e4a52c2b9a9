"""The OAuth calls: consent address, code exchange, refresh. Success is an `access_token` in the body, whatever the status."""

import re
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from modulehost import sdk

from .facts import ANSWER_SECONDS, MODULE, SCOPES, THROTTLED, TOKEN_SECONDS, Region
from .problems import Unsure

# Hidden by name and not by value: of a body that is no JSON the values are never learnt, yet it may hold them.
_TOKENS = re.compile(r'("(?:access|refresh)_token"\s*:\s*")[^"]*')


@dataclass(frozen=True)
class Token:
    """`seconds` it lives; `refresh_token` is empty except after a consent with offline access."""

    access_token: str
    refresh_token: str
    seconds: int


class TokenRefused(Exception):
    """The token endpoint answered an error: `error` is Zoho's name of it."""

    def __init__(self, error: str, text: str = "") -> None:
        super().__init__(f"{error}: {text}" if text else error)
        self.error, self.text = error, text

    @property
    def throttled(self) -> bool:
        return self.error.lower().replace("_", " ") == THROTTLED


def consent_address(region: Region, client_id: str, redirect: str, state: str) -> str:
    """Where the browser goes to be asked. prompt=consent, because only a shown consent brings a refresh token."""
    session = OAuth2Session(client_id, redirect_uri=redirect)
    address, _ = session.create_authorization_url(
        f"{region.accounts}/oauth/v2/auth", state=state, scope=SCOPES, access_type="offline", prompt="consent"
    )
    return sdk.vendor_url(address)


def exchange(region: Region, client_id: str, client_secret: str, redirect: str, code: str) -> Token:
    """The tokens for an authorisation code. Raises TokenRefused, Unsure."""
    values = {"code": code, "redirect_uri": redirect, "timeout": ANSWER_SECONDS}
    return _ask("ExchangeCode", region, client_id, client_secret, (code,), "fetch_token", **values)


def refresh(
    region: Region, client_id: str, client_secret: str, refresh_token: str, seconds: float = ANSWER_SECONDS
) -> Token:
    """A new access token. Raises TokenRefused, Unsure."""
    values = {"refresh_token": refresh_token, "timeout": seconds}
    return _ask("RefreshToken", region, client_id, client_secret, (refresh_token,), "refresh_token", **values)


def _ask(
    action: str, region: Region, client_id: str, secret: str, hidden: tuple[str, ...], method: str, **values: Any
) -> Token:
    url = f"{region.accounts}/oauth/v2/token"
    # The secret travels in the body: in the address it would end up in the logs on the way.
    session = OAuth2Session(client_id, secret, token_endpoint_auth_method="client_secret_post")  # noqa: S106
    sdk.prepare(session)
    bodies: list[str] = []

    def heard(response: requests.Response) -> requests.Response:
        bodies.append(response.text)
        return response

    session.register_compliance_hook("access_token_response", heard)
    session.register_compliance_hook("refresh_token_response", heard)
    token: Any = {}
    answer = ""
    try:
        token = getattr(session, method)(url, **values)
    except OAuthError as refused:
        answer = f"refused: {refused.error}"
        raise TokenRefused(str(refused.error), str(refused.description or "")) from refused
    except (requests.RequestException, ValueError, TypeError) as failure:
        answer = f"{type(failure).__name__}: {failure}"
        raise Unsure(
            f"Zoho's token endpoint for {region.label} gave no usable answer ({failure}); try again"
        ) from failure
    finally:
        body = _TOKENS.sub(r"\1********", "\n".join(bodies))
        sdk.logModuleCall(
            MODULE, action, {"POST": url, "client_id": client_id}, body or answer, answer, [secret, *hidden]
        )
        session.close()
    if not token.get("access_token"):
        raise TokenRefused("no access_token in the answer")
    return Token(str(token["access_token"]), str(token.get("refresh_token") or ""), _seconds(token))


def _seconds(token: dict[str, Any]) -> int:
    """The token's life: some of Zoho's services send milliseconds in expires_in, and then seconds in expires_in_sec."""
    try:
        return max(1, int(token.get("expires_in_sec") or token.get("expires_in") or TOKEN_SECONDS))
    except ValueError:
        return TOKEN_SECONDS
