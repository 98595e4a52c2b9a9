"""Access tokens: cached, refreshed by one, renewed on 401, never lost; and what is said when Zoho refuses."""

import json
import threading
from datetime import timedelta

import pytest

from modulehost import sdk
from tests.modules.shop import PARTNERS, SCOPES, Shop

TOKEN = "/oauth/v2/token"


def test_one_token_serves_until_shortly_before_its_end(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    zoho.host.clock.advance(timedelta(minutes=54))
    assert zoho.run(service, "ChangePackage").ok
    assert len(zoho.requests("POST", TOKEN)) == 1
    zoho.host.clock.advance(timedelta(minutes=2))  # within the margin, although Zoho would still take it
    assert zoho.run(service, "ChangePackage").ok
    assert len(zoho.requests("POST", TOKEN)) == 2


def test_ten_days_of_work_keep_the_refresh_token(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    for _ in range(10):
        zoho.host.clock.advance(timedelta(days=1))
        assert zoho.run(service, "ChangePackage").ok
    assert len(zoho.requests("POST", TOKEN)) == 11


def test_a_token_that_dies_in_the_middle_is_renewed_once(zoho: Shop) -> None:
    zoho.fault("expired_token", path="/api/organization", method="POST", remaining=1)
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    outcome = zoho.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    assert len(zoho.requests("POST", TOKEN)) == 2 and len(zoho.customers()) == 1


def test_a_token_that_is_never_accepted_ends_after_one_renewal(zoho: Shop) -> None:
    zoho.fault("expired_token")
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "INVALID_OAUTHTOKEN" in outcome.message and "Authenticate" in outcome.message
    assert len(zoho.requests("POST", TOKEN)) == 2


def test_a_clock_that_is_set_back_does_not_keep_a_dead_token_alive(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    zoho.host.clock.advance(timedelta(days=30))
    assert zoho.run(service, "CreateAccount").ok
    zoho.host.clock.advance(timedelta(days=-30))
    zoho.zoho.access_tokens.clear()
    assert zoho.run(service, "CreateAccount").ok


def test_milliseconds_are_not_taken_for_seconds(zoho: Shop) -> None:
    zoho.zoho.switches.expires_in_ms = True
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    zoho.host.clock.advance(timedelta(minutes=56))
    assert zoho.run(service, "ChangePackage").ok
    assert len(zoho.requests("POST", TOKEN)) == 2


def test_many_at_once_refresh_once(zoho: Shop) -> None:
    services = [
        zoho.service(f"d{n}.example", client=zoho.add_client(email=f"c{n}@example.org"), plan="free") for n in range(6)
    ]
    outcomes: list[bool] = []
    threads = [threading.Thread(target=lambda s=s: outcomes.append(zoho.run(s, "CreateAccount").ok)) for s in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True] * 6
    assert len(zoho.requests("POST", TOKEN)) == 1 and len(zoho.customers()) == 6


def test_a_throttled_token_request_says_wait_and_asks_no_more_for_a_minute(zoho: Shop) -> None:
    zoho.fault("token_throttle", remaining=1)
    service = zoho.service(plan="free")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and "ten are allowed in ten minutes" in outcome.message
    assert not zoho.run(service, "CreateAccount").ok
    assert len(zoho.requests("POST", TOKEN)) == 1 and zoho.status(service) == "Pending" and len(zoho.queue()) == 1
    zoho.host.clock.advance(timedelta(seconds=61))
    assert zoho.run(service, "CreateAccount").ok


@pytest.mark.parametrize("status", [200, 400])
def test_a_revoked_authorisation_is_told_by_name_whatever_the_http_status(zoho: Shop, status: int) -> None:
    zoho.zoho.switches.oauth_error_status = status
    zoho.fault("refresh_revoked", remaining=1)
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "invalid_token" in outcome.message and "click Authenticate" in outcome.message
    zoho.authorise()
    zoho.host.clock.advance(timedelta(seconds=61))
    assert zoho.run(zoho.service(plan="free"), "CreateAccount").ok


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "drop"}, {"kind": "invalid_body"}])
def test_a_broken_token_endpoint_loses_nothing(zoho: Shop, fault: dict[str, object]) -> None:
    zoho.fault(path=TOKEN, remaining=1, **fault)  # type: ignore[arg-type]
    service = zoho.service(plan="free")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and "token endpoint" in outcome.message
    assert zoho.run(service, "CreateAccount").ok


def test_a_missing_scope_asks_to_authenticate_again(zoho: Shop) -> None:
    credential = zoho.authorise()
    narrow = {
        "client_id": credential["client_id"],
        "scope": "ZohoMail.organization.accounts.READ",
        "user": PARTNERS["us"],
    }
    credential["refresh_token"] = zoho.at_zoho("grants", narrow)["refresh_token"]
    with zoho.inside():
        sdk.store("credentials").set(f"us {credential['client_id']}", json.dumps(credential), secret=True)
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "Authenticate" in outcome.message
    assert SCOPES.split(",")[0].rpartition(".")[0] in outcome.message


def test_secrets_stay_out_of_the_database_and_the_log(zoho: Shop) -> None:
    assert zoho.run(zoho.service(plan="Mail Lite", mailboxes=1), "CreateAccount").ok
    secrets = [*zoho.zoho.access_tokens, *zoho.zoho.refresh_tokens, *(c.secret for c in zoho.zoho.clients.values())]
    assert "RefreshToken" in zoho.module_log() and "POST" in zoho.module_log()
    database = (zoho.host.engine.url.database or "").encode()
    with open(database, "rb") as handle, open(database + b"-wal", "rb") as wal:
        stored = handle.read() + wal.read()
    product = [c.secret for c in zoho.zoho.clients.values()]  # entered by the test as plain text, see Shop.register
    for secret in secrets:
        assert secret not in zoho.module_log()
        assert secret in product or secret.encode() not in stored


# --- regions ----------------------------------------------------------------------------------------------------------


def test_every_region_has_its_own_authorisation_and_hosts(zoho: Shop) -> None:
    american = zoho.service(plan="Mail Lite", mailboxes=1)
    assert zoho.run(american, "CreateAccount").ok
    zoho.authorise("jp")  # the product moves to Japan
    japanese = zoho.service(
        "sakura.example", client=zoho.add_client(email="sakura@example.jp"), plan="Mail Lite", mailboxes=1
    )
    assert zoho.run(japanese, "CreateAccount").ok
    assert [org.dc for org in zoho.customers()] == ["us", "jp"]
    zoho.choose(american, mailboxes=4)
    assert zoho.run(american, "ChangePackage").ok  # still managed where it was made
    assert zoho.customers()[0].licences == 4
    assert zoho.requests("POST", "/dc/jp/api/organization") == ["POST /dc/jp/api/organization"]


def test_an_unauthorised_region_is_refused_before_anything_is_asked(zoho: Shop) -> None:
    zoho.settings(configoption4="ca")
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "Canada" in outcome.message and "Authenticate" in outcome.message
    assert zoho.requests() == []


def test_the_united_kingdom_is_no_region(zoho: Shop) -> None:
    zoho.settings(configoption4="uk")
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "Domain region is 'uk'" in outcome.message


def test_connection_test_takes_a_fresh_token_and_reads_the_partner(zoho: Shop) -> None:
    assert _test(zoho) == {"success": True, "error": ""}
    assert _test(zoho) == {"success": True, "error": ""}
    assert zoho.requests() == ["POST /oauth/v2/token", "GET /api/organization"] * 2
    zoho.fault("refresh_revoked", remaining=1)
    failed = _test(zoho)
    assert failed["success"] is False and "United States" in failed["error"] and "invalid_token" in failed["error"]


def _test(shop: Shop) -> dict[str, object]:
    from modulehost import extensions, runtimes

    module = extensions.module(shop.host, "servers", "zoho_mail")
    found: dict[str, object] = runtimes.call(shop.ctx, module, "TestConnection", {}).value
    return found


def test_a_product_with_a_new_client_still_manages_its_old_customers(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Lite", mailboxes=1)
    assert zoho.run(service, "CreateAccount").ok
    zoho.register()
    zoho.choose(service, mailboxes=2)
    assert zoho.run(service, "ChangePackage").ok
    new = zoho.service("rose.example", client=zoho.add_client(email="rose@example.org"), plan="free")
    outcome = zoho.run(new, "CreateAccount")
    assert not outcome.ok and "not authenticated" in outcome.message
