"""The addons of an order while it is accepted or ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, lifecycle
from modulehost.context import Ctx
from modulehost.lifecycle import OfAddon
from modulehost.ordering import addonrows
from modulehost.schema import Addon, Command, ServiceAddon

_RUNNING = ("Active", "Suspended")
#: autoactivate values that mean acceptance: its own, and that of orders which came by API
_AT_ACCEPTANCE = ("on", "order")


def create(ctx: Ctx, order_id: int, autosetup: bool | None, request_key: str) -> list[str]:
    """Run Create for its Pending addons with a module, as `acceptance.accept` says; returns error texts."""
    with ctx.unit(read=True) as db:
        waiting = _of_order(db, order_id, ("Pending",))
    errors = []
    for row, addon in waiting:
        wanted = addon.autoactivate in _AT_ACCEPTANCE if autosetup is None else autosetup
        if not wanted or not addon.module:
            continue
        key = f"{request_key[:44]}:addon{row.id}" if request_key else None
        outcome = lifecycle.run(ctx, OfAddon(row.id), "CreateAccount", request_key=key)
        if outcome.ok:
            hooks.fire(ctx, "AddonActivation", **addonrows.activation(row))
        elif outcome.state != "pending":
            errors.append(f"{addon.name} (addon {row.id}): {outcome.message}")
    return errors


def activate(db: Session, order_id: int, sendemail: bool) -> None:
    """Make those Active that are still Pending and have no Create under way."""
    for row, addon in _of_order(db, order_id, ("Pending",)):
        under_way = select(Command.id).where(
            Command.addon_id == row.id, Command.function == "CreateAccount", Command.state.in_(("running", "pending"))
        )
        if db.scalar(under_way.limit(1)) is None:
            addonrows.activate(db, row, welcome=sendemail and not addon.module)


def terminate(ctx: Ctx, order_id: int) -> list[str]:
    """Run Terminate for its addons that run and have a module; returns error texts."""
    with ctx.unit(read=True) as db:
        running = [(row, addon) for row, addon in _of_order(db, order_id, _RUNNING) if addon.module]
    errors = []
    for row, addon in running:
        outcome = lifecycle.run(ctx, OfAddon(row.id), "TerminateAccount")
        if not (outcome.ok or outcome.state == "pending"):
            errors.append(f"{addon.name} (addon {row.id}): {outcome.message}")
    return errors


def _of_order(db: Session, order_id: int, statuses: tuple[str, ...]) -> list[tuple[ServiceAddon, Addon]]:
    """Addons with what they are an instance of; one made by hand has an empty one."""
    rows = db.execute(
        select(ServiceAddon, Addon)
        .outerjoin(Addon, Addon.id == ServiceAddon.addonid)
        .where(ServiceAddon.orderid == order_id, ServiceAddon.status.in_(statuses))
        .order_by(ServiceAddon.id)
    )
    return [(row, addon or Addon(name=row.name, module="", autoactivate="")) for row, addon in rows]
