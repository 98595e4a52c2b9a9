"""Single sign-on to the vendor: ServiceSingleSignOn, AdminSingleSignOn and custom actions, which all answer in one form.

Nothing here goes anywhere by itself: a `Way` says where a page may lead, or why it may not.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.context import Ctx
from modulehost.contract import CustomAction, check_sign_on, read_sign_on
from modulehost.lifecycle import history
from modulehost.lifecycle.history import Call
from modulehost.lifecycle.modules import call, invoke, log_failure, server_call, supports
from modulehost.lifecycle.subjects import Target
from modulehost.runtimes import ModuleFailed, Returned
from modulehost.schema import table

#: the user permission that single sign-on to a service takes
PERMISSION = "productsso"


@dataclass(frozen=True)
class Way:
    """Where a sign-on leads. `url` is empty when there is no way, and then `error` says why in the module's or our words.

    `failed`: the module broke (an exception, an answer that the contract does not allow); its text is for developers and staff.
    `call` is the call as the history keeps it.
    """

    url: str = ""
    error: str = ""
    failed: bool = False
    call: Call | None = None


@dataclass(frozen=True)
class Action:
    """A custom action as pages show it; `active` is False when it cannot be chosen."""

    identifier: str
    label: str
    active: bool
    same_page: bool
    isolated: bool


def of_service(ctx: Ctx, target: Target) -> Way:
    """Ask ServiceSingleSignOn of a service or addon. Never raises for what the module does."""
    try:
        return _judged(ctx, call(ctx, target, "ServiceSingleSignOn"), "ServiceSingleSignOn")
    except ModuleFailed as failure:
        return _failed(ctx, failure)


def of_server(ctx: Ctx, server_id: int) -> Way:
    """Ask AdminSingleSignOn. Never raises for what the module does."""
    try:
        return _judged(ctx, server_call(ctx, server_id, "AdminSingleSignOn"), "AdminSingleSignOn")
    except ModuleFailed as failure:
        return _failed(ctx, failure)


def roles_of_server(db: Session, server_id: int) -> set[int]:
    """The staff roles that alone may sign on to a server (tblserversssoperms); empty: it is not restricted."""
    columns = table("tblserversssoperms").c
    return set(db.scalars(select(columns.role_id).where(columns.server_id == server_id)))


def actions(ctx: Ctx, target: Target, permissions: Collection[str]) -> list[Action]:
    """The custom actions that somebody with these user permissions is offered. Raises ModuleFailed."""
    return [
        Action(one.getIdentifier(), one.getDisplay(), one.isActive(), one.allowSamePage, one.preferIsolation)
        for one in _offered(ctx, target)
        if set(one.getPermissions()) <= set(permissions)
    ]


def run_action(ctx: Ctx, target: Target, identifier: str, permissions: Collection[str]) -> Way | None:
    """Run a custom action; None when there is none of that name that is active and allowed. Never raises for the module."""
    try:
        found = next((one for one in _offered(ctx, target) if one.getIdentifier() == identifier), None)
        if found is None or not found.isActive() or not set(found.getPermissions()) <= set(permissions):
            return None
        what = f"CustomActions[{identifier}]"
        return _judged(ctx, invoke(ctx, target, what, found.invokeCallable, check_sign_on, found.code), what)
    except ModuleFailed as failure:
        return _failed(ctx, failure)


def _offered(ctx: Ctx, target: Target) -> list[CustomAction]:
    if "CustomActions" not in supports(ctx, target):
        return []
    returned = call(ctx, target, "CustomActions")
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    return list(returned.value or ())


def _judged(ctx: Ctx, returned: Returned, function: str) -> Way:
    kept = history.find(ctx, returned.key)
    if returned.problems:
        secrets = kept.secrets if kept is not None else frozenset[str]()
        text = journal.mask("; ".join(returned.problems), secrets)
        if kept is not None:
            log_failure(ctx, kept.module, function, kept.params, text, "", secrets)
        return Way(error=text, failed=True, call=kept)
    found = read_sign_on(returned.value)
    return Way(found.url, found.refusal, False, kept)


def _failed(ctx: Ctx, failure: ModuleFailed) -> Way:
    return Way(error=str(failure), failed=True, call=history.find(ctx, failure.key) if failure.key else None)
