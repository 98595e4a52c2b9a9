"""The one door to the time.

A host has one clock file, `<root>/clock`, in the notation of libfaketime, so that PHP and the sandboxes can follow it
without knowing anything else of the host:

    +3888000     the time runs, that many seconds ahead of the machine's (a leading minus: behind it)
    1900000000   the time stands still at that Unix time

No file means the machine's own time. All times of the host are naive UTC datetimes without fractions of a second,
as MySQL's DATETIME holds them.
"""

import math
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_NOTATION = re.compile(r"[+-]?\d+(\.\d+)?\Z")


class ClockError(ValueError):
    """The clock file holds something that is not a time."""


class Clock:
    """Reads, and on request moves, the time of one host.

    `path` is the clock file; it need not exist. Reading costs one `stat` while the file is unchanged.
    """

    def __init__(self, path: Path | None = None, real: Callable[[], float] | None = None) -> None:
        self.path = path
        self._real = real or (lambda: time.time())  # looked up at each call, so that freezegun's stand-in counts
        self._signature: tuple[int, int, int] | None = None
        # offset and frozen time, in one value: threads read it while another replaces it
        self._state: tuple[float, float | None] = (0.0, None)

    def time(self) -> float:
        """Unix time in seconds as the host sees it."""
        offset, frozen = self._refresh()
        return frozen if frozen is not None else self._real() + offset

    def now(self) -> datetime:
        """The host's time as naive UTC, whole seconds."""
        return datetime.fromtimestamp(int(self.time()), UTC).replace(tzinfo=None)

    def today(self) -> date:
        """The host's calendar day (UTC)."""
        return self.now().date()

    @property
    def frozen(self) -> bool:
        """Whether the time stands still."""
        return self._refresh()[1] is not None

    @property
    def offset(self) -> timedelta:
        """How far the host is ahead of the machine's time."""
        return timedelta(seconds=round(self.time() - self._real()))

    def advance(self, by: timedelta) -> None:
        """Move the time by `by`; a running clock goes on running, a frozen one stays frozen."""
        offset, frozen = self._refresh()
        if frozen is not None:
            self._write(str(int(frozen + by.total_seconds())))
        else:
            self._write(f"{int(offset + by.total_seconds()):+d}")

    def set(self, to: datetime) -> None:
        """Move the time to `to` (naive UTC); it goes on running from there unless it was frozen."""
        target = to.replace(tzinfo=UTC).timestamp()
        if self.frozen:
            self._write(str(int(target)))
        else:
            self._run_from(target)

    def freeze(self) -> None:
        """Let the time stand still where it is."""
        self._write(str(int(self.time())))

    def resume(self) -> None:
        """Let the time run on from where it stands."""
        self._run_from(self.time())

    def reset(self) -> None:
        """Back to the machine's time."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        self._signature, self._state = None, (0.0, None)

    def _run_from(self, moment: float) -> None:
        # The file holds whole seconds: rounded up, so that the time is never before what it was set to.
        self._write(f"{math.ceil(moment - self._real()):+d}")

    def _write(self, text: str) -> None:
        if self.path is None:
            raise ClockError("this clock has no file, so it cannot be moved")
        # Replaced in one step: PHP and the sandboxes read it at any moment, and half a number kills a PHP worker.
        new = self.path.with_name(self.path.name + ".new")
        new.write_text(text)
        new.replace(self.path)
        self._signature = None

    def _refresh(self) -> tuple[float, float | None]:
        if self.path is None:
            return self._state
        try:
            stat = self.path.stat()
            signature = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if signature == self._signature:
                return self._state
            text = self.path.read_text().strip()
        except FileNotFoundError:
            self._signature, self._state = None, (0.0, None)
            return self._state
        if not _NOTATION.match(text):
            raise ClockError(
                f"{self.path} holds {text[:40]!r}; expected +SECONDS, -SECONDS or a Unix time. Delete the file to reset"
            )
        state: tuple[float, float | None] = (float(text), None) if text[0] in "+-" else (0.0, float(text))
        self._state, self._signature = state, signature
        return state
