"""The functions of an addon module and what they return. Source: the public addon module documentation."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost.contract.config import ConfigField, kind, read_fields
from modulehost.contract.functions import FunctionSpec
from modulehost.contract.returns import Checked, check_keys

#: given: none, or vars (settings by field name, modulelink, version, _lang)
ADDON_FUNCTIONS: dict[str, FunctionSpec] = {
    name: FunctionSpec(name, given, returns)
    for name, given, returns in (
        ("config", "none", "addonconfig"),
        ("activate", "none", "status"),
        ("deactivate", "none", "status"),
        ("upgrade", "vars", "ignored"),
        ("output", "vars", "page"),
        ("sidebar", "vars", "html"),
        ("clientarea", "vars", "clientpage"),
    )
}
#: types that keep a value; a field of another type is a mistake in an addon module
ADDON_FIELD_TYPES = ("text", "password", "yesno", "dropdown", "radio", "textarea")
CONFIG_KEYS = ("name", "description", "version", "author", "language", "fields")
STATUSES = ("success", "error", "info")
CLIENT_KEYS = (
    "pagetitle", "breadcrumb", "templatefile", "requirelogin", "forcessl", "vars", "tagline", "displayTitle", "redirectTo", "notFound",
)  # fmt: skip
#: rows of tbladdonmodules that are not fields
RESERVED = ("version", "access")
DEFAULT_LANGUAGE = "english"


@dataclass(frozen=True)
class AddonConfig:
    """What `_config` says of an addon module: its card, and its settings fields in their order. `description` may be HTML."""

    name: str
    description: str = ""
    version: str = ""
    author: str = ""
    language: str = DEFAULT_LANGUAGE
    fields: list[ConfigField] = field(default_factory=list)

    @property
    def secrets(self) -> set[str]:
        """The names of the fields whose values are encrypted at rest."""
        return {f.key for f in self.fields if f.secret}


def read_addon_config(module: str, value: Any) -> tuple[AddonConfig, list[str]]:
    """The card of what `_config` returned, and what is wrong with it, in words."""
    if not isinstance(value, Mapping):
        return AddonConfig(module), [f"returned {kind(value)}; expected a map with name, version and fields"]
    checked = Checked()
    check_keys(checked, value, CONFIG_KEYS)
    problems = checked.problems
    for key in ("name", "version"):
        if not str(value.get(key) or "").strip():
            problems.append(f"returned no {key}; it is required")
    fields, wrong = read_fields(value.get("fields") or {})
    problems += wrong
    for one in fields:
        if one.key in RESERVED:
            problems.append(f"field {one.key!r} has the name of a row that the host keeps; choose another")
        if one.type not in ADDON_FIELD_TYPES:
            problems.append(f"field {one.key!r} keeps no value; known types are {', '.join(ADDON_FIELD_TYPES)}")
    kept = [one for one in fields if one.key not in RESERVED and one.type in ADDON_FIELD_TYPES]
    text = {key: str(value.get(key) or "").strip() for key in CONFIG_KEYS if key != "fields"}
    language = text["language"].lower() or DEFAULT_LANGUAGE
    card = AddonConfig(text["name"] or module, text["description"], text["version"], text["author"], language, kept)
    return card, problems


def check_addon(function: str, value: Any) -> Checked:
    """Judge what an addon module's `function` returned. `ok` is False when a status says error; `message` is its text."""
    known = ADDON_FUNCTIONS.get(function)
    checked = Checked()
    if known is None or known.returns == "ignored":
        return checked
    if known.returns == "addonconfig":
        checked.problems = read_addon_config("", value)[1]
    elif known.returns == "status":
        _status(checked, value)
    elif known.returns == "clientpage":
        if isinstance(value, Mapping):
            check_keys(checked, value, CLIENT_KEYS)
            if not (value.get("templatefile") or value.get("redirectTo") or value.get("notFound")):
                checked.problems.append("returned no templatefile; it names the Smarty template that shows the page")
            for key in ("vars", "breadcrumb"):
                if value.get(key) and not isinstance(value[key], Mapping):
                    checked.problems.append(f"returned {key} as {kind(value[key])}; expected a map")
        else:
            checked.problems.append(f"returned {kind(value)}; expected a map with pagetitle, templatefile and vars")
    elif value is not None and not isinstance(value, str):
        redirect = known.returns == "page" and isinstance(value, Mapping) and "redirectTo" in value
        if not redirect:
            checked.problems.append(f"returned {kind(value)}; expected HTML text")
    return checked


def nearest_addon(function: str) -> str:
    """The documented addon function whose name is closest to a misspelt one, or an empty text."""
    found = difflib.get_close_matches(function.lower(), ADDON_FUNCTIONS, 1, 0.8)
    return found[0] if found else ""


def _status(checked: Checked, value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        checked.problems.append(f"returned {kind(value)}; expected nothing, or a map with status and description")
        return
    status = str(value.get("status") or "success")
    if status not in STATUSES:
        checked.problems.append(f"returned the status {status!r}; known are {', '.join(STATUSES)}")
    checked.ok = status != "error" and status in STATUSES
    checked.message = str(value.get("description") or "")
