"""Pages of modules: templates, who is signed in, the visitor's request and session, widgets."""

import functools
import html
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, ParamSpec

from modulehost.sdk import calling

P = ParamSpec("P")


def escape(text: Any) -> str:
    """A text that is safe in HTML."""
    return html.escape(str(text), quote=True)


def render(template: str, **variables: Any) -> str:
    """HTML of a Smarty template in the module's folder; every text in `variables` is escaped before it gets there."""
    from modulehost.smarty import render_string

    folder = calling.function("module_folder")(calling.ctx(), *calling.who())
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
    found: dict[str, Any] | None = calling.ctx().request.get("admin")
    return found


def current_client() -> dict[str, Any] | None:
    """The signed-in client (`id`, `name`), None for others. In the hooks of a client page too."""
    ctx = calling.ctx()
    if "client" not in ctx.request and ctx.actor.kind == "client" and ctx.actor.id:
        return {"id": ctx.actor.id, "name": ctx.actor.name}
    found: dict[str, Any] | None = ctx.request.get("client")
    return found


def may(permission: str) -> bool:
    """Whether the signed-in admin's role holds a permission."""
    check = calling.ctx().request.get("may")
    return bool(check and check(permission))


def language() -> str:
    """The language of the page being served, such as `english`; English where there is no page."""
    asked = calling.ctx().request.get("language")
    return str(asked()) if callable(asked) else "english"


def words() -> dict[str, str]:
    """The texts of an addon module (`lang/`) in the language of the page, where `vars["_lang"]` is not at hand, as in hooks."""
    found: dict[str, str] = calling.function("addon_words")(calling.ctx(), calling.who()[1], language())
    return found


def settings() -> dict[str, str]:
    """The saved fields of the addon module of the running module's name, as `vars` has them, where `vars` is not at hand.

    A server module beside an addon of the same name reads that one's; empty while there is none, or it is not active.
    """
    found: dict[str, str] = calling.function("addon_settings")(calling.ctx(), calling.who()[1])
    return found


def csrf() -> str:
    """The session's token; every form carries it in a hidden input named `token`. In hooks of pages too."""
    return str(calling.page("csrf")())


def note(kind: str, title: str, text: str = "") -> None:
    """A banner for the next page; kind is success, error, info or warning."""
    calling.page("note")(kind, title, text)


def session() -> MutableMapping[str, Any]:
    """What the module keeps in the visitor's session; its own names only."""
    found: MutableMapping[str, Any] = calling.page("session")
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
    return Request(**calling.page("request"))


def redirect(address: str) -> dict[str, str]:
    """Return this from `_output` or `_clientarea` to go to another page, as after a form that changed something."""
    return {"redirectTo": address}


def not_found() -> dict[str, bool]:
    """Return this from `_clientarea` when there is no such page now: the visitor gets the theme's page for it, with status 404."""
    return {"notFound": True}


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
            return calling.page("sign_in")()
        return view(*args, **kwargs)

    return guarded


def webhook(view: Callable[P, Any]) -> Callable[P, Any]:
    """For views of web.py that a vendor calls: no session token is asked for. The view must check the caller's signature itself."""
    view.checks_caller = True  # type: ignore[attr-defined]
    return view
