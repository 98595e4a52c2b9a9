"""What a file of a module says, whichever language it is written in: both readers fill these, the rules read them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Value:
    """A value as far as the text tells it.

    kind: map, list, text, number, bool, none, unknown. `items` are (key, value) pairs of a map or list, the key being
    None where the text does not tell it. `open`: there may be more items than the text shows.
    """

    kind: str
    line: int
    value: Any = None
    items: list[tuple[Any, "Value"]] = field(default_factory=list)
    open: bool = False

    def get(self, key: str) -> "Value | None":
        """The item under `key`, without regard to its case; the last one counts."""
        found = None
        for name, value in self.items:
            if isinstance(name, str) and name.lower() == key.lower():
                found = value
        return found

    @property
    def keys(self) -> list[str]:
        """The keys that the text tells."""
        return [name for name, _ in self.items if isinstance(name, str)]


@dataclass
class Function:
    """A function at the top of a file. `required` parameters have no default; `accepts` is None when it takes any number.

    `strange` says why the host cannot call it at all (an `async def`, a class).
    """

    name: str
    line: int
    required: int = 0
    accepts: int | None = 0
    known: bool = True
    strange: str = ""
    returns: list[Value] = field(default_factory=list)


@dataclass
class Source:
    """One file. `calls` are names that it uses, `texts` its string literals, `problems` what the reader itself found wrong."""

    file: str
    language: str
    functions: dict[str, Function] = field(default_factory=dict)
    #: point (None when it is no literal), number of arguments, line
    hooks: list[tuple[str | None, int, int]] = field(default_factory=list)
    calls: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)  # line, level, rule, message
    open: bool = False  # it may define more functions than are seen
    broken: bool = False  # it could not be read, so what it lacks is not known
    namespace: str = ""
    guarded: bool = True

    def problem(self, line: int, level: str, rule: str, message: str) -> None:
        """Note what is wrong with the file itself."""
        self.problems.append((line, level, rule, message))

    def named(self, name: str) -> Function | None:
        """The function of that name; names in PHP have no case."""
        if self.language == "python":
            return self.functions.get(name)
        return next((f for f in self.functions.values() if f.name.lower() == name.lower()), None)

    def own(self, prefix: str) -> Iterator[tuple[str, Function]]:
        """(suffix, function) of every function whose name begins with `prefix`, without regard to case."""
        for function in self.functions.values():
            if function.name.lower().startswith(prefix.lower()):
                yield function.name[len(prefix) :], function
