"""Ninety days of a post-pay customer: sign-up, usage, invoices, lock, suspension, payment, resume. Every date is worked out by hand."""

from collections.abc import Callable, Iterator

import pytest

from modulehost.context import Host
from tests.modules.cloud import LANDING, PAGE, Cloud, cloud_of, text


@pytest.fixture
def cloud(make_host: Callable[..., Host]) -> Iterator[Cloud]:
    with cloud_of(make_host(page_seconds=20, action_seconds=60)) as made:
        yield made


def test_ninety_days(cloud: Cloud) -> None:
    meera = cloud.sign_up()
    assert cloud.users()[-1]["email"] == "meera@example.com"
    # 16 April 00:00 to 1 May 00:00: 15 days of 24 hours, 7 tokens each: 2,520 tokens at 0.0010.
    cloud.at("2026-04-16 00:00:00")
    cloud.server(meera)
    cloud.to("2026-04-30")
    assert cloud.invoices(meera) == []
    cloud.to("2026-05-01")
    first = cloud.last_invoice(meera)
    assert cloud.invoices(meera) == [("2026-05-01", "2026-05-15", "2.52", "Unpaid")]
    assert cloud.lines(meera) == [("Server web1 (KVM-1): 360 hours, 2520 tokens (2026-04-01 - 2026-04-30)", "2.52")]
    # Due on the 15th: locked three days later, suspended seven days later.
    cloud.to("2026-05-17")
    assert cloud.status(meera) == "active"
    cloud.to("2026-05-18")
    assert cloud.status(meera) == "locked"
    assert "Your account is locked" in text(cloud.browsers[meera].get(LANDING))
    cloud.to("2026-05-21")
    assert cloud.status(meera) == "locked"
    cloud.to("2026-05-22")
    assert cloud.status(meera) == "suspended"
    cloud.to("2026-05-25")
    cloud.pay(first)
    assert cloud.status(meera) == "active"
    # May: 31 days of 24 hours are 5,208 tokens, capped at 5,000. The server exists while it is suspended.
    cloud.to("2026-06-01")
    assert cloud.invoices(meera)[1:] == [("2026-06-01", "2026-06-15", "5.00", "Unpaid")]
    cloud.to("2026-06-10")
    cloud.pay(cloud.last_invoice(meera))
    cloud.to("2026-07-09")
    # June: 30 days of 24 hours are 5,040 tokens, capped at 5,000.
    assert cloud.invoices(meera)[2:] == [("2026-07-01", "2026-07-15", "5.00", "Unpaid")]
    page = cloud.admin.text(f"{PAGE}&tab=customers&client={meera}")
    for row in ("2026-05-18 locked", "2026-05-22 suspended", "2026-05-25 active again", "2026-05-25 paid", "2026-05-15 due"):
        day, word = row.split(" ", 1)
        assert f'<td class="nowrap">{day}</td><td>{word}</td>' in page, row
