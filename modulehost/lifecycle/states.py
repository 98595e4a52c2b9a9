"""What a successful command changes in the row of its subject, and which hooks go with it. Source: the public function table."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, mail, money, settings
from modulehost.context import ctx_of
from modulehost.lifecycle import properties
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject, Target, addon_name, subject
from modulehost.schema import Addon, Client, EmailTemplate, Product, Service
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
    "ProvisionAddOnFeature": Effect("ProvisionAddOnFeature", "Provision Feature"),
    "SuspendAddOnFeature": Effect("SuspendAddOnFeature", "Suspend Feature"),
    "UnsuspendAddOnFeature": Effect("UnsuspendAddOnFeature", "Unsuspend Feature"),
    "DeprovisionAddOnFeature": Effect("DeprovisionAddOnFeature", "Deprovision Feature"),
}


#: whether clients are told of what happened by itself
_MAIL_SETTINGS = {"SuspendAccount": "mh_suspension_email", "UnsuspendAccount": "mh_unsuspension_email"}


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


def told(db: Session, target: Target, function: str) -> str:
    """One sentence about a command that has succeeded; a service without a domain is named by its id."""
    sentence = SENTENCES.get(function) or f"The function “{function}” was run for {{}}."
    return sentence.format(subject(target).shown(db))


def effect(function: str) -> Effect:
    """The effect of a command; custom functions share the hooks of PreModuleCustom."""
    return EFFECTS.get(function) or Effect("Custom", f"Custom Function {function}")


def apply(db: Session, whom: Subject, function: str, params: dict[str, Any], automated: bool = False) -> None:
    """Write what follows from success, as part of the unit that records it. `automated`: the settings decide about its mail."""
    if isinstance(whom, OfService):
        _apply_to_service(db, whom.service(db), function, params)
    elif function == "ChangePassword":
        properties.save(db, whom, {"Password": params["password"]})
    if status := effect(function).status:
        whom.set_status(db, status)
    if not automated or function not in _MAIL_SETTINGS or settings.on(db, _MAIL_SETTINGS[function]):
        _mail(db, whom, function)


def _apply_to_service(db: Session, row: Service, function: str, params: dict[str, Any]) -> None:
    now = ctx_of(db).host.clock.now()
    if function == "SuspendAccount":
        row.suspendreason = str(params.get("suspendreason") or "")
    elif function in ("UnsuspendAccount", "CreateAccount"):
        row.suspendreason, row.termination_date = "", None
    elif function == "TerminateAccount":
        row.termination_date = now.date()
    elif function == "ChangePassword":
        row.password = ctx_of(db).host.part(Vault).encrypt(str(params["password"]))
    elif function == "ChangePackage":
        events.emit(db, "service.packagechanged", serviceid=row.id)
    row.updated_at = now


def _mail(db: Session, whom: Subject, function: str) -> None:
    row = whom.service(db)
    if function == "CreateAccount":
        name = _welcome(db, whom)
    elif isinstance(whom, OfService):
        name = {
            "SuspendAccount": "Service Suspension Notification",
            "UnsuspendAccount": "Service Unsuspension Notification",
        }.get(function)
    else:
        name = None
    if name:
        mail.queue(db, name, row.userid, addon_fields(db, whom), rel_id=row.id)


def _welcome(db: Session, whom: Subject) -> str | None:
    """The welcome mail's template name: that of the product or of the product addon."""
    if isinstance(whom, OfAddon):
        chosen = db.scalar(select(Addon.welcomeemail).where(Addon.id == whom.row(db).addonid))
    else:
        chosen = db.scalar(select(Product.welcomeemail).where(Product.id == whom.service(db).packageid))
    return db.scalar(select(EmailTemplate.name).where(EmailTemplate.id == chosen)) if chosen else None


def welcome(db: Session, whom: Subject) -> None:
    """Queue the welcome mail that the product or product addon names, as after CreateAccount."""
    _mail(db, whom, "CreateAccount")


def welcome_addon(db: Session, whom: OfAddon) -> None:
    """Queue the welcome mail of an addon that no module creates."""
    _mail(db, whom, "CreateAccount")


def addon_fields(db: Session, whom: Subject) -> dict[str, Any]:
    """What a mail about an addon knows beside the fields of its service."""
    if not isinstance(whom, OfAddon):
        return {}
    row = whom.row(db)
    currency = money.currency_of(db, db.get(Client, row.userid))
    return {
        "addon_id": row.id,
        "addon_name": addon_name(db, row),
        "addon_quantity": row.qty or 1,
        "addon_setup_fee": money.formatted(row.setupfee, currency),
        "addon_recurring_amount": money.formatted(row.recurring, currency),
        "addon_billing_cycle": row.billingcycle,
        "addon_reg_date": f"{row.regdate:%Y-%m-%d}" if row.regdate else "",
        "addon_next_due_date": f"{row.nextduedate:%Y-%m-%d}" if row.nextduedate else "",
        "addon_status": row.status,
    }
