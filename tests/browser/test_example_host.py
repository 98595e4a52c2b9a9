"""The bundled server module in a browser: ordered with an addon, paid, set up, used, upgraded, cancelled; the admin sees each."""

import re
from typing import Any

import pytest

from modulehost import extensions
from modulehost.app import RunningHost
from modulehost.billing import upgrades
from modulehost.billing.catalog import addons, groups, products, servers
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import CancelRequest, Command, Invoice, Service, ServiceAddon, Upgrade
from tests.browser.conftest import admin_in, client_in, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DOMAIN = "menon-foods.example"


def catalogue(ctx: Ctx) -> tuple[int, int, int]:
    """Small (4.00) which may become Large (10.00), set up when paid, and the addon Daily Backup (2.50)."""
    with ctx.unit() as db:
        usd = default_currency(db).id
        group = groups.create(db, {"name": "Hosting", "headline": "A place for your site", "tagline": "Small and dependable"})
        rows = [
            products.create(
                db,
                {"name": name, "gid": group.id, "type": "hostingaccount", "paytype": "recurring", "servertype": "examplehost",
                 "showdomainoptions": 1, "description": "Disk and mail", "pricing": {usd: {"monthly": price}}},
            )
            for name, price in (("Small", "4.00"), ("Large", "10.00"))
        ]  # fmt: skip
        for row, disk in zip(rows, ("1024", "10240"), strict=True):
            row.autosetup, row.configoption1, row.configoption3, row.configoption4 = "payment", row.name.lower(), "on", disk
            row.configoption5, row.configoption6 = "at once", "Welcome aboard"
        upgrades.set_targets(db, rows[0], [rows[1].id])
        extra = addons.create(db, {"name": "Daily Backup", "showorder": 1, "autoactivate": "payment", "description": "Kept for a week"})
        key = f"currency[{usd}]"
        addons.save_pricing(db, extra, {"billingcycle": "recurring", f"{key}[monthly]": "2.50", f"{key}[monthly_on]": "1"})
        addons.save_products(db, extra, {"packages": [str(rows[0].id)]})
        servers.save(db, {"name": "Node", "hostname": "node1.example", "type": "examplehost", "secure": "on", "active": "on"})
        extensions.activate_hooks(db, "examplehost")
        return rows[0].id, rows[1].id, extra.id


def commands(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return [row.function for row in db.query(Command).order_by(Command.id) if row.state == "success"]


def order(page: Any, url: str, small: int, extra: int) -> None:
    page.goto(f"{url}/cart.php?a=add&pid={small}")
    page.locator("input[name=domain]").fill(DOMAIN)
    page.click("main form button[type=submit]:visible")
    page.wait_for_url(re.compile("a=confproduct"))
    page.check(f"#a{extra}")
    page.wait_for_function("document.querySelector('#totalDueToday').textContent === '$6.50 USD'")  # 4.00 + 2.50
    shot(page, "host-01-configure")
    page.click("#btnCompleteProductConfig")
    page.wait_for_url(re.compile("a=view"))
    shot(page, "host-02-cart")
    page.click("#checkout")
    page.check("input[name=paymentmethod][value=testpay]")
    page.click("#btnCompleteOrder")
    page.click("text=Pay now")
    shot(page, "host-03-invoice")
    page.click("text=Pay now (test)")
    page.wait_for_selector("text=Your payment was received")
    shot(page, "host-04-paid")


def use(page: Any, url: str) -> None:
    address = f"{url}/clientarea.php?action=productdetails&id=1"
    page.goto(address)
    shown = page.inner_text("#moduleClientArea")
    assert "Welcome aboard" in shown and "small" in shown
    assert "Daily Backup" in page.inner_text("main")
    shot(page, "host-05-product")
    with page.context.expect_page() as popup:
        page.locator("text=Open Control Panel >> visible=true").first.click()
    assert popup.value.inner_text(".target").startswith("https://node1.example:8443/login?user=menonfoo&key=")
    popup.value.close()
    with page.context.expect_page() as popup:
        page.locator("button[data-identifier=backups] >> visible=true").first.click()
    assert popup.value.inner_text(".target").startswith("https://node1.example:8443/backups?account=1&key=")
    popup.value.close()
    page.goto(address)
    page.locator("text=Statistics >> visible=true").first.click()
    shot(page, "host-06-statistics")


def upgrade(page: Any, url: str, ctx: Ctx, large: int) -> None:
    page.goto(f"{url}/clientarea.php?action=productdetails&id=1")
    page.locator("#Primary_Sidebar-Service_Details_Actions-Upgrade\\/Downgrade").click()
    shot(page, "host-10-upgrade")
    page.click("form:has(input[name=pid]) button[type=submit]")
    page.wait_for_selector(".upgrade-lines")
    # a whole month is left: 10.00 less the 4.00 that were paid
    assert "$6.00 USD" in page.inner_text(".upgrade-lines tfoot")
    page.check("input[name=paymentmethod][value=testpay]")
    shot(page, "host-11-upgrade-summary")
    page.click("form:has(.upgrade-lines) .form-actions button[type=submit]")
    page.click("text=Pay now (test)")
    page.wait_for_selector("text=Your payment was received")
    page.goto(f"{url}/clientarea.php?action=productdetails&id=1")
    assert "large" in page.inner_text("#moduleClientArea")
    shot(page, "host-12-upgraded")
    with ctx.unit(read=True) as db:
        assert db.query(Service).one().packageid == large
        assert [row.status for row in db.query(Upgrade)] == ["Completed"]
        assert [row.status for row in db.query(Invoice)] == ["Paid", "Paid"]


def cancel(page: Any, url: str, ctx: Ctx) -> None:
    page.locator("text=Request cancellation >> visible=true").first.click()
    page.fill("#cancellationreason", "We are moving to a house of our own")
    shot(page, "host-20-cancel")
    page.click("button.btn-danger")
    page.wait_for_selector(".alert-success")
    page.goto(f"{url}/clientarea.php?action=productdetails&id=1")
    assert page.locator("#alertPendingCancellation").is_visible()
    shot(page, "host-21-cancelling")
    with ctx.unit(read=True) as db:
        assert [(row.relid, row.type) for row in db.query(CancelRequest)] == [(1, "End of Billing Period")]


def staff(page: Any, url: str) -> None:
    page.goto(f"{url}/admin/orders.php")
    assert "Asha Rao" in page.inner_text("table.list")
    shot(page, "host-30-orders")
    page.goto(f"{url}/admin/clientsservices.php?userid=1&id=1")
    shown = page.inner_text("main")
    for text in ("EX00001", "Daily Backup", "Cancellation requested", "house of our own"):
        assert text in shown, text
    assert page.input_value("#amount") == "10.00"
    shot(page, "host-31-service")
    page.goto(f"{url}/admin/cancelrequests.php")
    assert "house of our own" in page.inner_text("table.list")
    shot(page, "host-32-requests")


def test_the_example_host(page: Any, running: RunningHost, ctx: Ctx) -> None:
    url = running.url.rstrip("/")
    small, large, extra = catalogue(ctx)
    client_in(page, url)
    order(page, url, small, extra)
    with ctx.unit(read=True) as db:
        assert (db.query(Service).one().domainstatus, db.query(ServiceAddon).one().status) == ("Active", "Active")
    assert commands(ctx) == ["CreateAccount"]
    use(page, url)
    upgrade(page, url, ctx, large)
    assert "ChangePackage" in commands(ctx)
    cancel(page, url, ctx)
    admin_in(page, url)
    staff(page, url)
