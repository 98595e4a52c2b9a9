"""The Post-Pay settings: read, checked, stored together."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from modulehost import sdk

from . import connection, prices

_NAME = "postpay"
MOST_DAYS = 3650


@dataclass(frozen=True)
class PostPay:
    """Days count from the due date (`lock`, `suspend`; None: never) or from the invoice's date (`grace`). `group` 0: none chosen."""

    enabled: bool = False
    group: int = 0
    terms: str = ""
    grace: int = 14
    lock: int | None = 3
    suspend: int | None = 7


def current() -> PostPay:
    """The settings in force."""
    text = sdk.store().get(_NAME)
    return PostPay(**json.loads(text)) if text else PostPay()


def on() -> bool:
    """Whether customers may use post-pay now."""
    return current().enabled and connection.current() is not None


def check(form: Mapping[str, str], groups: list[dict[str, Any]]) -> tuple[PostPay, dict[str, str]]:
    """What a form says, and what is wrong with it by field. `groups` are those that SolusVM 2 has now."""
    wrong: dict[str, str] = {}
    ids = {str(one.get("id")): str(one.get("name")) for one in groups}
    chosen = form.get("group", "")
    if chosen and chosen not in ids:
        wrong["group"] = "SolusVM 2 has this limit group no more; choose another."
    made = PostPay(
        enabled=form.get("enabled") == "on",
        group=int(chosen) if chosen in ids else 0,
        terms=form.get("terms", "").strip(),
        grace=_days(form, "grace", wrong) or 0,
        lock=_days(form, "lock", wrong, optional=True),
        suspend=_days(form, "suspend", wrong, optional=True),
    )
    if made.terms and not _is_address(made.terms):
        wrong["terms"] = f"{made.terms} is no web address; enter one that begins with https:// or http://."
    if made.lock is not None and made.suspend is not None and made.suspend < made.lock and "suspend" not in wrong:
        wrong["suspend"] = "Users are locked before they are suspended: enter as many days as for locking, or more."
    if made.enabled and not made.group and "group" not in wrong:
        wrong["group"] = "Choose a limit group before you enable post-pay: a user without one may use everything."
    if made.enabled and (codes := prices.missing()):
        wrong["enabled"] = f"Set the token price in {', '.join(codes)} under Settings first."
    return made, wrong


def save(settings: PostPay) -> None:
    """Store the settings."""
    before = current()
    sdk.store().set(_NAME, json.dumps(asdict(settings)))
    if before.enabled != settings.enabled:
        sdk.logActivity(f"SolusVM 2: post-pay {'enabled' if settings.enabled else 'disabled'}")
    elif before != settings:
        sdk.logActivity("SolusVM 2: post-pay settings changed")


def _days(form: Mapping[str, str], name: str, wrong: dict[str, str], optional: bool = False) -> int | None:
    text = form.get(name, "").strip()
    if not text and optional:
        return None
    if not text.isascii() or not text.isdecimal() or int(text) > MOST_DAYS:
        wrong[name] = f"Enter a whole number of days, from 0 to {MOST_DAYS}" + (
            ", or leave it empty for never." if optional else "."
        )
        return None
    return int(text)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
