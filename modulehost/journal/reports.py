"""What a task of the automation did, and what it considered and left alone, with the reason.

A task may look at a hundred thousand rows: each heading is counted in full and keeps its first DETAILS lines only.
"""

from dataclasses import dataclass, field

#: lines that one heading keeps; what comes after is counted
DETAILS = 50


@dataclass
class Heading:
    """How often something was done or left alone, and the first lines about it."""

    count: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: str, count: int) -> None:
        """Count, and keep the line while there is room."""
        self.count += count
        if line and len(self.lines) < DETAILS:
            self.lines.append(line)


@dataclass
class Report:
    """`done` by what was done (`invoices generated`), `skipped` by why not (`suspension is overridden`), `error` if it broke."""

    task: str
    done: dict[str, Heading] = field(default_factory=dict)
    skipped: dict[str, Heading] = field(default_factory=dict)
    error: str = ""
    #: why the task did not run at all (it was not due, another process works on it); empty if it ran
    left: str = ""
    #: how long it took, of real time
    milliseconds: int = 0

    def did(self, what: str, line: str = "", count: int = 1) -> None:
        """Something was done `count` times; `line` names the subject (`Invoice #12 of Ada Lovelace`)."""
        if count:
            self.done.setdefault(what, Heading()).add(line, count)

    def skip(self, why: str, line: str = "", count: int = 1) -> None:
        """Something was considered and left alone; `why` is the same text for the same reason."""
        if count:
            self.skipped.setdefault(why, Heading()).add(line, count)

    def include(self, other: "Report") -> None:
        """Add what another report counted and kept, such as that of one part of the work."""
        for mine, theirs in ((self.done, other.done), (self.skipped, other.skipped)):
            for name, heading in theirs.items():
                kept = mine.setdefault(name, Heading())
                kept.count += heading.count
                kept.lines += heading.lines[: DETAILS - len(kept.lines)]

    @property
    def acted(self) -> int:
        """How many things were done."""
        return sum(one.count for one in self.done.values())
