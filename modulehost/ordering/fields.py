"""Custom fields of products and product addons: which ones an order form shows, and what may be entered.

Names are `key|Shown name`. Types: text, password, textarea, link, dropdown (choices separated by commas) and tickbox
(`on` or empty). `regexpr` is a pattern that a value must contain, with or without /delimiters/.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.accounts import customfields
from modulehost.billing.catalog.fields import of_product as rows_of_product
from modulehost.billing.options import split_name
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.schema import Addon, CustomField, CustomFieldValue, Product, Service, ServiceAddon
from modulehost.vault import Vault

LONGEST = 16_000
_TICKED = {"on", "1", "yes", "true"}
_DELIMITED = re.compile(r"([/#~])(?P<pattern>.*)\1(?P<flags>[a-zA-Z]*)", re.DOTALL)


class FieldErrors(ValueError):
    """Values that custom fields do not take; `errors` is one text for each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Field:
    """A custom field. `name` is what modules get, `label` what people see."""

    id: int
    name: str
    label: str
    type: str
    description: str
    choices: tuple[str, ...]
    pattern: str
    required: bool
    adminonly: bool
    showorder: bool
    showinvoice: bool

    @property
    def ordered(self) -> bool:
        """Whether the order form shows it."""
        return self.showorder and not self.adminonly


def of_product(db: Session, product: Product) -> list[Field]:
    """A product's custom fields in their order; `ordered` tells those of the order form."""
    return [_field(row) for row in rows_of_product(db, product.id)]


def of_addon(db: Session, addon_id: int) -> list[Field]:
    """The custom fields of a product addon (tbladdons.id) in their order."""
    return [_field(row) for row in customfields.fields(db, "addon", addon_id)]


def of_any_addon(db: Session, ids: Collection[int]) -> set[int]:
    """Those of the fields that belong to product addons: a form sends them beside the product's."""
    return set(db.scalars(select(CustomField.id).where(CustomField.type == "addon", CustomField.id.in_(ids)))) if ids else set()


def read_addon(db: Session, addon: Addon, values: Mapping[int, str], trusted: bool = False) -> dict[int, str]:
    """`read` for a product addon; values of other fields are passed over."""
    known = of_addon(db, addon.id)
    mine = {field.id for field in known}
    return _checked(known, addon.name, {id_: value for id_, value in values.items() if id_ in mine}, trusted)


def read(db: Session, product: Product, values: Mapping[int, str], trusted: bool = False) -> dict[int, str]:
    """Check values (field id -> text) and return them as they are stored.

    From the order form come its own fields only, and the required ones must be filled. `trusted` (API, admin) may give
    any field and leave any out. Raises FieldErrors.
    """
    return _checked(of_product(db, product), product.name, values, trusted)


def _checked(known: Sequence[Field], owner: str, values: Mapping[int, str], trusted: bool) -> dict[int, str]:
    errors: list[str] = []
    read_: dict[int, str] = {}
    fields = {field.id: field for field in known if trusted or field.ordered}
    errors += [Phrase("host.error.noField", id=id_, product=owner) for id_ in values if id_ not in fields]
    for field in fields.values():
        if trusted and field.id not in values:
            continue
        try:
            read_[field.id] = _read(field, str(values.get(field.id, "")), trusted)
        except ValueError as error:
            errors.append(str(error))
    if errors:
        raise FieldErrors(errors)
    return read_


def store(db: Session, relid: int, values: Mapping[int, str]) -> None:
    """Write the values of a service (or of a service's addon); fields that are not named keep theirs."""
    now = ctx_of(db).host.clock.now()
    rows = select(CustomFieldValue).where(CustomFieldValue.relid == relid, CustomFieldValue.fieldid.in_(values))
    held = {row.fieldid: row for row in db.scalars(rows)}
    secret, vault = customfields.secret_ids(db, values), ctx_of(db).host.part(Vault)
    for id_, plain in values.items():
        value = vault.encrypt(plain) if id_ in secret else plain
        row = held.get(id_)
        if row is None:
            db.add(CustomFieldValue(fieldid=id_, relid=relid, value=value, created_at=now, updated_at=now))
        elif row.value != value:
            row.value, row.updated_at = value, now
        customfields.announce(db, id_, relid, plain)
    db.flush()


def of_service(db: Session, service: Service, product: Product | None = None) -> list[tuple[Field, str]]:
    """The fields of a product (the service's own by default) with a service's values, empty where it has none."""
    product = product or db.get(Product, service.packageid)
    return _with_values(db, of_product(db, product) if product else [], service.id)


def of_service_addon(db: Session, row: ServiceAddon) -> list[tuple[Field, str]]:
    """The same of a service's addon."""
    return _with_values(db, of_addon(db, row.addonid) if row.addonid else [], row.id)


def _with_values(db: Session, fields: list[Field], relid: int) -> list[tuple[Field, str]]:
    rows = select(CustomFieldValue).where(
        CustomFieldValue.relid == relid, CustomFieldValue.fieldid.in_([field.id for field in fields])
    )
    vault = ctx_of(db).host.part(Vault)
    held = {row.fieldid: vault.decrypt(row.value) for row in db.scalars(rows)}
    return [(field, held.get(field.id, "")) for field in fields]


def carry(db: Session, service: Service, old: Product, new: Product) -> None:
    """Give a service that gets another product the values of its fields in the fields of the same name there.

    What a field of the new product does not take (a choice that its drop-down has not) stays behind.
    """
    held = {field.name.lower(): value for field, value in of_service(db, service, old) if value}
    for field in of_product(db, new):
        if field.name.lower() not in held:
            continue
        try:
            store(db, service.id, read(db, new, {field.id: held[field.name.lower()]}, trusted=True))
        except FieldErrors:
            continue


def _field(row: CustomField) -> Field:
    name, label = split_name(row.fieldname)
    return Field(
        id=row.id,
        name=name,
        label=label,
        type=row.fieldtype,
        description=row.description,
        choices=tuple(choice.strip() for choice in row.fieldoptions.split(",") if choice.strip()),
        pattern=row.regexpr,
        required=row.required == "on",
        adminonly=row.adminonly == "on",
        showorder=row.showorder == "on",
        showinvoice=row.showinvoice == "on",
    )


def _read(field: Field, text: str, trusted: bool) -> str:
    value = text.strip()
    if field.type == "tickbox":
        value = "on" if value.lower() in _TICKED else ""
    if not value:
        if field.required and not trusted:
            key = "host.error.fieldTick" if field.type == "tickbox" else "host.error.fieldRequired"
            raise ValueError(Phrase(key, field=field.label))
        return ""
    if len(value) > LONGEST:
        raise ValueError(Phrase("host.error.fieldLong", field=field.label, count=len(value), most=LONGEST))
    if field.type == "dropdown":
        # A choice may be `value|Shown name` too; either is understood, the whole is stored.
        named = {choice.partition("|")[0].strip(): choice for choice in reversed(field.choices)}
        if value not in field.choices and value not in named:
            named_ = [split_name(choice)[1] for choice in field.choices]
            raise ValueError(Phrase("host.error.fieldChoices", field=field.label, choices=named_))
        return value if value in field.choices else named[value]
    # The value becomes a link in pages, so javascript: and the like stay out.
    if field.type == "link" and not re.match(r"https?://[^\s/]", value, re.IGNORECASE):
        raise ValueError(Phrase("host.error.fieldLink", field=field.label))
    if field.pattern and not _pattern(field).search(value):
        raise ValueError(Phrase("host.fieldInvalid", f"{field.label} does not have the expected form", field=field.label))
    return value


def _pattern(field: Field) -> re.Pattern[str]:
    found = _DELIMITED.fullmatch(field.pattern.strip())
    text, letters = (found["pattern"], found["flags"]) if found else (field.pattern, "")
    flags = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
    try:
        return re.compile(text, sum((flags[letter] for letter in set(letters) & set(flags)), re.NOFLAG))
    except re.error as error:
        text = (
            f"{field.label} cannot be checked: its validation {field.pattern!r} is no regular expression ({error}); "
            "correct it under the product's Custom Fields"
        )
        raise ValueError(Phrase("host.fieldInvalid", text, field=field.label)) from None


def as_ids(values: Mapping[Any, Any] | None) -> dict[int, Any]:
    """Keys as numbers: JSON and forms bring them as text. Raises ValueError for a key that is none."""
    return {int(key): value for key, value in (values or {}).items()}
