"""What a module is: a folder of one type under one name."""

from dataclasses import dataclass
from pathlib import Path

#: module types that this host runs, with their folder under modules/
TYPES = ("servers", "addons", "gateways")


@dataclass(frozen=True)
class Module:
    """A module found on the search path. `shown` is its folder as people know it (`modules/servers/zoho_mail`); a gateway may be
    one file in modules/gateways, which is its folder then.

    `problem` says why it cannot run (main file missing, misnamed, written in a language this host does not run).
    """

    type: str
    name: str
    folder: Path
    shown: str
    problem: str = ""

    @property
    def main(self) -> Path:
        """The file that defines the module's functions."""
        return self.folder / f"{self.name}.py"

    @property
    def owner(self) -> str:
        """How its hooks and rows are marked."""
        return f"{self.type}/{self.name}"

    def place(self, file: str, line: int) -> str:
        """A place in the module as errors show it."""
        try:
            return f"{self.shown}/{Path(file).resolve().relative_to(self.folder.resolve())}:{line}"
        except ValueError:
            return f"{file}:{line}"
