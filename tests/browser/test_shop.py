"""A shop in a browser: a currency, a tax rule and a promotion that the admin makes, and what a visitor pays with them."""

import re
from decimal import Decimal
from typing import Any

import pytest

from modulehost.app import RunningHost
from modulehost.context import Ctx
from modulehost.schema import Currency, EmailTemplate, Invoice, Order, Product
from tests.browser.conftest import admin_in, shot
from tests.client.shop import stock

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PERSON = {
    "inputFirstName": "Jana", "inputLastName": "Weber", "inputEmail": "jana@example.net", "inputPhone": "+49 30 5550170",
    "inputAddress1": "Hafenstr. 5", "inputCity": "Hamburg", "inputState": "Hamburg", "inputPostcode": "20457",
    "inputNewPassword1": "Jana-pass-12", "inputNewPassword2": "Jana-pass-12",
}  # fmt: skip


def settings(page: Any, url: str, ctx: Ctx, hosting: int) -> None:
    page.goto(f"{url}/admin/configcurrencies.php?action=edit")
    page.fill("#code", "EUR")
    page.fill("#prefix", "€")
    page.fill("#suffix", " EUR")
    page.fill("#rate", "0.9")
    page.check("[name=updatepricing]")
    shot(page, "shop-01-currency")
    page.click("button:has-text('Save Changes')")
    page.wait_for_selector("table.list >> text=EUR")
    shot(page, "shop-02-currencies")
    page.goto(f"{url}/admin/configtax.php")
    page.check("[name=TaxEnabled]")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    page.goto(f"{url}/admin/configtax.php?level=1")
    page.fill("#name", "MwSt")
    page.select_option("#country", "DE")
    page.fill("#taxrate", "19")
    shot(page, "shop-03-tax-rule")
    page.click("button:has-text('Add Rule')")
    page.wait_for_selector("table.list >> text=19.000%")
    page.goto(f"{url}/admin/configproducts.php?action=edit&id={hosting}&tab=1")
    page.check("[name=tax]")
    shot(page, "shop-04-pricing")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    page.goto(f"{url}/admin/configpromotions.php?action=manage")
    page.fill("#code", "SPRING")
    page.select_option("#type", "Percentage")
    page.fill("#value", "25")
    page.select_option("#appliesto", label=page.locator("#appliesto option", has_text="Site Hosting").first.inner_text())
    shot(page, "shop-05-promotion")
    page.click("button:has-text('Save Changes')")
    page.wait_for_selector("table.list >> text=SPRING")
    shot(page, "shop-06-promotions")
    with ctx.unit(read=True) as db:
        assert db.query(Currency).filter_by(code="EUR").one().rate == Decimal("0.9")
        assert db.get_one(Product, hosting).tax


def buy(page: Any, url: str, ctx: Ctx, hosting: int) -> None:
    page.goto(f"{url}/cart.php")
    page.select_option("#sideCurrency:visible, #footerCurrency:visible >> nth=0", label="EUR")
    page.wait_for_selector(f"#product{hosting} >> text=€3.60")  # 4.00 x 0.9
    shot(page, "shop-10-store")
    page.click(f"#product{hosting}-order-button")
    page.locator("input[name=domain]").fill("weber.example")
    page.click("main form button[type=submit]:visible")
    page.wait_for_url(re.compile("a=confproduct"))
    page.click("#btnCompleteProductConfig")
    page.wait_for_url(re.compile("a=view"))
    page.fill("#inputPromotionCode", "NONSENSE")
    page.click("[name=validatepromo]")
    page.wait_for_selector(".promo-error")
    page.fill("#inputPromotionCode", "spring")
    page.click("[name=validatepromo]")
    page.wait_for_selector(".promo-kept")
    assert "0.90" in page.inner_text("#discount")  # a quarter of 3.60
    assert page.inner_text("#subtotal") == "€2.70 EUR"
    shot(page, "shop-11-cart")
    page.click("#checkout")
    page.select_option("[name=country]", "DE")
    for field, value in PERSON.items():
        page.fill(f"#{field}", value)
    page.check("input[name=paymentmethod][value=mailin]")
    shot(page, "shop-12-checkout")
    page.click("#btnCompleteOrder")
    page.wait_for_url(re.compile("a=complete"))
    shot(page, "shop-13-complete")
    with ctx.unit(read=True) as db:
        invoice = db.query(Invoice).one()
        # 19 % of 2.70 is 0.513
        assert (invoice.subtotal, invoice.tax, invoice.total) == (Decimal("2.70"), Decimal("0.51"), Decimal("3.21"))
        assert (db.query(Order).one().promocode, db.query(Order).one().amount) == ("SPRING", Decimal("3.21"))
    page.goto(f"{url}/viewinvoice.php?id=1")
    sheet = page.inner_text("main")
    assert "MwSt" in sheet and "€0.51 EUR" in sheet and "€3.21 EUR" in sheet
    shot(page, "shop-14-invoice")


def mail(page: Any, url: str, ctx: Ctx) -> None:
    with ctx.unit(read=True) as db:
        template = db.query(EmailTemplate).filter_by(name="Client Signup Email", language="").one().id
    page.goto(f"{url}/admin/configemailtemplates.php")
    shot(page, "shop-20-templates")
    page.goto(f"{url}/admin/configemailtemplates.php?action=edit&id={template}")
    page.fill(f"[name='subject[{template}]']", "Good day, {$client_first_name}")
    page.fill(f"[name='message[{template}]']", "<p>Dear {$client_name}, {if $client_country == 'DE'}moin{else}hello{/if}.</p>")
    page.fill("#about", "2")
    page.click("button:has-text('Preview')")
    page.wait_for_selector("#preview")
    assert "Good day, Jana" in page.inner_text("#preview h2")
    assert "Dear Jana Weber, moin." in page.frame_locator("#preview iframe").locator("body").inner_text()
    shot(page, "shop-21-preview")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    with ctx.unit(read=True) as db:
        assert db.get_one(EmailTemplate, template).subject == "Good day, {$client_first_name}"


def test_a_shop_with_currency_tax_and_promotion(page: Any, chromium: Any, running: RunningHost, ctx: Ctx) -> None:
    url = running.url.rstrip("/")
    hosting = stock(ctx).hosting
    admin_in(page, url)
    settings(page, url, ctx, hosting)
    visitors = chromium.new_context(viewport={"width": 1280, "height": 900})
    visitor = visitors.new_page()
    visitor.set_default_timeout(20000)
    buy(visitor, url, ctx, hosting)
    visitors.close()
    mail(page, url, ctx)
