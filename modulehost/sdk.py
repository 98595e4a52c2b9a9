"""All that a Python module imports from its host.

Names follow the public helper functions of the emulated system where it has them (`logModuleCall`, `localAPI`, `add_hook`).
Everything here belongs to the call that is running: outside a host these functions raise LookupError, and after a call
was stopped by its time limit they raise CallExpired. `docs/modules.md` shows them in use.
"""

import contextlib
import fcntl
import functools
import html
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ParamSpec

from sqlalchemy import Table, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import hooks as _hooks
from modulehost import journal as _journal
from modulehost import settings as _settings
from modulehost.context import Ctx, current, entered, foreign
from modulehost.contract import CustomAction, CustomActionCollection
from modulehost.schema import ModuleStore
from modulehost.schema import own as _own
from modulehost.vault import Vault

if TYPE_CHECKING:
    import requests

P = ParamSpec("P")

__all__ = [
    "CustomAction", "CustomActionCollection", "Request", "Status", "Store", "Widget", "add_columns", "add_hook", "admin_page",
    "create_table", "csrf", "current_admin", "current_client", "drop_table", "escape", "http", "localAPI", "lock",
    "logActivity", "logModuleCall", "may", "module_url", "note", "now", "password", "pending", "prepare", "product_options",
    "redirect", "render", "request", "session", "store", "system_url", "table", "today", "token", "unit", "vendor_url",
    "webhook",
]  # fmt: skip


# --- journal ---------------------------------------------------------------------------------------------------------


def logModuleCall(
    module: str, action: str, request: Any, response: Any, processed: Any = "", replace: Iterable[Any] = ()
) -> None:
    """Write to the module log (tblmodulelog) while it is enabled; every text in `replace` is masked, and so are the call's secrets."""
    _journal.module_log(_ctx(), module, action, request, response, processed, replace)


def logActivity(message: str, client_id: int = 0) -> None:
    """Write a line to the activity log, of a client when `client_id` is given."""
    with _ctx().unit() as db:
        _journal.activity(db, message, client_id)


# --- the host --------------------------------------------------------------------------------------------------------


def localAPI(command: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run an API action with full permission; returns its answer (`result` is success or error)."""
    answer: dict[str, Any] = _function("localAPI")(_ctx(), command, dict(values or {}))
    return answer


def add_hook(point: str, priority: int, function: Callable[[dict[str, Any]], Any]) -> None:
    """Subscribe to a hook point; lower priorities run earlier. Works while hooks.py or includes/hooks/*.py is loaded."""
    ctx = _ctx()
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
    with _ctx().unit(read=read) as db:
        yield db


def system_url() -> str:
    """The host's public address with a slash at its end."""
    with _ctx().unit(read=True) as db:
        return _settings.system_url(db)


def module_url(path: str = "") -> str:
    """The address of the module's own pages (web.py): `<system url>modules/servers/<name>/<path>`."""
    type_, name = _who()
    return f"{system_url()}modules/{type_}/{name}/{path.lstrip('/')}"


def product_options(product_id: int) -> dict[int, str]:
    """A product's module settings by position (configoption1 is 1), secrets decrypted."""
    found: dict[int, str] = _function("product_options")(_ctx(), product_id)
    return found


def pending(message: str, reference: str = "") -> dict[str, str]:
    """Return this from a command whose work goes on at the vendor.

    The service keeps its status. The host runs the command again later with `params["pending"]` set to `reference`
    (empty on the first run), until it returns "success" or an error text.
    """
    return {"pending": reference, "message": message}


class Status:
    """The states of an account that ListAccounts tells."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"


# --- time and chance -------------------------------------------------------------------------------------------------


def now() -> datetime:
    """The host's time, naive UTC."""
    return _ctx().host.clock.now()


def today() -> date:
    """The host's day."""
    return _ctx().host.clock.today()


def token(length: int = 40) -> str:
    """A random secret of letters and digits."""
    return _ctx().host.entropy.token(length)


def password(length: int = 14, signs: bool = True) -> str:
    """A random password with upper and lower case letters, digits and, unless `signs` is False, signs."""
    return _ctx().host.entropy.password(length, signs)


# --- vendor HTTP -----------------------------------------------------------------------------------------------------


def http() -> "requests.Session":
    """A requests session for the vendor: addresses follow the endpoint map, time-outs end with the running call."""
    import requests

    made: requests.Session = prepare(requests.Session())
    return made


def prepare(given: Any) -> Any:
    """Make any requests session (also Authlib's OAuth2Session) follow the endpoint map and the call's time limit."""
    from modulehost.vendorhttp import mount

    ctx = _ctx()
    with ctx.unit(read=True) as db:
        endpoints = _settings.endpoints(db)
    mount(given, endpoints, _remaining, _before_request)
    return given


def _before_request() -> None:
    _ctx()  # raises when the call has been revoked
    foreign("a request to the vendor")


def vendor_url(url: str) -> str:
    """A vendor address as the browser should be sent there: the sandbox's while the endpoint map names one."""
    from modulehost.vendorhttp import mapped

    with _ctx().unit(read=True) as db:
        return mapped(url, _settings.endpoints(db))


# --- storage ---------------------------------------------------------------------------------------------------------


class Store:
    """Names and texts that a module keeps, apart for every `scope`. Shared by the whole installation."""

    def __init__(self, module_type: str, module: str, scope: str) -> None:
        self._key = (module_type, module, scope)

    def _where(self, name: str | None = None) -> list[Any]:
        type_, module, scope = self._key
        found: list[Any] = [ModuleStore.module_type == type_, ModuleStore.module == module, ModuleStore.scope == scope]
        return found if name is None else [*found, ModuleStore.name == name]

    def get(self, name: str, default: str = "") -> str:
        """The text under `name`, decrypted, else `default`."""
        ctx = _ctx()
        if (tried := _tried(ctx)) is not None and (*self._key, name) in tried:
            return tried[*self._key, name] or default
        with ctx.unit(read=True) as db:
            row = db.scalar(select(ModuleStore).where(*self._where(name)))
        return default if row is None else ctx.host.part(Vault).decrypt(row.value) if row.encrypted else row.value

    def set(self, name: str, value: str, secret: bool = False) -> None:
        """Keep `value` under `name`; `secret` encrypts it at rest."""
        ctx = _ctx()
        if (tried := _tried(ctx)) is not None:
            tried[*self._key, name] = value
            return
        stored = ctx.host.part(Vault).encrypt(value) if secret else value
        try:
            self._put(ctx, name, stored, secret)
        except IntegrityError:  # another call made the row in the same instant; now it is there
            self._put(ctx, name, stored, secret)

    def _put(self, ctx: Ctx, name: str, stored: str, secret: bool) -> None:
        type_, module, scope = self._key
        with ctx.unit() as db:
            row = db.scalar(select(ModuleStore).where(*self._where(name)))
            if row is None:
                row = ModuleStore(module_type=type_, module=module, scope=scope, name=name)
                db.add(row)
            row.value, row.encrypted, row.updated_at = stored, int(secret), ctx.host.clock.now()

    def delete(self, name: str) -> None:
        """Forget `name`."""
        if (tried := _tried(_ctx())) is not None:
            tried[*self._key, name] = None
            return
        with _ctx().unit() as db:
            db.execute(delete(ModuleStore).where(*self._where(name)))

    def names(self) -> list[str]:
        """All names of this scope."""
        ctx = _ctx()
        with ctx.unit(read=True) as db:
            found = set(db.scalars(select(ModuleStore.name).where(*self._where())))
        for (*key, name), value in (_tried(ctx) or {}).items():
            if tuple(key) == self._key:
                (found.discard if value is None else found.add)(name)
        return sorted(found)


def _tried(ctx: Ctx) -> dict[tuple[str, ...], str | None] | None:
    """What a call with sample params keeps: in memory, laid over the rows, so that trying a function leaves nothing behind."""
    found: dict[tuple[str, ...], str | None] | None = ctx.request.get("sample_store")
    return found


def store(scope: str = "") -> Store:
    """The running module's own store."""
    return Store(*_who(), scope)


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the module's lock `name`: one holder at a time across all threads and processes of the host."""
    ctx = _ctx()
    folder = ctx.host.root / "run" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join((*_who(), name)))
    deadline = time.monotonic() + (_remaining() or 30)
    with (folder / safe).open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if ctx.call is not None:
                    ctx.call.check()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another call held the lock {name!r} for too long") from None
                time.sleep(0.01)
        yield


def table(name: str, **columns: str) -> Table:
    """A table of the module's own (customary prefix `mod_`) with a key `id`, as a SQLAlchemy table.

    A column's type is a word: int, bigint, varchar(64), text, decimal(16,2), date, datetime; with `?` it may be NULL, without
    it is never NULL and starts as 0, an empty text or None (for dates). Raises ValueError for a table of the host's.
    """
    return _own.table(name, columns)


def create_table(db: Session, table: Table) -> None:
    """Create the module's table unless it exists. In a `unit()`."""
    _own.create(db, table)


def add_columns(db: Session, table: Table) -> list[str]:
    """Add the columns that the existing table lacks, for `_upgrade`; returns their names. In a `unit()`."""
    return _own.add_columns(db, table)


def drop_table(db: Session, table: Table) -> None:
    """Drop the module's table if it exists. In a `unit()`."""
    _own.drop(db, table)


# --- pages -----------------------------------------------------------------------------------------------------------


def escape(text: Any) -> str:
    """A text that is safe in HTML."""
    return html.escape(str(text), quote=True)


def render(template: str, **variables: Any) -> str:
    """HTML of a Smarty template in the module's folder; every text in `variables` is escaped before it gets there."""
    from modulehost.smarty import render_string

    folder = _function("module_folder")(_ctx(), *_who())
    path = (folder / template).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{template} lies outside the module's folder")
    text: str = render_string(path.read_text(), {k: _escaped(v) for k, v in variables.items()})
    return text


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {k: _escaped(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escaped(v) for v in value]
    return value


def current_admin() -> dict[str, Any] | None:
    """The signed-in admin (`id`, `username`), None for others."""
    found: dict[str, Any] | None = _ctx().request.get("admin")
    return found


def current_client() -> dict[str, Any] | None:
    """The signed-in client (`id`, `name`), None for others. In the hooks of a client page too."""
    ctx = _ctx()
    if "client" not in ctx.request and ctx.actor.kind == "client" and ctx.actor.id:
        return {"id": ctx.actor.id, "name": ctx.actor.name}
    found: dict[str, Any] | None = ctx.request.get("client")
    return found


def may(permission: str) -> bool:
    """Whether the signed-in admin's role holds a permission."""
    check = _ctx().request.get("may")
    return bool(check and check(permission))


def csrf() -> str:
    """The session's token; every form of the module carries it in a hidden input named `token`."""
    return str(_page("csrf")())


def note(kind: str, title: str, text: str = "") -> None:
    """A banner for the next page; kind is success, error, info or warning."""
    _page("note")(kind, title, text)


def session() -> MutableMapping[str, Any]:
    """What the module keeps in the visitor's session; its own names only."""
    found: MutableMapping[str, Any] = _page("session")
    return found


@dataclass(frozen=True)
class Request:
    """What the visitor sent: `query` of the address and `form` of the body, each name with its last value.

    `lists` has all values of a name (tick boxes `id[]`), of form and query together. `address` is path and query.
    """

    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    lists: Mapping[str, list[str]]
    address: str
    ip: str

    @property
    def posted(self) -> bool:
        """Whether a form was sent; the host has checked its token then."""
        return self.method == "POST"

    def value(self, name: str, default: str = "") -> str:
        """A value of the form, else of the query."""
        return self.form.get(name, self.query.get(name, default))


def request() -> Request:
    """The request that `_output` or `_clientarea` of an addon module answers; web.py has Flask's."""
    return Request(**_page("request"))


def redirect(address: str) -> dict[str, str]:
    """Return this from `_output` or `_clientarea` to go to another page, as after a form that changed something."""
    return {"redirectTo": address}


class Widget:
    """A card of the admin home page: subclass it, and return an object of it from a function at the hook AdminHomeWidgets.

    `weight` decides the order (lower comes first), `columns` its width (1 to 3); with `cache` what `get_data` returned is kept
    for `cacheExpiry` seconds; only admins who hold `requiredPermission` see it (empty: all).
    """

    title = ""
    description = ""
    weight = 150
    columns = 1
    cache = False
    cacheExpiry = 120
    requiredPermission = ""

    def get_data(self) -> Any:
        """What `generate_output` is given."""
        return {}

    def generate_output(self, data: Any) -> str:
        """The HTML of the card."""
        raise NotImplementedError(f"{type(self).__name__} defines no generate_output")


def admin_page(view: Callable[P, Any]) -> Callable[P, Any]:
    """For views of web.py that only signed-in admins may open; others are sent to the sign-in page."""

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if current_admin() is None:
            return _page("sign_in")()
        return view(*args, **kwargs)

    return guarded


def webhook(view: Callable[P, Any]) -> Callable[P, Any]:
    """For views of web.py that a vendor calls: no session token is asked for. The view must check the caller's signature itself."""
    view.checks_caller = True  # type: ignore[attr-defined]
    return view


# --- inside ----------------------------------------------------------------------------------------------------------


def _ctx() -> Ctx:
    ctx = current()
    if ctx.call is not None:
        ctx.call.check()
    return ctx


def _who() -> tuple[str, str]:
    ctx = _ctx()
    owner = str(ctx.request.get("hook_owner") or "")
    if not owner and ctx.call is not None and ctx.call.module:
        return ctx.call.module_type, ctx.call.module
    if "/" not in owner:
        raise LookupError("no module is running here")
    type_, _, name = owner.partition("/")
    return type_, name


def _page(name: str) -> Any:
    ctx = _ctx()
    if name not in ctx.request:
        raise LookupError(f"sdk.{name} works in the pages of a module only; no page is being served here")
    return ctx.request[name]


def _function(name: str) -> Callable[..., Any]:
    try:
        return _ctx().host.functions[name]
    except KeyError:
        raise LookupError(f"this host was started without the room that offers {name}") from None


def _remaining() -> float | None:
    call = _ctx().call
    return None if call is None or not call.started else max(0.05, call.seconds - (time.monotonic() - call.started))


def _enter_for_tests(ctx: Ctx) -> contextlib.AbstractContextManager[Ctx]:
    """Make `ctx` the running one; the test plug-in uses it."""
    return entered(ctx)
