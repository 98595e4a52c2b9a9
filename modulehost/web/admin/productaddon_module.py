"""The Module Settings tab of a product addon: which module provisions it, and the fields that its ConfigOptions names."""

from typing import Any

from flask import request

from modulehost import lifecycle
from modulehost.billing.catalog import Invalid, addons, products, servers
from modulehost.context import Ctx
from modulehost.contract import ConfigField
from modulehost.lifecycle.subjects import decrypted, of_addon
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Addon
from modulehost.web.admin.product_module import WITH_VALUE, choices, chosen, read, rows


def tab(ctx: Ctx, addon: Addon) -> dict[str, Any]:
    """What the tab shows: `module` of the query before the stored one, so that another module can be looked at."""
    wanted, failure = request.values.get("module", addon.module), ""
    fields: list[ConfigField] = []
    wrong: list[str] = []
    if wanted:
        try:
            fields, wrong = lifecycle.settings_fields(ctx, wanted, 0, addon_id=addon.id)
        except ModuleFailed as error:
            failure = str(error)
    features, feature = {}, ""
    if wanted and not failure:
        try:
            features = lifecycle.features.offered(ctx, wanted, addon.id)
        except ModuleFailed as error:
            failure = str(error)
    with ctx.unit(read=True) as db:
        if wanted == addon.module:
            feature = lifecycle.features.chosen(db, addon.id)
        stored = decrypted(db, of_addon(db, addon.id))
        groups = servers.groups(db)
    same = wanted == addon.module
    if feature and feature not in features:
        features[feature] = f"{feature} (no longer offered)"
    shown = rows([] if feature and request.method == "GET" else fields, stored, same)
    return {
        "modules": choices(ctx, wanted), "module": wanted, "changed": not same, "fields": shown,
        "failure": failure, "server_groups": groups,
        "types": products.TYPES, "with_value": WITH_VALUE, "wrong": wrong, "features": list(features.items()), "feature": feature,
    }  # fmt: skip


def save(ctx: Ctx, addon: Addon) -> None:
    """Store the tab. Raises Invalid. A secret that comes back as its mask stays as it is."""
    name = chosen(ctx, "module")
    try:
        fields = lifecycle.settings_fields(ctx, name, 0, addon_id=addon.id)[0] if name else []
    except ModuleFailed as error:
        raise Invalid({"module": f"The settings of {name} were not saved: {error}"}) from None
    feature = request.form.get("feature", "")
    if feature and feature not in _offered(ctx, name, addon.id):
        raise Invalid({"feature": f"{name} offers no feature “{feature}”."})
    with ctx.unit() as db:
        row = db.get_one(Addon, addon.id)
        same = row.module == name
        if not feature and lifecycle.features.chosen(db, addon.id):
            lifecycle.features.choose(db, row, "")
            same = False
        values = {} if same else dict.fromkeys(of_addon(db, addon.id), "")
        values |= {} if feature else read(fields, same)
        data = {"module": name, **{n: request.form[n] for n in ("server_group_id", "type") if n in request.form}}
        addons.update(db, row, data)
        if feature:
            lifecycle.features.choose(db, row, feature)
        else:
            lifecycle.save_addon_options(db, row, values, fields)


def _offered(ctx: Ctx, name: str, addon_id: int) -> dict[str, str]:
    try:
        return lifecycle.features.offered(ctx, name, addon_id) if name else {}
    except ModuleFailed as error:
        raise Invalid({"feature": str(error)}) from None
