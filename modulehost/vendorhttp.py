"""Where vendor HTTP really goes: the endpoint map, and time-outs that end with the running call.

An adapter is the one place that every request of a session passes, whoever built the session (requests, Authlib).
"""

from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter

DEFAULT_SECONDS = 30.0


def mapped(url: str, endpoints: Mapping[str, str]) -> str:
    """`url` with the longest vendor address of the map that it starts with replaced."""
    for vendor in sorted(endpoints, key=len, reverse=True):
        if url == vendor or url.startswith((vendor + "/", vendor + "?", vendor + "#")):
            return endpoints[vendor] + url[len(vendor) :]
    return url


class _Adapter(HTTPAdapter):
    def __init__(
        self, endpoints: Mapping[str, str], remaining: Callable[[], float | None], check: Callable[[], Any]
    ) -> None:
        super().__init__()
        self._endpoints, self._remaining, self._check = dict(endpoints), remaining, check

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._check()
        asked, left = kwargs.get("timeout"), self._remaining()
        limit = left if left is not None else DEFAULT_SECONDS
        if isinstance(asked, tuple):
            kwargs["timeout"] = tuple(min(limit, part) if part is not None else limit for part in asked)
        else:
            kwargs["timeout"] = min(limit, asked) if asked is not None else limit
        request.url = mapped(str(request.url), self._endpoints)
        request.headers.pop("Host", None)
        if request.url.startswith("http://"):
            kwargs["proxies"] = {}  # a sandbox on this machine is not reached through a proxy
        response = super().send(request, *args, **kwargs)
        self._check()
        return response


def mount(
    session: requests.Session,
    endpoints: Mapping[str, str],
    remaining: Callable[[], float | None],
    check: Callable[[], Any],
) -> None:
    """Send everything of `session` through the map."""
    adapter = _Adapter(endpoints, remaining, check)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
