"""Texts that people type are text on every page, in every mail: never markup, never a template."""

from urllib.parse import urlencode

import pytest
from flask import Flask

from modulehost import app, mail
from modulehost.context import Ctx, Host
from modulehost.schema import Email, EmailTemplate
from tests.security.world import SPITE, Doors, injected, send, signed_in


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_the_finder_finds() -> None:
    assert injected(f"<p>{SPITE}</p>")
    assert injected(f'<p title="{SPITE}">x</p>')
    assert injected(f"<script>var x = '{SPITE.partition('</')[0]}'</script>")
    assert not injected("<p>" + SPITE.replace("<", "&lt;").replace('"', "&quot;") + "</p>")


def test_admin_pages(application: Flask, doors: Doors) -> None:
    browser = signed_in(application, client=False)
    for address in doors.admin:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
        assert not injected(answer.text), (address, injected(answer.text))


def test_client_pages(application: Flask, doors: Doors) -> None:
    browser = signed_in(application, admin=False)
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    assert send(browser, "/cart.php?a=add", {"aid": 1, "productid": doors.service}).status_code == 303
    for address in [*doors.client, "/cart.php?a=confproduct&i=0"]:
        answer = browser.get(address)
        assert answer.status_code in (200, 501), (address, answer.status_code, answer.headers.get("Location"))
        assert not injected(answer.text), (address, injected(answer.text))
        assert "1337" not in answer.text, address


def test_mails(ctx: Ctx, doors: Doors) -> None:
    """Every template that the host has, about a client, a service and an invoice with such names."""
    with ctx.unit(read=True) as db:
        templates = [(row.name, row.type) for row in db.query(EmailTemplate)]
    ids = {"product": doors.service, "invoice": doors.invoice, "general": 1}
    with ctx.unit() as db:
        for name, kind in templates:
            if kind in ids:
                mail.queue(db, name, 1, rel_id=ids[kind])
    mail.deliver(ctx)
    with ctx.unit(read=True) as db:
        sent = [row for row in db.query(Email) if row.message and row.message != "<p>hello</p>"]
    assert len(sent) >= 3
    for row in sent:
        assert not injected(row.message), (row.subject, injected(row.message))
        assert "\n" not in row.subject and "\r" not in row.subject
        assert "8.13" not in row.message.partition("</style>")[2] or "{$smarty.version}" in row.message, row.subject
    assert any("smarty.version" in row.message for row in sent), "the names are in the mails as they were typed"


def test_searching_for_markup(application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    for address, name in (
        ("/admin/clients.php", "search"), ("/admin/clients.php", "status"), ("/admin/search.php", "search"), ("/admin/clientshostinglist.php", "domain"),
        ("/admin/orders.php", "client"), ("/admin/orders.php", "status"), ("/admin/invoices.php", "status"),
        ("/admin/transactions.php", "transid"), ("/admin/systemmodulelog.php", "text"), ("/admin/systemmodulelog.php", "module"),
        ("/admin/systemactivitylog.php", "description"), ("/admin/index.php", "rp"), ("/admin/configproducts.php", "action"),
        ("/admin/login.php", "redirect"), ("/login", "email"), ("/login", "goto"), ("/cart.php", "a"), ("/cart.php", "gid"),
        ("/clientarea.php", "action"), ("/clientarea.php?action=services", "status"), ("/index.php", "m"), ("/", "language"),
        ("/", "systpl"), ("/", "carttpl"),
    ):  # fmt: skip
        separator = "&" if "?" in address else "?"
        answer = browser.get(f"{address}{separator}{urlencode({name: SPITE})}")
        assert answer.status_code < 500 or answer.status_code == 501, (address, name, answer.status_code)
        assert not injected(answer.text), (address, name, injected(answer.text))
    for address in (
        f"/{SPITE}",
        f"/admin/{SPITE}",
        f"/store/{SPITE}",
        f"/modules/servers/{SPITE}/x",
        f"/password/reset/{SPITE}",
    ):
        assert not injected(browser.get(address).text), address
