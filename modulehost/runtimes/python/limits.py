"""Time limits for code that is not ours.

Each call runs in a daemon thread of its own. Past its limit (1) the call is fenced: what it still asks of the host raises
CallExpired; (2) the caller gets an error that names the module's current line; (3) TimeLimit is raised in the thread, which
ends endless loops and swallowers of Exception at their next byte code. A thread inside a blocking system call stays until that
returns, but can write nothing any more.
"""

import contextvars
import ctypes
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from modulehost.context import Call


class TimeLimit(BaseException):
    """Raised inside a call that ran past its limit; not an Exception, so that `except Exception` does not catch it."""


class TimedOut(Exception):
    """A call ran past its limit. `frames` are its stack at that moment, innermost last."""

    def __init__(self, seconds: float, frames: list[traceback.FrameSummary]) -> None:
        super().__init__(f"ran past its limit of {seconds:g} s")
        self.seconds, self.frames = seconds, frames


def limited(call: Call, seconds: float, function: Callable[[], Any]) -> Any:
    """Run `function` for at most `seconds`; returns its value or raises what it raised, or TimedOut."""
    outcome: list[Any] = []
    context = contextvars.copy_context()
    ending = threading.Lock()

    def body() -> None:
        try:
            try:
                ended = (True, context.run(function))
            except BaseException as failure:
                ended = (False, failure)
            with ending:
                outcome.append(ended)
        except TimeLimit:  # it came when the function had just ended
            pass

    thread = threading.Thread(target=body, name=f"call {call.what}", daemon=True)
    thread.start()
    thread.join(seconds)
    # The thread cannot end while this lock is held, so its id cannot belong to another thread by the time it is used.
    with ending:
        if not outcome:
            call.expired = True
            frame = sys._current_frames().get(thread.ident or 0)
            frames = list(traceback.extract_stack(frame)) if frame else []
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeLimit))
            raise TimedOut(seconds, frames)
    fine, value = outcome[0]
    if fine:
        return value
    raise value


def innermost(frames: list[traceback.FrameSummary], folder: Path) -> traceback.FrameSummary | None:
    """The deepest frame that lies in `folder`."""
    inside = [f for f in frames if f.filename.startswith(str(folder) + "/")]
    return inside[-1] if inside else None
