"""The Module Settings tab: which module a product uses, the fields that its ConfigOptions names, and automatic set-up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import request

from modulehost import extensions, lifecycle
from modulehost.billing.catalog import Invalid, products, servers
from modulehost.billing.catalog import usage as metric_prices
from modulehost.context import Ctx
from modulehost.contract import ConfigField
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product
from modulehost.web.admin import product_metrics
from modulehost.web.admin.site import MASK

AUTO_SETUP_SHORT = {"order": "On Order", "payment": "On Payment", "on": "On Acceptance", "": "Off"}
#: types that hold a value; others, such as `none`, show their description only
WITH_VALUE = ("text", "password", "yesno", "dropdown", "radio", "textarea")


@dataclass(frozen=True)
class Shown:
    """One settings field as the page shows it; a secret's value never leaves the host."""

    field: ConfigField
    name: str
    value: str
    stored: bool
    loaded: lifecycle.loaders.Loaded | None = None
    several: bool = False

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices of the field: those of its loader, else its own."""
        return self.loaded.options if self.loaded is not None and self.loaded.options else self.field.options

    @property
    def values(self) -> list[str]:
        """The chosen values of a field that takes several."""
        return [one for one in self.value.split(",") if one] if self.several else [self.value]


def choices(ctx: Ctx, wanted: str = "") -> list[tuple[str, str]]:
    """All server modules as (system name, display name); one that does not load keeps its name, `wanted` is there even if it is gone."""
    found = []
    for module in extensions.modules(ctx.host, "servers"):
        found.append(
            (module.name, display_name(ctx, module.name) if not module.problem else f"{module.name} (cannot run)")
        )
    found.sort(key=lambda pair: pair[1].lower())
    if wanted and wanted not in [name for name, _label in found]:
        found.append((wanted, f"{wanted} (not found)"))
    return found


def display_name(ctx: Ctx, name: str) -> str:
    """What a module calls itself."""
    try:
        return str(lifecycle.metadata(ctx, name)["DisplayName"])
    except ModuleFailed:
        return name


def tab(ctx: Ctx, product: Product) -> dict[str, Any]:
    """What the tab shows: `servertype` of the query before the stored one, so that another module can be looked at."""
    wanted = request.values.get("servertype", product.servertype)
    failure = ""
    fields: list[ConfigField] = []
    wrong: list[str] = []
    if wanted:
        try:
            fields, wrong = lifecycle.settings_fields(ctx, wanted, product.id)
        except ModuleFailed as error:
            failure = str(error)
    with ctx.unit(read=True) as db:
        stored = lifecycle.product_options(db, product)
        groups = servers.groups(db)
    same = wanted == product.servertype
    simple = any(field.simple for field in fields)
    advanced = simple and _mode() == "advanced"
    visible = [field for field in fields if field.simple or not simple or advanced]
    # In Advanced Mode what a loader would offer is typed by hand.
    loaded = {} if advanced else lifecycle.loaders.load(ctx, wanted, product, visible)
    return {
        "modules": choices(ctx, wanted), "servertype": wanted, "changed": not same, "fields": rows(visible, stored, same, loaded),
        "failure": failure, "server_groups": groups,
        "autosetup": products.AUTO_SETUP, "with_value": WITH_VALUE, "wrong": wrong,
        **product_metrics.tab(ctx, product, wanted),
        "mode": "" if not simple else "advanced" if advanced else "simple",
    }  # fmt: skip


def rows(
    fields: Iterable[ConfigField], stored: Mapping[int, str], same: bool, loaded: Mapping[int, lifecycle.loaders.Loaded] | None = None
) -> list[Shown]:
    """The settings fields with what is stored, or sent; `same`: the stored values are those of this module."""
    fresh, shown = not same or not any(stored.values()), []
    for field in fields:
        has = bool(stored[field.position]) and same
        value = _given(field) if request.method == "POST" else field.default if fresh else stored[field.position]
        shown.append(Shown(field, f"packageconfigoption[{field.position}]", (MASK if has else "") if field.secret else value, has,
                           (loaded or {}).get(field.position), field.multiple))  # fmt: skip
    return shown


def read(fields: Iterable[ConfigField], same: bool) -> dict[int, str]:
    """What the form holds for these fields. Raises Invalid for a value that is no choice; an untouched secret is left out."""
    values: dict[int, str] = {}
    for field in fields:
        if field.type not in WITH_VALUE:
            continue
        given = _given(field)
        if field.secret and given == MASK and same:
            continue
        allowed = [value for value, _label in field.options]
        for one in given.split(",") if field.multiple else [given]:
            if allowed and not field.loader and one and one not in allowed:
                raise Invalid({field.key: f"{field.label}: “{one}” is not one of the choices."})
        values[field.position] = given.replace("\r\n", "\n")
    return values


def chosen(ctx: Ctx, key: str) -> str:
    """The module that the form names in `key`, empty for none. Raises Invalid when there is no such module."""
    name = request.form.get(key, "")
    if name and name not in [module.name for module in extensions.modules(ctx.host, "servers")]:
        raise Invalid({key: f"There is no server module named “{name}”."})
    return name


def _mode() -> str:
    return request.form.get("mode", "") or request.args.get("mode", "")


def _given(field: ConfigField) -> str:
    """What the form holds for a field; several choices of one with commas between them."""
    values = request.form.getlist(f"packageconfigoption[{field.position}]")
    return ",".join(one for one in values if one) if field.multiple else values[-1] if values else ""


def save(ctx: Ctx, product: Product) -> str:
    """Store the tab; returns where the module's own button leads, empty when Save Changes was pressed.

    Raises Invalid. A secret that comes back as its mask stays as it is; so does what Simple Mode does not show.
    """
    name = chosen(ctx, "servertype")
    try:
        fields = lifecycle.config_options(ctx, name, product.id) if name else []
        metrics = lifecycle.usage.metrics(ctx, name) if lifecycle.usage.has_metrics(ctx, name) else []
    except ModuleFailed as error:
        raise Invalid({"servertype": f"The settings of {name} were not saved: {error}"}) from None
    simple = _mode() == "simple" and any(field.simple for field in fields)
    with ctx.unit() as db:
        row = db.get_one(Product, product.id)
        same = row.servertype == name
        fresh = not same or not any(lifecycle.product_options(db, row).values())
        values = {} if same else dict.fromkeys(range(1, 25), "")
        left_out = [field for field in fields if simple and not field.simple and field.type in WITH_VALUE]
        if fresh:
            values |= {field.position: field.default for field in left_out}
        values |= read([field for field in fields if field not in left_out], same)
        form = {"servertype": name}
        form |= {n: request.form[n] for n in ("servergroup", "autosetup") if n in request.form}
        products.update(db, row, form)
        lifecycle.save_product_options(db, row, values, fields)
        metric_prices.save(db, row, [(one.name, one.label) for one in metrics], request.form)
    return own_target(request.form.get("continue", ""))


def own_target(target: str) -> str:
    """The address behind a module's button, if it is a module's own page on this host; else empty."""
    parts = urlsplit(target)
    inside = (
        target.startswith("/modules/") and not parts.scheme and not parts.netloc and ".." not in parts.path.split("/")
    )
    return target if inside and not any(sign in target for sign in "\\\r\n") else ""
