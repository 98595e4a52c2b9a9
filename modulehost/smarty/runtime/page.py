"""One page being rendered: what all its templates share, and the services compiled code calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import LimitError, PhpError, TemplateError
from ..objects import HostClass, HostObject
from .convert import to_str
from .inheritance import Inheritance, OpenBlock
from .instance import Instance, Vars
from .tags import BLOCK_TAGS, FUNCTION_TAGS

if TYPE_CHECKING:
    from ..environment import Environment

Out = list[str]


class Compiled(Protocol):
    """What the generated module of a template offers."""

    name: str | None
    smarty: dict[str, Any]


class TagContext:
    """What a host tag or block may know of the place it is called from."""

    def __init__(self, page: Page, instance: Instance, variables: Vars) -> None:
        self.page = page
        self.template = instance.name
        self._variables = variables

    def get(self, name: str) -> Any:
        """The value of a template variable, None when unset."""
        return self._variables.get(name)

    def assign(self, name: str, value: Any) -> None:
        """Set a template variable, as `$template->assign()` does."""
        self._variables[name] = value


class Page:
    """State shared by a page's templates. Not for use by several threads."""

    def __init__(self, environment: Environment, superglobals: Mapping[str, Any], constants: Mapping[str, Any]) -> None:
        self.environment = environment
        self.superglobals = superglobals
        self.constants = constants
        self.now: Callable[[], int] = environment.now
        self.captures: dict[str, Any] = {}
        self.config: dict[str, Any] = {}
        self.functions: dict[str, tuple[Callable[..., None], str]] = {}
        self.counters: dict[str, Any] = {}
        self.cycles: dict[str, Any] = {}
        self.templates: dict[str, Any] = {}
        self.limits = environment.limits
        self.steps = 0
        self.depth = 0

    # Limits

    def charge(self, steps: int) -> None:
        """Count work of loops and calls against the limit."""
        self.steps += steps
        if self.steps > self.limits.steps:
            raise LimitError(f"The page took more than {self.limits.steps} steps")

    def enter(self) -> None:
        self.steps += 1
        self.depth += 1
        if self.depth > self.limits.depth:
            raise LimitError(f"Templates are nested more than {self.limits.depth} deep")

    def join(self, out: Out) -> str:
        """The text of a captured part."""
        if sum(map(len, out)) > self.limits.size:
            raise LimitError(f"The page grew beyond {self.limits.size} characters")
        return "".join(out)

    # Names

    def superglobal(self, name: str) -> Any:
        value = self.superglobals.get(name)
        if name == "request" and value is None:
            value = {**(self.superglobals.get("get") or {}), **(self.superglobals.get("post") or {})}
        return [] if value is not None and not value else value

    def constant(self, name: Any) -> Any:
        name = to_str(name)
        return self.constants[name] if name in self.constants else self.environment.constants.get(name)

    def word(self, word: str) -> Any:
        """A bare word: the constant of that name, else itself."""
        if word in self.constants:
            return self.constants[word]
        return self.environment.constants.get(word, word)

    def path_of(self, name: str) -> str:
        return self.environment.smarty_path(name)

    # Host extensions

    def host_function(self, name: str, *args: Any) -> Any:
        return self.environment.host_functions[name](*args)

    def host_modifier(self, name: str, *args: Any) -> Any:
        return self.environment.host_modifiers[name](*args)

    def host_class(self, cls: Any) -> HostClass:
        name = (cls.php_class() if isinstance(cls, HostObject) else to_str(cls)).lstrip("\\")
        found = self.environment.host_classes.get(name.lower())
        if found is None:
            raise PhpError(f'Class "{name}" not found')
        return found

    def static_method(self, cls: Any, name: str, args: list[Any]) -> Any:
        method = self.host_class(cls).methods.get(name.lower())
        if method is None:
            raise PhpError(f"Call to undefined method {to_str(cls)}::{name}()")
        return method(*args)

    def static_const(self, cls: Any, name: str, args: list[Any]) -> Any:
        constants = self.host_class(cls).constants
        if name not in constants:
            raise PhpError(f"Undefined constant {to_str(cls)}::{name}")
        return constants[name]

    def static_prop(self, cls: Any, name: str, args: list[Any]) -> Any:
        properties = self.host_class(cls).properties
        if name not in properties:
            raise PhpError(f"Access to undeclared static property {to_str(cls)}::${name}")
        return properties[name]

    def tag(self, t: Instance, v: Vars, name: str, attrs: dict[str, Any]) -> str:
        """A function tag: the host's first, then the engine's own."""
        host = self.environment.host_tags.get(name)
        if host is not None:
            return to_str(host(attrs, TagContext(self, t, v)))
        return FUNCTION_TAGS[name](self, v, attrs)

    def block_tag(self, t: Instance, v: Vars, name: str, attrs: dict[str, Any], body: Callable[[], str]) -> str:
        """A block tag. A host block gets a function that renders the body with extra variables set."""
        host = self.environment.host_blocks.get(name)
        if host is None:
            return BLOCK_TAGS[name](self, v, attrs, body())

        def render(extra: Mapping[str, Any] | None = None) -> str:
            saved = {key: v.get(key, self) for key in extra or {}}
            v.update(extra or {})
            text = body()
            for key, value in saved.items():
                if value is self:
                    v.pop(key, None)
                else:
                    v[key] = value
            return text

        return to_str(host(attrs, render, TagContext(self, t, v)))

    # Templates

    def start(self, compiled: Compiled, t: Instance, out: Out) -> None:
        """Run a compiled template in a prepared instance."""
        module = compiled.smarty
        for name, pos, may_be_constant in module["required"]:
            known = name in self.functions or (
                may_be_constant and (name in self.constants or name in self.environment.constants)
            )
            if not known:
                raise self.environment.unknown_tag(compiled, name, pos)
        for name, function in module["functions"].items():
            self.functions.setdefault(name, (function, t.name))
        self.enter()
        if module["extends"] or t.inheritance is not None:
            self.start_inherited(module, t, out)
        else:
            module["run"](self, t, t.vars, out)
        self.depth -= 1

    def start_inherited(self, module: Mapping[str, Any], t: Instance, out: Out) -> None:
        child = module["extends"]
        if t.inheritance is None or (child and t.inheritance.rendering):
            t.inheritance = Inheritance()
        t.inheritance.begin(child)
        run = module["run"]
        if not child:
            run(self, t, t.vars, out)
            return
        t.out = out
        run(self, t, t.vars, [])

    def render_parent(self, t: Instance, v: Vars) -> None:
        """The end of a child template: what it printed is dropped, the parent is rendered in its place."""
        if t.inheritance is not None:
            t.inheritance.end_child()
        if t.parent_name is not None:
            self.include(t.out, t, v, t.parent_name, {}, "parent")

    def include(self, out: Out, t: Instance, v: Vars, file: str, attrs: dict[str, Any], scope: str) -> None:
        relative = file[:1] == "."
        compiled = None if relative else self.templates.get(file)
        if compiled is None:
            compiled = self.environment.smarty_find(file, t.name)
            if not relative:
                self.templates[file] = compiled
        variables = dict(v)
        variables.update(attrs)
        if not hasattr(compiled, "smarty"):
            out.append(compiled.render(variables))
            return
        inner = Instance(self, compiled.name or file, variables, t, scope)
        self.start(compiled, inner, out)

    def include_text(self, t: Instance, v: Vars, file: str, attrs: dict[str, Any], scope: str) -> str:
        out: Out = []
        self.include(out, t, v, file, attrs, scope)
        return self.join(out)

    def eval_text(self, t: Instance, v: Vars, source: str) -> str:
        return self.include_text(t, v, "eval:" + source, {}, "")

    def call(self, out: Out, t: Instance, v: Vars, name: str, params: dict[str, Any]) -> None:
        """A template function."""
        entry = self.functions.get(name)
        if entry is None:
            if not params and (name in self.constants or name in self.environment.constants):
                out.append(to_str(self.word(name)))
                return
            raise PhpError(f"Unable to find template function '{name}'")
        self.enter()
        inner = Instance(self, t.name, dict(v), t)
        inner.is_function = True
        inner.loops, inner.named, inner.sections = dict(t.loops), t.named, t.sections
        entry[0](self, inner, inner.vars, out, params)
        self.depth -= 1

    def call_text(self, t: Instance, v: Vars, name: str, params: dict[str, Any]) -> str:
        out: Out = []
        self.call(out, t, v, name, params)
        return self.join(out)

    # Blocks

    def block(
        self, out: Out, t: Instance, v: Vars, name: str, body: Any, flags: tuple[str, ...], level: int | None
    ) -> None:
        """A {block} tag; `level` is that of the block around it, which belongs to the same file."""
        if t.inheritance is None:
            t.inheritance = Inheritance()
        t.inheritance.block(OpenBlock(name, body, flags, t.inheritance.level if level is None else level), self, out, t, v)

    def block_parent(self, out: Out, t: Instance, v: Vars, block: OpenBlock) -> None:
        if block.parent is None:
            raise PhpError("{$smarty.block.parent} used where there is no parent block")
        block.parent.body(self, t, v, out, block.parent)

    def block_child(self, out: Out, t: Instance, v: Vars, block: OpenBlock) -> None:
        if block.child is not None and t.inheritance is not None:
            t.inheritance.process(block.child, block, self, out, t, v)


__all__ = ["Compiled", "Page", "TagContext", "TemplateError"]
