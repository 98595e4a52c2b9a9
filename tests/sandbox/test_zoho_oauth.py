"""Zoho Accounts: consent, codes, tokens, limits."""

from urllib.parse import urlencode

import pytest
import requests

from modulehost.sandbox.zoho import endpoint_map

from . import openapi
from .conftest import Pass
from .support import CALLBACK, JAPAN, OTHER, SCOPES, Api, Person, add_client, fault, grant, refresh, sign_up, switch


@pytest.fixture
def client(url: str) -> dict[str, str]:
    return add_client(url)


@pytest.fixture
def person(url: str) -> Person:
    one = Person(url)
    one.sign_in("partner@zylker.example")
    return one


def exchange(base: str, client: dict[str, str], code: str, **more: str) -> requests.Response:
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **client, **more}
    response = requests.post(base + "/oauth/v2/token", data=given)
    openapi.check("POST", "/oauth/v2/token", response.status_code, response.json())
    return response


def test_the_whole_way_from_consent_to_a_call(url: str, client: dict[str, str], person: Person) -> None:
    back = person.consent(client)
    assert back.pop("code").startswith("1000.")
    assert back == {"location": "us", "accounts-server": "https://accounts.zoho.com", "state": "s 1"}
    tokens = exchange(url, client, person.consent(client)["code"]).json()
    assert set(tokens) == {"access_token", "refresh_token", "api_domain", "token_type", "expires_in"}
    assert (tokens["api_domain"], tokens["token_type"], tokens["expires_in"]) == (
        "https://www.zohoapis.com",
        "Bearer",
        3600,
    )
    again = refresh(url, client, tokens["refresh_token"]).json()
    assert set(again) == {"access_token", "api_domain", "token_type", "expires_in"}
    assert (
        Api(url, again["access_token"]).call("GET", "/api/organization")["data"]["superAdmin"]
        == "partner@zylker.example"
    )


def test_parameters_may_stand_in_the_query(url: str, client: dict[str, str]) -> None:
    query = {"grant_type": "refresh_token", "refresh_token": grant(url, client), **client}
    assert requests.post(f"{url}/oauth/v2/token?{urlencode(query)}").json()["access_token"]


def test_reject_comes_back_as_access_denied(client: dict[str, str], person: Person) -> None:
    assert person.consent(client, answer="reject") == {"error": "access_denied", "state": "s 1"}


def test_the_consent_page_names_client_user_and_scopes(url: str, client: dict[str, str], person: Person) -> None:
    query = urlencode({"response_type": "code", "scope": SCOPES, "redirect_uri": CALLBACK, **client})
    page = person.open("/oauth/v2/auth?" + query).text
    for text in ("Shop", "partner@zylker.example", "ZohoMail.partner.organization.ALL", "Accept", "Reject"):
        assert text in page


def test_a_stranger_signs_in_first_and_comes_back(url: str, client: dict[str, str]) -> None:
    stranger = Person(url)
    query = urlencode(
        {"response_type": "code", "client_id": client["client_id"], "scope": SCOPES, "redirect_uri": CALLBACK}
    )
    response = stranger.open("/oauth/v2/auth?" + query)
    assert response.url.startswith(url + "/signin?serviceurl=%2Foauth%2Fv2%2Fauth%3F")
    assert stranger.get(url + "/signin?serviceurl=//evil.example").status_code == 400
    assert stranger.get(url + "/signin?serviceurl=http://evil.example").status_code == 400


def test_without_prompt_a_second_consent_brings_no_refresh_token(
    url: str, client: dict[str, str], person: Person
) -> None:
    first = exchange(url, client, person.consent(client, prompt="")["code"]).json()
    assert "refresh_token" in first
    second = exchange(url, client, person.consent(client, prompt="")["code"]).json()
    assert "refresh_token" not in second
    forced = exchange(url, client, person.consent(client)["code"]).json()
    assert forced["refresh_token"] != first["refresh_token"]


def test_online_access_brings_no_refresh_token(url: str, client: dict[str, str], person: Person) -> None:
    assert "refresh_token" not in exchange(url, client, person.consent(client, access_type="online")["code"]).json()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"client_id": "1000.NOBODY"}, "invalid_client"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_redirect_uri"),
        ({"scope": "ZohoMail.partner.organization.ALL ZohoMail.organization.accounts.ALL"}, "invalid_scope"),
        ({"scope": "ZohoMail.everything.ALL"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "invalid_response_type"),
        ({"access_type": "sometimes"}, "invalid_access_type"),
    ],
)
def test_a_wrong_request_is_not_sent_back(
    url: str, client: dict[str, str], person: Person, wrong: dict[str, str], name: str
) -> None:
    given = {
        "response_type": "code",
        "client_id": client["client_id"],
        "scope": SCOPES,
        "redirect_uri": CALLBACK,
        **wrong,
    }
    response = person.open("/oauth/v2/auth?" + urlencode(given), follow=False)
    assert response.status_code == 400
    assert name in response.text
    assert person.submit("/oauth/v2/approve", follow=False, answer="accept", **given).status_code in (400, 403)


def test_accepting_needs_the_form_of_this_session(client: dict[str, str], person: Person) -> None:
    person.page = ""
    given = {"response_type": "code", "client_id": client["client_id"], "scope": SCOPES, "redirect_uri": CALLBACK}
    assert person.submit("/oauth/v2/approve", follow=False, answer="accept", **given).status_code == 403


def test_a_code_is_good_once_and_for_two_minutes(
    url: str, client: dict[str, str], person: Person, pass_time: Pass
) -> None:
    code = person.consent(client)["code"]
    assert "access_token" in exchange(url, client, code).json()
    assert exchange(url, client, code).json() == {"error": "invalid_code"}
    on_time, late = person.consent(client)["code"], person.consent(client)["code"]
    pass_time(119)
    assert "access_token" in exchange(url, client, on_time).json()
    pass_time(1)
    response = exchange(url, client, late)
    assert (response.status_code, response.json()) == (200, {"error": "invalid_code"})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "1000.NOBODY"}, "invalid_client"),
        ({"client_secret": "guessed"}, "invalid_client_secret"),
        ({"redirect_uri": CALLBACK + "?x=1"}, "invalid_redirect_uri"),
        ({"code": "1000.a.b"}, "invalid_code"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
def test_token_errors_come_with_200_or_400(
    url: str, client: dict[str, str], person: Person, wrong: dict[str, str], error: str
) -> None:
    given = {"code": person.consent(client)["code"], **client, **wrong}
    code = given.pop("code")
    response = exchange(url, {}, code, **given)
    assert (response.status_code, response.json()) == (200, {"error": error})
    switch(url, oauth_error_status=400)
    assert exchange(url, {}, code, **given).status_code == 400


def test_a_code_belongs_to_its_client(url: str, client: dict[str, str], person: Person) -> None:
    assert exchange(url, add_client(url), person.consent(client)["code"]).json() == {"error": "invalid_code"}


def test_the_location_is_the_users_and_other_data_centres_know_nothing(url: str, client: dict[str, str]) -> None:
    person = Person(url)
    person.sign_in(JAPAN)
    back = person.consent(client)
    assert (back["location"], back["accounts-server"]) == ("jp", "https://accounts.zoho.jp")
    base = endpoint_map(url)["https://accounts.zoho.jp"]
    assert exchange(url, client, back["code"]).json() == {"error": "invalid_code"}
    tokens = exchange(base, client, back["code"]).json()
    assert tokens["api_domain"] == "https://www.zohoapis.jp"
    assert refresh(url, client, tokens["refresh_token"]).json() == {"error": "invalid_token"}
    assert Api(base, tokens["access_token"]).call("GET", "/api/organization")["data"]["orgName"] == "Zylker Japan"
    wrong = Api(url, tokens["access_token"]).call("GET", "/api/organization", status=401)
    assert wrong["data"] == {"errorCode": "INVALID_OAUTHTOKEN"}


def test_a_client_works_only_where_it_is_enabled(url: str) -> None:
    client = add_client(url, dcs=["us"])
    person = Person(url)
    person.sign_in(JAPAN)
    query = urlencode(
        {"response_type": "code", "client_id": client["client_id"], "scope": SCOPES, "redirect_uri": CALLBACK}
    )
    response = person.open("/oauth/v2/auth?" + query, follow=False)
    assert response.status_code == 400
    assert "not enabled for jp" in response.text
    assert "No client of that ID" in person.open("/dc/jp/oauth/v2/auth?" + query, follow=False).text
    assert refresh(url + "/dc/jp", client, "x").json() == {"error": "invalid_client"}


def test_ten_codes_in_ten_minutes(client: dict[str, str], person: Person, pass_time: Pass) -> None:
    for _ in range(10):
        assert "code" in person.consent(client)
    assert person.consent(client)["error"] == "access_denied"
    pass_time(599)
    assert person.consent(client)["error"] == "access_denied"
    pass_time(1)
    assert "code" in person.consent(client)


def test_ten_access_tokens_in_ten_minutes_and_the_throttle_is_a_200(
    url: str, client: dict[str, str], pass_time: Pass
) -> None:
    token = grant(url, client)
    for _ in range(10):
        assert "access_token" in refresh(url, client, token).json()
    refused = refresh(url, client, token)
    assert refused.status_code == 200
    assert refused.json() == {
        "error_description": "You have made too many requests continuously. Please try again after some time.",
        "error": "Access Denied",
        "status": "failure",
    }
    assert "access_token" in refresh(url, client, grant(url, client)).json()
    pass_time(600)
    assert "access_token" in refresh(url, client, token).json()


def test_the_eleventh_access_token_pushes_the_first_out(url: str, client: dict[str, str]) -> None:
    switch(url, token_limit=0)
    token = grant(url, client)
    made = [refresh(url, client, token).json()["access_token"] for _ in range(11)]
    assert Api(url, made[0]).call("GET", "/api/organization", status=401)["data"]["errorCode"] == "INVALID_OAUTHTOKEN"
    Api(url, made[1]).call("GET", "/api/organization")


def test_the_twenty_first_refresh_token_pushes_the_first_out(url: str, client: dict[str, str]) -> None:
    first = grant(url, client)
    access = refresh(url, client, first).json()["access_token"]
    others = [grant(url, client) for _ in range(19)]
    Api(url, access).call("GET", "/api/organization")
    grant(url, client)
    assert refresh(url, client, first).json() == {"error": "invalid_token"}
    Api(url, access).call("GET", "/api/organization", status=401)
    assert "access_token" in refresh(url, client, others[0]).json()


def test_an_access_token_lives_for_an_hour_of_the_hosts_time(url: str, partner: Api, pass_time: Pass) -> None:
    pass_time(3599)
    partner.call("GET", "/api/organization")
    pass_time(1)
    body = partner.call("GET", "/api/organization", status=401)
    assert body == {
        "data": {"errorCode": "INVALID_OAUTHTOKEN"},
        "status": {"code": 401, "description": "Invalid Access"},
    }


def test_revoking(url: str, client: dict[str, str]) -> None:
    token = grant(url, client)
    access = refresh(url, client, token).json()["access_token"]
    assert requests.post(f"{url}/dc/eu/oauth/v2/token/revoke?token={token}").status_code == 400
    assert requests.post(f"{url}/oauth/v2/token/revoke?token={token}").json() == {"status": "success"}
    assert refresh(url, client, token).json() == {"error": "invalid_token"}
    Api(url, access).call("GET", "/api/organization", status=401)
    assert requests.post(f"{url}/oauth/v2/token/revoke?token={token}").status_code == 400


def test_variants_of_the_token_reply(url: str, client: dict[str, str]) -> None:
    switch(url, expires_in_ms=True, echo_scope=True)
    body = refresh(url, client, grant(url, client, "ZohoMail.partner.organization.READ")).json()
    assert (body["expires_in"], body["expires_in_sec"], body["scope"]) == (
        3_600_000,
        3600,
        "ZohoMail.partner.organization.READ",
    )


def test_named_faults_of_the_token_endpoint(url: str, client: dict[str, str]) -> None:
    token = grant(url, client)
    fault(url, "token_throttle", remaining=1)
    assert refresh(url, client, token).json()["error"] == "Access Denied"
    fault(url, "token_error", remaining=1, body="invalid_client")
    response = refresh(url, client, token)
    assert (response.status_code, response.json()) == (200, {"error": "invalid_client"})
    assert "access_token" in refresh(url, client, token).json()
    fault(url, "refresh_revoked", remaining=1)
    assert refresh(url, client, token).json() == {"error": "invalid_token"}
    assert refresh(url, client, token).json() == {"error": "invalid_token"}


def test_credentials_in_the_header(url: str, partner: Api) -> None:
    def ask(value: str | None) -> tuple[int, object]:
        headers = {} if value is None else {"Authorization": value}
        response = requests.get(url + "/api/organization", headers=headers)
        return response.status_code, response.json()["data"]

    ticket = (400, {"errorCode": "INVALID_TICKET", "moreInfo": "Invalid ticket"})
    assert ask(None) == ticket
    assert ask("Bearer " + partner.token) == ticket
    assert ask("Zoho-oauthtoken nonsense") == (401, {"errorCode": "INVALID_OAUTHTOKEN"})
    assert ask("Zoho-oauthtoken " + partner.token)[0] == 200


def test_scopes_are_needed_and_both_families_count(url: str) -> None:
    reader = sign_up(url, scope="ZohoMail.partner.organization.READ")
    reader.call("GET", "/api/organization")
    body = {"domainName": "a.example", "emailId": "a@b.example", "firstName": "A", "lastName": "B"}
    assert reader.call("POST", "/api/organization", body, status=401)["data"]["errorCode"] == "INVALID_OAUTHSCOPE"
    legacy = sign_up(url, scope="VirtualOffice.partner.organization.CREATE,VirtualOffice.partner.organization.READ")
    zoid = legacy.create()["zoid"]
    legacy.call("GET", f"/api/organization/{zoid}")
    assert (
        legacy.call("GET", f"/api/organization/{zoid}/domains", status=401)["data"]["errorCode"] == "INVALID_OAUTHSCOPE"
    )


def test_a_disabled_user_has_no_access(url: str, partner: Api) -> None:
    whole = requests.get(url + "/_sandbox/objects?secrets=1").json()
    zuid, user = next((zuid, one) for zuid, one in whole["users"].items() if one["email"] == "partner@zylker.example")
    requests.post(url + "/_sandbox/objects", json={"users": {zuid: {**user, "enabled": False}}})
    partner.call("GET", "/api/organization", status=401)


def test_serverinfo_and_the_endpoint_map(url: str) -> None:
    locations = requests.get(url + "/oauth/serverinfo").json()["locations"]
    assert locations["ca"] == "https://accounts.zohocloud.ca"
    found = endpoint_map(url + "/")
    assert found["https://mail.zoho.com"] == url
    assert found["https://api-console.zoho.com"] == url
    assert found["https://accounts.zohocloud.ca"] == url + "/dc/ca"
    assert found["https://store.zoho.com.au"] == url + "/dc/au"
    assert found["https://mailadmin.zoho.sa"] == url + "/dc/sa"
    assert len(found) == 8 * 4 + 1
    for base in set(found.values()):
        assert requests.get(base + "/oauth/serverinfo").status_code == 200


def test_other_addresses_of_the_accounts_host(url: str) -> None:
    assert requests.get(url + "/oauth/v2/token").json() == {"error": "invalid_request"}
    assert sign_up(url, OTHER).call("GET", "/api/organization")["data"]["orgName"] == "Bigbase"
