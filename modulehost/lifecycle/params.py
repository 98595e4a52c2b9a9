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
from modulehost.lifecycle import properties, subjects
from modulehost.lifecycle.rows import one
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject, Target
from modulehost.schema import (
    Addon,
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


def of(db: Session, target: Target) -> dict[str, Any]:
    """All parameters of the module functions of a service or of a service's addon. Raises Missing when there is none."""
    whom = subjects.subject(target)
    return addon(db, whom) if isinstance(whom, OfAddon) else service(db, whom.id)


def service(db: Session, service_id: int) -> dict[str, Any]:
    """All parameters of a service's module functions. Raises Missing for an unknown service."""
    row = one(db, Service, service_id, "service")
    product = one(db, Product, row.packageid, "product")
    return {
        **_common(db, row, OfService(row.id)),
        "addonId": 0,
        "username": row.username,
        "serverid": row.server,
        "status": row.domainstatus,
        "type": product.type,
        "producttype": product.type,
        "moduletype": product.servertype,
        "billingcycle": row.billingcycle,
        "configoptions": config_options(db, row.id),
        "model": properties.ServiceModel(row),
        **server(db, row.server),
    }


def addon(db: Session, whom: OfAddon) -> dict[str, Any]:
    """The same for an addon that a module provisions. Raises Missing.

    Service, product and domain are the parent's; module, settings, server, status and custom fields the addon's own. So are the
    user name, password and domain once the module has saved them as its properties.
    """
    row, parent = whom.row(db), whom.service(db)
    sold = one(db, Addon, row.addonid, "product addon")
    type_ = sold.type or db.scalar(select(Product.type).where(Product.id == parent.packageid)) or ""
    given = {
        **_common(db, parent, whom),
        "addonId": row.id,
        "username": parent.username,
        "status": row.status,
        "type": type_,
        "producttype": type_,
        "moduletype": sold.module,
        "billingcycle": row.billingcycle,
        "configoptions": {},
        "model": properties.AddonModel(row),
        # a feature is of the service's own account
        **server(db, row.server or (parent.server if subjects.is_feature(db, row.addonid) else 0)),
    }
    own = {key: properties.get(db, whom, key) for key in ("username", "domain")}
    return {**given, **{key: value for key, value in own.items() if value}}


def _common(db: Session, row: Service, whom: Subject) -> dict[str, Any]:
    """What both kinds say alike; `row` is the service, or the one that the addon belongs to."""
    client = db.get(Client, row.userid)
    return {
        "whmcsVersion": settings.version(db),
        "accountid": row.id,
        "serviceid": row.id,
        "userid": row.userid,
        "domain": row.domain,
        "password": properties.password(db, whom) or properties.password(db, OfService(row.id)),
        "packageid": row.packageid,
        "pid": row.packageid,
        **{f"configoption{n}": value for n, value in subjects.decrypted(db, whom.options(db)).items()},
        "customfields": custom_fields(db, whom),
        "clientsdetails": clients.details(db, client) if client is not None else {},
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
    return subjects.decrypted(db, subjects.of_product(row))


def product_addon(db: Session, addon_id: int) -> dict[str, Any]:
    """What ConfigOptions is given when a product addon's settings are shown."""
    row = db.get(Addon, addon_id)
    options = subjects.decrypted(db, subjects.of_addon(db, addon_id))
    return {
        "whmcsVersion": settings.version(db),
        "addonId": addon_id,
        "producttype": row.type if row else "",
        "type": row.type if row else "",
        "moduletype": row.module if row else "",
        **{f"configoption{n}": value for n, value in options.items()},
    }


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


def custom_fields(db: Session, target: Target) -> dict[str, str]:
    """The custom fields of a service or addon by name (the part before `|`); a dropdown's value likewise."""
    whom = subjects.subject(target)
    type_, relid = whom.fields(db)
    found = db.execute(
        select(CustomField.fieldname, CustomField.fieldtype, CustomFieldValue.value)
        .outerjoin(CustomFieldValue, (CustomFieldValue.fieldid == CustomField.id) & (CustomFieldValue.relid == whom.id))
        .where(CustomField.type == type_, CustomField.relid == relid)
        .order_by(CustomField.sortorder, CustomField.id)
    )
    vault = ctx_of(db).host.part(Vault)
    return {
        name.partition("|")[0]: (value or "").partition("|")[0] if kind == "dropdown" else vault.decrypt(value or "")
        for name, kind, value in found
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


def secret_fields(db: Session, target: Target) -> set[str]:
    """The values of the custom fields of type password of a service or addon."""
    whom = subjects.subject(target)
    type_ = whom.fields(db)[0]
    found = db.scalars(
        select(CustomFieldValue.value)
        .join(CustomField, CustomField.id == CustomFieldValue.fieldid)
        .where(CustomField.type == type_, CustomField.fieldtype == "password", CustomFieldValue.relid == whom.id)
    )
    vault = ctx_of(db).host.part(Vault)
    return {vault.decrypt(value) for value in found if value}
