"""Is what a module returned what the contract asks for?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost.contract.accounts import read_accounts
from modulehost.contract.config import kind, read_config_options
from modulehost.contract.functions import spec
from modulehost.contract.signon import action_problems, read_sign_on

METADATA_KEYS = (
    "DisplayName", "APIVersion", "RequiresServer", "DefaultNonSSLPort", "DefaultSSLPort", "ServiceSingleSignOnLabel",
    "AdminSingleSignOnLabel", "ListAccountsUniqueIdentifierDisplayName", "ListAccountsUniqueIdentifierField", "ListAccountsProductField",
)  # fmt: skip
CLIENTAREA_KEYS = (
    "templatefile", "vars", "breadcrumb", "tabOverviewModuleOutputTemplate", "tabOverviewReplacementTemplate", "templateVariables",
    "overrideDisplayTitle", "overrideBreadcrumb", "appendToBreadcrumb", "outputTemplateFile", "pagetitle", "requirelogin", "forcessl",
)  # fmt: skip
_TEXTS = (
    "templatefile", "tabOverviewModuleOutputTemplate", "tabOverviewReplacementTemplate", "overrideDisplayTitle", "outputTemplateFile",
    "pagetitle",
)  # fmt: skip
_CRUMBS = ("breadcrumb", "overrideBreadcrumb", "appendToBreadcrumb")
_FORM = re.compile(r"<form[\s>]", re.IGNORECASE)


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
        check_page(checked, value)
    elif returns in ("html", "link"):
        if value is not None and not isinstance(value, str):
            checked.problems.append(f"returned {kind(value)}; expected HTML text")
        elif returns == "link" and value and _FORM.search(value):
            checked.problems.append("returned a form; it stands inside the form of the service's page, so only links work")
    elif returns == "sso":
        _sign_on(checked, value)
    elif returns == "actions":
        checked.problems = action_problems(value)
    return checked


def check_sign_on(value: Any) -> Checked:
    """Judge what the callable of a custom action returned."""
    checked = Checked()
    _sign_on(checked, value)
    return checked


def _sign_on(checked: Checked, value: Any) -> None:
    found = read_sign_on(value)
    checked.ok, checked.message = bool(found.url), found.refusal
    if found.problem:
        checked.problems.append(found.problem)


def check_page(checked: Checked, value: Any) -> None:
    """Note the documented keys of a page whose values have the wrong type."""
    if not isinstance(value, Mapping):
        return
    for key in _TEXTS:
        if value.get(key) is not None and not isinstance(value[key], str):
            checked.problems.append(f"returned {key} = {kind(value[key])}; expected a text")
    for key in ("vars", "templateVariables"):
        # An empty list is PHP's empty map.
        if value.get(key) not in (None, []) and not isinstance(value[key], Mapping):
            checked.problems.append(f"returned {key} = {kind(value[key])}; expected a map of name => value")
    for key in _CRUMBS:
        if value.get(key) is not None and crumbs(value[key]) is None:
            checked.problems.append(f"returned {key} = {kind(value[key])}; expected a map of address => label")


def crumbs(value: Any) -> list[tuple[str, str]] | None:
    """A breadcrumb as (address, label): of a map address => label, or of a list of pairs; None when it is neither."""
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if not isinstance(pairs, (list, tuple)):
        return None
    if all(isinstance(one, (list, tuple)) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in pairs):
        return [(str(link), str(label)) for link, label in pairs]
    return None


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
        return _page(value)
    if isinstance(value, str) and value.strip():
        return Checked(False, value)
    expected = '"success" or an error text' + (" or a page (templatefile, vars)" if page else "")
    return Checked(False, "", None, [f"returned {kind(value)}; expected {expected}"])


def _page(value: Mapping[Any, Any]) -> Checked:
    """A custom function's page: templatefile, vars, breadcrumb."""
    checked = Checked()
    check_keys(checked, value, CLIENTAREA_KEYS)
    check_page(checked, value)
    if not checked.problems and not value.get("templatefile") and not value.get("vars"):
        checked.problems.append('returned a map without templatefile; expected "success", an error text or a page (templatefile, vars)')
    checked.ok = not checked.problems
    return checked
