"""Literal values in PHP tokens: texts, numbers, arrays, and variables that hold them."""

from modulehost.checking.phptokens import Token
from modulehost.checking.source import Value

_WORDS = {"true": ("bool", True), "false": ("bool", False), "null": ("none", None)}
_OPENING, _CLOSING = ("(", "[", "{", "#["), (")", "]", "}")


def value_at(tokens: list[Token], at: int, names: dict[str, Value]) -> tuple[Value, int]:
    """The value that begins at `at` and the place after it; an expression that is no literal is unknown and skipped."""
    if at >= len(tokens):
        return Value("unknown", tokens[-1].line if tokens else 0), at
    token = tokens[at]
    value, after = _simple(tokens, at, names)
    if after < len(tokens) and not _ends(tokens[after]):  # part of a longer expression
        spread = value.kind in ("map", "list") and (tokens[after].kind, tokens[after].value) == ("sign", "+")
        after = _skip(tokens, after)
        value = Value("map", token.line, items=value.items, open=True) if spread else Value("unknown", token.line)
    return value, after


def _simple(tokens: list[Token], at: int, names: dict[str, Value]) -> tuple[Value, int]:
    token = tokens[at]
    word = token.value.lower() if token.kind == "name" else ""
    if token.kind == "text":
        return Value("text", token.line, token.value), at + 1
    if token.kind == "number":
        return Value("number", token.line, token.value), at + 1
    if token.kind == "variable":
        return names.get(token.value) or Value("unknown", token.line), at + 1
    if word in _WORDS:
        kind, value = _WORDS[word]
        return Value(kind, token.line, value), at + 1
    if token.kind == "sign" and token.value == "[":
        return _array(tokens, at + 1, "]", token.line, names)
    if word == "array" and at + 1 < len(tokens) and tokens[at + 1].value == "(":
        return _array(tokens, at + 2, ")", token.line, names)
    if token.kind == "sign" and token.value in (";", *_CLOSING):
        return Value("none", token.line), at
    return Value("unknown", token.line), _skip(tokens, at)


def _array(tokens: list[Token], at: int, end: str, line: int, names: dict[str, Value]) -> tuple[Value, int]:
    made = Value("list", line)
    place = 0
    while (at < len(tokens) and tokens[at].value != end) or (at < len(tokens) and tokens[at].kind != "sign"):
        if tokens[at].kind == "sign" and tokens[at].value == ",":
            at += 1
            continue
        if tokens[at].kind == "sign" and tokens[at].value == "...":
            made.open, made.kind = True, "map"
            at = _skip(tokens, at + 1)
            continue
        begin = at
        first, at = value_at(tokens, at, names)
        if at < len(tokens) and tokens[at].kind == "sign" and tokens[at].value == "=>":
            made.kind = "map"
            item, at = value_at(tokens, at + 1, names)
            made.items.append((str(first.value) if first.kind in ("text", "number") else None, item))
        else:
            made.items.append((place, first))
            place += 1
        if at == begin:  # nothing that can be read: never stand still
            at += 1
    return made, at + 1


def assigned(tokens: list[Token]) -> dict[str, Value]:
    """Variables of a body that hold a literal, with what is added to them by key; else unknown or open."""
    found: dict[str, Value] = {}
    at = 0
    while at < len(tokens):
        token = tokens[at]
        sign = tokens[at + 1].value if at + 1 < len(tokens) and tokens[at + 1].kind == "sign" else ""
        if token.kind != "variable":
            at += 1
            continue
        if sign == "=":
            value, after = value_at(tokens, at + 2, found)
            if value.kind == "unknown":
                after = at + 2  # there may be assignments inside, such as in a closure
            found[token.value] = Value("unknown", token.line) if token.value in found else value
            at = after
        elif sign == "[":
            at = _element(tokens, at, found)
        else:
            held = found.get(token.value)
            passed = at and tokens[at - 1].value in ("&", "(", ",") and sign in (",", ")")
            if held is not None and (sign in ("+=", "??=") or passed):
                held.open = True
            at += 1
    return found


def _element(tokens: list[Token], at: int, found: dict[str, Value]) -> int:
    """`$x['key'] = value`, `$x[] = value`, and everything else that is done to an element."""
    held = found.get(tokens[at].value)
    key: Value | None = None
    after = at + 2
    if after < len(tokens) and tokens[after].value != "]":
        key, after = value_at(tokens, after, found)
    if after + 1 >= len(tokens) or tokens[after + 1].value != "=" or tokens[after + 1].kind != "sign":
        if held is not None and after + 1 < len(tokens) and tokens[after + 1].value == "[":
            held.open = True  # $x['a']['b'] = ...: a field that is filled further down
        return at + 2
    value, end = value_at(tokens, after + 2, found)
    if held is not None and held.kind in ("map", "list"):
        if key is None:
            held.items.append((len(held.items), value))
        elif key.kind in ("text", "number"):
            held.kind = "map"
            held.items.append((str(key.value), value))
        else:
            held.kind, held.open = "map", True
    return end if value.kind != "unknown" else after + 2


def _ends(token: Token) -> bool:
    return token.kind == "sign" and token.value in (";", ",", "=>", *_CLOSING)


def _skip(tokens: list[Token], at: int) -> int:
    """The end of the expression that goes on at `at`."""
    depth = arrows = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "name" and token.value.lower() == "fn" and depth == 0:
            arrows += 1
        elif token.kind == "sign":
            if depth == 0 and _ends(token):
                if token.value != "=>" or not arrows:
                    return at
                arrows -= 1
            depth += (token.value in _OPENING) - (token.value in _CLOSING)
        at += 1
    return at
