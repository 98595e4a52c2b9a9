"""A jinja2 environment whose *.tpl templates are Smarty.

Loaders, caching, reload on change and the bytecode cache are jinja2's. The host adds to the dialect with
`host_functions`, `host_modifiers`, `host_tags`, `host_blocks` and `host_classes`, or the register_ methods, before
the first template is compiled.
"""

from __future__ import annotations

import posixpath
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from types import CodeType, TracebackType
from typing import Any

import jinja2
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.sandbox import SandboxedEnvironment

from .compiler import compile_source
from .compiler.lookup import Lookup
from .constants import CONSTANTS
from .errors import LimitError, PhpError, TemplateError, at
from .lexer import normalise
from .objects import HostClass
from .parser import Names
from .runtime.binding import BOUND
from .runtime.instance import Instance
from .runtime.page import Page
from .runtime.tags import BLOCK_TAGS, FILE_TAGS, FUNCTION_TAGS

EMPTY: Mapping[str, Any] = {}
SPECIAL = ("get", "post", "cookies", "server", "env", "session", "request")


@dataclass(frozen=True)
class Limits:
    """What one page may use: loop turns and calls, nested templates and functions, characters of output."""

    steps: int = 1_000_000
    depth: int = 120
    size: int = 64 * 1024 * 1024


class SmartyTemplate(jinja2.Template):
    """A compiled template; `smarty` is its module when it is Smarty, absent for a Jinja page."""

    smarty: dict[str, Any]

    @classmethod
    def _from_namespace(
        cls, environment: jinja2.Environment, namespace: Any, globals: Any
    ) -> SmartyTemplate:
        template = super()._from_namespace(environment, namespace, globals)
        if "required" in namespace and "extends" in namespace:
            template.smarty = namespace  # type: ignore[attr-defined]
        return template  # type: ignore[return-value]

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Render with variables given as in dict(); raises TemplateError."""
        environment = self.environment
        if not hasattr(self, "smarty") or not isinstance(environment, Environment):
            return super().render(*args, **kwargs)
        return environment.smarty_render(self, dict(*args, **kwargs))


class Environment(SandboxedEnvironment):
    """`loader` as in jinja2; `now` gives the Unix time and `random_int` a number between two bounds (inclusive).

    `superglobals` gives the request's `get`, `post`, `cookies`, `server`, `session`, `env` arrays for each render.
    `escape_html` is Smarty's switch for escaping every printed expression. Names that do not end in one of
    `suffixes` are Jinja, in jinja2's sandbox, so that a theme reaches no Python through them either.
    """

    template_class = SmartyTemplate

    def __init__(
        self,
        loader: jinja2.BaseLoader | None = None,
        *,
        now: Callable[[], int],
        random_int: Callable[[int, int], int] | None = None,
        superglobals: Callable[[], Mapping[str, Any]] | None = None,
        constants: Mapping[str, Any] | None = None,
        escape_html: bool = False,
        limits: Limits | None = None,
        suffixes: tuple[str, ...] = (".tpl",),
        **options: Any,
    ) -> None:
        options.setdefault("cache_size", 2000)
        options.setdefault("auto_reload", True)
        options.setdefault("autoescape", True)
        super().__init__(loader=loader, **options)
        self.now = now
        self.random_int = random_int or _no_random
        self.superglobals = superglobals
        self.constants: dict[str, Any] = {**CONSTANTS, **(constants or {})}
        self.escape_html = escape_html
        self.limits = limits or Limits()
        self.suffixes = suffixes
        self.host_functions: dict[str, Callable[..., Any]] = {}
        self.host_modifiers: dict[str, Callable[..., Any]] = {}
        self.host_tags: dict[str, Callable[..., Any]] = {}
        self.host_blocks: dict[str, Callable[..., Any]] = {}
        self.host_classes: dict[str, HostClass] = {}
        self._inline: OrderedDict[str, SmartyTemplate] = OrderedDict()
        self._inline_lock = Lock()

    # Extension by the host

    def register_function(self, name: str, function: Callable[..., Any]) -> None:
        """A function for expressions, `{routePath('x')}`; called with the template's arguments."""
        self.host_functions[name.lower()] = function

    def register_modifier(self, name: str, function: Callable[..., Any]) -> None:
        """A modifier, `{$x|name:1}`; called with the value and the arguments."""
        self.host_modifiers[name] = function

    def register_tag(self, name: str, function: Callable[..., Any]) -> None:
        """A function tag, `{name a=1}`; called with the attributes and a TagContext, returns what is printed."""
        self.host_tags[name] = function

    def register_block(self, name: str, function: Callable[..., Any]) -> None:
        """A block tag; called with the attributes, render(extra_vars) -> str and a TagContext."""
        self.host_blocks[name] = function

    def register_class(self, name: str, cls: HostClass) -> None:
        """A class for static access, `{Name\\Space\\Class::method()}`."""
        self.host_classes[name.lstrip("\\").lower()] = cls

    # Compiling

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        """As jinja2's; *.tpl sources are compiled as Smarty."""
        if raw or name is None or not isinstance(source, str) or not name.endswith(self.suffixes):
            return super().compile(source, name, filename, raw, defer_init)  # type: ignore[call-overload]
        return self.compile_smarty(source, name, filename or name)

    def compile_smarty(self, source: str, name: str, filename: str) -> CodeType:
        """The code object of a Smarty source; TemplateError when it does not compile."""
        return _compile(
            source,
            name,
            filename,
            self.escape_html,
            frozenset(self.host_functions),
            frozenset(self.host_modifiers),
            frozenset(self.host_tags),
            frozenset(self.host_blocks),
            frozenset(self.host_classes),
        )

    def smarty_bind(self, namespace: dict[str, Any]) -> None:
        """Called by compiled templates: puts the runtime's names into their module."""
        namespace.update(BOUND)

    def smarty_root(self, template: SmartyTemplate, context: Any) -> Iterator[str]:
        """The way in when jinja2 itself runs a Smarty template, as for {% include %} in a Jinja page."""
        yield self.smarty_render(template, context.get_all())

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:
        try:
            return super()._load_template(name, globals)
        except UnicodeDecodeError as error:
            raise TemplateError(f"The template is not valid UTF-8 ({error.reason})", name, 1, 1) from None

    # Finding

    def smarty_find(self, name: str, current: str) -> Any:
        """The template an {include} means: `./` is relative to the current one, `file:` is dropped."""
        prefix, colon, rest = name.partition(":")
        if colon and prefix in ("string", "eval"):
            return self._inline_template(rest)
        if colon and prefix == "file":
            name = rest
        if not name:
            raise PhpError("{include}: the file name is empty")
        if name.startswith(("./", "../")):
            base = current.split("file:")[-1]
            name = posixpath.normpath(posixpath.join(posixpath.dirname(base), name))
        try:
            return self.get_template(name)
        except jinja2.TemplateNotFound as error:
            raise PhpError(f"Unable to load template '{error.name or name}'") from None

    def _inline_template(self, source: str) -> SmartyTemplate:
        with self._inline_lock:
            found = self._inline.get(source)
            if found is not None:
                self._inline.move_to_end(source)
                return found
        code = self.compile_smarty(source, "string:" + source[:60].split("\n")[0], "string.tpl")
        template = self.template_class.from_code(self, code, self.make_globals(None), None)
        template._source = source  # type: ignore[attr-defined]
        with self._inline_lock:
            self._inline[source] = template  # type: ignore[assignment]
            if len(self._inline) > 200:
                self._inline.popitem(last=False)
        return template  # type: ignore[return-value]

    def smarty_path(self, name: str) -> str:
        """Where the loader has a template; its name when it lies in no file."""
        try:
            template = self.get_template(name)
        except (jinja2.TemplateError, TemplateError):
            return name
        path = template.filename
        return name if path is None or path == "<template>" else path

    # Rendering

    def smarty_render(
        self,
        template: SmartyTemplate,
        variables: Mapping[str, Any],
        superglobals: Mapping[str, Any] | None = None,
        constants: Mapping[str, Any] = EMPTY,
    ) -> str:
        """Render a Smarty template; every failure is a TemplateError with its place."""
        if superglobals is None:
            superglobals = self.superglobals() if self.superglobals else EMPTY
        page = Page(self, superglobals, constants)
        shared = {key: value for key, value in self.globals.items() if key not in DEFAULT_NAMESPACE}
        out: list[str] = []
        try:
            instance = Instance(page, template.name or "", {**shared, **variables}, None)
            page.start(template, instance, out)
            text = page.join(out)
        except TemplateError as error:
            if not error.includes:
                error.includes = tuple(place[:2] for place in self._places(error.__traceback__))
            raise
        except RecursionError as error:
            raise self._located(LimitError("Templates call each other too deeply"), error.__traceback__) from None
        except PhpError as error:
            raise self._located(error, error.__traceback__) from error.__cause__
        except Exception as error:
            raise self._located(error, error.__traceback__) from error
        return text if text.isascii() else _whole(text)

    def _places(self, traceback: TracebackType | None) -> list[tuple[str, int, int, dict[str, Any]]]:
        """Where in templates a traceback has been, outermost first."""
        found: list[tuple[str, int, int, dict[str, Any]]] = []
        while traceback is not None:
            frame = traceback.tb_frame
            module = frame.f_globals
            if "required" in module and "run" in module and frame.f_code.co_name != "root":
                positions = list(frame.f_code.co_positions())
                column = positions[traceback.tb_lasti // 2][2] or 0
                found.append((module["name"], traceback.tb_lineno, column + 1, module))
            traceback = traceback.tb_next
        return found

    def _located(self, error: BaseException, traceback: TracebackType | None) -> TemplateError:
        message = str(error) if isinstance(error, PhpError) else f"{type(error).__name__}: {error}"
        places = self._places(traceback)
        if not places:
            return TemplateError(message)
        name, line, column, module = places[-1]
        lines = self._source(module).split("\n")
        text = lines[line - 1][:500] if 0 < line <= len(lines) else ""
        includes = tuple((place[0], place[1]) for place in places[:-1] if place[0] != name)
        return TemplateError(message, name, line, column, text, includes)

    def _source(self, module: Mapping[str, Any]) -> str:
        template = module["__jinja_template__"]
        own = getattr(template, "_source", None)
        if own is not None:
            return normalise(own)
        try:
            return normalise(self.loader.get_source(self, template.name)[0]) if self.loader else ""
        except jinja2.TemplateNotFound:
            return ""

    def unknown_tag(self, compiled: Any, name: str, pos: int) -> TemplateError:
        """The error for a tag that is neither built in, nor the host's, nor a function of an including page."""
        return at(f"Unknown tag {{{name}}}", compiled.name or "", self._source(compiled.smarty), pos)


@lru_cache(maxsize=256)
def _compile(
    source: str,
    name: str,
    filename: str,
    escape: bool,
    functions: frozenset[str],
    modifiers: frozenset[str],
    tags: frozenset[str],
    blocks: frozenset[str],
    classes: frozenset[str],
) -> CodeType:
    """Code depends on nothing but these, so short-lived environments share it."""
    names = Names(
        functions=tags.union(FUNCTION_TAGS),
        blocks=blocks.union(BLOCK_TAGS),
        plugin_functions=FILE_TAGS - tags,
        plugin_blocks=frozenset(BLOCK_TAGS) - blocks,
        modifiers=modifiers,
    )
    return compile_source(source, name, filename, names, Lookup(functions, modifiers, classes), escape)


def _whole(text: str) -> str:
    """Text in which split characters are joined again and stray bytes replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text


def _no_random(low: int, high: int) -> int:
    raise PhpError("Random numbers are not available in this environment")

