"""What the simulators hold, asked of them and given back by their control pages."""

from typing import Any

from modulehost import settings
from modulehost.context import Ctx

SECONDS = 20


class Unreachable(ValueError):
    """A simulator that a snapshot needs does not answer."""


def states(ctx: Ctx) -> dict[str, Any]:
    """Address -> objects of every simulator that the vendor endpoint map leads to. Raises Unreachable."""
    with ctx.unit(read=True) as db:
        targets = settings.endpoints(db)
    bases = sorted({_base(url) for url in targets.values()})
    found: dict[str, Any] = {}
    for base in bases:
        if _is_simulator(base):
            found[base] = _ask("GET", f"{base}/_sandbox/objects?secrets=1")
    return found


def check(held: dict[str, Any]) -> None:
    """Raises Unreachable unless each simulator of a snapshot answers at its address."""
    for base in held:
        if not _is_simulator(base):
            raise Unreachable(f"the snapshot holds what the simulator at {base} had, and none answers there; start it again")


def restore(held: dict[str, Any]) -> None:
    """Give every simulator back what it had. Raises Unreachable; the host's rows have been replaced by then."""
    for base, objects in held.items():
        _ask("POST", f"{base}/_sandbox/objects?replace=1", objects)


def _base(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_simulator(base: str) -> bool:
    import requests

    try:
        answer = requests.get(f"{base}/_sandbox/health", timeout=SECONDS, headers={"Accept": "application/json"})
        return answer.status_code == 200 and answer.json().get("status") == "ok"
    except (requests.RequestException, ValueError, AttributeError):
        return False


def _ask(method: str, url: str, body: Any = None) -> Any:
    import requests

    try:
        answer = requests.request(method, url, json=body, timeout=SECONDS, headers={"Accept": "application/json"})
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as failure:
        raise Unreachable(f"the simulator did not answer {method} {url}: {failure}") from failure
