"""The menu: as in version 8, or, while an older version is emulated, as it was before. Addresses are the same in both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Entry:
    """A place in the menu; entries with children open, others lead somewhere. Shown to those who hold `permission`."""

    label: str
    url: str = ""
    permission: str = ""
    children: tuple["Entry", ...] = ()
    icon: str = ""
    hint: str = ""


_CLIENTS = Entry(
    "Clients",
    children=(
        Entry("View/Search Clients", "/admin/clients.php", "List Clients"),
        Entry("Add New Client", "/admin/clientsadd.php", "Add New Client"),
        Entry("Manage Users", "/admin/users.php", "Manage Users"),
        Entry("Products/Services", "/admin/clientshostinglist.php", "List Services"),
        Entry("Cancellation Requests", "/admin/cancelrequests.php", "View Cancellation Requests"),
    ),
)
_ORDERS = Entry(
    "Orders",
    children=(
        Entry("List All Orders", "/admin/orders.php", "View Orders"),
        Entry("Pending Orders", "/admin/orders.php?status=Pending", "View Orders"),
        Entry("Active Orders", "/admin/orders.php?status=Active", "View Orders"),
        Entry("Fraud Orders", "/admin/orders.php?status=Fraud", "View Orders"),
        Entry("Cancelled Orders", "/admin/orders.php?status=Cancelled", "View Orders"),
        Entry("Add New Order", "/admin/ordersadd.php", "Add New Order"),
    ),
)
_BILLING = Entry(
    "Billing",
    children=(
        Entry("Transactions List", "/admin/transactions.php", "List Transactions"),
        Entry("Gateway Log", "/admin/gatewaylog.php", "View Gateway Log"),
        Entry("Invoices", "/admin/invoices.php", "List Invoices"),
        Entry("Unpaid Invoices", "/admin/invoices.php?status=Unpaid", "List Invoices"),
        Entry("Overdue Invoices", "/admin/invoices.php?status=Overdue", "List Invoices"),
        Entry("Paid Invoices", "/admin/invoices.php?status=Paid", "List Invoices"),
        Entry("Cancelled Invoices", "/admin/invoices.php?status=Cancelled", "List Invoices"),
    ),
)
_QUEUE = Entry("Module Queue", "/admin/modulequeue.php", "Module Queue")
_STATUS = Entry("Automation Status", "/admin/automationstatus.php", "View Automation Status")
_CLOCK = Entry("Clock", "/admin/clock.php", "Configure Automation Settings")
_CALLS = Entry("Module Calls", "/admin/modulecalls.php", "View Module Debug Log")
_HOOKS = Entry("Hooks", "/admin/hooks.php", "View Module Debug Log")
_LOGS = (
    Entry("Activity Log", "/admin/systemactivitylog.php", "View Activity Log"),
    Entry("Module Log", "/admin/systemmodulelog.php", "View Module Debug Log"),
    Entry("Email Log", "/admin/systememaillog.php", "View Email Message Log"),
)
_PRODUCTS = Entry(
    "Products/Services", "/admin/configproducts.php", "View Products/Services", icon="fa-solid fa-box-open",
    hint="Product groups, products, prices and module settings",
)  # fmt: skip
_OPTIONS = Entry(
    "Configurable Options", "/admin/configproductoptions.php", "Configure Product Options", icon="fa-solid fa-sliders",
    hint="Choices that customers make when they order",
)  # fmt: skip
_PRODUCT_ADDONS = Entry(
    "Product Addons", "/admin/configaddons.php", "View Product Addons", icon="fa-solid fa-circle-plus",
    hint="What is sold with products, or for services that clients have",
)  # fmt: skip
_SERVERS = Entry(
    "Servers", "/admin/configservers.php", "Configure Servers", icon="fa-solid fa-server",
    hint="Servers and server groups that modules provision on",
)  # fmt: skip
_GENERAL = Entry(
    "General Settings", "/admin/configgeneral.php", "Configure General Settings", icon="fa-solid fa-gear",
    hint="Company, theme, mail, invoices, credit, maintenance",
)  # fmt: skip
_AUTOMATION = Entry(
    "Automation Settings", "/admin/configauto.php", "Configure Automation Settings", icon="fa-solid fa-clock-rotate-left",
    hint="The cron command, invoices, reminders, suspensions",
)  # fmt: skip
_ENDPOINTS = Entry(
    "Vendor Endpoints", "/admin/vendorendpoints.php", "Configure General Settings", icon="fa-solid fa-route",
    hint="Send a vendor's hosts to a sandbox or to the real service",
)  # fmt: skip
_CREDENTIALS = Entry(
    "API Credentials", "/admin/configapicredentials.php", "Manage API Credentials", icon="fa-solid fa-key",
    hint="Identifiers, secrets and roles of API clients",
)  # fmt: skip
_ADMINS = Entry(
    "Administrator Users", "/admin/configadmins.php", "Configure Administrators", icon="fa-solid fa-user-shield",
    hint="Who may sign in to the admin area",
)  # fmt: skip
_ROLES = Entry(
    "Administrator Roles", "/admin/configadminroles.php", "Configure Admin Roles", icon="fa-solid fa-users-gear",
    hint="What each kind of administrator may do",
)  # fmt: skip
_TWO_FACTOR = Entry(
    "Two-Factor Authentication", "/admin/configtwofa.php", "Configure Two-Factor Authentication", icon="fa-solid fa-mobile-screen",
    hint="Codes from a phone after the password, offered or required",
)  # fmt: skip
_ADDONS = Entry(
    "Addon Modules", "/admin/configaddonmods.php", "Configure Addon Modules", icon="fa-solid fa-puzzle-piece",
    hint="Install, activate and configure addon modules, and who may open them",
)  # fmt: skip
_CURRENCIES = Entry(
    "Currencies", "/admin/configcurrencies.php", "Configure Currencies", icon="fa-solid fa-coins",
    hint="Signs, formats and rates; the prices that follow from them",
)  # fmt: skip
_TAX = Entry(
    "Tax Configuration", "/admin/configtax.php", "Tax Configuration", icon="fa-solid fa-percent",
    hint="Inclusive or exclusive, and the rates by country and state",
)  # fmt: skip
_PROMOTIONS = Entry(
    "Promotions", "/admin/configpromotions.php", "View Promotions", icon="fa-solid fa-tags",
    hint="Promotion codes that customers enter when they order",
)  # fmt: skip
_GATEWAYS = Entry(
    "Payment Gateways", "/admin/configgateways.php", "Configure Payment Gateways", icon="fa-solid fa-credit-card",
    hint="Which ways to pay clients have, and how each is set up",
)  # fmt: skip
_CLIENT_FIELDS = Entry(
    "Custom Client Fields", "/admin/configcustomfields.php", "Configure Custom Client Fields", icon="fa-solid fa-rectangle-list",
    hint="What else you ask of clients",
)  # fmt: skip
_CLIENT_GROUPS = Entry(
    "Client Groups", "/admin/configclientgroups.php", "Configure Client Groups", icon="fa-solid fa-user-tag",
    hint="Colours, discounts and exemptions",
)  # fmt: skip
_QUESTIONS = Entry(
    "Security Questions", "/admin/configsecurityqs.php", "Configure Security Questions", icon="fa-solid fa-circle-question",
    hint="What users are asked before they reset a password",
)  # fmt: skip
_EMAILS = Entry(
    "Email Templates", "/admin/configemailtemplates.php", "View Email Templates", icon="fa-solid fa-envelope-open-text",
    hint="What mails say, in which language, and who gets copies",
)  # fmt: skip
_HOME = Entry("Home", "/admin/index.php")

#: groups of tiles on the System Settings page
SETTINGS = (
    Entry("Product and Service Management", children=(_PRODUCTS, _PRODUCT_ADDONS, _OPTIONS, _SERVERS, _ADDONS)),
    Entry("General", children=(_GENERAL, _AUTOMATION, _EMAILS, _ENDPOINTS)),
    Entry("Payments", children=(_GATEWAYS, _CURRENCIES, _TAX, _PROMOTIONS)),
    Entry("Clients", children=(_CLIENT_FIELDS, _CLIENT_GROUPS, _QUESTIONS)),
    Entry("Staff and API", children=(_ADMINS, _ROLES, _TWO_FACTOR, _CREDENTIALS)),
)
SETTINGS_URL = "/admin/configsystem.php"

MODERN = (
    _HOME,
    _CLIENTS,
    _ORDERS,
    _BILLING,
    Entry("Utilities", children=(_STATUS, _QUEUE, _CALLS, _HOOKS, _CLOCK)),
    Entry(
        "Configuration",
        icon="fa-solid fa-wrench",
        children=(
            Entry("System Settings", SETTINGS_URL),
            _PRODUCTS,
            _PRODUCT_ADDONS,
            _OPTIONS,
            _SERVERS,
            _ADDONS,
            _GENERAL,
            _AUTOMATION,
            _ENDPOINTS,
            _CREDENTIALS,
            Entry("System Logs", children=_LOGS),
        ),
    ),
)
OLD = (
    _HOME,
    _CLIENTS,
    _ORDERS,
    _BILLING,
    Entry("Utilities", children=(_STATUS, _QUEUE, _CALLS, _HOOKS, _CLOCK, Entry("Logs", children=_LOGS))),
    Entry(
        "Setup",
        children=(
            _GENERAL,
            _AUTOMATION,
            Entry(
                "Staff Management",
                children=(_ADMINS, _ROLES, _TWO_FACTOR, replace(_CREDENTIALS, label="Manage API Credentials")),
            ),
            Entry("Payments", children=(_GATEWAYS, _CURRENCIES, _TAX, _PROMOTIONS)),
            Entry("Products/Services", children=(_PRODUCTS, _PRODUCT_ADDONS, _OPTIONS)),
            _SERVERS,
            _ADDONS,
            Entry("Clients", children=(_CLIENT_FIELDS, _CLIENT_GROUPS)),
            _EMAILS,
            _ENDPOINTS,
        ),
    ),
)


def is_old(version: str) -> bool:
    """Whether this version has the menu from before 8.0."""
    major = version.split(".")[0]
    return major.isdigit() and int(major) < 8


def menu(version: str, allowed: set[str], addons: Mapping[str, str] | None = None) -> list[Entry]:
    """The menu of that version as far as these permissions reach, with the addon modules (name => label) of this role."""
    found = _filtered(OLD if is_old(version) else MODERN, allowed)
    if addons and "Addon Modules" in allowed:
        pages = tuple(Entry(label, f"/admin/addonmodules.php?module={name}") for name, label in addons.items())
        place = next((n for n, entry in enumerate(found) if entry.icon or entry.label == "Setup"), len(found))
        found.insert(place, Entry("Addons", children=pages))
    return found


def tiles(allowed: set[str]) -> list[Entry]:
    """The groups of the System Settings page."""
    return _filtered(SETTINGS, allowed)


def _filtered(entries: Iterable[Entry], allowed: set[str]) -> list[Entry]:
    found = []
    for entry in entries:
        if entry.children:
            children = tuple(_filtered(entry.children, allowed))
            if children:
                found.append(replace(entry, children=children))
        elif not entry.permission or entry.permission in allowed:
            found.append(entry)
    return found


def place(entries: Iterable[Entry], url: str, path: str) -> tuple[Entry | None, str]:
    """The section of the menu that a page belongs to, and the address of its entry: with the query first, then without."""
    entries = list(entries)
    for wanted in (url, path):
        for section in entries:
            for entry in _leaves(section):
                if entry.url == wanted:
                    return section, entry.url
    return None, ""


def behind_tiles(entries: list[Entry], url: str) -> list[Entry]:
    """The menu, if `url` is reached by a tile of System Settings; else none of it."""
    return entries if any(entry.url == url for group in SETTINGS for entry in group.children) else []


def _leaves(entry: Entry) -> Iterable[Entry]:
    if not entry.children:
        yield entry
    for child in entry.children:
        yield from _leaves(child)


def side(section: Entry | None) -> list[Entry]:
    """The side list of a section: its own entries, then one list per group inside it."""
    if section is None or not section.children:
        return []
    own = tuple(entry for entry in section.children if not entry.children)
    groups = [Entry(section.label, children=own)] if own else []
    return groups + [entry for entry in section.children if entry.children]
