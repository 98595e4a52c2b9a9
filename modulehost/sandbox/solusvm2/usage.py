"""What a user's resources cost, in tokens.

Every started hour is charged at the price that holds when the hour starts; hours of a resource are counted from its start, and
anew from the first of each month (so the hour that runs over midnight of a month's end is charged in both months).
The monthly price is a cap for one resource and calendar month (UTC): the sum grows hour by hour until it reaches the cap
that holds in that hour. A cap of 0 is none. A server is charged while it exists, also when it is stopped: its disk and
address are kept for it.

An hour belongs to the period in which it starts. So the parts of a month add up to the month.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from modulehost.sandbox.solusvm2.meters import BACKUP, IP, SNAPSHOT
from modulehost.sandbox.solusvm2.state import Meter, Plan, Price, State

HOUR = 3600


@dataclass(frozen=True)
class Rate:
    """A price in tokens from `since` on; `per_month` 0 is no cap."""

    since: int
    per_hour: int
    per_month: int
    plan: str


@dataclass(frozen=True)
class Line:
    """One line of a report: hours of one resource in one month at one price, and what they cost under the cap."""

    kind: str
    resource_id: int
    name: str
    plan: str
    start: int
    end: int
    hours: int
    per_hour: int
    per_month: int
    tokens: int


def report(state: State, user_id: int, start: int, end: int, now: int) -> list[Line]:
    """The lines of a user for the hours that start in `start <= time < end`, as far as they have come by `now`."""
    meters = [one for one in state.meters.values() if one.user_id == user_id]
    used: dict[tuple[str, int, int], int] = {}
    return [
        line
        for meter in sorted(meters, key=lambda one: (one.start, one.id))
        for line in _lines(state, meter, start, end, now, used)
    ]


def _lines(
    state: State, meter: Meter, start: int, end: int, now: int, used: dict[tuple[str, int, int], int]
) -> Iterator[Line]:
    """The lines of one meter. `used` holds what a resource has used in a month: backups may have gone off and on in it."""
    rates = _rates(state, meter)
    last = meter.end or now
    first_month = next(_months(start, start + 1))[0]
    for first, after in _months(max(first_month, meter.start), min(end, max(last, meter.start + 1))):
        anchor, stop = max(meter.start, first), min(last, after)
        hours = _hours(stop - anchor)
        if anchor == meter.start <= now:
            hours = max(hours, 1)  # gone within the second, but its hour had started
        key, period = (meter.kind, meter.resource_id, first), (_hours(start - anchor), _hours(end - anchor))
        total = used.get(key, 0)
        for rate, begin, until in _stretches(rates, anchor, hours):
            low, high = max(begin, period[0]), min(until, period[1])
            total = _grown(total, min(until, low) - begin, rate)
            if low < high:
                before, total = total, _grown(total, high - low, rate)
                yield Line(
                    kind=meter.kind,
                    resource_id=meter.resource_id,
                    name=meter.name,
                    plan=rate.plan,
                    start=anchor + low * HOUR,
                    end=max(anchor + low * HOUR, min(stop, anchor + high * HOUR)),
                    hours=high - low,
                    per_hour=rate.per_hour,
                    per_month=rate.per_month,
                    tokens=total - before,
                )
        used[key] = total


def _stretches(rates: list[Rate], anchor: int, hours: int) -> Iterator[tuple[Rate, int, int]]:
    """Which price holds for which hours of a month, numbered from 0 at `anchor`: first one, and the one after the last."""
    begins = [0, *(_hours(one.since - anchor) for one in rates[1:]), hours]
    for rate, begin, following in zip(rates, begins, begins[1:], strict=False):
        if begin < min(following, hours):
            yield rate, begin, min(following, hours)


def _grown(total: int, hours: int, rate: Rate) -> int:
    new = total + hours * rate.per_hour
    return max(total, min(new, rate.per_month)) if rate.per_month else new


def _hours(seconds: int) -> int:
    """Started hours; 0 for nothing."""
    return max(0, -(-seconds // HOUR))


def _months(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The calendar months that `start <= time < end` touches, each as its first second and that of the next one."""
    at = start
    while at < end:
        day = datetime.fromtimestamp(at, UTC)
        first = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        yield int(first.timestamp()), int(following.timestamp())
        at = int(following.timestamp())


def _rates(state: State, meter: Meter) -> list[Rate]:
    """What the resource costs in the course of its life; changes that do not concern it are left out."""
    if meter.kind == SNAPSHOT:
        return [Rate(meter.start, meter.per_hour, meter.per_month, state.plans[str(meter.spans[0].plan_id)].name)]
    found: list[Rate] = []
    for number, span in enumerate(meter.spans):
        plan = state.plans[str(span.plan_id)]
        until = meter.spans[number + 1].since if number + 1 < len(meter.spans) else None
        inside = [one for one in plan.prices if one.since > span.since and (until is None or one.since < until)]
        for since, price in ((span.since, price_at(plan, span.since)), *((one.since, one) for one in inside)):
            rate = Rate(since, *tokens(meter.kind, price), plan.name)
            if not found or (rate.per_hour, rate.per_month, rate.plan) != (
                found[-1].per_hour,
                found[-1].per_month,
                found[-1].plan,
            ):
                found.append(rate)
    return found


def price_at(plan: Plan, at: int) -> Price:
    """The price of a plan that holds at a time."""
    return next((one for one in reversed(plan.prices) if one.since <= at), plan.prices[0])


def tokens(kind: str, price: Price) -> tuple[int, int]:
    """Tokens an hour and a month at most. A backup costs its per cent of the server, rounded half up to whole tokens."""
    if kind == IP:
        return price.ip_tokens_per_hour, price.ip_tokens_per_month
    if kind == BACKUP:
        return _share(price.tokens_per_hour, price.backup_price), _share(price.tokens_per_month, price.backup_price)
    return price.tokens_per_hour, price.tokens_per_month


def _share(whole: int, percent: float) -> int:
    return int((Decimal(whole) * Decimal(str(percent)) / 100).quantize(Decimal(1), ROUND_HALF_UP))
