"""Product actions: AddProduct, GetProducts."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import extensions, lifecycle, settings
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import options
from modulehost.billing.catalog import prices, products
from modulehost.context import Ctx
from modulehost.money import plain
from modulehost.ordering import fields
from modulehost.runtimes import ModuleFailed
from modulehost.schema import ConfigOptionSub, Currency, EmailTemplate, Pricing, Product, ProductGroup, ServerGroup

_COLUMNS = (
    "msetupfee", "qsetupfee", "ssetupfee", "asetupfee", "bsetupfee", "tsetupfee", "monthly", "quarterly", "semiannually",
    "annually", "biennially", "triennially",
)  # fmt: skip
_LATER = (
    "shortdescription", "tagline", "color", "recommendations", "ondemandrenewalconfigurationoverride", "ondemandrenewalsenabled",
    "ondemandrenewalperiodmonthly", "ondemandrenewalperiodquarterly", "ondemandrenewalperiodsemiannually",
    "ondemandrenewalperiodannually", "ondemandrenewalperiodbiennially", "ondemandrenewalperiodtriennially",
)  # fmt: skip
_WORDS = {
    "type": (
        products.TYPES,
        'Invalid product type. Must be one of "hostingaccount", "reselleraccount", "server" or "other"',
    ),
    "paytype": (products.PAY_TYPES, 'Invalid pay type. Must be one of "free", "onetime" or "recurring"'),
    "autosetup": (products.AUTO_SETUP, 'Invalid autosetup value. Must be one of "", "on", "order" or "payment"'),
}
_FLAGS = {"stockcontrol": "stockcontrol", "hidden": "hidden", "showdomainoptions": "showdomainoptions", "tax": "tax",
          "isFeatured": "is_featured"}  # fmt: skip
_OPTIONS = range(1, 7)


@action("AddProduct", "Products")
def add_product(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Create a product."""
    values.not_modelled(*_LATER)
    module = values.text("module")
    if module:
        _known_module(ctx, module)
    with ctx.unit() as db:
        data = _product_data(db, values)
        product = products.create(db, data)
        for name in ("proratadate", "proratachargenextmonth"):
            setattr(product, name, values.number(name))
        product.proratabilling = int(values.flag("proratabilling"))
    given = {number: values.text(f"configoption{number}") for number in _OPTIONS if values.has(f"configoption{number}")}
    if given:
        # Which settings are secret is the module's to say; without a module that can be asked they are kept as they are.
        try:
            known = lifecycle.config_options(ctx, module, product.id) if module else []
        except ModuleFailed as failure:
            raise ApiError(f"The product {product.id} was created, its module settings were not: {failure}") from None
        with ctx.unit() as db:
            lifecycle.save_product_options(db, db.get_one(Product, product.id), given, known)
    return {"pid": product.id}


def _known_module(ctx: Ctx, name: str) -> None:
    try:
        extensions.module(ctx.host, "servers", name)
    except extensions.ModuleMissing as failure:
        raise ApiError(str(failure)) from None


def _product_data(db: Session, values: Values) -> dict[str, Any]:
    if not values.text("name").strip():
        raise ApiError("You must supply a name for the product")
    if db.get(ProductGroup, values.number("gid")) is None:
        raise ApiError("You must supply a valid Product Group ID")
    welcome = db.get(EmailTemplate, values.number("welcomeemail")) if values.number("welcomeemail") else None
    if values.number("welcomeemail") and (welcome is None or welcome.type != "product"):
        raise ApiError("You must supply a valid welcome email ID")
    data: dict[str, Any] = {
        "name": values.text("name"),
        "gid": values.number("gid"),
        "welcomeemail": welcome.id if welcome else 0,
    }
    for name, (words, text) in _WORDS.items():
        if values.has(name):
            if values.text(name) not in words:
                raise ApiError(text)
            data[name] = values.text(name)
    group = values.number("servergroupid")
    if group and db.get(ServerGroup, group) is None:
        raise ApiError(f"There is no server group with the id {group}")
    data |= {
        "servertype": values.text("module"),
        "servergroup": group,
        "qty": values.number("qty"),
        "order": values.number("order"),
    }
    data |= {column: values.flag(name) for name, column in _FLAGS.items()}
    data |= {name: values.text(name) for name in ("description", "subdomain", "slug") if values.has(name)}
    data["pricing"] = _pricing(db, values)
    return data


def _pricing(db: Session, values: Values) -> dict[int, dict[str, str]]:
    found = {}
    for key, columns in values.map("pricing").items():
        currency = int(str(key)) if str(key).isdecimal() else 0
        if db.get(Currency, currency) is None:
            raise ApiError(
                f"Parameter 'pricing' names the currency {str(key)[:20]!r}, which does not exist; its keys are currency ids"
            )
        if not isinstance(columns, dict) or (unknown := set(map(str, columns)) - set(_COLUMNS)):
            what = f"not {', '.join(sorted(unknown))}" if isinstance(columns, dict) else "as a map"
            raise ApiError(f"Parameter 'pricing' takes per currency {', '.join(_COLUMNS)}, {what}")
        found[currency] = {str(name): str(Values.money("pricing", value)) for name, value in columns.items()}
    return found


@action("GetProducts", "Orders")
def get_products(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Products for building order forms: prices by currency code, the custom fields of the order form, options."""
    wanted = select(Product).outerjoin(ProductGroup, ProductGroup.id == Product.gid)
    if values.has("pid"):
        given = (
            values.array("pid").values() if isinstance(values["pid"], dict | list) else values.text("pid").split(",")
        )
        ids = [int(text) for one in given if (text := str(one).strip()).isdecimal()]
        wanted = wanted.where(Product.id.in_(ids))
    if values.has("gid"):
        wanted = wanted.where(Product.gid == values.number("gid"))
    if values.has("module"):
        wanted = wanted.where(Product.servertype == values.text("module"))
    with ctx.unit(read=True) as db:
        total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = db.scalars(wanted.order_by(ProductGroup.order, ProductGroup.id, Product.order, Product.id)).all()
        found = [_product(db, row) for row in rows]
    return {"totalresults": total, "startnumber": 0, "numreturned": len(found), "products": {"product": found}}


def _product(db: Session, product: Product) -> dict[str, Any]:
    group = db.get(ProductGroup, product.gid)
    path = "/".join(part for part in (group.slug if group else "", product.slug) if part)
    return {
        "pid": product.id,
        "gid": product.gid,
        "type": product.type,
        "name": product.name,
        "slug": product.slug,
        "product-url": settings.system_url(db) + path,
        "description": product.description,
        "module": product.servertype,
        "paytype": product.paytype,
        "allowqty": product.allowqty,
        "quantity_available": product.qty if product.stockcontrol else 0,
        "pricing": _prices(db, "product", [product.id], True).get(product.id, {}),
        "customfields": {"customfield": [_field(one) for one in fields.of_product(db, product) if one.ordered]},
        "configoptions": {"configoption": _options(db, product)},
    }


def _field(field: fields.Field) -> dict[str, Any]:
    required = "on" if field.required else ""
    return {"id": field.id, "name": field.label, "description": field.description, "required": required}


def _options(db: Session, product: Product) -> list[dict[str, Any]]:
    offered = options.options_of(db, product)
    ids = [choice.id for option in offered for choice in option.choices]
    costs = _prices(db, "configoptions", ids, False)
    stored = select(ConfigOptionSub.id, ConfigOptionSub.optionname).where(ConfigOptionSub.id.in_(ids))
    raw = {row.id: row.optionname for row in db.execute(stored)}
    return [
        {
            "id": option.id,
            "name": option.label,
            "type": str(option.type),
            "minqty": option.minimum,
            "maxqty": option.maximum,
            "options": {
                "option": [
                    {
                        "id": choice.id,
                        "name": choice.label,
                        "rawName": raw[choice.id],
                        "recurring": 0,
                        "required": None,
                        "pricing": costs.get(choice.id, {}),
                    }
                    for choice in option.choices
                ]
            },
        }
        for option in offered
    ]


def _prices(db: Session, kind: str, ids: list[int], signs: bool) -> dict[int, dict[str, dict[str, str]]]:
    """Prices of things by currency code, with the currency's signs where asked for."""
    stored = prices.rows(db, kind, ids)
    found: dict[int, dict[str, dict[str, str]]] = {one: {} for one in ids}
    for currency in prices.currencies(db):
        head = {"prefix": currency.prefix, "suffix": currency.suffix} if signs else {}
        for one in ids:
            row: Pricing | None = stored.get((one, currency.id))
            if row is not None:
                found[one][currency.code] = head | {name: plain(getattr(row, name)) for name in _COLUMNS}
    return found
