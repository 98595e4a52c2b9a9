"""Domains: verification by records, hosting, the other modes."""

import re
from typing import Any

import pytest
import requests

from . import openapi
from .conftest import Pass
from .support import START, Api, Person, fault, sign_up, switch


@pytest.fixture
def zoid(partner: Api) -> str:
    return str(partner.create("fresh.example")["zoid"])


@pytest.fixture
def path(zoid: str) -> str:
    return f"/api/organization/{zoid}/domains/fresh.example"


def publish(
    url: str, type_: str, value: str, host: str = "@", domain: str = "fresh.example", visible: int = START
) -> None:
    record = {"domain": domain, "type": type_, "host": host, "value": value, "published": START, "visible": visible}
    id = f"{type_}{host}{value}"
    response = requests.post(url + "/_sandbox/objects", json={"dns_records": {id: {"id": id, **record}}})
    assert response.status_code == 200, response.text


def act(api: Api, path: str, mode: str, status: int = 200, **more: str) -> dict[str, Any]:
    return dict(api.call("PUT", path, {"mode": mode, **more}, status=status))


def test_a_new_domain_waits_for_its_verification(partner: Api, zoid: str, path: str) -> None:
    data = partner.call("GET", path)["data"]
    assert set(data) <= openapi.property_names("Domain") | {"isDomainAlias"}
    code = data["HTMLVerificationCode"]
    assert re.fullmatch(r"\d{8}", code)
    assert data["CNAMEVerificationCode"] == "zb" + code
    assert (data["verificationStatus"], data["mailHostingEnabled"], data["primary"]) == (False, False, True)
    assert (data["zoid"], data["createdTime"], data["mxstatus"]) == (zoid, START * 1000, "expired")
    listed = partner.call("GET", f"/api/organization/{zoid}/domains")["data"]["domainVO"]
    assert listed == [{**data, "zoid": int(zoid), "domainId": int(data["domainId"])}]


@pytest.mark.parametrize(
    ("mode", "type_", "host", "value"),
    [
        ("verifyDomainByTXT", "TXT", "@", "zoho-verification=zb{code}.zmverify.zoho.com"),
        ("verifyDomainByCName", "CNAME", "zb{code}", "zmverify.zoho.com."),
        ("verifyDomainByHTML", "HTML", "zohoverify/verifyforzoho.html", "{code}"),
    ],
)
@pytest.mark.parametrize("address", ["", "/verifyDomain"])
def test_verification(
    url: str, partner: Api, path: str, address: str, mode: str, type_: str, host: str, value: str
) -> None:
    code = partner.call("GET", path)["data"]["HTMLVerificationCode"]
    missing = act(partner, path + address, mode)
    assert missing["status"] == {"code": 200, "description": "success"}
    assert missing["data"]["status"] is False
    assert missing["data"]["error"] == f"{type_}_RECORD_HOST_UNKNOWN"
    publish(url, type_, "something else", host.format(code=code))
    assert act(partner, path + address, mode)["data"]["error"] == f"{type_}_RECORD_MISMATCH"
    publish(url, type_, value.format(code=code), host.format(code=code))
    assert act(partner, path + address, mode)["data"] == {"status": True}
    data = partner.call("GET", path)["data"]
    assert (data["verificationStatus"], data["mailHostingEnabled"]) == (True, True)
    assert (data["verifiedByAddress"], data["verifiedDate"]) == ("owner@elsewhere.example", START * 1000)
    assert act(partner, path + address, mode, status=400)["data"]["errorCode"] == "ALREADY_VERIFIED"


def test_a_mismatch_names_what_was_found(url: str, partner: Api, path: str) -> None:
    assert act(partner, path, "verifyDomainByTXT")["data"]["txtRecord"] == []
    publish(url, "TXT", "v=spf1 -all")
    assert act(partner, path, "verifyDomainByTXT")["data"]["txtRecord"] == ["v=spf1 -all"]


def test_the_records_carry_the_names_of_the_data_centre(url: str) -> None:
    api = sign_up(url, "partner@zylker-japan.example", dc="jp")
    zoid = api.create("fresh.example")["zoid"]
    path = f"/api/organization/{zoid}/domains/fresh.example"
    code = api.call("GET", path)["data"]["CNAMEVerificationCode"]
    publish(url, "CNAME", "zmverify.zoho.com", code)
    assert act(api, path, "verifyDomainByCName")["data"]["status"] is False
    publish(url, "CNAME", "zmverify.zoho.jp", code)
    assert act(api, path, "verifyDomainByCName")["data"]["status"] is True


def test_slow_dns(url: str, zoid: str, path: str, clock: object, pass_time: Pass) -> None:
    switch(url, dns_seconds=43_200)
    person = Person(url)
    person.sign_in("partner@zylker.example")
    person.open(f"/partner/customers/{zoid}")
    value = re.search(r"zoho-verification=[\w.]+", person.page)
    assert value
    page = person.submit(f"/partner/customers/{zoid}/domains/fresh.example/dns", type="TXT", host="", value=value[0])
    assert "from 18 Mar 2030, 05:46" in page.text
    pass_time(43_199)
    assert act(sign_up(url), path, "verifyDomainByTXT")["data"]["error"] == "TXT_RECORD_HOST_UNKNOWN"
    pass_time(1)
    fault(url, "slow_dns", remaining=1)
    api = sign_up(url)
    assert act(api, path, "verifyDomainByTXT")["data"]["status"] is False
    assert act(api, path, "verifyDomainByTXT")["data"]["status"] is True


@pytest.fixture
def verified(url: str, partner: Api, path: str) -> str:
    requests.post(url + "/_sandbox/objects/domains/fresh.example/verify")
    assert partner.call("GET", path)["data"]["verificationStatus"] is True
    return path


def test_hosting_is_switched(partner: Api, zoid: str, verified: str) -> None:
    assert "already enabled" in act(partner, verified, "enableMailHosting", 400)["data"]["moreInfo"]
    assert act(partner, verified, "disableMailHosting") == {"status": {"code": 200, "description": "success"}}
    assert partner.call("GET", f"/api/organization/{zoid}")["data"]["isMailHostingEnabled"] is False
    assert "not enabled" in act(partner, verified, "disableMailHosting", 400)["data"]["moreInfo"]
    act(partner, verified, "enableMailHosting")
    assert partner.call("GET", verified)["data"]["mailHostingEnabled"] is True


def test_mx_spf_and_dkim(url: str, partner: Api, verified: str) -> None:
    assert act(partner, verified, "verifyMxRecord")["data"] == {"mxstatus": False, "mxRecords": []}
    for value in ("10 mx.zoho.com", "20 mx2.zoho.com", "50 mx3.zoho.com"):
        publish(url, "MX", value)
    assert act(partner, verified, "verifyMxRecord")["data"] == {"mxstatus": True}
    assert act(partner, verified, "VerifySpfRecord")["data"] == {"spfstatus": False}
    publish(url, "TXT", "v=spf1 include:zoho.com ~all")
    assert act(partner, verified, "VerifySpfRecord")["data"] == {"spfstatus": True}
    act(partner, verified, "verifyDkimKey", 400)
    key = act(partner, verified, "addDkimDetail", selector="zm1")["data"]
    assert act(partner, verified, "verifyDkimKey")["data"] == {"dkimstatus": False}
    publish(url, "TXT", key["publicKey"], "zm1._domainkey")
    assert act(partner, verified, "verifyDkimKey")["data"] == {"dkimstatus": True}
    data = partner.call("GET", verified)["data"]
    assert (data["mxstatus"], data["spfstatus"], data["dkimstatus"]) == (True, True, True)


def test_unverified_domains_refuse_the_rest(partner: Api, path: str) -> None:
    modes = ("verifyMxRecord", "enableMailHosting", "setAsPrimaryDomain", "addDkimDetail", "VerifySpfRecord")
    for mode in modes:
        assert act(partner, path, mode, 400)["data"]["moreInfo"] == "fresh.example is not verified"
    assert "mode nonsense" in act(partner, path, "nonsense", 400)["data"]["moreInfo"]
    assert "mode is mandatory" in partner.call("PUT", path, {}, status=400)["data"]["moreInfo"]
    assert partner.call("PUT", path + "/verifyDomain", {"mode": "enableMailHosting"}, status=400)


def buy(api: Api) -> None:
    order = {"plan": 10730, "addons": [{"id": 10779, "count": 5}], "payperiod": "YEAR"}
    address = {"companyname": "Customer", "country": "India"}
    api.store("POST", {"email": "owner@elsewhere.example", "customer": address, "subscription": order})


def test_a_second_domain(url: str, partner: Api, zoid: str, verified: str) -> None:
    domains = f"/api/organization/{zoid}/domains"
    assert "one domain" in partner.call("POST", domains, {"domainName": "two.example"}, status=400)["data"]["moreInfo"]
    buy(partner)
    assert partner.call("POST", domains, {"domainName": "fresh.example"}, status=400)
    assert partner.call("POST", domains, {"domainName": "two"}, status=400)
    data = partner.call("POST", domains, {"domainName": "Two.example"}, status=201)["data"]
    assert set(data) == {
        "HTMLVerificationCode",
        "verificationStatus",
        "domainName",
        "createdTime",
        "CNAMEVerificationCode",
        "isRegisteredByZoho",
        "primary",
    }
    two = domains + "/two.example"
    requests.post(url + "/_sandbox/objects/domains/two.example/verify")
    assert partner.call("GET", two)["data"]["mailHostingEnabled"] is False
    act(partner, two, "enableMailHosting")
    assert partner.call("DELETE", two, status=400)["data"]["errorCode"] == "RMV_HOSTING_BEFORE_DLT_DOMAIN"
    act(partner, two, "disableMailHosting")
    act(partner, two, "removeDomainAsAlias", 400)
    act(partner, two, "makeDomainAsAlias")
    act(partner, two, "removeDomainAlias")
    act(partner, two, "setAsPrimaryDomain")
    assert partner.call("GET", f"/api/organization/{zoid}")["data"]["primaryDomainName"] == "two.example"
    act(partner, two, "makeDomainAsAlias", 400)
    assert partner.call("DELETE", two, status=400)["data"]["errorCode"] == "OPERATION_NOT_PERMITTED"
    act(partner, verified, "setAsPrimaryDomain")
    assert partner.call("DELETE", two) == {"status": {"code": 200, "description": "success"}}
    partner.call("GET", two, status=404)


def test_catch_all_and_subdomains(partner: Api, verified: str) -> None:
    act(partner, verified, "deleteCatchAllAddress", 400)
    act(partner, verified, "addCatchAllAddress", 400, catchAllAddress="all@elsewhere.example")
    act(partner, verified, "addCatchAllAddress", catchAllAddress="all@fresh.example")
    assert partner.call("GET", verified)["data"]["catchAllAddress"] == "all@fresh.example"
    act(partner, verified, "deleteCatchAllAddress")
    act(partner, verified, "enableSubDomainStripping")
    act(partner, verified, "disableSubDomainStripping")


def test_unknown_domain(partner: Api, zoid: str) -> None:
    assert partner.call("GET", f"/api/organization/{zoid}/domains/nobody.example", status=404)["data"]["errorCode"]
    assert partner.call("GET", f"/api/organization/{zoid}/domains/zylker.example", status=404)
