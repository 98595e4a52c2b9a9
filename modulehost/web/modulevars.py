"""What the templates of modules see, on clients' and on admins' pages."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from modulehost import lifecycle
from modulehost.lifecycle import Target


def module_variables(db: Session, target: Target, values: dict[str, Any]) -> dict[str, Any]:
    """What a module's template sees: the params of the service or addon, and over them the module's own variables.

    The module's own texts are printed as it wrote them, as they may be HTML; but what is word for word a text that the
    client typed (name, address, domain, custom field) is encoded. The server's secrets are left out.
    """
    params = lifecycle.params.of(db, target)
    typed = set(_texts([params["clientsdetails"], params["customfields"], params["domain"], params["username"]]))
    found = {
        **params,  # like all variables they are encoded on their way to the template
        **{k: marked(v, typed) for k, v in values.items()},
    }
    return {k: v for k, v in found.items() if k not in ("model", "serverpassword", "serveraccesshash")}


def marked(value: Any, typed: set[str]) -> Any:
    """The same value with every text marked as HTML, but for texts that are in `typed`."""
    if isinstance(value, str):
        return value if value in typed else Markup(value)  # noqa: S704 - the module's own HTML
    if isinstance(value, dict):
        return {k: marked(v, typed) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [marked(v, typed) for v in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
