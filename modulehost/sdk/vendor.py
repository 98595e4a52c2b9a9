"""HTTP to the vendor: addresses follow the endpoint map, time-outs end with the running call."""

from typing import TYPE_CHECKING, Any

from modulehost import settings as _settings
from modulehost.context import foreign
from modulehost.sdk import calling

if TYPE_CHECKING:
    import requests


def http() -> "requests.Session":
    """A requests session for the vendor: addresses follow the endpoint map, time-outs end with the running call."""
    import requests

    made: requests.Session = prepare(requests.Session())
    return made


def prepare(given: Any) -> Any:
    """Make any requests session (also Authlib's OAuth2Session) follow the endpoint map and the call's time limit."""
    from modulehost.vendorhttp import mount

    ctx = calling.ctx()
    with ctx.unit(read=True) as db:
        endpoints = _settings.endpoints(db)
    mount(given, endpoints, calling.remaining, _before_request)
    return given


def _before_request() -> None:
    calling.ctx()  # raises when the call has been revoked
    foreign("a request to the vendor")


def vendor_url(url: str) -> str:
    """A vendor address as the browser should be sent there: the sandbox's while the endpoint map names one."""
    from modulehost.vendorhttp import mapped

    with calling.ctx().unit(read=True) as db:
        return mapped(url, _settings.endpoints(db))
