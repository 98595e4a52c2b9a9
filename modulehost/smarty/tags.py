"""The tags with names: control structures, assignments, includes, inheritance, function and block tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import lexer as lx
from . import nodes as n

if TYPE_CHECKING:
    from .parser import Parser

NONE, EATER = 0, 1
Maker = Callable[["Parser", int], n.Node]

PLUGIN_FILE_MODIFIERS = frozenset(
    ("capitalize", "count", "date_format", "debug_print_var", "explode", "mb_wordwrap", "number_format")
    + ("regex_replace", "replace", "spacify", "truncate", "wordwrap")
)
INLINE_ESCAPES = frozenset(["html", "htmlall", "url", "urlpathinfo", "quotes", "javascript"])
FILE_ESCAPES = frozenset(["hex", "hexentity", "decentity", "mail", "nonstd"])
SCOPES = {"parent", "root", "global", "local", "tpl_root"}


def named_tag(p: Parser, name: str, pos: int, end: int) -> n.Node | None:
    """The node of `{name ...}`, or None when the text is an expression after all."""
    if maker := TAGS.get(name):
        if p.src[end] == "|":
            return None
        p.pos = end
        p.open_pos = pos
        return maker(p, pos)
    filters: list[tuple[int, str, list[n.Node]]] = []
    if name in ("ldelim", "rdelim"):
        p.pos = end
        filters = tag_filters(p)
        p.flags(())
        p.eat = NONE
        node: n.Node = n.Lit(pos, "{" if name == "ldelim" else "}")
        return n.Output(pos, apply_filters(node, filters), raw=True)
    known = name in p.names.functions or name in p.defined
    if name in p.names.blocks:
        p.pos = end
        return block_tag(p, name, pos)
    if not known and (p.src[end] == "|" or lx.OPERATOR.match(p.src, end) or name.lower() in _WORDS):
        return None
    if not known and lx.OPEN.match(p.src, end):
        return None
    p.pos = end
    filters = tag_filters(p)
    attrs, _ = p.attributes((), ("nocache",))
    p.eat = NONE
    if name in p.names.functions and name not in p.defined:
        if name in p.names.plugin_functions and not p.function_depth:
            p.plugin_file = True
        node = n.TagCall(pos, name, attrs)
    else:
        assign = attrs.pop("assign", None)
        node = n.FuncCall(pos, n.Lit(pos, name), attrs, assign, known=known)
    if filters:
        return n.Output(pos, apply_filters(n.TagValue(pos, node), filters), raw=True)
    return node


def tag_filters(p: Parser) -> list[tuple[int, str, list[n.Node]]]:
    found: list[tuple[int, str, list[n.Node]]] = []
    while p.peek("|"):
        start = p.pos
        name = p.need(lx.MODIFIER).group(1)
        args: list[n.Node] = []
        while p.take(lx.COLON):
            args.append(p.primary())
        found.append((start, name, args))
    return found


def scope_of(p: Parser, attrs: n.Attrs) -> str:
    node = attrs.pop("scope", None)
    if node is None:
        return ""
    name = constant_name(node)
    if name not in SCOPES:
        p.fail("Illegal value of 'scope'", node.pos)
    return "" if name == "local" else name


def block_tag(p: Parser, name: str, pos: int) -> n.Node:
    attrs, _ = p.attributes((), ("nocache",))
    if name in p.names.plugin_blocks and not p.function_depth:
        p.plugin_file = True
    p.eat = EATER
    body, _ = body_of(p, pos, {"/" + name})
    p.eat = EATER
    return n.BlockTag(pos, name, attrs, body)


def body_of(p: Parser, pos: int, stop: set[str]) -> tuple[list[n.Node], str]:
    p.open_pos = pos
    nodes, term = p.nodes(stop, p.in_quotes)
    return nodes, term


def loop_of(p: Parser, pos: int, name: str, otherwise: str) -> tuple[list[n.Node], list[n.Node] | None]:
    """The body and the else branch of a loop tag whose opening tag has been read."""
    p.eat = EATER
    p.loop_depth += 1
    body, term = body_of(p, pos, {"/" + name, otherwise})
    p.loop_depth -= 1
    rest: list[n.Node] | None = None
    if term == otherwise:
        p.eat = EATER
        rest, _ = body_of(p, pos, {"/" + name})
    p.eat = EATER
    return body, rest


def notes_plugin_file(name: str, args: list[n.Node]) -> bool:
    """Whether the engine loads a file for this modifier, which keeps the newline at the start of the template."""
    if name == "escape":
        kind = constant_name(args[0]) if args else "html"
        return kind is None or (kind not in INLINE_ESCAPES and kind in FILE_ESCAPES)
    return name in PLUGIN_FILE_MODIFIERS


def apply_filters(node: n.Node, filters: list[tuple[int, str, list[n.Node]]]) -> n.Node:
    for start, name, args in filters:
        if name.lower() == "cat":
            for arg in args:
                node = n.Bin(start, ".", node, arg)
        else:
            node = n.Mod(start, name, node, args)
    return node


def constant_name(node: n.Node | None) -> str | None:
    """The text of a bare word or a plain string; None for anything else."""
    if isinstance(node, n.Bare):
        return node.word
    if isinstance(node, n.Lit) and isinstance(node.value, str | int) and not isinstance(node.value, bool):
        return str(node.value)
    if isinstance(node, n.Dq) and len(node.parts) <= 1:
        part = node.parts[0] if node.parts else n.Text(node.pos, "")
        return part.text if isinstance(part, n.Text) else None
    return None


def variable_or_name(node: n.Node | None) -> str | None:
    """As constant_name, and `$v` stands for v."""
    if isinstance(node, n.Var) and isinstance(node.name, str):
        return node.name
    return constant_name(node)


def _if(p: Parser, pos: int) -> n.Node:
    branches: list[tuple[n.Node, list[n.Node]]] = []
    otherwise: list[n.Node] | None = None
    term = "if"
    while term in ("if", "elseif"):
        if p.take(lx.TAG_END):
            p.fail(f"Missing condition in {{{term}}}", pos)
        p.need(lx.SPACES)
        cond = p.condition()
        p.flags(("nocache",))
        p.eat = EATER
        body, term = body_of(p, pos, {"elseif", "else", "/if"})
        branches.append((cond, body))
    if term == "else":
        p.eat = EATER
        otherwise, _ = body_of(p, pos, {"/if"})
    p.eat = EATER
    return n.If(pos, branches, otherwise)


def _foreach(p: Parser, pos: int) -> n.Node:
    source: n.Node | None = None
    item: str | None = None
    key: str | None = ""
    if not lx.ATTR.match(p.src, p.pos):
        p.need(lx.SPACES)
        source = p.expression()
        if p.take(_AS):
            item = p.need(lx.DOLLAR_ID).group(1)
            if p.take(lx.APTR):
                key = item
                item = p.need(lx.DOLLAR_ID).group(1)
    attrs, _ = p.attributes((), ("nocache",))
    source = source or attrs.pop("from", None)
    if source is None:
        p.fail("{foreach} needs a source", pos)
    if item is None:
        item = variable_or_name(attrs.pop("item", None))
        if item is None:
            p.fail("{foreach} needs an item variable", pos)
    if "key" in attrs:
        key = variable_or_name(attrs.pop("key"))
    name: str | None = ""
    if "name" in attrs:
        name = constant_name(attrs.pop("name"))
    if key is None or name is None or attrs:
        p.fail("Illegal attribute of {foreach}", pos)
    if isinstance(source, n.Var) and source.name in (item, key):
        p.fail(f"{{foreach}} variable ${source.name} is also its source", pos)
    if key and key == item:
        p.fail("{foreach} item and key have the same name", pos)
    node = n.Foreach(pos, source, item, key, name)
    node.body, node.otherwise = loop_of(p, pos, "foreach", "foreachelse")
    return node


def _for(p: Parser, pos: int) -> n.Node:
    p.need(lx.SPACES)
    start = p.pos
    target = p.assign_target()
    if not isinstance(target, n.Var) or not isinstance(target.name, str):
        p.pos = start
        p.unexpected()
    first = p.expression()
    if p.take(_TO):
        to = p.expression()
        step: n.Node | None = None
        maximum: n.Node | None = None
        if p.take(_STEP):
            step = p.expression()
        attrs, _ = p.attributes((), ("nocache",))
        maximum = attrs.pop("max", None)
        if attrs:
            p.fail("Illegal attribute of {for}", pos)
        node: n.ForRange | n.ForC = n.ForRange(pos, target.name, first, to, step, maximum)
    else:
        p.need(_SEMICOLON)
        cond = p.expression()
        p.need(_SEMICOLON)
        at = p.pos
        target2 = p.assign_target()
        if target2 is not None:
            change: n.Node = n.AssignExpr(at, target2, p.expression())
        else:
            p.pos = at
            change = p.variable_operand()
            if not isinstance(change, n.PostInc):
                p.fail("{for} needs an increment", at)
        p.flags(("nocache",))
        node = n.ForC(pos, [n.Assign(pos, target, first)], cond, change)
    node.body, node.otherwise = loop_of(p, pos, "for", "forelse")
    return node


def _while(p: Parser, pos: int) -> n.Node:
    p.need(lx.SPACES)
    cond = p.condition()
    p.flags(("nocache",))
    p.eat = EATER
    p.loop_depth += 1
    body, _ = body_of(p, pos, {"/while"})
    p.loop_depth -= 1
    p.eat = NONE
    return n.While(pos, cond, body)


def _section(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("name", "loop"), ("nocache",))
    name = constant_name(attrs.pop("name", None))
    if name is None or "loop" not in attrs or set(attrs) - {"loop", "start", "step", "max", "show"}:
        p.fail("{section} needs name and loop, and knows start, step, max and show", pos)
    node = n.Section(pos, name, attrs)
    node.body, node.otherwise = loop_of(p, pos, "section", "sectionelse")
    return node


def _jump(kind: str) -> Maker:
    def make(p: Parser, pos: int) -> n.Node:
        levels = 1
        attrs, _ = p.attributes(("levels",), ("nocache",))
        if attrs:
            node = attrs.get("levels")
            if not isinstance(node, n.Lit) or not isinstance(node.value, int) or node.value < 1:
                p.fail(f"{{{kind}}} takes a number of levels", pos)
            levels = node.value
        if levels > p.loop_depth:
            p.fail(f"{{{kind}}} outside of a loop, or with too many levels", pos)
        p.eat = EATER
        return n.Jump(pos, kind, levels)

    return make


def _assign(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("var", "value"), ("nocache", "noscope"))
    scope = scope_of(p, attrs)
    if set(attrs) != {"var", "value"}:
        p.fail("{assign} needs var and value, and knows scope", pos)
    p.eat = EATER
    return n.AssignName(pos, name_of(attrs["var"]), attrs["value"], scope)


def _append(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("var", "value"), ("nocache", "noscope"))
    scope = scope_of(p, attrs)
    index = attrs.pop("index", None)
    if set(attrs) != {"var", "value"}:
        p.fail("{append} needs var and value, and knows index and scope", pos)
    p.eat = EATER
    return n.AssignName(pos, name_of(attrs["var"]), attrs["value"], scope, append=True, index=index)


def name_of(node: n.Node) -> n.Node:
    """A name given as an attribute: a bare word is itself, never a constant."""
    name = constant_name(node)
    return node if name is None else n.Lit(node.pos, name)


def _capture(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("name",), ("nocache",))
    name = name_of(attrs.pop("name", n.Lit(pos, "default")))
    assign, append = attrs.pop("assign", None), attrs.pop("append", None)
    if attrs:
        p.fail("{capture} knows name, assign and append", pos)
    p.eat = EATER
    body, _ = body_of(p, pos, {"/capture"})
    p.eat = EATER
    return n.Capture(pos, name, assign and name_of(assign), append and name_of(append), body)


def _include(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("file",), ("nocache", "inline", "caching"))
    if "file" not in attrs:
        p.fail("{include} needs a file", pos)
    file = attrs.pop("file")
    assign = attrs.pop("assign", None)
    scope = scope_of(p, attrs)
    for option in ("cache_id", "compile_id", "cache_lifetime", "caching", "inline"):
        attrs.pop(option, None)
    p.eat = EATER
    return n.Include(pos, file, attrs, assign and name_of(assign), scope)


def _eval(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("var",), ("nocache",))
    assign = attrs.pop("assign", None)
    if set(attrs) != {"var"}:
        p.fail("{eval} needs var, and knows assign", pos)
    p.eat = EATER
    return n.Eval(pos, attrs["var"], assign and name_of(assign))


def _function(p: Parser, pos: int) -> n.Node:
    eat = p.eat
    attrs, _ = p.attributes(("name",), ("nocache",))
    name = constant_name(attrs.pop("name", None))
    if not name or not re.fullmatch(r"[a-zA-Z0-9_]+", name):
        p.fail("{function} needs a constant name", pos)
    p.defined.add(name)
    depth, p.loop_depth = p.loop_depth, 0
    p.function_depth += 1
    p.eat = NONE
    body, _ = body_of(p, pos, {"/function"})
    p.function_depth -= 1
    p.loop_depth = depth
    p.functions.append(n.FuncDef(pos, name, attrs, body))
    p.eat = eat
    return n.Nothing(pos)


def _call(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("name",), ("nocache",))
    if "name" not in attrs:
        p.fail("{call} needs a name", pos)
    name = name_of(attrs.pop("name"))
    assign = attrs.pop("assign", None)
    p.eat = NONE
    return n.FuncCall(pos, name, attrs, assign and name_of(assign))


def _block(p: Parser, pos: int) -> n.Node:
    attrs, flags = p.attributes(("name",), ("append", "prepend", "hide", "nocache"))
    name = constant_name(attrs.pop("name", None))
    if not name or attrs:
        p.fail("{block} needs a constant name", pos)
    p.plugin_file = True
    node = n.Block(pos, name, frozenset(flags), [])
    p.blocks.append(node)
    depth, p.loop_depth = p.loop_depth, 0
    p.eat = NONE
    node.body, _ = body_of(p, pos, {"/block"})
    p.loop_depth = depth
    p.blocks.pop()
    p.eat = NONE
    return node


def _extends(p: Parser, pos: int) -> n.Node:
    attrs, _ = p.attributes(("file",), ("nocache",))
    if set(attrs) != {"file"}:
        p.fail("{extends} needs a file", pos)
    p.extends = pos
    p.eat = EATER
    return n.Extends(pos, attrs["file"])


def _nocache(p: Parser, pos: int) -> n.Node:
    p.flags(())
    body, _ = body_of(p, pos, {"/nocache"})
    return n.If(pos, [(n.Lit(pos, True), body)], None)


def _setfilter(p: Parser, pos: int) -> n.Node:
    p.need(lx.SPACES)
    filters: list[tuple[str, list[n.Node]]] = []
    while True:
        name = p.need(lx.ID).group(0)
        args: list[n.Node] = []
        while p.take(lx.COLON):
            args.append(p.primary())
        filters.append((name, args))
        if not p.peek("|"):
            break
        p.pos += 1
    p.need(lx.TAG_END)
    body, _ = body_of(p, pos, {"/setfilter"})
    return n.SetFilter(pos, filters, body)


def _refused(p: Parser, pos: int) -> n.Node:
    p.fail("This tag is refused: templates cannot run PHP", pos)


TAGS: dict[str, Maker] = {
    "if": _if, "foreach": _foreach, "for": _for, "while": _while, "section": _section,
    "break": _jump("break"), "continue": _jump("continue"),
    "assign": _assign, "append": _append, "capture": _capture, "include": _include, "eval": _eval,
    "function": _function, "call": _call, "block": _block, "extends": _extends,
    "nocache": _nocache, "setfilter": _setfilter, "php": _refused, "include_php": _refused,
}  # fmt: skip

_WORDS = {"true", "false", "null", "not"}
_AS = re.compile(r"\s+as\s+")
_TO = re.compile(r"\s+to\s+")
_STEP = re.compile(r"\s+step(?:\s*=\s*|\s+)")
_SEMICOLON = re.compile(r"\s*;\s*")
