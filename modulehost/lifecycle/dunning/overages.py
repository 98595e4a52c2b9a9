"""Disk space and bandwidth beyond what a product includes, charged on the last day of a month: the task OverageBilling.

`overagesenabled` is a list (`1,GB,MB`: on, unit of disk space, unit of bandwidth). Limits and prices are per that unit, in the
default currency; usage is kept in MB.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, money
from modulehost.billing import clientgroups, invoices, issuing, once
from modulehost.billing.invoices import Item
from modulehost.billing.usage import number_text
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.lifecycle.dunning.naming import named
from modulehost.schema import Client, Product, Service

#: tblinvoiceitems.type of the lines; a Hosting line would move the service's due date
TYPE = "Overage"
_MEGABYTES = {"MB": 1, "GB": 1024, "TB": 1024 * 1024}


@dataclass(frozen=True)
class _Kind:
    name: str
    unit: str
    used: int  # MB
    limit: int
    price: Decimal


def charge_overages(ctx: Ctx, report: Report) -> None:
    """The task OverageBilling: an invoice per client, or per service where the client gets separate ones. A month is charged once."""
    today = ctx.host.clock.today()
    if (today + timedelta(days=1)).day != 1:
        report.skip("it is not the last day of the month")
        return
    with ctx.unit(read=True) as db:
        by_client: dict[int, list[int]] = defaultdict(list)
        enabled = Product.overagesenabled.startswith("1") & Service.domainstatus.in_(("Active", "Suspended"))
        found = select(Service.userid, Service.id).join(Product, Product.id == Service.packageid).where(enabled)
        for userid, service_id in db.execute(found.order_by(Service.userid, Service.id)):
            by_client[userid].append(service_id)
    for client_id, ids in by_client.items():
        with ctx.unit() as db:
            _charge(db, client_id, ids, today, report)
    events.drain(ctx)


def _charge(db: Session, client_id: int, ids: list[int], today: date, report: Report) -> None:
    client = db.get(Client, client_id, with_for_update=True)
    if client is None:
        report.skip("its client is gone", f"{len(ids)} service(s) of client {client_id}", len(ids))
        return
    items: list[tuple[str, list[Item]]] = []
    for service in db.scalars(select(Service).where(Service.id.in_(ids)).order_by(Service.id)).all():
        product = db.get_one(Product, service.packageid)
        line = named(service, product.name)
        lines = _lines(db, service, product, client, today)
        if not lines:
            report.skip("nothing is used beyond what its product includes", line)
        elif not once.claim(db, f"overage:{service.id}:{today:%Y-%m}"):
            report.skip("this month has been charged", line)
        else:
            items.append((line, lines))
    if not items:
        return
    apart = clientgroups.separate_invoices(db, client)
    for group in [[one] for one in items] if apart else [items]:
        invoice = invoices.create(db, client, [item for _line, lines in group for item in lines])
        issuing.announce(db, invoice, "autogen")
        for line, _lines_of_it in group:
            report.did("services charged", f"{line}: invoice {invoice.id}")


def _lines(db: Session, service: Service, product: Product, client: Client, today: date) -> list[Item]:
    parts = [*product.overagesenabled.split(","), "", ""]
    kinds = (
        _Kind("Disk Space", parts[1].upper() or "MB", service.diskusage, product.overagesdisklimit, product.overagesdiskprice),
        _Kind("Bandwidth", parts[2].upper() or "MB", service.bwusage, product.overagesbwlimit, product.overagesbwprice),
    )
    base, currency, found = money.default_currency(db), money.currency_of(db, client), []
    name = f"{product.name} - {service.domain}" if service.domain else product.name
    for kind in kinds:
        beyond = Decimal(kind.used) / _MEGABYTES.get(kind.unit, 1) - kind.limit
        due = money.amount(money.converted(beyond * kind.price, base, currency), money.places(currency)) if beyond > 0 else money.ZERO
        if due > 0:
            quantity = number_text(beyond.quantize(Decimal("0.01")))
            text = f"{name}: {kind.name} beyond {kind.limit} {kind.unit}: {quantity} {kind.unit} ({today:%m/%Y})"
            found.append(Item(text, due, TYPE, service.id, bool(product.tax)))
    return found
