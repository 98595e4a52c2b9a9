"""The fields of a client's service as the Products/Services tab shows them, and which of them an admin changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from modulehost.billing import gateways, options
from modulehost.billing.cycles import CYCLES
from modulehost.context import ctx_of
from modulehost.money import plain
from modulehost.ordering import cancellations, fields
from modulehost.ordering.reading import STATUSES
from modulehost.schema import (
    CancelRequest,
    Client,
    Invoice,
    InvoiceItem,
    Order,
    Product,
    ProductGroup,
    Promotion,
    Server,
    Service,
)
from modulehost.vault import Vault, VaultError

#: form field -> field of ordering.services.update
FIELDS = {
    "packageid": "pid",
    "server": "serverid",
    "domain": "domain",
    "username": "serviceusername",
    "password": "servicepassword",
    "dedicatedip": "dedicatedip",
    "regdate": "regdate",
    "nextduedate": "nextduedate",
    "terminationdate": "terminationdate",
    "qty": "qty",
    "firstpaymentamount": "firstpaymentamount",
    "amount": "recurringamount",
    "billingcycle": "billingcycle",
    "paymentmethod": "paymentmethod",
    "domainstatus": "status",
    "suspendreason": "suspendreason",
    "subscriptionid": "subscriptionid",
    "overideautosuspend": "overideautosuspend",
    "overidesuspenduntil": "overidesuspenduntil",
    "ns1": "ns1",
    "ns2": "ns2",
    "assignedips": "assignedips",
    "notes": "notes",
}


@dataclass
class Shown:
    """Everything from rows that the tab needs."""

    service: Service
    product: Product | None
    order: Order | None
    values: dict[str, str]
    products: list[tuple[int, str]]
    servers: list[tuple[int, str]]
    gateways: list[tuple[str, str]]
    promotion: str
    options: list[options.Option]
    selected: dict[int, int]
    fields: list[tuple[fields.Field, str]]
    invoices: list[Invoice] = field(default_factory=list)
    cancellation: CancelRequest | None = None
    cycles: list[str] = field(default_factory=lambda: [one.label for one in CYCLES.values()])
    statuses: tuple[str, ...] = STATUSES


def load(db: Session, service: Service) -> Shown:
    """Read what the tab shows of a service."""
    product = db.get(Product, service.packageid)
    promotion = db.get(Promotion, service.promoid) if service.promoid else None
    offered = options.options_of(db, product, hidden=True) if product else []
    chosen = options.options_of_service(db, service.id, product) if product else []
    selected = {one.option.id: one.qty if one.option.counts else one.choice.id for one in chosen}
    methods = [(one.module, one.displayname) for one in gateways.active(db)]
    if service.paymentmethod not in [module for module, _name in methods]:
        methods.append((service.paymentmethod, service.paymentmethod or "None"))
    return Shown(
        service=service, product=product, order=db.get(Order, service.orderid) if service.orderid else None,
        values=values(db, service), products=_products(db), servers=_servers(db, service, product), gateways=methods,
        promotion=promotion.code if promotion else "", options=offered, selected=selected, fields=fields.of_service(db, service),
        invoices=_invoices(db, service), cancellation=cancellations.open_request(db, service.id),
    )  # fmt: skip


def values(db: Session, service: Service) -> dict[str, str]:
    """The form's values, as text."""
    try:
        password = ctx_of(db).host.part(Vault).decrypt(service.password)
    except VaultError:
        password = ""
    found: dict[str, Any] = {name: getattr(service, name, "") for name in FIELDS}
    found |= {
        "password": password, "terminationdate": service.termination_date, "amount": plain(service.amount),
        "firstpaymentamount": plain(service.firstpaymentamount),
    }  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in found.items()}


def changes(form: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """What differs from the stored row, named as the API names it: a field left alone is not written again.

    So a payment method that was deactivated meanwhile, or a due date that was only displayed, stays as it is.
    """
    found = {}
    for name, key in FIELDS.items():
        if name == "overideautosuspend":
            value = "1" if name in form else "0"
        elif name not in form:
            continue
        else:
            value = form[name].replace("\r\n", "\n")
        if value != shown[name]:
            found[key] = value
    return found


def chosen_options(form: Mapping[str, str], offered: list[options.Option]) -> dict[int, str | int]:
    """The configurable options of the form; an unticked yes/no is not sent."""
    found: dict[int, str | int] = {}
    for option in offered:
        name = f"configoption[{option.id}]"
        if name in form:
            found[option.id] = form[name]
        elif option.type == options.YES_NO and f"sent[{option.id}]" in form:
            found[option.id] = 0
    return found


def custom_fields(form: Mapping[str, str], known: list[tuple[fields.Field, str]]) -> dict[int, str]:
    """The custom fields of the form that were changed."""
    found = {}
    for one, stored in known:
        name = f"customfield[{one.id}]"
        if one.type == "tickbox" and f"fieldsent[{one.id}]" in form:
            value = "on" if name in form else ""
        elif name in form:
            value = form[name].replace("\r\n", "\n")
        else:
            continue
        if value != stored:
            found[one.id] = value
    return found


def _products(db: Session) -> list[tuple[int, str]]:
    rows = db.execute(
        select(Product.id, Product.name, ProductGroup.name)
        .outerjoin(ProductGroup, ProductGroup.id == Product.gid)
        .order_by(ProductGroup.order, ProductGroup.id, Product.order, Product.name)
    )
    return [(id_, f"{group} - {name}" if group else name) for id_, name, group in rows]


def _servers(db: Session, service: Service, product: Product | None) -> list[tuple[int, str]]:
    kind = product.servertype if product else ""
    rows = db.scalars(select(Server).where(or_(Server.type == kind, Server.id == service.server)).order_by(Server.name))
    return [(0, "None"), *((row.id, row.name) for row in rows)]


def _invoices(db: Session, service: Service) -> list[Invoice]:
    ids = select(InvoiceItem.invoiceid).where(InvoiceItem.type == "Hosting", InvoiceItem.relid == service.id)
    return list(db.scalars(select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.id.desc()).limit(5)))


def of_client(db: Session, client: Client) -> list[tuple[Service, str]]:
    """A client's services with their products' names, running ones first."""
    rows = db.execute(
        select(Service, Product.name).outerjoin(Product, Product.id == Service.packageid).where(Service.userid == client.id)
        .order_by(Service.domainstatus.in_(("Pending", "Active", "Suspended")).desc(), Service.id)
    )  # fmt: skip
    return [(service, name or f"Product {service.packageid}") for service, name in rows]
