"""Authorisations, one per data centre, and their access tokens.

A partner may sell in several regions, and authorising one must not end the others. Refresh tokens are written only by a
successful consent: the answer to a refresh holds none, and writing that back would sign the installation out.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from modulehost import sdk

from . import oauth
from .facts import ANSWER_SECONDS, REGIONS, TOKEN_MARGIN, TOKEN_PAUSE, Region
from .problems import NotAuthenticated, Throttled


@dataclass(frozen=True)
class Credential:
    """What a consent left behind. `since` is the host's time, `by` the admin who gave it."""

    client_id: str
    client_secret: str
    refresh_token: str
    since: str
    by: str = ""


def find(region: str) -> Credential | None:
    """The authorisation of a region, if there is one."""
    text = sdk.store("credentials").get(region)
    return Credential(**json.loads(text)) if text else None


def regions() -> list[str]:
    """The regions that are authorised."""
    return [key for key in REGIONS if find(key)]


def keep(region: str, client_id: str, client_secret: str, token: oauth.Token, by: str) -> None:
    """Store what a code exchange brought. Raises NotAuthenticated when it brought no refresh token and none is there."""
    before = find(region)
    refresh_token = token.refresh_token
    if not refresh_token and before and before.client_id == client_id:
        refresh_token = before.refresh_token
    if not refresh_token:
        raise NotAuthenticated(
            "Zoho sent no refresh token, so the authorisation would end within the hour. Nothing was changed. Remove the "
            "connected app in your Zoho account's settings and authenticate again"
        )
    new = Credential(client_id, client_secret, refresh_token, sdk.now().isoformat(" "), by)
    with sdk.lock(f"token {region}"):
        sdk.store("credentials").set(region, json.dumps(asdict(new)), secret=True)
        sdk.store("pauses").delete(region)
        _remember(region, token)


def access_token(region: Region, rejected: str = "", fresh: bool = False, seconds: float = ANSWER_SECONDS) -> str:
    """A token for the region: the stored one, or a new one when it is old, was `rejected` by Zoho, or `fresh` is asked.

    One caller refreshes, the others wait and take what it got: Zoho allows ten refreshes in ten minutes.
    Raises NotAuthenticated, Throttled, Unsure.
    """
    if not rejected and not fresh and (token := _cached(region.key)):
        return token
    before = _cached(region.key)
    with sdk.lock(f"token {region.key}"):
        token = _cached(region.key)
        if token and token != rejected and (not fresh or token != before):
            return token
        return _refresh(region, seconds)


def trouble(region: str) -> str:
    """Why the stored authorisation was refused last, as Zoho's error name; empty when all is well."""
    return str(json.loads(sdk.store("pauses").get(region) or "{}").get("error", ""))


def _refresh(region: Region, seconds: float) -> str:
    credential = find(region.key)
    if credential is None:
        raise NotAuthenticated(
            f"Zoho Mail is not authenticated for the region {region.label}: open the product's Module "
            "Settings and click Authenticate"
        )
    paused = json.loads(sdk.store("pauses").get(region.key) or "{}")
    if paused and _within(paused["until"], TOKEN_PAUSE):
        raise _refusal(region, oauth.TokenRefused(paused["error"], paused["text"]))
    try:
        token = oauth.refresh(region, credential.client_id, credential.client_secret, credential.refresh_token, seconds)
    except oauth.TokenRefused as refused:
        until = sdk.now() + timedelta(seconds=TOKEN_PAUSE)
        pause = {"until": until.isoformat(), "error": refused.error, "text": refused.text}
        sdk.store("pauses").set(region.key, json.dumps(pause))
        raise _refusal(region, refused) from refused
    sdk.store("pauses").delete(region.key)
    _remember(region.key, token)
    return token.access_token


def _refusal(region: Region, refused: oauth.TokenRefused) -> Exception:
    if refused.throttled:
        return Throttled(
            f"Zoho gives out no more access tokens for {region.label} at the moment ({refused}): ten are allowed in ten "
            "minutes. Nothing was changed; try again in a few minutes"
        )
    return NotAuthenticated(
        f"Zoho refused the stored authorisation for {region.label} ({refused}). Nothing was changed; open the product's Module "
        "Settings and click Authenticate"
    )


def _remember(region: str, token: oauth.Token) -> None:
    margin = min(TOKEN_MARGIN, token.seconds // 2)
    until = sdk.now() + timedelta(seconds=token.seconds - margin)
    value = {"token": token.access_token, "until": until.isoformat(), "seconds": token.seconds}
    sdk.store("tokens").set(region, json.dumps(value), secret=True)


def _cached(region: str) -> str:
    value = json.loads(sdk.store("tokens").get(region) or "{}")
    return str(value["token"]) if value and _within(value["until"], value["seconds"]) else ""


def _within(until: str, seconds: int) -> bool:
    """Whether `until` is ahead, and no further than it can be: the host's clock may have been set back."""
    left = datetime.fromisoformat(until) - sdk.now()
    return timedelta(0) < left <= timedelta(seconds=seconds)
