"""Cancellation requests: filing, the automation's task, what ends with the service, and requests that were carried out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost import automation, events, hooks, lifecycle, settings
from modulehost.billing import invoices
from modulehost.context import Ctx, Host
from modulehost.journal.reports import Heading
from modulehost.ordering import cancellations
from modulehost.ordering.cancellations import CancellationRefused
from modulehost.schema import (
    Admin,
    AdminRole,
    CancelRequest,
    Client,
    Email,
    Invoice,
    ModuleQueue,
    Service,
    ServiceAddon,
)
from tests.billing.shop import add_client, add_product, created


def shop(ctx: Ctx, module: str = "shopmod", due: date = date(2027, 2, 10)) -> int:
    """A client with one active service; returns its id."""
    with ctx.unit() as db:
        client = add_client(db)
        product = add_product(db, servertype=module)
        row = Service(
            userid=client.id, packageid=product.id, domain="ada.example", domainstatus="Active", billingcycle="Monthly",
            amount=Decimal("10.00"), regdate=date(2027, 1, 10), nextduedate=due, qty=1,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def status(ctx: Ctx, service: int) -> str:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service).domainstatus


def report(ctx: Ctx) -> automation.Report:
    return automation.perform(ctx, "CancellationRequests")


def lines(headings: dict[str, Heading]) -> list[str]:
    return [line for heading in headings.values() for line in heading.lines]


def test_an_immediate_request_ends_the_service_with_the_next_run(any_host: Host) -> None:
    ctx = Ctx(any_host)
    service = shop(ctx)
    heard: list[dict[str, object]] = []
    hooks.add(any_host, "CancellationRequest", 1, lambda given: heard.append(dict(given)))
    hooks.add(any_host, "AddonCancelled", 1, lambda given: heard.append(dict(given)))
    with ctx.unit() as db:
        client = db.get_one(Client, 1)
        mine = invoices.Item("Mail", Decimal("10.00"), "Hosting", service)
        invoices.create(db, client, [mine])
        invoices.create(db, client, [mine, invoices.Item("Advice", Decimal("5.00"))])
        db.add(ServiceAddon(hostingid=service, userid=1, addonid=7, status="Active", name="Backup"))
        db.flush()
        addon = db.scalars(select(ServiceAddon.id)).one()
        invoices.create(db, client, [invoices.Item("Backup", Decimal("2.00"), "Addon", addon)])
        invoices.create(db, client, [invoices.Item("Another's backup", Decimal("2.00"), "Addon", addon + 50)])
    cancellations.file(ctx, service, "immediate", "too <dear>")
    assert heard == [{"userid": 1, "relid": service, "reason": "too <dear>", "type": "Immediate"}]
    assert status(ctx, service) == "Active"
    done = report(ctx)
    assert {what: one.lines for what, one in done.done.items()} == {
        "services terminated and cancelled": [f"service {service} (Mail, ada.example) (Immediate)"]
    }
    assert (status(ctx, service), created(any_host, "ended")) == ("Cancelled", [service])
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, service)
        assert row.termination_date == date(2027, 1, 31)
        assert db.scalars(select(ServiceAddon.status)).all() == ["Cancelled"]
        # An invoice that asks for something else too stays.
        assert db.scalars(select(Invoice.status).order_by(Invoice.id)).all() == ["Cancelled", "Unpaid", "Cancelled", "Unpaid"]
        assert db.execute(cancellations.listing()).all() == []
        assert len(db.execute(cancellations.listing(completed=True, client="ADA STONE", domain="ADA.")).all()) == 1
    assert heard[1:] == [{"id": 1, "userid": 1, "serviceid": service, "addonid": 7}]
    assert report(ctx).done == {}
    # Created anew by hand, the service is not ended by the old request.
    assert lifecycle.run(ctx, service, "CreateAccount").ok
    assert report(ctx).done == {}
    assert status(ctx, service) == "Active"


def test_the_end_of_the_period_is_waited_for(ctx: Ctx) -> None:
    service = shop(ctx)
    cancellations.file(ctx, service)
    assert lines(report(ctx).skipped) == [f"service {service} (Mail, ada.example): its period ends on 2027-02-10"]
    ctx.host.clock.advance(timedelta(days=9))  # 9 February
    assert report(ctx).done == {}
    ctx.host.clock.advance(timedelta(days=1))
    assert lines(report(ctx).done) == [f"service {service} (Mail, ada.example) (End of Billing Period)"]
    assert status(ctx, service) == "Cancelled"


def test_mails_to_the_client_and_to_staff_with_account_notifications(ctx: Ctx) -> None:
    service = shop(ctx)
    with ctx.unit() as db:
        db.add_all([AdminRole(id=1, name="All", accountemails=1), AdminRole(id=2, name="None")])
        for id_, role, disabled in ((1, 1, 0), (2, 2, 0), (3, 1, 1)):
            db.add(Admin(id=id_, roleid=role, disabled=disabled, username=f"a{id_}", email=f"a{id_}@example.com"))
    cancellations.file(ctx, service, "Immediate", "a <b> reason")
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        mails = {row.to: row for row in db.scalars(select(Email))}
    assert set(mails) == {"ada@example.com", "a1@example.com"}
    assert "Immediate" in mails["ada@example.com"].message
    assert "a &lt;b&gt; reason" in mails["a1@example.com"].message
    assert f"http://shop.test/admin/clientsservices.php?userid=1&amp;id={service}" in mails["a1@example.com"].message
    assert mails["a1@example.com"].userid == 0


def test_what_is_refused(ctx: Ctx) -> None:
    service = shop(ctx)
    with pytest.raises(CancellationRefused, match="no type of cancellation"):
        cancellations.file(ctx, service, "tomorrow")
    with pytest.raises(CancellationRefused, match="Service ID Not Found"):
        cancellations.file(ctx, 99)
    request = cancellations.file(ctx, service)
    with pytest.raises(CancellationRefused, match="Existing Cancellation Request Exists"):
        cancellations.file(ctx, service, "Immediate")
    assert cancellations.withdraw(ctx, request)
    assert not cancellations.withdraw(ctx, request)
    with ctx.unit(read=True) as db:
        assert db.scalars(select(CancelRequest)).all() == []
    cancellations.file(ctx, service)
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Terminated"
    with pytest.raises(CancellationRefused, match="Terminated and cannot be cancelled"):
        cancellations.file(ctx, service)


def test_a_refusing_vendor_leaves_the_service_and_is_not_asked_again_by_itself(ctx: Ctx) -> None:
    service = shop(ctx)
    cancellations.file(ctx, service, "Immediate")
    (ctx.host.root / "refuse").touch()
    assert lines(report(ctx).skipped) == [f"service {service} (Mail, ada.example): Terminate failed: the vendor keeps ada.example"]
    (ctx.host.root / "refuse").unlink()
    assert report(ctx).skipped == {
        "an earlier Terminate waits in the module queue": Heading(1, [f"service {service} (Mail, ada.example)"])
    }
    assert (status(ctx, service), created(ctx.host, "ended")) == ("Active", [])
    with ctx.unit(read=True) as db:
        waiting = db.scalars(select(ModuleQueue.id)).one()
    assert lifecycle.retry(ctx, waiting).ok
    assert status(ctx, service) == "Cancelled"


def test_a_host_killed_after_the_module_ran_finishes_with_the_next_announcements(
    ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = shop(ctx)
    cancellations.file(ctx, service, "Immediate")
    monkeypatch.setattr(events, "drain", lambda *_: 0)  # it died before it delivered what it had announced
    report(ctx)
    monkeypatch.undo()
    assert status(ctx, service) == "Terminated"
    events.drain(ctx)
    assert status(ctx, service) == "Cancelled"


def test_services_without_a_module_and_the_settings(ctx: Ctx) -> None:
    service = shop(ctx, module="")
    cancellations.file(ctx, service, "Immediate")
    with ctx.unit() as db:
        settings.put(db, "AutoCancellationRequests", "")
    assert report(ctx).skipped == {"the setting AutoCancellationRequests is off": Heading(1)}
    with ctx.unit() as db:
        settings.put(db, "AutoCancellationRequests", "on")
        settings.put(db, "CancelInvoiceOnCancellation", "")
        invoices.create(db, db.get_one(Client, 1), [invoices.Item("Mail", Decimal("10.00"), "Hosting", service)])
    assert lines(report(ctx).done) == [f"service {service} (Mail, ada.example): it has no account at a module"]
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Invoice.status)).all() == ["Unpaid"]
