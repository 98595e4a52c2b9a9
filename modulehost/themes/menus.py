"""The default navigation bars and sidebars, with the publicly known item names, and the hooks that may change them.

Entries lead only to pages that the host has; menus of features that are not modelled are left out. Labels are phrases or
encoded client data. Source: the public menu documentation; names marked customary there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from modulehost import hooks, journal
from modulehost.context import Ctx
from modulehost.language import phrase
from modulehost.themes.encode import text
from modulehost.themes.menu import Item


@dataclass
class Menus:
    """The four menus of a page and the context that hooks may look up (`client`, `service`, ...)."""

    primary_navbar: Item
    secondary_navbar: Item
    primary_sidebar: Item = field(default_factory=lambda: Item("Primary Sidebar"))
    secondary_sidebar: Item = field(default_factory=lambda: Item("Secondary Sidebar"))


#: point -> the menu it hands over, in the order in which they fire
_POINTS: tuple[tuple[str, Callable[[Menus], Item]], ...] = (
    ("ClientAreaPrimaryNavbar", lambda menus: menus.primary_navbar),
    ("ClientAreaSecondaryNavbar", lambda menus: menus.secondary_navbar),
    ("ClientAreaPrimarySidebar", lambda menus: menus.primary_sidebar),
    ("ClientAreaSecondarySidebar", lambda menus: menus.secondary_sidebar),
)


def navbars(
    language: str,
    signed_in: bool,
    name: str = "",
    groups: list[tuple[str, str]] | None = None,
    lone: str = "",
    *,
    funds: bool = False,
) -> tuple[Item, Item]:
    """The primary and the secondary navigation bar. `name` is the client's, `groups` are (name, address) of the store.

    `lone` is a signed-in user who acts for no client yet; `funds`: clients may add some.
    """

    def say(key: str) -> str:
        return phrase(language, key)

    primary, secondary = Item("Primary Navbar"), Item("Secondary Navbar")
    primary.addChild("Home", {"label": say("navhome"), "uri": "/clientarea.php" if signed_in else "/index.php"})
    if signed_in:
        services = primary.addChild("Services", {"label": say("navservices"), "uri": "#"})
        services.addChild(
            "My Services", {"label": say("clientareanavservices"), "uri": "/clientarea.php?action=services"}
        )
        services.addChild("Services Divider", {"label": "-----", "attributes": {"class": "nav-divider"}})
        services.addChild("Order New Services", {"label": say("navservicesorder"), "uri": "/cart.php"})
        services.addChild("View Available Addons", {"label": say("clientareaviewaddons"), "uri": "/cart.php?gid=addons"})
        billing = primary.addChild("Billing", {"label": say("navbilling"), "uri": "#"})
        billing.addChild("My Invoices", {"label": say("navinvoices"), "uri": "/clientarea.php?action=invoices"})
        billing.addChild("Mass Payment", {"label": say("masspaytitle"), "uri": "/clientarea.php?action=masspay&all=true"})
        billing.addChild("Payment Methods", {"label": say("paymentMethods.title"), "uri": "/account/paymentmethods"})
        if funds:
            billing.addChild("Add Funds", {"label": say("addfunds"), "uri": "/clientarea.php?action=addfunds"})
        account = secondary.addChild(
            "Account", {"label": text(name) or say("account"), "uri": "#", "icon": "far fa-user-circle"}
        )
        for child, key, uri in (
            ("Edit Account Details", "clientareanavdetails", "/clientarea.php?action=details"),
            ("User Management", "navUserManagement", "/account/users"),
            ("Contacts/Sub-Accounts", "clientareanavcontacts", "/account/contacts"),
            ("Email History", "clientareanavemails", "/clientarea.php?action=emails"),
            ("Your Profile", "userProfile.profile", "/user/profile"),
            ("Switch Account", "switchAccount.title", "/user/accounts"),
            ("Change Password", "clientareanavchangepw", "/user/password"),
            ("Security Settings", "navUserSecurity", "/user/security"),
        ):
            account.addChild(child, {"label": say(key), "uri": uri})
        account.addChild("Divider", {"label": "-----", "attributes": {"class": "nav-divider"}})
        account.addChild("Logout", {"label": say("clientareanavlogout"), "uri": "/logout.php"})
    else:
        store = primary.addChild("Store", {"label": say("navstore"), "uri": "#"})
        store.addChild("Browse Products Services", {"label": say("navbrowseproductsservices"), "uri": "/cart.php"})
        if groups:
            store.addChild("Shop Divider 1", {"label": "-----", "attributes": {"class": "nav-divider"}})
        for group, uri in groups or []:
            store.addChild(_name(store, group), {"label": text(group), "uri": uri})
        shown = {"label": text(lone) or say("account"), "uri": "#", "icon": "far fa-user-circle"}
        account = secondary.addChild("Account", shown)
        if lone:
            account.addChild("Switch Account", {"label": say("switchAccount.title"), "uri": "/user/accounts"})
            account.addChild("Divider", {"label": "-----", "attributes": {"class": "nav-divider"}})
            account.addChild("Logout", {"label": say("clientareanavlogout"), "uri": "/logout.php"})
            return primary, secondary
        account.addChild("Login", {"label": say("login"), "uri": "/login"})
        account.addChild("Register", {"label": say("register"), "uri": "/register.php"})
        account.addChild("Divider", {"label": "-----", "attributes": {"class": "nav-divider"}})
        account.addChild("Forgot Password?", {"label": say("forgotpw"), "uri": "/password/reset"})
    return primary, secondary


def account_sidebar(language: str, current: str) -> Item:
    """The sidebar of the account pages; `current` is the name of the shown page's entry."""
    sidebar = Item("Primary Sidebar")
    panel = sidebar.addChild(
        "Account", {"label": phrase(language, "sidebars.viewAccount.myAccount"), "icon": "fas fa-user"}
    )
    for name, key, uri in (
        ("Account Details", "clientareanavdetails", "/clientarea.php?action=details"),
        ("User Management", "navUserManagement", "/account/users"),
        ("Payment Methods", "paymentMethods.title", "/account/paymentmethods"),
        ("Contacts", "clientareanavcontacts", "/account/contacts"),
        ("Email History", "clientareanavemails", "/clientarea.php?action=emails"),
        ("Your Profile", "userProfile.profile", "/user/profile"),
        ("Change Password", "clientareanavchangepw", "/user/password"),
        ("Security Settings", "navUserSecurity", "/user/security"),
    ):
        panel.addChild(name, {"label": phrase(language, key), "uri": uri, "current": name == current})
    return sidebar


def services_sidebars(language: str, counts: dict[str, int], shown: str) -> tuple[Item, Item]:
    """The status filter of the services list (`counts`: status -> number) and the actions beside it."""
    first, second = Item("Primary Sidebar"), Item("Secondary Sidebar")
    panel = first.addChild(
        "My Services Status Filter", {"label": phrase(language, "host.statusFilter"), "icon": "fas fa-filter"}
    )
    address = "/clientarea.php?action=services"
    total = sum(counts.values())
    everything = {
        "label": phrase(language, "clientareadefaultstatus"),
        "uri": address,
        "badge": total,
        "current": not shown,
    }
    panel.addChild("All", everything)
    for status, number in counts.items():
        label = phrase(language, f"clientarea{status.lower()}")
        options = {"label": label, "uri": f"{address}&status={status}", "badge": number, "current": shown == status}
        panel.addChild(status, options)
    actions = second.addChild("My Services Actions", {"label": phrase(language, "actions"), "icon": "fas fa-plus"})
    label = phrase(language, "navservicesorder")
    actions.addChild("Order New Services", {"label": label, "uri": "/cart.php", "icon": "fas fa-shopping-cart fa-fw"})
    return first, second


def service_sidebar(
    language: str, service_id: int, buttons: list[tuple[str, str]], password: bool, ready: bool
) -> Item:
    """The sidebar of one service: overview, and its actions.

    `buttons` are (label, function) of the module; `password`: the module can change it; `ready`: the service is Active.
    """
    sidebar = Item("Primary Sidebar")
    address = f"/clientarea.php?action=productdetails&id={service_id}"
    overview = sidebar.addChild(
        "Service Details Overview", {"label": phrase(language, "overview"), "icon": "fas fa-star"}
    )
    label = phrase(language, "information")
    overview.addChild(
        "Information",
        {"label": label, "uri": f"{address}#tabOverview", "current": True, "attributes": {"dataToggleTab": True}},
    )
    actions = sidebar.addChild(
        "Service Details Actions", {"label": phrase(language, "actions"), "icon": "fas fa-wrench"}
    )
    if password:
        label = phrase(language, "serverchangepassword")
        options: dict[str, Any] = {
            "label": label,
            "uri": f"{address}#tabChangepw",
            "attributes": {"dataToggleTab": True},
        }
        actions.addChild("Change Password", {**options, "disabled": not ready})
    for label, function in buttons if ready else []:
        uri = f"{address}&modop=custom&a={quote(function)}"
        actions.addChild(_name(actions, f"Custom Module Button {label}"), {"label": text(label), "uri": uri})
    if not actions.hasChildren():
        sidebar.removeChild(actions)
    return sidebar


def sign_on_item(sidebar: Item, service_id: int, label: str) -> Item:
    """Put the way into the vendor's own panel before the other actions of a service."""
    actions = sidebar.getChild("Service Details Actions") or sidebar.addChild(
        "Service Details Actions", {"label": text(label)}
    )
    uri = f"/clientarea.php?action=productdetails&id={service_id}&dosinglesignon=1"
    item = actions.addChild("Login to Panel", {"label": text(label), "uri": uri, "attributes": {"target": "_blank"}})
    return item.moveToFront()


def service_changes(language: str, sidebar: Item, service_id: int, *, package: bool, options: bool, cancel: bool) -> None:
    """Put the ways to change or end a service behind its other actions: only those that are possible now."""
    wanted = (
        ("Upgrade/Downgrade", "upgradedowngradepackage", f"/upgrade.php?type=package&id={service_id}", package),
        ("Upgrade/Downgrade Options", "upgradedowngradeconfigoptions", f"/upgrade.php?type=configoptions&id={service_id}", options),
        ("Cancel", "clientareacancelrequestbutton", f"/clientarea.php?action=cancel&id={service_id}", cancel),
    )
    for name, key, uri, possible in wanted:
        if possible:
            actions = sidebar.getChild("Service Details Actions") or sidebar.addChild(
                "Service Details Actions", {"label": phrase(language, "actions"), "icon": "fas fa-wrench"}
            )
            actions.addChild(name, {"label": phrase(language, key), "uri": uri})


#: `gid` of the list of product addons in the store's sidebar
ADDONS = -1


def categories_sidebar(
    language: str, groups: list[tuple[int, str, str]], gid: int, count: int, *, addons: bool = False
) -> Item:
    """The store's sidebar: product groups (id, name, address), for clients the product addons, and the way to the cart."""
    sidebar = Item("Secondary Sidebar")
    panel = sidebar.addChild(
        "Categories",
        {"label": phrase(language, "navstore"), "icon": "fas fa-shopping-cart", "extras": {"mobileSelect": True}},
    )
    for group_id, name, uri in groups:
        panel.addChild(_name(panel, name), {"label": text(name), "uri": uri, "current": group_id == gid})
    if addons:
        label = phrase(language, "cartproductaddons")
        panel.addChild(_name(panel, "Addons"), {"label": label, "uri": "/cart.php?gid=addons", "current": gid == ADDONS})
    actions = sidebar.addChild("Actions", {"label": phrase(language, "actions"), "icon": "fas fa-plus"})
    badge = count or ""
    label = phrase(language, "host.yourCart")
    actions.addChild(
        "View Cart", {"label": label, "uri": "/cart.php?a=view", "badge": badge, "icon": "fas fa-shopping-cart fa-fw"}
    )
    return sidebar


def _name(menu: Item, wanted: str) -> str:
    """A name for a child that people named: templates print names into attributes as they are, and equal ones replace."""
    name = wanted.translate({ord(sign): None for sign in "\"<>"})
    return name if name not in menu.children else f"{name} {len(menu.children)}"


def restrict(menu: Item, may_open: Callable[[str], bool]) -> None:
    """Take out the links that this user may not follow, and the menus that are left with nothing but dividers."""
    for item in list(menu.getChildren().values()):
        had = item.hasChildren()
        restrict(item, may_open)
        uri = str(item.getUri() or "")
        empty = had and all(child.getUri() is None for child in item.getChildren().values())
        if (uri and uri != "#" and not may_open(uri)) or empty:
            menu.removeChild(item)


def announce(ctx: Ctx, menus: Menus) -> None:
    """Let the hooks change the menus; a hook that fails is written to the activity log and the page goes on."""
    problems = []
    for point in ("ClientAreaNavbars", "ClientAreaSidebars"):
        problems += [(point, r) for r in hooks.fire(ctx, point) if r.error]
    for point, pick in _POINTS:
        problems += [(point, r) for r in hooks.fire(ctx, point, pick(menus)) if r.error]
    report(ctx, problems)


def report(ctx: Ctx, problems: list[tuple[str, hooks.Result]]) -> None:
    """Write failed hooks to the activity log."""
    if problems:
        with ctx.unit() as db:
            for point, result in problems:
                journal.activity(db, f"Hook {point} at {result.place} failed: {result.error}")
