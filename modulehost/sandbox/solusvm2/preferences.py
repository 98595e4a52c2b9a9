"""The application's settings: the billing integration, which only `PATCH settings` changes, and the rest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import activity
from modulehost.sandbox.solusvm2.refusals import Given
from modulehost.sandbox.solusvm2.state import Settings, State, User

DRIVER = "whmcs"


def shown(settings: Settings) -> dict[str, Any]:
    """All settings, as the API reads them."""
    driver = {"url": settings.url, "token": settings.token}
    return {**settings.other, "billing_integration": {"type": settings.type, "drivers": {DRIVER: driver}}}


def change(world: World[State], by: User, body: Mapping[str, Any]) -> None:
    """Put the given values into force, whole objects merged into what is there. Raises Refused 422."""
    settings, given = world.state.settings, Given(body)
    if world.fault("settings_refused"):
        given.refuse("billing_integration", "The billing integration is refused by a fault switch.")
    new = {"type": settings.type, "url": settings.url, "token": settings.token}
    integration = given.part("billing_integration")
    if integration is not None:
        kind = integration.choice("type", ("", DRIVER))
        new["type"] = new["type"] if kind is None else kind
        drivers = integration.part("drivers")
        driver = drivers.part(DRIVER) if drivers is not None else None
        if driver is not None:
            for name in ("url", "token"):
                value = driver.text(name, longest=2000)
                new[name] = new[name] if value is None else value
            if new["url"] and not _is_url(new["url"]):
                driver.refuse("url", "The url has to be an address that begins with http:// or https://.")
    for name, value in body.items():
        if name != "billing_integration" and isinstance(settings.other.get(name), dict) and not isinstance(value, dict):
            given.refuse(name, f"The {name} has to be an object.")
    given.done()
    settings.type, settings.url, settings.token = new["type"], new["url"], new["token"]
    settings.other = _merged(
        settings.other, {name: value for name, value in body.items() if name != "billing_integration"}
    )
    settings.updated = world.now()
    activity.log(world, "settings.updated", by, names=sorted(body))


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = _merged(found[name], value) if both else value
    return found
