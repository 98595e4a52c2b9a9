"""The one entry to all API actions: for the HTTP endpoint, localAPI of both module languages, and the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import StatementError

from modulehost import accounts
from modulehost.api.values import ApiError, Values
from modulehost.billing import catalog
from modulehost.context import Ctx
from modulehost.money import MoneyError
from modulehost.schema import StorageError

Function = Callable[[Ctx, Values], dict[str, Any]]


@dataclass(frozen=True)
class Action:
    """An action: its public name, the category of the public reference, and what it does."""

    name: str
    category: str
    function: Function


class CommandNotFound(ApiError):
    """There is no such action."""


ACTIONS: dict[str, Action] = {}
#: documented for localAPI only; the endpoint refuses them
LOCAL_ONLY = frozenset({"setconfigurationvalue"})


def action(name: str, category: str) -> Callable[[Function], Function]:
    """Register `function(ctx, values) -> answer without result` as the action `name`."""

    def register(function: Function) -> Function:
        ACTIONS[name.lower()] = Action(name, category, function)
        return function

    return register


def find(name: str) -> Action:
    """The action called `name`, in any case. Raises CommandNotFound."""
    found = ACTIONS.get(name.strip().lower())
    if found is None:
        raise CommandNotFound("Command Not Found")
    return found


def call(ctx: Ctx, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Run an action: `{"result": "success", ...}` as documented, or `{"result": "error", "message": ...}`.

    Whoever calls has checked who asks; localAPI may everything. An error that is not the caller's is raised.
    """
    try:
        answer = find(name).function(ctx, Values(values))
    except ApiError as failure:
        return error(str(failure))
    except accounts.Invalid as failure:
        return error(failure.errors[0])
    except catalog.Invalid as failure:
        return error(str(failure))
    except (MoneyError, StorageError) as failure:
        return error(str(failure))
    except StatementError as failure:
        # The database layer wraps what a column's type refuses.
        if isinstance(failure.orig, StorageError):
            return error(str(failure.orig))
        raise
    return {"result": "success", **answer}


def error(message: str) -> dict[str, Any]:
    """An answer that refuses."""
    return {"result": "error", "message": message}
