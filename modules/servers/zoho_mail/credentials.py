"""Authorisations, one per data centre and OAuth client, and their access tokens.

A partner may sell in several regions, and two products may belong to two partner accounts: authorising one must not end
the others. Refresh tokens are written only by a successful consent: the answer to a refresh holds none, and writing that
back would sign the installation out.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from modulehost import sdk

from . import oauth
from .facts import ANSWER_SECONDS, REGIONS, TOKEN_MARGIN, TOKEN_PAUSE, Region
from .problems import NotAuthenticated, Throttled


@dataclass(frozen=True)
class Account:
    """Whose authorisation: an OAuth client in a data centre."""

    region: Region
    client_id: str

    @property
    def key(self) -> str:
        """Its name in the store."""
        return f"{self.region.key} {self.client_id if len(self.client_id) < 80 else sha256(self.client_id.encode()).hexdigest()}"


@dataclass(frozen=True)
class Credential:
    """What a consent left behind. `since` is the host's time, `by` the admin who gave it."""

    client_id: str
    client_secret: str
    refresh_token: str
    since: str
    by: str = ""


def find(account: Account) -> Credential | None:
    """The authorisation of an account, if there is one."""
    text = sdk.store("credentials").get(account.key)
    return Credential(**json.loads(text)) if text else None


def accounts() -> list[Account]:
    """Every account that is authorised, the newest first."""
    store, found = sdk.store("credentials"), []
    for name in store.names():
        region, credential = REGIONS.get(name.partition(" ")[0]), json.loads(store.get(name) or "{}")
        if region and credential:
            found.append((credential["since"], Account(region, credential["client_id"])))
    return [account for _, account in sorted(found, key=lambda pair: pair[0], reverse=True)]


def serving(region: Region, client_id: str) -> Account:
    """The account that manages what exists in a region: the product's, or when the product has moved on, the region's newest."""
    wanted = Account(region, client_id)
    return next((one for one in [wanted, *accounts()] if one.region == region and find(one)), wanted)


def keep(account: Account, client_secret: str, token: oauth.Token, by: str) -> None:
    """Store what a code exchange brought. Raises NotAuthenticated when it brought no refresh token and none is there."""
    before = find(account)
    refresh_token = token.refresh_token or (before.refresh_token if before else "")
    if not refresh_token:
        raise NotAuthenticated(
            "Zoho sent no refresh token, so the authorisation would end within the hour. Nothing was changed. Remove the "
            "connected app in your Zoho account's settings and authenticate again"
        )
    new = Credential(account.client_id, client_secret, refresh_token, sdk.now().isoformat(" "), by)
    with sdk.lock(f"token {account.key}"):
        sdk.store("credentials").set(account.key, json.dumps(asdict(new)), secret=True)
        sdk.store("pauses").delete(account.key)
        _remember(account, token)


def access_token(account: Account, rejected: str = "", fresh: bool = False, seconds: float = ANSWER_SECONDS) -> str:
    """A token for the account: the stored one, or a new one when it is old, was `rejected` by Zoho, or `fresh` is asked.

    One caller refreshes, the others wait and take what it got: Zoho allows ten refreshes in ten minutes.
    Raises NotAuthenticated, Throttled, Unsure.
    """
    if not rejected and not fresh and (token := _cached(account)):
        return token
    before = _cached(account)
    with sdk.lock(f"token {account.key}"):
        token = _cached(account)
        if token and token != rejected and (not fresh or token != before):
            return token
        return _refresh(account, seconds)


def trouble(account: Account) -> str:
    """Why the stored authorisation was refused last, as Zoho's error name; empty when all is well."""
    return str(json.loads(sdk.store("pauses").get(account.key) or "{}").get("error", ""))


def _refresh(account: Account, seconds: float) -> str:
    credential = find(account)
    if credential is None:
        raise NotAuthenticated(
            f"Zoho Mail is not authenticated for the region {account.region.label}: open the product's Module "
            "Settings and click Authenticate"
        )
    paused = json.loads(sdk.store("pauses").get(account.key) or "{}")
    if paused and _within(paused["until"], TOKEN_PAUSE):
        raise _refusal(account, oauth.TokenRefused(paused["error"], paused["text"]))
    try:
        token = oauth.refresh(
            account.region, credential.client_id, credential.client_secret, credential.refresh_token, seconds
        )
    except oauth.TokenRefused as refused:
        until = sdk.now() + timedelta(seconds=TOKEN_PAUSE)
        pause = {"until": until.isoformat(), "error": refused.error, "text": refused.text}
        sdk.store("pauses").set(account.key, json.dumps(pause))
        raise _refusal(account, refused) from refused
    sdk.store("pauses").delete(account.key)
    _remember(account, token)
    return token.access_token


def _refusal(account: Account, refused: oauth.TokenRefused) -> Exception:
    if refused.throttled:
        return Throttled(
            f"Zoho gives out no more access tokens for {account.region.label} at the moment ({refused}): ten are allowed in ten "
            "minutes. Nothing was changed; try again in a few minutes"
        )
    return NotAuthenticated(
        f"Zoho refused the stored authorisation for {account.region.label} ({refused}). Nothing was changed; open the product's Module "
        "Settings and click Authenticate"
    )


def _remember(account: Account, token: oauth.Token) -> None:
    margin = min(TOKEN_MARGIN, token.seconds // 2)
    until = sdk.now() + timedelta(seconds=token.seconds - margin)
    value = {"token": token.access_token, "until": until.isoformat(), "seconds": token.seconds}
    sdk.store("tokens").set(account.key, json.dumps(value), secret=True)


def _cached(account: Account) -> str:
    value = json.loads(sdk.store("tokens").get(account.key) or "{}")
    return str(value["token"]) if value and _within(value["until"], value["seconds"]) else ""


def _within(until: str, seconds: int) -> bool:
    """Whether `until` is ahead, and no further than it can be: the host's clock may have been set back."""
    left = datetime.fromisoformat(until) - sdk.now()
    return timedelta(0) < left <= timedelta(seconds=seconds)
