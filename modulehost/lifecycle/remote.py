"""What servers say about themselves: GetUserCount, GetRemoteMetaData and RenderRemoteMetaData, kept in tblservers_remote.

Return forms are customary, not documented: GetUserCount a map with success, totalAccounts and ownedAccounts (or error);
GetRemoteMetaData a map or list of anything JSON holds; RenderRemoteMetaData is given it as `remoteData` and returns HTML.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import extensions, runtimes
from modulehost.context import Ctx, ctx_of
from modulehost.contract.config import kind
from modulehost.lifecycle.modules import server_call, server_module
from modulehost.lifecycle.rows import one
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Server, ServerRemote

FUNCTIONS = ("GetUserCount", "GetRemoteMetaData")


@dataclass(frozen=True)
class Remote:
    """What is known of a server: accounts in all and those that its module calls ours (None: not said), details, when, or the error."""

    total: int | None
    owned: int | None
    meta_data: Any
    error: str
    at: datetime | None


def known(db: Session, server_ids: list[int]) -> dict[int, Remote]:
    """What was last heard of these servers."""
    found = {}
    for row in db.scalars(select(ServerRemote).where(ServerRemote.server_id.in_(server_ids)).order_by(ServerRemote.id)):
        try:
            data = json.loads(row.meta_data or "{}")
        except ValueError:
            data = {}
        data = data if isinstance(data, dict) else {"metaData": data}
        counts = data.get("accounts") or {}
        found[row.server_id] = Remote(
            counts.get("total"), counts.get("owned"), data.get("metaData"), str(data.get("error") or ""), row.updated_at
        )
    return found


def able(ctx: Ctx, module_name: str) -> bool:
    """Whether a module says anything about its servers."""
    return defines(ctx, module_name, *FUNCTIONS)


def defines(ctx: Ctx, module_name: str, *functions: str) -> bool:
    """Whether a module defines one of these functions; one that does not load defines nothing."""
    try:
        return bool(set(functions) & runtimes.functions(ctx, server_module(ctx, module_name)))
    except ModuleFailed:
        return False


def refresh(ctx: Ctx, server_id: int) -> Remote:
    """Ask a server's module anew and keep the answer. What fails is kept as the error, and the numbers before it stay."""
    with ctx.unit(read=True) as db:
        name = one(db, Server, server_id, "server").type
        before = known(db, [server_id]).get(server_id, Remote(None, None, None, "", None))
    total, owned, details, errors = before.total, before.owned, before.meta_data, []
    try:
        functions = runtimes.functions(ctx, server_module(ctx, name))
        if not set(FUNCTIONS) & functions:
            errors.append(f"The module {name} has neither GetUserCount nor GetRemoteMetaData.")
    except ModuleFailed as failure:
        functions = set()
        errors.append(str(failure))
    if "GetUserCount" in functions:
        try:
            total, owned = _counts(server_call(ctx, server_id, "GetUserCount"))
        except (ModuleFailed, ValueError) as failure:
            errors.append(str(failure))
    if "GetRemoteMetaData" in functions:
        try:
            details = _details(server_call(ctx, server_id, "GetRemoteMetaData"))
        except (ModuleFailed, ValueError) as failure:
            errors.append(str(failure))
    with ctx.unit() as db:
        _keep(db, server_id, total, owned, details, "; ".join(errors))
    return Remote(total, owned, details, "; ".join(errors), ctx.host.clock.now())


def refresh_all(ctx: Ctx, not_since: datetime | None = None) -> list[tuple[str, Remote]]:
    """Ask about all enabled servers whose module can answer, with `not_since` only those not asked since then; (name, answer)."""
    names = [module.name for module in extensions.modules(ctx.host, "servers") if not module.problem]
    with ctx.unit(read=True) as db:
        rows = db.execute(
            select(Server.id, Server.name, Server.type).where(Server.disabled == 0, Server.type.in_(names)).order_by(Server.id)
        ).all()
        asked = {} if not_since is None else known(db, [id_ for id_, _name, _type in rows])
    can = {name: able(ctx, name) for name in {type_ for _id, _name, type_ in rows}}
    found = []
    for id_, name, type_ in rows:
        last = asked.get(id_)
        if can[type_] and (last is None or last.at is None or not_since is None or last.at < not_since):
            found.append((name, refresh(ctx, id_)))
    return found


def rendered(ctx: Ctx, server: Server, remote: Remote) -> str:
    """The HTML that the module makes of its details (RenderRemoteMetaData), empty without that function. Raises ModuleFailed."""
    if remote.meta_data is None or "RenderRemoteMetaData" not in runtimes.functions(ctx, server_module(ctx, server.type)):
        return ""
    data = {"numAccounts": remote.total or 0, "metaData": remote.meta_data}
    returned = server_call(ctx, server.id, "RenderRemoteMetaData", extra={"remoteData": data})
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    return str(returned.value or "")


def _counts(returned: runtimes.Returned) -> tuple[int, int | None]:
    value = returned.value
    if not isinstance(value, Mapping):
        raise ValueError(f"{returned.what} returned {kind(value)}; expected a map with success and totalAccounts ({returned.place})")
    if not value.get("success"):
        raise ValueError(f"{returned.what}: {value.get('error') or 'the module reported a failure without saying why'}")
    numbers: list[int | None] = []
    for name in ("totalAccounts", "ownedAccounts"):
        given = value.get(name)
        if given is None and name == "ownedAccounts":
            numbers.append(None)
            continue
        text = str(given).strip()
        if isinstance(given, bool) or not text.isdigit() or len(text) > 9:
            raise ValueError(f"{returned.what} returned {kind(given)} as {name}; expected a whole number ({returned.place})")
        numbers.append(int(text))
    return numbers[0] or 0, numbers[1]


def _details(returned: runtimes.Returned) -> Any:
    if returned.problems:
        raise ValueError("; ".join(returned.problems))
    try:
        json.dumps(returned.value)
    except (TypeError, ValueError) as failure:
        raise ValueError(f"{returned.what} returned what JSON cannot hold: {failure} ({returned.place})") from None
    return returned.value


def _keep(db: Session, server_id: int, total: int | None, owned: int | None, details: Any, error: str) -> None:
    # The server's row is the lock under which two answers do not become two rows.
    if db.get(Server, server_id, with_for_update=True) is None:
        return
    row = db.scalar(select(ServerRemote).where(ServerRemote.server_id == server_id).order_by(ServerRemote.id).limit(1))
    now = ctx_of(db).host.clock.now()
    if row is None:
        row = ServerRemote(server_id=server_id, created_at=now)
        db.add(row)
    data = {"accounts": {"total": total, "owned": owned}, "metaData": details, "error": error}
    row.num_accounts, row.meta_data, row.updated_at = total or 0, json.dumps(data), now
    db.flush()
