"""Alerts at the top of client area pages, which hooks add (ClientAlert)."""

from collections.abc import Mapping
from typing import Any

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.themes import menus
from modulehost.themes.objects import Record

SEVERITIES = ("success", "info", "warning", "danger")


def collect(ctx: Ctx, client: Any) -> list[Record]:
    """What the listeners of ClientAlert want this client to see.

    Each returns one alert or a list: a map of `message`, `severity` (info when it is none of SEVERITIES), `link` and
    `linkText`, or an object with these attributes. Messages are text.
    """
    results = hooks.fire(ctx, "ClientAlert", client)
    menus.report(ctx, [("ClientAlert", one) for one in results if one.error])
    found = []
    for value in hooks.values(results):
        found += [_alert(one) for one in (value if isinstance(value, list | tuple) else [value])]
    return [one for one in found if one is not None]


def _alert(given: Any) -> Record | None:
    def part(name: str) -> str:
        value = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
        return str(value or "")

    if not part("message"):
        return None
    severity = part("severity") if part("severity") in SEVERITIES else "info"
    data = {"message": part("message"), "severity": severity, "link": part("link"), "linkText": part("linkText")}
    return Record(data, class_name="WHMCS\\User\\Alert")
