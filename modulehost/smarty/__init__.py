"""Smarty 3 and 4 templates, rendered with PHP 8 semantics.

`Environment` is a jinja2 environment whose *.tpl files are Smarty; `render_string` renders one source.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jinja2

from .environment import Environment, Limits, SmartyTemplate
from .errors import LimitError, PhpError, TemplateError
from .objects import HostClass, HostObject, PlainObject
from .runtime.page import TagContext

__all__ = [
    "Environment",
    "HostClass",
    "HostObject",
    "LimitError",
    "Limits",
    "PhpError",
    "PlainObject",
    "SmartyTemplate",
    "TagContext",
    "TemplateError",
    "render_string",
]


def render_string(
    template: str,
    vars: Mapping[str, Any],
    templates: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    get: Mapping[str, Any] | None = None,
    post: Mapping[str, Any] | None = None,
    session: Mapping[str, Any] | None = None,
    server: Mapping[str, Any] | None = None,
    cookies: Mapping[str, Any] | None = None,
    constants: Mapping[str, Any] | None = None,
    environment: type[Environment] = Environment,
) -> str:
    """Render a source (called main.tpl) with other sources by name. Raises TemplateError.

    `options` are keyword arguments of Environment, such as `escape_html`, `now` (default: the wall clock), `limits`.
    """
    settings: dict[str, Any] = {"now": lambda: int(time.time()), "suffixes": ("",), **(options or {})}
    loader = jinja2.DictLoader({**(templates or {}), "main.tpl": template})
    env = environment(loader, **settings)
    superglobals = {"get": get or {}, "post": post or {}, "session": session, "server": server or {}}
    superglobals |= {"cookies": cookies or {}, "env": {}}
    main = env.get_template("main.tpl")
    assert isinstance(main, SmartyTemplate)
    return env.smarty_render(main, vars, superglobals, constants or {})
