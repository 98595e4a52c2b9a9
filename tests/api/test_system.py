"""System actions."""

from datetime import datetime

from modulehost import automation, hooks
from modulehost.context import Ctx, Host
from tests.api.client import CLIENT, Api


def test_payment_methods_and_currencies(api: Api) -> None:
    methods = api.ok("GetPaymentMethods")
    assert methods["totalresults"] == 2
    assert methods["paymentmethods"]["paymentmethod"][0] == {"module": "mailin", "displayname": "Mail In Payment"}
    found = api.ok("GetCurrencies")["currencies"]["currency"]
    assert found[0] == {"id": 1, "code": "USD", "prefix": "$", "suffix": " USD", "format": 1, "rate": "1.00000"}
    assert found[1]["rate"] == "0.90000"


def test_encryption(api: Api) -> None:
    first, second = (api.ok("EncryptPassword", password2="hunter2")["password"] for _ in range(2))
    assert first != second
    assert api.ok("DecryptPassword", password2=first)["password"] == "hunter2"
    assert api.ok("DecryptPassword", password2="plain")["password"] == "plain"


def test_version(api: Api) -> None:
    assert api.ok("WhmcsDetails")["whmcs"] == {"version": "8.13.1", "canonicalversion": "8.13.1-release.1"}


def test_activity(api: Api, host: Host) -> None:
    seen: list[dict[str, object]] = []
    hooks.add(host, "LogActivity", 1, seen.append)
    api("AddClient", **CLIENT)
    api.ok("LogActivity", description="Mailbox 100% full", clientid=1)
    # Every entry fires, the earlier ones too.
    assert seen[-1] == {"description": "Mailbox 100% full", "user": "boss", "userid": 1, "ipaddress": "127.0.0.1"}
    newest = api.ok("GetActivityLog", limitnum=1)
    entry = newest["activity"]["entry"][0]
    assert (entry["description"], entry["clientId"], entry["date"]) == ("Mailbox 100% full", 1, "2027-01-31 12:00:00")
    assert newest["totalresults"] > 1

    def found(**filters: object) -> list[str]:
        return [one["description"] for one in api("GetActivityLog", **filters)["activity"]["entry"]]

    assert found(description="100%") == ["Mailbox 100% full"]
    assert found(description="100_") == []
    assert "Mailbox 100% full" in found(clientid=1)
    assert found(clientid=2) == []
    assert "Mailbox 100% full" in found(user="angelica@example.com")
    assert "Mailbox 100% full" in found(date="31/01/2027")
    assert found(date="2027-02-01") == []
    assert api.refused("GetActivityLog", date="yesterday").startswith(
        "Parameter 'date' must be a date such as DD/MM/YYYY"
    )
    assert api.refused("LogActivity") == "The parameter 'description' is required"


def test_the_automation_log_by_date_and_namespace(api: Api, host: Host) -> None:
    ctx = Ctx(host)
    host.clock.set(datetime(2027, 1, 31, 9, 0))
    automation.run(ctx)
    host.clock.set(datetime(2027, 2, 1, 10, 0))
    automation.perform(ctx, "AutoTerminations")  # switched off: one skipped
    today = api.ok("GetAutomationLog")
    assert today["statistics"] == {"2027-02-01": {"AutoTerminations": {"done": 0, "skipped": 1, "failed": 0}}}
    assert (today["currentDatetime"], today["lastDailyCronInvocationTime"]) == ("2027-02-01 10:00:00", "2027-01-31 09:00:00")
    both = api.ok("GetAutomationLog", startdate="2027-01-31", enddate="01/02/2027", namespace="AutoTerminations")
    assert (both["startdate"], both["enddate"]) == ("2027-01-31 00:00:00", "2027-02-01 23:59:59")
    assert {day: list(tasks) for day, tasks in both["statistics"].items()} == {
        "2027-01-31": ["AutoTerminations"], "2027-02-01": ["AutoTerminations"]
    }  # fmt: skip
    assert "'enddate'" in api("GetAutomationLog", enddate="soon")["message"]
