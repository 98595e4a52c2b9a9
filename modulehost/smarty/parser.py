"""The statement half of the parser: text, tags and block structure, with the engine's newline rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from dataclasses import dataclass

from . import lexer as lx
from . import nodes as n
from .errors import SyntaxFault
from .expressions import ExpressionParser
from .precedence import resolve
from .tags import named_tag, notes_plugin_file, scope_of

NONE, EATER, FILE_START = 0, 1, 2


@dataclass
class Names:
    """The tags that exist beside the built-in ones."""

    functions: Collection[str] = ()
    blocks: Collection[str] = ()
    plugin_functions: Collection[str] = ()
    plugin_blocks: Collection[str] = ()
    modifiers: Collection[str] = ()


class Parser(ExpressionParser):
    """One template file."""

    def __init__(self, source: str, names: Names) -> None:
        super().__init__(source)
        self.names = names
        self.eat = FILE_START
        self.strip = False
        self.in_quotes = False
        self.open_pos = 0
        self.plugin_file = False
        self.function_depth = 0
        self.loop_depth = 0
        self.blocks: list[n.Block] = []
        self.functions: list[n.FuncDef] = []
        self.defined: set[str] = set()
        self.extends: int | None = None
        self.loop_names: set[str] = set()

    def template(self) -> n.Template:
        """The whole file."""
        body, _ = self.nodes(frozenset(), False)
        if self.extends is not None:
            body.append(n.RenderParent(self.extends))
        return n.Template(
            self.src,
            body,
            self.plugin_file,
            self.functions,
            self.extends is not None,
            self.loop_props,
            self.loop_names,
        )

    # Text

    def text(self, into: list[n.Node], pos: int, text: str, verbatim: bool = False) -> None:
        """Append text, applying {strip} and the newline that the tag before may have eaten."""
        if self.strip and not verbatim:
            text = lx.strip_text(text)
        if not text:
            return
        start = False
        if self.eat and text[0] == "\n":
            start = self.eat == FILE_START
            text = text[1:]
        self.eat = NONE
        if not text and not start:
            return
        last = into[-1] if into else None
        if isinstance(last, n.Text) and not start:
            last.text += text
        else:
            into.append(n.Text(pos, text, start))

    def nodes(self, stop: Set[str], dq: bool) -> tuple[list[n.Node], str]:
        """Nodes up to a tag named in `stop` (its name is read, the rest of it is not); at the end of file ''."""
        into: list[n.Node] = []
        while True:
            if dq:
                end = self.quoted_text(into)
                if end:
                    if '"' not in stop:
                        self.fail("Unclosed tag in a double-quoted string")
                    return into, '"'
            elif not self.plain_text(into):
                if stop:
                    self.fail(f"Missing closing tag, expected {{{min(stop)}}}", self.open_pos)
                return into, ""
            term = self.tag(into, stop, dq)
            if term:
                return into, term

    def plain_text(self, into: list[n.Node]) -> bool:
        """Text up to the next tag, with comments, literals and strip switches taken care of; False at the end."""
        src, size = self.src, len(self.src)
        start = pos = self.pos
        before = ""  # text before a comment: the comment does not divide it
        while True:
            brace = src.find("{", pos)
            if brace < 0:
                self.text(into, start, before + src[start:])
                self.pos = size
                return False
            if brace + 1 == size:
                self.fail("Unexpected { at the end of the template", brace)
            if match := lx.BRACES_TEXT.match(src, brace):
                pos = match.end()
                continue
            if match := _SWITCH.match(src, brace):
                before += src[start:brace]
                if not match.group("comment"):
                    self.text(into, start, before)
                    before = ""
                pos = start = self.switch(into, match)
                continue
            self.text(into, start, before + src[start:brace])
            self.pos = brace
            return True

    def switch(self, into: list[n.Node], match: re.Match[str]) -> int:
        """A comment, a literal or a strip switch; returns the offset after it."""
        src = self.src
        if match.group("comment"):
            end = src.find("*}", match.end())
            if end < 0:
                self.fail("Unclosed comment", match.start())
            end += 2
            return end + 1 if src.startswith("\n", end) else end
        if match.group("strip"):
            self.strip = "/" not in match.group(0)
            return match.end()
        depth, pos = 1, match.end()
        while True:
            tag = _LITERAL.search(src, pos)
            if tag is None:
                self.fail("Unclosed {literal}", match.start())
            depth += -1 if tag.group(1) else 1
            if not depth:
                self.text(into, match.end(), src[match.end() : tag.start()], verbatim=True)
                return tag.end()
            pos = tag.end()

    def quoted_text(self, into: list[n.Node]) -> bool:
        """Text and variables of a double-quoted string up to a tag (False) or the closing quote (True)."""
        src, start = self.src, self.pos

        def flush(to: int) -> None:
            if to > start:
                into.append(n.Text(start, lx.unescape_double(src[start:to])))

        while True:
            match = _QUOTED.search(src, self.pos)
            if match is None:
                self.fail("Unclosed double-quoted string", start)
            pos, char = match.start(), match.group(0)
            self.pos = match.end()
            if char[0] == "\\" or _DQ_LITERAL.match(src, pos):
                continue
            if char == '"':
                flush(pos)
                return True
            if char == "$":
                if found := lx.DOLLAR_ID.match(src, pos):
                    flush(pos)
                    self.pos = start = found.end()
                    into.append(n.Output(pos, n.Var(pos, found.group(1)), raw=True))
            elif char == "`":
                if src.startswith("$", self.pos):
                    flush(pos)
                    value = self.expression()
                    if not self.peek("`"):
                        self.unexpected()
                    self.pos = start = self.pos + 1
                    into.append(n.Output(pos, value, raw=True))
            elif not src[self.pos : self.pos + 1].isspace():
                flush(pos)
                self.pos = pos
                return False

    def double_quoted(self) -> n.Node:
        pos = self.pos
        saved = self.eat, self.strip, self.in_quotes
        self.pos += 1
        self.strip, self.in_quotes = False, True
        parts, _ = self.nodes(frozenset('"'), True)
        self.eat, self.strip, self.in_quotes = saved
        return n.Dq(pos, parts)

    # Tags

    def tag(self, into: list[n.Node], stop: Set[str], dq: bool) -> str:
        """One tag at `{`; its node goes to `into`. Returns the name when it is one of `stop`."""
        src, pos = self.src, self.pos
        if match := _CLOSING.match(src, pos):
            name = "/" + match.group(1)
            self.pos = match.end()
            if name in stop:
                self.need(lx.TAG_END)
                return name
            raise SyntaxFault(f"Unexpected closing tag {{{name}}}", pos)
        if match := _MIDDLE.match(src, pos):
            name = "elseif" if match.group(1) else match.group(2)
            if name in stop:
                self.pos = match.end()
                return name
            raise SyntaxFault(f"Unexpected {{{name}}}", pos)
        node = self.one_tag(dq)
        if isinstance(node, n.Text):
            self.eat = NONE
            into.append(node)
        elif not isinstance(node, n.Nothing):
            into.append(node)
        return ""

    def one_tag(self, dq: bool) -> n.Node:
        """The node of the opening or single tag at `{`; sets `eat` for what follows."""
        src, pos = self.src, self.pos
        if match := lx.SIMPLE_VAR.match(src, pos):
            self.pos = match.end()
            self.eat = NONE
            blanks = match.group(2)
            if blanks.strip(" "):
                return n.Output(pos, n.Lit(pos, None))  # the engine takes the line end as part of the name
            return n.Output(pos, n.Var(pos, match.group(1)), raw=dq)
        if match := _BLOCK_REF.match(src, pos):
            return self.block_ref(match)
        self.pos += 1
        if self.peek("$"):
            if match := _EMPTY_VAR.match(src, self.pos):
                self.pos = match.end()
                self.eat = NONE
                return n.Nothing(pos)
            if node := self.assignment(pos):
                return node
            return self.output(pos, dq)
        match = _TAG_NAME.match(src, self.pos)
        if match and (node := named_tag(self, match.group(1), pos, match.end())):
            return node
        return self.output(pos, dq)

    def output(self, pos: int, dq: bool) -> n.Node:
        value = self.expression()
        flags = self.flags(("nofilter", "nocache"))
        self.eat = NONE
        return n.Output(pos, value, nofilter="nofilter" in flags, raw=dq)

    def block_ref(self, match: re.Match[str]) -> n.Node:
        which = match.group(1)
        if not self.blocks:
            self.fail(f"{{$smarty.block.{which}}} used outside of a block", match.start())
        if which == "child":
            self.blocks[-1].calls_child = True
        self.pos = match.end()
        self.eat = NONE
        return n.BlockRef(match.start(), which)

    def assignment(self, pos: int) -> n.Node | None:
        """`{$x = value}` or an element assignment; None (and nothing read) when it is something else."""
        start = self.pos
        target = self.assign_target()
        if target is None:
            self.pos = start
            return None
        value = self.expression()
        attrs, _ = self.attributes((), ("nocache",))
        scope = scope_of(self, attrs)
        if attrs:
            self.fail(f"Unknown option {next(iter(attrs))!r} of an assignment", pos)
        self.eat = EATER
        return n.Assign(pos, target, value, scope)

    def assign_target(self) -> n.Node | None:
        """The left side and `=` of an assignment, or None."""
        if _NOT_ASSIGN.match(self.src, self.pos):
            return None
        props = {k: set(v) for k, v in self.loop_props.items()}
        try:
            target = self.variable()
        except SyntaxFault:
            self.loop_props = props
            return None
        if not self.take(lx.EQUAL):
            return None
        base = target
        while isinstance(base, n.Index):
            base = base.base
        if not isinstance(base, n.Var):
            self.fail("Only variables and array elements can be assigned to", target.pos)
        return target

    def paren_content(self) -> n.Node:
        return self.condition()

    def condition(self) -> n.Node:
        """An expression or an assignment used as one."""
        start = self.pos
        if self.peek("$"):
            target = self.assign_target()
            if target is not None:
                return n.AssignExpr(start, target, self.expression())
            self.pos = start
        return self.expression()

    def note_modifier(self, name: str, args: list[n.Node]) -> None:
        if not self.function_depth and name not in self.names.modifiers and notes_plugin_file(name, args):
            self.plugin_file = True

    def tag_value(self) -> n.Node:
        eat, strip = self.eat, self.strip
        src, pos = self.src, self.pos
        if src[pos + 1 : pos + 2].isspace() or src.startswith(("{*", "{/", "{literal}", "{}"), pos):
            self.unexpected()
        name = _TAG_NAME.match(src, pos + 1)
        if name and (name.group(1) in _BLOCK_TAGS or name.group(1) in self.names.blocks):
            self.fail(f"{{{name.group(1)}}} cannot be used as a value")
        node = self.one_tag(False)
        self.eat, self.strip = eat, strip
        return node

    # Attributes

    def flags(self, allowed: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        while not self.take(lx.TAG_END):
            match = lx.BARE_ATTR.match(self.src, self.pos)
            if match is None or match.group(1) not in allowed:
                self.take(lx.SPACE)
                self.unexpected()
            found.add(match.group(1))
            self.pos = match.end()
        return found

    def attributes(self, shorthand: tuple[str, ...], flags: tuple[str, ...]) -> tuple[n.Attrs, set[str]]:
        """All attributes up to and with `}`; values without a name fill `shorthand` in order."""
        attrs: n.Attrs = {}
        found: set[str] = set()
        free = list(shorthand)
        while not self.take(lx.TAG_END):
            if lx.RESERVED_ATTR.match(self.src, self.pos):
                self.take(lx.SPACE)
                self.unexpected()
            if match := self.take(lx.ATTR):
                attrs[match.group(1)] = self.attribute_value()
                continue
            match = lx.BARE_ATTR.match(self.src, self.pos)
            if match and match.group(1) in flags:
                self.pos = match.end()
                found.add(match.group(1))
                continue
            if not free:
                self.take(lx.SPACE)
                self.unexpected()
            self.need(lx.SPACES)
            attrs[free.pop(0)] = self.attribute_value()
        return attrs, found

    def attribute_value(self) -> n.Node:
        return resolve(self.flat())


_SWITCH = re.compile(r"\{(?:(?P<comment>\*)|(?P<literal>literal\})|(?P<strip>/?strip\s*\}))")
_LITERAL = re.compile(r"\{(/?)literal\}")
_QUOTED = re.compile(r"\\.|[\"$`{]", re.S)
_DQ_LITERAL = re.compile(r"\{/?literal\}")
_CLOSING = re.compile(r"\{/([a-zA-Z_]\w*)", re.A)
_MIDDLE = re.compile(r"\{(?:(elseif|else\s+if)(?=\s|\})|(else|foreachelse|forelse|sectionelse)\s*\})")
_BLOCK_REF = re.compile(r"\{\$smarty\.block\.(parent|child)\s*\}")
_EMPTY_VAR = re.compile(r"\$\s*\}|\$\.[\w.]*\s*\}")
_TAG_NAME = re.compile(r"([0-9]*[a-zA-Z_]\w*)(?=[\s}|])", re.A)
_NOT_ASSIGN = re.compile(
    r"\$\w+(?:\.\w+|\[(?:'[^']*'|\w+)\]|->\w+)*(?:\s*(?:[|}(!<>&]|==)|\s+[a-zA-Z])", re.A
)
_BLOCK_TAGS = frozenset(
    ("if", "foreach", "for", "while", "section", "capture", "function", "block", "nocache", "setfilter", "extends")
)
