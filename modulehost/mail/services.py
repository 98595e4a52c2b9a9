"""Merge fields of mails about a service (template type product). Source of the names: the public list of merge fields."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.context import ctx_of
from modulehost.mail.fields import day
from modulehost.schema import (
    CancelRequest,
    Client,
    ConfigOption,
    ConfigOptionSub,
    CustomField,
    CustomFieldValue,
    GatewaySetting,
    Product,
    Server,
    Service,
    ServiceConfigOption,
)
from modulehost.vault import Vault

_YES_NO, _QUANTITY = "3", "4"


def fields(db: Session, service_id: int) -> dict[str, Any]:
    """All fields of a service; none when it is gone."""
    row = db.get(Service, service_id)
    if row is None:
        return {}
    product = db.get(Product, row.packageid)
    server = db.get(Server, row.server) if row.server else None
    currency = money.currency_of(db, db.get(Client, row.userid))
    named = select(GatewaySetting.value).where(
        GatewaySetting.gateway == row.paymentmethod, GatewaySetting.setting == "name"
    )
    cancel = select(CancelRequest.type).where(CancelRequest.relid == row.id).order_by(CancelRequest.id.desc()).limit(1)
    custom = _custom(db, row)
    names = range(1, 5)
    return {
        "service_id": row.id,
        "service_order_id": row.orderid,
        "service_reg_date": day(db, row.regdate) if row.regdate else "",
        "service_product_name": product.name if product else "",
        "service_product_description": product.description if product else "",
        "service_config_options": _options(db, row),
        "service_quantity": row.qty or 1,
        "service_domain": row.domain,
        "service_server_name": server.name if server else "",
        "service_server_hostname": server.hostname if server else "",
        "service_server_ip": server.ipaddress if server else "",
        "service_dedicated_ip": row.dedicatedip,
        "service_assigned_ips": row.assignedips,
        **{f"service_ns{n}": _name_server(row, server, n) for n in names},
        **{f"service_ns{n}_ip": getattr(server, f"nameserver{n}ip") if server else "" for n in names},
        "service_payment_method": db.scalar(named.limit(1)) or row.paymentmethod,
        "service_first_payment_amount": money.formatted(row.firstpaymentamount, currency),
        "service_recurring_amount": money.formatted(row.amount, currency),
        "service_billing_cycle": row.billingcycle,
        "service_next_due_date": day(db, row.nextduedate) if row.nextduedate else "",
        "service_status": row.domainstatus,
        "service_username": row.username,
        "service_password": ctx_of(db).host.part(Vault).decrypt(row.password),
        "service_custom_fields": {str(place): value for place, (_, value) in enumerate(custom, 1)},
        "service_custom_fields_by_name": [{"name": name, "value": value} for name, value in custom],
        "service_suspension_reason": row.suspendreason,
        "service_cancellation_type": db.scalar(cancel) or "",
    }


def _name_server(row: Service, server: Server | None, number: int) -> str:
    own = {1: row.ns1, 2: row.ns2}.get(number, "")
    return own or (getattr(server, f"nameserver{number}") if server else "")


def _options(db: Session, row: Service) -> str:
    """One line per configurable option: `Mailboxes: 3`."""
    chosen = db.execute(
        select(ConfigOption.optionname, ConfigOption.optiontype, ConfigOptionSub.optionname, ServiceConfigOption.qty)
        .join(ServiceConfigOption, ServiceConfigOption.configid == ConfigOption.id)
        .outerjoin(ConfigOptionSub, ConfigOptionSub.id == ServiceConfigOption.optionid)
        .where(ServiceConfigOption.relid == row.id)
        .order_by(ConfigOption.order, ConfigOption.id)
    )
    lines = []
    for name, kind, choice, qty in chosen:
        shown = ("Yes" if qty else "No") if kind == _YES_NO else str(qty) if kind == _QUANTITY else _shown(choice or "")
        lines.append(f"{_shown(name)}: {shown}")
    return "\n".join(lines)


def _custom(db: Session, row: Service) -> list[tuple[str, str]]:
    found = db.execute(
        select(CustomField.fieldname, CustomFieldValue.value)
        .outerjoin(CustomFieldValue, (CustomFieldValue.fieldid == CustomField.id) & (CustomFieldValue.relid == row.id))
        .where(CustomField.type == "product", CustomField.relid == row.packageid, CustomField.adminonly != "on")
        .where(CustomField.fieldtype != "password")
        .order_by(CustomField.sortorder, CustomField.id)
    )
    return [(_shown(name), value or "") for name, value in found]


def _shown(name: str) -> str:
    return name.rpartition("|")[2].strip()
