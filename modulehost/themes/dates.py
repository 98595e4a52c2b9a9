"""Dates of client pages, as hooks want them written."""

from typing import Any

from modulehost import hooks
from modulehost.billing.dates import DateText
from modulehost.context import Ctx


def written(ctx: Ctx, variables: dict[str, Any]) -> dict[str, Any]:
    """A page's variables in which FormatDateForClientAreaOutput and FormatDateTimeForClientAreaOutput have written the dates.

    The points get `date` (a datetime); the last text that a listener returns is printed. Nothing is done while nobody listens.
    """
    points = ("FormatDateForClientAreaOutput", "FormatDateTimeForClientAreaOutput")
    if not any(hooks.heard(ctx, point) for point in points):
        return variables
    found: dict[str, Any] = _walked(ctx, variables)
    return found


def _walked(ctx: Ctx, value: Any) -> Any:
    if isinstance(value, DateText):
        if value.timed:
            said = hooks.fire(ctx, "FormatDateTimeForClientAreaOutput", date=value.moment)
        else:
            said = hooks.fire(ctx, "FormatDateForClientAreaOutput", date=value.moment)
        texts = [result.value for result in said if isinstance(result.value, str)]
        return texts[-1] if texts else value
    if isinstance(value, dict):
        return {key: _walked(ctx, one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walked(ctx, one) for one in value]
    return value
