"""Configurable options: what a product offers, and what somebody chose of it.

Option and choice names may be `value|Shown name`: modules get the value, people see the name. Option types: 1 dropdown,
2 radio, 3 yes/no, 4 quantity; a yes/no or a quantity has one choice, which carries its price. A quantity's maximum of 0
means that there is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing.cycles import Cycle
from modulehost.billing.prices import Price, choice_prices
from modulehost.language import Phrase
from modulehost.schema import (
    ConfigOption,
    ConfigOptionSub,
    Currency,
    Product,
    ProductConfigGroup,
    ProductConfigLink,
    ServiceConfigOption,
)

DROPDOWN, RADIO, YES_NO, QUANTITY = 1, 2, 3, 4
#: what the integer columns of all three databases hold
HIGHEST_QUANTITY = 2_147_483_647
_FREE = Price()
_YES, _NO = {"1", "on", "yes", "true"}, {"", "0", "off", "no", "false"}


class OptionErrors(ValueError):
    """Choices that a product does not allow; `errors` is one text for each."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Choice:
    """One choice. `name` is what modules get, `label` what people see; `price` is set when a cycle was asked for."""

    id: int
    name: str
    label: str
    hidden: bool = False
    price: Price = _FREE


@dataclass(frozen=True)
class Option:
    """A configurable option with its choices in their order. `group` is the name of its option group."""

    id: int
    name: str
    label: str
    type: int
    minimum: int
    maximum: int
    hidden: bool
    group: str
    choices: tuple[Choice, ...]

    @property
    def counts(self) -> bool:
        """Whether a number is chosen (quantity, yes/no) and not one of several choices."""
        return self.type in (YES_NO, QUANTITY)

    @property
    def default(self) -> int:
        """What is chosen when nothing is said: the first choice's id, no, or the minimum."""
        if self.type == QUANTITY:
            return max(self.minimum, 0)
        return 0 if self.type == YES_NO else self.choices[0].id


@dataclass(frozen=True)
class Selected:
    """What was chosen of an option. `qty` counts for quantity and yes/no (0 or 1), and is 1 for the others."""

    option: Option
    choice: Choice
    qty: int

    @property
    def value(self) -> str | int:
        """What modules get: the choice's name, the quantity, or 1 and 0."""
        return self.qty if self.option.counts else self.choice.name

    @property
    def shown(self) -> str:
        """What people see, such as `5 x Mailbox`."""
        return shown(self.option.type, self.choice.label, self.qty)


def shown(kind: int, label: str, qty: int) -> str:
    """What people see of a choice of an option of this type."""
    if kind == YES_NO:
        return "Yes" if qty else "No"
    return f"{qty} x {label}" if kind == QUANTITY else label


def split_name(text: str) -> tuple[str, str]:
    """`value|Shown name` as (value, shown name); a text without a bar is both."""
    name, bar, label = text.partition("|")
    return (name.strip(), label.strip()) if bar else (text.strip(), text.strip())


def options_of(
    db: Session,
    product: Product,
    currency: Currency | int | None = None,
    cycle: str | Cycle | None = None,
    hidden: bool = False,
) -> list[Option]:
    """The options a product offers, in the order of their groups, then their own; hidden ones only with `hidden`.

    With a currency and a cycle the choices carry their prices, and what is not offered so is left out. An option
    without any choice is left out too: there is nothing to choose and no price.
    """
    rows = db.execute(
        select(ConfigOption, ProductConfigGroup.name)
        .join(ProductConfigLink, ProductConfigLink.gid == ConfigOption.gid)
        .join(ProductConfigGroup, ProductConfigGroup.id == ConfigOption.gid)
        .where(ProductConfigLink.pid == product.id)
        .order_by(ConfigOption.gid, ConfigOption.order, ConfigOption.id)
    ).all()
    groups = {option.id: (option, group) for option, group in rows if hidden or not option.hidden}
    choices = db.scalars(
        select(ConfigOptionSub)
        .where(ConfigOptionSub.configid.in_(groups))
        .order_by(ConfigOptionSub.sortorder, ConfigOptionSub.id)
    ).all()
    prices: dict[int, Price | None] = {}
    if currency is not None and cycle is not None:
        prices = choice_prices(db, [one.id for one in choices], currency, cycle)
    by_option: dict[int, list[Choice]] = {id_: [] for id_ in groups}
    for one in choices:
        price = prices.get(one.id, _FREE)
        if price is not None and (hidden or not one.hidden):
            name, label = split_name(one.optionname)
            by_option[one.configid].append(Choice(one.id, name, label, bool(one.hidden), price))
    return [_option(row, group, by_option[id_]) for id_, (row, group) in groups.items() if by_option[id_]]


def read_options(
    db: Session,
    product: Product,
    values: Mapping[int, str | int],
    currency: Currency | int | None = None,
    cycle: str | Cycle | None = None,
    hidden: bool = False,
) -> list[Selected]:
    """Check what was chosen: option id -> choice id, quantity, or yes/no; what is missing takes its default.

    Raises OptionErrors for an option that the product does not offer, an unknown choice, and a quantity that is no
    whole number, below the minimum, above a maximum other than 0, or negative.
    """
    errors: list[str] = []
    selected: list[Selected] = []
    offered = options_of(db, product, currency, cycle, hidden)
    known = {option.id for option in offered}
    errors += [not_offered(product, id_) for id_ in values if id_ not in known]
    for option in offered:
        try:
            selected.append(_read(option, values.get(option.id, option.default)))
        except ValueError as error:
            errors.append(Phrase("host.error.about", name=option.label, problem=str(error)))
    if errors:
        raise OptionErrors(errors)
    return selected


def options_of_service(
    db: Session, service_id: int, product: Product, currency: Currency | int | None = None, cycle: str | Cycle = ""
) -> list[Selected]:
    """What a service has of its product's options, hidden ones too; options added later are left out."""
    held = {row.configid: row for row in db.scalars(select(ServiceConfigOption).where(ServiceConfigOption.relid == service_id))}
    found = []
    for option in options_of(db, product, currency, cycle or None, hidden=True):
        row = held.get(option.id)
        choice = next((one for one in option.choices if row and one.id == row.optionid), None)
        if row and choice:
            found.append(Selected(option, choice, row.qty if option.counts else 1))
    return found


def store_options(db: Session, service_id: int, selected: list[Selected]) -> None:
    """Write what a service has of its options (rows of tblhostingconfigoptions); other options' rows stay."""
    held = {row.configid: row for row in db.scalars(select(ServiceConfigOption).where(ServiceConfigOption.relid == service_id))}
    for one in selected:
        row = held.get(one.option.id)
        if row is None:
            row = ServiceConfigOption(relid=service_id, configid=one.option.id)
            db.add(row)
        row.optionid, row.qty = one.choice.id, one.qty if one.option.counts else 0
    db.flush()


def not_offered(product: Product, option_id: int) -> Phrase:
    """That a product has no such option."""
    return Phrase("host.error.noOption", id=option_id, product=product.name)


def whole_number(value: str | int, what: str = "") -> int:
    """A number of 0 or more, written in plain digits. Raises ValueError with a text for people; `what` is its name there."""
    name = what or Phrase("host.error.quantity")
    text = str(value).strip() if not isinstance(value, bool) else ""
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):
        raise ValueError(Phrase("host.error.wholeNumber", name=name, value=repr(str(value)[:40])))
    if text.startswith("-"):
        raise ValueError(Phrase("host.error.negative", name=name))
    if len(text.lstrip("0")) > 10 or int(text) > HIGHEST_QUANTITY:
        raise ValueError(Phrase("host.error.most", name=name, most=HIGHEST_QUANTITY))
    return int(text)


def type_of(stored: str) -> int:
    """An option's type; what the table holds and nobody knows is a dropdown."""
    return int(stored) if stored in ("1", "2", "3", "4") else DROPDOWN


def _option(row: ConfigOption, group: str, choices: list[Choice]) -> Option:
    name, label = split_name(row.optionname)
    return Option(row.id, name, label, type_of(row.optiontype), row.qtyminimum, row.qtymaximum, bool(row.hidden), group, tuple(choices))


def _read(option: Option, value: str | int) -> Selected:
    if option.type == QUANTITY:
        number = whole_number(value)
        if number < option.minimum:
            raise ValueError(Phrase("host.error.least", name=Phrase("host.error.quantity"), least=option.minimum))
        if option.maximum and number > option.maximum:
            raise ValueError(Phrase("host.error.most", name=Phrase("host.error.quantity"), most=option.maximum))
        return Selected(option, option.choices[0], number)
    if option.type == YES_NO:
        text = str(value).strip().lower()
        if text not in _YES | _NO:
            raise ValueError(Phrase("host.error.yesNo", value=repr(str(value)[:40])))
        return Selected(option, option.choices[0], int(text in _YES))
    for choice in option.choices:
        if str(value).strip() == str(choice.id):
            return Selected(option, choice, 1)
    raise ValueError(Phrase("host.error.choice", value=repr(str(value)[:40])))
