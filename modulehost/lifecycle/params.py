"""`$params`: what a module function is given. Source: the public parameter tables for provisioning modules.

Built from rows in one reading of the database, before the module runs. Secrets are decrypted here and nowhere else; the
names of those that were are returned beside the map, so that the journal can mask their values.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.accounts import clients
from modulehost.context import ctx_of
from modulehost.lifecycle.properties import ServiceModel
from modulehost.lifecycle.rows import one
from modulehost.schema import (
    Client,
    ConfigOption,
    ConfigOptionSub,
    CustomField,
    CustomFieldValue,
    Product,
    Server,
    Service,
    ServiceConfigOption,
)
from modulehost.vault import Vault

YES_NO, QUANTITY = "3", "4"
#: keys whose values never reach a log
SECRET_KEYS = ("password", "serverpassword", "serveraccesshash")


def service(db: Session, service_id: int) -> dict[str, Any]:
    """All parameters of a service's module functions. Raises Missing for an unknown service."""
    row = one(db, Service, service_id, "service")
    product = one(db, Product, row.packageid, "product")
    host = ctx_of(db).host
    client = db.get(Client, row.userid)
    return {
        "whmcsVersion": settings.version(db),
        "accountid": row.id,
        "serviceid": row.id,
        "addonId": 0,
        "userid": row.userid,
        "domain": row.domain,
        "username": row.username,
        "password": host.part(Vault).decrypt(row.password),
        "packageid": row.packageid,
        "pid": row.packageid,
        "serverid": row.server,
        "status": row.domainstatus,
        "type": product.type,
        "producttype": product.type,
        "moduletype": product.servertype,
        "billingcycle": row.billingcycle,
        **{f"configoption{n}": value for n, value in product_options(db, product).items()},
        "customfields": custom_fields(db, row),
        "configoptions": config_options(db, row.id),
        "clientsdetails": clients.details(db, client) if client is not None else {},
        "model": ServiceModel(row),
        **server(db, row.server),
    }


def product(db: Session, product_id: int) -> dict[str, Any]:
    """What ConfigOptions is given: the product it is asked for, and a server of its group for loaders."""
    row = db.get(Product, product_id)
    return {
        "whmcsVersion": settings.version(db),
        "pid": product_id,
        "packageid": product_id,
        "producttype": row.type if row else "",
        "type": row.type if row else "",
        "moduletype": row.servertype if row else "",
        **({f"configoption{n}": v for n, v in product_options(db, row).items()} if row else {}),
    }


def product_options(db: Session, row: Product) -> dict[int, str]:
    """configoption1 to configoption24 by position, decrypted; unset ones are empty texts."""
    vault = ctx_of(db).host.part(Vault)
    return {n: vault.decrypt(getattr(row, f"configoption{n}") or "") for n in range(1, 25)}


def server(db: Session, server_id: int) -> dict[str, Any]:
    """The server block; without a server its texts are empty and `server` is False."""
    row = db.get(Server, server_id) if server_id else None
    if row is None:
        return {
            "server": False, "serverid": 0, "serverip": "", "serverhostname": "", "serverusername": "", "serverpassword": "",
            "serveraccesshash": "", "serversecure": False, "serverhttpprefix": "http", "serverport": "",
        }  # fmt: skip
    vault = ctx_of(db).host.part(Vault)
    secure = row.secure.lower() in ("on", "1")
    return {
        "server": True,
        "serverid": row.id,
        "serverip": row.ipaddress,
        "serverhostname": row.hostname,
        "serverusername": row.username,
        "serverpassword": vault.decrypt(row.password),
        "serveraccesshash": vault.decrypt(row.accesshash),
        "serversecure": secure,
        "serverhttpprefix": "https" if secure else "http",
        "serverport": "" if row.port is None else str(row.port),
    }


def custom_fields(db: Session, row: Service) -> dict[str, str]:
    """The product's custom fields by name (the part before `|`); a dropdown's value likewise."""
    found = db.execute(
        select(CustomField.fieldname, CustomField.fieldtype, CustomFieldValue.value)
        .outerjoin(CustomFieldValue, (CustomFieldValue.fieldid == CustomField.id) & (CustomFieldValue.relid == row.id))
        .where(CustomField.type == "product", CustomField.relid == row.packageid)
        .order_by(CustomField.sortorder, CustomField.id)
    )
    return {
        name.partition("|")[0]: (value or "").partition("|")[0] if type_ == "dropdown" else value or ""
        for name, type_, value in found
    }


def config_options(db: Session, service_id: int) -> dict[str, Any]:
    """The configurable options of a service by machine name: the chosen sub-option's machine name, a quantity, or 1/0."""
    chosen = db.execute(
        select(ConfigOption.optionname, ConfigOption.optiontype, ConfigOptionSub.optionname, ServiceConfigOption.qty)
        .join(ServiceConfigOption, ServiceConfigOption.configid == ConfigOption.id)
        .outerjoin(ConfigOptionSub, ConfigOptionSub.id == ServiceConfigOption.optionid)
        .where(ServiceConfigOption.relid == service_id)
        .order_by(ConfigOption.order, ConfigOption.id)
    )
    return {
        name.partition("|")[0]: qty if type_ in (YES_NO, QUANTITY) else (sub or "").partition("|")[0]
        for name, type_, sub, qty in chosen
    }


def secrets(params: dict[str, Any], secret_options: list[int]) -> set[str]:
    """The values of `params` that must not be logged: passwords, keys, and module settings of type password."""
    keys = [*SECRET_KEYS, *(f"configoption{n}" for n in secret_options)]
    return {str(params[k]) for k in keys if params.get(k)}


def secret_fields(db: Session, service_id: int) -> set[str]:
    """The values of a service's custom fields of type password."""
    found = db.scalars(
        select(CustomFieldValue.value)
        .join(CustomField, CustomField.id == CustomFieldValue.fieldid)
        .where(CustomField.type == "product", CustomField.fieldtype == "password", CustomFieldValue.relid == service_id)
    )
    return {value for value in found if value}
