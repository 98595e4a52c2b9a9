"""The host: journals, API actions, hooks, sessions on its tables, addresses, time and chance."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from modulehost import hooks as _hooks
from modulehost import journal as _journal
from modulehost import settings as _settings
from modulehost.sdk import calling


def logModuleCall(
    module: str, action: str, request: Any, response: Any, processed: Any = "", replace: Iterable[Any] = ()
) -> None:
    """Write to the module log (tblmodulelog) while it is enabled; every text in `replace` is masked, and so are the call's secrets."""
    _journal.module_log(calling.ctx(), module, action, request, response, processed, replace)


def logActivity(message: str, client_id: int = 0) -> None:
    """Write a line to the activity log, of a client when `client_id` is given."""
    with calling.ctx().unit() as db:
        _journal.activity(db, message, client_id)


def localAPI(command: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run an API action with full permission; returns its answer (`result` is success or error)."""
    answer: dict[str, Any] = calling.function("localAPI")(calling.ctx(), command, dict(values or {}))
    return answer


def add_hook(point: str, priority: int, function: Callable[[dict[str, Any]], Any]) -> None:
    """Subscribe to a hook point; lower priorities run earlier. Works while hooks.py or includes/hooks/*.py is loaded."""
    ctx = calling.ctx()
    owner = str(ctx.request.get("hook_owner") or "")
    if not _hooks.subscribing(ctx.host, owner):
        raise LookupError(
            f"add_hook({point!r}) was called outside of a hook file, where every call would subscribe once more; "
            "move it into hooks.py of the module or into includes/hooks/"
        )
    _hooks.add(ctx.host, point, priority, function, owner)


@contextlib.contextmanager
def unit(read: bool = False) -> Iterator[Session]:
    """A SQLAlchemy session on the host's tables, committed at the end. Do no vendor call inside: the host refuses it."""
    with calling.ctx().unit(read=read) as db:
        yield db


def system_url() -> str:
    """The host's public address with a slash at its end."""
    with calling.ctx().unit(read=True) as db:
        return _settings.system_url(db)


def module_url(path: str = "") -> str:
    """The address of the module's own pages (web.py): `<system url>modules/servers/<name>/<path>`."""
    type_, name = calling.who()
    return f"{system_url()}modules/{type_}/{name}/{path.lstrip('/')}"


def product_options(product_id: int) -> dict[int, str]:
    """A product's module settings by position (configoption1 is 1), secrets decrypted."""
    found: dict[int, str] = calling.function("product_options")(calling.ctx(), product_id)
    return found


def countries() -> dict[str, str]:
    """Every country that an address may have: code => English name."""
    found: dict[str, str] = calling.function("countries")(calling.ctx())
    return found


def pending(message: str, reference: str = "") -> dict[str, str]:
    """Return this from a command whose work goes on at the vendor.

    The service keeps its status. The host runs the command again later with `params["pending"]` set to `reference`
    (empty on the first run), until it returns "success" or an error text.
    """
    return {"pending": reference, "message": message}


def now() -> datetime:
    """The host's time, naive UTC."""
    return calling.ctx().host.clock.now()


def today() -> date:
    """The host's day."""
    return calling.ctx().host.clock.today()


def token(length: int = 40) -> str:
    """A random secret of letters and digits."""
    return calling.ctx().host.entropy.token(length)


def password(length: int = 14, signs: bool = True) -> str:
    """A random password with upper and lower case letters, digits and, unless `signs` is False, signs."""
    return calling.ctx().host.entropy.password(length, signs)
