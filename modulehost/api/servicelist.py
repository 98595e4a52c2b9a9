"""Services as GetClientsProducts lists them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing import invoices, options
from modulehost.context import ctx_of
from modulehost.money import plain
from modulehost.ordering import fields
from modulehost.schema import Order, Product, ProductGroup, Server, Service, day_text, moment_text, same
from modulehost.vault import Vault

_OPTION_TYPES = {
    options.DROPDOWN: "dropdown",
    options.RADIO: "radio",
    options.YES_NO: "yesno",
    options.QUANTITY: "quantity",
}


def find_services(
    db: Session, clientid: int | None, serviceid: int | None, pid: int | None, domain: str | None, username: str = "",
    start: int = 0, limit: int = 25,
) -> tuple[int, Sequence[Service]]:  # fmt: skip
    """How many services match, and one page of them."""
    wanted = select(Service)
    for column, value in ((Service.userid, clientid), (Service.id, serviceid), (Service.packageid, pid)):
        if value is not None:
            wanted = wanted.where(column == value)
    if domain:
        wanted = wanted.where(same(Service.domain, domain))
    if username:
        wanted = wanted.where(same(Service.username, username))
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return total, db.scalars(wanted.order_by(Service.id).offset(start).limit(limit)).all()


def service_details(db: Session, row: Service) -> dict[str, Any]:
    """One entry of `products.product`; the password is readable, as documented."""
    product = db.get(Product, row.packageid)
    group = db.get(ProductGroup, product.gid) if product else None
    order = db.get(Order, row.orderid) if row.orderid else None
    server = db.get(Server, row.server) if row.server else None
    name, groupname = product.name if product else "", group.name if group else ""
    return {
        "id": row.id,
        "qty": row.qty or 1,
        "clientid": row.userid,
        "orderid": row.orderid,
        "ordernumber": order.ordernum if order else 0,
        "pid": row.packageid,
        "regdate": day_text(row.regdate),
        "name": name,
        "translated_name": name,
        "groupname": groupname,
        "translated_groupname": groupname,
        "domain": row.domain,
        "dedicatedip": row.dedicatedip,
        "serverid": row.server,
        "servername": server.name if server else "",
        "serverip": server.ipaddress if server else "",
        "serverhostname": server.hostname if server else "",
        "suspensionreason": row.suspendreason,
        "firstpaymentamount": plain(row.firstpaymentamount),
        "recurringamount": plain(row.amount),
        "paymentmethod": row.paymentmethod,
        "paymentmethodname": invoices.method_name(db, row.paymentmethod),
        "billingcycle": row.billingcycle,
        "nextduedate": day_text(row.nextduedate),
        "status": row.domainstatus,
        "username": row.username,
        "password": ctx_of(db).host.part(Vault).decrypt(row.password),
        "subscriptionid": row.subscriptionid,
        "promoid": row.promoid,
        "overideautosuspend": "on" if row.overideautosuspend else "",
        "overidesuspenduntil": day_text(row.overidesuspenduntil),
        "ns1": row.ns1,
        "ns2": row.ns2,
        "assignedips": row.assignedips,
        "notes": row.notes,
        "diskusage": row.diskusage,
        "disklimit": row.disklimit,
        "bwusage": row.bwusage,
        "bwlimit": row.bwlimit,
        "lastupdate": moment_text(row.lastupdate),
        "customfields": {"customfield": _custom(db, row)},
        "configoptions": {"configoption": _options(db, row, product)},
    }


def _custom(db: Session, row: Service) -> list[dict[str, Any]]:
    return [
        {"id": field.id, "name": field.name, "translated_name": field.label, "value": value}
        for field, value in fields.of_service(db, row)
    ]


def _options(db: Session, row: Service, product: Product | None) -> list[dict[str, Any]]:
    held = options.options_of_service(db, row.id, product) if product else []
    return [
        {
            "id": one.option.id,
            "option": one.option.label,
            "type": _OPTION_TYPES[one.option.type],
            "value": one.qty if one.option.counts else one.choice.label,
        }
        for one in held
    ]
