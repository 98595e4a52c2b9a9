"""The SolusVM 2 addon as administrators set it up: connection, post-pay, token prices, who may open it, what the menus show."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from modulehost import app
from modulehost.billing.catalog import currencies
from modulehost.context import Host
from modulehost.schema import Currency, ModuleLog, ModuleStore
from tests.modules.cloud import LANDING, PAGE, TERMS, Cloud, cloud_of, text

Make = Callable[..., Host]


@pytest.fixture
def fresh(make_host: Make) -> Iterator[Cloud]:
    """Active, not connected."""
    with cloud_of(make_host(page_seconds=20, action_seconds=60), connected=False) as made:
        yield made


@pytest.fixture
def cloud(make_host: Make) -> Iterator[Cloud]:
    with cloud_of(make_host(page_seconds=20, action_seconds=60)) as made:
        yield made


def integration(cloud: Cloud) -> dict[str, str]:
    """What SolusVM 2 holds of us."""
    found: dict[str, str] = cloud.api("GET", "settings")["billing_integration"]["drivers"]["whmcs"]
    return found


def test_until_it_is_connected_every_tab_is_the_connect_screen(fresh: Cloud) -> None:
    for tab in ("postpay", "settings", "customers", "nonsense"):
        page = fresh.admin.text(f"{PAGE}&tab={tab}")
        assert "Installation URL" in page and "Token Pricing" not in page and "Limit Group" not in page, tab
    answer = fresh.connect(url="ftp://panel.example")
    assert "ftp://panel.example is no address of SolusVM 2" in text(answer)
    assert 'value="ftp://panel.example"' in answer.text
    assert "does not accept the API key" in text(fresh.connect(key="wrong"))
    assert "cannot be reached" in text(fresh.connect(url="http://127.0.0.1:1/"))
    assert fresh.connect(url=fresh.box.url + "/dashboard?x=1").headers["Location"] == PAGE
    assert "New User Limit Group" in fresh.admin.text(PAGE)


def test_a_key_without_the_role_and_a_refused_integration_do_not_connect(fresh: Cloud) -> None:
    user = fresh.api("POST", "users", {"email": "plain@example.com", "password": "s3cret Pass"})
    made = requests.post(f"{fresh.box.url}/_sandbox/tokens", json={"user": user["email"]}, timeout=20).json()
    assert fresh.connect(key=made["token"]).status_code == 200
    fresh.fault(kind="settings_refused")
    assert "billing integration could not be set up" in text(fresh.connect())
    fresh.no_faults()
    assert fresh.connect().status_code == 303


def test_each_connection_sets_a_new_token_and_ends_the_old_one(cloud: Cloud) -> None:
    first = integration(cloud)
    assert first["url"].endswith("/modules/addons/solusvm2/api/") and len(first["token"]) >= 40
    assert "API key" not in first["token"]
    # A failed attempt leaves everything as it is.
    refused = cloud.reconnect(cloud.box.url, "wrong")
    assert "The connection in use has not been changed" in text(refused)
    assert integration(cloud) == first
    assert "Enter the address and the API key" in text(cloud.reconnect("", cloud.key))
    assert cloud.reconnect(cloud.box.url, cloud.key).status_code == 303
    second = integration(cloud)
    assert second["token"] != first["token"]
    meera = cloud.sign_up()
    web = app.create_app(cloud.host).test_client()
    ask = {"user_id": meera, "items": [{"key": "per_hour", "tokens": 7}]}
    for token, status in ((first["token"], 401), (second["token"], 200), ("", 401), ("x" * 48, 401)):
        answer = web.post("/modules/addons/solusvm2/api/tokens/price", json=ask, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status, token


def test_secrets_are_encrypted_and_masked(cloud: Cloud) -> None:
    token = integration(cloud)["token"]
    with cloud.ctx.unit(read=True) as db:
        stored = " ".join(row.value for row in db.query(ModuleStore).filter_by(module="solusvm2"))
        logged = " ".join(f"{row.request} {row.response} {row.arrdata}" for row in db.query(ModuleLog))
    for secret in (token, cloud.key):
        assert secret not in stored and secret not in logged
        assert secret not in cloud.admin.text(f"{PAGE}&tab=settings")


WRONG = [
    ({"grace": "-1"}, "Enter a whole number of days"),
    ({"grace": ""}, "Enter a whole number of days"),
    ({"lock": "soon"}, "leave it empty for never"),
    ({"lock": "8", "suspend": "7"}, "Users are locked before they are suspended"),
    ({"group": ""}, "Choose a limit group before you enable post-pay"),
    ({"group": "999"}, "SolusVM 2 has this limit group no more"),
    ({"terms": "javascript:alert(1)"}, "is no web address"),
]


def test_wrong_post_pay_settings_are_refused_and_kept_in_the_form(cloud: Cloud) -> None:
    for changes, said in WRONG:
        answer = cloud.post_pay(**changes)
        assert answer.status_code == 200 and said in text(answer), changes
    page = cloud.admin.text(PAGE)
    assert 'name="grace" value="14"' in page and 'name="suspend" value="7"' in page


def test_empty_and_zero_days_are_good(cloud: Cloud) -> None:
    assert cloud.post_pay(lock="", suspend="", grace="0", terms="").status_code == 303
    assert cloud.post_pay(lock="0", suspend="0").status_code == 303
    assert cloud.post_pay(lock="", suspend="5").status_code == 303
    page = cloud.admin.text(PAGE)
    assert 'name="lock" value=""' in page and 'name="suspend" value="5"' in page


def test_a_token_price_has_at_most_four_places(cloud: Cloud) -> None:
    for price in ("0.00091", "0", "0.0000", "-1", "a", "", "1e-4", "1.", "123456789"):
        answer = cloud.admin.post(f"{PAGE}&tab=settings", action="prices", price1=price)
        assert answer.status_code == 200 and 'aria-invalid="true"' in answer.text, price
    assert 'value="0.0010"' in cloud.admin.text(f"{PAGE}&tab=settings")


def test_every_active_currency_needs_a_price(cloud: Cloud) -> None:
    with cloud.ctx.unit() as db:
        currencies.save(db, {"code": "EUR", "prefix": "€", "suffix": " EUR", "format": 1, "rate": "0.9"})
        euro = db.query(Currency).filter_by(code="EUR").one().id
    assert "EUR has been activated without a token price" in cloud.admin.text(PAGE)
    assert "Set the token price in EUR under Settings first" in text(cloud.post_pay())
    answer = cloud.admin.post(f"{PAGE}&tab=settings", action="prices", price1="0.0010")
    assert "Enter the price of one token in EUR" in text(answer)
    cloud.admin.saved(f"{PAGE}&tab=settings", action="prices", price1="0.0010", **{f"price{euro}": "0.0009"})
    assert cloud.post_pay().status_code == 303


def test_menus_and_page_are_there_only_while_post_pay_is_on(cloud: Cloud) -> None:
    web = app.create_app(cloud.host).test_client()
    assert "Cloud Hosting" in text(web.get("/index.php")) and web.get(LANDING).status_code == 200
    meera = cloud.sign_up()
    home = cloud.browsers[meera].get("/clientarea.php").text
    assert "Website &amp; Security" in home and "Log in to SolusVM 2" in home
    assert cloud.post_pay(enabled="off").status_code == 303
    assert "Cloud Hosting" not in text(web.get("/index.php"))
    assert web.get(LANDING).status_code == 404
    assert cloud.browsers[meera].get(LANDING).status_code == 404
    assert "Cloud Hosting" not in cloud.browsers[meera].get("/clientarea.php").text


def test_the_landing_page_is_overridden_by_the_theme(cloud: Cloud) -> None:
    folder = cloud.host.root / "templates/harbour/modules/addons/solusvm2/post-pay"
    folder.mkdir(parents=True)
    (Path(folder) / "landing-page.tpl").write_text("<p>Our own clouds, {$words.register|escape}</p>")
    assert "Our own clouds, Sign up" in text(app.create_app(cloud.host).test_client().get(LANDING))


def test_the_page_speaks_hindi_and_japanese(cloud: Cloud) -> None:
    web = app.create_app(cloud.host).test_client()
    for language, menu, button in (("hindi", "क्लाउड होस्टिंग", "पंजीकरण करें"), ("japanese", "クラウドホスティング", "登録する")):
        page = text(web.get(f"{LANDING}&language={language}"))
        assert menu in page and button in page


def test_modes_that_the_vendor_only_announces_are_coming_soon(cloud: Cloud) -> None:
    for tab in ("prepay", "retail"):
        assert "coming soon" in cloud.admin.text(f"{PAGE}&tab={tab}")
        assert cloud.admin.post(f"{PAGE}&tab={tab}", enabled="on").status_code == 200
    assert "in advance" not in text(app.create_app(cloud.host).test_client().get(LANDING))


def test_terms_are_stored_with_the_time(cloud: Cloud) -> None:
    cloud.sign_up()
    with cloud.ctx.unit(read=True) as db:
        row = db.connection().exec_driver_sql("SELECT terms, terms_url, mode FROM mod_solusvm2_users").one()
    assert tuple(row) == ("2026-04-10 12:00:00", TERMS, "postpay")


def test_deactivating_keeps_what_was_billed(cloud: Cloud) -> None:
    cloud.sign_up()
    cloud.admin.saved("/admin/configaddonmods.php", action="deactivate", module="solusvm2", confirmed="1")
    assert app.create_app(cloud.host).test_client().get(LANDING).status_code == 404
    with cloud.ctx.unit(read=True) as db:
        assert db.connection().exec_driver_sql("SELECT COUNT(*) FROM mod_solusvm2_users").scalar() == 1
    assert json.dumps(integration(cloud))  # SolusVM 2 is not asked for anything at deactivation
