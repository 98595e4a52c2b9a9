"""The pages that a person meets: console, customers, control panel, webmail, sign-up."""

import re

import pytest
import requests

from .support import CALLBACK, OTHER, Api, Person, fault, sign_up


@pytest.fixture
def person(url: str) -> Person:
    one = Person(url)
    one.sign_in("partner@zylker.example")
    return one


def text_of(id: str, page: str) -> str:
    found = re.search(rf'id="{id}">([^<]*)<', page)
    assert found, page
    return found[1]


def test_add_client_id(url: str, person: Person) -> None:
    assert "Add Client ID" in person.open("/").text
    person.open("/client/add")
    page = person.submit("/client/add", name="My_Shop & Co", domain="https://shop.example", redirect_uri=CALLBACK).text
    assert re.fullmatch(r"1000\.[A-Z0-9]{30}", text_of("client-id", page))
    assert re.fullmatch(r"[0-9a-f]{42}", text_of("client-secret", page))
    assert "My_Shop &amp; Co" in person.open("/developerconsole").text
    client = {"client_id": text_of("client-id", page), "client_secret": text_of("client-secret", page)}
    assert person.consent(client)["location"] == "us"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter a valid client name"),
        ("name", "Shop (test)", "Enter a valid client name"),
        ("name", "Shop.com", "Enter a valid client name"),
        ("domain", "", "Enter a valid homepage URL"),
        ("domain", "ftp://shop.example", "Enter a valid homepage URL"),
        ("redirect_uri", "", "Enter a valid redirect URI"),
        ("redirect_uri", "shop.example/callback", "Enter a valid redirect URI"),
        ("redirect_uri", "ftp://shop.example/callback", "Enter a valid redirect URI"),
        ("redirect_uri", "http://[shop/callback", "Enter a valid redirect URI"),
    ],
)
def test_the_console_checks_its_form(url: str, person: Person, field: str, value: str, message: str) -> None:
    person.open("/client/add")
    given = {"name": "Shop", "domain": "https://shop.example", "redirect_uri": CALLBACK, field: value}
    response = person.submit("/client/add", **given)
    assert response.status_code == 400
    assert message in response.text
    assert requests.get(url + "/_sandbox/objects").json()["clients"] == {}
    refused = requests.post(url + "/_sandbox/clients", json=given)
    assert (refused.status_code, refused.json()) == (400, {"errors": {field: message}})


def test_multi_dc_and_redirects_of_a_client(url: str, person: Person) -> None:
    person.open("/client/add")
    page = person.submit("/client/add", name="Shop", domain="shop.example", redirect_uri=CALLBACK).text
    id = text_of("client-id", page)
    assert requests.get(url + "/_sandbox/objects").json()["clients"][id]["dcs"] == ["us"]
    person.submit(f"/client/{id}", redirect_uris=CALLBACK + "\r\nhttp://other.example/cb", dcs="jp")
    client = requests.get(url + "/_sandbox/objects").json()["clients"][id]
    assert (client["dcs"], client["redirect_uris"]) == (["us", "jp"], [CALLBACK, "http://other.example/cb"])
    assert person.submit(f"/client/{id}", redirect_uris="nonsense").status_code == 400
    person.submit(f"/client/{id}/delete")
    assert requests.get(url + "/_sandbox/objects").json()["clients"] == {}
    assert person.open(f"/client/{id}").status_code == 404


def test_clients_of_others_are_not_shown(url: str, person: Person) -> None:
    person.open("/client/add")
    id = text_of(
        "client-id", person.submit("/client/add", name="Shop", domain="shop.example", redirect_uri=CALLBACK).text
    )
    other = Person(url)
    other.sign_in(OTHER)
    assert other.open(f"/client/{id}").status_code == 404
    assert "no clients yet" in other.open("/").text


def test_the_partner_verifies_a_customers_domain(url: str, partner: Api, person: Person) -> None:
    zoid = partner.create("fresh.example", orgName="<b>Fresh</b>")["zoid"]
    page = person.open("/cpanel/index.do").text
    assert 'id="managecustomers"' in page
    assert "&lt;b&gt;Fresh&lt;/b&gt;" in page
    assert "Not verified" in page
    assert "fresh.example" not in person.open("/partner?q=nothing").text
    assert "fresh.example" in person.open("/partner?q=FRESH").text

    page = person.open(f"/partner/customers/{zoid}").text
    base = f"/partner/customers/{zoid}/domains/fresh.example"
    assert "TXT_RECORD_HOST_UNKNOWN" in person.submit(base + "/verify", mode="verifyDomainByTXT").text
    value = re.search(r"zoho-verification=zb\d+\.zmverify\.zoho\.com", page)
    assert value
    assert "record is published" in person.submit(base + "/dns", type="TXT", host="@", value=value[0]).text
    assert "fresh.example is verified" in person.submit(base + "/verify", mode="verifyDomainByTXT").text
    assert partner.call("GET", f"/api/organization/{zoid}/domains/fresh.example")["data"]["verificationStatus"] is True
    assert "already verified" in person.submit(base + "/verify", mode="verifyDomainByTXT").text
    person.submit(base + "/hosting")
    assert partner.call("GET", f"/api/organization/{zoid}")["data"]["isMailHostingEnabled"] is False
    person.submit(base + "/dns/1/delete")
    assert requests.get(url + "/_sandbox/objects").json()["dns_records"] == {}
    assert "needs a type and a value" in person.submit(base + "/dns", type="TXT", host="@", value="").text


def test_the_panel_addresses_of_both_generations(url: str, partner: Api, person: Person) -> None:
    made = partner.create("fresh.example")
    for address in (
        f"/cpanel/index.do?zoid={made['encryptedZoid']}&dname=fresh.example",
        f"/cpanel/home.do?zaaid={made['zoid']}",
    ):
        assert "fresh.example" in person.open(address).text
        stranger = Person(url)
        assert stranger.open(address).url.startswith(url + "/signin?serviceurl=%2Fcpanel")
        stranger.sign_in("owner@elsewhere.example")
        assert "Control panel" in stranger.open(address).text
        stranger.sign_in(OTHER)
        assert stranger.open(address).status_code == 404
    assert person.open("/cpanel/home.do?zaaid=1").status_code == 404


def test_a_customer_revokes_and_restores_the_partners_access(url: str, partner: Api, person: Person) -> None:
    zoid = partner.create("fresh.example")["zoid"]
    owner = Person(url)
    owner.sign_in("owner@elsewhere.example")
    assert "Revoke the partner" in owner.open(f"/cpanel/home.do?zaaid={zoid}").text
    assert "no access any more" in owner.submit("/cpanel/partner-access").text
    partner.call("GET", f"/api/organization/{zoid}", status=403)
    assert person.open(f"/partner/customers/{zoid}").status_code == 404
    owner.submit("/cpanel/partner-access")
    partner.call("GET", f"/api/organization/{zoid}")
    person.open(f"/partner/customers/{zoid}")
    assert person.submit("/cpanel/partner-access").status_code == 403


def test_the_first_page_is_a_customers_webmail(url: str, partner: Api) -> None:
    partner.create("fresh.example")
    owner = Person(url)
    owner.sign_in("owner@elsewhere.example")
    page = owner.open("/")
    assert page.url == url + "/zm/"
    assert "fresh.example is not verified yet" in page.text
    requests.post(url + "/_sandbox/objects/domains/fresh.example/verify")
    assert "Welcome to your mailbox" in owner.open("/zm/").text
    zoid = next(iter(partner.call("GET", "/api/organization", mode="getCustomerOrgDetails")["data"]))["zoid"]
    partner.call("PUT", f"/api/organization/{zoid}/domains/fresh.example", {"mode": "disableMailHosting"})
    assert "Mail hosting is switched off" in owner.open("/zm/").text


def test_signing_up_makes_a_partner(url: str) -> None:
    person = Person(url)
    person.sign_in(OTHER)
    assert person.open("/partner").url == url + "/partner/signup"
    assert "Please fill in this field" in person.submit("/partner/signup", company="", country="").text
    page = person.submit("/partner/signup", company="Bigbase Mail", country="Germany", phone="")
    assert page.url == url + "/partner"
    assert "Bigbase Mail" in page.text
    sign_up(url, OTHER).create()


def test_customers_of_a_partner_do_not_become_partners(url: str, partner: Api) -> None:
    partner.create()
    person = Person(url)
    person.sign_in("owner@elsewhere.example")
    person.open("/partner/signup")
    assert "cannot become a partner" in person.submit("/partner/signup", company="X", country="India").text


def test_pages_of_a_data_centre_keep_to_it(url: str) -> None:
    person = Person(url)
    response = person.open("/dc/jp/cpanel/index.do")
    assert response.url.startswith(url + "/dc/jp/signin?serviceurl=%2Fcpanel%2Findex.do")
    assert "zoho.jp" in response.text
    person.sign_in("partner@zylker-japan.example")
    assert 'href="/dc/jp/zm/"' in person.open("/dc/jp/partner").text
    assert person.open("/dc/mars/partner").status_code == 404


def test_every_form_needs_the_sessions_token(url: str, partner: Api, person: Person) -> None:
    zoid = partner.create("fresh.example")["zoid"]
    person.page = ""
    for path in (
        "/signin",
        "/signout",
        "/client/add",
        f"/partner/customers/{zoid}/domains/fresh.example/dns",
        f"/partner/customers/{zoid}/domains/fresh.example/verify",
        "/partner/signup",
        "/cpanel/partner-access",
        "/_sandbox/reset",
        "/_sandbox/faults",
    ):
        assert person.submit(path, kind="drop", zuid="60018300101").status_code == 403, path


def test_sign_out(person: Person) -> None:
    person.open("/partner")
    person.submit("/signout")
    assert "/signin" in person.open("/partner").url


def test_error_pages(url: str, person: Person) -> None:
    response = person.open("/nowhere")
    assert response.status_code == 404
    assert "<h1>404 Not Found</h1>" in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert requests.get(url + "/nowhere").text.startswith("404 ")


def test_pages_can_be_struck_by_faults_too(url: str, person: Person) -> None:
    fault(url, "status", path="/partner", status=500, remaining=1)
    assert person.open("/partner").status_code == 500
    assert person.open("/partner").status_code == 200
