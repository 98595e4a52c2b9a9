"""Feature addons: product addons that switch a feature of their service's module on and off, and create nothing of their own.

Documented are the four commands' hooks; the functions are ProvisionAddOnFeature, SuspendAddOnFeature, UnsuspendAddOnFeature and
DeprovisionAddOnFeature, and AddOnFeatures lists what there is to choose. That a product addon is one, and which feature it
means, is customary knowledge and stands here alone: setting `provisioningType` of the addon is `feature`, and the feature is
what the module gets as configoption1. Params are the service's: its server, user name and settings of the account.
"""

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from modulehost import runtimes
from modulehost.context import Ctx, ctx_of
from modulehost.lifecycle import params
from modulehost.lifecycle.modules import server_module
from modulehost.lifecycle.subjects import FEATURE, PROVISIONING, is_feature, of_addon
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Addon, ModuleConfiguration


def chosen(db: Session, addon_id: int) -> str:
    """The feature of a product addon (tbladdons.id); empty when it is none."""
    return of_addon(db, addon_id).get(1, "") if is_feature(db, addon_id) else ""


def offered(ctx: Ctx, name: str, addon_id: int) -> dict[str, str]:
    """What AddOnFeatures of the server module `name` offers, value -> label; empty without the function. Raises ModuleFailed."""
    module = server_module(ctx, name)
    if "AddOnFeatures" not in runtimes.functions(ctx, module):
        return {}
    with ctx.unit(read=True) as db:
        given = {**params.product_addon(db, addon_id), "moduletype": name}
    returned = runtimes.call(ctx, module, "AddOnFeatures", given)
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    value = returned.value or {}
    pairs = value.items() if isinstance(value, Mapping) else [(one, one) for one in value]
    return {str(key): str(label) for key, label in pairs}


def choose(db: Session, addon: Addon, feature: str) -> None:
    """Make a product addon one of `feature`, or with an empty text one that its module creates by itself."""
    mine = (ModuleConfiguration.entity_type == "addon", ModuleConfiguration.entity_id == addon.id)
    if not feature:
        db.execute(delete(ModuleConfiguration).where(*mine, ModuleConfiguration.setting_name == PROVISIONING))
        return
    # a feature has no settings but itself
    db.execute(delete(ModuleConfiguration).where(*mine))
    now = ctx_of(db).host.clock.now()
    rows = ((PROVISIONING, "Provisioning Type", FEATURE), ("configoption1", "Feature", feature))
    for name, label, value in rows:
        db.add(
            ModuleConfiguration(
                entity_type="addon", entity_id=addon.id, setting_name=name, friendly_name=label, value=value,
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    db.flush()
