"""My Services: the list."""

from typing import Any

from flask import request
from sqlalchemy import func, select

from modulehost import money
from modulehost.billing.cycles import CycleError, cycle
from modulehost.billing.dates import date_text
from modulehost.money import currency_of
from modulehost.schema import Client, Product, ProductGroup, Service
from modulehost.themes import Page
from modulehost.themes.menus import services_sidebars
from modulehost.web import frame
from modulehost.web.client import lists
from modulehost.web.client.show import language, say, show

STATUSES = ("Active", "Pending", "Suspended", "Completed", "Terminated", "Cancelled", "Fraud")
#: `orderby` of the address -> column
_SORTED = {"id": Service.id, "product": Product.name, "domain": Service.domain, "amount": Service.amount,
           "billingcycle": Service.billingcycle, "nextduedate": Service.nextduedate, "status": Service.domainstatus}  # fmt: skip


def cycle_text(label: str) -> str:
    """A billing cycle of tblhosting in the visitor's language."""
    try:
        return say(f"orderpaymentterm{cycle(label).key}")
    except CycleError:
        return label


def listing() -> Any:
    """clientarea.php?action=services, with `status` and `module` as filters."""
    shown = request.args.get("status", "").capitalize()
    shown = shown if shown in STATUSES else ""
    wanted = (
        select(Service, Product, ProductGroup.name)
        .join(Product, Product.id == Service.packageid)
        .outerjoin(ProductGroup, ProductGroup.id == Product.gid)
        .where(Service.userid == frame.client_id())
    )
    if request.args.get("module"):
        wanted = wanted.where(Product.servertype == request.args["module"])
    with frame.ctx().unit(read=True) as db:
        currency = currency_of(db, db.get(Client, frame.client_id()))
        # All states are counted for the side list, whatever the list itself shows.
        inner = wanted.with_only_columns(Service.domainstatus, func.count(), maintain_column_froms=True)
        counted = {status: count for status, count in db.execute(inner.group_by(Service.domainstatus))}  # noqa: C416
        if shown:
            wanted = wanted.where(Service.domainstatus == shown)
        rows, about = lists.cut(db, wanted, _SORTED, Service.id, "id", True)
        found = [
            {
                "id": service.id,
                "product": product.name,
                "group": group or "",
                "domain": service.domain,
                "amount": money.formatted(service.amount, currency),
                "amountnum": money.plain(service.amount),
                "billingcycle": cycle_text(service.billingcycle),
                "nextduedate": date_text(db, service.nextduedate),
                "normalisedNextDueDate": str(service.nextduedate or ""),
                "status": service.domainstatus,
                "rawstatus": service.domainstatus.lower(),
                "statustext": say(f"clientarea{service.domainstatus.lower()}"),
                "statusClass": service.domainstatus.lower(),
                "isActive": service.domainstatus == "Active",
                "sslStatus": None,
                "module": product.servertype,
            }
            for service, product, group in rows
        ]
    title = say("clientareaproducts")
    counts = {status: counted[status] for status in STATUSES if counted.get(status)}
    page = Page(
        "clientareaproducts", title, {"services": found, **about}, hook="ProductsServices"
    )
    page.crumbs = [("/clientarea.php", say("clientareatitle")), ("", title)]
    page.tagline = say("clientareaproductsintro")
    if counted:
        page.primary, page.secondary = services_sidebars(language(), counts, shown)
    return show(page)
