"""Create: what reaches Zoho, what is kept, and that no way of failing makes a second organisation or a second purchase."""

import pytest

from tests.modules.shop import Shop

CREATE = "/api/organization"
STORE = "/restapi/partner/v1/json/subscription"


def test_create_makes_the_organisation_with_plan_and_mailboxes(zoho: Shop) -> None:
    service = zoho.service(plan="newMail5gb|Mail Lite (5 GB)", mailboxes=3)
    outcome = zoho.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    (org,) = zoho.customers()
    assert (org.name, org.plan, org.pay_period, org.licences) == ("Angelica Mohr", "Mail Lite", "YEAR", 3)
    assert org.addons == {"17083": 3}
    assert org.customer["country"] == "United States"
    names = ("Client Domain", "Super Admin", "ZOID", "Domain Verification")
    assert [zoho.kept(service, name) for name in names] == [
        "lily.example",
        "angelica@example.com",
        org.zoid,
        "Not Verified",
    ]
    assert zoho.status(service) == "Active"


def test_mail_free_is_made_without_a_purchase(zoho: Shop) -> None:
    service = zoho.service(cycle="Free Account", plan="Mail Free", mailboxes=5)
    assert zoho.run(service, "CreateAccount").ok
    assert zoho.customers()[0].plan == "Mail Free"
    assert not zoho.requests("POST", STORE)


def test_a_trial_is_asked_for_at_creation(zoho: Shop) -> None:
    service = zoho.service(cycle="One Time", plan="Workplace Standard Trial", mailboxes=1)
    assert zoho.run(service, "CreateAccount").ok
    assert zoho.customers()[0].plan == "Workplace Standard Trial"


def test_without_options_it_is_mail_free_with_one_mailbox(zoho: Shop) -> None:
    assert zoho.run(zoho.service(), "CreateAccount").ok
    assert zoho.customers()[0].plan == "Mail Free"


@pytest.mark.parametrize("status", [200, 201])
def test_both_http_statuses_of_a_creation_are_a_success(zoho: Shop, status: int) -> None:
    zoho.zoho.switches.create_status = status
    assert zoho.run(zoho.service(plan="free"), "CreateAccount").ok


def test_the_password_is_sent_only_where_zoho_insists(zoho: Shop) -> None:
    assert zoho.run(zoho.service(plan="free"), "CreateAccount").ok
    assert zoho.zoho.users[zoho.customers()[0].super_admin].password == ""
    zoho.zoho.switches.strict = True
    second = zoho.service("rose.example", client=zoho.add_client(email="rose@example.org"), plan="free")
    assert zoho.run(second, "CreateAccount").ok
    password = zoho.zoho.users[zoho.customers()[1].super_admin].password
    assert password and password == zoho.kept(second, "Password")
    assert password not in zoho.module_log()


# --- once, whatever happens -------------------------------------------------------------------------------------------


def test_a_second_create_uses_what_is_there(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    assert zoho.run(service, "CreateAccount").ok
    assert len(zoho.customers()) == 1
    assert len(zoho.requests("POST", CREATE)) == 1
    assert len(zoho.zoho.charges) == 1


@pytest.mark.parametrize("kind", ["drop_after", "invalid_body"])
def test_a_lost_answer_to_the_creation_is_looked_up(zoho: Shop, kind: str) -> None:
    zoho.fault(kind, path=CREATE, method="POST", remaining=1)
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    outcome = zoho.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    assert len(zoho.customers()) == 1 and len(zoho.requests("POST", CREATE)) == 1


def test_lost_answers_to_everything_after_the_commit_leave_one_organisation(zoho: Shop) -> None:
    zoho.fault("drop_after", path=CREATE, method="POST")
    zoho.fault("drop", path=CREATE, method="GET", every=2)
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    first = zoho.run(service, "CreateAccount")
    assert not first.ok and zoho.status(service) == "Pending" and len(zoho.queue()) == 1
    zoho.calm()
    assert zoho.run(service, "CreateAccount").ok
    assert len(zoho.customers()) == 1 and zoho.queue() == []


def test_a_refused_connection_makes_nothing_and_may_be_repeated(zoho: Shop) -> None:
    zoho.fault("drop", path=CREATE, method="POST", remaining=1)
    service = zoho.service(plan="free")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and "Zoho has no organisation for lily.example now" in outcome.message
    assert zoho.status(service) == "Pending" and zoho.customers() == []
    assert zoho.run(service, "CreateAccount").ok


def test_a_lost_answer_of_the_store_buys_once(zoho: Shop) -> None:
    zoho.fault("drop_after", path=STORE, method="POST", remaining=1)
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    outcome = zoho.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    assert [charge.result for charge in zoho.zoho.charges.values()] == ["success"]


def test_a_refused_card_is_a_partial_success(zoho: Shop) -> None:
    zoho.fault("charge_refused", remaining=1)
    service = zoho.service(plan="Mail Premium", mailboxes=2)
    outcome = zoho.run(service, "CreateAccount")
    (org,) = zoho.customers()
    assert not outcome.ok
    assert outcome.message.startswith(
        f"Partial success: the organisation {org.zoid} for lily.example exists, but Mail Premium"
    )
    assert "could not charge" in outcome.message
    assert zoho.kept(service, "ZOID") == org.zoid and zoho.status(service) == "Pending"
    assert zoho.run(service, "CreateAccount").ok
    assert len(zoho.customers()) == 1 and zoho.customers()[0].plan == "Mail Premium"


@pytest.mark.parametrize("body", ["", "<html>Bad Gateway</html>", '{"unexpected": 1}'])
def test_an_unusable_answer_of_the_vendor_keeps_the_state(zoho: Shop, body: str) -> None:
    zoho.fault("status", path="/api/*", status=500, body=body)
    service = zoho.service(plan="free")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and outcome.message
    assert zoho.status(service) == "Pending" and len(zoho.queue()) == 1 and zoho.customers() == []


def test_throttling_of_the_api_is_named_and_keeps_the_state(zoho: Shop) -> None:
    zoho.fault("rate_locked", remaining=1)
    service = zoho.service(plan="free")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and "too many requests" in outcome.message
    assert zoho.status(service) == "Pending" and len(zoho.queue()) == 1


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_known_mail_address_is_not_tried_again_and_names_the_tagging_page(zoho: Shop) -> None:
    client = zoho.add_client(email="admin@bigbase.example")
    outcome = zoho.run(zoho.service(client=client, plan="free"), "CreateAccount")
    assert not outcome.ok and "/html/store/tagyourpartner.html" in outcome.message
    assert len(zoho.requests("POST", CREATE)) == 1


def test_an_error_that_only_the_envelope_tells_is_seen(zoho: Shop) -> None:
    zoho.zoho.switches.errors_in_body = True
    client = zoho.add_client(email="admin@bigbase.example")
    outcome = zoho.run(zoho.service(client=client, plan="free"), "CreateAccount")
    assert not outcome.ok and "already registered" in outcome.message


def test_the_domain_of_another_client_is_not_handed_over(zoho: Shop) -> None:
    first = zoho.service(plan="free")
    assert zoho.run(first, "CreateAccount").ok
    stranger = zoho.service(client=zoho.add_client(email="mallory@example.net"), plan="free")
    outcome = zoho.run(stranger, "CreateAccount")
    assert not outcome.ok and "of angelica@example.com already, who is not this client" in outcome.message
    assert zoho.kept(stranger, "ZOID") == "" and len(zoho.customers()) == 1
    second = zoho.service(plan="free")
    outcome = zoho.run(second, "CreateAccount")
    assert not outcome.ok and f"of service {first}; terminate that service first" in outcome.message


def test_a_client_who_comes_back_gets_the_organisation_that_is_left(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    assert zoho.run(service, "TerminateAccount").ok
    again = zoho.service(plan="free")
    assert zoho.run(again, "CreateAccount").ok
    assert zoho.kept(again, "ZOID") == zoho.kept(service, "ZOID") and len(zoho.customers()) == 1


def test_a_search_hit_on_a_longer_domain_is_not_taken_for_the_domain(zoho: Shop) -> None:
    assert zoho.run(zoho.service("my-lily.example", plan="free"), "CreateAccount").ok
    other = zoho.service("lily.example", client=zoho.add_client(email="lily@example.org"), plan="free")
    assert zoho.run(other, "CreateAccount").ok
    assert len({zoho.kept(service, "ZOID") for service in (other, other - 1)}) == 2


def test_who_is_no_partner_is_told_so(zoho: Shop) -> None:
    for org in zoho.zoho.orgs.values():
        org.is_partner = False
    outcome = zoho.run(zoho.service(plan="free"), "CreateAccount")
    assert not outcome.ok and "partner" in outcome.message.lower()


@pytest.mark.parametrize("domain", ["", "lily", "lily..example", "-lily.example", "http://lily.example/"])
def test_a_service_without_a_usable_domain_is_refused_before_anything_is_asked(zoho: Shop, domain: str) -> None:
    outcome = zoho.run(zoho.service(domain, plan="free"), "CreateAccount")
    assert not outcome.ok and "domain" in outcome.message
    assert zoho.requests() == []


def test_an_international_domain_travels_in_its_ascii_form(zoho: Shop) -> None:
    assert zoho.run(zoho.service("Bücher.example", plan="free"), "CreateAccount").ok
    assert "xn--bcher-kva.example" in zoho.zoho.domains


def test_a_changed_domain_does_not_become_a_second_organisation(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    zoho.set(service, domain="rose.example")
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and "rose.example" in outcome.message and len(zoho.customers()) == 1


def test_ids_are_kept_digit_by_digit(zoho: Shop) -> None:
    zoho.zoho.counters["zoid"] = 9_007_199_254_740_993  # the next one is no double
    service = zoho.service(plan="free")
    zoho.fault("drop_after", path=CREATE, method="POST", remaining=1)  # so that it is read back as a number
    assert zoho.run(service, "CreateAccount").ok
    assert zoho.kept(service, "ZOID") == "9007199254740994"
