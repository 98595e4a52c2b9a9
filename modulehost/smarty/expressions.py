"""The expression half of the parser: operands, access chains, strings, modifiers."""

from __future__ import annotations

import re
from typing import NoReturn

from . import lexer as lx
from . import nodes as n
from .errors import SyntaxFault
from .precedence import Item, Op, resolve

SPECIAL_WORDS = {"true": True, "false": False, "null": None}


class ExpressionParser:
    """Reads expressions at `pos` of `src`; the tag parser derives from it."""

    def __init__(self, source: str) -> None:
        self.src = source
        self.pos = 0
        self.loop_props: dict[str, set[str]] = {}

    # Helpers

    def fail(self, message: str, pos: int | None = None) -> NoReturn:
        raise SyntaxFault(message, self.pos if pos is None else pos)

    def unexpected(self) -> NoReturn:
        rest = self.src[self.pos : self.pos + 20].split("\n")[0]
        self.fail(f"Unexpected {rest!r}" if rest else "Unexpected end of template")

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.src, self.pos)
        if match:
            self.pos = match.end()
        return match

    def need(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = self.take(pattern)
        if match is None:
            self.unexpected()
        return match

    def peek(self, text: str) -> bool:
        return self.src.startswith(text, self.pos)

    # Expressions

    def expression(self) -> n.Node:
        return resolve(self.flat())

    def flat(self) -> list[Item]:
        items: list[Item] = []
        mark = 0
        self.operand(items, True)
        while match := self.take(lx.OPERATOR):
            pos = match.start()
            if match.group("op") or match.group("word"):
                op = match.group("op") or match.group("word").lower()
                op = lx.WORD_OPERATORS.get(op, op)
                items.append(Op(op, pos))
                logical = op in lx.LOGICAL
                if logical:
                    mark = len(items)
                self.operand(items, logical)
            elif match.group("in"):
                if match.group("not"):
                    self.fail("`is not in` does not exist, use !in_array()", pos)
                if len(items) != mark + 1 or isinstance(items[mark], Op):
                    self.fail("`is in` takes a single value on its left", pos)
                right: list[Item] = []
                self.operand(right, False)
                items[mark:] = [n.IsIn(pos, resolve(items[mark:]), resolve(right))]
            else:
                items[mark:] = self.is_condition(match, items[mark:])
        return items

    def is_condition(self, match: re.Match[str], left: list[Item]) -> list[Item]:
        pos = match.start()
        negate = bool(match.group("not"))
        if match.group("div"):
            right: list[Item] = []
            self.operand(right, False)
            inner = [*left, Op("%", pos), *right]
            negate = not negate
        else:
            inner = [n.Lit(pos, 1), Op("&", pos), *left]
            if match.group("by"):
                right = []
                self.operand(right, False)
                inner += [Op("/", pos), *right]
            if match.group("par").lower() == "even":
                negate = not negate
        value = resolve(inner)
        return [Op("!", pos, unary=True), value] if negate else [value]

    def operand(self, items: list[Item], ternary: bool) -> None:
        """Append one operand (with its prefix operators and modifiers) to `items`."""
        start = len(items)
        self.prefixes(items)
        if len(items) > start:
            ternary = False
        paren = self.peek("(")
        value: list[Item] = [self.primary()]
        if paren and ternary and (match := self.take(lx.QMARK)):
            middle = self.expression()
            self.need(lx.COLON)
            items.append(value[0])
            items.append(Op("?", match.start(), middle=middle))
            self.operand(items, True)
            return
        items += self.modifiers(value)

    def prefixes(self, items: list[Item]) -> None:
        while True:
            char = self.src[self.pos : self.pos + 1]
            pos = self.pos
            if char == "!":
                self.pos += 1
                self.take(lx.SPACE)
                items.append(Op("!", pos, unary=True))
            elif char in ("-", "+") and char:
                last = items[-1] if items else None
                if isinstance(last, Op) and last.op == char:
                    self.fail(f"Unexpected {char}{char}")
                self.pos += 1
                self.take(lx.SPACE)
                items.append(Op(char, pos, unary=True))
            elif char == "(" and (match := self.take(lx.CAST)):
                items.append(Op("(" + match.group(1).lower(), pos, unary=True))
            elif char in ("n", "N") and (match := self.take(_NOT)):
                items.append(Op("!", pos, unary=True))
            else:
                return

    def modifiers(self, value: list[Item]) -> list[Item]:
        while self.peek("|") and not self.peek("||"):
            pos = self.pos
            match = self.need(lx.MODIFIER)
            name = match.group(1)
            args: list[list[Item]] = []
            while self.take(lx.COLON):
                arg: list[Item] = []
                self.prefixes(arg)
                arg.append(self.primary())
                args.append(arg)
            if name.lower() == "cat":
                for arg in args:
                    value += [Op(".", pos), *arg]
            else:
                self.note_modifier(name, [resolve(arg) for arg in args])
                value = [n.Mod(pos, name, resolve(value), [resolve(arg) for arg in args])]
        return value

    def note_modifier(self, name: str, args: list[n.Node]) -> None:
        """Told of every modifier; the tag parser keeps track of some."""

    def primary(self) -> n.Node:
        src, pos = self.src, self.pos
        char = src[pos : pos + 1]
        if char == "$":
            return self.variable_operand()
        if char == "'":
            match = self.need(lx.SINGLE)
            return n.Lit(pos, lx.unquote_single(match.group(1)))
        if char == '"':
            return self.double_quoted()
        if (char.isdigit() or char == ".") and not lx.ID.match(src, pos):
            return self.number()
        if char == "(":
            self.need(lx.OPEN)
            inner = self.paren_content()
            self.need(lx.CLOSE)
            return inner
        if char == "[":
            return self.array("[", "]")
        if char == "{":
            return n.TagValue(pos, self.tag_value())
        if char == "#" and (config := self.take(_CONFIG)):
            return n.Config(pos, config.group(1))
        if char != "\\" and not lx.ID.match(src, pos):
            self.unexpected()
        return self.word()

    def paren_content(self) -> n.Node:
        """What stands in parentheses; the tag parser also allows an assignment there."""
        return self.expression()

    def tag_value(self) -> n.Node:
        """A tag used as a value; read by the tag parser."""
        raise NotImplementedError

    def number(self) -> n.Node:
        pos = self.pos
        text = self.need(lx.NUMBER).group(0)
        if self.src[self.pos : self.pos + 1] == "." or lx.ID.match(self.src, self.pos):
            self.unexpected()
        if "." in text:
            return n.Lit(pos, float(text))
        if len(text) > 1 and text[0] == "0":
            if set(text) & {"8", "9"}:
                self.fail("Invalid octal number", pos)
            value = int(text, 8)
        else:
            value = int(text)
        return n.Lit(pos, value if value < 2**63 else float(value))

    def word(self) -> n.Node:
        pos = self.pos
        match = self.need(_NAMESPACED)
        name = match.group(0)
        if self.take(_DOUBLE_COLON):
            return self.static(name, pos)
        if lx.OPEN.match(self.src, self.pos) and "\\" not in name[1:]:
            if name.lower() == "array":
                return self.array("(", ")")
            return n.Call(pos, name.lstrip("\\"), self.arguments())
        if "\\" in name:
            return n.Bare(pos, name)
        if name.lower() in SPECIAL_WORDS:
            return n.Lit(pos, SPECIAL_WORDS[name.lower()])
        return n.Bare(pos, name)

    def static(self, cls: str | n.Node, pos: int) -> n.Node:
        if match := self.take(lx.DOLLAR_ID):
            node: n.Node = self.indexes(n.Static(pos, cls, "prop", match.group(1), []))
        else:
            name = self.need(lx.ID).group(0)
            if lx.OPEN.match(self.src, self.pos):
                node = n.Static(pos, cls, "method", name, self.arguments())
            else:
                return n.Static(pos, cls, "const", name, [])
        return self.object_chain(node)

    def arguments(self) -> list[n.Node]:
        self.need(lx.OPEN)
        args: list[n.Node] = []
        if self.take(lx.CLOSE):
            return args
        while True:
            args.append(self.expression())
            if not self.take(lx.COMMA):
                self.need(lx.CLOSE)
                return args

    def array(self, opening: str, closing: str) -> n.Node:
        pos = self.pos
        self.take(lx.SPACE)
        if not self.peek(opening):
            self.unexpected()
        self.pos += 1
        items: list[tuple[n.Node | None, n.Node]] = []
        self.take(lx.SPACE)
        if self.peek(closing):
            self.pos += 1
            return n.Array(pos, items)
        while True:
            start = self.pos
            if match := self.take(_BARE_KEY):
                first: n.Node = n.Lit(start, match.group(1))
                items.append((first, self.expression()))
            else:
                first = self.expression()
                if self.take(lx.APTR):
                    items.append((first, self.expression()))
                else:
                    items.append((None, first))
            if self.take(lx.COMMA):
                continue
            self.take(lx.SPACE)
            if not self.peek(closing):
                self.unexpected()
            self.pos += 1
            return n.Array(pos, items)

    # Variables

    def variable_name(self) -> str | list[str | n.Node]:
        """The name after `$`: text, or pieces for a variable variable such as `$x_{$n}`."""
        self.pos += 1
        pieces: list[str | n.Node] = []
        if match := self.take(lx.ID):
            pieces.append(match.group(0))
        while self.peek("{") and not self.src[self.pos + 1 : self.pos + 2].isspace():
            self.pos += 1
            pieces.append(self.expression())
            self.need(lx.TAG_END)
            if match := self.take(_NAME_REST):
                pieces.append(match.group(0))
        if not pieces:
            self.unexpected()
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return pieces[0]
        return pieces

    def variable(self) -> n.Node:
        """A variable with its chain, without `++`."""
        pos = self.pos
        name = self.variable_name()
        if isinstance(name, str):
            if name == "smarty" and self.src[self.pos : self.pos + 1] in (".", "["):
                return self.special(pos)
            if match := self.take(_AT):
                self.loop_props.setdefault(name, set()).add(match.group(1))
                return n.LoopProp(pos, name, match.group(1))
        node: n.Node = n.Var(pos, name)
        node = self.indexes(node)
        return self.object_chain(node)

    def variable_operand(self) -> n.Node:
        pos = self.pos
        node = self.variable()
        if self.peek("::") and not isinstance(node, n.Special | n.LoopProp):
            self.pos += 2
            return self.static(node, pos)
        if match := self.take(lx.INCDEC):
            if not isinstance(node, n.Var | n.Index):
                self.fail("++ and -- need a variable", match.start())
            return n.PostInc(pos, node, 1 if match.group(1) == "++" else -1)
        if match := self.take(_INSTANCEOF):
            if self.peek("$"):
                return n.InstanceOf(pos, node, self.variable())
            return n.InstanceOf(pos, node, self.need(_NAMESPACED).group(0))
        return node

    def special(self, pos: int) -> n.Node:
        keys: list[n.Node] = []
        node: n.Node = n.Var(pos, "smarty")
        chain = self.indexes(node)
        while isinstance(chain, n.Index):
            if chain.key is None:
                self.fail("[] cannot be read", chain.pos)
            key = chain.key
            if isinstance(key, n.SectionKey):
                key = n.Lit(key.pos, key.name)
            keys.insert(0, key)
            chain = chain.base
        return self.object_chain(n.Special(pos, keys))

    def indexes(self, node: n.Node) -> n.Node:
        while True:
            pos = self.pos
            if self.peek("."):
                following = self.src[pos + 1 : pos + 2]
                if match := _DOT_NAME.match(self.src, pos):
                    self.pos = match.end()
                    text = match.group(1)
                    key: n.Node = n.Lit(pos, _int_key(text))
                elif following == "$":
                    self.pos += 1
                    start = self.pos
                    name = self.variable_name()
                    if match := self.take(_AT):
                        if isinstance(name, str):
                            self.loop_props.setdefault(name, set()).add(match.group(1))
                        key = n.LoopProp(start, name, match.group(1))
                    else:
                        key = n.Var(start, name)
                elif following == "{":
                    self.pos += 2
                    key = self.expression()
                    self.need(lx.TAG_END)
                else:
                    self.unexpected()
                node = n.Index(pos, node, key)
            elif self.peek("["):
                self.pos += 1
                if match := self.take(_SECTION_KEY):
                    node = n.Index(pos, node, n.SectionKey(pos, match.group(1), match.group(2) or "index"))
                    continue
                self.take(lx.SPACE)
                if self.peek("]"):
                    self.pos += 1
                    node = n.Index(pos, node, None)
                    continue
                inner = self.expression()
                self.take(lx.SPACE)
                if not self.peek("]"):
                    self.unexpected()
                self.pos += 1
                node = n.Index(pos, node, inner)
            else:
                return node

    def object_chain(self, node: n.Node) -> n.Node:
        while match := self.take(lx.ARROW):
            pos = match.start()
            name: n.Node
            start = self.pos
            if self.peek("$"):
                name = n.Var(start, self.variable_name())
            elif self.peek("{"):
                self.pos += 1
                name = self.expression()
                self.need(lx.TAG_END)
            else:
                name = n.Lit(start, self.need(lx.ID).group(0))
            if lx.OPEN.match(self.src, self.pos):
                node = n.Method(pos, node, name, self.arguments())
            else:
                node = self.indexes(n.Prop(pos, node, name))
        return node

    # Strings

    def double_quoted(self) -> n.Node:
        raise NotImplementedError


def _int_key(text: str) -> str | int:
    if text.isdigit() and (text == "0" or text[0] != "0") and len(text) < 19:
        return int(text)
    return text


_NOT = re.compile(r"not\s+(?!\w*\()", re.I)
_CONFIG = re.compile(r"#([a-zA-Z_]\w*)#", re.A)
_NAMESPACED = re.compile(r"\\?[0-9]*[a-zA-Z_]\w*(?:\\[a-zA-Z_]\w*)*", re.A)
_DOUBLE_COLON = re.compile(r"::")
_BARE_KEY = re.compile(r"([a-zA-Z_]\w*)\s*=>\s*", re.A)
_NAME_REST = re.compile(r"\w+", re.A)
_AT = re.compile(r"@([a-zA-Z_]\w*)", re.A)
_INSTANCEOF = re.compile(r"\s+instanceof\s+", re.I)
_DOT_NAME = re.compile(r"\.(\w+)", re.A)
_SECTION_KEY = re.compile(r"\s*([a-zA-Z_]\w*)(?:\.([a-zA-Z_]\w*))?\s*\]", re.A)
