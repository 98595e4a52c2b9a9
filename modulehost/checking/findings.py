"""What a check reports."""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. `file` is shown from the path that was checked; `rule` names the check for filters in CI."""

    file: str
    line: int
    level: str
    rule: str
    message: str

    @property
    def text(self) -> str:
        """The finding in one line, as compilers write them."""
        return f"{self.file}:{self.line}: {self.level}: {self.message} [{self.rule}]"
