"""Whom a module command concerns: a service, or an addon of a service that has a module of its own.

Source: the public notes on provisioning addons: they behave like services, with the same functions. Where both differ, the
difference is a method here. An int stands for a service wherever a Subject is asked for.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from modulehost import events, hooks
from modulehost.context import ctx_of
from modulehost.lifecycle.rows import one
from modulehost.schema import Addon, Command, ModuleConfiguration, Product, Service, ServiceAddon
from modulehost.vault import Vault

#: the setting that makes a product addon a feature, and its value
PROVISIONING, FEATURE = "provisioningType", "feature"
#: the functions of a feature by the command that a service would get
FEATURE_FUNCTIONS = {
    "CreateAccount": "ProvisionAddOnFeature", "SuspendAccount": "SuspendAddOnFeature",
    "UnsuspendAccount": "UnsuspendAddOnFeature", "TerminateAccount": "DeprovisionAddOnFeature",
}  # fmt: skip


@dataclass(frozen=True)
class Subject(ABC):
    """`id` is that of tblhosting or of tblhostingaddons; `kind` is what the module queue calls it."""

    id: int
    kind = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def named(self) -> str:
        """As messages name it: service 12."""
        return f"{self.kind} {self.id}"

    @property
    def logged(self) -> str:
        """As the activity log names it: Service ID: 12."""
        return f"{self.kind.capitalize()} ID: {self.id}"

    @abstractmethod
    def commands(self) -> list[ColumnElement[bool]]:
        """What chooses its commands among the rows of mh_command."""

    @abstractmethod
    def service(self, db: Session) -> Service:
        """The service itself, or the one that the addon belongs to. Raises Missing."""

    @abstractmethod
    def status(self, db: Session) -> str:
        """Its status. Raises Missing."""

    @abstractmethod
    def set_status(self, db: Session, status: str) -> None:
        """Write a status and announce it."""

    @abstractmethod
    def module(self, db: Session) -> str:
        """The name of the module that provisions it, empty for none. Raises Missing."""

    @abstractmethod
    def options(self, db: Session) -> dict[int, str]:
        """Its module's settings by position as they lie in the database; only those that were saved."""

    @abstractmethod
    def fields(self, db: Session) -> tuple[str, int]:
        """Type and relid of its custom fields (tblcustomfields)."""

    def called(self, db: Session, command: str) -> str:
        """The module's function behind a command: the command itself, but for addons that are a feature."""
        return command

    @abstractmethod
    def shown(self, db: Session) -> str:
        """As an administrator knows it: the domain, or the addon's name with it."""


class OfService(Subject):
    """A service."""

    kind = "service"

    def commands(self) -> list[ColumnElement[bool]]:
        return [Command.service_id == self.id, Command.addon_id == 0]

    def service(self, db: Session) -> Service:
        return one(db, Service, self.id, "service")

    def status(self, db: Session) -> str:
        return self.service(db).domainstatus

    def set_status(self, db: Session, status: str) -> None:
        row = self.service(db)
        was, row.domainstatus, row.updated_at = row.domainstatus, status, ctx_of(db).host.clock.now()
        if was != status:
            events.emit(db, "service.status", serviceid=row.id, was=was, now=status)

    def module(self, db: Session) -> str:
        return db.scalar(select(Product.servertype).where(Product.id == self.service(db).packageid)) or ""

    def options(self, db: Session) -> dict[int, str]:
        row = db.get(Product, self.service(db).packageid)
        return {} if row is None else of_product(row)

    def fields(self, db: Session) -> tuple[str, int]:
        return "product", self.service(db).packageid

    def shown(self, db: Session) -> str:
        return db.scalar(select(Service.domain).where(Service.id == self.id)) or self.named


class OfAddon(Subject):
    """An addon of a service (tblhostingaddons)."""

    kind = "addon"

    def row(self, db: Session) -> ServiceAddon:
        """Its row. Raises Missing."""
        return one(db, ServiceAddon, self.id, "addon")

    def commands(self) -> list[ColumnElement[bool]]:
        return [Command.addon_id == self.id]

    def service(self, db: Session) -> Service:
        return one(db, Service, self.row(db).hostingid, "service")

    def status(self, db: Session) -> str:
        return self.row(db).status

    def set_status(self, db: Session, status: str) -> None:
        set_addon_status(db, self.row(db), status)

    def module(self, db: Session) -> str:
        return db.scalar(select(Addon.module).where(Addon.id == self.row(db).addonid)) or ""

    def options(self, db: Session) -> dict[int, str]:
        return of_addon(db, self.row(db).addonid)

    def fields(self, db: Session) -> tuple[str, int]:
        return "addon", self.row(db).addonid

    def called(self, db: Session, command: str) -> str:
        named = FEATURE_FUNCTIONS.get(command)
        return named if named and is_feature(db, self.row(db).addonid) else command

    def shown(self, db: Session) -> str:
        row = db.get(ServiceAddon, self.id)
        if row is None:
            return self.named
        domain = db.scalar(select(Service.domain).where(Service.id == row.hostingid))
        return f"{addon_name(db, row)} ({domain})" if domain else addon_name(db, row)


Target = int | Subject
KINDS: dict[str, type[Subject]] = {one.kind: one for one in (OfService, OfAddon)}


def subject(target: Target) -> Subject:
    """The subject meant; an int is a service's id."""
    return target if isinstance(target, Subject) else OfService(target)


def of_command(row: Command) -> Subject:
    """Whom a command concerns."""
    return OfAddon(row.addon_id) if row.addon_id else OfService(row.service_id)


def addon_name(db: Session, row: ServiceAddon) -> str:
    """The name of a service's addon: its own, else that of the product addon."""
    return row.name or db.scalar(select(Addon.name).where(Addon.id == row.addonid)) or f"Addon {row.id}"


def is_feature(db: Session, addon_id: int) -> bool:
    """Whether a product addon (tbladdons.id) is a feature of its service's module: see features.py."""
    setting = select(ModuleConfiguration.value).where(
        ModuleConfiguration.entity_type == "addon",
        ModuleConfiguration.entity_id == addon_id,
        ModuleConfiguration.setting_name == PROVISIONING,
    )
    return bool(db.scalar(setting) == FEATURE)


def of_product(row: Product) -> dict[int, str]:
    """The module settings in a product's columns, as they lie there."""
    return {n: value for n in range(1, 25) if (value := getattr(row, f"configoption{n}"))}


def of_addon(db: Session, addon_id: int) -> dict[int, str]:
    """The module settings of a product addon (tblmodule_configuration), as they lie there."""
    found = db.execute(
        select(ModuleConfiguration.setting_name, ModuleConfiguration.value).where(
            ModuleConfiguration.entity_type == "addon", ModuleConfiguration.entity_id == addon_id
        )
    )
    numbered = ((name.removeprefix("configoption"), value) for name, value in found)
    return {int(n): value for n, value in numbered if n.isascii() and n.isdecimal() and 1 <= int(n) <= 24}


def decrypted(db: Session, stored: dict[int, str]) -> dict[int, str]:
    """All 24 settings by position; unset ones are empty texts."""
    vault = ctx_of(db).host.part(Vault)
    return {n: vault.decrypt(stored.get(n) or "") for n in range(1, 25)}


_HOOKS = {
    "Suspended": "AddonSuspended",
    "Terminated": "AddonTerminated",
    "Cancelled": "AddonCancelled",
    "Fraud": "AddonFraud",
}


def set_addon_status(db: Session, row: ServiceAddon, status: str) -> None:
    """Write an addon's status. Its hook (AddonActivated, AddonSuspended, ...) follows the commit, and `addon.status` is announced."""
    was, now = row.status, ctx_of(db).host.clock.now()
    row.status, row.updated_at = status, now
    if was == status:
        return
    if status in ("Terminated", "Cancelled"):
        row.termination_date = now.date()
    elif status == "Active":
        row.termination_date = None
    point = ("AddonUnsuspended" if was == "Suspended" else "AddonActivated") if status == "Active" else _HOOKS.get(status)
    if point:
        hooks.later(db, point, **told(row))
    events.emit(db, "addon.status", addonid=row.id, serviceid=row.hostingid, was=was, now=status)


def told(row: ServiceAddon) -> dict[str, Any]:
    """The arguments of the Addon... hooks."""
    return {"id": row.id, "userid": row.userid, "serviceid": row.hostingid, "addonid": row.addonid}
