"""What the configurable options and the billing cycle mean, and what is refused before Zoho is asked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.modules.shop import Shop

PAID = {
    "newMail5gb": ("Mail Lite", False),
    "newMail10gb": ("Mail 10GB", False),
    "mailPremium": ("Mail Premium", False),
    "basic": ("Workplace Standard", True),
    "professional": ("Workplace Professional", True),
}


@pytest.mark.parametrize(
    ("text", "plan", "period"),
    [
        ("mailPremium|Premium mail for teams", "Mail Premium", "YEAR"),
        ("Mail Lite - 5 GB per mailbox", "Mail Lite", "YEAR"),
        ("Mail Lite 10GB", "Mail 10GB", "YEAR"),
        ("WORKPLACE PROFESSIONAL (100 GB)", "Workplace Professional", "YEAR"),
    ],
)
def test_a_plan_is_known_by_machine_value_or_name(zoho: Shop, text: str, plan: str, period: str) -> None:
    outcome = zoho.run(zoho.service(plan=text, mailboxes=1), "CreateAccount")
    assert outcome.ok, outcome.message
    assert (zoho.customers()[0].plan, zoho.customers()[0].pay_period) == (plan, period)


def test_japanese_option_names_are_understood(zoho: Shop) -> None:
    options = {"メールボックス数": 4, "プランの種類とストレージのサイズ": "Workplace Standard"}
    assert zoho.run(zoho.service(cycle="Monthly", **options), "CreateAccount").ok
    assert (zoho.customers()[0].licences, zoho.customers()[0].pay_period) == (4, "MONT")


def test_a_plan_option_may_mention_mailboxes(zoho: Shop) -> None:
    options = {"Plan__and__mailbox__size": "Mail Lite", "Number__of__mailboxes": 2}
    assert zoho.run(zoho.service(**options), "CreateAccount").ok
    assert zoho.customers()[0].licences == 2


@pytest.mark.parametrize(
    ("cycle", "options", "words"),
    [
        ("Annually", {"plan": "Gold", "mailboxes": 1}, "'Gold' is unknown"),
        ("Annually", {"plan": "Basic plan", "mailboxes": 1}, "is unknown"),
        ("Annually", {"plan": "Mail Lite", "mailboxes": 0}, "at least one mailbox"),
        ("Annually", {"plan": "free", "mailboxes": 6}, "room for 5 mailboxes, 6 were ordered"),
        ("Monthly", {"plan": "Mail Lite", "mailboxes": 1}, "by the year only"),
        ("Quarterly", {"plan": "Mail 10GB", "mailboxes": 1}, "by the year only"),
        ("Semi-Annually", {"plan": "Mail Premium", "mailboxes": 1}, "by the year only"),
        ("One Time", {"plan": "Workplace Standard", "mailboxes": 1}, "'One Time' cannot buy it"),
        ("Free Account", {"plan": "Workplace Standard", "mailboxes": 1}, "'Free Account' cannot buy it"),
        ("Annually", {"plan": "Mail Lite", "mailboxes": -1}, "not negative"),
        ("Annually", {"Mailbox__plan": "Mail Lite", "Storage__plan": "Mail Lite"}, "could both be the plan"),
    ],
)
def test_what_zoho_does_not_sell_is_refused_before_anything_is_made(
    zoho: Shop, cycle: str, options: dict[str, object], words: str
) -> None:
    service = zoho.service(cycle=cycle, **options)
    outcome = zoho.run(service, "CreateAccount")
    assert not outcome.ok and words in outcome.message
    assert zoho.requests() == [] and zoho.status(service) == "Pending"


@pytest.mark.parametrize(
    ("cycle", "period"),
    [
        ("Monthly", "MONT"),
        ("Quarterly", "MONT"),
        ("Semi-Annually", "MONT"),
        ("Annually", "YEAR"),
        ("Biennially", "YEAR"),
        ("Triennially", "YEAR"),
    ],
)
def test_every_recurring_cycle_has_its_period(zoho: Shop, cycle: str, period: str) -> None:
    assert zoho.run(zoho.service(cycle=cycle, plan="Workplace Standard", mailboxes=1), "CreateAccount").ok
    assert zoho.customers()[0].pay_period == period


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.sampled_from(sorted(PAID)), cycle=st.sampled_from(["Monthly", "Annually"]), count=st.integers(0, 400))
def test_an_order_is_bought_exactly_or_refused_beforehand(zoho: Shop, plan: str, cycle: str, count: int) -> None:
    number = len(zoho.customers())
    client = zoho.add_client(email=f"c{zoho.ctx.host.entropy.token(8).lower()}@example.org")
    domain = f"d{zoho.ctx.host.entropy.token(8).lower()}.example"
    name, monthly = PAID[plan]
    outcome = zoho.run(zoho.service(domain, cycle=cycle, client=client, plan=plan, mailboxes=count), "CreateAccount")
    if count == 0 or (cycle == "Monthly" and not monthly):
        assert not outcome.ok and len(zoho.customers()) == number
    else:
        assert outcome.ok, outcome.message
        org = zoho.customers()[-1]
        assert (org.plan, org.licences, org.pay_period) == (name, count, "MONT" if cycle == "Monthly" else "YEAR")
