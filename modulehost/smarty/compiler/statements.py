"""Statements to Python source."""

from __future__ import annotations

from .. import nodes as n
from ..errors import SyntaxFault
from .expressions import ExpressionWriter
from .lookup import Lookup
from .writer import Frame, Loop

MAX_INDENT = 24
NESTING = n.If | n.Foreach | n.ForRange | n.ForC | n.While | n.Section


class StatementWriter(ExpressionWriter):
    """Generates the functions of one template."""

    def __init__(self, lookup: Lookup, template: n.Template, escape: bool) -> None:
        super().__init__(lookup)
        self.template = template
        self.escape = escape
        self.frame = Frame()
        self.frames: list[tuple[str, Frame]] = []
        self.filters: list[tuple[str, list[n.Node]]] = []
        self.required: list[tuple[str, int, bool]] = []
        self.counter = 0
        self.in_block = False

    def fresh(self) -> int:
        self.counter += 1
        return self.counter

    # Functions

    def define(self, name: str, signature: str, body: list[n.Node], defaults: str = "") -> None:
        """A module-level Python function."""
        saved, saved_locals = self.frame, self.loop_locals
        self.frame, self.loop_locals = Frame(), {}
        pos = body[0].pos if body else 0
        if defaults:
            self.frame.line(f"v.update({defaults})", pos)
            self.frame.line("v.update(params)", pos)
        self.frame.line("g = v.get; w = o.append; x = o.extend", pos)
        self.statements(body)
        self.frame.flush()
        self.frames.append((f"def {name}({signature}):", self.frame))
        self.frame, self.loop_locals = saved, saved_locals

    def inline(self, body: list[n.Node]) -> str:
        """A nested function that returns what `body` prints; defined before the current statement."""
        number = self.fresh()
        outer, outer_locals = self.frame, self.loop_locals
        inner = Frame(indent=outer.indent + 1, outputs=[str(number)])
        self.frame, self.loop_locals = inner, dict(outer_locals)
        self.statements(body)
        inner.flush()
        self.frame, self.loop_locals = outer, outer_locals
        pos = body[0].pos if body else 0
        pending, outer.pending = outer.pending, []
        outer.line(f"def q{number}():", pos)
        outer.indent += 1
        outer.line(f"o{number} = []; w{number} = o{number}.append; x{number} = o{number}.extend", pos)
        outer.indent -= 1
        outer.lines += inner.lines
        outer.indent += 1
        outer.line(f"return p.join(o{number})", pos)
        outer.indent -= 1
        outer.pending = pending
        return f"q{number}()"

    def statements(self, body: list[n.Node]) -> None:
        for node in body:
            if self.frame.indent > MAX_INDENT and isinstance(node, NESTING):
                self.outline(node)
            else:
                getattr(self, "do_" + type(node).__name__.lower())(node)

    def outline(self, node: n.Node) -> None:
        """A deeply nested statement in a function of its own: Python nests only 20 loops and 100 blocks."""
        outer, outer_locals = self.frame, self.loop_locals
        outputs = ["o" + suffix for suffix in outer.outputs]
        names = ", ".join(dict.fromkeys(["p", "t", "v", *outputs, *outer_locals.values(), *["b"] * self.in_block]))
        inner = self.frame = Frame(outputs=list(outer.outputs))
        inner.line("g = v.get", node.pos)
        for suffix in outer.outputs:
            inner.line(f"w{suffix} = o{suffix}.append; x{suffix} = o{suffix}.extend", node.pos)
        getattr(self, "do_" + type(node).__name__.lower())(node)
        inner.flush()
        self.frame, self.loop_locals = outer, outer_locals
        name = f"z{self.fresh()}"
        self.frames.append((f"def {name}({names}):", inner))
        outer.line(f"{name}({names})", node.pos)

    def block(self, body: list[n.Node], pos: int) -> None:
        """An indented suite."""
        self.frame.indent += 1
        before = len(self.frame.lines)
        self.statements(body)
        self.frame.flush()
        if len(self.frame.lines) == before:
            self.frame.line("pass", pos)
        self.frame.indent -= 1

    @property
    def out(self) -> str:
        return "o" + self.frame.outputs[-1]

    # Text and values

    def do_text(self, node: n.Text) -> None:
        text = "\n" + node.text if node.file_start and self.template.plugin_file else node.text
        if text:
            self.frame.text(repr(text), node.pos)

    def do_output(self, node: n.Output) -> None:
        self.frame.text(self.output_text(node), node.pos)

    def output_text(self, node: n.Output) -> str:
        value = node.value
        if node.raw or node.nofilter:
            return self.text(value)
        for name, args in self.filters:
            value = n.Mod(node.pos, name, value, args)
        return f"ESC({self.text(value)})" if self.escape else self.text(value)

    def do_nothing(self, node: n.Nothing) -> None:
        pass

    def tag_text(self, node: n.Node) -> str:
        if isinstance(node, n.Output):
            return self.output_text(node)
        if isinstance(node, n.Text):
            return repr(node.text)
        if isinstance(node, n.TagCall):
            return self.tag_call(node)
        if isinstance(node, n.FuncCall) and node.assign is None:
            return f"p.call_text(t, v, {self.func_name(node)}, {self.attrs(node.params)})"
        if isinstance(node, n.Include) and node.assign is None:
            return f"p.include_text({self.include_args(node)})"
        return self.inline([node])

    def quoted_text(self, node: n.Dq) -> str:
        simple = n.Text | n.Output | n.TagCall
        if not node.parts:
            return "''"
        if all(isinstance(part, simple) for part in node.parts):
            parts = [self.tag_text(part) for part in node.parts]
            return parts[0] if len(parts) == 1 else f"CAT({', '.join(parts)})"
        return self.inline(node.parts)

    # Assignments

    def do_assign(self, node: n.Assign) -> None:
        name, keys = self.path(node.target)
        value = self.expr(node.value)
        if keys:
            value = f"STORE(p, g({name}), [{', '.join(keys)}], {value})"
        self.assign_to(name, value, node.scope, node.pos)

    def assign_to(self, name: str, value: str, scope: str, pos: int) -> None:
        if scope:
            self.frame.line(f"t.assign(v, {name}, {value}, {scope!r})", pos)
            return
        if name[0] not in "'\"":
            self.frame.line(f"n_ = {name}", pos)
            name = "n_"
        self.frame.line(f"v[{name}] = {value}", pos)
        self.frame.line(f"if t.scope: t.spread(v, {name}, t.scope)", pos)

    def do_assignname(self, node: n.AssignName) -> None:
        value = self.expr(node.value)
        name = self.text(node.name)
        if node.append:
            key = f", {self.expr(node.index)}" if node.index else ""
            value = f"APPEND_TO(p, g({name}), {value}{key})"
        self.assign_to(name, value, node.scope, node.pos)

    def do_capture(self, node: n.Capture) -> None:
        number = self.fresh()
        frame, pos = self.frame, node.pos
        name = self.text(node.name)
        frame.line(f"o{number} = []; w{number} = o{number}.append; x{number} = o{number}.extend", pos)
        frame.outputs.append(str(number))
        self.statements(node.body)
        frame.flush()
        frame.outputs.pop()
        frame.line(f"c_ = p.captures[{name}] = p.join(o{number})", pos)
        if node.assign:
            self.assign_to(self.text(node.assign), "c_", "", pos)
        if node.append:
            target = self.text(node.append)
            self.assign_to(target, f"APPEND_TO(p, g({target}), c_)", "", pos)

    # Branches and loops

    def do_if(self, node: n.If) -> None:
        conds = [self.cond(cond) for cond, _ in node.branches]
        word = "if"
        for code, (cond, body) in zip(conds, node.branches, strict=True):
            self.frame.line(f"{word} {code}:", cond.pos)
            self.block(body, node.pos)
            word = "elif"
        if node.otherwise:
            self.frame.line("else:", node.pos)
            self.block(node.otherwise, node.pos)

    def loop_body(self, body: list[n.Node], pos: int, prologue: list[str]) -> Loop:
        loop = Loop(self.fresh())
        self.frame.loops.append(loop)
        self.frame.indent += 1
        for code in prologue:
            self.frame.line(code, pos)
        self.frame.line("pass", pos)
        self.frame.indent -= 1
        self.block(body, pos)
        self.frame.loops.pop()
        return loop

    def after_loop(self, loop: Loop, pos: int) -> None:
        """Hand a jump of several levels on to the loop around."""
        if loop.breaks:
            self.frame.line("if b_:", pos)
            self.frame.indent += 1
            self.frame.line("b_ -= 1", pos)
            self.frame.line("if b_ or not c_: break", pos)
            self.frame.line("c_ = 0; continue", pos)
            self.frame.indent -= 1

    def do_jump(self, node: n.Jump) -> None:
        loops = self.frame.loops
        if node.levels > len(loops):
            raise SyntaxFault(f"{{{node.kind}}} cannot leave this block", node.pos)
        if node.levels == 1:
            self.frame.line(node.kind, node.pos)
            return
        for loop in loops[-node.levels + 1 :]:
            loop.breaks = True
        more = 1 if node.kind == "continue" else 0
        self.frame.line(f"b_ = {node.levels - 1}; c_ = {more}; break", node.pos)

    def do_foreach(self, node: n.Foreach) -> None:
        frame, pos, number = self.frame, node.pos, self.fresh()
        props = self.template.loop_props.get(node.item, set())
        source, saved, loop = f"s{number}", f"r{number}", f"L{number}"
        named = bool(node.name)
        with_key = bool(node.key) or "key" in props
        with_loop = bool(props) or named
        item, key = repr(node.item), repr(node.key)
        reader = "PAIRS" if with_key else "VALUES"
        frame.line(f"{source} = {reader}({self.expr(node.source)})", pos)
        frame.line(f"{saved} = g({item}, MISSING)", pos)
        if node.key:
            frame.line(f"k{number} = g({key}, MISSING)", pos)
        old_locals = dict(self.loop_locals)
        if with_loop:
            if props:
                frame.line(f"l{number} = t.loops.get({item})", pos)
                self.loop_locals[node.item] = loop
            frame.line(f"{loop} = LOOP(len({source}))", pos)
            if props:
                frame.line(f"t.loops[{item}] = {loop}", pos)
            if named:
                frame.line(f"t.named[{node.name!r}] = {loop}", pos)
                self.loop_locals[f"\0{node.name}"] = loop
        frame.line(f"if {source}:", pos)
        frame.indent += 1
        frame.line(f"p.charge(len({source}))", pos)
        frame.line("b_ = c_ = 0", pos)
        if with_key:
            frame.line(f"for a{number}, i{number} in {source}:", pos)
        else:
            frame.line(f"for i{number} in {source}:", pos)
        prologue = [f"v[{item}] = i{number}"]
        if node.key:
            prologue.append(f"v[{key}] = a{number}")
        if with_loop:
            prologue.append(f"{loop}.step({f'a{number}' if with_key else ''})")
        done = self.loop_body(node.body, pos, prologue)
        self.loop_locals = old_locals
        frame.indent -= 1
        frame.line("else:", pos)
        frame.indent += 1
        frame.line(f"v[{item}] = None", pos)
        if node.otherwise:
            self.statements(node.otherwise)
        frame.flush()
        frame.line("b_ = 0", pos)
        frame.indent -= 1
        self.after_loop(done, pos)
        frame.line(f"if {saved} is not MISSING: v[{item}] = {saved}", pos)
        if node.key:
            frame.line(f"if k{number} is not MISSING: v[{key}] = k{number}", pos)
        if props:
            frame.line(f"if l{number} is not None: t.loops[{item}] = l{number}", pos)

    def do_forrange(self, node: n.ForRange) -> None:
        frame, pos, number = self.frame, node.pos, self.fresh()
        var = repr(node.var)
        step = self.expr(node.step) if node.step else "1"
        maximum = self.expr(node.maximum) if node.maximum else "None"
        frame.line(f"f{number} = {self.expr(node.start)}; e{number} = {step}", pos)
        frame.line(f"n{number} = FOR_COUNT(f{number}, {self.expr(node.to)}, e{number}, {maximum})", pos)
        frame.line(f"v[{var}] = f{number}", pos)
        props = bool(self.template.loop_props.get(node.var))
        old_locals = dict(self.loop_locals)
        if props:
            frame.line(f"L{number} = t.loops[{var}] = LOOP(n{number})", pos)
            self.loop_locals[node.var] = f"L{number}"
        frame.line(f"p.charge(n{number}); b_ = c_ = 0", pos)
        frame.line(f"for i{number} in range(n{number}):", pos)
        prologue = [f"if i{number}: v[{var}] = ADD(g({var}), e{number})"]
        if props:
            prologue.append(f"L{number}.count()")
        done = self.loop_body(node.body, pos, prologue)
        self.loop_locals = old_locals
        frame.line("else:", pos)
        frame.indent += 1
        frame.line(f"if n{number}: v[{var}] = ADD(g({var}), e{number})", pos)
        frame.line("b_ = 0", pos)
        frame.indent -= 1
        self.after_loop(done, pos)
        self.otherwise(node.otherwise, f"not n{number}", pos)

    def otherwise(self, body: list[n.Node] | None, cond: str, pos: int) -> None:
        if body:
            self.frame.line(f"if {cond}:", pos)
            self.block(body, pos)

    def do_forc(self, node: n.ForC) -> None:
        frame, pos, number = self.frame, node.pos, self.fresh()
        for init in node.init:
            self.do_assign(init)
        cond, step = self.cond(node.cond), self.expr(node.step)
        frame.line(f"n{number} = 0; b_ = c_ = 0", pos)
        frame.line("while True:", pos)
        prologue = [f"if n{number}: {step}", f"if not {cond}: break", f"n{number} = 1; p.charge(1)"]
        done = self.loop_body(node.body, pos, prologue)
        self.after_loop(done, pos)
        self.otherwise(node.otherwise, f"not n{number}", pos)

    def do_while(self, node: n.While) -> None:
        self.frame.line("b_ = c_ = 0", node.pos)
        self.frame.line(f"while {self.cond(node.cond)}:", node.pos)
        done = self.loop_body(node.body, node.pos, ["p.charge(1)"])
        self.after_loop(done, node.pos)

    def do_section(self, node: n.Section) -> None:
        frame, pos, number = self.frame, node.pos, self.fresh()
        frame.line(f"s{number} = t.start_section({node.name!r}, {self.attrs(node.attrs)})", pos)
        frame.line(f"p.charge(s{number}.total); b_ = c_ = 0", pos)
        frame.line(f"for i{number} in range(s{number}.total):", pos)
        done = self.loop_body(node.body, pos, [f"s{number}.step(i{number})"])
        frame.line("else:", pos)
        frame.indent += 1
        frame.line(f"s{number}.finish(); b_ = 0", pos)
        frame.indent -= 1
        self.after_loop(done, pos)
        self.otherwise(node.otherwise, f"not s{number}.show", pos)

    # Templates, functions, blocks

    def attrs(self, attrs: dict[str, n.Node]) -> str:
        return "{" + ", ".join(f"{name!r}: {self.expr(value)}" for name, value in attrs.items()) + "}"

    def include_args(self, node: n.Include) -> str:
        return f"t, v, {self.text(node.file)}, {self.attrs(node.attrs)}, {node.scope!r}"

    def do_include(self, node: n.Include) -> None:
        if node.assign:
            self.assign_to(self.text(node.assign), f"p.include_text({self.include_args(node)})", "", node.pos)
        else:
            self.frame.line(f"p.include({self.out}, {self.include_args(node)})", node.pos)

    def do_eval(self, node: n.Eval) -> None:
        code = f"p.eval_text(t, v, {self.text(node.var)})"
        if node.assign:
            self.assign_to(self.text(node.assign), code, "", node.pos)
        else:
            self.frame.text(code, node.pos)

    def func_name(self, node: n.FuncCall) -> str:
        if not node.known and isinstance(node.name, n.Lit):
            self.required.append((node.name.value, node.pos, not node.params and node.assign is None))
        return self.text(node.name)

    def do_funccall(self, node: n.FuncCall) -> None:
        name = self.func_name(node)
        if node.assign:
            code = f"p.call_text(t, v, {name}, {self.attrs(node.params)})"
            self.assign_to(self.text(node.assign), code, "", node.pos)
        else:
            self.frame.line(f"p.call({self.out}, t, v, {name}, {self.attrs(node.params)})", node.pos)

    def tag_call(self, node: n.TagCall) -> str:
        return f"p.tag(t, v, {node.name!r}, {self.attrs(node.attrs)})"

    def do_tagcall(self, node: n.TagCall) -> None:
        self.frame.text(self.tag_call(node), node.pos)

    def do_blocktag(self, node: n.BlockTag) -> None:
        attrs = self.attrs(node.attrs)
        body = self.inline(node.body)[:-2]
        self.frame.text(f"p.block_tag(t, v, {node.name!r}, {attrs}, {body})", node.pos)

    def do_setfilter(self, node: n.SetFilter) -> None:
        self.filters.extend(node.filters)
        self.statements(node.body)
        del self.filters[-len(node.filters) :]

    def do_block(self, node: n.Block) -> None:
        name = f"block{self.fresh()}"
        level = "b.level" if self.in_block else "None"
        inside, self.in_block = self.in_block, True
        filters, self.filters = self.filters, []
        self.define(name, "p, t, v, o, b", node.body)
        self.filters, self.in_block = filters, inside
        flags = tuple(sorted(node.flags)) + (("calls_child",) if node.calls_child else ())
        self.frame.line(f"p.block({self.out}, t, v, {node.name!r}, {name}, {flags!r}, {level})", node.pos)

    def do_blockref(self, node: n.BlockRef) -> None:
        self.frame.line(f"p.block_{node.which}({self.out}, t, v, b)", node.pos)

    def do_extends(self, node: n.Extends) -> None:
        self.frame.line(f"t.parent_name = {self.text(node.file)}", node.pos)

    def do_renderparent(self, node: n.RenderParent) -> None:
        self.frame.line("p.render_parent(t, v)", node.pos)

    def do_funcdef(self, node: n.FuncDef) -> None:
        raise SyntaxFault("{function} cannot stand here", node.pos)


