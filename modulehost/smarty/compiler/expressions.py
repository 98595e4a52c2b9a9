"""Expressions to Python source; the names used are bound by runtime/binding.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import nodes as n
from ..errors import SyntaxFault
from ..lexer import LOGICAL
from .lookup import Lookup

BINARY = {
    "+": "ADD", "-": "SUB", "*": "MUL", "/": "DIV", "%": "MOD", "**": "POW", "&": "BAND", "^": "BXOR", "xor": "XOR",
    "==": "EQ", "===": "ID", "<": "LT", "<=": "LE",
}  # fmt: skip
FLIPPED = {">": "LT", ">=": "LE"}
NEGATED = {"!=": "EQ", "!==": "ID"}
SUPERGLOBALS = ("get", "post", "cookies", "server", "env", "session", "request")
LOOP_PROPS = ("index", "iteration", "first", "last", "show", "total")
SECTION_PROPS = (*LOOP_PROPS, "index_prev", "index_next", "rownum", "loop")
QUIET = n.Var | n.Index | n.Prop | n.Special | n.LoopProp | n.Static | n.Config


class ExpressionWriter:
    """Turns expression nodes into Python source; derived by the statement writer, which adds tags as values."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.loop_locals: dict[str, str] = {}

    def tag_text(self, node: n.Node) -> str:
        """A tag used as a value."""
        raise NotImplementedError

    def quoted_text(self, node: n.Dq) -> str:
        """A double-quoted string."""
        raise NotImplementedError

    # Three ways to want a value

    def expr(self, node: n.Node) -> str:
        """The value."""
        maker: Callable[[Any], str] | None = getattr(self, "on_" + type(node).__name__.lower(), None)
        if maker is None:
            raise SyntaxFault(f"{type(node).__name__} cannot be used as a value", node.pos)
        return maker(node)

    def text(self, node: n.Node) -> str:
        """The value as a str."""
        if isinstance(node, n.Lit) and isinstance(node.value, str):
            return repr(node.value)
        if isinstance(node, n.Dq | n.TagValue) or (isinstance(node, n.Bin) and node.op == "."):
            return self.expr(node)
        return f"(u_ if (u_ := {self.expr(node)}).__class__ is str else S(u_))"

    def cond(self, node: n.Node) -> str:
        """The value as a bool."""
        if isinstance(node, n.Un) and node.op == "!":
            return f"(not {self.cond(node.arg)})"
        if isinstance(node, n.Bin) and node.op in LOGICAL:
            return self.expr(node)
        if isinstance(node, n.Call) and node.name.lower() in ("isset", "empty"):
            return self.expr(node)
        if isinstance(node, n.IsIn | n.InstanceOf):
            return self.expr(node)
        return f"((u_ := {self.expr(node)}) is True or u_ is not False and u_ is not None and T(u_))"

    def quiet(self, node: n.Node) -> str:
        """The value, or None where reading it would fail."""
        if isinstance(node, n.Index):
            return f"Q({self.quiet(node.base)}, {self.key(node.key, node.pos)})"
        if isinstance(node, n.Prop):
            return f"P({self.quiet(node.base)}, {self.expr(node.name)})"
        if isinstance(node, n.Special):
            return self.on_special(node, "Q")
        return self.expr(node)

    # Values

    def on_lit(self, node: n.Lit) -> str:
        if isinstance(node.value, float) and node.value in (float("inf"), float("-inf")):
            return "INF"
        return repr(node.value)

    def on_bare(self, node: n.Bare) -> str:
        return f"p.word({node.word!r})"

    def on_dq(self, node: n.Dq) -> str:
        return self.quoted_text(node)

    def on_tagvalue(self, node: n.TagValue) -> str:
        return self.tag_text(node.tag)

    def on_array(self, node: n.Array) -> str:
        if all(key is None for key, _ in node.items):
            return "[" + ", ".join(self.expr(value) for _, value in node.items) + "]"
        items = [f"({'APPEND' if key is None else self.expr(key)}, {self.expr(value)})" for key, value in node.items]
        return "ARRAY((" + ", ".join(items) + ",))"

    # Variables

    def name(self, name: str | list[Any]) -> str:
        if isinstance(name, str):
            return repr(name)
        return "CAT(" + ", ".join(repr(part) if isinstance(part, str) else self.expr(part) for part in name) + ")"

    def on_var(self, node: n.Var) -> str:
        return f"g({self.name(node.name)})"

    def key(self, key: n.Node | None, pos: int) -> str:
        if key is None:
            raise SyntaxFault("[] cannot be read", pos)
        return self.expr(key)

    def on_index(self, node: n.Index) -> str:
        if isinstance(node.key, n.Lit) and isinstance(node.key.value, str) and not node.key.value.lstrip("-").isdigit():
            key, base = repr(node.key.value), self.expr(node.base)
            return f"(d_[{key}] if (d_ := {base}).__class__ is dict and {key} in d_ else I(d_, {key}))"
        return f"I({self.expr(node.base)}, {self.key(node.key, node.pos)})"

    def on_sectionkey(self, node: n.SectionKey) -> str:
        return f"t.section({node.name!r}, {node.prop!r}, '')"

    def on_prop(self, node: n.Prop) -> str:
        return f"P({self.expr(node.base)}, {self.expr(node.name)})"

    def on_method(self, node: n.Method) -> str:
        return f"M({self.expr(node.base)}, {self.expr(node.name)}, [{self.args(node.args)}])"

    def on_loopprop(self, node: n.LoopProp) -> str:
        if not isinstance(node.var, str):
            return f"t.loop_prop({self.name(node.var)}, {node.prop!r})"
        if node.prop not in (*LOOP_PROPS, "key"):
            return "None"
        local = self.loop_locals.get(node.var)
        return f"{local}.{node.prop}" if local else f"t.loop_prop({node.var!r}, {node.prop!r})"

    def on_config(self, node: n.Config) -> str:
        return f"p.config.get({node.name!r})"

    def on_special(self, node: n.Special, reader: str = "I") -> str:
        first, rest = node.keys[0], node.keys[1:]
        kind = first.value if isinstance(first, n.Lit) else None
        if kind in SUPERGLOBALS:
            code = f"p.superglobal({kind!r})"
        elif kind in ("foreach", "section"):
            return self.loop_special(node, str(kind), rest)
        elif kind == "const" and len(rest) == 1:
            return f"p.constant({self.expr(rest[0])})"
        elif kind == "capture":
            code = "p.captures"
        elif kind == "config":
            code = "p.config"
        elif kind in SIMPLE_SPECIALS and not rest:
            return SIMPLE_SPECIALS[kind]
        else:
            raise SyntaxFault(f"$smarty.{kind if kind is not None else '...'} is not a special variable", node.pos)
        for key in rest:
            code = f"{reader}({code}, {self.expr(key)})"
        return code

    def loop_special(self, node: n.Special, kind: str, keys: list[n.Node]) -> str:
        known = LOOP_PROPS if kind == "foreach" else SECTION_PROPS
        if len(keys) != 2 or not all(isinstance(key, n.Lit) for key in keys):
            raise SyntaxFault(f"$smarty.{kind} needs a name and a property", node.pos)
        name, prop = (key.value for key in keys if isinstance(key, n.Lit))
        if prop not in known:
            raise SyntaxFault(f"$smarty.{kind} has no property {prop}", node.pos)
        if kind == "section":
            return f"t.section({name!r}, {prop!r}, None)"
        local = self.loop_locals.get(f"\0{name}")
        return f"{local}.{prop}" if local else f"t.named_loop({str(name)!r}, {prop!r})"

    # Operators

    def on_bin(self, node: n.Bin) -> str:
        op = node.op
        if op in ("&&", "||"):
            word = " and " if op == "&&" else " or "
            return f"({word.join(self.cond(part) for part in chain(node))})"
        if op == ".":
            return f"CAT({self.args(chain(node))})"
        if op in ("==", "!=") and (fast := self.fast_equal(node)):
            return fast if op == "==" else f"(not {fast})"
        a, b = self.expr(node.left), self.expr(node.right)
        if op in NEGATED:
            return f"(not {NEGATED[op]}({a}, {b}))"
        if op in FLIPPED:
            return f"{FLIPPED[op]}R({a}, {b})"
        return f"{BINARY[op]}({a}, {b})"

    def fast_equal(self, node: n.Bin) -> str:
        """`==` with a literal on the right, without a call when the types agree; '' when that is not possible."""
        if not isinstance(node.right, n.Lit):
            return ""
        value = node.right.value
        if isinstance(value, str) and (not value or value[0] not in "0123456789+-. \t\n\r\v\f"):
            kind = "str"
        elif type(value) is int:
            kind = "int"
        else:
            return ""
        return f"(u_ == {value!r} if (u_ := {self.expr(node.left)}).__class__ is {kind} else EQ(u_, {value!r}))"

    def on_un(self, node: n.Un) -> str:
        if node.op == "!":
            return f"(not {self.cond(node.arg)})"
        if node.op.startswith("("):
            return f"CAST({node.op[1:]!r}, {self.expr(node.arg)})"
        if isinstance(node.arg, n.Lit) and type(node.arg.value) in (int, float):
            return f"({node.op}{node.arg.value!r})"
        return f"{'NEG' if node.op == '-' else 'POS'}({self.expr(node.arg)})"

    def on_tern(self, node: n.Tern) -> str:
        return f"({self.expr(node.yes)} if {self.cond(node.cond)} else {self.expr(node.no)})"

    def on_isin(self, node: n.IsIn) -> str:
        return f"{self.lookup.function('in_array', node.pos)}({self.expr(node.value)}, {self.expr(node.array)})"

    def on_instanceof(self, node: n.InstanceOf) -> str:
        cls = repr(node.cls) if isinstance(node.cls, str) else self.expr(node.cls)
        return f"INSTANCE({self.expr(node.value)}, {cls})"

    def path(self, target: n.Node) -> tuple[str, list[str]]:
        """Name and keys of an assignment target as source."""
        keys: list[str] = []
        while isinstance(target, n.Index):
            keys.insert(0, "APPEND" if target.key is None else self.expr(target.key))
            target = target.base
        if not isinstance(target, n.Var):
            raise SyntaxFault("Only variables and array elements can be assigned to", target.pos)
        return self.name(target.name), keys

    def on_postinc(self, node: n.PostInc) -> str:
        name, keys = self.path(node.target)
        return f"t.increment(v, {name}, [{', '.join(keys)}], {node.step})"

    def on_assignexpr(self, node: n.AssignExpr) -> str:
        name, keys = self.path(node.target)
        return f"t.assign_value(v, {name}, [{', '.join(keys)}], {self.expr(node.value)})"

    # Calls

    def args(self, args: list[n.Node]) -> str:
        return ", ".join(self.expr(arg) for arg in args)

    def on_call(self, node: n.Call) -> str:
        name = node.name.lower()
        if name in ("isset", "empty"):
            return self.construct(name, node)
        return self.invoke(self.lookup.function(node.name, node.pos, len(node.args)), self.args(node.args))

    def construct(self, name: str, node: n.Call) -> str:
        if not node.args or (name == "empty" and len(node.args) > 1):
            raise SyntaxFault(f"{name}() needs an argument", node.pos)
        if name == "empty":
            return f"(not T({self.quiet(node.args[0])}))"
        for arg in node.args:
            if not isinstance(arg, QUIET):
                raise SyntaxFault("isset() works on variables only", arg.pos)
        return "(" + " and ".join(f"{self.quiet(arg)} is not None" for arg in node.args) + ")"

    def invoke(self, code: str, args: str) -> str:
        """A call where `code` may already hold leading arguments: `F(` or `F(p, `."""
        return f"{code}({args})" if not code.endswith(",") else f"{code} {args})"

    def on_static(self, node: n.Static) -> str:
        cls = repr(node.cls) if isinstance(node.cls, str) else self.expr(node.cls)
        if isinstance(node.cls, str):
            self.lookup.check_class(node.cls, node.pos)
        return f"p.static_{node.kind}({cls}, {node.name!r}, [{self.args(node.args)}])"

    def on_mod(self, node: n.Mod) -> str:
        if node.name.lower() == "default":
            value = self.quiet(node.value)
            for arg in node.args or [n.Lit(node.pos, "")]:
                value = f'(u_ if (u_ := {value}) is not None and u_ != "" else {self.expr(arg)})'
            return value
        code = self.lookup.modifier(node.name, node.pos, len(node.args))
        return self.invoke(code, self.args([node.value, *node.args]))


def chain(node: n.Bin) -> list[n.Node]:
    """The operands of `a op b op c`, however many."""
    parts: list[n.Node] = []
    left: n.Node = node
    while isinstance(left, n.Bin) and left.op == node.op:
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]


SIMPLE_SPECIALS: dict[Any, str] = {
    "now": "p.now()", "template": "t.name", "current_dir": "t.directory()", "version": "VERSION",
    "ldelim": "'{'", "rdelim": "'}'",
}  # fmt: skip
