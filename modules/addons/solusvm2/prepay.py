"""Pre-pay credit: usage is drawn from the client's credit balance as it happens.

The vendor only announces this way of billing; it is an extension of this project, off until the module's configuration switches it
on. Every run of the automation asks once an hour what the running month has cost, and takes the difference; at zero the user is
locked, and set free by a top-up.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from modulehost import sdk

from . import connection, dunning, events, people, prices, usage
from .client import Panel
from .facts import ACTIVE, LOCKED
from .problems import Refused
from .tables import DRAWS, LOWS

_CENT, _NAME = Decimal("0.01"), "prepay"
EVERY = timedelta(hours=1)
ZERO = Decimal(0)


def extension(name: str) -> bool:
    """Whether a yes/no field of the module's configuration is on."""
    return sdk.settings().get(name) == "on"


def on() -> bool:
    """Whether customers may sign up for pre-pay now."""
    return extension(_NAME) and sdk.store().get(_NAME) == "on" and connection.current() is not None


def lows() -> dict[int, Decimal]:
    """Below which balance a client is told, by currency id."""
    with sdk.unit(read=True) as db:
        return {row.currency: Decimal(row.amount) for row in db.execute(LOWS.select())}


def check(form: Mapping[str, str]) -> tuple[dict[int, Decimal], dict[str, str]]:
    """The thresholds of a form (`low<id>`), and what is wrong, by field."""
    good: dict[int, Decimal] = {}
    wrong: dict[str, str] = {}
    for one in prices.currencies():
        text = form.get(f"low{one['id']}", "").strip()
        if not prices.is_money(text):
            wrong[f"low{one['id']}"] = "Enter an amount with at most 2 decimal places; 0 sends no notice."
        else:
            good[one["id"]] = Decimal(text)
    if form.get("enabled") == "on" and (codes := prices.missing()):
        wrong["enabled"] = f"Set the token price in {', '.join(codes)} under Settings first."
    return good, wrong


def save(enabled: bool, thresholds: Mapping[int, Decimal]) -> None:
    """Store the settings."""
    with sdk.unit() as db:
        db.execute(LOWS.delete())
        for currency, amount in thresholds.items():
            db.execute(LOWS.insert().values(currency=currency, amount=amount))
    sdk.store().set(_NAME, "on" if enabled else "")
    sdk.logActivity(f"SolusVM 2: pre-pay settings saved ({'enabled' if enabled else 'disabled'})")


def turn(panel: Panel, mine: Any) -> str:
    """Draw what a client has used, tell of a low balance, and lock or free its user; returns lock, resume or nothing. Raises Problem."""
    with sdk.lock(f"bill-{mine.client}"):
        unpaid = sum((_draw(panel, mine, month) for month in _months(mine)), ZERO)
    balance = credit(mine.client)
    _notice(mine, balance)
    with sdk.lock(f"status-{mine.client}"):
        mine = people.row(mine.client)
        wanted = LOCKED if balance <= 0 or unpaid >= _CENT else ACTIVE
        if wanted == (mine.applied or ACTIVE) and not mine.wanted:
            return ""
        people.change(mine.client, wanted=wanted)
        done = dunning.apply(panel, mine, wanted)
    if done:
        events.note(mine.client, done, "Locked: the credit is used up" if wanted == LOCKED else "Active again")
        sdk.logActivity(f"SolusVM 2: user {mine.user} is {wanted} now", mine.client)
    return done


def credit(client: int) -> Decimal:
    """The client's credit balance."""
    return Decimal(str(people.details(client).get("credit") or "0"))


def drawn(client: int) -> list[Any]:
    """What was drawn, by month, newest first."""
    with sdk.unit(read=True) as db:
        return list(db.execute(DRAWS.select().where(DRAWS.c.client == client).order_by(DRAWS.c.start.desc())))


def _months(mine: Any) -> list[date]:
    """The months that are not closed: the running one, and earlier ones whose last hours were not drawn yet."""
    with sdk.unit(read=True) as db:
        closed = set(
            db.scalars(
                DRAWS.select()
                .with_only_columns(DRAWS.c.start)
                .where(DRAWS.c.client == mine.client, DRAWS.c.closed == 1)
            )
        )
    found, month = [], mine.enrolled.date().replace(day=1)
    while month <= sdk.today():
        if month not in closed:
            found.append(month)
        month = usage.after(month)
    return found


def _draw(panel: Panel, mine: Any, month: date) -> Decimal:
    """Take what a month has cost beyond what was taken; returns what the balance did not cover."""
    row = _finish(_row(mine.client, month))
    over = sdk.today() >= usage.after(month)
    tokens, owed, asked = int(row.tokens), Decimal(row.owed), row.asked
    # Within the hour only what is owed already is taken: a top-up may have come.
    if asked is None or sdk.now() - asked >= EVERY or over:
        used = sum(line["tokens"] for line in usage.report(panel, mine, month))
        owed += max(used - tokens, 0) * prices.of(int(people.details(mine.client)["currency"]))
        tokens, asked = max(used, tokens), sdk.now()
    # Parts of a cent wait for the next hour; the end of the month rounds half up.
    before = Decimal(row.drawn)
    due = owed.quantize(_CENT, ROUND_HALF_UP if over else ROUND_DOWN) - before
    take = max(min(due, credit(mine.client)), ZERO)
    _change(row, tokens=tokens, owed=owed, asked=asked, pending=take, step=row.step + (1 if take else 0))
    row = _finish(_row(mine.client, month))
    left = due - (Decimal(row.drawn) - before)
    if over and left < _CENT:
        _change(row, closed=1)
        if tokens:
            last = usage.after(month) - timedelta(days=1)
            events.note(mine.client, "usage", f"{tokens} tokens, {month:%Y-%m}", mark=f"{mine.client}:usage:{month}",
                        at=datetime.combine(last, datetime.min.time()))  # fmt: skip
    return left


def _finish(row: Any) -> Any:
    """Take what the row says is being taken, unless the client's credit log shows that it was."""
    if not Decimal(row.pending):
        return row
    text = f"Cloud Hosting usage of {row.start:%Y-%m}, step {row.step}"
    log = sdk.localAPI("GetCredits", {"clientid": row.client})
    if log.get("result") != "success":
        raise Refused(f"the credit log of client {row.client} could not be read: {log.get('message')}")
    entries = log["credits"]["credit"] if log.get("credits") else []
    if not any(one["description"] == text for one in entries):
        answer = sdk.localAPI(
            "AddCredit", {"clientid": row.client, "description": text, "amount": f"{row.pending:.2f}", "type": "remove"}
        )
        if answer.get("result") != "success":  # spent meanwhile: it stays owed, and the next turn takes what there is
            _change(row, pending=ZERO)
            sdk.logActivity(f"SolusVM 2: {row.pending:.2f} of credit could not be drawn: {answer.get('message')}", row.client)
            return _row(row.client, row.start)
    _change(row, drawn=Decimal(row.drawn) + Decimal(row.pending), pending=ZERO)
    return _row(row.client, row.start)


def _row(client: int, month: date) -> Any:
    key = f"{client}:{month:%Y-%m}"
    with sdk.unit(read=True) as db:
        found = db.execute(DRAWS.select().where(DRAWS.c.period == key)).first()
    if found is not None:
        return found
    try:
        with sdk.unit() as db:
            db.execute(DRAWS.insert().values(period=key, client=client, start=month))
    except sdk.Duplicate:
        pass  # made by another process meanwhile
    with sdk.unit(read=True) as db:
        return db.execute(DRAWS.select().where(DRAWS.c.period == key)).one()


def _change(row: Any, **values: Any) -> None:
    with sdk.unit() as db:
        db.execute(DRAWS.update().where(DRAWS.c.period == row.period).values(**values))


def _notice(mine: Any, balance: Decimal) -> None:
    """Tell a client once that the balance is low; again only after it was not."""
    low = lows().get(int(people.details(mine.client)["currency"]), ZERO)
    if balance >= low or not low:
        if mine.noticed:
            people.change(mine.client, noticed=0)
        return
    if mine.noticed:
        return
    people.change(mine.client, noticed=1)
    sdk.localAPI("SendEmail", {
        "id": mine.client, "customtype": "general", "customsubject": "Your Cloud Hosting credit is low",
        "custommessage": "<p>Dear {$client_first_name},</p><p>your credit balance is {$solusvm2_balance}. Add funds before it is used up: "
                         'at zero your account is locked.</p><p><a href="{$solusvm2_link}">Add funds</a></p>{$signature}',
        "customvars": {"solusvm2_balance": prices.shown(int(people.details(mine.client)["currency"]), balance),
                       "solusvm2_link": f"{sdk.system_url()}clientarea.php?action=addfunds"},
    })  # fmt: skip
    events.note(mine.client, "reminder", "Low balance notice")
