"""The end of a client: closing, which keeps everything, and deleting, which leaves nothing that a page could trip over.

Neither runs module commands: what shall end at the vendor is terminated before, service by service.
"""

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from modulehost import hooks, journal
from modulehost.accounts import sessions
from modulehost.accounts.errors import Invalid
from modulehost.billing import invoices
from modulehost.context import Ctx, ctx_of
from modulehost.lifecycle.subjects import OfAddon, OfService, set_addon_status
from modulehost.schema import Base, Client, CommandLock, Invoice, Service, ServiceAddon, User, UserClient, table

NOT_FOUND = "Client ID Not Found"
#: a status that something of the client has -> the one that closing gives it
_ENDS = {"Pending": "Cancelled", "Active": "Terminated", "Suspended": "Terminated"}
_OPEN_INVOICES = ("Draft", "Unpaid", "Overdue", "Payment Pending", "Collections")
_ENDED_DOMAINS = ("Cancelled", "Transferred Away", "Fraud", "Expired")
#: columns that name a client, by the tables that do not call it userid
_NAMED = {
    "tblcredit": "clientid", "tblaffiliates": "clientid", "tblusers_clients": "client_id", "tbluser_invites": "client_id",
    "mh_sso_token": "client_id", "tblauthn_account_links": "client_id",
}  # fmt: skip
#: tables that keep the client's number: what was done stays on record, and so do payments unless they are to go too
_KEPT = ("tblactivitylog",)
_TRANSACTIONS = "tblaccounts"
#: what hangs on rows of a client: table of these rows -> (table, column)
_PARTS = {
    "tblhosting": (
        ("tblhostingconfigoptions", "relid"), ("tblcancelrequests", "relid"), ("tblaffiliatesaccounts", "relid"),
        ("mh_command", "service_id"),
    ),
    "tblhostingaddons": (("mh_command", "addon_id"),),
    "tbldomains": (("tbldomains_extra", "domain_id"), ("tbldomainsadditionalfields", "domainid"), ("tbldomainreminders", "domain_id")),
    "tblinvoices": (("tblinvoiceitems", "invoiceid"), ("tblinvoicedata", "invoice_id"), ("tblaffiliatespending", "invoice_id"),
                    ("mh_invoice_notice", "invoice_id"), ("mh_gateway_call", "invoice_id")),
    "tbltickets": (
        ("tblticketreplies", "tid"), ("tblticketnotes", "ticketid"), ("tblticketlog", "tid"), ("tblticketfeedback", "ticketid"),
        ("tbltickettags", "ticketid"),
    ),
    "tblpaymethods": (("tblcreditcards", "pay_method_id"), ("tblbankaccts", "pay_method_id")),
    "tblquotes": (("tblquoteitems", "quoteid"),),
    "tblaffiliates": (
        ("tblaffiliatesaccounts", "affiliateid"), ("tblaffiliateshistory", "affiliateid"), ("tblaffiliateswithdrawals", "affiliateid"),
        ("tblaffiliates_hits", "affiliate_id"), ("tblaffiliates_referrers", "affiliate_id"),
    ),
}  # fmt: skip
#: the kinds of custom fields whose values go, and where their owners stand
_FIELDS = {"product": "tblhosting", "addon": "tblhostingaddons", "support": "tbltickets"}
_QUEUE = {"service": "tblhosting", "addon": "tblhostingaddons", "domain": "tbldomains"}


def close(ctx: Ctx, client_id: int) -> None:
    """Close a client: services, addons and domains become Cancelled or Terminated, unpaid invoices Cancelled.

    Fires ClientClose the first time. Raises Invalid when there is no such client.
    """
    with ctx.unit() as db:
        client = db.get(Client, client_id, with_for_update=True)
        if client is None:
            raise Invalid([NOT_FOUND])
        _end_goods(db, client_id)
        unpaid = select(Invoice).where(Invoice.userid == client_id, Invoice.status.in_(_OPEN_INVOICES)).order_by(Invoice.id)
        for invoice in db.scalars(unpaid).all():
            invoices.set_status(db, invoice, "Cancelled")
        if client.status != "Closed":
            client.status, client.updated_at = "Closed", ctx.host.clock.now()
            journal.activity(db, f"Client Account Closed - User ID: {client_id}", client_id)
            hooks.later(db, "ClientClose", userid=client_id)


def _end_goods(db: Session, client_id: int) -> None:
    today = ctx_of(db).host.clock.today()
    # Addons first: those that their service takes along would have their module's TerminateAccount run.
    addons = select(ServiceAddon).where(ServiceAddon.userid == client_id, ServiceAddon.status.in_(_ENDS))
    for addon in db.scalars(addons.order_by(ServiceAddon.id)).all():
        set_addon_status(db, addon, _ENDS[addon.status])
    services = select(Service).where(Service.userid == client_id, Service.domainstatus.in_(_ENDS))
    for service in db.scalars(services.order_by(Service.id)).all():
        if _ENDS[service.domainstatus] == "Terminated":
            service.termination_date = today
        OfService(service.id).set_status(db, _ENDS[service.domainstatus])
    domains = table("tbldomains")
    living = (domains.c.userid == client_id, domains.c.status.not_in(_ENDED_DOMAINS))
    db.execute(update(domains).where(*living).values(status="Cancelled"))


def delete_client(ctx: Ctx, client_id: int, users: bool = False, transactions: bool = False) -> None:
    """Delete a client with all that belongs to it; `users`: also those who act for no other client; `transactions`: also these.

    Fires PreDeleteClient before, ClientDelete after. Raises Invalid: no such client, or a module command is under way.
    """
    with ctx.unit(read=True) as db:
        _deletable(db, client_id)
    hooks.fire(ctx, "PreDeleteClient", userid=client_id)
    with ctx.unit() as db:
        client = _deletable(db, client_id)
        journal.activity(db, f"Client Deleted - {client.firstname} {client.lastname} - User ID: {client_id}", client_id)
        alone = _alone(db, client_id) if users else []
        _delete_parts(db, client_id)
        for own, column in _tables(transactions):
            db.execute(delete(own).where(column == client_id))
        db.delete(client)
        for user in alone:
            sessions.end_all(db, sessions.USER, user.id)
            db.delete(user)
    hooks.fire(ctx, "ClientDelete", userid=client_id)


def _deletable(db: Session, client_id: int) -> Client:
    client = db.get(Client, client_id)
    if client is None:
        raise Invalid([NOT_FOUND])
    services = db.scalars(select(Service.id).where(Service.userid == client_id)).all()
    addons = db.scalars(select(ServiceAddon.id).where(ServiceAddon.userid == client_id)).all()
    mine = {str(OfService(one)) for one in services} | {str(OfAddon(one)) for one in addons}
    running = next((one for one in db.scalars(select(CommandLock.subject).order_by(CommandLock.id)) if one in mine), None)
    if running:
        raise Invalid([f"A module command is running for {running.replace(':', ' ')}; delete the client once it has ended"])
    return client


def _alone(db: Session, client_id: int) -> list[User]:
    here = select(UserClient.auth_user_id).where(UserClient.client_id == client_id)
    elsewhere = select(UserClient.auth_user_id).where(UserClient.client_id != client_id)
    return list(db.scalars(select(User).where(User.id.in_(here), User.id.not_in(elsewhere))))


def _tables(transactions: bool) -> list[tuple[Table, ColumnElement[int]]]:
    """Every table of the public schema that names a client. Modules' own (mod_) are theirs: they hear PreDeleteClient."""
    table("tbldomains")  # declares all
    kept = _KEPT if transactions else (*_KEPT, _TRANSACTIONS)
    found: list[tuple[Table, ColumnElement[int]]] = []
    for name, one in sorted(Base.metadata.tables.items()):
        column = _NAMED.get(name, "userid")
        if column in one.c and name not in kept and name.startswith(("tbl", "mh_")):
            found.append((one, one.c[column]))
    return found


def _ids(name: str, client_id: int) -> Select[tuple[int]]:
    one = table(name)
    return select(one.c.id).where(one.c[_NAMED.get(name, "userid")] == client_id)


def _delete_parts(db: Session, client_id: int) -> None:
    values, fields, queue = table("tblcustomfieldsvalues"), table("tblcustomfields"), table("tblmodulequeue")
    of_client = select(fields.c.id).where(fields.c.type == "client")
    db.execute(delete(values).where(values.c.relid == client_id, values.c.fieldid.in_(of_client)))
    for kind, owners in _FIELDS.items():
        chosen = select(fields.c.id).where(fields.c.type == kind)
        db.execute(delete(values).where(values.c.relid.in_(_ids(owners, client_id)), values.c.fieldid.in_(chosen)))
    for kind, owners in _QUEUE.items():
        db.execute(delete(queue).where(queue.c.service_type == kind, queue.c.service_id.in_(_ids(owners, client_id))))
    for owners, parts in _PARTS.items():
        for name, column in parts:
            part = table(name)
            db.execute(delete(part).where(part.c[column].in_(_ids(owners, client_id))))
