"""Suspend, Unsuspend, Terminate, ChangePackage and Verify Domain."""

import pytest

from tests.modules.shop import Shop

ACCOUNTS = "/accounts/"


@pytest.fixture
def service(zoho: Shop) -> int:
    """An organisation of fourteen users on a verified domain."""
    made = zoho.service(plan="Workplace Standard", mailboxes=20)
    assert zoho.run(made, "CreateAccount").ok
    zoho.verify()
    zoho.add_users(zoho.kept(made, "ZOID"), 13)
    return made


def enabled(shop: Shop) -> list[str]:
    zoid = shop.customers()[0].zoid
    return [user.email for user in shop.zoho.users.values() if user.zoid == zoid and user.enabled]


def test_suspending_reaches_every_mailbox_but_the_super_admin(zoho: Shop, service: int) -> None:
    outcome = zoho.run(service, "SuspendAccount", suspendreason="Overdue on Payment")
    assert outcome.ok, outcome.message
    assert enabled(zoho) == ["angelica@example.com"]
    members = [user for user in zoho.zoho.users.values() if user.role == "member"]
    assert len(members) == 13 and all(user.incoming_blocked for user in members)
    assert not zoho.zoho.domains["lily.example"].hosting
    assert zoho.status(service) == "Suspended"


def test_unsuspending_enables_only_what_the_suspension_disabled(zoho: Shop, service: int) -> None:
    fired = next(user for user in zoho.zoho.users.values() if user.email == "user7@lily.example")
    fired.enabled = False
    assert zoho.run(service, "SuspendAccount").ok
    assert zoho.run(service, "UnsuspendAccount").ok
    assert len(enabled(zoho)) == 13 and "user7@lily.example" not in enabled(zoho)
    assert zoho.zoho.domains["lily.example"].hosting
    assert not any(user.incoming_blocked for user in zoho.zoho.users.values() if user is not fired)


def test_a_suspension_that_is_cut_short_goes_on(zoho: Shop, service: int) -> None:
    zoho.fault("drop", path="/api/organization/*/accounts/*", method="PUT", every=5, remaining=1)
    first = zoho.run(service, "SuspendAccount")
    assert not first.ok and "4 of 13 mailboxes are disabled" in first.message
    assert zoho.status(service) == "Active" and len(zoho.queue()) == 1
    assert zoho.run(service, "SuspendAccount").ok
    assert len(zoho.requests("PUT", ACCOUNTS)) == 4 + 1 + 9 and enabled(zoho) == ["angelica@example.com"]
    assert zoho.run(service, "UnsuspendAccount").ok
    assert len(enabled(zoho)) == 14


def test_the_rate_limit_stops_a_suspension_with_its_progress(zoho: Shop, service: int) -> None:
    zoho.zoho.switches.api_rate_limit = 10
    outcome = zoho.run(service, "SuspendAccount")
    assert (
        not outcome.ok and "too many requests" in outcome.message and "of 13 mailboxes are disabled" in outcome.message
    )
    assert zoho.status(service) == "Active"


def test_an_unsuspension_that_is_cut_short_goes_on(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "SuspendAccount").ok
    zoho.fault("drop_after", path="/api/organization/*/accounts/*", method="PUT", every=5, remaining=1)
    first = zoho.run(service, "UnsuspendAccount")
    assert not first.ok and "4 of 13 mailboxes are enabled" in first.message
    assert zoho.run(service, "UnsuspendAccount").ok
    assert len(enabled(zoho)) == 14


def test_a_user_who_was_deleted_meanwhile_does_not_stop_the_rest(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "SuspendAccount").ok
    gone = next(key for key, user in zoho.zoho.users.items() if user.email == "user3@lily.example")
    del zoho.zoho.users[gone]
    assert zoho.run(service, "UnsuspendAccount").ok
    assert len(enabled(zoho)) == 13


def test_what_somebody_else_switched_off_is_not_guessed_at(zoho: Shop, service: int) -> None:
    for user in zoho.zoho.users.values():
        user.enabled = user.email != "user1@lily.example"
    zoho.set(service, domainstatus="Suspended")
    outcome = zoho.run(service, "UnsuspendAccount")
    assert not outcome.ok and "user1@lily.example" in outcome.message


def test_unsuspending_what_is_not_suspended_is_a_success(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "UnsuspendAccount").ok


def test_one_user_alone_may_come_as_an_object(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    zoho.zoho.switches.single_account = True
    assert zoho.run(service, "SuspendAccount").ok


def test_terminating_ends_the_subscription_and_erases_nothing(zoho: Shop, service: int) -> None:
    outcome = zoho.run(service, "TerminateAccount")
    assert outcome.ok, outcome.message
    (org,) = zoho.customers()
    assert org.plan == "Mail Free" and org.pay_period == ""
    assert enabled(zoho) == ["angelica@example.com"]
    assert len([user for user in zoho.zoho.users.values() if user.zoid == org.zoid]) == 14
    assert "still exist at Zoho" in zoho.activity()
    assert zoho.status(service) == "Terminated"


def test_terminating_twice_is_a_success(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "TerminateAccount").ok
    assert zoho.run(service, "TerminateAccount").ok


def test_creating_a_terminated_service_again_brings_it_back(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "TerminateAccount").ok
    zoho.choose(service, mailboxes=20)
    outcome = zoho.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    assert len(zoho.customers()) == 1 and zoho.customers()[0].plan == "Workplace Standard" and len(enabled(zoho)) == 14


def test_revoked_partner_access_is_told(zoho: Shop, service: int) -> None:
    zoho.customers()[0].partner_access = False
    outcome = zoho.run(service, "SuspendAccount")
    assert not outcome.ok and "does not allow this to the authorised partner" in outcome.message
    assert zoho.status(service) == "Active"


@pytest.mark.parametrize(
    "function", ["SuspendAccount", "UnsuspendAccount", "TerminateAccount", "ChangePackage", "VerifyDomain"]
)
def test_without_an_organisation_every_command_says_create_first(zoho: Shop, function: str) -> None:
    outcome = zoho.run(zoho.service(plan="free"), function)
    assert not outcome.ok and "run Create first" in outcome.message


def test_there_is_no_change_password(zoho: Shop, service: int) -> None:
    from modulehost import lifecycle

    assert "ChangePassword" not in lifecycle.supports(zoho.ctx, service)
    assert [button.label for button in lifecycle.buttons(zoho.ctx, service)][-1] == "Verify Domain"


# --- plans ------------------------------------------------------------------------------------------------------------


def test_a_change_sends_plan_and_every_addon(zoho: Shop, service: int) -> None:
    org = zoho.customers()[0]
    org.addons["191"] = 2  # storage bought in the console
    zoho.choose(service, plan="Workplace Professional", mailboxes=25)
    outcome = zoho.run(service, "ChangePackage")
    assert outcome.ok, outcome.message
    assert (org.plan, org.licences, org.addons) == ("Workplace Professional", 25, {"10780": 25, "191": 2})


def test_fewer_mailboxes_than_in_use_are_refused_without_asking_the_store(zoho: Shop, service: int) -> None:
    zoho.choose(service, mailboxes=13)
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "14 mailboxes are in use" in outcome.message
    assert zoho.customers()[0].licences == 20 and len(zoho.zoho.charges) == 1
    zoho.choose(service, mailboxes=14)
    assert zoho.run(service, "ChangePackage").ok and zoho.customers()[0].licences == 14


def test_suspended_mailboxes_count_as_in_use(zoho: Shop, service: int) -> None:
    assert zoho.run(service, "SuspendAccount").ok
    zoho.choose(service, mailboxes=5)
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "14 mailboxes are in use" in outcome.message


def test_yearly_does_not_go_back_to_monthly(zoho: Shop, service: int) -> None:
    zoho.set(service, billingcycle="Monthly")
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "back to monthly" in outcome.message and zoho.customers()[0].pay_period == "YEAR"


def test_to_mail_free_is_a_cancellation(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Lite", mailboxes=2)
    assert zoho.run(service, "CreateAccount").ok
    zoho.choose(service, plan="Mail Free")
    assert zoho.run(service, "ChangePackage").ok
    assert zoho.customers()[0].plan == "Mail Free" and zoho.requests("DELETE", "/restapi")


def test_a_customer_with_too_many_users_stays_paid(zoho: Shop, service: int) -> None:
    zoho.choose(service, plan="Mail Free", mailboxes=5)
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "leave room for 5" in outcome.message and zoho.customers()[0].plan == "Workplace Standard"


def test_from_mail_free_to_a_trial_and_on_to_a_paid_plan(zoho: Shop) -> None:
    service = zoho.service(plan="Mail Free")
    assert zoho.run(service, "CreateAccount").ok
    zoho.choose(service, plan="Mail Premium Trial")
    outcome = zoho.run(service, "ChangePackage")
    assert outcome.ok, outcome.message
    assert zoho.customers()[0].plan == "Mail Premium Trial"
    zoho.choose(service, plan="Mail Premium", mailboxes=3)
    assert zoho.run(service, "ChangePackage").ok
    assert zoho.customers()[0].plan == "Mail Premium"
    zoho.choose(service, plan="Mail Premium Trial")
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "cannot become the Mail Premium Trial" in outcome.message


def test_a_refused_charge_leaves_the_old_plan(zoho: Shop, service: int) -> None:
    zoho.fault("charge_refused", remaining=1)
    zoho.choose(service, mailboxes=30)
    outcome = zoho.run(service, "ChangePackage")
    assert not outcome.ok and "could not charge" in outcome.message and zoho.customers()[0].licences == 20


# --- the domain -------------------------------------------------------------------------------------------------------


def test_verification_is_asked_for_in_all_three_ways_and_a_no_is_no_success(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    outcome = zoho.run(service, "VerifyDomain")
    assert not outcome.ok and "TXT_RECORD_HOST_UNKNOWN" in outcome.message and "verifyDomainByHTML" in outcome.message
    assert zoho.kept(service, "Domain Verification") == "Not Verified"


def test_a_published_record_verifies_the_domain(zoho: Shop) -> None:
    service = zoho.service(plan="free")
    assert zoho.run(service, "CreateAccount").ok
    zoho.verify()
    assert zoho.run(service, "VerifyDomain").ok
    assert zoho.kept(service, "Domain Verification") == "Verified"
