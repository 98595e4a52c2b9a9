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
from modulehost.lifecycle.rows import one
from modulehost.schema import CustomField, CustomFieldValue, Service
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


def save(db: Session, service_id: int, values: Mapping[str, Any]) -> None:
    """Store properties of a service."""
    row = one(db, Service, service_id, "service")
    host = ctx_of(db).host
    for name, value in values.items():
        column = COLUMNS.get(name.lower())
        if column == "password":
            row.password = host.part(Vault).encrypt(str(value))
        elif column is not None:
            setattr(row, column, _fitting(column, value))
        else:
            _save_field(db, row, name, "" if value is None else str(value))
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


def get(db: Session, service_id: int, name: str) -> str:
    """The value of a property, an empty text when it was never saved."""
    row = one(db, Service, service_id, "service")
    column = COLUMNS.get(name.lower())
    if column is not None:
        value = getattr(row, column)
        return (
            ctx_of(db).host.part(Vault).decrypt(value) if column == "password" else "" if value is None else str(value)
        )
    field = _field(db, row.packageid, name)
    if field is None:
        return ""
    found = db.scalar(
        select(CustomFieldValue.value).where(CustomFieldValue.fieldid == field.id, CustomFieldValue.relid == row.id)
    )
    return found or ""


def _field(db: Session, product_id: int, name: str) -> CustomField | None:
    wanted = name.strip().lower()
    fields = db.scalars(
        select(CustomField)
        .where(CustomField.type == "product", CustomField.relid == product_id)
        .order_by(CustomField.id)
    )
    return next(
        (f for f in fields if f.fieldname.partition("|")[0].strip().lower() == wanted or f.fieldname.lower() == wanted),
        None,
    )


def _save_field(db: Session, row: Service, name: str, value: str) -> None:
    now = ctx_of(db).host.clock.now()
    field = _field(db, row.packageid, name)
    if field is None:
        field = CustomField(
            type="product",
            relid=row.packageid,
            fieldname=name,
            fieldtype="text",
            adminonly="on",
            created_at=now,
            updated_at=now,
        )
        db.add(field)
        db.flush()
    found = db.scalar(
        select(CustomFieldValue).where(CustomFieldValue.fieldid == field.id, CustomFieldValue.relid == row.id)
    )
    if found is None:
        db.add(CustomFieldValue(fieldid=field.id, relid=row.id, value=value, created_at=now, updated_at=now))
    else:
        found.value, found.updated_at = value, now


class ServiceProperties:
    """`model.serviceProperties` of one service, as modules use it."""

    def __init__(self, service_id: int) -> None:
        self._service_id = service_id

    def save(self, values: Mapping[str, Any]) -> None:
        """Store several properties at once."""
        with current().unit() as db:
            save(db, self._service_id, values)

    def get(self, name: str) -> str:
        """One property, an empty text when it is not there."""
        with current().unit(read=True) as db:
            return get(db, self._service_id, name)


class ServiceModel:
    """`params["model"]`: a service's columns under their own and their public alias names, and its properties. Read only."""

    def __init__(self, row: Service) -> None:
        self._values = {column.key: getattr(row, column.key) for column in Service.__mapper__.column_attrs}
        self.serviceProperties = ServiceProperties(row.id)

    def __getattr__(self, name: str) -> Any:
        values = object.__getattribute__(self, "_values")
        key = ALIASES.get(name, name)
        if key in values and key != "password":
            return values[key]
        raise AttributeError(f"a service has no attribute {name!r}; known are {', '.join(sorted({*values, *ALIASES}))}")

    def __repr__(self) -> str:
        return f"<Service {self._values['id']} {self._values['domain']}>"
