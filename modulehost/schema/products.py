"""What is sold: groups, products, options, prices, custom fields, promotions."""

from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import (
    Cents,
    Day,
    DayOrNull,
    Key,
    Moment,
    MomentOrNull,
    Num,
    NumOrNull,
    Ref,
    Text,
    TextOrNull,
    UNum,
    URef,
    decimal,
    same_index,
    varchar,
)


class ProductGroup(Base):
    """A group of products in the store."""

    __tablename__ = "tblproductgroups"

    id: Mapped[Key]
    name: Mapped[Text]
    slug: Mapped[str] = varchar(128)
    headline: Mapped[TextOrNull]
    tagline: Mapped[TextOrNull]
    orderfrmtpl: Mapped[Text]  # order form template, empty: the system's
    disabledgateways: Mapped[Text]  # list with commas
    hidden: Mapped[Num]
    order: Mapped[Num]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Product(Base):
    """A product: how it is paid, set up, and by which module."""

    __tablename__ = "tblproducts"

    id: Mapped[Key]
    type: Mapped[Text]  # hostingaccount, reselleraccount, server, other
    gid: Mapped[Ref]  # tblproductgroups.id
    name: Mapped[Text]
    slug: Mapped[str] = varchar(128)
    description: Mapped[Text]
    hidden: Mapped[Num]
    showdomainoptions: Mapped[Num]
    welcomeemail: Mapped[Num]  # tblemailtemplates.id
    stockcontrol: Mapped[Num]
    qty: Mapped[Num]
    proratabilling: Mapped[Num]
    proratadate: Mapped[Num]  # day of the month
    proratachargenextmonth: Mapped[Num]  # day of the month from which the next one is charged too
    paytype: Mapped[Text]  # free, onetime, recurring
    allowqty: Mapped[Num]  # 0: no, 1: several services, 3: one service with a quantity
    subdomain: Mapped[Text]
    autosetup: Mapped[Text]  # empty: never, on: at acceptance, payment, order
    servertype: Mapped[Text]  # system name of a server module, empty: none
    servergroup: Mapped[Num]  # tblservergroups.id, 0: none
    configoption1: Mapped[Text]  # the module's settings, in the order of its ConfigOptions
    configoption2: Mapped[Text]
    configoption3: Mapped[Text]
    configoption4: Mapped[Text]
    configoption5: Mapped[Text]
    configoption6: Mapped[Text]
    configoption7: Mapped[Text]
    configoption8: Mapped[Text]
    configoption9: Mapped[Text]
    configoption10: Mapped[Text]
    configoption11: Mapped[Text]
    configoption12: Mapped[Text]
    configoption13: Mapped[Text]
    configoption14: Mapped[Text]
    configoption15: Mapped[Text]
    configoption16: Mapped[Text]
    configoption17: Mapped[Text]
    configoption18: Mapped[Text]
    configoption19: Mapped[Text]
    configoption20: Mapped[Text]
    configoption21: Mapped[Text]
    configoption22: Mapped[Text]
    configoption23: Mapped[Text]
    configoption24: Mapped[Text]
    freedomain: Mapped[Text]  # empty, once, on
    freedomainpaymentterms: Mapped[Text]
    freedomaintlds: Mapped[Text]
    recurringcycles: Mapped[Num]  # 0: without end
    autoterminatedays: Mapped[Num]  # 0: never
    autoterminateemail: Mapped[Num]
    configoptionsupgrade: Mapped[Num]
    billingcycleupgrade: Mapped[Text]
    upgradeemail: Mapped[Num]  # tblemailtemplates.id
    overagesenabled: Mapped[str] = varchar(10)
    overagesdisklimit: Mapped[Num]
    overagesbwlimit: Mapped[Num]
    overagesdiskprice: Mapped[Decimal] = decimal(6, 4)
    overagesbwprice: Mapped[Decimal] = decimal(6, 4)
    tax: Mapped[Num]  # 1: taxed
    affiliateonetime: Mapped[Num]
    affiliatepaytype: Mapped[Text]
    affiliatepayamount: Mapped[Cents]
    order: Mapped[Num]
    retired: Mapped[Num]  # 1: hidden and not to be ordered
    is_featured: Mapped[Num]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ProductConfigGroup(Base):
    """A group of configurable options."""

    __tablename__ = "tblproductconfiggroups"

    id: Mapped[Key]
    name: Mapped[Text]
    description: Mapped[Text]


class ProductConfigLink(Base):
    """Which option groups a product offers."""

    __tablename__ = "tblproductconfiglinks"

    id: Mapped[Key]
    gid: Mapped[Ref]  # tblproductconfiggroups.id
    pid: Mapped[Ref]  # tblproducts.id


class ConfigOption(Base):
    """A configurable option."""

    __tablename__ = "tblproductconfigoptions"

    id: Mapped[Key]
    gid: Mapped[Ref]  # tblproductconfiggroups.id
    optionname: Mapped[Text]  # "key|Friendly Name"; modules get the key
    optiontype: Mapped[Text]  # 1 dropdown, 2 radio, 3 yes/no, 4 quantity
    qtyminimum: Mapped[Num]
    qtymaximum: Mapped[Num]
    order: Mapped[Num]
    hidden: Mapped[Num]


class ConfigOptionSub(Base):
    """A choice of a configurable option; prices are tied to choices."""

    __tablename__ = "tblproductconfigoptionssub"

    id: Mapped[Key]
    configid: Mapped[Ref]  # tblproductconfigoptions.id
    optionname: Mapped[Text]  # "value|Friendly Name"; modules get the value
    sortorder: Mapped[Num]
    hidden: Mapped[Num]


class Pricing(Base):
    """Prices of one thing in one currency, per billing cycle; -1.00 is "not offered"."""

    __tablename__ = "tblpricing"
    __table_args__ = (Index("ix_tblpricing_type_relid_currency", "type", "relid", "currency"),)

    id: Mapped[Key]
    type: Mapped[str] = varchar(14)  # product, addon, configoptions, domainregister, domainrenew, ...
    currency: Mapped[Num]  # tblcurrencies.id
    relid: Mapped[Num]  # what is priced; configoptions: tblproductconfigoptionssub.id
    msetupfee: Mapped[Cents]  # also of one-time prices; domains: the 1 year price, and so on to biennially (10 years)
    qsetupfee: Mapped[Cents]
    ssetupfee: Mapped[Cents]
    asetupfee: Mapped[Cents]
    bsetupfee: Mapped[Cents]
    tsetupfee: Mapped[Cents]  # domains: client group, 0: all
    monthly: Mapped[Cents]  # also the one-time price
    quarterly: Mapped[Cents]
    semiannually: Mapped[Cents]
    annually: Mapped[Cents]
    biennially: Mapped[Cents]
    triennially: Mapped[Cents]


class CustomField(Base):
    """A custom field of clients, products, addons or tickets."""

    __tablename__ = "tblcustomfields"

    id: Mapped[Key]
    type: Mapped[Text]  # client, product, addon, support
    relid: Mapped[Ref]  # product, addon or department; 0 for clients
    fieldname: Mapped[Text]  # "key|Friendly Name"; modules get the key
    fieldtype: Mapped[Text]  # text, password, link, textarea, dropdown, tickbox
    description: Mapped[Text]
    fieldoptions: Mapped[Text]  # list with commas, for dropdown
    regexpr: Mapped[Text]
    adminonly: Mapped[Text]  # on or empty, like the following three
    required: Mapped[Text]
    showorder: Mapped[Text]
    showinvoice: Mapped[Text]
    sortorder: Mapped[Num]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class CustomFieldValue(Base):
    """What one client, service, addon or ticket has in a custom field."""

    __tablename__ = "tblcustomfieldsvalues"
    __table_args__ = (Index("ix_tblcustomfieldsvalues_fieldid_relid", "fieldid", "relid"),)

    id: Mapped[Key]
    fieldid: Mapped[Num]  # tblcustomfields.id
    relid: Mapped[Ref]  # client, service, addon or ticket
    value: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ProductSlug(Base):
    """A product's address in the store, with earlier ones."""

    __tablename__ = "tblproducts_slugs"

    id: Mapped[Key]
    product_id: Mapped[URef]
    group_id: Mapped[UNum]
    group_slug: Mapped[str] = varchar(255)
    slug: Mapped[str] = varchar(255, index=True)
    active: Mapped[UNum]
    clicks: Mapped[UNum]
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]


class Promotion(Base):
    """A promotion code."""

    __tablename__ = "tblpromotions"
    __table_args__ = (*same_index("tblpromotions", "code"),)

    id: Mapped[Key]
    code: Mapped[Text]
    type: Mapped[Text]  # Percentage, Fixed Amount, Price Override, Free Setup
    recurring: Mapped[NumOrNull]
    value: Mapped[Cents]
    cycles: Mapped[Text]  # list with commas
    appliesto: Mapped[Text]  # product ids, A<addon id>, D.<tld>, with commas
    requires: Mapped[Text]  # like appliesto
    requiresexisting: Mapped[Num]
    startdate: Mapped[Day]
    expirationdate: Mapped[DayOrNull]
    maxuses: Mapped[Num]
    uses: Mapped[Num]
    lifetimepromo: Mapped[Num]
    applyonce: Mapped[Num]
    newsignups: Mapped[Num]
    existingclient: Mapped[Num]
    onceperclient: Mapped[Num]
    recurfor: Mapped[Num]  # 0: without end
    upgrades: Mapped[Num]
    upgradeconfig: Mapped[Text]
    notes: Mapped[Text]


class Addon(Base):
    """A product addon that can be ordered."""

    __tablename__ = "tbladdons"

    id: Mapped[Key]
    packages: Mapped[Text]  # product ids with commas
    name: Mapped[Text]
    description: Mapped[Text]
    billingcycle: Mapped[Text]  # free, onetime, recurring, or one cycle's name
    allowqty: Mapped[UNum]
    tax: Mapped[Num]
    showorder: Mapped[Num]
    hidden: Mapped[Num]
    retired: Mapped[Num]
    downloads: Mapped[Text]
    autoactivate: Mapped[Text]  # like autosetup of products
    suspendproduct: Mapped[Num]
    welcomeemail: Mapped[Num]
    type: Mapped[str] = varchar(16)
    module: Mapped[str] = varchar(32)  # system name of a server module
    server_group_id: Mapped[Num]
    prorate: Mapped[Num]
    weight: Mapped[Num]
    autolinkby: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ModuleConfiguration(Base):
    """A module setting of an addon (products have columns for theirs)."""

    __tablename__ = "tblmodule_configuration"
    __table_args__ = (UniqueConstraint("entity_type", "entity_id", "setting_name"),)

    id: Mapped[Key]
    entity_type: Mapped[str] = varchar(8)  # product, addon
    entity_id: Mapped[UNum]
    setting_name: Mapped[str] = varchar(16)  # such as configoption1
    friendly_name: Mapped[str] = varchar(64)
    value: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
