"""Authenticate: to the consent page and back, with a state that is good once and a data centre that Zoho names."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from modulehost import sdk
from tests.modules.browser import Browser
from tests.modules.shop import CALLBACK, Shop

SETTINGS = "/admin/configproducts.php?action=edit&id={}&tab=3"


@pytest.fixture
def fresh(zoho: Shop) -> Shop:
    """A shop whose product has its client entered, and nobody has authenticated yet."""
    with zoho.inside():
        for name in sdk.store("credentials").names():
            sdk.store("credentials").delete(name)
    zoho.register()
    return zoho


@pytest.fixture
def browser(fresh: Shop) -> Browser:
    made = Browser(fresh).sign_in()
    made.be_at_zoho()
    return made


def stored(shop: Shop, region: str = "us") -> str:
    with shop.inside():
        kept = sdk.store("credentials")
        return "".join(kept.get(name) for name in kept.names() if name.startswith(f"{region} "))


def test_accepting_leads_back_to_the_settings_with_authentication_success(fresh: Shop, browser: Browser) -> None:
    address = browser.authenticate()
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert fresh.box is not None
    assert address.startswith(f"{fresh.box.url}/oauth/v2/auth?")
    assert query["response_type"] == "code" and query["access_type"] == "offline" and query["prompt"] == "consent"
    assert query["redirect_uri"] == CALLBACK and len(query["state"]) >= 32
    assert "," in query["scope"] and " " not in query["scope"]
    where, notes = browser.open(browser.consent(address))
    assert where == SETTINGS.format(fresh.product)
    assert notes == [["success", "Authentication Success", "Region United States (zoho.com)."]]
    outcome = fresh.run(fresh.service(plan="Mail Lite", mailboxes=2), "CreateAccount")
    assert outcome.ok, outcome.message
    assert len(fresh.requests("POST", "/oauth/v2/token")) == 1  # the token of the exchange is used


def test_rejecting_changes_nothing_and_names_zohos_error(fresh: Shop, browser: Browser) -> None:
    where, notes = browser.open(browser.consent(browser.authenticate(), "reject"))
    assert where == SETTINGS.format(fresh.product)
    assert notes[0][:2] == ["error", "Authentication Failed"] and "access_denied" in notes[0][2]
    assert stored(fresh) == ""


def test_a_state_is_good_once(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate())
    browser.open(back)
    first = stored(fresh)
    _, notes = browser.open(back)
    assert notes[0][0] == "error" and "was used" in notes[0][2]
    assert stored(fresh) == first


def test_a_state_of_another_session_is_not_taken(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate())
    other = Browser(fresh).sign_in()
    _, notes = other.open(back)
    assert notes[0][0] == "error" and stored(fresh) == ""


@pytest.mark.parametrize("state", ["", "&state=", "&state=forged"])
def test_a_callback_without_a_good_state_is_refused(fresh: Shop, browser: Browser, state: str) -> None:
    _, notes = browser.open(f"/modules/servers/zoho_mail/zm_oauthgrant.php?code=1000.abc&location=us{state}")
    assert notes[0][0] == "error" and fresh.requests("POST", "/oauth/v2/token") == []


def test_a_state_grows_old(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate())
    fresh.host.clock.advance(timedelta(minutes=16))
    _, notes = browser.open(back)
    assert notes[0][0] == "error" and stored(fresh) == ""


def test_an_expired_code_is_told_by_zohos_name(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate())
    fresh.host.clock.advance(timedelta(minutes=5))
    where, notes = browser.open(back)
    assert where == SETTINGS.format(fresh.product) and "invalid_code" in notes[0][2] and stored(fresh) == ""


def test_a_wrong_secret_is_told_by_zohos_name(fresh: Shop, browser: Browser) -> None:
    fresh.settings(configoption2="wrong")
    _, notes = browser.open(browser.consent(browser.authenticate()))
    assert notes[0][:2] == ["error", "Authentication Failed"] and "invalid_client_secret" in notes[0][2]


def test_authenticating_again_gets_a_new_refresh_token(fresh: Shop, browser: Browser) -> None:
    browser.open(browser.consent(browser.authenticate()))
    first = stored(fresh)
    _, notes = browser.open(browser.consent(browser.authenticate()))
    assert notes[0][0] == "success" and stored(fresh) not in ("", first)


def test_a_failed_renewal_leaves_the_old_authorisation(fresh: Shop, browser: Browser) -> None:
    browser.open(browser.consent(browser.authenticate()))
    first = stored(fresh)
    back = browser.consent(browser.authenticate())
    fresh.fault("token_error", body="invalid_code", remaining=1)
    _, notes = browser.open(back)
    assert notes[0][0] == "error" and stored(fresh) == first


def test_the_users_own_data_centre_decides(fresh: Shop, browser: Browser) -> None:
    """A Japanese partner who starts in the United States is authorised in Japan, and told so."""
    for client in fresh.zoho.clients.values():
        client.dcs = ["us", "jp"]
    browser.be_at_zoho("jp")
    _, notes = browser.open(browser.consent(browser.authenticate()))
    assert notes[0][:2] == ["success", "Authentication Success"] and "Japan" in notes[0][2]
    assert stored(fresh, "jp") and not stored(fresh, "us")
    assert fresh.requests("POST", "/dc/jp/oauth/v2/token")


def test_the_address_that_a_callback_names_is_never_asked(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate()).replace("accounts.zoho.com", "thief.example")
    assert "thief.example" in back
    _, notes = browser.open(back)
    assert notes[0][0] == "success" and "thief" not in fresh.module_log()


def test_an_unknown_data_centre_is_refused(fresh: Shop, browser: Browser) -> None:
    back = browser.consent(browser.authenticate()).replace("location=us", "location=mars")
    _, notes = browser.open(back)
    assert "mars" in notes[0][2] and fresh.requests("POST", "/oauth/v2/token") == []


def test_without_client_id_and_secret_the_consent_page_is_not_opened(fresh: Shop, browser: Browser) -> None:
    fresh.settings(configoption2="")
    where, notes = browser.open(f"/modules/servers/zoho_mail/authenticate?product={fresh.product}")
    assert where == SETTINGS.format(fresh.product) and "Enter Client ID and Client Secret" in notes[0][2]


def test_renewing_from_a_service_leads_back_to_it(fresh: Shop, browser: Browser) -> None:
    service = fresh.service(plan="free")
    answer = browser.shop.get(
        f"/modules/servers/zoho_mail/authenticate?product={fresh.product}&service={service}&client={fresh.client}"
    )
    where, notes = browser.open(browser.consent(str(answer.headers["Location"])))
    assert where == f"/admin/clientsservices.php?userid={fresh.client}&id={service}" and notes[0][0] == "success"


@pytest.mark.parametrize("path", ["authenticate?product=1", "zm_oauthgrant.php?code=x&state=y", "test?product=1"])
def test_strangers_are_sent_to_the_sign_in_page(fresh: Shop, path: str) -> None:
    where, _ = Browser(fresh).open(f"/modules/servers/zoho_mail/{path}")
    assert where.startswith("/admin/login.php")


def test_the_connection_can_be_tested_from_the_settings(fresh: Shop, browser: Browser) -> None:
    test = f"/modules/servers/zoho_mail/test?product={fresh.product}"
    _, notes = browser.open(test)
    assert notes[0][:2] == ["error", "Connection Failed"]
    browser.open(browser.consent(browser.authenticate()))
    where, notes = browser.open(test)
    assert where == SETTINGS.format(fresh.product) and notes[0][:2] == ["success", "Connection Successful"]
