"""An addon of a client's service in the admin area: added, changed, commanded and deleted."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost import hooks
from modulehost.billing.catalog import fields
from modulehost.context import Ctx
from modulehost.ordering import fields as ordered
from modulehost.schema import Addon, Command, Pricing, Service, ServiceAddon
from tests.admin.conftest import Browser, wrongs


@pytest.fixture
def sold(ctx: Ctx, service: int) -> int:
    """A product addon with the module demo, 2.00 a month with 1.00 set-up, for the service's product."""
    with ctx.unit() as db:
        product = db.get_one(Service, service).packageid
        addon = Addon(name="Backup", billingcycle="recurring", packages=str(product), module="demo", type="other", tax=1)
        db.add(addon)
        db.flush()
        db.add(Pricing(type="addon", relid=addon.id, currency=1, monthly=Decimal("2.00"), msetupfee=Decimal("1.00")))
        return addon.id


def test_an_addon_is_added_changed_commanded_and_deleted(admin: Browser, ctx: Ctx, service: int, sold: int) -> None:
    fired: list[str] = []
    for point in ("AddonAdd", "AddonEdit", "AddonActivated", "AddonSuspended", "AddonDeleted"):
        hooks.add(ctx.host, point, 1, lambda given, point=point: fired.append(point))
    base = f"/admin/clientsservices.php?userid=1&id={service}"
    assert "Addons of this service appear here." in admin.text(base)
    assert "Backup" in admin.text(f"{base}&aid=add")
    form = {"addonid": str(sold), "qty": "3", "status": "Pending", "billingcycle": "Monthly", "recurring": "", "name": ""}
    assert admin.saved(f"{base}&aid=add", form).endswith("&aid=1")
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
        assert (row.recurring, row.setupfee, row.qty, row.tax, row.hostingid) == (Decimal("6.00"), Decimal("3.00"), 3, "on", service)
    page = admin.text(f"{base}&aid=1")
    assert "Module Commands" in page and "modop=create" in page
    assert "Backup" in admin.text(base)
    assert "for the addon “Backup”" in admin.text(f"{base}&aid=1&modop=create")
    for _ in range(2):  # the same page's button twice runs it once
        admin.saved(f"{base}&aid=1", modop="create", nonce="n1")
    with ctx.unit(read=True) as db:
        assert [(c.function, c.addon_id, c.service_id) for c in db.scalars(select(Command))] == [("CreateAccount", 1, service)]
        assert db.get_one(ServiceAddon, 1).status == "Active"
        assert db.get_one(Service, service).domainstatus == "Pending"
    assert "The account of Backup (shop.example) was created." in admin.text(base)
    admin.saved(f"{base}&aid=1", name="Vault <b>", recurring="5.00", notes="kept")
    assert "Vault &lt;b&gt;" in admin.get(base).text
    admin.saved(f"{base}&aid=1", status="Suspended")
    assert fired == ["AddonAdd", "AddonActivated", "AddonEdit", "AddonSuspended"]
    answer = admin.post(f"{base}&aid=1", recurring="much", nextduedate="soon")
    assert "recurring:" in wrongs(answer)[0] and "is not a date" in wrongs(answer)[0] and 'value="much"' in answer.text
    assert "Are you sure" in admin.post(f"{base}&aid=1", action="delete").text
    admin.saved(f"{base}&aid=1", action="delete", confirmed="1")
    assert fired[-1] == "AddonDeleted"
    assert admin.get(f"{base}&aid=1").status_code == 404


def test_an_addon_by_hand_needs_a_name_and_accepts_its_order(admin: Browser, ctx: Ctx, service: int) -> None:
    base = f"/admin/clientsservices.php?userid=1&id={service}"
    wrong = wrongs(admin.post(f"{base}&aid=add", addonid="0", name=""))[0]
    assert "Choose a product addon, or give the addon a name" in wrong
    admin.saved(f"{base}&aid=add", addonid="0", name="Rack space", recurring="7.50", billingcycle="Annually", status="Active")
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
        assert (row.name, row.recurring, row.billingcycle, row.status) == ("Rack space", Decimal("7.50"), "Annually", "Active")
    assert "Rack space" in admin.text(base)


def test_custom_fields_of_the_addon_are_shown_and_saved(admin: Browser, ctx: Ctx, service: int, sold: int) -> None:
    with ctx.unit() as db:
        site = fields.save_field(db, "addon", sold, {"fieldname": "site|Site to keep", "fieldtype": "text"}).id
        kind = fields.save_field(db, "addon", sold, {"fieldname": "Kind", "fieldtype": "dropdown", "fieldoptions": "a,b"}).id
        agreed = fields.save_field(db, "addon", sold, {"fieldname": "Agreed", "fieldtype": "tickbox"}).id
        row = ServiceAddon(userid=1, hostingid=service, addonid=sold, status="Pending", billingcycle="Monthly", qty=1)
        db.add(row)
        db.flush()
        aid = row.id
    url = f"/admin/clientsservices.php?userid=1&id={service}&aid={aid}"
    assert "Site to keep" in admin.text(url)
    given = {f"customfield[{site}]": "<b>shop", f"customfield[{kind}]": "b", f"customfield[{agreed}]": "on", f"fieldsent[{agreed}]": "1"}
    admin.saved(url, given)
    with ctx.unit(read=True) as db:
        held = {field.id: value for field, value in ordered.of_service_addon(db, db.get_one(ServiceAddon, aid))}
    assert held == {site: "<b>shop", kind: "b", agreed: "on"}
    assert 'value="&lt;b&gt;shop"' in admin.get(url).text
    assert "Kind" in wrongs(admin.post(url, **{f"customfield[{kind}]": "z"}))[0]
    admin.saved(url, {f"fieldsent[{agreed}]": "1"})
    with ctx.unit(read=True) as db:
        assert {field.id: value for field, value in ordered.of_service_addon(db, db.get_one(ServiceAddon, aid))}[agreed] == ""
