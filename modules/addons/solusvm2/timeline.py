"""The dunning timeline: one picture per client with usage, invoices, due dates, reminders, lock, suspension, payment and resume.

Five rows on one date axis. Every mark has a letter and a shape of its own and a title, so nothing depends on colour; a table below
says the same in words.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from modulehost import sdk

from . import events, usage

WIDTH, LEFT, RIGHT, ROW, TOP, MARK = 960, 118, 18, 34, 18, 19
#: row of the picture -> its label and the kinds of events that stand in it
ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Usage", ("usage", "enrolled")),
    ("Invoices", ("invoice",)),
    ("Due", ("due",)),
    ("Reminders", ("reminder",)),
    ("Access", ("lock", "suspend", "resume")),
    ("Payments", ("paid",)),
)
#: kind -> (letter in the mark, word for the legend)
MARKS = {
    "enrolled": ("E", "enrolled"), "usage": ("U", "usage"), "invoice": ("I", "invoice"), "due": ("D", "due"), "reminder": ("R", "reminder"),
    "lock": ("L", "locked"), "suspend": ("S", "suspended"), "resume": ("A", "active again"), "paid": ("P", "paid"),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One thing that happened, or is due, on a day."""

    day: date
    kind: str
    text: str
    invoice: int = 0


def marks(client: int) -> list[Mark]:
    """All marks of a client by day; due dates come from the invoices as they are now."""
    found = [Mark(one.at.date(), one.kind, one.text, one.invoice) for one in events.of(client) if one.kind in MARKS]
    ours = set(usage.invoices_of(client))
    for one in usage.in_host(client) if ours else ():
        if one["id"] in ours and one["status"] not in ("Cancelled", "Draft") and one["duedate"] != "0000-00-00":
            found.append(Mark(date.fromisoformat(one["duedate"]), "due", f"Invoice #{one['id']} due", one["id"]))
    return sorted(found, key=lambda one: (one.day, list(MARKS).index(one.kind)))


def card(client: int) -> str:
    """The picture with its legend and table, as HTML."""
    known = marks(client)
    if not known:
        return sdk.render("admin/timeline.tpl", empty=True)
    today = sdk.today()
    first = min(known[0].day, today) - timedelta(days=2)
    last = max(known[-1].day, today) + timedelta(days=2)
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days * (WIDTH - LEFT - RIGHT) / days, 1)

    rows, shown = [], []
    for number, (label, kinds) in enumerate(ROWS):
        y = TOP + ROW * number + ROW // 2
        rows.append({"label": label, "y": y, "text_y": y + 4})
        taken: list[float] = []
        for one in known:
            if one.kind in kinds:
                at = x(one.day)
                while any(abs(other - at) < MARK for other in taken):
                    at += MARK  # beside each other rather than over each other
                taken.append(at)
                shape = "square" if one.kind in ("lock", "suspend") else "round"
                title = f"{one.day}: {one.text}"
                shown.append({"x": at, "y": y, "text_y": y + 4, "letter": MARKS[one.kind][0], "kind": one.kind,
                              "shape": shape, "title": title})  # fmt: skip
    height = TOP + ROW * len(ROWS) + 30
    return sdk.render(
        "admin/timeline.tpl", empty=False, width=WIDTH, height=height, left=LEFT, right=WIDTH - RIGHT, axis=height - 26,
        label_y=height - 10, rows=rows, marks=shown, today=x(today), ticks=_ticks(first, last, x), spans=_spans(known, today, x),
        legend=[{"letter": letter, "word": word} for letter, word in MARKS.values()],
        table=[{"day": one.day.isoformat(), "word": MARKS[one.kind][1], "text": one.text, "invoice": one.invoice} for one in known],
    )  # fmt: skip


def _ticks(first: date, last: date, x: Any) -> list[dict[str, Any]]:
    """A label at the first of every month, or of some of them when there are many; where a short time begins."""
    found, month = [], usage.after(first - timedelta(days=1)) if first.day != 1 else first
    while month <= last:
        found.append(month)
        month = usage.after(month)
    step = -(-len(found) // 12)  # as many labels as have room
    return [{"x": x(one), "label": f"{one:%Y-%m-%d}"} for one in found[::step]] or [
        {"x": x(first), "label": first.isoformat()}
    ]


def _spans(known: list[Mark], today: date, x: Any) -> list[dict[str, Any]]:
    """How long the access was cut: from each lock or suspension to what ended it."""
    y = TOP + ROW * [label for label, _ in ROWS].index("Access") + ROW // 2
    steps = [one for one in known if one.kind in ("lock", "suspend", "resume")]
    found = []
    for number, one in enumerate(steps):
        if one.kind != "resume":
            end = steps[number + 1].day if number + 1 < len(steps) else today
            found.append(
                {"x": x(one.day), "width": max(round(x(end) - x(one.day), 1), 1.0), "y": y - 6, "kind": one.kind}
            )
    return found
