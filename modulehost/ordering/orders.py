"""Lists of orders and what an order holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost.accounts.matching import person
from modulehost.billing import invoices
from modulehost.billing.cycles import cycle
from modulehost.db import counted
from modulehost.money import currency_of, plain
from modulehost.ordering import upgrades
from modulehost.schema import (
    Addon,
    Client,
    Invoice,
    Order,
    Product,
    ProductGroup,
    Service,
    ServiceAddon,
    Upgrade,
    moment_text,
    same,
)

ORDERS = {"id": Order.id, "ordernum": Order.ordernum, "date": Order.date, "amount": Order.amount}
PRODUCT_TYPES = {
    "hostingaccount": "Hosting Account",
    "reselleraccount": "Reseller Account",
    "server": "Dedicated/VPS Server",
    "other": "Other Product/Service",
}


@dataclass(frozen=True)
class Line:
    """An item of an order. `type`: product, addon or upgrade; `relid` its service's, addon's or upgrade's id.

    `serviceid`: the service that an addon or an upgrade belongs to.
    """

    type: str
    relid: int
    producttype: str
    product: str
    domain: str
    billingcycle: str
    amount: Decimal
    status: str
    serviceid: int = 0


def search(
    db: Session, filters: Mapping[str, Any] | None = None, page: int = 1, size: int = 25, start: int | None = None,
    most: int = 0, orderby: str = "id", descending: bool = True,
) -> tuple[int, Sequence[Order]]:
    """How many orders match, and one page of them, newest first or by `orderby`, a key of ORDERS.

    `start` (rows to pass over) goes before `page`.

    Filters, all optional: id, ordernum, userid, requestor_id, status, paymentmethod, paymentstatus (Paid, Unpaid or
    another invoice status), client (part of a name, company or mail address), date_from and date_to (days).
    Counting ends one above `most` when it is given.
    """
    wanted = _matching({name: value for name, value in (filters or {}).items() if value not in (None, "", 0)})
    total = counted(db, wanted, most)
    offset = (max(page, 1) - 1) * size if start is None else max(start, 0)
    column: Any = ORDERS.get(orderby, Order.id)
    order = (column.desc(), Order.id.desc()) if descending else (column.asc(), Order.id.asc())
    return total, db.scalars(wanted.order_by(*order).offset(offset).limit(max(size, 0))).all()


def lines(db: Session, order_id: int) -> list[Line]:
    """The items of an order: services, then addons, then upgrades."""
    found = db.execute(
        select(Service, Product.name, Product.type, ProductGroup.name)
        .outerjoin(Product, Product.id == Service.packageid)
        .outerjoin(ProductGroup, ProductGroup.id == Product.gid)
        .where(Service.orderid == order_id)
        .order_by(Service.id)
    )
    items = [
        Line(
            "product",
            service.id,
            PRODUCT_TYPES.get(kind or "", PRODUCT_TYPES["other"]),
            " - ".join(part for part in (group, name) if part),
            service.domain,
            service.billingcycle,
            service.firstpaymentamount,
            service.domainstatus,
        )
        for service, name, kind, group in found
    ]
    addons = db.execute(
        select(ServiceAddon, Addon.name, Service.domain)
        .outerjoin(Addon, Addon.id == ServiceAddon.addonid)
        .outerjoin(Service, Service.id == ServiceAddon.hostingid)
        .where(ServiceAddon.orderid == order_id)
        .order_by(ServiceAddon.id)
    )
    for addon, name, domain in addons:
        first = addon.firstpaymentamount
        shown = addon.name or name or ""
        items.append(Line("addon", addon.id, "Addon", shown, domain or "", addon.billingcycle, first, addon.status))
    return items + _upgrades(db, order_id)


def _upgrades(db: Session, order_id: int) -> list[Line]:
    rows = db.execute(
        select(Upgrade, Service.domain, Service.billingcycle)
        .outerjoin(Service, Service.id == Upgrade.relid)
        .where(Upgrade.orderid == order_id)
        .order_by(Upgrade.id)
    )
    kinds = {"package": "Product Upgrade", "configoptions": "Options Upgrade"}
    return [
        Line("upgrade", row.id, kinds.get(row.type, "Upgrade"), upgrades.told(db, row), domain or "",
             cycle(row.new_cycle).label if row.new_cycle else label or "", row.amount, row.status, row.relid)
        for row, domain, label in rows
    ]  # fmt: skip


def payment_status(db: Session, order: Order) -> str:
    """The status of the order's invoice; `No Invoice` when it has none."""
    invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
    return invoice.status if invoice else "No Invoice"


def details(db: Session, order: Order) -> dict[str, Any]:
    """An order as the API's GetOrders answers it; `lineitems` is a plain list here, the API wraps it."""
    client = db.get(Client, order.userid)
    currency = currency_of(db, client)
    return {
        "id": order.id,
        "ordernum": order.ordernum,
        "userid": order.userid,
        "contactid": order.contactid,
        "requestor_id": order.requestor_id,
        "admin_requestor_id": order.admin_requestor_id,
        "date": moment_text(order.date),
        "nameservers": order.nameservers,
        "transfersecret": order.transfersecret,
        "renewals": order.renewals,
        "renewalsByType": {"domains": [], "services": [], "addons": []},
        "promocode": order.promocode,
        "promotype": order.promotype,
        "promovalue": order.promovalue,
        "orderdata": order.orderdata,
        "amount": plain(order.amount),
        "paymentmethod": order.paymentmethod,
        "invoiceid": order.invoiceid,
        "status": order.status,
        "ipaddress": order.ipaddress,
        "fraudmodule": order.fraudmodule,
        "fraudoutput": order.fraudoutput,
        "notes": order.notes,
        "paymentmethodname": invoices.method_name(db, order.paymentmethod),
        "paymentstatus": payment_status(db, order),
        "name": f"{client.firstname} {client.lastname}".strip() if client else "",
        "currencyprefix": currency.prefix,
        "currencysuffix": currency.suffix,
        "frauddata": "",
        "validationdata": "",
        "lineitems": [
            {
                "type": line.type,
                "relid": line.relid,
                "producttype": line.producttype,
                "product": line.product,
                "domain": line.domain,
                "billingcycle": line.billingcycle,
                "amount": plain(line.amount),
                "status": line.status,
            }
            for line in lines(db, order.id)
        ],
    }


def _matching(filters: Mapping[str, Any]) -> Select[Any]:
    wanted = select(Order)
    for name in ("id", "ordernum", "userid", "requestor_id"):
        if name in filters:
            wanted = wanted.where(getattr(Order, name) == int(filters[name]))
    for name in ("status", "paymentmethod"):
        if name in filters:
            wanted = wanted.where(same(getattr(Order, name), str(filters[name])))
    if "paymentstatus" in filters:
        wanted = wanted.join(Invoice, Invoice.id == Order.invoiceid)
        wanted = wanted.where(same(Invoice.status, str(filters["paymentstatus"])))
    if "client" in filters:
        text = str(filters["client"]).strip()
        # Whom it means is told first, from indices; a join would read the client of every order.
        named = select(Client.id).where(person(text, Client.firstname, Client.lastname, Client.companyname, Client.email))
        wanted = wanted.where(Order.userid.in_(named))
    if "date_from" in filters:
        wanted = wanted.where(Order.date >= filters["date_from"])
    if "date_to" in filters:
        wanted = wanted.where(Order.date <= filters["date_to"])
    return wanted
