"""The public menu API, as hooks and templates use it."""

import pytest

from modulehost.context import Ctx
from modulehost.smarty import PhpError, render_string
from modulehost.themes import Item, MenuError, menus


@pytest.fixture
def menu() -> Item:
    root = Item("Primary Navbar")
    for name in ("Home", "Services", "Billing"):
        root.addChild(name, {"uri": f"/{name.lower()}"})
    return root


def names(item: Item) -> list[str]:
    return list(item.getChildren())


def test_orders_are_tens_and_lower_comes_first(menu: Item) -> None:
    assert [child.getOrder() for child in menu] == [10, 20, 30]
    menu.addChild("Store", {"order": 15})
    assert names(menu) == ["Home", "Store", "Services", "Billing"]
    menu.addChild("Last")
    assert names(menu)[-1] == "Last"


def test_moving(menu: Item) -> None:
    billing = menu.getChild("Billing")
    assert billing is not None
    billing.moveToFront()
    assert names(menu) == ["Billing", "Home", "Services"]
    billing.moveDown()
    assert names(menu) == ["Home", "Billing", "Services"]
    billing.moveUp().moveUp()
    assert names(menu) == ["Billing", "Home", "Services"]
    billing.moveToBack()
    assert names(menu) == ["Home", "Services", "Billing"]


def test_moving_works_among_equal_orders() -> None:
    root = Item("Menu")
    for name in "abc":
        root.addChild(name, {"order": 10})
    last = root.getChild("c")
    assert last is not None
    last.moveUp()
    assert names(root) == ["a", "c", "b"]


def test_the_dom_id_names_the_way_down() -> None:
    sidebar = Item("Primary Sidebar")
    child = sidebar.addChild("Service Details Actions").addChild("Change Password")
    assert child.getId() == "Primary_Sidebar-Service_Details_Actions-Change_Password"
    assert child.getRoot() is sidebar
    assert child.getLevel() == 2


def test_label_falls_back_to_the_name(menu: Item) -> None:
    home = menu.getChild("Home")
    assert home is not None
    assert home.getLabel() == "Home"
    assert home.setLabel("Start").getLabel() == "Start"
    assert home.setLabel(None).getLabel() == "Home"


def test_children_are_added_replaced_removed_and_renamed(menu: Item) -> None:
    assert menu.getChild("Nothing") is None
    assert menu.removeChild("Nothing") is menu
    first = menu.addChild("Billing", {"label": "Money"})
    assert menu.getChild("Billing") is first
    assert menu.count() == 3
    first.setName("Invoices")
    assert names(menu) == ["Home", "Services", "Invoices"]
    with pytest.raises(MenuError, match="already has a child 'Home'"):
        first.setName("Home")
    menu.removeChild(first)
    assert first.getParent() is None
    other = Item("Other")
    moved = menu.getChild("Home")
    assert moved is not None
    other.addChild(moved)
    assert menu.getChild("Home") is None
    with pytest.raises(MenuError, match="child of itself"):
        moved.addChild(other)


def test_hidden_children_do_not_count_as_shown(menu: Item) -> None:
    for child in menu:
        child.setDisplay(False)
    assert not menu.hasChildren()
    assert menu.count() == 3


def test_icons_badges_html_attributes_and_extras(menu: Item) -> None:
    item = menu.addChild(
        "Panel",
        {"icon": "fa-ticket", "badge": 0, "bodyHtml": "<p>x</p>", "attributes": {"class": "a"}, "extras": {"color": "gold"},
         "childrenAttributes": {"class": "list"}},
    )  # fmt: skip
    assert item.getIcon() == "fas fa-ticket"
    assert item.setIcon("far fa-user").getIcon() == "far fa-user"
    assert item.hasBadge()
    assert item.getBadge() == "0"
    assert item.hasBodyHtml()
    assert not item.hasFooterHtml()
    assert (item.getClass(), item.getExtra("color"), item.getExtra("none", 1)) == ("a", "gold", 1)
    assert item.getChildrenAttribute("class") == "list"
    assert item.disable().isDisabled()
    assert not item.enable().isDisabled()
    assert item.setCurrent(True).isCurrent()
    with pytest.raises(MenuError, match="unknown option 'colour'"):
        menu.addChild("X", {"colour": "red"})


def test_templates_call_the_same_methods(menu: Item) -> None:
    template = "{foreach $menu as $item}{$item->getName()}={$item->getUri()}{if !$item@last},{/if}{/foreach}|{$menu->hasChildren()}|{count($menu)}"
    assert render_string(template, {"menu": menu}) == "Home=/home,Services=/services,Billing=/billing|1|3"
    assert render_string("{$menu->getChild('Home')->setLabel('Go')->getLabel()}", {"menu": menu}) == "Go"


@pytest.mark.parametrize("name", ["__init__", "_set", "get_property", "iterate", "children", "nothing"])
def test_templates_reach_nothing_else(menu: Item, name: str) -> None:
    with pytest.raises(PhpError, match="undefined method"):
        menu.call_method(name, [])
    assert not menu.method_exists(name)


def test_the_default_bars_have_the_known_names() -> None:
    primary, secondary = menus.navbars("english", True, "Asha <Rao>")
    assert names(primary) == ["Home", "Services", "Billing"]
    assert names(primary.getChildren()["Services"]) == [
        "My Services", "Services Divider", "Order New Services", "View Available Addons",
    ]  # fmt: skip
    account = secondary.getChildren()["Account"]
    assert account.getLabel() == "Asha &lt;Rao&gt;"
    assert names(account)[-1] == "Logout"
    primary, secondary = menus.navbars("english", False, groups=[("Mail & more", "/store/mail")])
    assert names(primary) == ["Home", "Store"]
    assert names(primary.getChildren()["Store"]) == ["Browse Products Services", "Shop Divider 1", "Mail & more"]
    assert names(secondary.getChildren()["Account"]) == ["Login", "Register", "Divider", "Forgot Password?"]


def test_hooks_get_the_item_itself_and_a_failing_one_is_written_down(ctx: Ctx) -> None:
    from sqlalchemy import select

    from modulehost import hooks
    from modulehost.schema import ActivityLog

    hooks.add(ctx.host, "ClientAreaPrimaryNavbar", 1, lambda bar: bar.addChild("Help", {"uri": "/help"}).moveToFront())  # type: ignore[attr-defined]
    hooks.add(ctx.host, "ClientAreaSecondaryNavbar", 1, lambda bar: bar.getChild("Nobody").setLabel("x"))  # type: ignore[attr-defined]
    bars = menus.Menus(*menus.navbars("english", False))
    menus.announce(ctx, bars)
    assert names(bars.primary_navbar)[0] == "Help"
    with ctx.unit(read=True) as db:
        assert any("ClientAreaSecondaryNavbar" in row.description for row in db.scalars(select(ActivityLog)))
