"""Hooks that write the dates of client pages."""

from datetime import date, datetime
from typing import Any

from flask.testing import FlaskClient

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.schema import Email, Invoice
from tests.client.shop import words


def test_days_and_moments_are_written_by_the_last_hook_that_says_how(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.add(Invoice(userid=1, status="Unpaid", date=date(2026, 1, 31), duedate=date(2026, 2, 28), paymentmethod="mailin"))
        db.add(Email(userid=1, subject="Hello", message="<p>x</p>", date=datetime(2026, 1, 31, 14, 5), pending=0))
    assert "31/01/2026" in words(client.get("/clientarea.php?action=invoices"))
    assert "31/01/2026 14:05" in words(client.get("/clientarea.php?action=emails"))

    def day(given: dict[str, Any]) -> str:
        return f"<{given['date']:%d %b}>"

    hooks.add(ctx.host, "FormatDateForClientAreaOutput", 1, lambda given: "never seen")
    hooks.add(ctx.host, "FormatDateForClientAreaOutput", 2, day)
    hooks.add(ctx.host, "FormatDateForClientAreaOutput", 3, lambda given: None)
    hooks.add(ctx.host, "FormatDateTimeForClientAreaOutput", 1, lambda given: f"{given['date']:%H.%M o'clock}")
    page = client.get("/clientarea.php?action=invoices")
    assert "&lt;31 Jan&gt;" in page.text and "&lt;28 Feb&gt;" in page.text
    assert "31/01/2026" not in page.text and "never seen" not in page.text
    assert "14.05 o'clock" in words(client.get("/clientarea.php?action=emails"))
