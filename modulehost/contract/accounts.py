"""ListAccounts: the accounts that a server holds. Source: the public documentation of server synchronisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from modulehost.contract.config import kind

TEXTS = ("email", "username", "domain", "uniqueIdentifier", "product", "primaryip")
#: how many faults are told one by one; of a module that gets all accounts wrong the first few say it
TOLD = 5


class Status:
    """The states of an account that ListAccounts tells."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"


STATUSES = (Status.ACTIVE, Status.SUSPENDED)


@dataclass(frozen=True)
class Account:
    """One account of a server. `unique` is what it is recognised by, `product` the package as the server calls it."""

    unique: str
    email: str = ""
    username: str = ""
    domain: str = ""
    product: str = ""
    primaryip: str = ""
    created: str = ""  # Y-m-d or empty
    status: str = "Active"


def read_accounts(value: Any) -> tuple[list[Account], str, list[str]]:
    """(accounts, the module's error text, what the contract does not allow); accounts with a fault are left out."""
    if not isinstance(value, Mapping) or "success" not in value:
        return [], "", [f"returned {kind(value)}; expected a map with success and accounts, or success False and error"]
    if not value["success"]:
        return [], str(value.get("error") or "the module reported a failure without saying why"), []
    listed = value.get("accounts")
    if isinstance(listed, Mapping):
        listed = list(listed.values())
    if not isinstance(listed, (list, tuple)):
        return [], "", [f"returned {kind(listed)} as accounts; expected a list of maps"]
    found: dict[str, Account] = {}
    faults: list[str] = []
    for place, raw in enumerate(listed, 1):
        one = _account(raw)
        if isinstance(one, str):
            faults.append(f"returned account {place} {one}")
        elif one.unique.lower() in found:
            faults.append(f"returned account {place} with the uniqueIdentifier {one.unique!r:.80} a second time")
        else:
            found[one.unique.lower()] = one
    if len(faults) > TOLD:
        faults = [*faults[:TOLD], f"returned {len(faults) - TOLD} more accounts with faults like these"]
    return list(found.values()), "", faults


def _account(raw: Any) -> Account | str:
    if not isinstance(raw, Mapping):
        return f"as {kind(raw)}; expected a map"
    values: dict[str, str] = {}
    for name in TEXTS:
        given = raw.get(name)
        if given is not None and not isinstance(given, (str, int)):
            return f"with {kind(given)} as {name}; expected a text"
        values[name] = "" if given is None else str(given).strip()
    if not values["uniqueIdentifier"]:
        return "without a uniqueIdentifier"
    status = str(raw.get("status") or "Active").strip().capitalize()
    if status not in STATUSES:
        return f"with the status {raw.get('status')!r:.60}; expected sdk.Status.ACTIVE or sdk.Status.SUSPENDED"
    created = _day(raw.get("created"))
    if created is None:
        return f"with {raw.get('created')!r:.60} as created; expected a date as 2026-01-31 12:00:00"
    return Account(
        values["uniqueIdentifier"], values["email"], values["username"], values["domain"], values["product"],
        values["primaryip"], created, status,
    )  # fmt: skip


def _day(given: Any) -> str | None:
    """A moment as its day; an unset one is an empty text, what is none is None."""
    if isinstance(given, datetime):
        return given.date().isoformat()
    if isinstance(given, date):
        return given.isoformat()
    text = "" if given is None else str(given).strip()
    if not text or text.startswith("0000-00-00"):
        return ""
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return None
