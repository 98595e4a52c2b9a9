"""Currencies, tax configuration, promotions, client groups and custom client fields in the admin area."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost.billing.catalog import groups, products
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import Client, ClientGroup, Currency, CustomField, Order, Promotion, Setting, Tax
from tests.admin.conftest import Browser, wrongs

CURRENCIES, TAX, PROMOTIONS = "/admin/configcurrencies.php", "/admin/configtax.php", "/admin/configpromotions.php"
GROUPS, FIELDS = "/admin/configclientgroups.php", "/admin/configcustomfields.php"


@pytest.fixture
def product(ctx: Ctx) -> int:
    """A product of 10.00 a month."""
    with ctx.unit() as db:
        group = groups.create(db, {"name": "Things"})
        data = {"name": "Thing", "gid": group.id, "type": "other", "paytype": "recurring",
                "pricing": {default_currency(db).id: {"monthly": "10.00"}}}  # fmt: skip
        return products.create(db, data).id


def test_currencies(ctx: Ctx, admin: Browser, product: int) -> None:
    euro = {"code": "eur", "prefix": "", "suffix": " EUR", "format": "3", "rate": "0.9", "updatepricing": "1"}
    admin.saved(f"{CURRENCIES}?action=edit", euro)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Currency).where(Currency.code == "EUR")).one()
        assert (row.suffix, row.format, row.rate, row.default) == (" EUR", 3, Decimal("0.90000"), 0)
    page = admin.text(CURRENCIES)
    assert "1.234,56 EUR" in page and "0.90000" in page
    assert 'value="9.00"' in admin.text(f"/admin/configproducts.php?action=edit&id={product}&tab=2")
    answer = admin.post(f"{CURRENCIES}?action=edit&id={row.id}", {**euro, "rate": "-1"})
    assert "Base Conv. Rate must be a number above 0" in wrongs(answer)[0]
    assert 'value="-1"' in answer.text  # what was typed stays
    admin.saved(CURRENCIES, action="default", id=row.id, confirmed="1")
    assert "Product Prices Updated" in admin.text(admin.saved(CURRENCIES, action="updateprices", confirmed="1"))
    assert "by hand" in admin.text(admin.saved(CURRENCIES, action="updaterates"))
    with ctx.unit(read=True) as db:
        dollar = db.scalars(select(Currency).where(Currency.code == "USD")).one()
        assert dollar.rate == Decimal("1.11111") and dollar.default == 0
    # client 1 pays in dollars
    assert "1 client(s) have USD" in admin.text(admin.saved(CURRENCIES, action="delete", id=dollar.id, confirmed="1"))
    assert "Are you sure you want to delete the currency “USD”" in admin.post(CURRENCIES, action="delete", id=dollar.id).text


def test_tax_configuration(ctx: Ctx, admin: Browser) -> None:
    admin.saved(f"{TAX}?action=save", TaxEnabled="1", TaxType="Inclusive", TaxL2Compound="1")
    with ctx.unit(read=True) as db:
        stored = dict(db.execute(select(Setting.setting, Setting.value).where(Setting.setting.startswith("Tax"))).all())
    assert stored["TaxEnabled"] == stored["TaxL2Compound"] == "on"
    assert (stored["TaxType"], stored["TaxLateFee"]) == ("Inclusive", "")
    where = admin.saved(f"{TAX}?level=1&action=add", level="1", name="MwSt", country="DE", taxrate="19")
    page = admin.text(where)
    assert "MwSt" in page and "19.000%" in page and "Any State" in page
    twice = admin.post(f"{TAX}?level=1&action=add", level="1", name="Again", country="DE", taxrate="7")
    assert "Level 1 has a rule for this place already" in wrongs(twice)[0] and 'value="Again"' in twice.text
    with ctx.unit(read=True) as db:
        rule = db.scalars(select(Tax)).one().id
    admin.saved(f"{TAX}?level=1", action="delete", id=rule, confirmed="1")
    assert "No level 1 rules" in admin.text(f"{TAX}?level=1")


def test_promotions(ctx: Ctx, admin: Browser, product: int) -> None:
    spring = {"code": "SPRING", "type": "Percentage", "value": "25", "recurring": "1", "recurfor": "3",
              "appliesto": [str(product)], "cycles": ["monthly"], "expirationdate": "2099-01-01", "maxuses": "5"}  # fmt: skip
    admin.saved(f"{PROMOTIONS}?action=manage", spring)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Promotion)).one()
        assert (row.code, row.value, row.recurring, row.recurfor) == ("SPRING", Decimal("25.00"), 1, 3)
        assert (row.cycles, row.appliesto, row.maxuses, row.upgrades) == ("Monthly", str(product), 5, 0)
    page = admin.text(PROMOTIONS)
    assert "25% Recurring Discount" in page and "0/5" in page
    answer = admin.post(f"{PROMOTIONS}?action=manage", {**spring, "code": "spring", "appliesto": []})
    assert "There is a promotion SPRING already." in wrongs(answer)[0]
    assert "Choose what the promotion applies to." in wrongs(answer)[0]
    copy = admin.text(f"{PROMOTIONS}?action=duplicate&id={row.id}")
    assert 'value="25.00"' in copy and "SPRING" not in copy
    assert "Promotion Expired" in admin.text(admin.saved(PROMOTIONS, action="expire", id=row.id, confirmed="1"))
    assert "SPRING" not in admin.text(PROMOTIONS) and "SPRING" in admin.text(f"{PROMOTIONS}?show=expired")
    assert "SPRING" in admin.text(f"{PROMOTIONS}?show=all&orderby=uses&order=desc")
    assert "Promotion Deleted" in admin.text(admin.saved(PROMOTIONS, action="delete", id=row.id, confirmed="1"))
    assert "SPRING" not in admin.text(f"{PROMOTIONS}?show=all")


def test_promotions_come_in_pages(ctx: Ctx, admin: Browser) -> None:
    with ctx.unit() as db:
        db.add_all([Promotion(code=f"CODE{n:03}", type="Free Setup", uses=n) for n in range(60)])
    first, last = admin.text(PROMOTIONS), admin.text(f"{PROMOTIONS}?page=3")
    assert "1–25 of 60" in first and "CODE000" in first and "CODE025" not in first
    assert "CODE059" in last and "CODE049" not in last
    assert "CODE059" in admin.text(f"{PROMOTIONS}?orderby=uses&order=desc")
    assert "CODE042" in admin.text(f"{PROMOTIONS}?code=e042") and "CODE041" not in admin.text(f"{PROMOTIONS}?code=e042")


def test_add_new_order(ctx: Ctx, admin: Browser, product: int) -> None:
    admin.saved(f"{PROMOTIONS}?action=manage", code="TEN", type="Percentage", value="10", appliesto=[str(product)], maxuses="1")
    page = admin.text(f"/admin/ordersadd.php?userid=1&pid={product}")
    assert "Thing" in page and "Price Override" in page
    form = {"userid": "1", "pid": str(product), "billingcycle": "monthly", "paymentmethod": "mailin", "nonce": "n1",
            "promocode": "TEN", "generateinvoice": "1", "orderstatus": "Active", "notes": "by phone"}  # fmt: skip
    answer = admin.post("/admin/ordersadd.php", {**form, "promocode": "NONE"})
    assert "The promotion code entered does not exist." in wrongs(answer)[0] and "by phone" in answer.text
    where = admin.saved("/admin/ordersadd.php", form)
    assert admin.saved("/admin/ordersadd.php", form) == where  # a second click
    with ctx.unit(read=True) as db:
        order = db.scalars(select(Order)).one()
        assert (order.amount, order.status, order.admin_requestor_id, order.notes) == (Decimal("9.00"), "Active", 1, "by phone")
        assert order.invoiceid
    assert "used up" in wrongs(admin.post("/admin/ordersadd.php", {**form, "nonce": "n2"}))[0]
    bare = {name: form[name] for name in ("userid", "pid", "billingcycle", "paymentmethod")}
    admin.saved("/admin/ordersadd.php", bare, priceoverride="4.50")
    with ctx.unit(read=True) as db:
        second = db.scalars(select(Order).order_by(Order.id.desc())).first()
        assert second is not None
        assert (second.amount, second.status, second.invoiceid) == (Decimal("4.50"), "Pending", 0)


def test_client_groups(ctx: Ctx, admin: Browser) -> None:
    admin.saved(f"{GROUPS}?action=edit", groupname="Resellers", groupcolour="#28C99B", discountpercent="12.5",
                susptermexempt="1")  # fmt: skip
    with ctx.unit() as db:
        row = db.scalars(select(ClientGroup)).one()
        assert (row.discountpercent, row.susptermexempt, row.separateinvoices) == (Decimal("12.50"), "on", "")
        db.get_one(Client, 1).groupid = row.id
    page = admin.text(GROUPS)
    assert "12.50%" in page and "#28C99B" in page
    for data, text in (
        ({"groupname": "", "discountpercent": "0"}, "Group Name is required."),
        ({"groupname": "resellers"}, "There is a group named “resellers” already."),
        ({"groupname": "X", "discountpercent": "101"}, "must be between 0 and 100"),
        ({"groupname": "X", "groupcolour": "red;x"}, "must look like #28C99B"),
    ):
        assert text in wrongs(admin.post(f"{GROUPS}?action=edit", data))[0]
    admin.saved(GROUPS, action="delete", id=row.id, confirmed="1")
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).groupid == 0


def test_custom_client_fields(ctx: Ctx, admin: Browser) -> None:
    admin.saved(
        f"{FIELDS}?action=edit", fieldname="vat|VAT Number", fieldtype="text", regexpr="/^DE[0-9]{9}$/", showorder="on"
    )
    with ctx.unit(read=True) as db:
        row = db.scalars(select(CustomField).where(CustomField.type == "client")).one()
        assert (row.fieldname, row.relid, row.showorder, row.adminonly) == ("vat|VAT Number", 0, "on", "")
    assert "VAT Number" in admin.text(FIELDS)
    assert (
        "no regular expression"
        in wrongs(admin.post(f"{FIELDS}?action=edit&id={row.id}", fieldname="vat", fieldtype="text", regexpr="("))[0]
    )
    refused = admin.post("/admin/clientsprofile.php?userid=1", {f"customfield[{row.id}]": "12"})
    assert "The value of VAT Number is not valid" in wrongs(refused)[0]
    admin.saved("/admin/clientsprofile.php?userid=1", {f"customfield[{row.id}]": "DE123456789"})
    assert 'value="DE123456789"' in admin.text("/admin/clientsprofile.php?userid=1")
    admin.saved(FIELDS, action="delete", id=row.id, confirmed="1")
    assert "No custom client fields yet" in admin.text(FIELDS)
