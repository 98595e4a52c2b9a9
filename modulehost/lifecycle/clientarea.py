"""What a module shows on the client's product page: the documented forms of ClientArea's return value, made one.

1. a text: HTML.  2. no function but a file clientarea.tpl.  3. templatefile and vars (and breadcrumb).
4. tabOverviewModuleOutputTemplate or tabOverviewReplacementTemplate with templateVariables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost import runtimes
from modulehost.context import Ctx
from modulehost.contract import Module
from modulehost.lifecycle import params
from modulehost.lifecycle.modules import NoModule, call, module_of, server_module
from modulehost.lifecycle.subjects import Target


@dataclass(frozen=True)
class ClientOutput:
    """`html` as it is, or `template` (relative to the module's folder, without or with .tpl) with `variables`.

    `replaces`: the template takes the place of the whole overview. `module` is None for a product without one.
    """

    module: Module | None = None
    html: str = ""
    template: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    replaces: bool = False
    breadcrumb: dict[str, str] = field(default_factory=dict)
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
    replacement = str(value.get("tabOverviewReplacementTemplate") or "")
    template = replacement or str(value.get("tabOverviewModuleOutputTemplate") or value.get("templatefile") or "")
    variables = value.get("templateVariables") or value.get("vars") or {}
    crumbs = value.get("breadcrumb") or {}
    return ClientOutput(
        module,
        template=template,
        variables=dict(variables) if isinstance(variables, Mapping) else {},
        replaces=bool(replacement),
        breadcrumb=dict(crumbs) if isinstance(crumbs, Mapping) else {},
        problems=tuple(returned.problems),
    )
