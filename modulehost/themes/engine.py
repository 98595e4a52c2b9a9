"""The template engine of client pages: names of templates, the functions and tags that official templates call.

A template's name is a path below `templates`: `harbour/header.tpl`, `harbour/includes/navbar.tpl`,
`orderforms/harbour_cart/products.tpl`; a module's template is `modules/servers/<module>/<file>.tpl`. The first part names a
theme; the file is looked for in it and its parents. Who draws a page holds a `Drawing`, which keeps what was considered.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import jinja2

from modulehost.context import Host
from modulehost.language import phrase, texts
from modulehost.smarty import Environment, HostClass, HostObject, TagContext, TemplateError
from modulehost.smarty.runtime.formats import sprintf
from modulehost.themes import routes
from modulehost.themes.encode import encoded
from modulehost.themes.resolve import MODULE_TYPES, Choice, resolve, shown
from modulehost.themes.theme import ORDERFORM
from modulehost.themes.theme import exists as theme_exists
from modulehost.themes.visit import Visit


class Drawing:
    """One page being drawn: call it with a template's name and variables."""

    def __init__(self, host: Host, theme: str, order_form: str, language: str, visit: Visit) -> None:
        self.host, self.theme, self.order_form = host, theme, order_form
        self.language, self.visit = language, visit
        self.choices: dict[str, Choice] = {}

    def __call__(self, name: str, variables: dict[str, Any]) -> str:
        """Draw one template. Raises TemplateError."""
        try:
            return self.host.part(Engine).environment.get_template(name).render(variables)
        except jinja2.TemplateNotFound as error:
            raise TemplateError(str(error.message)) from error

    def find(self, name: str) -> Choice:
        """What a template's name means here; remembered for the inspector."""
        choice = find(self.host, self.theme, name)
        self.choices[name] = choice
        return choice

    def asset(self, file: str, folder: str = "") -> str:
        """The address of the first existing css, js or img file in the theme's chain; empty when there is none."""
        for where in (folder,) if folder else ("css", "js", "img", "images"):
            choice = resolve(self.host, self.theme, "asset", f"{where}/{file}")
            self.choices[f"{where}/{file}"] = choice
            if choice.winner is not None:
                return f"{self.visit.web_root}/templates/{self.theme}/{where}/{file}"
        return ""


_drawing: ContextVar[Drawing | None] = ContextVar("modulehost_drawing", default=None)


@contextlib.contextmanager
def drawing(host: Host, theme: str, order_form: str, language: str, visit: Visit) -> Iterator[Drawing]:
    """Everything drawn inside belongs to one page."""
    current = Drawing(host, theme, order_form, language, visit)
    token = _drawing.set(current)
    try:
        yield current
    finally:
        _drawing.reset(token)


def current() -> Drawing:
    """The page being drawn."""
    found = _drawing.get()
    if found is None:
        raise RuntimeError("templates are drawn inside themes.engine.drawing() only")
    return found


def find(host: Host, theme: str, name: str) -> Choice:
    """What a template's name means in a theme, with every candidate."""
    first, _, rest = name.partition("/")
    if first == "orderforms":
        form, _, file = rest.partition("/")
        if not theme_exists(host, form, ORDERFORM):
            return Choice("orderform", name, None, ())
        return resolve(host, form, "orderform", file)
    if first == "modules":
        kind, _, file = rest.partition("/")
        if kind in MODULE_TYPES:
            return resolve(host, theme, kind, file)
    if rest and first != theme and not theme_exists(host, first):
        return Choice("page", name, None, ())
    return resolve(host, first if rest else theme, "page", rest or name)


class Engine:
    """The one environment of a host: `host.part(Engine)`."""

    def __init__(self, host: Host) -> None:
        self.environment = Environment(
            Loader(host),
            now=lambda: int(host.clock.time()),
            random_int=lambda low, high: low + int.from_bytes(host.entropy.bytes(8), "big") % (high - low + 1),
            superglobals=_superglobals,
        )
        for name, function in _FUNCTIONS.items():
            self.environment.register_function(name, function)
        self.environment.register_tag("lang", _lang)
        self.environment.register_tag("assetPath", _asset_path)
        self.environment.register_block("assetExists", _asset_exists)
        self.environment.register_modifier("sprintf2", _sprintf2)
        for name, methods in _CLASSES.items():
            self.environment.register_class(name, HostClass(methods))


class Loader(jinja2.BaseLoader):
    """Finds templates through the themes. A saved file, and a new file that wins over the old one, count at once."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source, its path, and whether it is still what the name means."""
        choice = current().find(template)
        if choice.winner is None:
            looked = "; ".join(f"{shown(self.host, c.path)} ({c.reason})" for c in choice.candidates)
            if not looked:
                raise jinja2.TemplateNotFound(
                    template, f"Template {template!r} is not looked for: the name leaves its folder, or names no theme or module"
                )
            raise jinja2.TemplateNotFound(template, f"Template {template!r} does not exist; looked for {looked}")
        path, signature = choice.winner, _signature(choice.winner)

        def unchanged() -> bool:
            winner = current().find(template).winner
            return winner == path and _signature(path) == signature

        return path.read_bytes().decode("utf-8", "surrogateescape"), str(path), unchanged


def _signature(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _superglobals() -> dict[str, Any]:
    visit = current().visit
    return {
        "get": encoded(dict(visit.query)),
        "post": encoded(dict(visit.form)),
        "cookies": encoded(dict(visit.cookies)),
        "server": encoded(dict(visit.server)),
        "session": {},
        "env": {},
    }


def _lang(attributes: Mapping[str, Any], context: TagContext) -> str:
    """`{lang key='a.b' name=value}`: the phrase, `:name` replaced; `defaultValue` stands in for an unknown key."""
    values = {name: _printed(value) for name, value in attributes.items()}
    key = values.pop("key", "")
    fallback = values.pop("defaultValue", None)
    language = current().language
    if fallback is not None and key not in texts(language) and key not in texts("english"):
        return fallback
    return phrase(language, key, **values)


def _printed(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, HostObject):
        return value.to_string()
    return "1" if value is True else str(value)


def _asset_path(attributes: Mapping[str, Any], context: TagContext) -> str:
    """`{assetPath file='x.css' ns='dir'}`: its address, also when it does not exist (the browser's log says so)."""
    drawing_ = current()
    file, folder = str(attributes.get("file", "")), str(attributes.get("ns", ""))
    return (
        drawing_.asset(file, folder) or f"{drawing_.visit.web_root}/templates/{drawing_.theme}/{folder or 'css'}/{file}"
    )


def _asset_exists(
    attributes: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str], context: TagContext
) -> str:
    """`{assetExists file='custom.css'}...{/assetExists}`: the body, with `$__assetPath__`, when the file exists."""
    found = current().asset(str(attributes.get("file", "")), str(attributes.get("ns", "")))
    return render({"__assetPath__": found}) if found else ""


def _route_path(name: str, *arguments: Any) -> str:
    return routes.path(current().visit.web_root, str(name), *map(_printed, arguments))


def _full_route_path(name: str, *arguments: Any) -> str:
    return current().host.base_url.rstrip("/") + _route_path(name, *arguments)


def _route_path_with_query(name: str, arguments: Any = None, query: Any = None) -> str:
    given = list(arguments.values()) if isinstance(arguments, dict) else list(arguments or [])
    asked = query if isinstance(query, dict) else {}
    return routes.with_query(current().visit.web_root, str(name), [_printed(a) for a in given], asked)


def _flash_message() -> Any:
    """`get_flash_message()`: the waiting message once, else false."""
    visit = current().visit
    found, visit.flash = visit.flash, None
    return encoded({"type": found[0], "text": found[1]}) if found else False


def _sprintf2(text: Any, *values: Any) -> str:
    """`{'%s of %s'|sprintf2:1:2}`."""
    return sprintf(_printed(text), list(values))


def _file_exists(name: Any = "") -> bool:
    """`file_exists("templates/$template/x.tpl")`: themes ask it of their own files, and of nothing else."""
    first, _, rest = str(name).removeprefix("./").partition("/")
    return first == "templates" and current().find(rest).winner is not None


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "routePath": _route_path,
    "fqdnRoutePath": _full_route_path,
    "routePathWithQuery": _route_path_with_query,
    "get_flash_message": _flash_message,
    "file_exists": _file_exists,
}
_CLASSES: dict[str, dict[str, Callable[..., Any]]] = {
    "WHMCS\\View\\Asset": {
        "fontCssInclude": lambda file="": "",
        "cssInclude": lambda file="": "",
        "jsInclude": lambda file="": "",
    },
    "WHMCS\\Utility\\Environment\\WebHelper": {"getBaseUrl": lambda: current().visit.web_root},
    "WHMCS\\Billing\\Tax\\Vat": {"getLabel": lambda *a: phrase(current().language, "invoicestaxname")},
}
