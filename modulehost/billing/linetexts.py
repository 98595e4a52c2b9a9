"""What the lines of invoices say of services and addons, the first time and every later one."""

from collections.abc import Iterable


def service_text(name: str, domain: str, period: str, units: int = 1, options: Iterable[str] = ()) -> str:
    """`Product - domain (01/01/2016 - 31/01/2016)`, each option on a line of its own below."""
    parts = [f"{name} - {domain}" if domain else name, period]
    text = " ".join(part for part in parts if part)
    if units > 1:
        text = f"{units} x {text}"
    return "\n".join([text, *options])


def addon_text(name: str, domain: str, period: str = "", units: int = 1) -> str:
    """`Addon (domain) - Name (01/01/2016 - 31/01/2016)`."""
    named = f"{units} x {name}" if units > 1 else name
    title = f"Addon ({domain}) - {named}" if domain else f"Addon - {named}"
    return f"{title} {period}".strip()
