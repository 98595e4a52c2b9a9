"""Pre-pay credit: usage of 7 tokens an hour at 0.0010 is drawn from the balance as it happens."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost import app, automation, settings
from modulehost.billing import funds
from modulehost.context import Host
from modulehost.schema import Client, Credit, Email
from tests.addons.conftest import save
from tests.modules.cloud import LANDING, PAGE, PERSON, Cloud, cloud_of, follow, send, text

DAY = "2026-04-16"


@pytest.fixture
def cloud(make_host: Callable[..., Host]) -> Iterator[Cloud]:
    with cloud_of(make_host(page_seconds=20, action_seconds=60)) as made:
        yield made


@pytest.fixture
def meera(cloud: Cloud) -> int:
    """A customer who pays in advance, with 2.00 of credit and a server since 16 April."""
    save(cloud.admin, "solusvm2", prepay="on")
    cloud.admin.saved(f"{PAGE}&tab=prepay", enabled="on", low1="1.00")
    client = sign_up(cloud)
    fund(cloud, client, "2.00")
    cloud.at(f"{DAY} 00:00:00")
    run(cloud, f"{DAY} 00:00:00")
    assert cloud.status(client) == "active"
    cloud.server(client)
    return client


def sign_up(cloud: Cloud) -> int:
    web = app.create_app(cloud.host).test_client()
    follow(web, send(web, LANDING, action="register", **PERSON).headers["Location"])
    send(web, follow(web, cloud.mailed_link()), action="accept", general="on", mode="prepay")
    client = int(cloud.users()[0]["billing_user_id"])
    cloud.browsers[client] = web
    return client


def fund(cloud: Cloud, client: int, amount: str) -> None:
    answer = cloud.call("AddCredit", clientid=client, description="Top-up", amount=amount)
    assert answer["result"] == "success", answer


def run(cloud: Cloud, moment: str) -> None:
    """The automation at a moment, as cron calls it."""
    cloud.at(moment)
    automation.run(cloud.ctx)


def balance(cloud: Cloud, client: int) -> str:
    with cloud.ctx.unit(read=True) as db:
        return f"{db.get_one(Client, client).credit:.2f}"


def draws(cloud: Cloud, client: int) -> list[str]:
    with cloud.ctx.unit(read=True) as db:
        rows = db.scalars(select(Credit).where(Credit.clientid == client).order_by(Credit.id)).all()
    return [f"{row.amount:.2f}" for row in rows if row.amount < 0]


def notices(cloud: Cloud) -> int:
    with cloud.ctx.unit(read=True) as db:
        return len(db.scalars(select(Email.id).where(Email.subject == "Your Cloud Hosting credit is low")).all())


def test_off_it_cannot_be_chosen_and_the_tab_says_coming_soon(cloud: Cloud) -> None:
    assert "Pre-Pay Credit: coming soon" in text(cloud.admin.get(f"{PAGE}&tab=prepay"))
    cloud.admin.post(f"{PAGE}&tab=prepay", {"enabled": "on", "low1": "1.00"})
    web = app.create_app(cloud.host).test_client()
    follow(web, send(web, LANDING, action="register", **PERSON).headers["Location"])
    page = follow(web, cloud.mailed_link())
    assert 'value="prepay"' not in web.get(page).text
    send(web, page, action="accept", general="on", postpay="on", mode="prepay")
    assert cloud.status(int(cloud.users()[0]["billing_user_id"])) == "active"  # post-pay: nobody is locked for want of credit


def test_without_credit_the_account_begins_locked_and_a_top_up_frees_it(cloud: Cloud) -> None:
    save(cloud.admin, "solusvm2", prepay="on")
    cloud.admin.saved(f"{PAGE}&tab=prepay", enabled="on", low1="0.00")
    client = sign_up(cloud)
    assert cloud.status(client) == "locked"
    answer = cloud.call("CreateInvoice", userid=client, status="Unpaid", paymentmethod="mailin", itemdescription1="x", itemamount1="1.00")
    cloud.pay(answer["invoiceid"])
    assert cloud.status(client) == "locked"  # paid, but nothing was added to the credit


def test_hours_are_drawn_as_they_begin_and_parts_of_a_cent_wait(cloud: Cloud, meera: int) -> None:
    run(cloud, f"{DAY} 00:30:00")  # within the hour of the question before
    assert draws(cloud, meera) == []
    run(cloud, f"{DAY} 01:30:00")  # 2 hours, 14 tokens: 0.014
    assert draws(cloud, meera) == ["-0.01"]
    run(cloud, f"{DAY} 01:45:00")
    assert draws(cloud, meera) == ["-0.01"]
    run(cloud, f"{DAY} 09:30:00")  # 10 hours, 70 tokens: 0.07
    assert draws(cloud, meera) == ["-0.01", "-0.06"]
    run(cloud, "2026-04-17 00:00:00")  # 24 hours, 168 tokens: 0.168
    assert draws(cloud, meera) == ["-0.01", "-0.06", "-0.09"]
    assert balance(cloud, meera) == "1.84"
    assert "$1.84" in text(cloud.browsers[meera].get(LANDING))


def test_a_new_price_counts_for_the_hours_after_it(cloud: Cloud, meera: int) -> None:
    run(cloud, f"{DAY} 10:00:00")  # 10 hours: 0.07
    cloud.price("0.0100")
    run(cloud, f"{DAY} 20:00:00")  # 10 more at 0.0100: 0.70
    assert draws(cloud, meera) == ["-0.07", "-0.70"]


def test_the_notice_is_sent_once_until_the_balance_was_up_again(cloud: Cloud, meera: int) -> None:
    run(cloud, "2026-04-21 23:00:00")  # 143 hours, 1001 tokens: 1.00, of 2.00
    assert (balance(cloud, meera), notices(cloud)) == ("1.00", 1)  # one when she had nothing yet
    for moment in ("2026-04-22 02:00:00", "2026-04-22 08:00:00"):
        run(cloud, moment)
    assert notices(cloud) == 2
    fund(cloud, meera, "0.50")
    run(cloud, "2026-04-22 10:00:00")  # 154 hours, 1078 tokens: 1.07 of 2.50
    assert balance(cloud, meera) == "1.43"
    run(cloud, "2026-04-25 12:00:00")  # 228 hours, 1596 tokens: 1.59
    assert (balance(cloud, meera), notices(cloud)) == ("0.91", 3)


def test_at_zero_the_user_is_locked_and_add_funds_resumes(cloud: Cloud, meera: int) -> None:
    run(cloud, "2026-04-28 00:00:00")  # 288 hours, 2016 tokens: 2.01, of which 2.00 is there
    assert (balance(cloud, meera), cloud.status(meera)) == ("0.00", "locked")
    assert "Your credit is used up" in text(cloud.browsers[meera].get(LANDING))
    answer = cloud.call("AddInvoicePayment", invoiceid=funds_invoice(cloud, meera), transid="F1", gateway="mailin")
    assert answer["result"] == "success", answer
    assert (balance(cloud, meera), cloud.status(meera)) == ("19.99", "active")  # the missing cent is drawn at once


def funds_invoice(cloud: Cloud, client: int) -> int:
    with cloud.ctx.unit() as db:
        settings.put(db, "AddFundsEnabled", "on")
        settings.put(db, "AddFundsRequireOrder", "")
    return funds.add(cloud.ctx, client, Decimal("20.00"), "mailin", "Add Funds")


def test_a_stop_between_the_claim_and_the_credit_takes_it_once(cloud: Cloud, meera: int) -> None:
    with cloud.ctx.unit() as db:  # as if the process had been killed before it asked for the credit
        db.connection().exec_driver_sql("UPDATE mod_solusvm2_draws SET pending = 0.50, owed = 0.5, tokens = 0, step = 1")
    run(cloud, f"{DAY} 01:30:00")
    assert draws(cloud, meera)[0] == "-0.50"
    taken = draws(cloud, meera)
    with cloud.ctx.unit() as db:  # and after it, before it wrote that down
        db.connection().exec_driver_sql("UPDATE mod_solusvm2_draws SET pending = 0.50, drawn = drawn - 0.50, step = 1")
    run(cloud, f"{DAY} 01:40:00")
    assert draws(cloud, meera) == taken


def test_the_end_of_a_month_rounds_half_up_and_the_next_begins_anew(cloud: Cloud, meera: int) -> None:
    fund(cloud, meera, "10.00")
    cloud.at("2026-04-30 18:00:00")
    (server,) = cloud.api("GET", "servers")
    cloud.at("2026-04-30 23:00:00")
    cloud.api("DELETE", f"servers/{server['id']}")  # 359 hours, 2513 tokens: 2.513
    run(cloud, "2026-04-30 23:30:00")
    assert draws(cloud, meera) == ["-2.51"]
    cloud.price("0.0100")
    run(cloud, "2026-05-01 00:30:00")
    run(cloud, "2026-05-01 02:30:00")
    assert draws(cloud, meera) == ["-2.51"]  # 0.003 of April is less than half a cent
    cloud.server(meera, name="web2")
    run(cloud, "2026-05-01 03:40:00")  # 2 hours at 0.0100: 0.14
    assert draws(cloud, meera) == ["-2.51", "-0.14"]


def test_half_a_cent_is_taken_when_the_month_ends(cloud: Cloud, meera: int) -> None:
    cloud.price("0.0005")
    cloud.at(f"{DAY} 00:50:00")
    cloud.api("DELETE", f"servers/{cloud.api('GET', 'servers')[0]['id']}")
    cloud.server(meera, plan=1, name="web2")
    cloud.at(f"{DAY} 00:55:00")
    cloud.api("DELETE", f"servers/{cloud.api('GET', 'servers')[0]['id']}")
    run(cloud, "2026-04-30 23:30:00")  # 2 started hours, 14 tokens at 0.0005: 0.007
    assert draws(cloud, meera) == []
    run(cloud, "2026-05-01 00:30:00")
    assert draws(cloud, meera) == ["-0.01"]


def test_an_outage_loses_nothing(cloud: Cloud, meera: int) -> None:
    cloud.fault(kind="status", status=503, path="/api/v1/*")
    run(cloud, f"{DAY} 05:00:00")
    assert draws(cloud, meera) == []
    cloud.no_faults()
    run(cloud, f"{DAY} 10:00:00")
    assert draws(cloud, meera) == ["-0.07"]


def test_credit_that_was_spent_between_claim_and_draw_locks(cloud: Cloud, meera: int) -> None:
    run(cloud, f"{DAY} 10:00:00")  # ten hours: 70 tokens, 0.07
    assert balance(cloud, meera) == "1.93"
    with cloud.ctx.unit() as db:  # as if it had been stopped after claiming 0.50, and the credit was used for something else
        db.connection().exec_driver_sql("UPDATE mod_solusvm2_draws SET pending = 0.50, step = step + 1, owed = 0.57")
    assert cloud.call("AddCredit", clientid=meera, description="Spent", amount="1.93", type="remove")["result"] == "success"
    run(cloud, f"{DAY} 12:00:00")
    assert (balance(cloud, meera), cloud.status(meera)) == ("0.00", "locked")
    fund(cloud, meera, "2.00")
    run(cloud, f"{DAY} 12:30:00")
    assert cloud.status(meera) == "active"
    assert balance(cloud, meera) == "1.49"  # 0.50 and two more hours of 0.007, less the part of a cent
