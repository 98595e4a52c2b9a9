"""From what is due to invoices: which periods, which lines, what is left alone and why. Nothing is written here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from modulehost.billing import linetexts, promotions, proration, tax
from modulehost.billing.cycles import Cycle, anchor_of, next_date
from modulehost.billing.invoices import Item
from modulehost.billing.recurring.reading import ADDON, HOSTING, Facts, Subject
from modulehost.billing.recurring.terms import Terms
from modulehost.journal import Report
from modulehost.money import ZERO, places
from modulehost.schema import Currency, TenantStat

#: what a promotion takes off an amount in a currency, and what its line says
Discount = Callable[[int, Decimal, Currency], tuple[Decimal, str]]
#: the lines of a service's usage, with the values that they charge
Usage = Callable[[int], list[tuple[Item, list[TenantStat]]]]


_NOTHING = tax.Taxed(ZERO)


@dataclass(slots=True)
class Bill:
    """An invoice to be."""

    client: Any
    currency: Currency
    duedate: date
    method: str
    rates: tuple[Decimal, Decimal]
    items: list[Item] = field(default_factory=list)
    stats: list[TenantStat] = field(default_factory=list)
    sums: tax.Taxed = _NOTHING
    credit: Decimal = ZERO
    earlier: Decimal = ZERO  # credit that it had used before this run did anything for it
    received: Decimal = ZERO  # payments that it has
    number: str = ""
    id: int = 0

    @property
    def total(self) -> Decimal:
        """As tblinvoices.total has it: less the credit that it uses."""
        return self.sums.total - self.earlier - self.credit

    @property
    def due(self) -> Decimal:
        """What is left to be paid."""
        return self.total - self.received


@dataclass
class Plan:
    """The invoices of a chunk, the next invoice dates that move, and how often services' promotions were used."""

    bills: list[Bill] = field(default_factory=list)
    moved: dict[tuple[str, date | None], list[int]] = field(default_factory=dict)
    promoted: dict[int, int] = field(default_factory=dict)


class Planner:
    """Makes the plan of one chunk."""

    def __init__(self, terms: Terms, facts: Facts, report: Report, discount: Discount, usage: Usage) -> None:
        self.terms, self.facts, self.report = terms, facts, report
        self.discount, self.usage = discount, usage
        self.plan = Plan()
        self._bills: dict[tuple[Any, ...], Bill] = {}
        self._following: dict[tuple[date, str, int], date | None] = {}
        self._rates: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}

    def make(self) -> Plan:
        """Look at every subject once."""
        for one in self.facts.subjects:
            self._subject(one)
        # One client's invoices stand in the order of their due dates; credit is used in it, too.
        bills = sorted(self._bills.values(), key=lambda bill: (bill.client.id, bill.duedate))
        for bill in bills:
            self._sum(bill)
        self.plan.bills = bills
        return self.plan

    def _subject(self, one: Subject) -> None:
        reason = self._against(one)
        if reason:
            self.report.skip(reason, _shown(one))
            return
        wanted = one.cycle
        assert wanted is not None, "_against has looked"
        until, covered = self.terms.until[wanted.key], self.facts.covered.get((one.type, one.id), ())
        start: date | None = one.start
        if one.due is not None and one.due > one.start and wanted.recurs:
            start = one.due  # somebody moved the due date alone: what lies before it is paid
        made = 0
        while start is not None and start <= until:
            following = self.following(one, start, wanted)
            if start in covered:
                self.report.skip("the period is invoiced already", _shown(one))
            elif made and not self.terms.continuous:
                break
            else:
                if self._ended(one, made):
                    break
                self._bill(one, start, following, self._usage(one) if not made else [])
                made += 1
            start = following
        if start != one.start:
            self.plan.moved.setdefault((one.type, start), []).append(one.id)

    def _against(self, one: Subject) -> str:
        """Why nothing is invoiced for it now; empty when nothing speaks against it."""
        client = self.facts.clients.get(one.userid)
        if client is None:
            return "its client does not exist"
        if client.status == "Closed":
            return "its client is closed"
        if one.cycle is None:
            return f"{one.label!r} is not a billing cycle"
        if one.cycle.key not in self.terms.until:
            return "it is free"
        if not one.cycle.recurs and one.start != one.regdate:
            return "it is paid once"
        if one.start > self.terms.until[one.cycle.key]:
            return "its period is not due yet"
        if one.service in self.facts.cancelling:
            return "its cancellation is requested"
        if self._ended(one, 0):
            return "all periods of its product are invoiced"
        if not self.terms.continuous and (one.type, one.id) in self.facts.unpaid:
            return "an earlier invoice for it is unpaid"
        return ""

    def _ended(self, one: Subject, made: int) -> bool:
        most = one.kind.most if one.kind is not None else 0
        return 0 < most <= self.facts.invoiced.get(one.id, 0) + made

    def following(self, one: Subject, start: date, wanted: Cycle) -> date | None:
        """The day on which the period after the one from `start` begins; None when there is none."""
        prorated = one.kind.prorated if one.kind is not None else one.until.day if one.until is not None else 0
        if start == one.regdate == one.due:
            if one.until is not None and one.until > start:
                return one.until
            charge = one.kind.charge_next_from if one.kind is not None else 0
            first = proration.first_period(start, wanted, prorated, charge) if prorated else None
            if first is not None:
                return first.end
        key = (start, wanted.key, anchor_of(one.regdate, start, prorated))
        if key not in self._following:
            self._following[key] = next_date(*key)
        return self._following[key]

    def _bill(self, one: Subject, start: date, following: date | None, used: list[tuple[Item, list[TenantStat]]]) -> None:
        bill = self._bill_of(one, start)
        first = start == one.regdate == one.due
        amount = one.first if first else one.amount
        period = self.terms.periods(start, following)
        usual = next_date(start, one.label, anchor_of(one.regdate, start)) if first else following
        notes = proration.note(following) if following is not None and following != usual else ""
        if one.type == HOSTING:
            text = linetexts.service_text(one.name, one.domain, period, one.qty, one.option_lines)
        else:
            text = linetexts.addon_text(one.name, one.domain, period, one.qty)
        bill.items.append(Item(text, amount, one.type, one.id, one.taxed, start, notes))
        if one.promoid and not first:
            off, said = self._discount(one, bill.currency)
            if off:
                bill.items.append(Item(said, -off, "PromoHosting", one.id, one.taxed, start))
                self.plan.promoted[one.id] = self.plan.promoted.get(one.id, 0) + 1
        for item, stats in used:
            bill.items.append(item)
            bill.stats += stats

    def _bill_of(self, one: Subject, start: date) -> Bill:
        client = self.facts.clients[one.userid]
        method = one.method or client.defaultgateway or self.terms.gateway
        apart = (one.type, one.id) if client.id in self.facts.separate else ()
        bill = self._bills.get((client.id, start, method, apart))
        if bill is None:
            currency = self.facts.currencies.get(client.currency) or self.terms.currency
            bill = Bill(client, currency, start, method, self._rates_of(client))
            self._bills[client.id, start, method, apart] = bill
        return bill

    def _rates_of(self, client: Any) -> tuple[Decimal, Decimal]:
        if client.taxexempt:
            return tax.NONE, tax.NONE
        place = (client.country, client.state)
        if place not in self._rates:
            self._rates[place] = self.terms.rules.levels(*place).rates
        return self._rates[place]

    def _discount(self, one: Subject, currency: Currency) -> tuple[Decimal, str]:
        found = self.facts.promotions.get(one.promoid)
        if found is None or not promotions.lasts(found, one.promocount + self.plan.promoted.get(one.id, 0)):
            return ZERO, ""
        return self.discount(one.promoid, one.amount, currency)

    def _usage(self, one: Subject) -> list[tuple[Item, list[TenantStat]]]:
        if one.type != HOSTING or one.kind is None or one.kind.id not in self.facts.using:
            return []
        return self.usage(one.id)

    def _sum(self, bill: Bill) -> None:
        taxed = [item.amount for item in bill.items if item.taxed]
        untaxed = sum((item.amount for item in bill.items if not item.taxed), ZERO)
        sums = self.terms.method.of_lines(taxed, *bill.rates, places(bill.currency)) if taxed else tax.Taxed(ZERO)
        bill.sums = tax.Taxed(sums.net + untaxed, sums.tax, sums.tax2)


def _shown(one: Subject) -> str:
    what = "addon" if one.type == ADDON else "service"
    return f"{what} {one.id} ({one.name}{f', {one.domain}' if one.domain else ''})"
