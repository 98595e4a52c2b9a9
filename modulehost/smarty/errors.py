"""Errors of the dialect: always with a place, never a Python traceback."""

from __future__ import annotations


class SyntaxFault(Exception):
    """A template that does not compile; `pos` is the offset in the normalised source."""

    def __init__(self, message: str, pos: int) -> None:
        super().__init__(message)
        self.message = message
        self.pos = pos


class PhpError(Exception):
    """What PHP would throw while a page runs: TypeError, DivisionByZeroError, a refused call."""


class LimitError(PhpError):
    """A template that ran into a limit on steps, depth or size."""


class TemplateError(Exception):
    """A template that cannot be compiled or rendered.

    `file` is the name the loader knows, `line` counts from 1, `column` from 1, `text` is the source line, and
    `includes` lists the (file, line) pairs of the templates that led here, outermost first.
    """

    def __init__(
        self,
        message: str,
        file: str = "",
        line: int = 0,
        column: int = 0,
        text: str = "",
        includes: tuple[tuple[str, int], ...] = (),
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.text = text
        self.includes = includes
        super().__init__(message)

    def __str__(self) -> str:
        return self.describe()

    @property
    def caret(self) -> str:
        """A line with `^` below the column, for showing under `text`."""
        lead = self.text[: max(self.column - 1, 0)]
        return "".join("\t" if c == "\t" else " " for c in lead) + "^"

    def describe(self) -> str:
        """The whole message: cause, place, the line with a caret, and how the file came to be included."""
        if not self.file:
            return self.message
        lines = [f"{self.message} in {self.file} on line {self.line}"]
        if self.text:
            lines += [self.text, self.caret]
        lines += [f"included from {name} on line {line}" for name, line in reversed(self.includes)]
        return "\n".join(lines)


def at(message: str, file: str, source: str, pos: int) -> TemplateError:
    """A TemplateError for an offset in a source text."""
    pos = max(0, min(pos, len(source)))
    start = source.rfind("\n", 0, pos) + 1
    end = source.find("\n", pos)
    text = source[start : end if end >= 0 else len(source)]
    return TemplateError(message, file, source.count("\n", 0, pos) + 1, pos - start + 1, text[:500])
