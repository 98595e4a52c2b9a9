"""What is known of a service, in the variable names of the public list for clientareaproductdetails."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import invoices
from modulehost.billing.dates import date_text, moment_text
from modulehost.billing.options import QUANTITY, YES_NO, options_of_service
from modulehost.billing.upgrades import CONFIGOPTIONS, PACKAGE
from modulehost.context import ctx_of
from modulehost.ordering import addonoffers, addonrows, cancellations, fields
from modulehost.ordering.upgrades import checks as upgrade_checks
from modulehost.schema import Client, Invoice, InvoiceItem, Product, ProductGroup, Server, Service
from modulehost.web.client.metricstats import metric_stats
from modulehost.web.client.services import cycle_text
from modulehost.web.client.show import say


def facts(db: Session, service: Service, product: Product) -> dict[str, Any]:
    """The variables of the page, as publicly listed."""
    currency = money.currency_of(db, db.get(Client, service.userid))
    group = db.get(ProductGroup, product.gid)
    server = db.get(Server, service.server) if service.server else None
    options = options_of_service(db, service.id, product)
    waiting = cancellations.open_request(db, service.id) is not None
    invoice, overdue = _unpaid(db, service.id)
    active = service.domainstatus == "Active"

    def shown(amount: Any) -> str:
        return money.formatted(amount, currency)

    status = service.domainstatus.lower()
    values = [(field, value) for field, value in fields.of_service(db, service) if not field.adminonly]
    custom = [
        {"name": field.label, "value": "" if field.type == "password" else value, "type": field.type}
        for field, value in values
    ]
    return {
        "id": service.id, "serviceid": service.id, "pid": product.id, "producttype": product.type, "type": product.type,
        "product": product.name, "groupname": group.name if group else "", "modulename": product.servertype,
        "domain": service.domain, "domainId": 0, "username": service.username, "dedicatedip": service.dedicatedip,
        "assignedips": service.assignedips, "ns1": service.ns1, "ns2": service.ns2, "rawstatus": status,
        "status": say(f"clientarea{status}"), "suspendreason": service.suspendreason,
        "regdate": date_text(db, service.regdate), "nextduedate": date_text(db, service.nextduedate),
        "billingcycle": cycle_text(service.billingcycle), "firstpaymentamount": shown(service.firstpaymentamount),
        "recurringamount": shown(service.amount), "paymentmethod": invoices.method_name(db, service.paymentmethod),
        "quantity": service.qty, "quantitySupported": product.allowqty > 0,
        "serverdata": server_data(server) if server else {},
        "configurableoptions": [
            {"id": one.option.id, "optionname": one.option.label, "optiontype": one.option.type,
             "selectedqty": one.qty if one.option.type in (YES_NO, QUANTITY) else 0, "selectedoption": one.choice.label}
            for one in options
        ],
        "customfields": custom, "productcustomfields": custom, "addons": _addons(db, service, shown),
        "addonsavailable": addonoffers.available(db, service, currency), "downloads": [],
        "metricStats": metric_stats(db, service, product, currency),
        "packagesupgrade": active and upgrade_checks.offered(db, product, PACKAGE),
        "configoptionsupgrade": active and upgrade_checks.offered(db, product, CONFIGOPTIONS),
        "showRenewServiceButton": False, "sslStatus": None,
        "showcancelbutton": not waiting and cancellations.may_request(db, service),
        "pendingcancellation": waiting, "unpaidInvoice": invoice.id if invoice else 0, "unpaidInvoiceOverdue": overdue,
        "unpaidInvoiceMessage": say("overdueInvoiceAlert" if overdue else "unpaidInvoiceAlert") if invoice else "",
        "lastupdate": moment_text(db, service.lastupdate) if service.diskusage or service.bwusage else "",
        "diskusage": f"{service.diskusage} MB", "disklimit": _limit(service.disklimit),
        "diskpercent": _percent(service.diskusage, service.disklimit), "bwusage": f"{service.bwusage} MB",
        "bwlimit": _limit(service.bwlimit), "bwpercent": _percent(service.bwusage, service.bwlimit),
        "modulecustombuttonresult": "", "modulechangepwresult": "", "modulechangepasswordmessage": "", "moduleclientarea": "",
        "tplOverviewTabOutput": "", "hookOutput": [],
    }  # fmt: skip


def _addons(db: Session, service: Service, shown: Callable[[Any], str]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id, "name": f"{row.qty} × {name}" if row.qty > 1 else name, "status": say(f"clientarea{row.status.lower()}"),
            "rawstatus": row.status.lower(), "regdate": date_text(db, row.regdate), "nextduedate": date_text(db, row.nextduedate),
            "pricing": f"{shown(row.recurring)} {cycle_text(row.billingcycle)}", "managementActions": "",
            "module": None,
        }
        for row, name in addonrows.of_services(db, [service.id])
    ]  # fmt: skip


def server_data(row: Server) -> dict[str, Any]:
    """`$serverdata`: the server without its secrets."""
    names = [f"nameserver{n}{end}" for n in range(1, 6) for end in ("", "ip")]
    return {
        "name": row.name,
        "hostname": row.hostname,
        "ipaddress": row.ipaddress,
        **{name: getattr(row, name) for name in names},
    }


def _unpaid(db: Session, service_id: int) -> tuple[Invoice | None, bool]:
    row = db.scalar(
        select(Invoice)
        .join(InvoiceItem, InvoiceItem.invoiceid == Invoice.id)
        .where(InvoiceItem.type == "Hosting", InvoiceItem.relid == service_id, Invoice.status == "Unpaid")
        .order_by(Invoice.duedate, Invoice.id)
        .limit(1)
    )
    today = ctx_of(db).host.clock.today()
    return row, row is not None and row.duedate is not None and row.duedate < today


def _limit(megabytes: int) -> str:
    return f"{megabytes} MB" if megabytes else "∞"


def _percent(used: int, limit: int) -> str:
    return f"{used * 100 // limit}%" if limit else "0%"
