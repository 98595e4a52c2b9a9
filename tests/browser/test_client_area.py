"""The client area in a real browser: what scripts do beyond what the pages say by themselves."""

from typing import Any

import pytest
from sqlalchemy import select

from modulehost import app
from modulehost.context import Ctx
from modulehost.schema import Command, Invoice, Service
from tests.browser.conftest import shot
from tests.client.conftest import shop  # noqa: F401 - a fixture
from tests.client.shop import Shop

pytestmark = pytest.mark.browser
PERSON = {
    "inputFirstName": "Noor", "inputLastName": "Haddad", "inputEmail": "noor@example.net", "inputPhone": "+1 202 555 0170",
    "inputAddress1": "5 Quay Road", "inputCity": "Boston", "inputState": "Massachusetts", "inputPostcode": "02110",
    "inputNewPassword1": "Noor-pass-1", "inputNewPassword2": "Noor-pass-1",
}  # fmt: skip


def test_order_pay_and_manage(page: Any, running: app.RunningHost, ctx: Ctx, shop: Shop) -> None:  # noqa: F811
    url = running.url.rstrip("/")
    page.goto(f"{url}/cart.php")
    page.click(f"#product{shop.mail}-order-button")
    total = page.locator("#totalDueToday")
    assert total.inner_text() == "$4.50 USD"
    page.fill(f"#inputConfigOption{shop.mailboxes}", "5")
    # 1.00 + 2.00 + 5 x 1.50
    page.wait_for_function("document.querySelector('#totalDueToday').textContent === '$10.50 USD'")
    page.click("text=Large")
    page.wait_for_function("document.querySelector('#totalDueToday').textContent === '$14.50 USD'")
    shot(page, "client-configure")
    page.fill(f"#inputConfigOption{shop.mailboxes}", "51")
    page.wait_for_selector(".summary-problem:has-text('at most 50')")
    assert page.locator("#btnCompleteProductConfig").is_disabled()
    page.fill(f"#inputConfigOption{shop.mailboxes}", "5")
    page.wait_for_function("!document.querySelector('#btnCompleteProductConfig').disabled")
    page.click("text=Annually")
    # 20.00 + 5 x 15.00 + 40.00; another cycle is another page, and what was chosen stays
    page.wait_for_function("(document.querySelector('#totalDueToday') || {}).textContent === '$135.00 USD'")
    page.fill(f"#customfield{shop.note}", "Noor")
    page.click("#btnCompleteProductConfig")
    page.click("#checkout")
    page.click("text=Already have an account?")
    assert page.locator("#inputFirstName").is_hidden()
    page.click("text=Create a new account")
    for field, value in PERSON.items():
        page.fill(f"#{field}", value)
    assert page.locator(".pw-strength small").inner_text() != ""
    page.check("input[value=testpay]")
    shot(page, "client-checkout")
    page.click("#btnCompleteOrder")
    page.click("text=Pay now")
    page.click("text=Pay now (test)")
    page.wait_for_selector("text=Your payment was received")
    with ctx.unit() as db:
        assert db.scalars(select(Invoice)).one().status == "Paid"
        service = db.scalars(select(Service)).one()
        service.domainstatus = "Active"
    page.goto(f"{url}/clientarea.php?action=services")
    page.click(".list-action a")
    page.click("text=Restart Server")
    page.wait_for_selector("#alertModuleCustomButtonSuccess")
    with ctx.unit(read=True) as db:
        assert [row.function for row in db.scalars(select(Command).where(Command.function == "restart"))] == ["restart"]
    page.click("#Primary_Sidebar-Service_Details_Actions-Change_Password")
    assert page.locator("#inputNewPassword1").is_visible()
    assert page.locator(".service-head").is_hidden()
    shot(page, "client-password")


def test_nothing_is_wider_than_a_phone(page: Any, running: app.RunningHost, shop: Shop) -> None:  # noqa: F811
    url = running.url.rstrip("/")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{url}/login")
    page.fill("#inputEmail", "asha@example.com")
    page.fill("#inputPassword", "Client-pass-1")
    page.click("#login")
    page.wait_for_url("**/clientarea.php")
    for address in (
        "/", "/clientarea.php", "/clientarea.php?action=services", "/clientarea.php?action=invoices", "/clientarea.php?action=details",
        "/cart.php", f"/cart.php?a=add&pid={shop.hosting}", f"/cart.php?a=add&pid={shop.mail}", "/cart.php?a=view", "/submitticket.php",
    ):  # fmt: skip
        page.goto(url + address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
