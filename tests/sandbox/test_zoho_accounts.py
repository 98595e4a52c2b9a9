"""Users and storage of a customer organisation."""

from typing import Any

import pytest
import requests

from . import openapi
from .support import OTHER, Api, fault, sign_up, switch
from .test_zoho_domains import buy


@pytest.fixture
def zoid(url: str, partner: Api) -> str:
    zoid = str(partner.create("fresh.example")["zoid"])
    requests.post(url + "/_sandbox/objects/domains/fresh.example/verify")
    return zoid


@pytest.fixture
def accounts(zoid: str) -> str:
    return f"/api/organization/{zoid}/accounts"


def add(api: Api, accounts: str, name: str, status: int = 201, **more: Any) -> dict[str, Any]:
    body = {"primaryEmailAddress": f"{name}@fresh.example", "password": "Secret123", **more}
    return dict(api.call("POST", accounts, body, status=status)["data"])


def test_a_user_as_published(partner: Api, accounts: str) -> None:
    made = add(partner, accounts, "anna", firstName="Anna", lastName="Ahn", role="admin")
    assert openapi.property_names("Account") <= set(made)
    assert (made["role"], made["displayName"], made["mailboxStatus"]) == ("admin", "Anna Ahn", "enabled")
    assert made["emailAddress"] == [
        {"mailId": "anna@fresh.example", "isPrimary": True, "isAlias": False, "isConfirmed": True}
    ]
    assert int(made["accountId"]) > 2**53
    assert partner.call("GET", f"{accounts}/{made['zuid']}")["data"] == made
    assert partner.call("GET", f"{accounts}/anna@fresh.example")["data"] == made
    partner.call("GET", f"{accounts}/1", status=404)


def test_lists_come_ten_at_a_time(url: str, partner: Api, accounts: str) -> None:
    order = {"plan": 10730, "addons": [{"id": 10779, "count": 12}], "payperiod": "YEAR"}
    address = {"companyname": "Customer", "country": "India"}
    partner.store("POST", {"email": "owner@elsewhere.example", "customer": address, "subscription": order})
    for number in range(11):
        add(partner, accounts, f"user{number}")
    first = partner.call("GET", accounts)["data"]
    rest = partner.call("GET", accounts, start="10")["data"]
    assert (len(first), len(rest)) == (10, 2)
    assert [one["incomingUserName"] for one in first[:2]] == ["owner@elsewhere.example", "user0@fresh.example"]
    assert len(partner.call("GET", accounts, limit="200")["data"]) == 12
    assert isinstance(first[0]["accountId"], int)
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"start": "-1"}):
        partner.call("GET", accounts, status=400, **wrong)
    assert isinstance(partner.call("GET", accounts, limit="1")["data"], list)
    switch(url, single_account=True)
    assert partner.call("GET", accounts, limit="1")["data"]["incomingUserName"] == "owner@elsewhere.example"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"primaryEmailAddress": ""}, "primaryEmailAddress is mandatory"),
        ({"primaryEmailAddress": "anna"}, "not a valid email"),
        ({"primaryEmailAddress": "anna@zylker.example"}, "not a domain of this organization"),
        ({"password": ""}, "password is mandatory"),
        ({"role": "super_admin"}, "role has to be"),
        ({"role": "king"}, "role has to be"),
        ({"groupMailList": ["a@fresh.example"] * 101}, "at most 100"),
    ],
)
def test_wrong_users_are_refused(partner: Api, accounts: str, body: dict[str, Any], reason: str) -> None:
    given = {"primaryEmailAddress": "anna@fresh.example", "password": "Secret123", **body}
    assert reason in partner.call("POST", accounts, given, status=400)["data"]["moreInfo"]


def test_no_user_on_an_unverified_domain(partner: Api) -> None:
    accounts = f"/api/organization/{partner.create('raw.example')['zoid']}/accounts"
    body = {"primaryEmailAddress": "a@raw.example", "password": "Secret123"}
    assert partner.call("POST", accounts, body, status=400)["data"]["moreInfo"] == "raw.example is not verified"


def test_five_free_users(url: str, partner: Api, accounts: str) -> None:
    for name in "abcd":
        add(partner, accounts, name)
    assert add(partner, accounts, "e", 400)["moreInfo"] == "MAXIMUM USER LICENSE LIMIT REACHED"
    assert add(partner, accounts, "d", 400)["errorCode"] == "USER_ALREADY_EXISTS"
    buy(partner)
    fault(url, "licence_limit", remaining=1)
    assert add(partner, accounts, "e", 400)["moreInfo"] == "MAXIMUM USER LICENSE LIMIT REACHED"


def test_disable_and_enable(partner: Api, accounts: str) -> None:
    user = add(partner, accounts, "anna")
    path = f"{accounts}/{user['accountId']}"

    def act(mode: str, status: int = 200, **more: Any) -> dict[str, Any]:
        return dict(partner.call("PUT", path, {"mode": mode, "zuid": user["zuid"], **more}, status=status))

    def now() -> tuple[str, bool]:
        data = partner.call("GET", f"{accounts}/{user['zuid']}")["data"]
        return data["mailboxStatus"], data["incomingBlocked"]

    done = act(
        "disableUser", blockIncoming=True, removeMailforward=False, removeGroupMembership=False, removeAlias=False
    )
    assert done == {"status": {"code": 200, "description": "success"}}
    assert now() == ("disabled", True)
    act("disableUser", 400)
    assert act("enableUser", 400)["data"]["moreInfo"] == "unblockIncoming is mandatory"
    act("enableUser", unblockIncoming=True)
    assert now() == ("enabled", False)
    act("disableMailAccount")
    assert now() == ("disabled", False)
    assert "not enabled" in act("disableMailAccount", 400)["data"]["moreInfo"]
    act("enableMailAccount")
    assert "already enabled" in act("enableMailAccount", 400)["data"]["moreInfo"]
    assert act("resetPassword", 403)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    act("shave", 400)
    act("disableUser", 400, blockIncoming="yes")
    partner.call("PUT", path, {"mode": "disableUser"}, status=400)
    partner.call("PUT", path, {"mode": "disableUser", "zuid": "1"}, status=400)
    partner.call("PUT", f"{accounts}/7", {"mode": "disableUser", "zuid": user["zuid"]}, status=404)


def test_ids_may_be_sent_as_numbers(partner: Api, accounts: str) -> None:
    user = add(partner, accounts, "anna")
    partner.call("PUT", f"{accounts}/{user['accountId']}", {"mode": "disableUser", "zuid": int(user["zuid"])})


def test_the_super_admin_stays(partner: Api, accounts: str) -> None:
    admin = partner.call("GET", accounts)["data"][0]
    body = {"mode": "disableUser", "zuid": admin["zuid"], "blockIncoming": True}
    refused = partner.call("PUT", f"{accounts}/{admin['accountId']}", body, status=403)
    assert refused["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"


def test_what_partners_may_not_do_and_the_own_admin_may(url: str, partner: Api, accounts: str) -> None:
    user = add(partner, accounts, "anna")
    role = {"mode": "changeRole", "role": "admin", "userList": [user["zuid"]]}
    delete = {"accountList": [user["zuid"]]}
    assert partner.call("PUT", accounts, role, status=403)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    assert partner.call("DELETE", accounts, delete, status=403)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    own = sign_up(url, "owner@elsewhere.example")
    own.call("PUT", accounts, role)
    assert own.call("GET", f"{accounts}/{user['zuid']}")["data"]["role"] == "admin"
    own.call("PUT", accounts, {**role, "userList": []}, status=400)
    own.call("DELETE", accounts, {"emailList": ["owner@elsewhere.example"]}, status=403)
    own.call("DELETE", accounts, {}, status=400)
    own.call("DELETE", accounts, {"emailList": ["nobody@fresh.example"]}, status=404)
    own.call("DELETE", accounts, {"emailList": ["anna@fresh.example"]})
    own.call("GET", f"{accounts}/{user['zuid']}", status=404)


def test_members_administer_nothing(url: str, partner: Api, zoid: str, accounts: str) -> None:
    add(partner, accounts, "anna")
    sign_up(url, "anna@fresh.example").call("GET", accounts, status=403)
    sign_up(url, OTHER).call("GET", accounts, status=403)


def test_storage_follows_plan_and_add_ons(partner: Api, zoid: str, accounts: str) -> None:
    path = f"/api/organization/{zoid}/storage"
    user = add(partner, accounts, "anna")
    free = partner.call("GET", path)["data"]
    assert [one["totalStorage"] for one in free["userList"]] == [5, 5]
    assert (free["orgPlans"], free["addons"]) == ([], [])
    order = {
        "plan": 17045,
        "addons": [{"id": 10779, "count": 2}, {"id": 10792, "count": 1}, {"id": 191, "count": 2}],
        "payperiod": "YEAR",
    }
    address = {"companyname": "Customer", "country": "India"}
    partner.store("POST", {"email": "owner@elsewhere.example", "customer": address, "subscription": order})
    zuid = f"{path}/{user['zuid']}"
    partner.call("PUT", zuid, {"mode": "updateBaseStorage", "planType": "mailPremium"})
    partner.call("PUT", zuid, {"mode": "updateExtraStorage", "addonType": ["5gb:1"]})
    one = partner.call("GET", zuid)["data"]
    assert (one["basicStorage"], one["extraStorage"], one["totalStorage"], one["mailBox"]) == (
        50,
        {"5gb": 1},
        55,
        "anna@fresh.example",
    )
    partner.call("PUT", zuid, {"mode": "updateExtraStorage", "addOnType": ["5gb:2"]})
    for wrong in (["5gb:3"], ["25gb:1"], ["5tb:1"], ["5gb"], [], "5gb:1"):
        partner.call("PUT", zuid, {"mode": "updateExtraStorage", "addOnType": wrong}, status=400)
    partner.call("PUT", zuid, {"mode": "updateBaseStorage", "planType": "professional"}, status=400)
    partner.call("PUT", zuid, {"mode": "updateBaseStorage", "planType": "gold"}, status=400)
    partner.call("PUT", zuid, {"mode": "nonsense"}, status=400)
    other = partner.call("GET", accounts)["data"][0]["zuid"]
    full = partner.call("PUT", f"{path}/{other}", {"mode": "updateBaseStorage", "planType": "mailPremium"}, status=400)
    assert full["data"]["moreInfo"] == "MAXIMUM USER LICENSE LIMIT REACHED"
    whole = partner.call("GET", path, start="0", limit="1")["data"]
    assert len(whole["userList"]) == 1
    assert {"planType": "mailPremium", "totalCount": 1, "allotedCount": 1} in whole["orgPlans"]
    assert whole["addons"] == [{"addonType": "5gb", "totalCount": 2, "allotedCount": 2}]
    partner.call("GET", f"{path}/1", status=404)
