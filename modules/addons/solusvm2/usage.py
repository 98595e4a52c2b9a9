"""From what was used to invoices: every finished month that has not been billed, once."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from modulehost import sdk

from . import events, people, postpay, prices
from .client import Panel
from .problems import Refused, Unsure
from .tables import PERIODS, RETAIL

OPEN, BILLED = "open", "billed"
_KINDS = {"server": "Server", "additional_ip": "Additional IP of", "backup": "Backups of", "snapshot": "Snapshot of"}


def due_months(mine: Any, today: date) -> list[date]:
    """The first days of the finished months that a client has not been billed for, oldest first."""
    if mine.enrolled is None:
        return []
    with sdk.unit(read=True) as db:
        done = set(
            db.scalars(
                PERIODS.select()
                .with_only_columns(PERIODS.c.start)
                .where(PERIODS.c.client == mine.client, PERIODS.c.state == BILLED)
            )
        )
    found, month = [], mine.enrolled.date().replace(day=1)
    while (following := after(month)) <= today:
        if month not in done:
            found.append(month)
        month = following
    return found


def after(month: date) -> date:
    """The first day of the month after one."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def bill(panel: Panel, mine: Any, month: date) -> int:
    """Bill one month of a client: returns the invoice's id, 0 when nothing was used. Raises Problem.

    Repeating it, after whatever it was stopped at, makes no second invoice: the month is claimed first, with the price that it is
    billed at, and an invoice that was made just before the stop is found by its note.
    """
    with sdk.lock(f"bill-{mine.client}"):
        period = _claim(mine.client, month)
        if period.state == BILLED:
            return int(period.invoice)
        lines = report(panel, mine, month)
        priced = [{**line, "amount": str(prices.cost(line["tokens"], Decimal(period.price)))} for line in lines]
        tokens = sum(line["tokens"] for line in lines)
        invoice = _invoice_of(mine.client, month) or (_make(mine, month, priced) if tokens else 0)
        total = sum((Decimal(line["amount"]) for line in priced), Decimal(0))
        with sdk.unit() as db:
            db.execute(
                PERIODS.update()
                .where(PERIODS.c.period == period.period)
                .values(state=BILLED, tokens=tokens, amount=total, lines=json.dumps(priced), invoice=invoice)
            )
    if tokens:
        last = after(month) - timedelta(days=1)
        events.note(mine.client, "usage", f"{tokens} tokens, {month:%Y-%m}", mark=f"{mine.client}:usage:{month}",
                    invoice=invoice, at=datetime.combine(last, datetime.min.time()))  # fmt: skip
        events.note(
            mine.client, "invoice", f"Invoice #{invoice}", mark=f"{mine.client}:invoice:{invoice}", invoice=invoice
        )
    return invoice


def invoices_of(client: int) -> list[int]:
    """The ids of all invoices that were made for a client's usage."""
    with sdk.unit(read=True) as db:
        return list(
            db.scalars(
                PERIODS.select()
                .with_only_columns(PERIODS.c.invoice)
                .where(PERIODS.c.client == client, PERIODS.c.invoice > 0)
            )
        )


def client_of(invoice: int) -> int:
    """Whose usage an invoice is about; 0 when it is none of ours."""
    with sdk.unit(read=True) as db:
        return int(
            db.scalar(PERIODS.select().with_only_columns(PERIODS.c.client).where(PERIODS.c.invoice == invoice)) or 0
        )


def periods_of(client: int) -> list[Any]:
    """The billed months of a client, newest first."""
    wanted = PERIODS.select().where(PERIODS.c.client == client, PERIODS.c.state == BILLED)
    with sdk.unit(read=True) as db:
        return list(db.execute(wanted.order_by(PERIODS.c.start.desc())))


def _claim(client: int, month: date) -> Any:
    key = f"{client}:{month:%Y-%m}"
    wanted = PERIODS.select().where(PERIODS.c.period == key)
    with sdk.unit(read=True) as db:
        found = db.execute(wanted).first()
    if found is not None:
        return found
    price = prices.of(int(people.details(client)["currency"]))
    try:
        with sdk.unit() as db:
            db.execute(PERIODS.insert().values(period=key, client=client, start=month, state=OPEN, price=price))
    except sdk.Duplicate:
        pass  # claimed by another process meanwhile
    with sdk.unit(read=True) as db:
        return db.execute(wanted).one()


def report(panel: Panel, mine: Any, month: date) -> list[dict[str, Any]]:
    """What a client used in a month, up to now: a line for each resource. Raises Problem."""
    start, end = (datetime.combine(day, datetime.min.time()) for day in (month, after(month)))
    user = people.current(panel, mine)
    with sdk.unit(read=True) as db:
        fixed = set(db.scalars(RETAIL.select().with_only_columns(RETAIL.c.server).where(RETAIL.c.client == mine.client)))
    found = []
    for one in panel.usage(int(user["id"]), start, end):
        tokens, hours = one.get("tokens"), one.get("hours")
        if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0:
            raise Unsure(
                f"SolusVM 2 reports {tokens!r} tokens for {one.get('name') or one.get('resource_id')}: no whole number"
            )
        if tokens and not (one.get("resource_type") == "server" and one.get("resource_id") in fixed):
            found.append({"type": str(one.get("resource_type")), "id": one.get("resource_id"), "name": str(one.get("name") or ""),
                          "plan": str(one.get("plan") or ""), "hours": hours, "tokens": tokens})  # fmt: skip
    return found


def _make(mine: Any, month: date, lines: list[dict[str, Any]]) -> int:
    today = sdk.today()
    values: dict[str, Any] = {
        "userid": mine.client, "status": "Unpaid", "sendinvoice": True, "date": today.isoformat(),
        "duedate": (today + timedelta(days=postpay.current().grace)).isoformat(), "notes": _note(month),
    }  # fmt: skip
    for number, line in enumerate((one for one in lines if Decimal(one["amount"])), 1):
        values[f"itemdescription{number}"] = describe(line, month)
        values[f"itemamount{number}"] = line["amount"]
        values[f"itemtaxed{number}"] = True
    if "itemamount1" not in values:
        return 0  # less than half a cent in every line
    answer = sdk.localAPI("CreateInvoice", values)
    if answer.get("result") != "success":
        raise Refused(f"the invoice for {month:%Y-%m} could not be made: {answer.get('message')}")
    return int(answer["invoiceid"])


def describe(line: dict[str, Any], month: date) -> str:
    """A line of an invoice: `Server web1 (KVM-2): 715 hours, 5000 tokens (2026-04-01 - 2026-04-30)`."""
    plan = f" ({line['plan']})" if line["plan"] else ""
    hours = f"{line['hours']} hours, " if line["hours"] is not None else ""
    name = line["name"] or f"#{line['id']}"
    kind = _KINDS.get(line["type"], line["type"])
    return f"{kind} {name}{plan}: {hours}{line['tokens']} tokens ({month} - {after(month) - timedelta(days=1)})"


def _note(month: date) -> str:
    return f"Cloud Hosting usage of {month:%Y-%m}"


def _invoice_of(client: int, month: date) -> int:
    """An invoice that was made for the month although the claim does not know it."""
    mine = (one for one in in_host(client) if one["notes"] == _note(month) and one["status"] != "Cancelled")
    return next((int(one["id"]) for one in mine), 0)


def in_host(client: int, status: str = "") -> Iterator[dict[str, Any]]:
    """The invoices of a client as the host lists them, newest first; of one status if it is given."""
    start = 0
    while True:
        asked = {"userid": client, "limitstart": start, "limitnum": 100, "orderby": "id", "order": "desc", "status": status}
        answer = sdk.localAPI("GetInvoices", asked)
        rows = answer["invoices"]["invoice"] if answer.get("invoices") else []
        yield from rows
        start += len(rows)
        if not rows or start >= int(answer["totalresults"]):
            return


def total(client: int) -> tuple[int, Decimal]:
    """Tokens and money of everything billed to a client."""
    rows = periods_of(client)
    return sum(int(one.tokens) for one in rows), sum((Decimal(one.amount) for one in rows), Decimal(0))
