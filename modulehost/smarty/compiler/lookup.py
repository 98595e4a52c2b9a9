"""What a name in a template stands for: decided when the template is compiled, unknown names are errors."""

from __future__ import annotations

from collections.abc import Collection

from ..errors import SyntaxFault
from ..runtime.functions import FUNCTIONS
from ..runtime.modifiers import MODIFIERS


class Lookup:
    """The names a template may use; remembers which engine functions one template needs."""

    def __init__(
        self, functions: Collection[str], modifiers: Collection[str], classes: Collection[str] | None = None
    ) -> None:
        self.host_functions = functions
        self.host_modifiers = modifiers
        self.host_classes = classes
        self.used_functions: set[str] = set()
        self.used_modifiers: set[str] = set()

    def function(self, name: str, pos: int, count: int | None = None) -> str:
        """Source of the callable, ending in `,` when it already holds leading arguments."""
        lower = name.lower()
        if lower in self.host_functions:
            return f"p.host_function({lower!r},"
        entry = FUNCTIONS.get(lower)
        if entry is None:
            raise SyntaxFault(f"Unknown function {name!r}", pos)
        if count is not None and not entry.least <= count <= entry.most:
            raise SyntaxFault(f"{name}() takes {entry.describe_count()}, {count} given", pos)
        self.used_functions.add(lower)
        return f"F_{lower}(p," if entry.page else f"F_{lower}"

    def modifier(self, name: str, pos: int, count: int) -> str:
        """As function, for `|name`; `count` is the number of arguments after the value."""
        if name in self.host_modifiers:
            return f"p.host_modifier({name!r},"
        lower = name.lower()
        entry = MODIFIERS.get(lower)
        if entry is not None:
            if not entry.least <= count + 1 <= entry.most:
                raise SyntaxFault(f"Modifier {name} takes other arguments", pos)
            self.used_modifiers.add(lower)
            return f"M_{lower}(p," if entry.page else f"M_{lower}"
        if lower in FUNCTIONS:
            return self.function(name, pos, count + 1)
        raise SyntaxFault(f"Unknown modifier {name!r}", pos)

    def check_class(self, name: str, pos: int) -> None:
        """Static access names a class the host offers."""
        if self.host_classes is not None and name.lstrip("\\").lower() not in self.host_classes:
            raise SyntaxFault(f"Unknown class {name!r}", pos)
