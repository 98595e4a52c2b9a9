"""What a successful command changes in the service's row, and which hooks go with it. Source: the public function table."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, mail
from modulehost.context import ctx_of
from modulehost.schema import EmailTemplate, Product, Service
from modulehost.vault import Vault


@dataclass(frozen=True)
class Effect:
    """`hook` is the name inside PreModule.../AfterModule...; `status` the new status, empty for none."""

    hook: str
    done: str
    status: str = ""


EFFECTS = {
    "CreateAccount": Effect("Create", "Create", "Active"),
    "SuspendAccount": Effect("Suspend", "Suspend", "Suspended"),
    "UnsuspendAccount": Effect("Unsuspend", "Unsuspend", "Active"),
    "TerminateAccount": Effect("Terminate", "Terminate", "Terminated"),
    "ChangePackage": Effect("ChangePackage", "Change Package"),
    "ChangePassword": Effect("ChangePassword", "Change Password"),
    "Renew": Effect("Renew", "Renew"),
}


#: what a success is told to an administrator, by command; {} is the service's domain
SENTENCES = {
    "CreateAccount": "The account of {} was created.",
    "SuspendAccount": "The account of {} was suspended.",
    "UnsuspendAccount": "The account of {} is no longer suspended.",
    "TerminateAccount": "The account of {} was terminated.",
    "ChangePackage": "The package of {} was changed.",
    "ChangePassword": "The password of {} was changed.",
    "Renew": "The account of {} was renewed.",
}


def told(db: Session, service_id: int, function: str) -> str:
    """One sentence about a command that has succeeded; a service without a domain is named by its id."""
    domain = db.scalar(select(Service.domain).where(Service.id == service_id))
    sentence = SENTENCES.get(function) or f"The function “{function}” was run for {{}}."
    return sentence.format(domain or f"service {service_id}")


def effect(function: str) -> Effect:
    """The effect of a command; custom functions share the hooks of PreModuleCustom."""
    return EFFECTS.get(function) or Effect("Custom", f"Custom Function {function}")


def apply(db: Session, service_id: int, function: str, params: dict[str, Any]) -> None:
    """Write what follows from success, as part of the unit that records it."""
    row = db.get_one(Service, service_id)
    now = ctx_of(db).host.clock.now()
    was = row.domainstatus
    if status := effect(function).status:
        row.domainstatus = status
    if function == "SuspendAccount":
        row.suspendreason = str(params.get("suspendreason") or "")
    elif function in ("UnsuspendAccount", "CreateAccount"):
        row.suspendreason, row.termination_date = "", None
    elif function == "TerminateAccount":
        row.termination_date = now.date()
    elif function == "ChangePassword":
        row.password = ctx_of(db).host.part(Vault).encrypt(str(params["password"]))
    row.updated_at = now
    _mail(db, row, function)
    if row.domainstatus != was:
        events.emit(db, "service.status", serviceid=row.id, was=was, now=row.domainstatus)


def _mail(db: Session, row: Service, function: str) -> None:
    if function == "CreateAccount":
        chosen = db.scalar(select(Product.welcomeemail).where(Product.id == row.packageid))
        name = db.scalar(select(EmailTemplate.name).where(EmailTemplate.id == chosen)) if chosen else None
    else:
        name = {
            "SuspendAccount": "Service Suspension Notification",
            "UnsuspendAccount": "Service Unsuspension Notification",
        }.get(function)
    if name:
        mail.queue(db, name, row.userid, rel_id=row.id)
