"""Configurable option groups, options, choices and prices, as the story sets them up."""

from decimal import Decimal

import pytest

from modulehost.context import Ctx
from modulehost.schema import (
    ConfigOption,
    ConfigOptionSub,
    Pricing,
    ProductConfigGroup,
    ProductConfigLink,
    Service,
    ServiceConfigOption,
)

from .conftest import Browser, wrongs

PAGE = "/admin/configproductoptions.php"
NEW = PAGE + "?manageoptions=true&gid=1"


@pytest.fixture
def group(admin: Browser) -> int:
    """Option group 1, assigned to products 1 and 2."""
    admin.saved("/admin/configproducts.php?action=creategroup", name="Mail")
    for name in ("Mail S", "Mail L"):
        admin.saved("/admin/configproducts.php?action=create", name=name, gid="1", type="other")
    target = admin.saved(
        PAGE + "?action=managegroup", {"name": "Mail options", "description": "Size", "productlinks": ["1", "2", "77"]}
    )
    assert target == PAGE + "?action=managegroup&id=1"
    return 1


def subs(ctx: Ctx, option: int) -> list[tuple[str, Decimal, Decimal]]:
    """Name, monthly set-up and monthly price of an option's choices."""
    with ctx.unit(read=True) as db:
        found = []
        for sub in (
            db.query(ConfigOptionSub).filter_by(configid=option).order_by(ConfigOptionSub.sortorder, ConfigOptionSub.id)
        ):
            price = db.query(Pricing).filter_by(type="configoptions", relid=sub.id, currency=1).one()
            found.append((sub.optionname, price.msetupfee, price.monthly))
        return found


def option(ctx: Ctx, key: int = 1) -> ConfigOption:
    with ctx.unit(read=True) as db:
        return db.get_one(ConfigOption, key)


def test_group_and_products(admin: Browser, ctx: Ctx, group: int) -> None:
    with ctx.unit(read=True) as db:
        found = db.get_one(ProductConfigGroup, 1)
        assert (found.name, found.description) == ("Mail options", "Size")
        assert [(link.gid, link.pid) for link in db.query(ProductConfigLink).order_by(ProductConfigLink.pid)] == [
            (1, 1),
            (1, 2),
        ]
    page = admin.text(PAGE + "?action=managegroup&id=1")
    assert '<option value="1" selected>Mail S' in page and "Back to Groups List" in page
    admin.saved(PAGE + "?action=managegroup&id=1", {"name": "Renamed", "productlinks": ["2"]})
    with ctx.unit(read=True) as db:
        assert [link.pid for link in db.query(ProductConfigLink)] == [2]
    assert "Group Name is required." in wrongs(admin.post(PAGE + "?action=managegroup&id=1", name=""))[0]
    assert "Renamed" in admin.text(PAGE)


def test_quantity_option_of_the_story(admin: Browser, ctx: Ctx, group: int) -> None:
    page = admin.text(NEW)
    assert "Close Window" in page and "qtyminimum" not in page
    target = admin.saved(
        NEW,
        {
            "configoptionname": "Number of mailboxes", "configoptiontype": "4", "addoptionname": "Mailbox",
            "price[1][new][msetupfee]": "1.00", "price[1][new][monthly]": "2.50", "price[1][new][annually]": "25",
        },
    )  # fmt: skip
    assert target == PAGE + "?manageoptions=true&cid=1"
    found = option(ctx)
    assert (found.gid, found.optionname, found.optiontype, found.qtyminimum, found.qtymaximum) == (
        1,
        "Number of mailboxes",
        "4",
        0,
        0,
    )
    assert subs(ctx, 1) == [("Mailbox", Decimal("1.00"), Decimal("2.50"))]
    # After the first save: minimum, and a maximum of 0, which means unlimited. There is exactly one choice.
    page = admin.text(target)
    assert "Minimum Quantity Required" in page and "0 = unlimited" in page and "addoptionname" not in page
    change = {
        "configoptionname": "Number of mailboxes", "configoptiontype": "4", "order": "2", "qtyminimum": "5", "qtymaximum": "0",
        "optionname[1]": "Mailbox", "price[1][1][msetupfee]": "0", "price[1][1][monthly]": "3",
    }  # fmt: skip
    admin.saved(target, change)
    found = option(ctx)
    assert (found.qtyminimum, found.qtymaximum, found.order) == (5, 0, 2)
    assert subs(ctx, 1) == [("Mailbox", Decimal("0.00"), Decimal("3.00"))]
    assert "(5 to unlimited)" in admin.text(PAGE + "?action=managegroup&id=1")
    for least, most, text in (
        ("5", "3", "must not be below the minimum"),
        ("-1", "0", "must not be below 0"),
        ("x", "0", "whole number"),
    ):
        answer = admin.post(target, {**change, "qtyminimum": least, "qtymaximum": most})
        assert text in wrongs(answer)[0]
    answer = admin.post(target, {**change, "addoptionname": "Second"})
    assert "exactly one priced choice" in wrongs(answer)[0]


def test_radio_option_of_the_story(admin: Browser, ctx: Ctx, group: int) -> None:
    target = admin.saved(
        NEW,
        {
            "configoptionname": "plan|Plan and storage",
            "configoptiontype": "2",
            "addoptionname": "std|Standard 30GB",
            "price[1][new][monthly]": "3",
        },
    )
    keep = {
        "configoptionname": "plan|Plan and storage",
        "configoptiontype": "2",
        "optionname[1]": "std|Standard 30GB",
        "price[1][1][monthly]": "3",
    }
    admin.saved(
        target,
        {
            **keep,
            "addoptionname": "pro|Professional 100GB",
            "addsortorder": "1",
            "price[1][new][monthly]": "6",
            "price[1][new][msetupfee]": "2",
        },
    )
    assert subs(ctx, 1) == [
        ("std|Standard 30GB", Decimal("0.00"), Decimal("3.00")),
        ("pro|Professional 100GB", Decimal("2.00"), Decimal("6.00")),
    ]
    assert "plan|Plan and storage" in admin.text(PAGE + "?action=managegroup&id=1")
    admin.saved(
        target,
        {
            **keep,
            "optionname[2]": "pro|Professional 100GB",
            "price[1][2][monthly]": "6",
            "delete[2]": "1",
            "hidden": "1",
        },
    )
    assert [name for name, *_prices in subs(ctx, 1)] == ["std|Standard 30GB"]
    assert option(ctx).hidden == 1
    with ctx.unit(read=True) as db:
        assert db.query(Pricing).filter_by(type="configoptions").count() == 1  # the deleted choice's prices went, too


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"configoptionname": "", "configoptiontype": "1"}, "Option Name is required."),
        ({"configoptionname": "A", "configoptiontype": "9"}, "Option Type must be one of"),
        (
            {"configoptionname": "A", "configoptiontype": "1", "addoptionname": "x", "price[1][new][monthly]": "-3"},
            "must not be below 0",
        ),
        (
            {"configoptionname": "A", "configoptiontype": "1", "addoptionname": "x", "price[1][new][monthly]": "abc"},
            "not an amount",
        ),
    ],
)
def test_option_that_cannot_be_saved(admin: Browser, ctx: Ctx, group: int, fields: dict[str, str], text: str) -> None:
    assert text in wrongs(admin.post(NEW, fields))[0]
    with ctx.unit(read=True) as db:
        assert db.query(ConfigOption).count() == 0 and db.query(ConfigOptionSub).count() == 0


def test_what_services_use_is_not_deleted(admin: Browser, ctx: Ctx, group: int) -> None:
    target = admin.saved(
        NEW, {"configoptionname": "Plan", "configoptiontype": "1", "addoptionname": "A", "price[1][new][monthly]": "3"}
    )
    with ctx.unit() as db:
        service = Service(userid=1, packageid=1, domainstatus="Active")
        db.add(service)
        db.flush()
        db.add(ServiceConfigOption(relid=service.id, configid=1, optionid=1, qty=0))
    answer = admin.post(
        target, {"configoptionname": "Plan", "configoptiontype": "1", "optionname[1]": "A", "delete[1]": "1"}
    )
    assert "used by 1 service(s)" in wrongs(answer)[0]
    admin.saved(PAGE, action="deleteoption", cid="1", confirmed="1")
    assert "used by 1 service(s)" in admin.text(PAGE + "?action=managegroup&id=1")
    admin.saved(PAGE, action="deletegroup", id="1", confirmed="1")
    assert "The group was not deleted" in admin.text(PAGE)
    with ctx.unit() as db:
        db.query(Service).delete()
    admin.saved(PAGE, action="deletegroup", id="1", confirmed="1")
    with ctx.unit(read=True) as db:
        left = [
            db.query(kind).count() for kind in (ProductConfigGroup, ProductConfigLink, ConfigOption, ConfigOptionSub)
        ]
        assert left == [0, 0, 0, 0]


def test_duplicate_group(admin: Browser, ctx: Ctx, group: int) -> None:
    admin.saved(
        NEW, {"configoptionname": "Plan", "configoptiontype": "1", "addoptionname": "A", "price[1][new][monthly]": "3"}
    )
    assert admin.saved(PAGE + "?action=duplicategroup", existinggroupid="1", newgroupname="Copy").endswith("id=2")
    assert subs(ctx, 2) == [("A", Decimal("0.00"), Decimal("3.00"))]
    with ctx.unit(read=True) as db:
        assert db.query(ProductConfigLink).filter_by(gid=2).count() == 0


def test_groups_can_be_assigned_on_the_products_tab(admin: Browser, ctx: Ctx, group: int) -> None:
    tab = "/admin/configproducts.php?action=edit&id=1&tab=5"
    assert 'value="1" checked' in admin.text(tab)
    admin.saved(tab, {})
    with ctx.unit(read=True) as db:
        assert [link.pid for link in db.query(ProductConfigLink)] == [2]
    admin.saved(tab, configoptionlinks="1")
    admin.saved(tab.replace("tab=5", "tab=6"), configoptionsupgrade="1")
    with ctx.unit(read=True) as db:
        assert sorted(link.pid for link in db.query(ProductConfigLink)) == [1, 2]
