"""Is what a module returned what the contract asks for?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost.contract.accounts import read_accounts
from modulehost.contract.config import kind, read_config_options
from modulehost.contract.functions import spec

METADATA_KEYS = (
    "DisplayName", "APIVersion", "RequiresServer", "DefaultNonSSLPort", "DefaultSSLPort", "ServiceSingleSignOnLabel",
    "AdminSingleSignOnLabel", "ListAccountsUniqueIdentifierDisplayName", "ListAccountsUniqueIdentifierField", "ListAccountsProductField",
)  # fmt: skip
CLIENTAREA_KEYS = (
    "templatefile", "vars", "breadcrumb", "tabOverviewModuleOutputTemplate", "tabOverviewReplacementTemplate", "templateVariables",
    "overrideDisplayTitle", "overrideBreadcrumb", "appendToBreadcrumb", "outputTemplateFile", "pagetitle", "requirelogin", "forcessl",
)  # fmt: skip


@dataclass
class Checked:
    """A checked return value.

    `ok`: a command succeeded. `message`: its error text, empty on success. `pending`: reference of work that finishes
    later, None otherwise. `problems`: what the contract does not allow, each naming what was expected.
    """

    ok: bool = True
    message: str = ""
    pending: str | None = None
    problems: list[str] = field(default_factory=list)


def check(function: str, value: Any) -> Checked:
    """Judge what a server module's `function` returned."""
    returns = spec(function).returns
    if returns in ("result", "custom"):
        return _result(value, page=returns == "custom")
    checked = Checked()
    if returns == "config":
        checked.problems = read_config_options(value)[1]
    elif returns == "metadata":
        check_keys(checked, value, METADATA_KEYS)
    elif returns == "test":
        if not isinstance(value, Mapping) or "success" not in value:
            checked.problems.append(f"returned {kind(value)}; expected a map with success (true or false) and error")
        else:
            checked.ok = bool(value["success"])
            checked.message = str(value.get("error") or "")
    elif returns == "accounts":
        _found, checked.message, checked.problems = read_accounts(value)
        checked.ok = not checked.message
    elif returns == "buttons":
        _buttons(checked, value)
    elif returns == "fields":
        if value is not None and not isinstance(value, Mapping) and value != []:
            checked.problems.append(f"returned {kind(value)}; expected a map of label => HTML")
    elif returns == "map":
        if value is not None and not isinstance(value, (Mapping, list, tuple)):
            checked.problems.append(f"returned {kind(value)}; expected a map")
    elif returns == "clientarea" and value is not None and not isinstance(value, str):
        check_keys(checked, value, CLIENTAREA_KEYS)
    elif returns == "html":
        if value is not None and not isinstance(value, str):
            checked.problems.append(f"returned {kind(value)}; expected HTML text")
    elif returns == "sso" and (not isinstance(value, Mapping) or "success" not in value):
        checked.problems.append(f"returned {kind(value)}; expected a map with success and redirectTo or errorMsg")
    return checked


def _buttons(checked: Checked, value: Any) -> None:
    if value is not None and not isinstance(value, (Mapping, list, tuple)):
        checked.problems.append(f"returned {kind(value)}; expected a map of label => function")
        return
    for suffix in value.values() if isinstance(value, Mapping) else value or ():
        if not isinstance(suffix, str):
            checked.problems.append(f"returned {kind(suffix)} where the name of a function is expected")


def check_keys(checked: Checked, value: Any, keys: tuple[str, ...]) -> None:
    """Note a value that is no map, and keys that differ from documented ones in upper and lower case only."""
    if not isinstance(value, Mapping):
        checked.problems.append(f"returned {kind(value)}; expected a map")
        return
    lower = {k.lower(): k for k in keys}
    for key in value:
        if str(key) not in keys and str(key).lower() in lower:
            checked.problems.append(f"returned the key {key!r}; it is spelt {lower[str(key).lower()]!r}")


def _result(value: Any, page: bool) -> Checked:
    if value == "success":
        return Checked()
    if isinstance(value, Mapping) and set(value) >= {"pending", "message"}:
        return Checked(False, str(value["message"]), str(value["pending"]))
    if page and isinstance(value, Mapping):
        return Checked()
    if isinstance(value, str) and value.strip():
        return Checked(False, value)
    expected = '"success" or an error text' + (" or a page (templatefile, vars)" if page else "")
    return Checked(False, "", None, [f"returned {kind(value)}; expected {expected}"])
