"""Reading a PHP file of a module from its tokens: functions at the top, what they return, hooks, brackets."""

from pathlib import Path

from modulehost.checking.findings import ERROR, WARNING
from modulehost.checking.phptokens import Token, Unreadable, tokens
from modulehost.checking.phpvalues import assigned, value_at
from modulehost.checking.source import Function, Source, Value

_PAIRS = {")": "(", "]": "[", "}": "{"}
_ENCODERS = ("ionCube", "SourceGuardian", "sg_load(")
_LOADING = ("require", "require_once", "include", "include_once")


def read(path: Path, shown: str, root: Path) -> Source:
    """What the file says."""
    source = Source(shown, "php")
    text = path.read_bytes().decode("utf-8", "replace")
    if any(encoder in text[:4000] for encoder in _ENCODERS):
        source.problem(1, WARNING, "encoded", "the file is encoded, so what it defines cannot be read")
        source.broken = True
        return source
    if text.startswith("\ufeff"):
        source.problem(1, WARNING, "output", "the file begins with a byte order mark, which PHP sends to the page")
    try:
        found = tokens(text)
        closing = _brackets(found)
    except Unreadable as failure:
        source.problem(failure.line, ERROR, "syntax", f"this is not PHP: {failure}")
        source.broken = True
        return source
    if not found:
        source.problem(1, ERROR, "syntax", "the file has no <?php, so PHP would print it as text")
        source.broken = True
        return source
    try:
        _definitions(source, found, closing)
    except Unreadable as failure:
        source.problem(failure.line, ERROR, "syntax", f"this is not PHP: {failure}")
        source.broken = True
    _uses(source, found, closing)
    return source


def _brackets(found: list[Token]) -> dict[int, int]:
    """The place of each closing bracket by the place of its opening one. Raises Unreadable."""
    waiting: list[int] = []
    closing: dict[int, int] = {}
    for at, token in enumerate(found):
        if token.kind != "sign":
            continue
        if token.value in ("(", "[", "{", "#["):
            waiting.append(at)
        elif token.value in _PAIRS:
            if not waiting:
                raise Unreadable(f"a {token.value} closes nothing", token.line)
            opened = found[waiting[-1]]
            if opened.value.lstrip("#") != _PAIRS[token.value]:
                raise Unreadable(f"{token.value} does not close the {opened.value} of line {opened.line}", token.line)
            closing[waiting.pop()] = at
    if waiting:
        raise Unreadable(f"the {found[waiting[-1]].value} that is opened here is never closed", found[waiting[-1]].line)
    return closing


def _definitions(source: Source, found: list[Token], closing: dict[int, int]) -> None:
    """Functions at the top, also inside if; not methods, and not functions that another function would define."""
    at = 0
    while at < len(found):
        token = found[at]
        word = token.value.lower() if token.kind == "name" else ""
        before = found[at - 1].value.lower() if at else ""
        if before in ("->", "?->", "::", "use", "const"):
            word = ""
        if word == "namespace" and at + 1 < len(found) and found[at + 1].kind == "name":
            source.namespace = found[at + 1].value
        elif word in ("class", "interface", "trait", "enum") and _opens_class(found, at):
            at = closing[_brace(found, closing, at)]
        elif word == "function":
            at = _function(source, found, closing, at)
        at += 1


def _opens_class(found: list[Token], at: int) -> bool:
    if at and found[at - 1].value.lower() == "new":
        return True
    return at + 1 < len(found) and found[at + 1].kind == "name"


def _brace(found: list[Token], closing: dict[int, int], at: int) -> int:
    """The place of the next { that is not inside other brackets; Unreadable without one."""
    line = found[min(at, len(found) - 1)].line
    while at < len(found) and (found[at].kind, found[at].value) != ("sign", ";"):
        value = found[at].value if found[at].kind == "sign" else ""
        if value == "{":
            return at
        at = closing[at] + 1 if value in ("(", "[", "#[") else at + 1
    raise Unreadable("a body in { } is missing here", line)


def _function(source: Source, found: list[Token], closing: dict[int, int], at: int) -> int:
    """Note the function whose word stands at `at`; returns the place of its end, or `at` for a type or an import."""
    name = at + 1
    if name < len(found) and found[name].value == "&":
        name += 1
    if name + 1 >= len(found):
        return at
    named = found[name].kind == "name" and found[name + 1].value == "("
    opening = name + 1 if named else name
    if found[opening].value != "(" or found[opening].kind != "sign":
        return at
    try:
        body = _brace(found, closing, closing[opening] + 1)
    except Unreadable as failure:
        source.problem(found[at].line, ERROR, "syntax", f"this is not PHP: {failure}")
        return at
    end = closing[body]
    if named:
        made = Function(found[name].value, found[at].line)
        _parameters(made, found[opening + 1 : closing[opening]])
        inside = found[body + 1 : end]
        names = assigned(inside)
        made.returns = _returns(inside, names)
        source.functions.setdefault(made.name, made)
    return end


def _parameters(function: Function, inside: list[Token]) -> None:
    depth = 0
    places: list[list[Token]] = [[]]
    for token in inside:
        if token.kind == "sign":
            depth += (token.value in ("(", "[", "{", "#[")) - (token.value in _PAIRS)
            if token.value == "," and depth == 0:
                places.append([])
                continue
        places[-1].append(token)
    given = [place for place in places if any(token.kind == "variable" for token in place)]
    function.accepts = None if any(t.value == "..." for place in given for t in place) else len(given)
    for number, place in enumerate(given, 1):
        if not any(token.kind == "sign" and token.value in ("=", "...") for token in place):
            function.required = number


def _returns(inside: list[Token], names: dict[str, Value]) -> list[Value]:
    """What the return statements of a body give, not those of functions and classes inside it."""
    found: list[Value] = []
    try:
        closing = _brackets(inside)
    except Unreadable:
        return found
    at = 0
    while at < len(inside):
        token = inside[at]
        word = (
            token.value.lower()
            if token.kind == "name" and not (at and inside[at - 1].value in ("->", "?->", "::"))
            else ""
        )
        if word == "function" or (word == "class" and _opens_class(inside, at)):
            try:
                at = closing[_brace(inside, closing, at)]
            except Unreadable:
                return found
        elif word == "return":
            value, after = value_at(inside, at + 1, names)
            ends = after >= len(inside) or inside[after].value == ";"
            found.append(value if ends else Value("unknown", token.line))
        at += 1
    return found


def _uses(source: Source, found: list[Token], closing: dict[int, int]) -> None:
    source.guarded = False
    for at, token in enumerate(found):
        if token.kind == "text":
            source.texts.add(token.value)
        if token.kind != "name":
            continue
        before = found[at - 1].value.lower() if at else ""
        after = found[at + 1].value if at + 1 < len(found) else ""
        name = token.value.lstrip("\\").lower()
        if name in _LOADING:
            source.open = True
        if after != "(" or before in ("->", "?->", "::", "function", "new"):
            continue
        source.calls.add(name)
        first = found[at + 2] if at + 2 < len(found) else token
        if name == "defined" and first.kind == "text" and first.value == "WHMCS":
            source.guarded = True
        if name == "add_hook":
            end = closing[at + 1]
            literal = first.kind == "text" and found[at + 3].value in (",", ")")
            source.hooks.append((first.value if literal else None, _count(found, closing, at + 2, end), token.line))


def _count(found: list[Token], closing: dict[int, int], at: int, end: int) -> int:
    """How many arguments stand between two brackets; a spread counts as all of them."""
    if at == end:
        return 0
    count = 1
    while at < end:
        value = found[at].value if found[at].kind == "sign" else ""
        if value == "...":
            return 3
        if value == "," and at + 1 < end:
            count += 1
        at = closing[at] + 1 if value in ("(", "[", "{", "#[") else at + 1
    return count
