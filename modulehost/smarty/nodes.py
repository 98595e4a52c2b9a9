"""The parts of a parsed template: expressions first, then statements. `pos` is the offset in the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Node:
    pos: int


# Expressions


@dataclass(slots=True)
class Lit(Node):
    value: Any


@dataclass(slots=True)
class Bare(Node):
    """A bare word: a constant when one has that name, else a string."""

    word: str


@dataclass(slots=True)
class Var(Node):
    """`name` is text, or a list of text and expressions for variable variables."""

    name: str | list[Any]


@dataclass(slots=True)
class Special(Node):
    """`$smarty.path`: keys are expressions."""

    keys: list[Node]


@dataclass(slots=True)
class Config(Node):
    name: str


@dataclass(slots=True)
class LoopProp(Node):
    var: str | list[Any]
    prop: str


@dataclass(slots=True)
class SectionKey(Node):
    name: str
    prop: str


@dataclass(slots=True)
class Index(Node):
    base: Node
    key: Node | None  # None: `[]`, only in an assignment


@dataclass(slots=True)
class Prop(Node):
    base: Node
    name: Node


@dataclass(slots=True)
class Method(Node):
    base: Node
    name: Node
    args: list[Node]


@dataclass(slots=True)
class Call(Node):
    name: str
    args: list[Node]


@dataclass(slots=True)
class Static(Node):
    """`kind` is method, const or prop; the class is a name or an expression."""

    cls: str | Node
    kind: str
    name: str
    args: list[Node]


@dataclass(slots=True)
class Array(Node):
    items: list[tuple[Node | None, Node]]


@dataclass(slots=True)
class Dq(Node):
    """A double-quoted string as the statements that print it."""

    parts: list[Node]


@dataclass(slots=True)
class TagValue(Node):
    tag: Node


@dataclass(slots=True)
class Mod(Node):
    name: str
    value: Node
    args: list[Node]


@dataclass(slots=True)
class Un(Node):
    op: str
    arg: Node


@dataclass(slots=True)
class Bin(Node):
    op: str
    left: Node
    right: Node


@dataclass(slots=True)
class Tern(Node):
    cond: Node
    yes: Node
    no: Node


@dataclass(slots=True)
class IsIn(Node):
    value: Node
    array: Node


@dataclass(slots=True)
class InstanceOf(Node):
    value: Node
    cls: str | Node


@dataclass(slots=True)
class PostInc(Node):
    target: Node
    step: int


@dataclass(slots=True)
class AssignExpr(Node):
    target: Node
    value: Node


# Statements


@dataclass(slots=True)
class Text(Node):
    text: str
    file_start: bool = False  # a newline at the start of the file was taken off


@dataclass(slots=True)
class Output(Node):
    value: Node
    nofilter: bool = False
    raw: bool = False  # the output of a tag: never escaped


Attrs = dict[str, Node]


@dataclass(slots=True)
class Assign(Node):
    target: Node
    value: Node
    scope: str = ""


@dataclass(slots=True)
class AssignName(Node):
    """{assign} and {append}: the variable's name is an expression."""

    name: Node
    value: Node
    scope: str = ""
    append: bool = False
    index: Node | None = None


@dataclass(slots=True)
class If(Node):
    branches: list[tuple[Node, list[Node]]]
    otherwise: list[Node] | None


@dataclass(slots=True)
class Foreach(Node):
    source: Node
    item: str
    key: str
    name: str
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] | None = None


@dataclass(slots=True)
class ForRange(Node):
    var: str
    start: Node
    to: Node
    step: Node | None
    maximum: Node | None
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] | None = None


@dataclass(slots=True)
class ForC(Node):
    init: list[Assign]
    cond: Node
    step: Node
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] | None = None


@dataclass(slots=True)
class While(Node):
    cond: Node
    body: list[Node]


@dataclass(slots=True)
class Section(Node):
    name: str
    attrs: Attrs
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] | None = None


@dataclass(slots=True)
class Jump(Node):
    kind: str
    levels: int


@dataclass(slots=True)
class Capture(Node):
    name: Node
    assign: Node | None
    append: Node | None
    body: list[Node]


@dataclass(slots=True)
class Include(Node):
    file: Node
    attrs: Attrs
    assign: Node | None
    scope: str


@dataclass(slots=True)
class Eval(Node):
    var: Node
    assign: Node | None


@dataclass(slots=True)
class FuncDef(Node):
    name: str
    params: Attrs
    body: list[Node]


@dataclass(slots=True)
class FuncCall(Node):
    """A call of a template function; `known` tells whether this file defined it before."""

    name: Node
    params: Attrs
    assign: Node | None
    known: bool = True


@dataclass(slots=True)
class TagCall(Node):
    """A function tag of the engine or of the host."""

    name: str
    attrs: Attrs


@dataclass(slots=True)
class BlockTag(Node):
    name: str
    attrs: Attrs
    body: list[Node]


@dataclass(slots=True)
class Block(Node):
    name: str
    flags: frozenset[str]
    body: list[Node]
    calls_child: bool = False


@dataclass(slots=True)
class BlockRef(Node):
    """`{$smarty.block.parent}` or `{$smarty.block.child}`."""

    which: str


@dataclass(slots=True)
class Extends(Node):
    file: Node


@dataclass(slots=True)
class RenderParent(Node):
    """The end of a template with {extends}; stands at the place of that tag."""


@dataclass(slots=True)
class SetFilter(Node):
    filters: list[tuple[str, list[Node]]]
    body: list[Node]


@dataclass(slots=True)
class Nothing(Node):
    pass


@dataclass(slots=True)
class Template:
    """A parsed file. `plugin_file`: something in it keeps the newline at the start of the file."""

    source: str
    body: list[Node]
    plugin_file: bool
    functions: list[FuncDef]
    extends: bool
    loop_props: dict[str, set[str]]
    loop_names: set[str]
