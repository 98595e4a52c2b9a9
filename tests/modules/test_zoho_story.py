"""The same module through the shop's own pages: settings form, service page, product page, menus."""

import pytest

from modulehost import extensions
from modulehost.schema import Product, Service
from tests.modules.browser import Browser, token
from tests.modules.shop import Shop


@pytest.fixture
def active(zoho: Shop) -> int:
    with zoho.ctx.unit() as db:
        extensions.activate_hooks(db, "zoho_mail")
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    return service


def test_the_settings_form_saves_and_goes_on_to_the_consent_page(zoho: Shop) -> None:
    browser = Browser(zoho).sign_in()
    address = f"/admin/configproducts.php?action=edit&id={zoho.product}&tab=3"
    page = browser.shop.get(address).get_data(as_text=True)
    secret = next(iter(zoho.zoho.clients.values())).secret
    assert "Redirect URL" in page and "zm_oauthgrant.php" in page and secret not in page
    form = {
        "token": token(page),
        "servertype": "zoho_mail",
        "packageconfigoption[1]": next(iter(zoho.zoho.clients)),
        "packageconfigoption[2]": secret,
        "packageconfigoption[4]": "us",
        "continue": f"/modules/servers/zoho_mail/authenticate?product={zoho.product}",
    }
    answer = browser.shop.post(address, data=form)
    assert answer.headers["Location"].endswith(form["continue"])
    browser.be_at_zoho()
    where, notes = browser.open(browser.consent(browser.authenticate()))
    assert where == address and "Authentication Success" in [title for _, title, _ in notes]
    with zoho.ctx.unit(read=True) as db:
        assert secret not in db.get_one(Product, zoho.product).configoption2


def test_the_admin_sees_the_rows_once_each(zoho: Shop, active: int) -> None:
    page = Browser(zoho).sign_in().shop.get(f"/admin/clientsservices.php?userid={zoho.client}&id={active}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for label in ("Client Domain", "Super Admin", "Domain Verification", "URL to Manage Customers"):
        assert text.count(f">{label}<") == 1, label
    assert "Custom Fields" not in text


def test_the_client_reaches_mailbox_and_control_panel(zoho: Shop, active: int) -> None:
    browser = Browser(zoho).sign_in_as_client()
    text = browser.shop.get(f"/clientarea.php?action=productdetails&id={active}").get_data(as_text=True)
    assert zoho.box is not None
    assert f'href="{zoho.box.url}/zm/"' in text and "Go to Webmail" in text
    assert f'href="{zoho.box.url}/cpanel/index.do?zoid=' in text and "Go to Control Panel" in text
    assert 'href="/clientarea.php?action=services&amp;module=zoho_mail"' in text.replace("&module", "&amp;module")
    assert "My Zoho Mail Services" in text
    with zoho.ctx.unit() as db:
        db.get_one(Service, active).domainstatus = "Suspended"
    text = browser.shop.get(f"/clientarea.php?action=productdetails&id={active}").get_data(as_text=True)
    assert "Go to Webmail" not in text


def test_visitors_get_no_entry(zoho: Shop, active: int) -> None:
    text = Browser(zoho).shop.get("/login").get_data(as_text=True)
    assert "module=zoho_mail" not in text
