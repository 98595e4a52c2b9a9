"""Customer organisations: making, reading, finding."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from modulehost.sandbox import RunningSandbox

from . import openapi
from .conftest import Pass
from .support import JAPAN, OTHER, START, Api, fault, sign_up, switch

BODY = {"domainName": "new.example", "emailId": "owner@elsewhere.example", "firstName": "Olga", "lastName": "Owner"}


def find(api: Api, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("GET", "/api/organization", mode="getCustomerOrgDetails", searchKey=key)[
        "data"
    ]
    return found


def test_create_answers_what_is_published(partner: Api) -> None:
    body = partner.call("POST", "/api/organization", BODY, status=201)
    assert body["status"] == {"code": 201, "description": "Created"}
    data = body["data"]
    assert data.pop("encryptedZoid")
    assert data.pop("st_enc_zoid")
    assert data == {
        "orgName": "Olga Owner",
        "isVerified": False,
        "zoid": "76006418",
        "usedLicenseCount": 1,
        "URI": "https://mail.zoho.com/api/organization/76006418",
        "isTrialAllowed": True,
        "domainName": "new.example",
        "superAdmin": "owner@elsewhere.example",
        "basePlan": "Mail Free",
        "zaid": "76005581",
    }


def test_reading_shows_every_described_field_and_a_number_for_the_zoid(partner: Api) -> None:
    zoid = partner.create()["zoid"]
    data = partner.call("GET", f"/api/organization/{zoid}")["data"]
    assert set(data) == openapi.property_names("Organization")
    assert (data["zoid"], data["zaid"]) == (int(zoid), "76005581")
    assert (data["superAdmin"], data["superAdminFullName"]) == ("owner@elsewhere.example", "Olga Owner")
    assert (data["domains"], data["primaryDomainName"]) == (["customer.example"], "customer.example")
    assert (data["planType"], data["licenseCount"], data["usersCount"], data["mailboxCount"]) == ("free", 5, 1, 1)
    assert data["orgCreationTime"] == START * 1000
    assert partner.call("GET", "/api/organization")["data"]["partnerOrgCount"] == 1


def test_fields_narrow_the_answer(partner: Api) -> None:
    made = partner.create()
    data = partner.call("GET", f"/api/organization/{made['zoid']}", fields="encryptedZoid")["data"]
    assert data == {"zoid": int(made["zoid"]), "encryptedZoid": made["encryptedZoid"]}
    assert "nonsense" in partner.call("GET", "/api/organization", status=400, fields="nonsense")["data"]["moreInfo"]


def test_search_answers_an_array_the_equal_domain_first(partner: Api) -> None:
    partner.create("shop.acme.example", "a@elsewhere.example")
    partner.create("acme.example", "b@elsewhere.example", orgName="Other")
    assert [one["primaryDomainName"] for one in find(partner, "ACME.example")] == ["acme.example", "shop.acme.example"]
    assert [one["primaryDomainName"] for one in find(partner, "other")] == ["acme.example"]
    assert find(partner, "nobody.example") == []
    assert len(find(partner, "")) == 2
    partner.call("GET", "/api/organization", status=400, mode="everything")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"domainName": ""}, "domainName is mandatory"),
        ({"domainName": "no domain"}, "not a valid domain"),
        ({"domainName": "-a.example"}, "not a valid domain"),
        ({"domainName": "localhost"}, "not a valid domain"),
        ({"emailId": "nobody"}, "not a valid email"),
        ({"emailId": 5}, "emailId has to be text"),
        ({"firstName": " "}, "firstName is mandatory"),
        ({"lastName": None}, "lastName is mandatory"),
        ({"planName": "mailPremium"}, "planName has to be one of"),
    ],
)
def test_wrong_input_is_invalid_input(partner: Api, change: dict[str, object], reason: str) -> None:
    body = partner.call("POST", "/api/organization", {**BODY, **change}, status=400)
    assert body["status"]["description"] == "Invalid Input"
    assert reason in body["data"]["moreInfo"]
    assert find(partner, "") == []


def test_the_body_has_to_be_a_json_object(url: str, partner: Api) -> None:
    for text in ("", "[]", "{", "null"):
        response = requests.post(url + "/api/organization", data=text, headers=partner.headers)
        assert response.status_code == 400
        assert response.json()["data"]["moreInfo"] == "The request body is not a JSON object"


def test_strict_wants_name_and_password(url: str, partner: Api) -> None:
    switch(url, strict=True)
    assert "password is mandatory" in partner.call("POST", "/api/organization", BODY, status=400)["data"]["moreInfo"]
    body = {**BODY, "password": "Secret123"}
    assert "orgName is mandatory" in partner.call("POST", "/api/organization", body, status=400)["data"]["moreInfo"]
    partner.call("POST", "/api/organization", {**body, "orgName": "New"}, status=201)


def test_a_domain_is_hosted_once(url: str, partner: Api) -> None:
    partner.create("once.example")
    for api in (partner, sign_up(url, JAPAN, dc="jp")):
        body = {**BODY, "domainName": "ONCE.example", "emailId": "other@elsewhere.example"}
        refused = api.call("POST", "/api/organization", body, status=400)
        assert refused["data"]["moreInfo"] == "once.example is already hosted by another organization"
    assert len(find(partner, "")) == 1


def test_a_known_address_is_a_500(url: str, partner: Api) -> None:
    partner.create()
    body = {**BODY, "emailId": "OWNER@elsewhere.example"}
    refused = partner.call("POST", "/api/organization", body, status=500)
    assert "already registered" in refused["data"]["moreInfo"]
    assert "https://store.zoho.com/html/store/tagyourpartner.html" in refused["data"]["moreInfo"]
    fault(url, "already_registered", remaining=1)
    body = {**BODY, "emailId": "fresh@elsewhere.example"}
    partner.call("POST", "/api/organization", body, status=500)
    partner.call("POST", "/api/organization", body, status=201)


def test_only_partners_create_and_search(url: str) -> None:
    other = sign_up(url, OTHER)
    assert other.call("POST", "/api/organization", BODY, status=403)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    other.call("GET", "/api/organization", status=403, mode="getCustomerOrgDetails", searchKey="x")


def test_the_status_of_a_creation_can_be_200(url: str, partner: Api) -> None:
    fault(url, "create_200", remaining=1)
    assert partner.call("POST", "/api/organization", BODY, status=None)["status"]["code"] == 201
    switch(url, create_status=200)
    response = requests.post(
        url + "/api/organization",
        json={**BODY, "domainName": "second.example", "emailId": "second@elsewhere.example"},
        headers=partner.headers,
    )
    assert (response.status_code, response.json()["status"]["code"]) == (200, 201)


def test_errors_only_in_the_body(url: str, partner: Api) -> None:
    switch(url, errors_in_body=True)
    response = requests.get(url + "/api/organization/1", headers=partner.headers)
    assert (response.status_code, response.json()["status"]["code"]) == (200, 404)


def test_organisations_of_others_stay_closed(url: str, partner: Api) -> None:
    zoid = partner.create()["zoid"]
    japan = sign_up(url, JAPAN, dc="jp")
    assert japan.call("GET", f"/api/organization/{zoid}", status=404)["data"]["errorCode"] == "ORGANIZATION_NOT_FOUND"
    assert sign_up(url, OTHER).call("GET", f"/api/organization/{zoid}", status=403)
    assert partner.call("GET", "/api/organization/999", status=404)
    own = sign_up(url, "owner@elsewhere.example")
    assert own.call("GET", "/api/organization")["data"]["zoid"] == int(zoid)


def test_a_customer_may_revoke_the_partners_access(url: str, partner: Api) -> None:
    zoid = partner.create()["zoid"]
    fault(url, "partner_access_revoked", remaining=1)
    assert (
        partner.call("GET", f"/api/organization/{zoid}", status=403)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    )
    assert find(partner, "") == []
    requests.post(f"{url}/_sandbox/objects/orgs/{zoid}/access")
    assert len(find(partner, "")) == 1


def test_an_expired_token_in_the_middle(url: str, partner: Api) -> None:
    fault(url, "expired_token", method="POST", remaining=1)
    partner.call("GET", "/api/organization")
    partner.call("POST", "/api/organization", BODY, status=401)
    partner.call("GET", "/api/organization", status=401)


def test_rate_limit_and_lock(url: str, partner: Api, pass_time: Pass) -> None:
    switch(url, api_rate_limit=30)
    for _ in range(30):
        partner.call("GET", "/api/organization")
    assert partner.call("GET", "/api/organization", status=429)["status"]["code"] == 429
    pass_time(59)
    partner.call("GET", "/api/organization", status=429)
    pass_time(1)
    partner.call("GET", "/api/organization")
    switch(url, api_rate_limit=0)
    fault(url, "rate_locked", remaining=1)
    partner.call("GET", "/api/organization", status=429)
    partner.call("GET", "/api/organization", status=429)
    pass_time(60)
    partner.call("GET", "/api/organization")


def test_unknown_addresses_and_verbs(url: str, partner: Api) -> None:
    for method, path in (
        ("GET", "/api/nothing"),
        ("PATCH", "/api/organization"),
        ("GET", "/api/organization/1/nothing"),
    ):
        response = requests.request(method, url + path, headers=partner.headers)
        assert response.status_code == 404
        assert response.json()["data"]["errorCode"] == "URL_RULE_NOT_CONFIGURED"


def test_a_trial_at_creation_ends_on_mail_free(partner: Api, pass_time: Pass) -> None:
    made = partner.create(planName="mailPremiumTrial")
    assert (made["basePlan"], made["isTrialAllowed"]) == ("Mail Premium Trial", False)
    path = f"/api/organization/{made['zoid']}"
    data = partner.call("GET", path)["data"]
    assert (data["planType"], data["extendTrial"], data["isTrialAllowed"]) == ("trial", True, False)
    pass_time(15 * 86_400 - 1)  # the token is gone by then
    assert partner.call("GET", path, status=401)


def test_trials_start_once_are_extended_once_and_end(url: str, pass_time: Pass) -> None:
    zoid = sign_up(url).create()["zoid"]
    path = f"/api/organization/{zoid}"

    def plan() -> tuple[str, bool]:
        data = sign_up(url).call("GET", path)["data"]
        return data["basePlan"], data["extendTrial"]

    api = sign_up(url)
    api.call("PUT", path + "/enableTrial", status=400, planName="free")
    api.call("PUT", path + "/extendTrial", status=400)
    sign_up(url, "owner@elsewhere.example").call("PUT", path + "/enableTrial", status=403, planName="basicTrial")
    assert api.call("PUT", path + "/enableTrial", planName="basicTrial") == {
        "status": {"code": 200, "description": "success"}
    }
    assert plan() == ("Workplace Standard Trial", True)
    api.call("PUT", path + "/enableTrial", status=400, planName="basicTrial")
    api.call("PUT", path + "/extendTrial")
    api.call("PUT", path + "/extendTrial", status=400)
    pass_time(30 * 86_400 - 1)
    assert plan() == ("Workplace Standard Trial", False)
    pass_time(1)
    assert plan() == ("Mail Free", False)
    sign_up(url).call("PUT", path + "/enableTrial", status=400, planName="basicTrial")


def test_subscription_info_lists_plans_and_add_ons(partner: Api) -> None:
    own = partner.call("GET", "/api/organization/76006415/subscriptionInfo")["data"]
    assert own["addOns"] == [{"PLANNAME": "Workplace Standard", "planStorage": 30, "PROPVALUE": 10}]
    zoid = partner.create()["zoid"]
    free = partner.call("GET", f"/api/organization/{zoid}/subscriptionInfo")["data"]
    assert free["currencyType"] == "USD"
    assert free["addOns"] == [{"PLANNAME": "Mail Free", "planStorage": 5, "PROPVALUE": 5}]


def test_two_creations_at_once_make_one_organisation(url: str, partner: Api) -> None:
    def create(number: int) -> int:
        body = {**BODY, "emailId": f"owner{number}@elsewhere.example"}
        return requests.post(url + "/api/organization", json=body, headers=partner.headers).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == [201, 400, 400, 400, 400, 400]
    assert len(find(partner, "new.example")) == 1


def test_a_slow_answer_holds_nobody_up_and_ends_with_the_sandbox(zoho: RunningSandbox, partner: Api) -> None:
    fault(zoho.url, "delay", seconds=60, method="POST", path="/api/organization")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(requests.post, zoho.url + "/api/organization", json=BODY, headers=partner.headers)
        partner.call("GET", "/api/organization")
        assert not slow.done()
        zoho.stop()
        slow.exception(timeout=20)
