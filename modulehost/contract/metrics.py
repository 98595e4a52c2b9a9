"""What MetricProvider returns: metrics with their types, units and usage. Source: the public documentation of usage billing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from modulehost.contract.config import kind

LARGEST = Decimal(10) ** 13  # what decimal(19,6) holds


class Units:
    """What a metric counts: `name` of several, `single` of one, and the sign written behind a number."""

    name, single, suffix, places = "Units", "Unit", "", 0

    def __init__(self, name: str = "", single: str = "", suffix: str = "") -> None:
        self.name = name or type(self).name
        self.single = single or name or type(self).single
        self.suffix = suffix or type(self).suffix

    def scaled(self, value: Decimal) -> tuple[str, str]:
        """A value as people read it, at most two places and no needless zeros, and the sign of the unit it is in."""
        text = f"{value:.{self.places}f}" if value == value.to_integral_value() or self.places else f"{value:.2f}"
        return text.rstrip("0").rstrip(".") if "." in text else text, self.suffix

    def formatted(self, value: Decimal) -> str:
        """The same in one text: `2.5 GB`, `12`."""
        return " ".join(self.scaled(value)).strip()


class WholeNumber(Units):
    """A count."""


class FloatingPoint(Units):
    """A number with a fraction."""

    places = 2


class Bytes(FloatingPoint):
    """Bytes: shown in the largest unit of which there is at least one.

    That 1024 make the next unit is customary and stands here alone. A metric with a sign of its own is left as it is.
    """

    name, single, suffix = "Bytes", "Byte", "B"
    STEP, SIGNS = 1024, ("B", "KB", "MB", "GB", "TB", "PB")

    def scaled(self, value: Decimal) -> tuple[str, str]:
        if self.suffix != type(self).suffix:
            return super().scaled(value)
        place = self.SIGNS.index(self.suffix)
        while value >= self.STEP and place < len(self.SIGNS) - 1:
            value, place = value / self.STEP, place + 1
        return super().scaled(value)[0], self.SIGNS[place]


class MegaBytes(Bytes):
    """Megabytes."""

    name, single, suffix = "Megabytes", "Megabyte", "MB"


class GigaBytes(Bytes):
    """Gigabytes."""

    name, single, suffix = "Gigabytes", "Gigabyte", "GB"


class Accounts(WholeNumber):
    """Accounts."""

    name, single = "Accounts", "Account"


class Domains(WholeNumber):
    """Domains."""

    name, single = "Domains", "Domain"


UNITS: dict[str, type[Units]] = {
    one.__name__: one for one in (WholeNumber, FloatingPoint, Bytes, MegaBytes, GigaBytes, Accounts, Domains)
}


class Usage:
    """How much of a metric is used: a number that is not negative."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def value(self) -> Any:
        """The number as it was given."""
        return self._value


class MetricInterface:
    """A metric. The latest value of a snapshot counts; a day's or month's is overwritten within it, and the term's are summed."""

    TYPE_SNAPSHOT = "snapshot"
    TYPE_PERIOD_DAY = "day"
    TYPE_PERIOD_MONTH = "month"

    def systemName(self) -> str:
        """The name in tables."""
        raise NotImplementedError(f"{type(self).__name__} defines no systemName")

    def displayName(self) -> str:
        """The name people read."""
        raise NotImplementedError(f"{type(self).__name__} defines no displayName")

    def type(self) -> str:
        """One of the TYPE_ words."""
        raise NotImplementedError(f"{type(self).__name__} defines no type")

    def units(self) -> Units:
        """What is counted."""
        raise NotImplementedError(f"{type(self).__name__} defines no units")

    def usage(self) -> Usage | None:
        """How much is used, None when it was not measured."""
        raise NotImplementedError(f"{type(self).__name__} defines no usage")

    def withUsage(self, usage: Usage) -> "MetricInterface":
        """The same metric with this usage."""
        raise NotImplementedError(f"{type(self).__name__} defines no withUsage")


class Metric(MetricInterface):
    """A metric as most modules need it; the type defaults to a snapshot, the units to a whole number."""

    def __init__(
        self,
        systemName: str,
        displayName: str | None = None,
        type: str | None = None,
        units: Units | None = None,
        usage: Usage | None = None,
    ) -> None:
        self._name, self._shown, self._type = systemName, displayName or systemName, type or self.TYPE_SNAPSHOT
        self._units, self._usage = units or WholeNumber(), usage

    def systemName(self) -> str:
        return self._name

    def displayName(self) -> str:
        return self._shown

    def type(self) -> str:
        return self._type

    def units(self) -> Units:
        return self._units

    def usage(self) -> Usage | None:
        return self._usage

    def withUsage(self, usage: Usage) -> "Metric":
        return type(self)(self._name, self._shown, self._type, self._units, usage)


class ProviderInterface:
    """What MetricProvider returns."""

    def metrics(self) -> Iterable[MetricInterface] | Mapping[str, MetricInterface]:
        """All metrics that there are; it must work without a server."""
        raise NotImplementedError(f"{type(self).__name__} defines no metrics")

    def usage(self) -> Mapping[str, Iterable[MetricInterface] | Mapping[str, MetricInterface]]:
        """Tenant => its metrics with usage, for all tenants of the server."""
        raise NotImplementedError(f"{type(self).__name__} defines no usage")

    def tenantUsage(self, tenant: str) -> Iterable[MetricInterface] | Mapping[str, MetricInterface]:
        """The metrics of one tenant, with usage."""
        raise NotImplementedError(f"{type(self).__name__} defines no tenantUsage")


class MetricProblem(ValueError):
    """What a provider returned is not what the contract asks for."""


def read_metrics(value: Any, what: str, with_usage: bool = False) -> dict[str, tuple[MetricInterface, Decimal | None]]:
    """Metrics by their system name with the usage of each (None: not measured). Raises MetricProblem.

    It calls methods that a module may have overridden, so it runs where the module's own calls run.
    """
    given = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(given, (list, tuple)):
        raise MetricProblem(f"{what} returned {kind(value)}; expected a list of metrics")
    types = (MetricInterface.TYPE_SNAPSHOT, MetricInterface.TYPE_PERIOD_DAY, MetricInterface.TYPE_PERIOD_MONTH)
    found: dict[str, tuple[MetricInterface, Decimal | None]] = {}
    for one in given:
        if not isinstance(one, MetricInterface):
            raise MetricProblem(f"{what} returned {kind(one)} among its metrics; expected a Metric")
        name = one.systemName()
        if not isinstance(name, str) or not name or len(name) > 200:
            raise MetricProblem(f"{what} returned a metric whose systemName is {kind(name)}; expected 1 to 200 characters")
        if one.type() not in types:
            raise MetricProblem(f"{what}: the type of {name} is {kind(one.type())}; expected one of {', '.join(types)}")
        if not isinstance(one.units(), Units):
            raise MetricProblem(f"{what}: the units of {name} are {kind(one.units())}; expected Units such as MegaBytes()")
        if name in found:
            raise MetricProblem(f"{what} returned the metric {name} twice")
        usage = one.usage() if with_usage else None
        if usage is not None and not isinstance(usage, Usage):
            raise MetricProblem(f"{what}: the usage of {name} is {kind(usage)}; expected Usage(value)")
        found[name] = (one, None if usage is None else _number(usage.value(), f"{what}: the usage of {name}"))
    return found


def _number(value: Any, what: str) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
            raise InvalidOperation
        number = Decimal(str(value))
    except InvalidOperation:
        raise MetricProblem(f"{what} is {kind(value)}; expected a number") from None
    if not number.is_finite() or not 0 <= number < LARGEST:
        raise MetricProblem(f"{what} is {kind(value)}; expected a number from 0 to below {LARGEST:f}")
    return number
