"""The Zoho page's story in a browser, from a new product group to the control panel's link; the vendor is its simulator."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from modulehost import sandbox, settings
from modulehost.app import RunningHost
from modulehost.context import Ctx
from modulehost.sandbox.zoho import endpoint_map
from modulehost.schema import Order, Service
from tests.browser.conftest import shot
from tests.support.hosts import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PARTNER = "partner@zylker.example"


@pytest.fixture
def zoho(running: RunningHost) -> Iterator[sandbox.RunningSandbox]:
    with sandbox.start("zoho", clock_file=running.host.root / "clock") as simulator:
        with Ctx(running.host).unit() as db:
            settings.put_endpoints(db, endpoint_map(simulator.url))
        yield simulator


def sign_in(page: Any, url: str) -> None:
    page.goto(f"{url}admin/")
    page.fill("[name=username]", ADMIN["username"])
    page.fill("[name=password]", ADMIN["password"])
    shot(page, "00-sign-in")
    page.click("button:has-text('Login'), button:has-text('Sign')")
    page.wait_for_url(re.compile("/admin/(index.php)?$"))


def group_and_product(page: Any, url: str) -> int:
    page.goto(f"{url}admin/configproducts.php")
    page.click("text=Create a New Group >> nth=0")
    page.fill("[name=name]", "Business Mail")
    page.fill("[name=headline]", "Mail under your own name")
    page.fill("[name=tagline]", "Ready in minutes")
    shot(page, "01-new-group")
    page.click("button:has-text('Save Changes')")
    page.click("text=Create a New Product >> nth=0")
    page.select_option("[name=type]", "other")
    page.select_option("[name=gid]", label="Business Mail")
    page.fill("[name=name]", "Zoho Mail")
    shot(page, "02-new-product")
    page.click("button:has-text('Continue')")
    product = int(re.search(r"[?&]id=(\d+)", page.url)[1])  # type: ignore[index]
    page.fill("[name=description]", "Mailboxes under your own domain")
    page.check("[name=showdomainoptions]")
    shot(page, "03-product-details")
    page.click("button:has-text('Save Changes')")
    page.click("a:has-text('Pricing')")
    page.check("[name=paytype][value=recurring]")
    page.check("[name$='[monthly_on]']")
    page.fill("[name$='[monthly]']", "0.00")
    shot(page, "04-product-pricing")
    page.click("button:has-text('Save Changes')")
    return product


def console_client(page: Any, zoho_url: str, redirect: str) -> tuple[str, str]:
    """Register a client in the vendor's developer console."""
    page.goto(f"{zoho_url}/developerconsole")
    page.click(f"button.person:has-text('{PARTNER}')")
    page.click("text=Add Client ID >> nth=0")
    page.fill("[name=name]", "Mail Shop")
    page.fill("[name=domain]", "https://shop.example")
    page.fill("[name=redirect_uri]", redirect)
    shot(page, "06-console-add-client")
    page.click("button:has-text('Create')")
    shot(page, "07-console-client")
    text = page.inner_text("main")
    found, secret = re.search(r"1000\.[A-Z0-9]{30}", text), re.search(r"\b[0-9a-f]{42}\b", text)
    assert found, text
    assert secret, text
    return found[0], secret[0]


def module_settings(page: Any, url: str, zoho_url: str, product: int) -> None:
    page.goto(f"{url}admin/configproducts.php?action=edit&id={product}&tab=3")
    page.select_option("#servertype", "zoho_mail")
    page.wait_for_url(re.compile("servertype=zoho_mail"))
    redirect = f"{url}modules/servers/zoho_mail/zm_oauthgrant.php"
    assert redirect in page.content()
    shot(page, "05-module-settings")
    console = page.context.new_page()
    client_id, secret = console_client(console, zoho_url, redirect)
    console.close()
    page.get_by_label("Client ID", exact=True).fill(client_id)
    page.get_by_label("Client Secret", exact=True).fill(secret)
    page.get_by_label("Domain region", exact=True).select_option("us")
    page.click("button:has-text('Authenticate')")
    page.wait_for_url(re.compile("/oauth/v2/auth"))
    shot(page, "08-consent")
    page.click("button:has-text('Accept')")
    page.wait_for_url(re.compile("configproducts.php"))
    assert "Authentication Success" in page.inner_text("main, #contentarea, body")
    assert secret not in page.content()
    shot(page, "09-authenticated")
    page.click("button:has-text('Save Changes')")
    assert secret not in page.content()


def options(page: Any, url: str) -> None:
    page.goto(f"{url}admin/configproductoptions.php")
    page.click("text=Create a New Group >> nth=0")
    page.fill("[name=name]", "Zoho options")
    page.fill("[name=description]", "Mailboxes and plan")
    page.select_option("[name=productlinks]", label="Zoho Mail")
    page.click("button:has-text('Save Changes')")
    shot(page, "10-option-group")
    with page.context.expect_page() as popup:
        page.click("a:has-text('Add New Configuration Option')")
    window = popup.value
    window.fill("[name=configoptionname]", "mailboxes|Number of mailboxes")
    window.select_option("[name=configoptiontype]", label="Quantity")
    window.click("button:has-text('Save Changes')")
    window.fill("[name=qtyminimum]", "2")
    window.fill("[name=qtymaximum]", "0")
    window.fill("[name=addoptionname]", "Mailbox")
    window.click("button:has-text('Save Changes')")
    window.fill("[name$='[monthly]'] >> nth=0", "1.50")
    shot(window, "11-option-quantity")
    window.click("button:has-text('Save Changes')")
    with page.expect_navigation():
        window.click("text=Close Window >> nth=0")
    with page.context.expect_page() as popup:
        page.click("a:has-text('Add New Configuration Option')")
    window = popup.value
    window.fill("[name=configoptionname]", "plan|Plan and storage")
    window.select_option("[name=configoptiontype]", label="Radio")
    window.click("button:has-text('Save Changes')")
    for name, price in (
        ("basic|Workplace Standard, 30 GB", "3.00"),
        ("professional|Workplace Professional, 100 GB", "6.00"),
    ):
        window.fill("[name=addoptionname]", name)
        window.fill("[name*='[new]'][name$='[monthly]']", price)
        window.click("button:has-text('Save Changes')")
    shot(window, "12-option-radio")
    with page.expect_navigation():
        window.click("text=Close Window >> nth=0")
    listed = page.inner_text("#options")
    assert "Number of mailboxes" in listed
    assert "Plan and storage" in listed
    assert "2 to unlimited" in listed
    shot(page, "13-option-group-full")
    page.click("text=Back to Groups List >> nth=0")
    shot(page, "14-option-groups")


def buy(page: Any, url: str) -> None:
    page.goto(f"{url}cart.php")
    shot(page, "20-products")
    page.click("a:has-text('Order Now'), button:has-text('Order Now')")
    page.wait_for_url(re.compile("a=add"))
    page.locator("input[name=domain]").fill("menon-foods.example")
    shot(page, "20-domain")
    page.click("main button[type=submit], form button[type=submit]:visible")
    page.wait_for_url(re.compile("a=confproduct"))
    quantity = page.get_by_label("Number of mailboxes")
    quantity.fill("4")
    page.get_by_text("Workplace Professional, 100 GB", exact=False).first.click()
    page.wait_for_function("document.querySelector('#producttotal').innerText.includes('12.00')")  # 4 x 1.50 + 6.00
    shot(page, "21-configure")
    page.click("#btnCompleteProductConfig")
    page.wait_for_url(re.compile("a=view"))
    assert "$12.00" in page.inner_text("body")
    shot(page, "22-cart")
    page.click("a:has-text('Checkout'), button:has-text('Checkout')")
    page.wait_for_url(re.compile("a=checkout"))
    fields = {
        "firstname": "Ravi", "lastname": "Menon", "email": "ravi@menon-foods.example", "phonenumber": "2025550111", "address1": "2 Hill Road",
        "city": "Kochi", "state": "Kerala", "postcode": "682001", "password": "Some-pass-12", "password2": "Some-pass-12",
    }  # fmt: skip
    page.select_option("[name=country]", "IN")
    for name, value in fields.items():
        page.locator(f"[name={name}]:visible").first.fill(value)
    shot(page, "23-checkout")
    page.click("button:has-text('Complete Order')")
    page.wait_for_url(re.compile("a=complete"))
    shot(page, "24-complete")


def create(page: Any, url: str, zoho: sandbox.RunningSandbox) -> None:
    page.goto(f"{url}admin/orders.php")
    shot(page, "30-orders")
    page.click("a:has-text('Ravi Menon')")
    page.wait_for_url(re.compile(r"clientssummary\.php\?userid="))
    page.click("nav.tabs a:has-text('Products/Services')")
    page.wait_for_url(re.compile(r"clientsservices\.php\?userid="))
    shot(page, "31-service")
    names = page.locator("#modulecmdbtns a")
    assert names.all_inner_texts()[0] == "Create"
    assert "menon-foods.example" not in str(requests.get(f"{zoho.url}/_sandbox/objects", timeout=10).json())
    names.first.click()
    assert "Module Command Confirmation" in page.inner_text("dialog[open]")
    shot(page, "32-confirm")
    page.click("dialog[open] button:has-text('Yes')")
    page.wait_for_selector("text=Module Command Success")
    shot(page, "33-created")
    text = page.inner_text("body")
    for label in (
        "Authenticate",
        "Client Domain",
        "Super Admin",
        "ZOID",
        "Domain Verification",
        "URL to Manage Customers",
    ):
        assert label in text, label
    assert "Not Verified" in text
    assert "ravi@menon-foods.example" in text


def verify(page: Any) -> None:
    """Through the link *Click here* to the partner console, where the customer's domain is verified."""
    target = page.get_attribute("a:has-text('Click here')", "href")
    console = page.context.new_page()
    console.goto(target)
    if console.locator(f"button.person:has-text('{PARTNER}')").count():
        console.click(f"button.person:has-text('{PARTNER}')")
    shot(console, "40-partner-console")
    console.click("main a:text-is('Manage')")
    shot(console, "41-customer")
    console.click("button:has-text('Publish the record') >> nth=0")
    console.click("button:text-is('Verify') >> nth=0")
    shot(console, "42-verified")
    console.close()


def test_from_a_new_group_to_the_control_panel(page: Any, running: RunningHost, zoho: sandbox.RunningSandbox) -> None:
    url = running.url
    sign_in(page, url)
    product = group_and_product(page, url)
    module_settings(page, url, zoho.url, product)
    options(page, url)

    shopper = page.context.browser.new_context(viewport={"width": 1280, "height": 900})
    shop = shopper.new_page()
    shop.set_default_timeout(20000)
    buy(shop, url)

    create(page, url, zoho)
    with Ctx(running.host).unit(read=True) as db:
        service, order = db.query(Service).one(), db.query(Order).one()
        assert (service.domainstatus, order.status) == ("Active", "Pending")
    verify(page)
    page.reload()
    assert "Not Verified" not in page.inner_text("body")
    page.select_option("[name=domainstatus]", "Active")
    page.click("button:has-text('Save Changes')")
    shot(page, "43-saved")
    with Ctx(running.host).unit(read=True) as db:
        assert db.query(Order).one().status == "Active"

    shop.goto(f"{url}clientarea.php?action=services")
    shot(shop, "50-services")
    shop.click("a:has-text('Manage Product')")
    shot(shop, "51-product")
    for label in ("Webmail", "Control Panel"):
        target = shop.get_attribute(f"a:has-text('{label}')", "href")
        assert target.startswith(zoho.url), target
        assert requests.get(target, timeout=20).ok, target
    shop.goto(f"{url}clientarea.php?action=invoices")
    shot(shop, "52-invoices")
    shopper.close()
