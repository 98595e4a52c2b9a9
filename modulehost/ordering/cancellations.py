"""Cancellation requests: a client's wish to end a service, at once or with the period that is paid for.

A request is open until its service has ended. tblcancelrequests has no column for that: a request that was carried out, or
whose service ended some other way, is one whose `updated_at` is later than its `created_at` (ours; nobody else changes these
rows). So a service that is created anew later is not ended again by an old request.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, lifecycle, mail, settings
from modulehost.billing import invoices
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.lifecycle.subjects import set_addon_status
from modulehost.ordering.reading import status_told
from modulehost.schema import (
    CancelRequest,
    Client,
    Invoice,
    InvoiceItem,
    ModuleQueue,
    Product,
    Service,
    ServiceAddon,
    icontains,
    same,
    waiting_request,
)

IMMEDIATE, END_OF_PERIOD = "Immediate", "End of Billing Period"
TYPES = (IMMEDIATE, END_OF_PERIOD)
CLIENT_MAIL, ADMIN_MAIL = "Cancellation Request Confirmation", "New Cancellation Request"
LONGEST_REASON = 10_000
#: the service still runs, or may again
ALIVE = ("Pending", "Active", "Suspended")
ENDED = ("Terminated", "Cancelled", "Fraud")
_OPEN = waiting_request()


class CancellationRefused(ValueError):
    """A request that cannot be filed; `field` names what to correct (reason, type) or is empty."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def may_request(db: Session, service: Service) -> bool:
    """Whether the client may ask for the end of this service: it runs, and the setting ShowCancellationButton is on."""
    return service.domainstatus in ("Active", "Suspended") and settings.on(db, "ShowCancellationButton")


def open_request(db: Session, service_id: int) -> CancelRequest | None:
    """The request of a service that waits."""
    return db.scalar(
        select(CancelRequest)
        .join(Service, Service.id == CancelRequest.relid)
        .where(CancelRequest.relid == service_id, _OPEN, Service.domainstatus.in_(ALIVE))
        .order_by(CancelRequest.id)
        .limit(1)
    )


def file(ctx: Ctx, service_id: int, kind: str = "", reason: str = "", *, reason_needed: bool = False) -> int:
    """File a request; returns tblcancelrequests.id. `kind`: Immediate or End of Billing Period (also the default).

    The client gets a confirmation, administrators with account notifications a note; hook CancellationRequest follows. A
    service has one open request at a time. Raises CancellationRefused.
    """
    wanted = next((one for one in TYPES if one.lower() == (kind.strip().lower() or END_OF_PERIOD.lower())), "")
    if not wanted:
        text = f"{kind[:40]!r} is no type of cancellation; use {IMMEDIATE} or {END_OF_PERIOD}"
        raise CancellationRefused(Phrase("host.error.cancelType", text), "type")
    reason = reason.replace("\r\n", "\n").strip()[:LONGEST_REASON]
    if reason_needed and not reason:
        raise CancellationRefused(Phrase("clientareacancelreasonrequired", "A reason is needed"), "reason")
    with ctx.unit() as db:
        # The lock on the service lets two equal requests at the same moment come one after the other.
        service = db.get(Service, service_id, with_for_update=True, populate_existing=True)
        if service is None:
            raise CancellationRefused("Service ID Not Found")
        if service.domainstatus not in ALIVE:
            raise CancellationRefused(Phrase("host.error.cancelStatus", status=status_told(service.domainstatus)))
        if open_request(db, service_id) is not None:
            raise CancellationRefused(Phrase("host.cancelAlreadyRequested", "Existing Cancellation Request Exists"))
        now = ctx.host.clock.now()
        row = CancelRequest(date=now, relid=service_id, reason=reason, type=wanted, created_at=now, updated_at=now)
        db.add(row)
        db.flush()
        journal.activity(db, f"Cancellation Request Filed - Service ID: {service_id} ({wanted})", service.userid)
        mail.queue(db, CLIENT_MAIL, service.userid, rel_id=service_id)
        _tell_admins(db, service, row)
        about = {"userid": service.userid, "relid": service_id, "reason": reason, "type": wanted}
        hooks.later(db, "CancellationRequest", **about)
    events.drain(ctx)
    return row.id


def withdraw(ctx: Ctx, request_id: int) -> bool:
    """Delete a request; False when it is gone already."""
    with ctx.unit() as db:
        row = db.get(CancelRequest, request_id, with_for_update=True)
        if row is None:
            return False
        service = db.get(Service, row.relid)
        db.delete(row)
        text = f"Cancellation Request Deleted - Service ID: {row.relid}"
        journal.activity(db, text, service.userid if service else 0)
    return True


def listing(
    completed: bool = False, kind: str = "", client: str = "", domain: str = "", pid: int = 0
) -> Select[CancelRequest, Service, Client, str]:
    """The select of (CancelRequest, Service, Client, product name): open ones, or those whose service has ended."""
    open_ = and_(_OPEN, Service.id.is_not(None), Service.domainstatus.in_(ALIVE))
    query = (
        select(CancelRequest, Service, Client, Product.name)
        .outerjoin(Service, Service.id == CancelRequest.relid)
        .outerjoin(Client, Client.id == Service.userid)
        .outerjoin(Product, Product.id == Service.packageid)
        .where(or_(Service.id.is_(None), not_(open_)) if completed else open_)
    )
    if kind:
        query = query.where(same(CancelRequest.type, kind))
    if domain:
        query = query.where(icontains(Service.domain, domain))
    if pid:
        query = query.where(Service.packageid == pid)
    if client:
        full = Client.firstname + " " + Client.lastname
        query = query.where(or_(icontains(full, client), icontains(Client.companyname, client), icontains(Client.email, client)))
    return query


def process(ctx: Ctx, report: journal.Report) -> None:
    """Carry out what is due: Immediate requests, and those whose period is over (next due date reached).

    The module's Terminate runs; the service becomes Cancelled by `on_status`, once it has succeeded. A service whose
    Terminate waits in the module queue is left to the person who looks there. A failure stops no other.
    """
    with ctx.unit(read=True) as db:
        if not settings.on(db, "AutoCancellationRequests"):
            if db.execute(listing().limit(1)).first():
                report.skip("the setting AutoCancellationRequests is off")
            return
        rows = db.execute(listing().order_by(CancelRequest.id)).all()
        queued = set(
            db.scalars(
                select(ModuleQueue.service_id).where(
                    ModuleQueue.service_type == "service", ModuleQueue.module_action == "TerminateAccount", ModuleQueue.completed == 0
                )
            )
        )  # fmt: skip
        modules = {row.id: row.servertype for row in db.scalars(select(Product))}
    today = ctx.host.clock.today()
    for request, service, _client, product in rows:
        name = lifecycle.dunning.named(service, product)
        if not _due(request, service, today):
            report.skip("the period is not over", f"{name}: its period ends on {service.nextduedate}")
        elif service.id in queued:
            report.skip("an earlier Terminate waits in the module queue", name)
        elif service.domainstatus == "Pending" or not modules.get(service.packageid):
            with ctx.unit() as db:
                _close(db, service.id)
            report.did("services cancelled", f"{name}: it has no account at a module")
        else:
            outcome = lifecycle.run(ctx, service.id, "TerminateAccount", automated=True)
            if outcome.ok:
                report.did("services terminated and cancelled", f"{name} ({request.type})")
            else:
                report.skip("Terminate did not succeed", f"{name}: Terminate {outcome.state}: {outcome.message}")
    events.drain(ctx)


def on_status(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `service.status` and `service.saved`: what ended with an open request is Cancelled, not Terminated."""
    with ctx.unit(read=True) as db:
        service = db.get(Service, payload["serviceid"])
        waits = _unfinished(db, payload["serviceid"])
    if service is None or service.domainstatus not in ENDED or not waits:
        return
    with ctx.unit() as db:
        _close(db, service.id)


def _due(request: CancelRequest, service: Service, today: date) -> bool:
    ends = service.nextduedate
    return request.type != END_OF_PERIOD or ends is None or ends <= today


def _unfinished(db: Session, service_id: int) -> list[CancelRequest]:
    return list(db.scalars(select(CancelRequest).where(CancelRequest.relid == service_id, _OPEN)))


def _close(db: Session, service_id: int) -> None:
    """The service is over by its client's wish: status, addons, what was still to be paid for it, and its requests."""
    clock = ctx_of(db).host.clock
    service = db.get_one(Service, service_id, with_for_update=True, populate_existing=True)
    requests = _unfinished(db, service_id)
    if not requests:
        return
    for row in requests:
        # Later than it was made, also when that was in this very second: see the head of this file.
        after = (row.created_at or clock.now()) + timedelta(seconds=1)
        row.updated_at = max(clock.now(), after)
    if service.domainstatus == "Fraud":
        return
    was, service.domainstatus = service.domainstatus, "Cancelled"
    service.termination_date = service.termination_date or clock.today()
    service.updated_at = clock.now()
    # Addons that run follow the status of their service by themselves, and their modules with them; these have ended with it.
    ended = (ServiceAddon.status == "Terminated", ServiceAddon.termination_date == service.termination_date)
    for addon in db.scalars(select(ServiceAddon).where(ServiceAddon.hostingid == service_id, *ended)).all():
        set_addon_status(db, addon, "Cancelled")
    if settings.on(db, "CancelInvoiceOnCancellation"):
        _cancel_invoices(db, service)
    journal.activity(db, f"Service Cancelled by Cancellation Request - Service ID: {service_id}", service.userid)
    if was != "Cancelled":
        events.emit(db, "service.status", serviceid=service_id, was=was, now="Cancelled")
    db.flush()


def _cancel_invoices(db: Session, service: Service) -> None:
    """Unpaid invoices of this service and its addons alone; one that asks for other things too stays as it is."""
    addons = select(ServiceAddon.id).where(ServiceAddon.hostingid == service.id)
    mine: ColumnElement[bool] = or_(
        and_(InvoiceItem.type.in_(("Hosting", "Setup")), InvoiceItem.relid == service.id),
        and_(InvoiceItem.type == "Addon", InvoiceItem.relid.in_(addons)),
    )
    found = select(Invoice).where(
        Invoice.status == "Unpaid", Invoice.id.in_(select(InvoiceItem.invoiceid).where(mine)),
        Invoice.id.not_in(select(InvoiceItem.invoiceid).where(not_(mine), InvoiceItem.userid == service.userid)),
    )  # fmt: skip
    for invoice in db.scalars(found).all():
        invoices.set_status(db, invoice, "Cancelled")


def _tell_admins(db: Session, service: Service, row: CancelRequest) -> None:
    client, product = db.get(Client, service.userid), db.get(Product, service.packageid)
    given = {
        "client_id": service.userid, "client_name": f"{client.firstname} {client.lastname}".strip() if client else "",
        "service_id": service.id, "product_name": product.name if product else "", "service_domain": service.domain,
        "service_cancellation_type": row.type, "service_cancellation_reason": row.reason,
        "service_link": f"{settings.system_url(db)}admin/clientsservices.php?userid={service.userid}&id={service.id}",
    }  # fmt: skip
    mail.tell_admins(db, "account", ADMIN_MAIL, given, rel_id=service.id)
