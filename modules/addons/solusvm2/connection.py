"""The connection: address and API key, and the token by which SolusVM 2 asks us back.

All three lie in one encrypted text, so they change together or not at all.
"""

import hmac
import json
from dataclasses import dataclass

from modulehost import sdk

from .client import Panel, origin
from .facts import ADMIN_ROLE, ANSWER_SECONDS, DRIVER, TOKENS_PAGE
from .problems import NotConnected, Problem, Refused

_NAME = "connection"


@dataclass(frozen=True)
class Connection:
    """A connection that passed its test. `token` is what SolusVM 2 shows us."""

    base: str
    key: str
    token: str
    since: str = ""


def current() -> Connection | None:
    """The connection in use; None before the first."""
    text = sdk.store().get(_NAME)
    return Connection(**json.loads(text)) if text else None


def panel(seconds: float = ANSWER_SECONDS) -> Panel:
    """The API of the connected installation. Raises NotConnected."""
    found = current()
    if found is None:
        raise NotConnected("SolusVM 2 is not connected: open the SolusVM 2 addon and test the connection")
    return Panel(found.base, found.key, seconds)


def connect(address: str, key: str) -> Connection:
    """Test an address and a key; only what passes replaces the connection in use.

    The test: the key is known, its owner is an administrator, and SolusVM 2 stores where to ask us and a new token. The old token
    is good until then and never after. Raises Problem.
    """
    if not key.strip():
        raise Refused(f"Enter the API key; SolusVM 2 makes one under {TOKENS_PAGE}.")
    base = origin(address)
    with sdk.lock("connect"):
        tried = Panel(base, key.strip())
        roles = tried.account().get("roles")
        names = [str(one.get("name", "")) for one in roles if isinstance(one, dict)] if isinstance(roles, list) else []
        if ADMIN_ROLE not in names:
            raise Refused(
                f"The API key belongs to a user without the role {ADMIN_ROLE}; generate one as an administrator."
            )
        new = Connection(base, key.strip(), sdk.token(48), sdk.now().isoformat(" "))
        # Known here before SolusVM 2 may use it: a host that is stopped in between is asked with the new token.
        sdk.store().set("offered", json.dumps(vars(new)), secret=True)
        try:
            tried.set_billing(DRIVER, callback_url(), new.token)
        except Problem as problem:
            sdk.store().delete("offered")
            raise Refused(f"The key works, but the billing integration could not be set up: {problem}") from problem
        sdk.store().set(_NAME, json.dumps(vars(new)), secret=True)
        sdk.store().delete("offered")
    sdk.logActivity(f"SolusVM 2: connected to {base}")
    return new


def callback_url() -> str:
    """Where SolusVM 2 asks us."""
    return sdk.module_url("api/")


def is_ours(token: str) -> bool:
    """Whether a request with this token comes from the connected SolusVM 2."""
    found = current()
    if found and token and hmac.compare_digest(found.token.encode(), token.encode()):
        return True
    offered = sdk.store().get("offered")
    if offered and token and hmac.compare_digest(str(json.loads(offered)["token"]).encode(), token.encode()):
        sdk.store().set(_NAME, offered, secret=True)  # whoever has it was given it by us: the connection was made
        sdk.store().delete("offered")
        return True
    return False
