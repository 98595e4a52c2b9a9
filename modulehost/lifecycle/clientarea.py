"""What a module shows on the client's product page: the documented forms of ClientArea's return value, made one.

1. a text: HTML.  2. no function but a file clientarea.tpl.  3. templatefile and vars (and breadcrumb).
4. tabOverviewModuleOutputTemplate or tabOverviewReplacementTemplate with templateVariables.
5. beside these, customary: overrideDisplayTitle, overrideBreadcrumb, appendToBreadcrumb, outputTemplateFile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost import runtimes
from modulehost.context import Ctx
from modulehost.contract import Module, crumbs
from modulehost.lifecycle import params
from modulehost.lifecycle.modules import NoModule, call, module_of, server_module
from modulehost.lifecycle.subjects import Target


@dataclass(frozen=True)
class ClientOutput:
    """`html` as it is, or `template` (relative to the module's folder, without or with .tpl) with `variables`.

    `replaces`: the template takes the place of the whole overview. `page`: a template of the module that takes the place of the
    whole product page. `title` replaces the page's heading, `breadcrumb` its way unless it is None, `appended` is put behind
    that. `module` is None for a product without one.
    """

    module: Module | None = None
    html: str = ""
    template: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    replaces: bool = False
    page: str = ""
    title: str = ""
    breadcrumb: list[tuple[str, str]] | None = None
    appended: list[tuple[str, str]] = field(default_factory=list)
    problems: tuple[str, ...] = ()


def output(ctx: Ctx, target: Target) -> ClientOutput:
    """Ask the module. Raises ModuleFailed."""
    with ctx.unit(read=True) as db:
        try:
            name = module_of(db, target)
        except NoModule:
            return ClientOutput()
    module = server_module(ctx, name)
    if "ClientArea" not in runtimes.functions(ctx, module):
        if not (module.folder / "clientarea.tpl").exists():
            return ClientOutput(module)
        with ctx.unit(read=True) as db:
            given = {k: v for k, v in params.of(db, target).items() if k != "model"}
        return ClientOutput(module, template="clientarea", variables=given)
    returned = call(ctx, target, "ClientArea")
    value = returned.value
    if value is None:
        return ClientOutput(module)
    if isinstance(value, str):
        return ClientOutput(module, html=value)
    if not isinstance(value, Mapping):
        return ClientOutput(module, problems=tuple(returned.problems))
    # What has a wrong type is among the problems; the rest of the answer still counts.
    replacement = _text(value, "tabOverviewReplacementTemplate")
    template = replacement or _text(value, "tabOverviewModuleOutputTemplate") or _text(value, "templatefile")
    variables = value.get("templateVariables") or value.get("vars") or {}
    replaced = value.get("overrideBreadcrumb")
    return ClientOutput(
        module,
        template=template,
        variables=dict(variables) if isinstance(variables, Mapping) else {},
        replaces=bool(replacement),
        page=_text(value, "outputTemplateFile"),
        title=_text(value, "overrideDisplayTitle"),
        breadcrumb=crumbs(replaced) if replaced is not None else None,
        appended=[*(crumbs(value.get("breadcrumb") or {}) or []), *(crumbs(value.get("appendToBreadcrumb") or {}) or [])],
        problems=tuple(returned.problems),
    )


def _text(value: Mapping[Any, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
