"""Service properties: `params["model"].serviceProperties`. Source: the public documentation of service properties.

`save` finds the product's custom field of that name, or makes one that only admins see, and stores the value; some names
mean columns of the service instead.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.context import ctx_of, current
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject, Target, subject
from modulehost.schema import CustomField, CustomFieldValue, Service, ServiceAddon
from modulehost.vault import Vault

COLUMNS = {
    "username": "username",
    "password": "password",
    "domain": "domain",
    "dedicated ip": "dedicatedip",
    "disk usage": "diskusage",
    "disk limit": "disklimit",
    "bandwidth usage": "bwusage",
    "bandwidth limit": "bwlimit",
    "last update": "lastupdate",
}
ALIASES = {
    "clientId": "userid",
    "packageId": "packageid",
    "productId": "packageid",
    "serverId": "server",
    "registrationDate": "regdate",
    "paymentGateway": "paymentmethod",
    "status": "domainstatus",
    "promotionId": "promoid",
    "overrideAutoSuspend": "overideautosuspend",
    "overrideSuspendUntilDate": "overidesuspenduntil",
    "bandwidthUsage": "bwusage",
    "bandwidthLimit": "bwlimit",
}
ADDON_ALIASES = {
    "clientId": "userid",
    "serviceId": "hostingid",
    "addonId": "addonid",
    "orderId": "orderid",
    "serverId": "server",
    "registrationDate": "regdate",
    "paymentGateway": "paymentmethod",
    "setupFee": "setupfee",
    "recurringFee": "recurring",
    "billingCycle": "billingcycle",
    "nextDueDate": "nextduedate",
    "terminationDate": "termination_date",
}


def save(db: Session, target: Target, values: Mapping[str, Any]) -> None:
    """Store properties of a service or of a service's addon."""
    whom, host = subject(target), ctx_of(db).host
    row = whom.service(db) if isinstance(whom, OfService) else None  # only services have columns for some
    for name, value in values.items():
        column = COLUMNS.get(name.lower())
        if row is None or column is None:
            _save_field(db, whom, name, "" if value is None else str(value))
        elif column == "password":
            row.password = host.part(Vault).encrypt(str(value))
        else:
            setattr(row, column, _fitting(column, value))
    if row is not None:
        row.updated_at = host.clock.now()
    db.flush()


def _fitting(column: str, value: Any) -> Any:
    """A value as its column holds it: modules pass what the vendor's JSON gave, numbers as texts among it."""
    if column == "lastupdate":
        return datetime.fromisoformat(value) if isinstance(value, str) and value else value or None
    if column in ("diskusage", "disklimit", "bwusage", "bwlimit"):
        try:
            return int(value or 0)
        except (TypeError, ValueError):
            raise ValueError(f"tblhosting.{column} holds a whole number, not {value!r:.60}") from None
    return "" if value is None else str(value)


def get(db: Session, target: Target, name: str) -> str:
    """The value of a property, an empty text when it was never saved."""
    whom, vault = subject(target), ctx_of(db).host.part(Vault)
    column = COLUMNS.get(name.lower())
    if isinstance(whom, OfService) and column is not None:
        value = getattr(whom.service(db), column)
        return vault.decrypt(value) if column == "password" else "" if value is None else str(value)
    field, found = _field(db, whom, name), None
    if field is not None:
        found = db.scalar(
            select(CustomFieldValue.value).where(CustomFieldValue.fieldid == field.id, CustomFieldValue.relid == whom.id)
        )
    return vault.decrypt(_of_former_product(db, whom, name) if found is None else found)


def _of_former_product(db: Session, whom: Subject, name: str) -> str:
    """What was saved while the service had another product: an upgrade must not take it from the module."""
    rows = db.execute(
        select(CustomField.fieldname, CustomFieldValue.value)
        .join(CustomFieldValue, CustomFieldValue.fieldid == CustomField.id)
        .where(CustomField.type == whom.fields(db)[0], CustomFieldValue.relid == whom.id)
        .order_by(CustomField.id.desc())
    )
    return next((value for known, value in rows if _named(known, name)), "")


def _named(field: str, name: str) -> bool:
    return name.strip().lower() in (field.partition("|")[0].strip().lower(), field.lower())


def password(db: Session, whom: Subject) -> str:
    """The password, decrypted: of a service its column, of an addon its property."""
    return get(db, whom, "Password")


def _field(db: Session, whom: Subject, name: str) -> CustomField | None:
    type_, relid = whom.fields(db)
    fields = db.scalars(
        select(CustomField).where(CustomField.type == type_, CustomField.relid == relid).order_by(CustomField.id)
    )
    return next((field for field in fields if _named(field.fieldname, name)), None)


def _save_field(db: Session, whom: Subject, name: str, value: str) -> None:
    now = ctx_of(db).host.clock.now()
    secret = COLUMNS.get(name.lower()) == "password"  # an addon's: services have a column for it
    field = _field(db, whom, name)
    if field is None:
        type_, relid = whom.fields(db)
        field = CustomField(
            type=type_,
            relid=relid,
            fieldname=name,
            fieldtype="password" if secret else "text",
            adminonly="on",
            created_at=now,
            updated_at=now,
        )
        db.add(field)
        db.flush()
    if secret:
        value = ctx_of(db).host.part(Vault).encrypt(value)
    found = db.scalar(
        select(CustomFieldValue).where(CustomFieldValue.fieldid == field.id, CustomFieldValue.relid == whom.id)
    )
    if found is None:
        db.add(CustomFieldValue(fieldid=field.id, relid=whom.id, value=value, created_at=now, updated_at=now))
    else:
        found.value, found.updated_at = value, now


class ServiceProperties:
    """`model.serviceProperties` of one service or addon, as modules use it."""

    def __init__(self, target: Target) -> None:
        self._subject = subject(target)

    def save(self, values: Mapping[str, Any]) -> None:
        """Store several properties at once."""
        with current().unit() as db:
            save(db, self._subject, values)

    def get(self, name: str) -> str:
        """One property, an empty text when it is not there."""
        with current().unit(read=True) as db:
            return get(db, self._subject, name)


class _Model:
    """A row's columns under their own and their public alias names, and its properties. Read only."""

    _KIND, _ALIASES = "row", ALIASES

    def __init__(self, row: Any, whom: Subject) -> None:
        self._values = {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}
        self.serviceProperties = ServiceProperties(whom)

    def __getattr__(self, name: str) -> Any:
        values, aliases = object.__getattribute__(self, "_values"), type(self)._ALIASES
        key = aliases.get(name, name)
        if key in values and key != "password":
            return values[key]
        kind, known = type(self)._KIND, ", ".join(sorted({*values, *aliases}))
        raise AttributeError(f"{kind} has no attribute {name!r}; known are {known}")


class ServiceModel(_Model):
    """`params["model"]` of a service."""

    _KIND = "a service"

    def __init__(self, row: Service) -> None:
        super().__init__(row, OfService(row.id))

    def __repr__(self) -> str:
        return f"<Service {self._values['id']} {self._values['domain']}>"


class AddonModel(_Model):
    """`params["model"]` of an addon that a module provisions."""

    _KIND, _ALIASES = "an addon", ADDON_ALIASES

    def __init__(self, row: ServiceAddon) -> None:
        super().__init__(row, OfAddon(row.id))

    def __repr__(self) -> str:
        return f"<Addon {self._values['id']} of service {self._values['hostingid']}>"
