"""The metrics on the Module Settings tab: which of them the product charges for, what is included, and the prices."""

from dataclasses import dataclass
from typing import Any

from flask import request

from modulehost import lifecycle
from modulehost.billing import usage
from modulehost.billing.catalog import prices
from modulehost.billing.catalog import usage as entering
from modulehost.context import Ctx
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product

_TYPES = {"snapshot": "latest value", "day": "sum of the term's days", "month": "sum of the term's months"}


@dataclass(frozen=True)
class Shown:
    """A metric with what the form holds of it, by field name."""

    name: str
    label: str
    units: str
    counted: str
    on: bool
    values: dict[str, str]
    count: int


def tab(ctx: Ctx, product: Product, module: str) -> dict[str, Any]:
    """What the tab shows of metrics."""
    problem, known = "", []
    if lifecycle.usage.has_metrics(ctx, module):
        try:
            known = lifecycle.usage.metrics(ctx, module)
        except ModuleFailed as failure:
            problem = str(failure)
    with ctx.unit(read=True) as db:
        currencies = prices.currencies(db)
        held = {item.metric: item for item in usage.items_of(db, product.id) if item.module == module}
        found = []
        for one in known:
            item, begin = held.get(one.name), f"metric[{one.name}]"
            values, rows = {}, []
            if item is not None:
                rows = usage.brackets_of(db, item)
                values[f"{begin}[included]"] = _plain(item.included)
                values[f"{begin}[scheme]"] = rows[0].schema_type if rows else "simple"
                priced = prices.rows(db, "usage", [row.id for row in rows])
                for n, row in enumerate(rows):
                    values[f"{begin}[{n}][floor]"] = _plain(row.floor)
                    values[f"{begin}[{n}][ceiling]"] = _plain(row.ceiling) if row.ceiling else ""
                    for currency in currencies:
                        if (row.id, currency.id) in priced:
                            values[f"{begin}[{n}][price][{currency.id}]"] = f"{priced[row.id, currency.id].monthly:.2f}"
            on = item is not None and not item.is_hidden
            if request.method == "POST":
                values, on = {key: value for key, value in request.form.items() if key.startswith(begin)}, f"{begin}[on]" in request.form
            found.append(
                Shown(one.name, one.label, one.units.name, _TYPES.get(one.type, one.type), on, values, max(entering.ROWS, len(rows) + 1))
            )
    return {"metrics": found, "metrics_problem": problem, "currencies": currencies, "schemes": usage.SCHEMES}


def _plain(value: Any) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
