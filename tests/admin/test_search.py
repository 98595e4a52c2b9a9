"""Intelligent Search: what the field at the top finds, for whom, and what hooks add."""

import html
import re

import pytest

from modulehost import app, hooks
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Invoice, Service
from tests.admin.conftest import Browser
from tests.security.world import restricted


def links(page: str) -> list[str]:
    return re.findall(r'class="hit" href="([^"]+)"', page)


def heads(page: str) -> list[str]:
    return re.findall(r"<section[^>]*><h2>([^<]+)</h2>", page)


@pytest.fixture
def goods(ctx: Ctx, service: int) -> int:
    """An invoice and a second client beside the service; returns tblinvoices.id."""
    with ctx.unit() as db:
        invoice = Invoice(userid=1, invoicenum="R-0815", status="Unpaid", total=5, subtotal=5)
        db.add_all([invoice, Client(firstname="Shona", lastname="Grün", companyname="", email="s@example.com", status="Active")])
        db.flush()
        return invoice.id


def test_everything_is_found_and_leads_to_its_page(admin: Browser, service: int, goods: int) -> None:
    page = admin.text("/admin/search.php?search=sho")
    assert heads(page) == ["Clients", "Products/Services"]
    assert links(page) == ["/admin/clientssummary.php?userid=2", f"/admin/clientsservices.php?userid=1&id={service}"]
    assert "Shona Grün" in page and "shop.example" in page and "Cloud S" in page
    assert links(admin.text("/admin/search.php?search=r-08")) == [f"/admin/invoices.php?action=edit&id={goods}"]
    assert links(admin.text("/admin/search.php?search=4711")) == ["/admin/orders.php?action=view&id=1"]
    numbered = admin.text("/admin/search.php?search=%231")
    assert heads(numbered) == ["Clients", "Users", "Products/Services", "Invoices", "Orders"]
    for link in links(numbered):
        assert admin.get(link).status_code == 200, link


def test_the_field_gets_a_few_of_each(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.add_all([Service(userid=1, domain=f"many{n:02}.example", orderid=0, packageid=0) for n in range(40)])
    part = admin.text("/admin/search.php?part=1&search=many")
    assert len(links(part)) == 5 and "<html" not in part and "/admin/search.php?search=many" in part
    page = admin.text("/admin/search.php?search=many")
    assert len(links(page)) == 25 and "Only the first 25 are shown" in page


def test_what_is_too_short_and_what_is_not_there(admin: Browser) -> None:
    assert "at least two characters" in admin.text("/admin/search.php?search=a")
    assert "at least two characters" in admin.text("/admin/search.php")
    assert "No Matches Found" in admin.text("/admin/search.php?search=nobody")
    assert 'value="nobody"' in admin.text("/admin/search.php?search=nobody")


def test_roles_find_what_their_lists_show(ctx: Ctx, host: Host, service: int, goods: int) -> None:
    browser = Browser(app.create_app(host).test_client())
    who = restricted(ctx, "Main Homepage", "List Services", "List Invoices")
    browser.sign_in(who["username"], who["password"])
    assert heads(browser.text("/admin/search.php?search=1")) == ["Products/Services", "Invoices"]
    assert links(browser.text("/admin/search.php?search=shona")) == []
    assert "/admin/search.php" in browser.text("/admin/index.php")


def test_nobody_searches_without_a_list(ctx: Ctx, host: Host) -> None:
    browser = Browser(app.create_app(host).test_client())
    who = restricted(ctx, "Main Homepage")
    browser.sign_in(who["username"], who["password"])
    assert browser.get("/admin/search.php?search=1").status_code == 403
    assert 'type="search"' not in browser.text("/admin/index.php")


def test_hooks_add_results(admin: Browser, host: Host) -> None:
    asked = []

    def listen(given: dict[str, object]) -> list[object]:
        asked.append(given)
        return [{"title": "Rack <7>", "href": "addonmodules.php?module=racks", "subTitle": "Row 2"}, "<b>old</b>"]

    hooks.add(host, "IntelligentSearch", 1, listen)
    answer = admin.get("/admin/search.php?search=rack").text
    assert asked == [{"searchTerm": "rack", "numResults": 25}]
    assert "Rack &lt;7&gt;<small>Row 2</small>" in answer and 'class="far fa-star"' in answer and "<b>old</b>" in answer
    assert links(answer) == ["addonmodules.php?module=racks"] and heads(html.unescape(answer)) == ["Other"]
