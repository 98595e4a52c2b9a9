"""AdminServicesTabFields and its Save: a module's own rows in the admin's view of a service, or of an addon that it provisions."""

from collections.abc import Mapping
from typing import Any

from modulehost.context import Ctx
from modulehost.lifecycle.modules import call, supports
from modulehost.lifecycle.subjects import Target
from modulehost.runtimes import ModuleFailed


def fields(ctx: Ctx, target: Target) -> list[tuple[str, str]]:
    """The rows as (label, HTML), in the module's order. Raises ModuleFailed."""
    if "AdminServicesTabFields" not in supports(ctx, target):
        return []
    returned = call(ctx, target, "AdminServicesTabFields")
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    return [(str(label), "" if html is None else str(html)) for label, html in dict(returned.value or {}).items()]


def save(ctx: Ctx, target: Target, form: Mapping[str, Any]) -> None:
    """Hand the saved form to the module. Its return value is ignored, as documented; an error is not. Raises ModuleFailed."""
    if "AdminServicesTabFieldsSave" in supports(ctx, target):
        call(ctx, target, "AdminServicesTabFieldsSave", extra={"request": dict(form)})
