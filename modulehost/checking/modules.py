"""The rules: a module's sources held against the public contract."""

import re
from collections.abc import Iterator

from modulehost.checking import fields, php, python
from modulehost.checking.findings import ERROR, WARNING, Finding
from modulehost.checking.folders import LANGUAGES, Found
from modulehost.checking.source import Function, Source, Value
from modulehost.contract import SERVER_FUNCTIONS, FunctionSpec
from modulehost.contract.addons import ADDON_FUNCTIONS
from modulehost.contract.gateways import GATEWAY_FUNCTIONS
from modulehost.contract.names import nearest_of
from modulehost.contract.points import hook_points, nearest_point

_READERS = {"python": python.read, "php": php.read}
_FUNCTIONS: dict[str, dict[str, FunctionSpec]] = {"servers": SERVER_FUNCTIONS, "addons": ADDON_FUNCTIONS, "gateways": GATEWAY_FUNCTIONS}
_REQUIRED = {"servers": "ConfigOptions", "addons": "config", "gateways": "config"}
#: the names that the public documentation allows
_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
NAMES = {"servers": re.compile(r"[a-z][a-z0-9]*\Z"), "addons": _WORD, "gateways": _WORD}
_WORDS = "lower-case letters, digits and _"
RULES = {"servers": "lower-case letters and digits", "addons": _WORDS, "gateways": _WORDS}
#: documented with the dashboard widgets and not among the hook points
_MORE_POINTS = ("AdminHomeWidgets",)


def check(found: Found) -> list[Finding]:
    """What is wrong with a module, in the order of files and lines."""
    return sorted(_findings(found))


def kind_of(found: Found) -> str:
    """servers, addons or gateways: by its place, else by what it defines."""
    if found.type:
        return found.type
    language = found.language
    file = found.folder / f"{found.name}{LANGUAGES.get(language, '.py')}"
    if not file.exists():
        return "servers"
    return _kind(found, _READERS[language](file, file.name, found.folder))


def _kind(found: Found, main: Source) -> str:
    if found.type:
        return found.type
    given = {suffix.lower() for suffix, _ in main.own(f"{found.name}_")}
    if {"capture", "refund", "link", "storeremote"} & given and "config" in given:
        return "gateways"
    addon, server = given & set(ADDON_FUNCTIONS), given & {name.lower() for name in SERVER_FUNCTIONS}
    return "addons" if len(addon) > len(server) else "servers"


def _findings(found: Found) -> Iterator[Finding]:
    language = found.language
    if not language:
        yield Finding(found.shown, 1, ERROR, "folder", f"the folder has neither {found.name}.py nor {found.name}.php")
        return
    suffix = LANGUAGES[language]
    sources: dict[str, Source] = {}
    for path in found.files(language):
        inside = path.relative_to(found.folder).as_posix()
        sources[inside] = _READERS[language](path, f"{found.shown}/{inside}", found.folder)
    for source in sources.values():
        yield from (Finding(source.file, *problem) for problem in source.problems)
        yield from _hooks(source)
    main = sources.get(f"{found.name}{suffix}")
    if main is None:
        others = [name for name in sources if "/" not in name and name not in (f"hooks{suffix}", f"web{suffix}")]
        named = f" (found {', '.join(others)})" if others else ""
        yield Finding(
            found.shown, 1, ERROR, "folder",
            f"the folder has no {found.name}{suffix}; the main file must be named like its folder{named}",
        )  # fmt: skip
        return
    type_ = _kind(found, main)
    if not NAMES[type_].match(found.name):
        kind = type_.removesuffix("s")
        yield Finding(
            main.file, 1, WARNING, "name", f"the name of {_article(kind)} module is {RULES[type_]}: {found.name}"
        )
    if main.namespace:
        yield Finding(
            main.file, 1, ERROR, "namespace",
            f"its functions are in the namespace {main.namespace}, where the host does not look for them",
        )  # fmt: skip
    if not main.guarded and not main.broken:
        yield Finding(
            main.file, 1, WARNING, "guard",
            'the file can be opened by its address; begin it with: if (!defined("WHMCS")) die("No direct access");',
        )  # fmt: skip
    yield from _contract(found, type_, main, sources)


def _contract(found: Found, type_: str, main: Source, sources: dict[str, Source]) -> Iterator[Finding]:
    """Functions of the main file and of the PHP files that it includes."""
    known = _FUNCTIONS[type_]
    places = [main]
    if main.language == "php" and main.open:
        texts = " ".join(main.texts)
        places += [s for name, s in sources.items() if s is not main and name.rpartition("/")[2] in texts]
    pressed, all_told = _pressed(found, places)
    spoken = {text.lower() for source in sources.values() for text in source.texts}
    used = {name.lower() for source in sources.values() for name in source.calls} | spoken
    defined: set[str] = set()
    for source in places:
        for suffix, function in source.own(f"{found.name}_"):
            spec = _spec(known, suffix, source.language)
            defined.add(spec.name if spec else suffix)
            if spec is not None:
                yield from _callable(source, function, spec)
                yield from fields.check(source, function, spec, type_)
            elif suffix.lower() in pressed:
                yield from _callable(source, function, FunctionSpec(suffix, "service", "custom"))
            elif function.name.lower() not in used and (all_told or suffix.lower() not in spoken):
                yield from _misnamed(found, source, function, suffix, known)
        yield from _prefixes(found, source, known)
        yield from _buttons(found, source, places)
    required = _REQUIRED[type_]
    if (
        required not in defined
        and not any(source.broken for source in places)
        and not (main.open and main.language == "python")
    ):
        yield Finding(main.file, 1, ERROR, "missing", f"{found.name}_{required} is missing; it is required")


def _pressed(found: Found, places: list[Source]) -> tuple[set[str], bool]:
    """The suffixes in lower case that buttons name, and whether the text tells all of them."""
    names: set[str] = set()
    all_told = True
    for place in places:
        for suffix, function in place.own(f"{found.name}_"):
            spec = _spec(SERVER_FUNCTIONS, suffix, place.language)
            if spec is None or spec.returns not in ("buttons", "provider", "actions"):
                continue
            for value in function.returns or [Value("unknown", function.line)]:
                told = value.kind in ("map", "list") and not value.open
                all_told = all_told and told and all(one.kind == "text" for _, one in value.items)
                names |= {one.value.lower() for _, one in value.items if one.kind == "text"}
    return names, all_told


def _spec(known: dict[str, FunctionSpec], suffix: str, language: str) -> FunctionSpec | None:
    if language == "python":
        return known.get(suffix)
    return next((spec for name, spec in known.items() if name.lower() == suffix.lower()), None)


def _misnamed(
    found: Found, source: Source, function: Function, suffix: str, known: dict[str, FunctionSpec]
) -> Iterator[Finding]:
    if right := nearest_of(suffix, known):
        yield Finding(
            source.file, function.line, ERROR, "function",
            f"{function.name} is not called by the host; did you mean {found.name}_{right}?",
        )  # fmt: skip


def _prefixes(found: Found, source: Source, known: dict[str, FunctionSpec]) -> Iterator[Finding]:
    """Documented functions under another module's name, as copying a module leaves them."""
    for function in source.functions.values():
        prefix, _, suffix = function.name.rpartition("_")
        if prefix and prefix.lower() != found.name.lower() and suffix in known and len(suffix) > 7:
            yield Finding(
                source.file, function.line, ERROR, "function",
                f"{function.name} is not called by the host; functions of this module begin with {found.name}_: {found.name}_{suffix}",
            )  # fmt: skip


def _callable(source: Source, function: Function, spec: FunctionSpec) -> Iterator[Finding]:
    """The host calls with one argument, or none; Python's functions may leave it out, PHP ignores what is too much."""
    if function.strange:
        yield Finding(
            source.file,
            function.line,
            ERROR,
            "call",
            f"{function.name} is {function.strange}; the host calls a plain function",
        )
        return
    if not function.known:
        return
    given = 0 if spec.given == "none" else 1
    what = {"none": "nothing", "vars": "vars"}.get(spec.given, "params")
    if function.required > given:
        yield Finding(
            source.file, function.line, ERROR, "call",
            f"{function.name} wants {_arguments(function.required)}, but the host passes {what}"
            + (" alone" if given else ""),
        )  # fmt: skip
    elif given and function.accepts == 0 and (spec.command or spec.returns == "custom"):
        yield Finding(
            source.file, function.line, WARNING, "call",
            f"{function.name} takes no argument, so it cannot know which service it is called for; write {function.name}"
            + ("(params)" if source.language == "python" else "(array $params)"),
        )  # fmt: skip


def _buttons(found: Found, source: Source, places: list[Source]) -> Iterator[Finding]:
    """A button without its function is not shown."""
    if any((place.open and place.language == "python") or place.broken for place in places):
        return
    for suffix, function in source.own(f"{found.name}_"):
        spec = _spec(SERVER_FUNCTIONS, suffix, source.language)
        if spec is None or spec.returns != "buttons":
            continue
        for value in function.returns:
            for label, one in value.items if value.kind in ("map", "list") else ():
                if one.kind == "text" and not any(place.named(f"{found.name}_{one.value}") for place in places):
                    own = [name for place in places for name, _ in place.own(f"{found.name}_")]
                    near = nearest_of(one.value, own, 0.7)
                    shown = repr(label) if isinstance(label, str) else "this one"
                    yield Finding(
                        source.file, one.line, WARNING, "button",
                        f"the function {found.name}_{one.value} of {shown} is not defined"
                        + (f"; did you mean {near}?" if near else ", so its button is not shown"),
                    )  # fmt: skip


def _hooks(source: Source) -> Iterator[Finding]:
    for point, count, line in source.hooks:
        if count < 3:
            yield Finding(
                source.file,
                line,
                ERROR,
                "hook",
                f"add_hook wants a point, a priority and a function; it is given {count} of them",
            )
        if point is not None and point not in hook_points() and point not in _MORE_POINTS:
            near = nearest_point(point)
            yield Finding(
                source.file, line, WARNING, "hook",
                f"{point} is not a known hook point" + (f"; did you mean {near}?" if near else ""),
            )  # fmt: skip


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _arguments(number: int) -> str:
    return "an argument" if number == 1 else f"{number} arguments"
