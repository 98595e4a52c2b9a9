"""Reading a Python file of a module by its syntax tree."""

import ast
import sys
from pathlib import Path

from modulehost.checking import metrics
from modulehost.checking.findings import ERROR
from modulehost.checking.source import Function, Source, Value

_Def = (ast.FunctionDef, ast.AsyncFunctionDef)


def read(path: Path, shown: str, root: Path) -> Source:
    """What the file says; `root` is the module's folder."""
    source = Source(shown, "python")
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except SyntaxError as failure:
        source.problem(failure.lineno or 1, ERROR, "syntax", f"{type(failure).__name__}: {failure.msg}")
        source.broken = True
        return source
    except ValueError as failure:  # null bytes, an unknown encoding
        source.problem(1, ERROR, "syntax", f"the file cannot be read as Python: {failure}")
        source.broken = True
        return source
    constants = _assigned(tree.body)
    _definitions(source, tree.body, constants, path)
    _uses(source, tree)
    _imports(source, tree, path, root)
    metrics.judge(source, tree, root.name)
    return source


def _definitions(source: Source, body: list[ast.stmt], constants: dict[str, Value], path: Path) -> None:
    """Functions at the top, also inside if and try."""
    for node in body:
        if isinstance(node, _Def):
            source.functions[node.name] = _function(node, constants)
        elif isinstance(node, ast.ClassDef):
            source.functions[node.name] = Function(node.name, node.lineno, known=False, strange="a class")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(
                    node.value, (ast.Name, ast.Attribute, ast.Call, ast.Lambda)
                ):
                    made = Function(target.id, node.lineno, known=False)
                    if isinstance(node.value, ast.Lambda):
                        made = _signature(target.id, node.lineno, node.value.args)
                        made.returns = [_value(node.value.body, constants)]
                    source.functions[target.id] = made
        elif isinstance(node, ast.ImportFrom):
            _imported(source, node, path)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                _definitions(source, getattr(node, part, []), constants, path)
            for handler in getattr(node, "handlers", []):
                _definitions(source, handler.body, constants, path)


def _imported(source: Source, node: ast.ImportFrom, path: Path) -> None:
    """Names from siblings: their functions are looked up there, so that `from .accounts import acme_CreateAccount` counts."""
    sibling: dict[str, Function] = {}
    if node.level == 1 and node.module and "." not in node.module:
        file = path.parent / f"{node.module}.py"
        if file.exists() and file != path:
            try:
                tree = ast.parse(file.read_bytes())
            except (SyntaxError, ValueError):
                source.open = True
                return
            constants = _assigned(tree.body)
            sibling = {one.name: _function(one, constants) for one in tree.body if isinstance(one, _Def)}
    for alias in node.names:
        if alias.name == "*":
            source.open = True
            names = {name: name for name in sibling if not name.startswith("_")}
        else:
            names = {alias.name: alias.asname or alias.name}
        for original, name in names.items():
            known = sibling.get(original)
            source.functions[name] = Function(name, node.lineno, known=False)
            if known is not None:
                source.functions[name] = Function(
                    name, node.lineno, known.required, known.accepts, known.known, known.strange
                )


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, constants: dict[str, Value]) -> Function:
    made = _signature(node.name, node.lineno, node.args)
    if isinstance(node, ast.AsyncFunctionDef):
        made.strange = "an async def"
    if node.decorator_list:
        made.known = False
    local = {**constants, **_assigned(node.body, constants)}
    made.returns = [
        Value("none", one.lineno) if one.value is None else _value(one.value, local) for one in _returns(node.body)
    ]
    return made


def _signature(name: str, line: int, given: ast.arguments) -> Function:
    positional = [*given.posonlyargs, *given.args]
    required = len(positional) - len(given.defaults) + sum(default is None for default in given.kw_defaults)
    return Function(name, line, required, None if given.vararg else len(positional))


def _returns(body: list[ast.stmt]) -> list[ast.Return]:
    """The return statements of a body, not those of functions inside it."""
    found: list[ast.Return] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return):
            found.append(node)
        if not isinstance(node, (*_Def, ast.ClassDef, ast.Lambda)):
            waiting = [*ast.iter_child_nodes(node), *waiting]
    return found


def _assigned(body: list[ast.stmt], outer: dict[str, Value] | None = None) -> dict[str, Value]:
    """Names that hold a literal, with what is added to it by key; anything else done to them leaves them open."""
    found: dict[str, Value] = {}
    outer = outer or {}
    for statement in body:
        for node in [statement] if isinstance(statement, (*_Def, ast.ClassDef)) else ast.walk(statement):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        value = _value(node.value, {**outer, **found})
                        found[target.id] = Value("unknown", node.lineno) if target.id in found else value
                    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                        _add(found, target, _value(node.value, {**outer, **found}))
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                found[node.target.id] = Value("unknown", node.lineno)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                held = node.func.value
                if isinstance(held, ast.Name) and held.id in found and node.func.attr != "get":
                    found[held.id].open = True
    return found


def _add(found: dict[str, Value], target: ast.Subscript, value: Value) -> None:
    held = found.get(target.value.id) if isinstance(target.value, ast.Name) else None
    if held is None or held.kind != "map":
        return
    if isinstance(target.slice, ast.Constant):
        held.items.append((target.slice.value, value))
    else:
        held.open = True


def _value(node: ast.expr, names: dict[str, Value]) -> Value:
    line = node.lineno
    if isinstance(node, ast.Constant):
        kinds = {str: "text", bool: "bool", int: "number", float: "number", type(None): "none"}
        return Value(kinds.get(type(node.value), "unknown"), line, node.value)
    if isinstance(node, ast.Name):
        return names.get(node.id) or Value("unknown", line)
    if isinstance(node, ast.Dict):
        made = Value("map", line)
        for key, item in zip(node.keys, node.values, strict=True):
            if key is None:
                _spread(made, _value(item, names))
            else:
                known = _value(key, names)
                made.items.append((known.value if known.kind in ("text", "number") else None, _value(item, names)))
        return made
    if isinstance(node, (ast.List, ast.Tuple)):
        made = Value("list", line)
        for item in node.elts:
            if isinstance(item, ast.Starred):
                made.open = True
            else:
                made.items.append((len(made.items), _value(item, names)))
        return made
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        made = Value("map", line)
        for keyword in node.keywords:
            if keyword.arg is None:
                _spread(made, _value(keyword.value, names))
            else:
                made.items.append((keyword.arg, _value(keyword.value, names)))
        return made
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _value(node.left, names), _value(node.right, names)
        made = Value("map", line)
        _spread(made, left)
        _spread(made, right)
        return made
    return Value("unknown", line)


def _spread(into: Value, value: Value) -> None:
    into.items += value.items
    into.open = into.open or value.open or value.kind != "map"


def _uses(source: Source, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            source.texts.add(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            source.calls.add(node.id)
        elif isinstance(node, ast.Attribute):
            source.calls.add(node.attr)
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name == "add_hook":
                point = node.args[0] if node.args else None
                text = point.value if isinstance(point, ast.Constant) and isinstance(point.value, str) else None
                count = len(node.args) + len(node.keywords)
                if any(isinstance(one, ast.Starred) for one in node.args) or any(k.arg is None for k in node.keywords):
                    count = 3
                source.hooks.append((text, count, node.lineno))


def _imports(source: Source, tree: ast.Module, path: Path, root: Path) -> None:
    """Siblings have to be imported relatively: the folder is a package under a private name, and not on Python's path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top, _, rest = alias.name.partition(".")
                if dots := _sibling(top, path, root):
                    right = f"from {dots}{top} import {rest}" if rest else f"from {dots} import {top}"
                    source.problem(node.lineno, ERROR, "import", _advice(f"import {alias.name}", top, right))
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            top = node.module.partition(".")[0]
            if dots := _sibling(top, path, root):
                wrong = f"from {node.module} import ..."
                source.problem(
                    node.lineno, ERROR, "import", _advice(wrong, top, f"from {dots}{node.module} import ...")
                )


def _sibling(name: str, path: Path, root: Path) -> str:
    """The dots of the relative import that reaches `name` in the module's folder; empty when it is not there."""
    if name in sys.stdlib_module_names:
        return ""
    folder, dots = path.parent, "."
    while True:
        if (folder / f"{name}.py").exists() or ((folder / name).is_dir() and any((folder / name).glob("*.py"))):
            return dots
        if folder == root or root not in folder.parents:
            return ""
        folder, dots = folder.parent, dots + "."


def _advice(wrong: str, name: str, right: str) -> str:
    return f"`{wrong}` does not find {name}, which is a file of this module; write `{right}`"
