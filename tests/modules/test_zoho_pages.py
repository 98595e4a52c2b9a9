"""What admins and clients see of Zoho Mail: settings, the rows of a service, and the product page's links."""

import re
from datetime import timedelta

import pytest

from modulehost import lifecycle
from tests.modules.shop import CALLBACK, Shop


def rows(shop: Shop, service: int) -> dict[str, str]:
    return dict(lifecycle.tabs.fields(shop.ctx, service))


@pytest.fixture
def service(zoho: Shop) -> int:
    made = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(made, "CreateAccount").ok
    return made


def test_the_settings_have_their_places_and_every_region(zoho: Shop) -> None:
    fields = lifecycle.config_options(zoho.ctx, "zoho_mail", zoho.product)
    assert [(field.position, field.label, field.type) for field in fields] == [
        (1, "Client ID", "text"),
        (2, "Client Secret", "password"),
        (3, "Redirect URL", "none"),
        (4, "Domain region", "dropdown"),
        (5, "Authenticate", "none"),
    ]
    assert [value for value, _ in fields[3].options] == ["us", "eu", "in", "au", "jp", "ca", "cn", "sa"]
    assert f'readonly value="{CALLBACK}"' in fields[2].description
    authenticate = fields[4].description
    assert f'name="continue" value="/modules/servers/zoho_mail/authenticate?product={zoho.product}"' in authenticate
    assert "Authenticated</span> for region United States (zoho.com) since 2026-03-02 12:00:00 UTC by admin" in authenticate


def test_the_settings_tell_what_is_not_authenticated(zoho: Shop) -> None:
    zoho.settings(configoption4="ca")
    text = lifecycle.config_options(zoho.ctx, "zoho_mail", zoho.product)[4].description
    assert "Not authenticated</span> for region Canada (zohocloud.ca)" in text and "Test Connection" not in text
    assert "Other authenticated clients: United States (zoho.com)" in text


def test_another_product_without_a_client_is_not_authenticated(zoho: Shop) -> None:
    zoho.settings(configoption1="", configoption2="")
    text = lifecycle.config_options(zoho.ctx, "zoho_mail", zoho.product)[4].description
    assert "Not authenticated</span> for region United States (zoho.com)" in text
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "not authenticated" in outcome.message


def test_the_settings_tell_that_zoho_refuses(zoho: Shop) -> None:
    zoho.fault("refresh_revoked", remaining=1)
    assert not zoho.run(zoho.service(plan="free"), "CreateAccount").ok
    text = lifecycle.config_options(zoho.ctx, "zoho_mail", zoho.product)[4].description
    assert "invalid_token" in text and "authenticate again" in text


def test_the_module_needs_no_server(zoho: Shop) -> None:
    metadata = lifecycle.metadata(zoho.ctx, "zoho_mail")
    assert metadata["DisplayName"] == "Zoho Mail" and not metadata["RequiresServer"]


def test_the_rows_stand_in_the_vendors_order(zoho: Shop, service: int) -> None:
    shown = rows(zoho, service)
    assert list(shown) == [
        "Authenticate",
        "Client Domain",
        "Client Control Panel",
        "Super Admin",
        "ZOID",
        "Domain Verification",
        "URL to Manage Customers",
    ]
    assert "Authenticated</span> for region United States" in shown["Authenticate"]
    assert (
        f"authenticate?product={zoho.product}&amp;service={service}&amp;client={zoho.client}" in shown["Authenticate"]
    )
    assert (shown["Client Domain"], shown["Super Admin"]) == ("lily.example", "angelica@example.com")
    assert shown["ZOID"] == zoho.customers()[0].zoid
    assert "Not Verified" in shown["Domain Verification"]
    assert zoho.box is not None
    assert f'href="{zoho.box.url}/cpanel/index.do#managecustomers"' in shown["URL to Manage Customers"]
    assert ">Click here</a>" in shown["URL to Manage Customers"]
    panel = f"{zoho.box.url}/cpanel/index.do?zoid={zoho.customers()[0].encrypted_zoid}&amp;dname=lily.example"
    assert f'href="{panel}"' in shown["Client Control Panel"]


def test_verification_is_read_anew_whenever_the_page_is_opened(zoho: Shop, service: int) -> None:
    assert "Not Verified" in rows(zoho, service)["Domain Verification"]
    zoho.verify()
    assert ">Verified<" in rows(zoho, service)["Domain Verification"]
    assert zoho.kept(service, "Domain Verification") == "Verified"


def test_while_zoho_is_down_the_page_shows_what_was_known(zoho: Shop, service: int) -> None:
    zoho.verify()
    rows(zoho, service)
    zoho.fault("drop", path="/api/*")
    shown = rows(zoho, service)["Domain Verification"]
    assert ">Verified<" in shown and "as last seen" in shown


def test_the_page_of_a_service_before_create_has_all_rows(zoho: Shop) -> None:
    shown = rows(zoho, zoho.service(plan="free"))
    assert len(shown) == 7 and shown["ZOID"] == "" and "Click here" in shown["URL to Manage Customers"]
    assert zoho.requests() == []


def test_opening_the_page_often_costs_one_token(zoho: Shop, service: int) -> None:
    for _ in range(12):
        rows(zoho, service)
    assert len(zoho.requests("POST", "/oauth/v2/token")) == 1


def test_rows_escape_what_zoho_says(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    with zoho.ctx.unit() as db:
        lifecycle.properties.save(db, service, {"Super Admin": "<img src=x>", "Client Domain": '"><b>'})
    shown = rows(zoho, service)
    assert not re.search(r"<img|<b>", shown["Super Admin"] + shown["Client Domain"])


def test_the_client_gets_both_links_while_the_service_is_active(zoho: Shop, service: int) -> None:
    output = lifecycle.clientarea.output(zoho.ctx, service)
    assert output.template == "overview.tpl"
    assert zoho.box is not None
    assert output.variables["mailUrl"] == f"{zoho.box.url}/zm/"
    assert output.variables["panelUrl"].startswith(f"{zoho.box.url}/cpanel/index.do?zoid=")
    zoho.set(service, domainstatus="Suspended")
    assert lifecycle.clientarea.output(zoho.ctx, service).template == ""


def test_links_lead_to_the_services_own_region(zoho: Shop) -> None:
    zoho.authorise("jp")
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    zoho.settings(configoption4="us")
    variables = lifecycle.clientarea.output(zoho.ctx, service).variables
    assert zoho.box is not None
    assert variables["mailUrl"] == f"{zoho.box.url}/dc/jp/zm/"
    assert "/dc/jp/cpanel/" in rows(zoho, service)["URL to Manage Customers"]


def test_without_a_sandbox_the_links_are_zohos_own(zoho: Shop, service: int) -> None:
    from modulehost import settings

    with zoho.ctx.unit() as db:
        settings.put_endpoints(db, {})
    variables = lifecycle.clientarea.output(zoho.ctx, service).variables
    assert variables["mailUrl"] == "https://mail.zoho.com/zm/"


def test_an_hour_later_the_page_still_opens(zoho: Shop, service: int) -> None:
    zoho.host.clock.advance(timedelta(hours=5))
    assert "Not Verified" in rows(zoho, service)["Domain Verification"]
    assert "as last seen" not in rows(zoho, service)["Domain Verification"]
