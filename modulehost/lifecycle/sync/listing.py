"""What a server's module lists. The answer is kept for a day, so that a long list is fetched once and worked off in steps."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost.context import Ctx, ctx_of
from modulehost.contract.accounts import Account, read_accounts
from modulehost.lifecycle.modules import metadata, server_call
from modulehost.runtimes import ModuleFailed
from modulehost.schema import TransientData

KEPT_SECONDS = 86400
_CUSTOM = "customfield."
_COLUMN = re.compile(r"configoption([1-9]|1[0-9]|2[0-4])\Z")


class NotListed(Exception):
    """The module could not list its accounts; the text is for people."""


@dataclass(frozen=True)
class Rules:
    """How accounts and services find each other, from MetaData.

    `field`: domain, username, or a custom field's name with `custom` True. `column`: of tblproducts, empty when packages
    are not compared. `label`: how the identifier is called. `problems`: what MetaData says wrongly.
    """

    field: str = "domain"
    custom: bool = False
    column: str = ""
    label: str = "Domain"
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """What a server held `at` a moment, and the faults of the answer."""

    accounts: list[Account]
    faults: list[str]
    at: datetime


def rules_of(ctx: Ctx, module_name: str) -> Rules:
    """ListAccountsUniqueIdentifierField, ...DisplayName and ListAccountsProductField of a module. Raises ModuleFailed."""
    data = metadata(ctx, module_name)
    field = str(data.get("ListAccountsUniqueIdentifierField") or "domain").strip()
    column = str(data.get("ListAccountsProductField") or "").strip()
    problems = []
    custom = field.lower().startswith(_CUSTOM)
    if custom:
        field = field[len(_CUSTOM) :].strip()
    elif field.lower() in ("domain", "username"):
        field = field.lower()
    else:
        known = "known are domain, username and customfield.NAME"
        problems.append(f"{module_name}_MetaData says ListAccountsUniqueIdentifierField {field!r}; {known}")
        field = "domain"
    if column and not _COLUMN.match(column):
        problems.append(f"{module_name}_MetaData says ListAccountsProductField {column!r}; expected configoption1 to configoption24")
        column = ""
    label = str(data.get("ListAccountsUniqueIdentifierDisplayName") or (field if custom else field.capitalize()))
    return Rules(field, custom, column, label, tuple(problems))


def fetch(ctx: Ctx, server_id: int) -> Listing:
    """Ask the module and keep the answer. Raises NotListed."""
    try:
        returned = server_call(ctx, server_id, "ListAccounts")
    except ModuleFailed as failure:
        raise NotListed(str(failure)) from None
    accounts, error, faults = read_accounts(returned.value)
    told = [f"{returned.what} {fault} ({returned.place})" for fault in faults]
    if error:
        raise NotListed(error)
    if faults and not accounts:
        raise NotListed("\n".join(told))
    listing = Listing(accounts, told, ctx.host.clock.now())
    with ctx.unit() as db:
        _keep(db, server_id, listing)
    return listing


def last(db: Session, server_id: int) -> Listing | None:
    """The answer that was kept; None when there is none, or only one that is too old."""
    row = db.scalar(
        select(TransientData)
        .where(TransientData.name == _name(server_id), TransientData.expires > int(ctx_of(db).host.clock.time()))
        .order_by(TransientData.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    data: dict[str, Any] = json.loads(row.data)
    return Listing([Account(**one) for one in data["accounts"]], data["faults"], datetime.fromisoformat(data["at"]))


def _keep(db: Session, server_id: int, listing: Listing) -> None:
    db.execute(delete(TransientData).where(TransientData.name == _name(server_id)))
    data = {"accounts": [asdict(one) for one in listing.accounts], "faults": listing.faults, "at": listing.at.isoformat()}
    expires = int(ctx_of(db).host.clock.time()) + KEPT_SECONDS
    db.add(TransientData(name=_name(server_id), data=json.dumps(data), expires=expires))
    db.flush()


def _name(server_id: int) -> str:
    return f"sync:{server_id}"
