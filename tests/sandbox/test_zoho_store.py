"""The partner store: buying, changing, cancelling, listing."""

import json
from typing import Any

import pytest
import requests

from . import openapi
from .conftest import Pass
from .support import JAPAN, OTHER, Api, fault, sign_up

EMAIL = "owner@elsewhere.example"
ADDRESS = {
    "companyname": "Customer",
    "street": "1 Main Street",
    "city": "Chennai",
    "state": "Tamil Nadu",
    "country": "India",
    "zipcode": "600001",
    "phone": "+91 44 0",
}


@pytest.fixture
def zoid(partner: Api) -> str:
    return str(partner.create()["zoid"])


def order(plan: int = 10730, period: str = "YEAR", **counts: int) -> dict[str, Any]:
    """An order; counts by add-on number, as in `a10779=3`."""
    addons = [{"id": int(name[1:]), "count": count} for name, count in (counts or {"a10779": 3}).items()]
    return {"email": EMAIL, "customer": ADDRESS, "subscription": {"plan": plan, "addons": addons, "payperiod": period}}


def read(api: Api) -> dict[str, Any]:
    answer = api.store("GET", {"email": EMAIL})
    assert answer["result"] == "success"
    return dict(answer["licensedetails"])


def refused(api: Api, method: str, given: dict[str, Any]) -> str:
    """The store's reason for a refusal, which is an HTTP 200."""
    answer = api.store(method, given)
    assert answer["result"] == "failure"
    return str(answer.get("ERRORMSG", ""))


def test_buy_read_change_cancel(partner: Api, zoid: str) -> None:
    assert read(partner) == {"paiduser": False, "planname": "Mail Free", "addondetails": []}
    assert partner.store("POST", order(10730, "MONT", a10779=3, a191=2)) == {"result": "success"}
    assert read(partner) == {
        "paiduser": True,
        "planname": "Workplace Standard",
        "addondetails": [
            {"addonname": "User", "addonid": 10779, "addonvalue": 3},
            {"addonname": "Extra Storage 5 GB", "addonid": 191, "addonvalue": 2},
        ],
        "payperiod": "MONT",
        "planid": 10730,
    }
    data = partner.call("GET", f"/api/organization/{zoid}")["data"]
    assert (data["basePlan"], data["licenseCount"], data["planType"]) == ("Workplace Standard", 3, "paid")
    assert partner.store("PUT", order(17035, "YEAR", a10792=7)) == {"result": "success"}
    assert (read(partner)["planname"], read(partner)["payperiod"]) == ("Mail Premium", "YEAR")
    assert partner.store("DELETE", {"email": EMAIL, "comment": "over"}) == {"result": "success"}
    assert read(partner)["paiduser"] is False
    assert partner.call("GET", f"/api/organization/{zoid}")["data"]["basePlan"] == "Mail Free"


@pytest.mark.parametrize(
    ("plan", "period", "counts", "reason"),
    [
        (17033, "MONT", {"a17083": 1}, "Mail Lite cannot be paid by MONT"),
        (17034, "MONT", {"a17084": 1}, "Mail 10GB cannot be paid by MONT"),
        (17035, "MONT", {"a10792": 1}, "Mail Premium cannot be paid by MONT"),
        (17045, "MONT", {"a10779": 1, "a10792": 1}, "Mail Premium cannot be paid by MONT"),
        (10730, "YEAR", {"a10780": 1}, "takes only its own users, add-on 10779"),
        (10730, "YEAR", {"a10779": 0}, "needs at least one user"),
        (10730, "YEAR", {"a191": 1}, "needs at least one user"),
        (17045, "YEAR", {"a191": 1}, "needs at least one user"),
        (10730, "YEARLY", {"a10779": 1}, "payperiod has to be YEAR or MONT"),
        (10730, "YEAR", {"a10779": -1}, "at least 0"),
        (10730, "YEAR", {"a99": 1}, "no add-on 99"),
        (4, "YEAR", {"a10779": 1}, "no plan 4"),
    ],
)
def test_orders_that_do_not_fit(
    partner: Api, zoid: str, plan: int, period: str, counts: dict[str, int], reason: str
) -> None:
    assert reason in refused(partner, "POST", order(plan, period, **counts))
    assert read(partner)["paiduser"] is False


def test_what_each_plan_is_sold_as(url: str, partner: Api, zoid: str) -> None:
    partner.store("POST", order(10730, "MONT", a10779=2))
    for plan, addon, name in (
        (10731, 10780, "Workplace Professional"),
        (17033, 17083, "Mail Lite"),
        (17034, 17084, "Mail 10GB"),
        (17035, 10792, "Mail Premium"),
    ):
        assert partner.store("PUT", order(plan, "YEAR", **{f"a{addon}": 2})) == {"result": "success"}
        assert read(partner)["planname"] == name
    assert partner.store("PUT", order(17045, "YEAR", a10779=1, a10792=4)) == {"result": "success"}
    assert read(partner)["addondetails"] == [
        {"addonname": "Workplace Standard User", "addonid": 10779, "addonvalue": 1},
        {"addonname": "Mail Premium User", "addonid": 10792, "addonvalue": 4},
    ]
    assert partner.call("GET", f"/api/organization/{zoid}")["data"]["licenseCount"] == 5


def test_ways_and_turns_that_are_closed(partner: Api, zoid: str) -> None:
    assert "no subscription to change" in refused(partner, "PUT", order())
    assert "no subscription to cancel" in refused(partner, "DELETE", {"email": EMAIL, "comment": ""})
    partner.store("POST", order())
    assert "has a subscription already" in refused(partner, "POST", order())
    assert "cannot become a monthly one" in refused(partner, "PUT", order(period="MONT"))


def test_not_below_what_is_in_use(url: str, partner: Api, zoid: str) -> None:
    requests.post(url + "/_sandbox/objects/domains/customer.example/verify")
    partner.store("POST", order(a10779=3, a191=1))
    for name in ("a", "b"):
        body = {"primaryEmailAddress": f"{name}@customer.example", "password": "Secret123"}
        user = partner.call("POST", f"/api/organization/{zoid}/accounts", body, status=201)["data"]
    assert refused(partner, "PUT", order(a10779=2, a191=1)) == "3 users are in use; 2 are too few"
    storage = f"/api/organization/{zoid}/storage/{user['zuid']}"
    partner.call("PUT", storage, {"mode": "updateExtraStorage", "addOnType": ["5gb:1"]})
    assert "storage add-ons of 5gb are in use" in refused(partner, "PUT", order(a10779=3))
    assert read(partner)["addondetails"][0]["addonvalue"] == 3


def test_a_refused_charge_is_a_200_and_changes_nothing(url: str, partner: Api, zoid: str) -> None:
    fault(url, "charge_refused", remaining=1)
    assert partner.store("POST", order()) == {"result": "failure"}
    assert read(partner)["paiduser"] is False
    requests.post(f"{url}/_sandbox/objects/payment_methods/76006415/toggle")
    assert partner.store("POST", order()) == {"result": "failure"}
    requests.post(f"{url}/_sandbox/objects/payment_methods/76006415/toggle")
    assert partner.store("POST", order()) == {"result": "success"}
    charges = requests.get(url + "/_sandbox/objects").json()["charges"]
    assert [(one["zoid"], one["result"], one["addons"]) for one in charges.values()] == [
        (zoid, "failure", {"10779": 3}),
        (zoid, "failure", {"10779": 3}),
        (zoid, "success", {"10779": 3}),
    ]


def test_bought_and_then_dropped(url: str, partner: Api, zoid: str) -> None:
    fault(url, "drop_after", path="/restapi/*", method="POST", remaining=1)
    with pytest.raises(requests.ConnectionError):
        partner.store("POST", order())
    assert read(partner)["paiduser"] is True


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        (None, "customer is missing"),
        ({**ADDRESS, "country": "IN"}, "full English name"),
        ({**ADDRESS, "country": "IND"}, "full English name"),
        ({**ADDRESS, "country": ""}, "full English name"),
        ({**ADDRESS, "companyname": ""}, "companyname is missing"),
    ],
)
def test_the_first_order_needs_the_customers_address(partner: Api, zoid: str, customer: object, reason: str) -> None:
    assert reason in refused(partner, "POST", {**order(), "customer": customer})


def test_only_the_partner_of_the_customer_buys(url: str, partner: Api, zoid: str) -> None:
    assert "not the super admin of a customer of yours" in refused(sign_up(url, OTHER), "POST", order())
    assert "not the super admin" in refused(sign_up(url, JAPAN, dc="jp"), "POST", order())
    assert "not the super admin" in refused(sign_up(url, EMAIL), "POST", order())
    assert "not the super admin" in refused(partner, "GET", {"email": "nobody@elsewhere.example"})


def test_what_the_store_cannot_read(url: str, partner: Api, zoid: str) -> None:
    path = url + "/restapi/partner/v1/json/subscription"
    text = json.dumps({"serviceid": 1501, **order()})
    for wrong in ({"json": order()}, {"data": {"JSONString": text}}, {"files": {"JSONString": (None, "{")}}):
        response = requests.post(path, headers=partner.headers, **wrong)  # type: ignore[arg-type]
        assert response.status_code == 400
        assert response.json()["result"] == "failure"
    service = json.dumps({"serviceid": 1, "email": EMAIL})
    assert requests.get(path, params={"JSONString": service}, headers=partner.headers).status_code == 400
    assert requests.get(path, params={"JSONString": text}).json() == {"result": "failure", "ERRORMSG": "INVALID_TICKET"}
    reader = sign_up(url, scope="ZohoMail.partner.organization.ALL")
    assert reader.store("GET", {"email": EMAIL}, status=401)["ERRORMSG"] == "INVALID_OAUTHSCOPE"
    assert requests.patch(path, headers=partner.headers).json()["result"] == "failure"


def test_a_purchase_ends_a_trial(partner: Api, zoid: str) -> None:
    partner.call("PUT", f"/api/organization/{zoid}/enableTrial", planName="basicTrial")
    partner.store("POST", order())
    data = partner.call("GET", f"/api/organization/{zoid}")["data"]
    assert (data["basePlan"], data["planType"], data["extendTrial"]) == ("Workplace Standard", "paid", False)


def test_the_lists_of_the_partner(url: str, partner: Api, zoid: str, pass_time: Pass) -> None:
    partner.create("lead.example", "lead@elsewhere.example")
    pass_time(600)
    partner.store("POST", order(10731, "MONT", a10780=4, a188=1))
    (row,) = partner.call("GET", "/api/v1/partner/subscriptions")
    assert set(row) == openapi.property_names("PartnerSubscription") - {"registration_date"}
    assert row["addons"] == [{"addon_name": "User", "value": 4}, {"addon_name": "Extra Storage 25 GB", "value": 1}]
    assert (row["service_name"], row["email_id"], row["org_id"]) == ("Workplace", EMAIL, zoid)
    assert (row["customer_address"], row["plan_name"]) == ({"country": "India"}, "Workplace Professional")
    assert (row["billing_frequency"], row["subscription_start_date"]) == ("Monthly", "2030-03-17")
    (lead,) = partner.call("GET", "/api/v1/partner/leads")
    assert (lead["email_id"], lead["addons"], lead["registration_date"]) == ("lead@elsewhere.example", [], "2030-03-17")


def test_the_lists_come_in_pages(url: str, partner: Api) -> None:
    for number in range(3):
        partner.create(f"c{number}.example", f"c{number}@elsewhere.example")
    path = url + "/api/v1/partner/leads"
    first = requests.get(path, params={"per_page": "2"}, headers=partner.headers)
    assert (len(first.json()), first.headers["X-Has-More"], first.headers["X-Total-Count"]) == (2, "true", "3")
    second = requests.get(path, params={"per_page": "2", "page": "2"}, headers=partner.headers)
    assert (len(second.json()), second.headers["X-Has-More"]) == (1, "false")
    assert requests.get(path, headers=partner.headers).headers["X-Per-Page"] == "200"
    assert requests.get(path, params={"page": "0"}, headers=partner.headers).status_code == 400
    assert requests.get(path, headers=sign_up(url, OTHER).headers).status_code == 403
    assert requests.get(url + "/api/v1/partner/nothing").json() == {"result": "failure", "ERRORMSG": "Not Found"}
