"""The rules for what a function returns, as far as its text tells it: settings fields, the addon's card, metadata."""

from collections.abc import Iterator

from modulehost.checking.findings import ERROR, WARNING, Finding
from modulehost.checking.source import Function, Source, Value
from modulehost.contract import FIELD_TYPES, MAX_OPTIONS, FunctionSpec
from modulehost.contract.addons import ADDON_FIELD_TYPES, CONFIG_KEYS
from modulehost.contract.names import nearest_of
from modulehost.contract.returns import CLIENTAREA_KEYS, METADATA_KEYS

ATTRIBUTES = (
    "FriendlyName", "Type", "Size", "Description", "Default", "Options", "Rows", "Cols", "Loader", "SimpleMode", "Multiple",
    "Placeholder",
)  # fmt: skip
REQUIRED_CARD = tuple(key for key in CONFIG_KEYS if key != "language")
SIGN_ON_KEYS = ("success", "redirectTo", "errorMsg")
_CHOICES = ("dropdown", "radio")


def check(source: Source, function: Function, spec: FunctionSpec, type_: str) -> Iterator[Finding]:
    """What is wrong with the values that `function` returns."""
    for value in function.returns:
        if spec.returns == "config":
            yield from _fields(source, function, value, type_)
        elif spec.returns == "addonconfig":
            yield from _card(source, function, value)
        elif spec.returns == "metadata":
            yield from _keys(source, function, value, METADATA_KEYS)
        elif spec.returns == "clientarea" and value.kind == "map":
            yield from _keys(source, function, value, CLIENTAREA_KEYS)
        elif spec.returns == "result":
            yield from _result(source, function, value)
        elif spec.returns == "sso":
            yield from _sign_on(source, function, value)
        elif spec.returns == "actions" and value.kind not in ("unknown", "none"):
            yield Finding(
                source.file, value.line, ERROR, "return",
                f"{function.name} returns {_named(value)}; expected a CustomActionCollection",
            )  # fmt: skip
        elif spec.returns == "link" and value.kind == "text" and "<form" in value.value.lower():
            yield Finding(
                source.file, value.line, ERROR, "return",
                f"{function.name} returns a form; it stands inside the form of the service's page, so only links work",
            )  # fmt: skip


def _sign_on(source: Source, function: Function, value: Value) -> Iterator[Finding]:
    """ServiceSingleSignOn and AdminSingleSignOn: success with redirectTo or errorMsg."""
    if value.kind == "unknown":
        return
    if value.kind != "map":
        yield _shape(source, function, value, "success and redirectTo or errorMsg")
        return
    yield from _keys(source, function, value, SIGN_ON_KEYS)
    success = value.get("success")
    if success is None and not value.open:
        yield Finding(source.file, value.line, ERROR, "key", f"{function.name} returns no success; it is required")
    if success is not None and success.kind in ("text", "none", "map", "list"):
        yield Finding(
            source.file, success.line, ERROR, "return", f"{function.name} returns success = {_named(success)}; expected true or false"
        )
    told = success is not None and success.kind == "bool" and success.value is True
    if told and value.get("redirectTo") is None and not value.open:
        yield Finding(
            source.file, value.line, ERROR, "key", f"{function.name} returns no redirectTo; with success it is required"
        )


def _result(source: Source, function: Function, value: Value) -> Iterator[Finding]:
    if value.kind in ("bool", "none", "number") or (value.kind == "text" and not value.value.strip()):
        shown = {"none": "nothing", "text": "an empty text"}.get(value.kind, str(value.value))
        yield Finding(
            source.file,
            value.line,
            ERROR,
            "return",
            f'{function.name} returns {shown}; expected "success" or an error text',
        )


def _card(source: Source, function: Function, value: Value) -> Iterator[Finding]:
    if value.kind != "map":
        if value.kind != "unknown":
            yield _shape(source, function, value, "name, description, version, author and fields")
        return
    yield from _keys(source, function, value, CONFIG_KEYS)
    if not value.open:
        for key in REQUIRED_CARD:
            if key not in value.keys:
                yield Finding(
                    source.file, value.line, ERROR, "key", f"{function.name} returns no {key}; it is required"
                )
    if (given := value.get("fields")) is not None:
        yield from _fields(source, function, given, "addons")


def _fields(source: Source, function: Function, value: Value, type_: str) -> Iterator[Finding]:
    if (value.kind == "list" and not value.items) or value.kind == "unknown":
        return
    if value.kind != "map":
        yield _shape(source, function, value, "name => field")
        return
    if type_ == "servers" and len(value.items) > MAX_OPTIONS:
        yield Finding(
            source.file, value.items[MAX_OPTIONS][1].line, ERROR, "options",
            f"{function.name} returns {len(value.items)} fields; a product has only {MAX_OPTIONS} configoption columns",
        )  # fmt: skip
    types = FIELD_TYPES if type_ == "servers" else ADDON_FIELD_TYPES
    for name, one in value.items:
        yield from _field(source, f"field {name!r}" if isinstance(name, str) else "a field", one, types)


def _field(source: Source, name: str, field: Value, types: tuple[str, ...]) -> Iterator[Finding]:
    if field.kind == "unknown":
        return
    if field.kind != "map":
        yield Finding(source.file, field.line, ERROR, "field", f"{name} is a {field.kind}; expected a map with Type")
        return
    for key in field.keys:
        if key.lower() not in {one.lower() for one in ATTRIBUTES} and (right := nearest_of(key, ATTRIBUTES)):
            yield Finding(source.file, field.line, WARNING, "key", f"{name} has {key}; did you mean {right}?")
    given = field.get("Type")
    if given is None:
        if not field.open and None not in [key for key, _ in field.items]:
            yield Finding(
                source.file,
                field.line,
                WARNING,
                "field",
                f"{name} has no Type, so it shows its description and keeps no value",
            )
        return
    if given.kind == "unknown":
        return
    type_ = given.value.lower() if given.kind == "text" else None
    if type_ not in types:
        near = nearest_of(str(type_), [one for one in types if one], 0.6)
        known = ", ".join(one for one in types if one)
        yield Finding(
            source.file, given.line, ERROR, "type",
            f"{name} has Type {given.value!r}; " + (f"did you mean {near}?" if near else f"known are {known}"),
        )  # fmt: skip
    elif type_ in _CHOICES and not field.open and field.get("Options") is None and field.get("Loader") is None:
        yield Finding(source.file, field.line, WARNING, "field", f"{name} is a {type_} without Options, so it is empty")


def _keys(source: Source, function: Function, value: Value, known: tuple[str, ...]) -> Iterator[Finding]:
    if (value.kind == "list" and not value.items) or value.kind == "unknown":
        return
    if value.kind != "map":
        yield _shape(source, function, value, ", ".join(known[:3]) + ", ...")
        return
    for key, one in value.items:
        if isinstance(key, str) and key not in known and (right := nearest_of(key, known)):
            yield Finding(
                source.file, one.line, WARNING, "key", f"{function.name} returns {key}; did you mean {right}?"
            )


def _shape(source: Source, function: Function, value: Value, expected: str) -> Finding:
    return Finding(
        source.file, value.line, ERROR, "return", f"{function.name} returns {_named(value)}; expected a map of {expected}"
    )


def _named(value: Value) -> str:
    kinds = {"none": "nothing", "text": "a text", "number": "a number", "bool": "true or false", "map": "a map"}
    return kinds.get(value.kind, "a list")
