"""The rules for a MetricProvider in Python, as far as its text tells what it returns; what is not certain is left out."""

import ast
from collections.abc import Iterator

from modulehost.checking.findings import ERROR
from modulehost.checking.source import Source

#: method -> how many arguments the host gives it
METHODS = {"metrics": 0, "usage": 0, "tenantUsage": 1}
_BASE = "ProviderInterface"
_LITERALS = (
    ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Lambda,
)  # fmt: skip
_PLAIN = (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.Pass)


def judge(source: Source, tree: ast.Module, module: str) -> None:
    """Note what is wrong with `<module>_MetricProvider` and the class whose object it returns."""
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == f"{module}_MetricProvider"]
    if len(found) != 1 or found[0].decorator_list:
        return
    function = found[0]
    inside = list(_inside(function.body))
    if any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in inside):
        return
    returns = [one for one in inside if isinstance(one, ast.Return)]
    if not returns and not any(isinstance(one, (ast.Raise, ast.While)) for one in inside):
        _wrong(source, function.lineno, f"{function.name} returns nothing")
    classes = _classes(tree, [*tree.body, *function.body])
    judged = set()
    for one in returns:
        value = one.value
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            _wrong(source, one.lineno, f"{function.name} returns nothing")
        elif isinstance(value, _LITERALS):
            _wrong(source, one.lineno, f"{function.name} returns {ast.unparse(value)[:60]}")
        elif isinstance(value, ast.Name) and value.id in classes:
            text = f"{function.name} returns the class {value.id} itself; write {value.id}(...)"
            source.problem(one.lineno, ERROR, "return", text)
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id not in judged:
            judged.add(value.func.id)
            if value.func.id in classes:
                _class(source, tree, classes, classes[value.func.id])


def _class(source: Source, tree: ast.Module, classes: dict[str, ast.ClassDef], node: ast.ClassDef) -> None:
    chain = _ancestors(classes, node)
    if chain is None:
        return
    if chain[-1].bases == []:
        _wrong(source, node.lineno, f"the class {node.name} does not derive from sdk.{_BASE}")
        return
    methods: dict[str, ast.FunctionDef | None] = {}
    for one in chain:
        for statement in one.body:
            if isinstance(statement, ast.FunctionDef):
                methods.setdefault(statement.name, None if statement.decorator_list else statement)
            for target in _targets(statement):
                methods.setdefault(target, None)
    set_elsewhere = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)}
    if "__getattribute__" in methods or any(isinstance(one, ast.Name) and one.id == "setattr" for one in ast.walk(tree)):
        return
    lacking = [f"{name}()" for name in METHODS if name not in methods and name not in set_elsewhere]
    if lacking:
        source.problem(node.lineno, ERROR, "provider", f"the class {node.name} has no {' and no '.join(lacking)}; the host calls it")
    for name, given in METHODS.items():
        method = methods.get(name)
        if method is not None and name not in set_elsewhere and not _takes(method.args, given + 1):
            what, more = ("one argument", ", tenant") if given else ("no argument", "")
            text = f"{node.name}.{name} is called with {what}: write def {name}(self{more})"
            source.problem(method.lineno, ERROR, "call", text)


def _classes(tree: ast.Module, statements: list[ast.stmt]) -> dict[str, ast.ClassDef]:
    """Plain classes whose name is bound once in the whole file."""
    bound = [one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
    for one in ast.walk(tree):
        if isinstance(one, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            bound.append(one.name)
        elif isinstance(one, ast.alias):
            bound.append(one.asname or one.name)
    found = [one for one in statements if isinstance(one, ast.ClassDef) and not one.decorator_list and not one.keywords]
    return {one.name: one for one in found if bound.count(one.name) == 1 and all(isinstance(s, _PLAIN) for s in one.body)}


def _ancestors(classes: dict[str, ast.ClassDef], node: ast.ClassDef) -> list[ast.ClassDef] | None:
    """The class and those of this file that it derives from, up to ProviderInterface or to nothing; None when that is not told."""
    chain = [node]
    while chain[-1].bases:
        if len(chain[-1].bases) != 1:
            return None
        base = chain[-1].bases[0]
        name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        if name == _BASE:
            return chain
        if not isinstance(base, ast.Name) or name not in classes or classes[name] in chain:
            return None
        chain.append(classes[name])
    return chain


def _targets(statement: ast.stmt) -> Iterator[str]:
    for one in ast.walk(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ():
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id


def _takes(given: ast.arguments, count: int) -> bool:
    positional = len(given.posonlyargs) + len(given.args)
    required = positional - len(given.defaults)
    if any(default is None for default in given.kw_defaults):
        return False
    return required <= count and (given.vararg is not None or count <= positional)


def _inside(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What stands in a body, not in functions and classes within it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def _wrong(source: Source, line: int, what: str) -> None:
    source.problem(line, ERROR, "return", f"{what}; expected an object of a class derived from sdk.{_BASE}")
