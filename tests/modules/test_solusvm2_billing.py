"""From usage to invoices, and from unpaid invoices to locks, in the cases that a naive build misses."""

from collections.abc import Callable, Iterator

import pytest
import requests

from modulehost import app
from modulehost.context import Host
from tests.modules.cloud import LANDING, PERSON, Cloud, cloud_of, follow, send, text

APRIL = ("2026-05-01", "2026-05-15", "2.52", "Unpaid")


@pytest.fixture
def cloud(make_host: Callable[..., Host]) -> Iterator[Cloud]:
    with cloud_of(make_host(page_seconds=20, action_seconds=60)) as made:
        yield made


@pytest.fixture
def meera(cloud: Cloud) -> int:
    """A customer with a server since 16 April: 360 hours of 7 tokens in April, 2.52."""
    client = cloud.sign_up()
    cloud.at("2026-04-16 00:00:00")
    cloud.server(client)
    return client


def test_the_daily_run_twice_makes_one_invoice(cloud: Cloud, meera: int) -> None:
    for _ in range(3):
        cloud.day("2026-05-01")
    assert cloud.invoices(meera) == [APRIL]


def test_a_month_that_was_missed_is_billed_later(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-06-02")  # the host was off on both firsts: April and May are billed, each for itself
    assert cloud.invoices(meera) == [
        ("2026-06-02", "2026-06-16", "2.52", "Unpaid"),
        ("2026-06-02", "2026-06-16", "5.00", "Unpaid"),
    ]


def test_three_days_of_outage_lose_and_double_nothing(cloud: Cloud, meera: int) -> None:
    cloud.fault(kind="status", status=503, path="/api/v1/*")
    for day in ("2026-05-01", "2026-05-02", "2026-05-03"):
        cloud.day(day)
    assert cloud.invoices(meera) == []
    assert "usage of 2026-04 not billed" in cloud.log()
    cloud.no_faults()
    cloud.day("2026-05-04")
    assert cloud.invoices(meera) == [("2026-05-04", "2026-05-18", "2.52", "Unpaid")]


def test_a_price_that_changes_counts_for_what_is_billed_after_it_once(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    cloud.price("0.0100")
    cloud.day("2026-05-02")
    cloud.day("2026-06-01")
    assert [one[2] for one in cloud.invoices(meera)] == ["2.52", "50.00"]  # May: 5,000 tokens at 0.0100


def test_an_invoice_made_just_before_a_stop_is_found(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    with cloud.ctx.unit() as db:  # as if the process had been killed before it wrote the invoice's number
        db.connection().exec_driver_sql("UPDATE mod_solusvm2_periods SET state = 'open', invoice = 0")
    cloud.day("2026-05-02")
    assert cloud.invoices(meera) == [APRIL]


def test_deleted_servers_are_billed_and_nothing_used_makes_no_invoice(cloud: Cloud, meera: int) -> None:
    server = cloud.api("GET", "servers")[0]["id"]
    cloud.at("2026-04-16 00:05:00")
    cloud.api("DELETE", f"servers/{server}")
    cloud.day("2026-05-01")
    # Five minutes are one started hour: 7 tokens, 0.007, half up.
    assert cloud.invoices(meera) == [("2026-05-01", "2026-05-15", "0.01", "Unpaid")]
    cloud.day("2026-06-01")
    assert len(cloud.invoices(meera)) == 1


def test_zero_days_act_on_the_due_date_itself(cloud: Cloud, meera: int) -> None:
    cloud.post_pay(grace="0", lock="0", suspend="0")
    cloud.day("2026-05-01")
    assert cloud.invoices(meera) == [("2026-05-01", "2026-05-01", "2.52", "Unpaid")]
    assert cloud.status(meera) == "suspended"
    cloud.pay(cloud.last_invoice(meera))
    assert cloud.status(meera) == "active"


def test_never_means_never(cloud: Cloud, meera: int) -> None:
    cloud.post_pay(lock="", suspend="")
    cloud.day("2026-05-01")
    cloud.day("2026-12-31")
    assert cloud.status(meera) == "active"


def test_suspension_without_a_lock_before_it(cloud: Cloud, meera: int) -> None:
    cloud.post_pay(lock="", suspend="2")
    cloud.day("2026-05-01")
    cloud.day("2026-05-16")
    assert cloud.status(meera) == "active"
    cloud.day("2026-05-17")
    assert cloud.status(meera) == "suspended"


def test_settings_that_change_in_the_middle(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    cloud.post_pay(grace="0", lock="10", suspend="20")  # the due date of the invoice stays the 15th; days count from it
    cloud.day("2026-05-24")
    assert cloud.status(meera) == "active"
    cloud.day("2026-05-25")
    assert cloud.status(meera) == "locked"
    cloud.post_pay(lock="30", suspend="40")
    cloud.day("2026-05-26")
    assert cloud.status(meera) == "active"


def test_the_worst_invoice_decides(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    first = cloud.last_invoice(meera)
    cloud.day("2026-06-01")
    cloud.day("2026-06-18")  # April's is 34 days past due: suspended; May's was due on the 15th: three days, locked
    assert cloud.status(meera) == "suspended"
    cloud.pay(first)
    assert cloud.status(meera) == "locked"
    cloud.pay(cloud.last_invoice(meera))
    assert cloud.status(meera) == "active"


def test_a_cancelled_invoice_is_not_overdue(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    cloud.day("2026-05-18")
    assert cloud.status(meera) == "locked"
    cloud.call("UpdateInvoice", invoiceid=cloud.last_invoice(meera), status="Cancelled")
    cloud.day("2026-05-19")
    assert cloud.status(meera) == "active"


def test_a_lock_that_somebody_else_set_stays(cloud: Cloud, meera: int) -> None:
    user = cloud.users()[-1]["id"]
    cloud.api("PATCH", f"users/{user}", {"status": "locked"})
    cloud.day("2026-05-01")
    cloud.day("2026-05-22")
    assert cloud.status(meera) == "suspended"
    cloud.pay(cloud.last_invoice(meera))
    assert cloud.status(meera) == "locked"


def test_a_payment_while_solusvm_is_down_is_carried_over(cloud: Cloud, meera: int) -> None:
    cloud.day("2026-05-01")
    cloud.day("2026-05-18")
    cloud.fault(kind="status", status=503, path="/api/v1/*")
    cloud.pay(cloud.last_invoice(meera))
    cloud.no_faults()
    assert cloud.status(meera) == "locked"
    cloud.at("2026-05-18 10:00:00")
    cloud.day("2026-05-18")  # the next invocation, on the same day
    assert cloud.status(meera) == "active"


# --- people -----------------------------------------------------------------------------------------------------------


def test_the_limit_group_has_to_be_there(cloud: Cloud) -> None:
    cloud.post_pay(group="2")
    cloud.box.world.state.limit_groups.pop("2")
    cloud.sign_up()
    assert cloud.users() == []
    assert "limit group for new users is missing" in cloud.log()


def test_an_address_that_solusvm_knows(cloud: Cloud) -> None:
    cloud.api("POST", "users", {"email": "meera.nair@example.com", "password": "s3cret Pass", "billing_user_id": 77})
    free = cloud.api("POST", "users", {"email": "MEERA@example.com", "password": "s3cret Pass"})
    meera = cloud.sign_up()  # part of the first address, all of the second
    assert [one["billing_user_id"] for one in cloud.api("GET", "users") if one["id"] == free["id"]] == [meera]
    cloud.api("POST", "users", {"email": "other@example.com", "password": "s3cret Pass", "billing_user_id": 78})
    before = len(cloud.users())
    cloud.sign_up(email="other@example.com")
    assert len(cloud.users()) == before
    assert "belongs to another client (78)" in cloud.log()


def test_a_new_address_follows_and_a_taken_one_is_refused(cloud: Cloud, meera: int) -> None:
    cloud.call("UpdateClient", clientid=meera, email="new@example.com", skipvalidation=True)
    assert cloud.users()[-1]["email"] == "new@example.com"
    cloud.api("POST", "users", {"email": "taken@example.com", "password": "s3cret Pass"})
    cloud.call("UpdateClient", clientid=meera, email="taken@example.com", skipvalidation=True)
    assert "another user with the address taken@example.com" in cloud.log()
    assert cloud.users()[-1]["email"] == "new@example.com"


def test_nobody_is_enrolled_without_the_mail_or_the_terms(cloud: Cloud) -> None:
    web = app.create_app(cloud.host).test_client()
    follow(web, send(web, LANDING, action="register", **PERSON).headers["Location"])
    assert "Check your mailbox" in text(web.get(LANDING))
    send(web, LANDING, action="accept", general="on", postpay="on")
    assert cloud.users() == []
    assert "not good any more" in text(web.get(f"{LANDING}&link=forged"))
    link = cloud.mailed_link()
    follow(web, link)
    assert "Accept the terms first" in text(send(web, LANDING, action="accept", general="on"))
    assert cloud.users() == []
    send(web, LANDING, action="accept", general="on", postpay="on")
    assert [one["email"] for one in cloud.users()] == ["meera@example.com"]
    assert cloud.box.world.state.users[str(cloud.users()[0]["id"])].limit_group_id == 1


# --- callbacks and sign-on ------------------------------------------------------------------------------------------------


def test_solusvm_asks_for_prices_and_sign_on_over_http(make_host: Callable[..., Host]) -> None:
    host = make_host(page_seconds=20, action_seconds=60)
    served = app.serve(host).start()
    try:
        with cloud_of(host) as cloud:
            meera = cloud.sign_up()
            driver = cloud.api("GET", "settings")["billing_integration"]["drivers"]["whmcs"]
            ask = {"user_id": meera, "items": [{"key": "per_hour", "tokens": 7}, {"key": "per_month", "tokens": 5000}]}

            def post(path: str, body: object) -> requests.Response:
                headers = {"Authorization": f"Bearer {driver['token']}"}
                return requests.post(driver["url"] + path, json=body, headers=headers, timeout=20)

            answer = post("tokens/price", ask).json()["data"]
            assert (answer["currency_code"], [one["price"] for one in answer["items"]]) == ("USD", ["0.0070", "5.0000"])
            assert post("tokens/price", {**ask, "user_id": 4711}).status_code == 404
            assert post("tokens/price", {"user_id": meera, "items": [{"key": "a", "tokens": 1.5}]}).status_code == 400
            assert post("tokens/price", {"user_id": meera, "items": [{"key": "a", "tokens": -1}]}).status_code == 400
            url = post("sso", {"user_id": meera, "destination": "invoices"}).json()["data"]["url"]
            browser = requests.Session()
            assert browser.get(url, timeout=20).url.endswith("/clientarea.php?action=invoices")
            assert "action=invoices" not in requests.get(url, timeout=20).url  # once only
            cloud.post_pay(enabled="off")
            assert post("tokens/price", ask).status_code == 409
    finally:
        served.stop()


def test_the_button_signs_the_customer_in_to_the_panel(cloud: Cloud, meera: int) -> None:
    where = send(cloud.browsers[meera], LANDING, action="login").headers["Location"]
    assert where.startswith(f"{cloud.box.url}/auth/one-time?token=")
    panel = requests.Session()
    assert "web1" in panel.get(where, timeout=20).text
    assert "web1" not in requests.get(where, timeout=20).text
