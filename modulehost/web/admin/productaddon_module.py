"""The Module Settings tab of a product addon: which module provisions it, and the fields that its ConfigOptions names."""

from typing import Any

from flask import request

from modulehost import extensions, lifecycle
from modulehost.billing.catalog import Invalid, addons, products, servers
from modulehost.context import Ctx
from modulehost.contract import ConfigField
from modulehost.lifecycle.subjects import decrypted, of_addon
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Addon
from modulehost.web.admin.product_module import WITH_VALUE, Shown, choices
from modulehost.web.admin.site import MASK


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
    fresh = not same or not any(stored.values())
    known = choices(ctx)
    if wanted and wanted not in [name for name, _label in known]:
        known.append((wanted, f"{wanted} (not found)"))
    if feature and feature not in features:
        features[feature] = f"{feature} (no longer offered)"
    shown = []
    for field in [] if feature and request.method == "GET" else fields:
        name, has = f"packageconfigoption[{field.position}]", bool(stored[field.position]) and same
        value = field.default if fresh else stored[field.position]
        if request.method == "POST":
            value = request.form.get(name, "")
        shown.append(Shown(field, name, (MASK if has else "") if field.secret else value, has))
    return {
        "modules": known, "module": wanted, "changed": not same, "fields": shown, "failure": failure, "server_groups": groups,
        "types": products.TYPES, "with_value": WITH_VALUE, "wrong": wrong, "features": list(features.items()), "feature": feature,
    }  # fmt: skip


def save(ctx: Ctx, addon: Addon) -> None:
    """Store the tab. Raises Invalid. A secret that comes back as its mask stays as it is."""
    name = request.form.get("module", "")
    if name and name not in [module.name for module in extensions.modules(ctx.host, "servers")]:
        raise Invalid({"module": f"There is no server module named “{name}”."})
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
        for field in [] if feature else fields:
            if field.type not in WITH_VALUE:
                continue
            given = request.form.get(f"packageconfigoption[{field.position}]", "")
            if field.secret and given == MASK and same:
                continue
            if field.options and given and given not in [value for value, _label in field.options]:
                raise Invalid({field.key: f"{field.label}: “{given}” is not one of the choices."})
            values[field.position] = given.replace("\r\n", "\n")
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
