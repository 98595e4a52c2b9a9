"""Lines of Python with their places in the template; expressions never contain a line break."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Line:
    indent: int
    code: str
    pos: int


@dataclass
class Loop:
    """A loop being generated: its number, and which multi-level jumps leave through it."""

    number: int
    breaks: bool = False
    continues: bool = False


@dataclass
class Frame:
    """One Python function being generated."""

    lines: list[Line] = field(default_factory=list)
    indent: int = 1
    outputs: list[str] = field(default_factory=lambda: [""])
    pending: list[tuple[str, int]] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)

    def line(self, code: str, pos: int) -> None:
        """One statement; what is waiting to be printed comes first."""
        self.flush()
        self.lines.append(Line(self.indent, code, pos))

    def text(self, code: str, pos: int) -> None:
        """Print the value of `code`, a str."""
        self.pending.append((code, pos))

    def flush(self) -> None:
        pending, self.pending = self.pending, []
        if not pending:
            return
        suffix = self.outputs[-1]
        if len(pending) == 1:
            self.lines.append(Line(self.indent, f"w{suffix}({pending[0][0]})", pending[0][1]))
            return
        self.lines.append(Line(self.indent, f"x{suffix}((", pending[0][1]))
        self.lines += [Line(self.indent + 1, code + ",", pos) for code, pos in pending]
        self.lines.append(Line(self.indent, "))", pending[0][1]))
