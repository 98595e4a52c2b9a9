"""upgrade.php: choose, check, order; and the staff's page for the same."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import app
from modulehost.billing import gateways, upgrades
from modulehost.billing.catalog import fields
from modulehost.context import Ctx, Host
from modulehost.schema import (
    ConfigOptionSub,
    CustomFieldValue,
    Invoice,
    Order,
    Product,
    Service,
    ServiceAddon,
    ServiceConfigOption,
    Upgrade,
)
from tests.client.shop import Shop, nonce, post, words
from tests.support.hosts import ADMIN


@pytest.fixture
def service(ctx: Ctx, shop: Shop) -> int:
    """Site Hosting at 4.00 a month, due in ten days, which may become Team Mail (2.00, a mailbox 1.50) and be paid yearly."""
    today = ctx.host.clock.today()
    with ctx.unit() as db:
        hosting, mail = db.get_one(Product, shop.hosting), db.get_one(Product, shop.mail)
        hosting.servertype = mail.servertype = ""
        mail.configoptionsupgrade = 1
        upgrades.set_targets(db, hosting, [mail.id, hosting.id])
        row = Service(
            userid=1, packageid=hosting.id, domain="asha.example", domainstatus="Active", billingcycle="Annually",
            amount=Decimal("36.50"), regdate=today - timedelta(days=355), nextduedate=today + timedelta(days=10), qty=1,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def test_three_steps_to_another_product(client: FlaskClient, ctx: Ctx, shop: Shop, service: int) -> None:
    details = client.get(f"/clientarea.php?action=productdetails&id={service}").text
    assert "Primary_Sidebar-Service_Details_Actions-Upgrade/Downgrade" in details
    with ctx.unit() as db:  # the same field on both sides, one that only the old product has, one whose choices differ
        hosting, mail = db.get_one(Product, shop.hosting), db.get_one(Product, shop.mail)
        for product, name, more in (
            (hosting, "Contact|Whom to call", {}), (hosting, "only|Only here", {}),
            (hosting, "colour|Colour", {"fieldtype": "dropdown", "fieldoptions": "red,blue"}),
            (mail, "colour|Colour", {"fieldtype": "dropdown", "fieldoptions": "green,blue"}),
        ):  # fmt: skip
            field = fields.save(db, product, {"fieldname": name, "fieldtype": "text", **more})
            if product is hosting:
                value = "red" if more else f"Asha of {name[:7]}"
                db.add(CustomFieldValue(fieldid=field.id, relid=service, value=value))
    first = client.get(f"/upgrade.php?type=package&id={service}")
    assert "Team Mail" in words(first)
    assert re.search(r"Monthly · \$3\.50 USD .*? today", words(first))  # 2.00 and one mailbox, the least
    chosen = {"type": "package", "id": str(service), "pid": str(shop.mail), "billingcycle": "monthly"}
    second = post(client, "/upgrade.php", {**chosen, "step": "2"})
    assert second.status_code == 200, words(second)
    assert "Site Hosting" in words(second)
    assert 'name="paymentmethod" value="mailin"' in second.text
    wrong = post(client, "/upgrade.php", {**chosen, "step": "2", "promocode": "<b>", "validatepromo": "1"})
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    order = {**chosen, "step": "3", "paymentmethod": "testpay", "nonce": nonce(second)}
    answers = [post(client, "/upgrade.php", order).headers["Location"] for _ in range(2)]
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Upgrade)).one()
        invoice = db.scalars(select(Invoice)).one()
    assert answers == [f"/viewinvoice.php?id={invoice.id}"] * 2
    assert (row.newvalue, row.days_remaining, row.amount) == (f"{shop.mail},monthly", 10, invoice.subtotal)
    assert "ordered a change of this service already" in words(client.get(f"/upgrade.php?type=package&id={service}"))
    paid = post(client, f"/viewinvoice.php?id={invoice.id}", {"pay": gateways.TEST})
    assert "paymentsuccess" in paid.headers["Location"]
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, service).packageid == shop.mail
    details = words(client.get(f"/clientarea.php?action=productdetails&id={service}"))
    assert "Contact person Asha of Contact" in details
    assert "Colour –" in details  # red is no choice there


def test_options_keep_what_was_typed_and_a_downgrade_costs_nothing(client: FlaskClient, ctx: Ctx, shop: Shop, service: int) -> None:
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.packageid, row.amount = shop.mail, Decimal("20.00")
        choice = db.scalars(select(ConfigOptionSub.id).where(ConfigOptionSub.configid == shop.mailboxes)).one()
        db.add(ServiceConfigOption(relid=service, configid=shop.mailboxes, qty=5, optionid=choice))
    form = {"type": "configoptions", "id": str(service), f"configoption[{shop.mailboxes}]": "99"}
    page = client.get(f"/upgrade.php?type=configoptions&id={service}")
    assert f'name="configoption[{shop.mailboxes}]"' in page.text
    assert "Now: 5 x Mailbox" in words(page)
    refused = post(client, "/upgrade.php", {**form, "step": "2"})
    assert refused.status_code == 400
    assert "the quantity must be at most 50" in words(refused)
    assert 'value="99"' in refused.text
    form[f"configoption[{shop.mailboxes}]"] = "2"
    summary = post(client, "/upgrade.php", {**form, "step": "2"})
    assert "is added to your credit balance" in words(summary)
    done = post(client, "/upgrade.php", {**form, "step": "3", "nonce": nonce(summary)})
    assert done.headers["Location"] == f"/clientarea.php?action=productdetails&id={service}"
    with ctx.unit(read=True) as db:
        assert db.scalars(select(ServiceConfigOption.qty).where(ServiceConfigOption.configid == shop.mailboxes)).one() == 2
        assert db.scalars(select(Order.status)).one() == "Active"


def test_services_of_others_and_those_that_cannot_be_changed(client: FlaskClient, ctx: Ctx, service: int) -> None:
    assert client.get("/upgrade.php?type=package&id=999").status_code == 404
    assert client.get(f"/upgrade.php?type=domain&id={service}").status_code == 404
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Suspended"
    assert "Only an active service can be changed" in words(client.get(f"/upgrade.php?type=package&id={service}"))
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.domainstatus, row.userid = "Active", 2
    assert client.get(f"/upgrade.php?type=package&id={service}").status_code == 404


def test_staff_calculate_and_order_without_a_charge(ctx: Ctx, host: Host, shop: Shop, service: int) -> None:
    staff = app.create_app(host).test_client()
    assert post(staff, "/admin/dologin.php", ADMIN).status_code == 303
    tab = f"/admin/configproducts.php?action=edit&id={shop.mail}&tab=6"
    assert post(staff, tab, {"upgradepackages": [str(shop.hosting)], "configoptionsupgrade": "1"}).status_code == 303
    with ctx.unit(read=True) as db:
        assert [one.id for one in upgrades.targets(db, db.get_one(Product, shop.mail))] == [shop.hosting]
    page = f"/admin/clientsupgrade.php?id={service}&type=package"
    assert "Upgrade/Downgrade" in staff.get(f"/admin/clientsservices.php?userid=1&id={service}").text
    form = {"pid": str(shop.mail), "billingcycle": "monthly", "paymentmethod": "mailin"}
    shown = post(staff, page, {**form, "charge": "1", "calculate": "1"})
    assert "Site Hosting =&gt; Team Mail" in shown.text
    assert "10 of 365" in words(shown) or "10 of 366" in words(shown)
    same = post(staff, page, {"pid": str(shop.hosting), "billingcycle": "annually", "paymentmethod": "mailin"})
    assert "has this product and billing cycle already" in words(same)
    done = post(staff, page, form)
    assert done.headers["Location"] == f"/admin/clientsservices.php?userid=1&id={service}"
    with ctx.unit(read=True) as db:
        now = db.get_one(Service, service)
        assert (now.packageid, now.billingcycle, now.amount) == (shop.mail, "Monthly", Decimal("3.50"))
        order = db.scalars(select(Order.id)).one()
    assert "Site Hosting =&gt; Team Mail (Monthly)" in staff.get(f"/admin/orders.php?action=view&id={order}").text


def test_the_page_with_all_choices_leads_to_the_same_order(client: FlaskClient, ctx: Ctx, shop: Shop, service: int) -> None:
    assert client.get("/upgrade").headers["Location"] == "/clientarea.php?action=services"
    page = client.get(f"/upgrade?serviceid={service}")
    assert page.status_code == 200
    assert re.search(r"Team Mail .*Monthly · \$3\.50 USD .*? today", words(page))
    assert re.search(r"You have this now Site Hosting .*Monthly · \$4\.00 USD", words(page))
    assert 'action="/upgrade/add"' in page.text
    chosen = {"isproduct": "1", "serviceid": str(service), "productid": str(shop.mail), "billingcycle": "monthly"}
    second = post(client, "/upgrade/add", chosen)
    assert second.status_code == 200, words(second)
    assert "Site Hosting" in words(second) and 'name="step" value="3"' in second.text
    order = {"type": "package", "id": str(service), "pid": str(shop.mail), "billingcycle": "monthly", "step": "3",
             "paymentmethod": "mailin", "nonce": nonce(second)}  # fmt: skip
    assert post(client, "/upgrade.php", order).headers["Location"].startswith("/viewinvoice.php?id=")
    waiting = client.get(f"/upgrade?serviceid={service}")
    assert "ordered a change of this service already" in words(waiting) and 'action="/upgrade/add"' not in waiting.text
    assert post(client, "/upgrade/add", chosen).status_code == 400


def test_the_page_refuses_what_is_not_offered_or_not_mine(client: FlaskClient, ctx: Ctx, service: int) -> None:
    odd = post(client, "/upgrade/add", {"serviceid": str(service), "productid": "999", "billingcycle": "monthly"})
    assert odd.status_code == 400 and "Team Mail" in words(odd)
    assert client.get("/upgrade?serviceid=999").status_code == 404
    with ctx.unit() as db:
        addon = ServiceAddon(userid=1, hostingid=service, addonid=0, name="Extra", status="Active", billingcycle="Monthly")
        other = ServiceAddon(userid=2, hostingid=service, addonid=0, name="Extra", status="Active", billingcycle="Monthly")
        db.add_all([addon, other])
        db.flush()
        ids = addon.id, other.id
    told = client.get(f"/upgrade?isproduct=0&serviceid={ids[0]}")
    assert told.status_code == 501 and "Order the addon that you would like to have" in words(told)
    assert client.get(f"/upgrade?isproduct=0&serviceid={ids[1]}").status_code == 404
    with ctx.unit() as db:
        db.get_one(Service, service).userid = 2
    assert client.get(f"/upgrade?serviceid={service}").status_code == 404
    assert post(client, "/upgrade/add", {"serviceid": str(service), "productid": "1"}).status_code == 404
