"""Request cancellation on the client's page, and what the details page says of it."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import app, hooks, settings
from modulehost.context import Ctx, Host
from modulehost.schema import CancelRequest, Service
from tests.client.shop import Shop, post, words
from tests.support.hosts import ADMIN

PAGE = "/clientarea.php?action=cancel&id={}"


@pytest.fixture
def service(ctx: Ctx, shop: Shop) -> int:
    with ctx.unit() as db:
        row = Service(
            userid=1, packageid=shop.hosting, domain="asha.example", domainstatus="Active", billingcycle="Monthly",
            regdate=date(2026, 1, 1), nextduedate=date(2030, 1, 1), qty=1,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def test_a_request_from_the_page_is_shown_and_cannot_be_filed_twice(client: FlaskClient, ctx: Ctx, service: int) -> None:
    details = f"/clientarea.php?action=productdetails&id={service}"
    assert 'id="Primary_Sidebar-Service_Details_Actions-Cancel"' in client.get(details).text
    form = client.get(PAGE.format(service))
    assert 'value="End of Billing Period" checked' in form.text
    empty = post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": " ", "type": "Immediate"})
    assert "Please tell us why" in words(empty)
    assert 'value="Immediate" checked' in empty.text
    wrong = post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": "keep <me>", "type": "Never"})
    assert wrong.status_code == 400
    assert ">keep &lt;me&gt;</textarea>" in wrong.text
    for _ in range(2):
        done = post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": "why <not>", "type": "Immediate"})
    assert "asked for the cancellation of this service already" in words(done)
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(CancelRequest)).all()
    assert [(row.relid, row.reason, row.type) for row in rows] == [(service, "why <not>", "Immediate")]
    page = client.get(details)
    assert "alertPendingCancellation" in page.text
    assert "Primary_Sidebar-Service_Details_Actions-Cancel" not in page.text


def test_who_may_not(client: FlaskClient, ctx: Ctx, service: int) -> None:
    assert client.get(PAGE.format(999)).status_code == 404
    with ctx.unit() as db:
        db.get_one(Service, service).userid = 2
    assert post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": "x", "type": "Immediate"}).status_code == 404
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.userid, row.domainstatus = 1, "Terminated"
    refused = post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": "x", "type": "Immediate"})
    assert "cannot be cancelled now" in words(refused)
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Active"
        settings.put(db, "ShowCancellationButton", "")
    assert client.get(PAGE.format(service)).status_code == 404
    assert "Details_Actions-Cancel" not in client.get(f"/clientarea.php?action=productdetails&id={service}").text
    with ctx.unit(read=True) as db:
        assert db.scalars(select(CancelRequest)).all() == []


def test_hooks_see_the_page_and_may_take_the_entry_away(client: FlaskClient, ctx: Ctx, service: int) -> None:
    def remove(bar: object) -> None:
        bar.getChild("Service Details Actions").removeChild("Cancel")  # type: ignore[attr-defined]

    seen: list[str] = []
    hooks.add(ctx.host, "ClientAreaPageCancellation", 1, lambda given: seen.append(given["templatefile"]))
    client.get(PAGE.format(service))
    assert seen == ["clientareacancelrequest"]
    hooks.add(ctx.host, "ClientAreaPrimarySidebar", 1, remove)  # type: ignore[arg-type]
    assert "Details_Actions-Cancel" not in client.get(f"/clientarea.php?action=productdetails&id={service}").text


def test_staff_find_it_and_delete_it(client: FlaskClient, ctx: Ctx, host: Host, service: int, web: FlaskClient) -> None:
    post(client, PAGE.format(service), {"sub": "submit", "cancellationreason": "moving <away>", "type": "Immediate"})
    staff = app.create_app(host).test_client()
    assert post(staff, "/admin/dologin.php", ADMIN).status_code == 303
    listed = staff.get("/admin/cancelrequests.php?client=asha&domain=ASHA.&type=Immediate&orderby=client&order=desc")
    assert "moving &lt;away&gt;" in listed.text
    assert "No cancellation requests" in staff.get("/admin/cancelrequests.php?domain=other").text
    assert "Nothing completed yet" in staff.get("/admin/cancelrequests.php?completed=1").text
    marked = staff.get(f"/admin/clientsservices.php?userid=1&id={service}").text
    assert "Cancellation requested: Immediate" in marked
    asked = post(staff, "/admin/cancelrequests.php?action=delete", {"id": "1", "back": "//evil.example"})
    assert "Are you sure" in asked.text
    gone = post(staff, "/admin/cancelrequests.php?action=delete", {"id": "1", "confirmed": "1", "back": "//evil.example"})
    assert gone.headers["Location"] == "/admin/cancelrequests.php"
    with ctx.unit(read=True) as db:
        assert db.scalars(select(CancelRequest)).all() == []
        assert db.get_one(Service, service).domainstatus == "Active"


