"""From template source to a Python code object whose line numbers are the template's."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from types import CodeType

from ..errors import SyntaxFault, TemplateError, at
from ..lexer import normalise
from ..parser import Names, Parser
from .lookup import Lookup
from .statements import StatementWriter
from .writer import Line

__all__ = ["compile_source"]


def compile_source(source: str, name: str, filename: str, names: Names, lookup: Lookup, escape: bool) -> CodeType:
    """Compile one template; TemplateError with the place when it cannot be."""
    source = normalise(source)
    try:
        template = Parser(source, names).template()
        writer = StatementWriter(lookup, template, escape)
        writer.define("run", "p, t, v, o", template.body)
        functions: dict[str, str] = {}
        for function in template.functions:
            if function.name not in functions:
                functions[function.name] = f"fn_{function.name}"
                defaults = writer.attrs(function.params)
                writer.define(f"fn_{function.name}", "p, t, v, o, params", function.body, defaults)
        lines = _module(writer, name, functions, template.extends)
        return _to_code(lines, source, filename)
    except SyntaxFault as fault:
        raise at(fault.message, name, source, fault.pos) from None
    except (RecursionError, MemoryError):
        raise TemplateError("The template is nested too deeply", name, 1, 1) from None


def _module(writer: StatementWriter, name: str, functions: dict[str, str], extends: bool) -> list[Line]:
    lines = [
        Line(0, f"name = {name!r}; blocks = {{}}; debug_info = ''", 0),
        Line(0, "environment.smarty_bind(globals())", 0),
    ]
    lookup = writer.lookup
    lines += [Line(0, f"F_{used} = FUNCTIONS[{used!r}].call", 0) for used in sorted(lookup.used_functions)]
    lines += [Line(0, f"M_{used} = MODIFIERS[{used!r}].call", 0) for used in sorted(lookup.used_modifiers)]
    for header, frame in writer.frames:
        lines.append(Line(0, header, frame.lines[0].pos if frame.lines else 0))
        lines += frame.lines
    table = ", ".join(f"{key!r}: {value}" for key, value in functions.items())
    lines += [
        Line(0, f"functions = {{{table}}}; required = {writer.required!r}; extends = {extends!r}", 0),
        Line(0, "def root(context): return environment.smarty_root(__jinja_template__, context)", 0),
    ]
    return lines


def _to_code(lines: list[Line], source: str, filename: str) -> CodeType:
    text = "\n".join(" " * line.indent + line.code for line in lines)
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    places = []
    for line in lines:
        row = bisect_right(starts, line.pos)
        places.append((row, line.pos - starts[row - 1]))
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        pos = lines[min((error.lineno or 1), len(lines)) - 1].pos
        raise SyntaxFault(f"The template is too complex here ({error.msg})", pos) from None
    _place(tree, places)
    try:
        return compile(tree, filename, "exec")
    except SyntaxError as error:
        raise SyntaxFault(f"The template is too complex here ({error.msg})", 0) from None


def _place(tree: ast.AST, places: list[tuple[int, int]]) -> None:
    """Give every node of the Python tree its place in the template."""
    waiting = [tree]
    while waiting:
        fields = waiting.pop().__dict__
        if "lineno" in fields:
            row, column = places[fields["lineno"] - 1]
            fields["lineno"] = fields["end_lineno"] = row
            fields["col_offset"], fields["end_col_offset"] = column, column + 1
        for value in fields.values():
            if value.__class__ is list:
                waiting += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and value.__class__ is not ast.Load:
                waiting.append(value)
