"""The live price of the configuration page; the sums are worked out by hand from the store's prices."""

import pytest
from flask.testing import FlaskClient

from tests.client.shop import Shop, post


@pytest.fixture
def configuring(web: FlaskClient, shop: Shop) -> FlaskClient:
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    return web


def ask(web: FlaskClient, shop: Shop, **form: str) -> dict[str, object]:
    values = {f"configoption[{getattr(shop, name)}]": value for name, value in form.items() if hasattr(shop, name)}
    rest = {name: value for name, value in form.items() if not hasattr(shop, name)}
    answer: dict[str, object] = post(web, "/cart.php?a=price&i=0", {"configure": "true", **values, **rest}).get_json()
    return answer


@pytest.mark.parametrize(
    ("form", "setup", "recurring", "total"),
    [
        # 2.00 + 1 x 1.50, set-up 1.00
        ({"mailboxes": "1", "billingcycle": "monthly"}, "1.00", "3.50", "4.50"),
        # 2.00 + 5 x 1.50 = 9.50
        ({"mailboxes": "5", "billingcycle": "monthly"}, "1.00", "9.50", "10.50"),
        # 2.00 + 50 x 1.50 + 3.00 = 80.00
        ({"mailboxes": "50", "backup": "1", "billingcycle": "monthly"}, "1.00", "80.00", "81.00"),
        # 20.00 + 10 x 15.00 = 170.00, no set-up in the year
        ({"mailboxes": "10", "billingcycle": "annually"}, "0.00", "170.00", "170.00"),
    ],
)
def test_price(
    configuring: FlaskClient, shop: Shop, form: dict[str, str], setup: str, recurring: str, total: str
) -> None:
    answer = ask(configuring, shop, **form)
    assert answer["ok"] is True
    assert (answer["setup"], answer["recurring"], answer["total"]) == (setup, recurring, total)
    assert answer["shown"]["total"] == f"${total} USD"  # type: ignore[index]
    assert f"${total} USD" in str(answer["html"])


@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        ("0", "at least 1"),
        ("51", "at most 50"),
        ("-1", "must not be negative"),
        ("2.5", "whole number"),
        ("", "whole number"),
    ],
)
def test_a_quantity_that_is_not_allowed_has_no_price(
    configuring: FlaskClient, shop: Shop, quantity: str, error: str
) -> None:
    answer = ask(configuring, shop, mailboxes=quantity, billingcycle="monthly")
    assert answer["ok"] is False
    assert error in str(answer["errors"])
    assert answer["html"] == ""


def test_asking_for_a_price_changes_nothing(configuring: FlaskClient, shop: Shop) -> None:
    ask(configuring, shop, mailboxes="40", billingcycle="annually")
    page = configuring.get("/cart.php?a=confproduct&i=0").text
    assert f'name="configoption[{shop.mailboxes}]" id="inputConfigOption{shop.mailboxes}" value="1"' in page


def test_without_scripts_a_button_shows_the_price(configuring: FlaskClient, shop: Shop) -> None:
    form = {"configure": "true", "update": "1", "billingcycle": "annually", f"configoption[{shop.mailboxes}]": "10"}
    page = post(configuring, "/cart.php?a=confproduct&i=0", form)
    assert page.status_code == 200
    assert "$170.00 USD" in page.text


def test_a_line_that_is_gone(web: FlaskClient, shop: Shop) -> None:
    answer = post(web, "/cart.php?a=price&i=3", {})
    assert answer.status_code == 404
    assert answer.get_json()["ok"] is False


def test_order_forms_may_fetch_the_summary_as_html(configuring: FlaskClient, shop: Shop) -> None:
    form = {
        "calctotal": "true",
        "ajax": "1",
        "a": "confproduct",
        "i": "0",
        "billingcycle": "monthly",
        f"configoption[{shop.mailboxes}]": "2",
    }
    answer = post(configuring, "/cart.php", form)
    # 2.00 + 2 x 1.50 + 1.00
    assert "$6.00 USD" in answer.text
    assert "<html" not in answer.text
