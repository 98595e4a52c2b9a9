"""Configuration > Product Addons: create, the tabs, duplicate, delete with its refusal, the list, permissions."""

from decimal import Decimal

from sqlalchemy import select

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.schema import Addon, CustomField, ModuleConfiguration, Pricing, Product, ServiceAddon
from modulehost.vault import MARK
from tests.admin.conftest import Browser, wrongs

URL = "/admin/configaddons.php"


def made(admin: Browser, name: str = "Nightly Backup") -> str:
    return admin.saved(f"{URL}?action=manage", name=name, description="Kept for 30 days")


def test_an_addon_is_set_up_tab_by_tab(admin: Browser, ctx: Ctx, service: int) -> None:
    heard: list[tuple[str, int]] = []
    hooks.add(ctx.host, "AddonConfig", 1, lambda given: {"Shelf": f'<input name="shelf" value="{given["id"]}">'})
    hooks.add(ctx.host, "AddonConfigSave", 1, lambda given: heard.append(("saved", given["id"])))
    assert "No product addons yet" in admin.text(URL)
    assert made(admin) == f"{URL}?action=manage&id=1&tab=1"
    page = admin.text(f"{URL}?action=manage&id=1")
    assert "Kept for 30 days" in page and '<input name="shelf" value="1">' in page
    admin.saved(f"{URL}?action=manage&id=1&tab=1", name="Backup", autoactivate="on", allowqty="1", suspendproduct="1", weight="3")
    assert heard == [("saved", 1)]
    prices = {"billingcycle": "recurring", "currency[1][monthly]": "2.50", "currency[1][msetupfee]": "1", "currency[1][monthly_on]": "1"}
    admin.saved(f"{URL}?action=manage&id=1&tab=2", prices)
    settings = {"module": "demo", "type": "other", "packageconfigoption[1]": "gold", "packageconfigoption[2]": "k3y"}
    admin.saved(f"{URL}?action=manage&id=1&tab=3", settings)
    admin.saved(f"{URL}?action=manage&id=1&tab=4", {"field[new][fieldname]": "vault|Vault", "field[new][fieldtype]": "text"})
    with ctx.unit(read=True) as db:
        product = db.scalars(select(Product.id)).one()
    admin.saved(f"{URL}?action=manage&id=1&tab=5", packages=str(product))
    with ctx.unit(read=True) as db:
        row = db.get_one(Addon, 1)
        assert (row.name, row.autoactivate, row.allowqty, row.suspendproduct, row.weight) == ("Backup", "on", 1, 1, 3)
        assert (row.showorder, row.billingcycle, row.module, row.packages) == (0, "recurring", "demo", str(product))
        price = db.scalars(select(Pricing).where(Pricing.type == "addon", Pricing.relid == 1, Pricing.currency == 1)).one()
        assert (price.monthly, price.msetupfee, price.annually) == (Decimal("2.50"), Decimal("1.00"), Decimal("-1.00"))
        stored = dict(db.execute(select(ModuleConfiguration.setting_name, ModuleConfiguration.value)).all())
        assert stored["configoption1"] == "gold"
        assert [(f.type, f.relid) for f in db.scalars(select(CustomField).where(CustomField.fieldname == "vault|Vault"))] == [("addon", 1)]
    page = admin.text(f"{URL}?action=manage&id=1&tab=3")
    assert "gold" in page
    if stored.get("configoption2", "").startswith(MARK):  # a password of the module never leaves the host
        assert "k3y" not in page
    assert "vault|Vault" in admin.text(f"{URL}?action=manage&id=1&tab=4")


def test_wrong_input_is_named_and_stays(admin: Browser, ctx: Ctx) -> None:
    assert "Addon Name is required." in wrongs(admin.post(f"{URL}?action=manage", name=" "))[0]
    made(admin)
    bad = {"billingcycle": "recurring", "currency[1][monthly]": "-5", "currency[1][monthly_on]": "1"}
    answer = admin.post(f"{URL}?action=manage&id=1&tab=2", bad)
    assert "Monthly price must not be below 0." in wrongs(answer)[0]
    assert 'value="-5"' in answer.text
    assert "There is no server module named “nope”." in wrongs(admin.post(f"{URL}?action=manage&id=1&tab=3", module="nope"))[0]
    assert admin.get(f"{URL}?action=manage&id=99").status_code == 404
    assert admin.get(f"{URL}?action=fly").status_code == 404


def test_duplicate_and_delete_with_its_refusal(admin: Browser, ctx: Ctx) -> None:
    made(admin)
    admin.saved(f"{URL}?action=manage&id=1&tab=2", {"billingcycle": "onetime", "currency[1][monthly]": "9", "currency[1][monthly_on]": "1"})
    admin.saved(f"{URL}?action=duplicate&id=1", newname="Copy")
    heard: list[int] = []
    hooks.add(ctx.host, "ProductAddonDelete", 1, lambda given: heard.append(given["addonId"]))
    with ctx.unit() as db:
        prices = select(Pricing.relid, Pricing.monthly).where(Pricing.type == "addon", Pricing.currency == 1).order_by(Pricing.relid)
        assert [tuple(row) for row in db.execute(prices)] == [(1, Decimal("9.00")), (2, Decimal("9.00"))]
        db.add(ServiceAddon(hostingid=1, addonid=1, userid=1, status="Active"))
    assert "Are you sure" in admin.post(URL, action="delete", id="1").text
    admin.saved(URL, action="delete", id="1", confirmed="1")
    assert "is used by 1 service(s); hide or retire it instead" in admin.text(URL)
    admin.saved(URL, action="delete", id="2", confirmed="1")
    assert heard == [2]
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Addon.name)).all() == ["Nightly Backup"]
        assert db.scalar(select(Pricing.id).where(Pricing.type == "addon", Pricing.relid == 2).limit(1)) is None


def test_the_list_pages_sorts_and_filters(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.add_all([Addon(name=f"Addon {n:02}", weight=n, billingcycle="free") for n in range(30)])
    first = admin.text(URL)
    assert "Addon 00" in first and "Addon 29" not in first
    assert "Addon 29" in admin.text(f"{URL}?page=2")
    falling = admin.text(f"{URL}?orderby=name&order=desc")
    assert "Addon 29" in falling and "Addon 00" not in falling
    assert "Addon 07" in admin.text(f"{URL}?name=ADDON 07") and "Addon 08" not in admin.text(f"{URL}?name=ADDON 07")
    assert "No addons found" in admin.text(f"{URL}?name=zzz")
