"""Clients: the list, adding one, and the tabs of a client that are not about services."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy import case, func, select
from werkzeug.wrappers import Response

from modulehost import hooks, language
from modulehost.accounts import Invalid, actas, clients, contacts, customfields, users
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing import gateways
from modulehost.billing.catalog import prices
from modulehost.contract import hook_points
from modulehost.schema import ActivityLog, Client, ClientGroup, Email, Invoice, Service, Transaction
from modulehost.web import frame
from modulehost.web.admin import hookoutput, service_form
from modulehost.web.admin.client_frame import client_of, client_page
from modulehost.web.admin.paging import MOST, given, page_size, paged, wanted_order
from modulehost.web.admin.site import MASK, blueprint, client_name, go, number, page, problems, row_or_404, sent
from modulehost.web.numbers import is_whole

_TEXTS = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "tax_id", "language", "notes", "defaultgateway", "groupid", "status", "currency",
)  # fmt: skip
FLAGS = {
    "latefeeoveride": "Do not charge late fees",
    "overideduenotices": "Do not send overdue notices",
    "taxexempt": "Do not apply tax",
    "separateinvoices": "One invoice per service",
    "disableautocc": "Do not process card payments automatically",
    "marketing_emails_opt_in": "Wants marketing mails",
    "overrideautoclose": "Exempt from automatic status changes",
    "allow_sso": "Single sign-on allowed",
}


@blueprint.get("/clients.php")
@frame.permission("List Clients")
def client_list() -> Response:
    """View/Search Clients."""
    text, status = request.args.get("search", "").strip(), request.args.get("status", "")
    order = wanted_order(clients.ORDERS)
    with frame.ctx().unit(read=True) as db:
        if is_whole(text) and db.get(Client, number("search")) is not None:
            return go(f"/admin/clientssummary.php?userid={int(text)}")
        rows = given(lambda start, count: clients.search(db, text, status, order.by, order.falling, start, count, MOST), page_size(db))
        ids = [client.id for client in rows.rows]
        # One walk along the index of userid; with the status in WHERE a database would rather read all active services.
        live = func.sum(case((Service.domainstatus == "Active", 1), else_=0))
        query = select(Service.userid, func.count(), live).where(Service.userid.in_(ids)).group_by(Service.userid)
        found = db.execute(query).all()
        wanted = select(ClientGroup).where(ClientGroup.id.in_({client.groupid for client in rows.rows}))
        crowds = {row.id: row for row in db.scalars(wanted)}
    counts, active = {row[0]: row[1] for row in found}, {row[0]: row[2] for row in found}
    return page("clients.html", "View/Search Clients", page=rows, counts=counts, active=active, search=text, status=status, groups=crowds,
                statuses=clients.STATUSES, order=order)  # fmt: skip


def _choices() -> dict[str, Any]:
    with frame.ctx().unit(read=True) as db:
        return {
            "countries": [(one.code, one.name) for one in COUNTRIES.values()], "languages": language.languages(),
            "gateways": [(one.module, one.displayname) for one in gateways.active(db)], "currencies": prices.currencies(db),
            "groups": list(db.scalars(select(ClientGroup).order_by(ClientGroup.id))), "flags": FLAGS,
            "statuses": clients.STATUSES, "fields": customfields.fields(db, "client"),
        }  # fmt: skip


def _custom_values(form: Mapping[str, str], fields: list[Any]) -> dict[int, str]:
    found = {}
    for one in fields:
        name = f"customfield[{one.id}]"
        if one.fieldtype == "password" and form.get(name) == MASK:
            continue
        if name in form or one.fieldtype == "tickbox":
            found[one.id] = form.get(name, "")
    return found


@blueprint.get("/clientsadd.php")
@frame.permission("Add New Client")
def add_form(found: dict[str, str] | None = None) -> Response:
    """Add New Client."""
    return page("client_add.html", "Add New Client", found=found or {}, given=sent(), **_choices())


@blueprint.post("/clientsadd.php")
@frame.permission("Add New Client")
def add() -> Response:
    """Add the client, with a user who owns it."""
    form = request.form
    data: dict[str, Any] = {name: form[name] for name in (*_TEXTS, "password2") if name in form}
    data |= {"noemail": "sendemail" not in form, "marketingoptin": form.get("marketing_emails_opt_in", "")}
    data["customfields"] = _custom_values(form, _choices()["fields"])
    data["skipvalidation"] = form.get("skipvalidation", "")
    try:
        client = clients.add(frame.ctx(), data)
    except Invalid as error:
        shown: Response = add_form(problems(error))
        return shown
    frame.note("success", "Client Added", client_name(client))
    return go(f"/admin/clientssummary.php?userid={client.id}")


@blueprint.get("/clientssummary.php")
@frame.permission("View Clients Summary")
def summary() -> Response:
    """What a client has, at a glance."""
    client = client_of()
    with frame.ctx().unit(read=True) as db:
        sums = select(Invoice.status, func.count(), func.sum(Invoice.total)).group_by(Invoice.status)
        totals = db.execute(sums.where(Invoice.userid == client.id)).all()
        services = service_form.of_client(db, client)
        owner = users.owner_of(db, client.id)
        emails = db.scalars(select(Email).where(Email.userid == client.id).order_by(Email.id.desc()).limit(5)).all()
        group = db.get(ClientGroup, client.groupid) if client.groupid else None
    country = COUNTRIES.get(client.country)
    ctx = frame.ctx()
    links = hooks.values(hooks.fire(ctx, "AdminAreaClientSummaryActionLinks", userid=client.id))
    actions = [str(one) for value in links for one in (value if isinstance(value, list | tuple) else [value]) if one]
    blocks = hookoutput.html(hooks.fire(ctx, "AdminAreaClientSummaryPage", userid=client.id))
    return client_page("client_summary.html", client, "summary", totals=totals, services=services, owner=owner, emails=emails,
                       group=group, country=country.name if country else client.country, action_links=actions,
                       hook_html=blocks)  # fmt: skip


@blueprint.post("/clientssummary.php")
@frame.permission("Allow Login as Owner")
def login_as_owner() -> Response:
    """Login as Owner: opens the client area as the client sees it, by a token that works once."""
    client = client_of()
    try:
        with frame.ctx().unit() as db:
            token = actas.create(db, frame.ctx().actor.id, client.id)
    except Invalid as error:
        frame.note("error", "Nobody to sign in as", error.errors[0])
        return go(f"/admin/clientssummary.php?userid={client.id}")
    return go(f"/login/owner/{token}")


@blueprint.get("/clientsprofile.php")
@frame.permission("Edit Clients Details")
def profile(found: dict[str, str] | None = None) -> Response:
    """The client's data as a form."""
    client = client_of()
    with frame.ctx().unit(read=True) as db:
        values = customfields.values(db, customfields.fields(db, "client"), client.id)
        wishes, fixed = clients.preferences(client), clients.has_money(db, client)
        payers = [(0, "The client")] + [(one.id, contacts.name(one)) for one in contacts.of_client(db, client.id)]
    values = customfields.loaded(frame.ctx(), values, client.id)
    return client_page("client_profile.html", client, "profile", found=found or {}, given=sent(), values=values,
                       payers=payers, wishes=wishes, fixed=fixed,
                       hook_fields=hookoutput.fields("AdminClientProfileTabFields", **_columns(client)), **_choices())  # fmt: skip


def _columns(client: Client) -> dict[str, Any]:
    """The arguments of AdminClientProfileTabFields: the client's columns, without the stored password."""
    names = hook_points()["AdminClientProfileTabFields"].params
    found = {name: getattr(client, name) for name in names if hasattr(client, name) and name != "password"}
    return {**found, "userid": client.id, "olddata": {}}


@blueprint.post("/clientsprofile.php")
@frame.permission("Edit Clients Details")
def save_profile() -> Response:
    """Save Changes."""
    client, form = client_of(), request.form
    data: dict[str, Any] = {name: form[name] for name in _TEXTS if name in form}
    if "billingcid" in form:
        data["billingcid"] = form["billingcid"]
    data |= {name: name in form for name in FLAGS}
    data["email_preferences"] = {name: f"wish[{name}]" in form for name in clients.PREFERENCES}
    data["customfields"] = _custom_values(form, _choices()["fields"])
    data["skipvalidation"] = form.get("skipvalidation", "")
    try:
        clients.edit(frame.ctx(), client.id, data)
    except Invalid as error:
        shown: Response = profile(problems(error))
        return shown
    hookoutput.saved("AdminClientProfileTabFieldsSave", userid=client.id)
    frame.note("success", "Changes Saved Successfully!")
    return go(f"/admin/clientsprofile.php?userid={client.id}")


@blueprint.get("/clientstransactions.php")
@frame.permission("List Transactions")
def transactions() -> Response:
    """Payments and refunds of the client."""
    client = client_of()
    query = select(Transaction).where(Transaction.userid == client.id).order_by(Transaction.id.desc())
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query)
        names = {one.module: one.displayname for one in gateways.active(db)}
    return client_page("client_transactions.html", client, "transactions", page=rows, names=names)


@blueprint.get("/clientsemails.php")
@frame.permission("View Email Message Log")
def emails() -> Response:
    """Mails to the client; `email` shows one."""
    client = client_of()
    with frame.ctx().unit(read=True) as db:
        mail = row_or_404(db, Email, number("email"), "Email") if number("email") else None
        rows = paged(db, select(Email).where(Email.userid == client.id).order_by(Email.id.desc()))
    if mail is not None:
        if mail.userid != client.id:
            frame.abort_page(404, "Email not found", "This mail was not sent to this client.")
        return client_page("client_email.html", client, "emails", mail=mail)
    return client_page("client_emails.html", client, "emails", page=rows)


@blueprint.get("/clientslog.php")
@frame.permission("View Activity Log")
def log() -> Response:
    """What happened around the client."""
    client = client_of()
    query = select(ActivityLog).where(ActivityLog.userid == client.id).order_by(ActivityLog.id.desc())
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query)
    return client_page("client_log.html", client, "log", page=rows)
