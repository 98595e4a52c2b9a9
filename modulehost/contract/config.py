"""ConfigOptions: the module settings of a product. Source: the public documentation of config options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_OPTIONS = 24
#: `none` and the empty type show only the description
FIELD_TYPES = ("text", "password", "yesno", "dropdown", "radio", "textarea", "none", "")


@dataclass(frozen=True)
class ConfigField:
    """One setting. `position` (from 1) decides the column configoptionN; `options` are (stored value, shown label) pairs.

    `loader`: a function, or its name, that gives the options; `simple`: shown in Simple Mode; `multiple`: several choices, stored
    with commas between them.
    """

    position: int
    key: str
    label: str
    type: str
    description: str = ""
    default: str = ""
    size: str = ""
    rows: str = ""
    cols: str = ""
    placeholder: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    loader: Any = None
    simple: bool = False
    multiple: bool = False

    @property
    def secret(self) -> bool:
        """Whether its value is encrypted at rest and masked when shown."""
        return self.type == "password"


def read_config_options(value: Any) -> tuple[list[ConfigField], list[str]]:
    """The fields of what ConfigOptions returned, and what is wrong with it, in words."""
    if not isinstance(value, Mapping):
        return [], [f"returned {kind(value)}; expected a map of name => field"]
    fields, problems = read_fields(dict(list(value.items())[:MAX_OPTIONS]))
    if len(value) > MAX_OPTIONS:
        problems.insert(0, f"returned {len(value)} fields; a product has only {MAX_OPTIONS} configoption columns")
    return fields, problems


def read_fields(value: Any) -> tuple[list[ConfigField], list[str]]:
    """Fields of any number, as addon modules have them too, and what is wrong with them."""
    if not isinstance(value, Mapping):
        return [], [f"returned {kind(value)} as fields; expected a map of name => field"]
    problems: list[str] = []
    fields: list[ConfigField] = []
    for position, (key, raw) in enumerate(value.items(), 1):
        if not isinstance(raw, Mapping):
            problems.append(f"field {key!r} is {kind(raw)}; expected a map with Type")
            raw = {"Type": "text"}
        given = {str(k).lower(): v for k, v in raw.items()}
        type_ = str(given.get("type", "") or "").lower()
        if type_ not in FIELD_TYPES:
            problems.append(
                f"field {key!r} has Type {given.get('type')!r}; known are {', '.join(t for t in FIELD_TYPES if t)}"
            )
            type_ = "text"
        fields.append(
            ConfigField(
                position,
                str(key),
                str(given.get("friendlyname") or key),
                type_,
                str(given.get("description") or ""),
                str(given.get("default") if given.get("default") is not None else ""),
                str(given.get("size") or ""),
                str(given.get("rows") or ""),
                str(given.get("cols") or ""),
                str(given.get("placeholder") or ""),
                read_options(given.get("options")),
                given.get("loader"),
                _yes(given.get("simplemode")),
                _yes(given.get("multiple")),
            )
        )
    return fields, problems


def _yes(given: Any) -> bool:
    return str(given if given is not None else "").strip().lower() not in ("", "0", "false", "off", "no")


def read_options(value: Any) -> list[tuple[str, str]]:
    """Options of a dropdown or radio: a comma list stores its label, a map stores its key."""
    if isinstance(value, Mapping):
        return [(str(k), str(v)) for k, v in value.items()]
    if isinstance(value, str):
        return [(part.strip(), part.strip()) for part in value.split(",")]
    if isinstance(value, (list, tuple)):
        return [(str(part), str(part)) for part in value]
    return []


def kind(value: Any) -> str:
    """A value as an error names it."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return f"the text {value[:60]!r}" if value else "an empty text"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"
