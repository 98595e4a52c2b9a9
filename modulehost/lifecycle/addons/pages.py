"""The pages of addon modules: `_output` with `_sidebar` for admins, `_clientarea` for clients and guests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost import runtimes
from modulehost.context import Ctx
from modulehost.contract import Module
from modulehost.lifecycle.addons import rows, running
from modulehost.runtimes import ModuleFailed, Returned


@dataclass(frozen=True)
class AdminPage:
    """What `_output` and `_sidebar` returned: HTML of the module's own. `redirect` is an address to go to instead."""

    title: str
    html: str = ""
    sidebar: str = ""
    redirect: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientPage:
    """What `_clientarea` returned. `template` is relative to the module's folder; texts in `variables` are the module's own."""

    module: Module
    title: str = ""
    template: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    breadcrumb: dict[str, str] = field(default_factory=dict)
    tagline: str = ""
    display_title: str = ""
    requires_login: bool = False
    redirect: str = ""
    problems: tuple[str, ...] = ()


def admin_page(ctx: Ctx, name: str, language: str) -> AdminPage:
    """Ask the module for its admin page, after `_upgrade` where that is due. Raises ModuleFailed."""
    module, config = running.ready(ctx, name)
    known = runtimes.functions(ctx, module)
    given, secrets = running.variables(ctx, module, config, running.ADMIN_LINK, language)
    if "output" not in known:
        return AdminPage(config.name)
    returned = running.call(ctx, module, "output", given, secrets=secrets)
    redirect = _redirect(returned.value)
    if redirect:
        return AdminPage(config.name, redirect=redirect)
    html, problems, sidebar = _html(returned), list(returned.problems), ""
    if "sidebar" in known:
        try:
            asked = running.call(ctx, module, "sidebar", given, secrets=secrets)
        except ModuleFailed as failure:
            problems.append(str(failure))
        else:
            sidebar = _html(asked)
            problems += asked.problems
    return AdminPage(config.name, html, sidebar, problems=tuple(problems))


def client_page(ctx: Ctx, name: str, language: str) -> ClientPage | None:
    """Ask the module for its client page; None when it is not active, has none, or says so. Raises ModuleFailed."""
    with ctx.unit(read=True) as db:
        if not rows.is_active(db, name):
            return None
    module, config = running.ready(ctx, name)
    if "clientarea" not in runtimes.functions(ctx, module):
        return None
    given, secrets = running.variables(ctx, module, config, running.CLIENT_LINK, language)
    returned = running.call(ctx, module, "clientarea", given, secrets=secrets)
    value = returned.value if isinstance(returned.value, Mapping) else {}
    if value.get("notFound"):
        return None
    return ClientPage(
        module,
        str(value.get("pagetitle") or config.name),
        str(value.get("templatefile") or "").removesuffix(".tpl"),
        _map(value.get("vars")),
        {str(link): str(label) for link, label in _map(value.get("breadcrumb")).items()},
        str(value.get("tagline") or ""),
        str(value.get("displayTitle") or ""),
        bool(value.get("requirelogin")),
        _redirect(value),
        tuple(returned.problems),
    )


def _html(returned: Returned) -> str:
    # A port may still print where PHP echoes; what it returns comes after that.
    return returned.printed + (returned.value if isinstance(returned.value, str) else "")


def _redirect(value: Any) -> str:
    target = str(value.get("redirectTo") or "") if isinstance(value, Mapping) else ""
    return target if target and not any(sign in target for sign in "\\\r\n") else ""


def _map(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
