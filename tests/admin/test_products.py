"""Product groups, products and their tabs; values are looked up in the rows."""

from decimal import Decimal

import pytest

from modulehost.context import Ctx
from modulehost.schema import Currency, CustomField, Pricing, Product, ProductConfigLink, ProductGroup, Service
from modulehost.vault import MARK, Vault

from .conftest import Browser, wrongs

EDIT = "/admin/configproducts.php?action=edit&id=1&tab="


@pytest.fixture
def product(admin: Browser) -> int:
    """Product 1, “Business Mail”, in group 1, “Mail”."""
    admin.saved("/admin/configproducts.php?action=creategroup", name="Mail", headline="Mail for you", tagline="Simple")
    target = admin.saved("/admin/configproducts.php?action=create", name="Business Mail", gid="1", type="other")
    assert target == EDIT + "1"  # the Details tab opens
    return 1


def row(ctx: Ctx) -> Product:
    with ctx.unit(read=True) as db:
        return db.get_one(Product, 1)


def test_group_needs_a_name(admin: Browser, ctx: Ctx) -> None:
    answer = admin.post("/admin/configproducts.php?action=creategroup", name="  ", headline="Kept")
    assert answer.status_code == 200
    assert 'value="Kept"' in answer.text
    assert "Product Group Name is required." in answer.text
    with ctx.unit(read=True) as db:
        assert db.query(ProductGroup).count() == 0


def test_group_is_created_changed_moved_and_deleted(admin: Browser, ctx: Ctx) -> None:
    for name in ("First", "Second"):
        admin.saved("/admin/configproducts.php?action=creategroup", name=name, headline="H", tagline="T")
    admin.saved(
        "/admin/configproducts.php?action=editgroup&ids=1", name="Mail & More", headline="<b>", tagline="", hidden="1"
    )
    with ctx.unit(read=True) as db:
        group = db.get_one(ProductGroup, 1)
        assert (group.name, group.headline, group.tagline, group.hidden, group.slug) == (
            "Mail & More",
            "<b>",
            "",
            1,
            "mail-more",
        )
    admin.saved("/admin/configproducts.php", action="movegroup", id="2", to="up")
    page = admin.text("/admin/configproducts.php")
    assert page.index("Second") < page.index("Mail & More")
    assert "<b></div>" in page and "&lt;b&gt;" in admin.get("/admin/configproducts.php").text
    assert "Are you sure" in admin.post("/admin/configproducts.php", action="deletegroup", id="1").text
    admin.saved("/admin/configproducts.php", action="deletegroup", id="1", confirmed="1")
    admin.text("/admin/configproducts.php")  # the banner names it once more
    assert "Mail & More" not in admin.text("/admin/configproducts.php")


def test_group_with_products_is_not_deleted(admin: Browser, product: int) -> None:
    admin.saved("/admin/configproducts.php", action="deletegroup", id="1", confirmed="1")
    assert "holds 1 product(s); move or delete them first" in admin.text("/admin/configproducts.php")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": "", "gid": "1", "type": "other"}, "Product Name is required."),
        ({"name": "X", "gid": "", "type": "other"}, "Product Group is required"),
        ({"name": "X", "gid": "9", "type": "other"}, "There is no product group 9."),
        ({"name": "X", "gid": "1", "type": "nonsense"}, "Product Type must be one of"),
    ],
)
def test_product_that_cannot_be_created(admin: Browser, product: int, fields: dict[str, str], text: str) -> None:
    assert text in wrongs(admin.post("/admin/configproducts.php?action=create", fields))[0]


@pytest.mark.parametrize("kind", ["hostingaccount", "reselleraccount", "server", "other"])
def test_types_of_products(admin: Browser, ctx: Ctx, product: int, kind: str) -> None:
    admin.saved("/admin/configproducts.php?action=create", name="Another", gid="1", type=kind)
    with ctx.unit(read=True) as db:
        found = db.get_one(Product, 2)
        assert (found.type, found.paytype, found.gid, found.order) == (kind, "free", 1, 2)
        # hosting products ask for a domain
        assert found.showdomainoptions == (kind in ("hostingaccount", "reselleraccount"))


def test_details(admin: Browser, ctx: Ctx, product: int) -> None:
    fields = {
        "type": "server",
        "gid": "1",
        "name": "Mail <Pro>",
        "description": "Two\r\nlines",
        "welcomeemail": "0",
        "qty": "7",
    }
    admin.saved(EDIT + "1", fields, showdomainoptions="1", stockcontrol="1", tax="1", hidden="1", order="3")
    found = row(ctx)
    assert (found.type, found.name, found.qty, found.order) == ("server", "Mail <Pro>", 7, 3)
    assert (found.showdomainoptions, found.stockcontrol, found.tax, found.hidden, found.retired) == (1, 1, 1, 1, 0)
    assert "Mail &lt;Pro&gt;" in admin.get(EDIT + "1").text
    admin.saved(EDIT + "1", fields)  # without the ticks
    assert (row(ctx).hidden, row(ctx).stockcontrol) == (0, 0)
    assert "There is no e-mail template 99." in wrongs(admin.post(EDIT + "1", {**fields, "welcomeemail": "99"}))[0]
    assert "Quantity in Stock must not be below 0." in wrongs(admin.post(EDIT + "1", {**fields, "qty": "-1"}))[0]


def test_pricing_per_cycle_and_currency(admin: Browser, ctx: Ctx, product: int) -> None:
    with ctx.unit() as db:
        db.add(Currency(code="EUR", prefix="€", suffix="", format=3, rate=Decimal("0.90000")))
    page = admin.text(EDIT + "2")
    assert 'name="currency[1][monthly]"' in page and 'name="currency[2][triennially]"' in page
    admin.saved(
        EDIT + "2",
        {
            "paytype": "recurring", "recurringcycles": "12", "allowqty": "0",
            "currency[1][monthly_on]": "1", "currency[1][monthly]": "4.995", "currency[1][msetupfee]": "1",
            "currency[1][annually_on]": "1", "currency[1][annually]": "50", "currency[1][quarterly]": "99",
            "currency[2][monthly_on]": "1", "currency[2][monthly]": "0",
        },
    )  # fmt: skip
    with ctx.unit(read=True) as db:
        dollar, euro = db.query(Pricing).filter_by(type="product", relid=1).order_by(Pricing.currency)
        # 4.995 is rounded half up; what is not enabled is not offered, whatever its field holds
        assert (dollar.monthly, dollar.msetupfee) == (Decimal("5.00"), Decimal("1.00"))
        assert (dollar.annually, dollar.quarterly, dollar.qsetupfee) == (
            Decimal("50.00"),
            Decimal("-1.00"),
            Decimal("0.00"),
        )
        # free of charge is an offer
        assert (euro.monthly, euro.annually) == (Decimal("0.00"), Decimal("-1.00"))
    assert (row(ctx).paytype, row(ctx).recurringcycles) == ("recurring", 12)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("ten", "'ten' is not an amount"),
        ("-5", "must not be below 0"),
        ("999999999999999", "too large"),
        ("1e99", "not an amount"),
        ("NaN", "not an amount"),
    ],
)
def test_price_that_is_none(admin: Browser, ctx: Ctx, product: int, amount: str, text: str) -> None:
    answer = admin.post(
        EDIT + "2",
        {
            "paytype": "recurring",
            "currency[1][monthly_on]": "1",
            "currency[1][monthly]": amount,
            "currency[1][annually]": "3",
        },
    )
    assert text in wrongs(answer)[0]
    assert f'value="{amount}"' in answer.text  # what was typed stays
    with ctx.unit(read=True) as db:
        assert db.query(Pricing).filter_by(type="product", relid=1).one().annually == Decimal("-1.00")


def test_module_settings_of_another_module_are_shown_before_saving(
    admin: Browser, ctx: Ctx, product: int, demo: None
) -> None:
    page = admin.text(EDIT + "3")
    assert "Demo Cloud" in page and "Plan Name" not in page
    page = admin.text(EDIT + "3&servertype=demo")
    assert "Not saved yet" in page
    for label in ("Plan Name", "API Key", "Backups", "Region", "Note", "Size", "Account"):
        assert f">{label}<" in page
    assert 'value="small"' in page  # the default
    assert '<button name="continue" value="/modules/servers/demo/start">Authenticate</button>' in page
    assert row(ctx).servertype == ""


SETTINGS = {
    "servertype": "demo", "autosetup": "payment", "servergroup": "0", "packageconfigoption[1]": "large",
    "packageconfigoption[2]": "s3cret", "packageconfigoption[3]": "on", "packageconfigoption[4]": "us",
    "packageconfigoption[5]": "one\r\ntwo", "packageconfigoption[6]": "L",
}  # fmt: skip


def test_module_settings_are_stored_and_secrets_never_come_back(
    admin: Browser, ctx: Ctx, product: int, demo: None
) -> None:
    admin.saved(EDIT + "3", SETTINGS)
    found = row(ctx)
    assert (found.servertype, found.autosetup) == ("demo", "payment")
    assert [found.configoption1, found.configoption3, found.configoption4] == ["large", "on", "us"]
    assert [found.configoption5, found.configoption6, found.configoption7] == ["one\ntwo", "L", ""]
    assert found.configoption2.startswith(MARK)
    assert ctx.host.part(Vault).decrypt(found.configoption2) == "s3cret"
    page = admin.text(EDIT + "3")
    assert "s3cret" not in page and 'value="********"' in page
    # The mask means unchanged; an unticked box is sent as nothing; empty clears.
    admin.saved(
        EDIT + "3",
        {**SETTINGS, "packageconfigoption[2]": "********", "packageconfigoption[3]": "", "packageconfigoption[1]": ""},
    )
    found = row(ctx)
    assert ctx.host.part(Vault).decrypt(found.configoption2) == "s3cret"
    assert (found.configoption1, found.configoption3) == ("", "")
    admin.saved(EDIT + "3", {**SETTINGS, "packageconfigoption[2]": ""})
    assert row(ctx).configoption2 == ""


def test_a_choice_that_is_not_offered_is_refused(admin: Browser, ctx: Ctx, product: int, demo: None) -> None:
    answer = admin.post(EDIT + "3", {**SETTINGS, "packageconfigoption[4]": "mars"})
    assert "Region: “mars” is not one of the choices." in wrongs(answer)[0]
    assert row(ctx).servertype == ""


def test_a_modules_own_button_saves_first_and_then_leads_to_the_module(
    admin: Browser, ctx: Ctx, product: int, demo: None
) -> None:
    target = admin.saved(EDIT + "3", {**SETTINGS, "continue": "/modules/servers/demo/start?product=1"})
    assert target == "/modules/servers/demo/start?product=1"
    assert row(ctx).configoption1 == "large"
    for evil in (
        "https://evil.example/",
        "//evil.example/",
        "/modules/../admin/logout.php",
        "/modules\\evil",
        "/admin/index.php",
    ):
        assert admin.saved(EDIT + "3", {**SETTINGS, "continue": evil}) == EDIT + "3"


def test_choosing_another_module_forgets_the_settings_of_the_old_one(
    admin: Browser, ctx: Ctx, product: int, demo: None, write_module: object
) -> None:
    admin.saved(EDIT + "3", SETTINGS)
    write_module("plain", "def plain_ConfigOptions(params):\n    return {'Size': {'Type': 'text'}}\n")  # type: ignore[operator]
    admin.saved(EDIT + "3", {"servertype": "plain", "autosetup": "", "packageconfigoption[1]": "XL"})
    found = row(ctx)
    assert (found.servertype, found.configoption1, found.configoption2, found.configoption4) == ("plain", "XL", "", "")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("def broken_ConfigOptions(params):\n    raise ValueError('no licence')\n", "no licence"),
        ("def broken_ConfigOptions(params)\n    pass\n", "modules/servers/broken/broken.py:1"),
        ("def broken_ConfigOptions(params):\n    return None\n", "returned None"),
    ],
)
def test_a_module_that_fails_is_named_and_another_can_be_chosen(
    admin: Browser, product: int, demo: None, write_module: object, code: str, text: str
) -> None:
    write_module("broken", code)  # type: ignore[operator]
    page = admin.text(EDIT + "3&servertype=broken")
    assert "The module's settings cannot be shown" in page and text in page
    assert "Demo Cloud" in page
    assert admin.post(EDIT + "3", {"servertype": "broken"}).status_code == 200
    admin.saved(EDIT + "3", SETTINGS)


def test_custom_fields(admin: Browser, ctx: Ctx, product: int) -> None:
    new = {
        "fieldname": "zoid|Organisation",
        "fieldtype": "text",
        "description": "Of the vendor",
        "regexpr": "/^[0-9]+$/",
        "adminonly": "on",
    }
    admin.saved(EDIT + "4", {f"field[new][{name}]": value for name, value in new.items()})
    with ctx.unit(read=True) as db:
        field = db.query(CustomField).one()
        assert (field.type, field.relid, field.fieldname, field.fieldtype) == (
            "product",
            1,
            "zoid|Organisation",
            "text",
        )
        assert (field.regexpr, field.adminonly, field.required, field.showorder) == ("/^[0-9]+$/", "on", "", "")
    change = {
        "field[1][fieldname]": "zoid|Org",
        "field[1][fieldtype]": "dropdown",
        "field[1][fieldoptions]": "a,b",
        "field[1][required]": "on",
    }
    admin.saved(EDIT + "4", {**change, "field[new][fieldname]": ""})
    with ctx.unit(read=True) as db:
        field = db.query(CustomField).one()
        assert (field.fieldname, field.fieldtype, field.fieldoptions, field.required, field.adminonly) == (
            "zoid|Org",
            "dropdown",
            "a,b",
            "on",
            "",
        )
    for bad, text in {
        "[": "Validation is no regular expression",
    }.items():
        answer = admin.post(EDIT + "4", {**change, "field[1][regexpr]": bad})
        assert text in wrongs(answer)[0]
    answer = admin.post(EDIT + "4", {**change, "field[new][fieldname]": "ZOID|Again"})
    assert "already has a field named" in wrongs(answer)[0]
    assert "Are you sure" in admin.post("/admin/configproducts.php", action="deletefield", fieldid="1").text
    admin.saved("/admin/configproducts.php", action="deletefield", fieldid="1", confirmed="1")
    with ctx.unit(read=True) as db:
        assert db.query(CustomField).count() == 0


def test_duplicate_has_prices_settings_fields_and_options(admin: Browser, ctx: Ctx, product: int, demo: None) -> None:
    admin.saved(EDIT + "2", {"paytype": "recurring", "currency[1][monthly_on]": "1", "currency[1][monthly]": "5"})
    admin.saved(EDIT + "3", SETTINGS)
    admin.saved(EDIT + "4", {"field[new][fieldname]": "zoid", "field[new][fieldtype]": "text"})
    admin.saved("/admin/configproductoptions.php?action=managegroup", name="Options", productlinks="1")
    target = admin.saved("/admin/configproducts.php?action=duplicate", existingproduct="1", newproductname="Copy")
    assert target == "/admin/configproducts.php?action=edit&id=2&tab=1"
    with ctx.unit(read=True) as db:
        copy = db.get_one(Product, 2)
        assert (copy.name, copy.slug, copy.servertype, copy.configoption1) == ("Copy", "copy", "demo", "large")
        assert db.query(Pricing).filter_by(type="product", relid=2).one().monthly == Decimal("5.00")
        assert db.query(CustomField).filter_by(relid=2).one().fieldname == "zoid"
        assert db.query(ProductConfigLink).filter_by(pid=2).one().gid == 1


def test_delete_only_unused_products(admin: Browser, ctx: Ctx, product: int) -> None:
    with ctx.unit() as db:
        db.add(Service(userid=1, packageid=1, domainstatus="Active"))
    admin.saved("/admin/configproducts.php", action="delete", id="1", confirmed="1")
    assert "used by 1 service(s)" in admin.text("/admin/configproducts.php")
    with ctx.unit() as db:
        db.query(Service).delete()
    assert "Are you sure" in admin.post("/admin/configproducts.php", action="delete", id="1").text
    admin.saved("/admin/configproducts.php", action="delete", id="1", confirmed="1")
    with ctx.unit(read=True) as db:
        assert db.query(Product).count() == 0 and db.query(Pricing).filter_by(type="product").count() == 0


def test_tab_out_of_the_query(admin: Browser, product: int) -> None:
    assert 'data-tab="3" class="here"' in admin.text("/admin/configproducts.php?action=edit&id=1&tab=3")
    assert 'data-tab="1" class="here"' in admin.text("/admin/configproducts.php?action=edit&id=1&tab=99")
    assert 'data-tab="1" class="here"' in admin.text("/admin/configproducts.php?action=edit&id=1")
