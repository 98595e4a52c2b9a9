"""`datetime` and `time` as a module sees them: they follow the host's clock.

A module ported line by line calls `datetime.now()`; inside a host that has been moved to next March it must see next March.
The stand-ins are handed out by the private `__import__` of the module's own namespace only: libraries that the module
uses (requests, Authlib) keep real time, and nothing outside the module sees them. `sleep`, `monotonic` and `perf_counter` stay real.
"""

import builtins
import datetime as real_datetime
import time as real_time
import types
from collections.abc import Callable
from typing import Any

from modulehost.clock import Clock


class _Instances(type):
    """Makes isinstance(x, datetime) hold for the ordinary objects too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1]) if _ours(cls) else super().__instancecheck__(instance)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # What a module makes is an ordinary object: database drivers go by the exact class.
        return cls.__mro__[1](*args, **kwargs) if _ours(cls) else super().__call__(*args, **kwargs)


def _ours(cls: type) -> bool:
    """Whether a class is one of the two stand-ins, not one that a module derived from them."""
    return cls.__module__ == __name__


def _datetime_module(clock: Clock) -> types.ModuleType:
    class date(real_datetime.date, metaclass=_Instances):
        @classmethod
        def today(cls) -> real_datetime.date:  # type: ignore[override]
            return clock.today()

    class datetime(real_datetime.datetime, metaclass=_Instances):
        @classmethod
        def now(cls, tz: real_datetime.tzinfo | None = None) -> real_datetime.datetime:  # type: ignore[override]
            moment = real_datetime.datetime.fromtimestamp(clock.time(), real_datetime.UTC)
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> real_datetime.datetime:  # type: ignore[override]
            return cls.now()

        @classmethod
        def today(cls) -> real_datetime.datetime:  # type: ignore[override]
            return cls.now()

    copy = types.ModuleType("datetime", real_datetime.__doc__)
    copy.__dict__.update(
        {k: v for k, v in vars(real_datetime).items() if not k.startswith("__")}, date=date, datetime=datetime
    )
    return copy


def _time_module(clock: Clock) -> types.ModuleType:
    def gmtime(seconds: float | None = None) -> real_time.struct_time:
        return real_time.gmtime(clock.time() if seconds is None else seconds)

    def strftime(form: str, moment: Any = None) -> str:
        return real_time.strftime(form, gmtime() if moment is None else moment)

    copy = types.ModuleType("time", real_time.__doc__)
    copy.__dict__.update(
        {k: v for k, v in vars(real_time).items() if not k.startswith("__")},
        time=clock.time,
        time_ns=lambda: int(clock.time() * 1_000_000_000),
        gmtime=gmtime,
        localtime=gmtime,
        strftime=strftime,
    )
    return copy


def private_builtins(clock: Clock, say: Callable[[str], None]) -> dict[str, Any]:
    """The builtins of a module's namespace: an `__import__` that hands out the two clocks, a `print` that the host hears."""
    stand_ins = {"datetime": _datetime_module(clock), "time": _time_module(clock)}

    def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level == 0 and name in stand_ins:
            return stand_ins[name]
        return builtins.__import__(name, globals, locals, fromlist, level)

    def print_(
        *values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False
    ) -> None:
        if file is not None:
            builtins.print(*values, sep=sep, end=end, file=file, flush=flush)
        else:
            say((" " if sep is None else sep).join(map(str, values)) + ("\n" if end is None else end))

    return {**vars(builtins), "__import__": import_, "print": print_}
