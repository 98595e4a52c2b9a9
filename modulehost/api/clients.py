"""Client actions: AddClient, UpdateClient, CloseClient, DeleteClient, GetClients, GetClientsDetails, GetClientsProducts, CreateSsoToken."""

from typing import Any

from sqlalchemy import select

from modulehost import accounts, lifecycle, settings
from modulehost.accounts import clients, sso, users
from modulehost.api import stats
from modulehost.api.registry import action
from modulehost.api.servicelist import find_services, service_details
from modulehost.api.values import ApiError, Values
from modulehost.context import Ctx
from modulehost.money import ZERO, plain
from modulehost.schema import Client, ClientGroup, User, day_text

_CARD = ("cardtype", "cardnum", "expdate", "startdate", "issuenumber", "cvv")
_ADD_TEXTS = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "tax_id", "password2", "securityqans", "language", "clientip", "notes",
)  # fmt: skip


_UPDATE_FLAGS = (
    "latefeeoveride", "overideduenotices", "taxexempt", "separateinvoices", "disableautocc", "overrideautoclose",
)  # fmt: skip


@action("AddClient", "Client")
def add_client(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Create a client, plus an owner user unless one is given."""
    values.not_modelled(*_CARD)
    data: dict[str, Any] = {name: values.text(name) for name in _ADD_TEXTS if values.has(name)}
    data |= {name: values.number(name) for name in ("securityqid", "currency", "groupid") if values.has(name)}
    data |= {name: values.flag(name) for name in ("marketingoptin", "noemail", "skipvalidation")}
    if values.has("owner_user_id"):
        data["owner_user_id"] = values.number("owner_user_id")
    data["customfields"] = values.map("customfields")
    return {"clientid": clients.add(ctx, data).id}


@action("UpdateClient", "Client")
def update_client(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit a client, found by `clientid` or else `clientemail`; what is not named stays."""
    values.not_modelled(*_CARD, "bankcode", "bankacct", "clearcreditcard")
    with ctx.unit(read=True) as db:
        client = clients.find(db, values.number("clientid"), values.text("clientemail"))
    if client is None:
        raise ApiError("Client ID Not Found")
    texts = [name for name in _ADD_TEXTS if name not in ("password2", "securityqans", "clientip")]
    data: dict[str, Any] = {name: values.text(name) for name in (*texts, "status") if name in values}
    data |= {name: values.number(name) for name in ("currency", "groupid") if name in values}
    data |= {name: values.flag(name) for name in (*_UPDATE_FLAGS, "skipvalidation") if name in values}
    if values.has("paymentmethod"):
        data["defaultgateway"] = values.text("paymentmethod")
    if "marketingoptin" in values:
        data["marketing_emails_opt_in"] = values.flag("marketingoptin")
        data["emailoptout"] = not values.flag("marketingoptin")
    if values.has("email_preferences"):
        data["email_preferences"] = values.map("email_preferences")
    if values.has("customfields"):
        data["customfields"] = values.map("customfields")
    clients.edit(ctx, client.id, data)
    return {"clientid": client.id}


@action("CloseClient", "Client")
def close_client(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Close a client: invoices are cancelled, services end without their modules being asked."""
    lifecycle.closing.close(ctx, values.number("clientid"))
    return {"clientid": values.number("clientid")}


@action("DeleteClient", "Client")
def delete_client(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Delete a client with all its data."""
    lifecycle.closing.delete_client(
        ctx, values.number("clientid"), users=values.flag("deleteusers"), transactions=values.flag("deletetransactions")
    )
    return {"clientid": values.number("clientid")}


@action("GetClientGroups", "Client")
def get_client_groups(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List client groups."""
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(ClientGroup).order_by(ClientGroup.id)).all()
    found = [
        {"id": row.id, "groupname": row.groupname, "groupcolour": row.groupcolour or "",
         "discountpercent": plain(row.discountpercent or ZERO), "susptermexempt": row.susptermexempt or "",
         "separateinvoices": row.separateinvoices}
        for row in rows
    ]  # fmt: skip
    return {"totalresults": len(found), "groups": {"group": found}}


@action("GetClients", "Client")
def get_clients(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List clients."""
    start, limit = values.page()
    with ctx.unit(read=True) as db:
        total, rows = clients.search(
            db, values.text("search"), values.text("status"), values.text("orderby"),
            values.text("sorting").upper() == "DESC", start, limit,
        )  # fmt: skip
    names = ("id", "firstname", "lastname", "companyname", "email")
    found = [
        {name: getattr(row, name) for name in names}
        | {"datecreated": day_text(row.datecreated), "groupid": row.groupid, "status": row.status}
        for row in rows
    ]
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "clients": {"client": found}}


@action("GetClientsDetails", "Client")
def get_clients_details(ctx: Ctx, values: Values) -> dict[str, Any]:
    """One client's details, with `stats` on demand."""
    if not values.has("clientid") and not values.has("email"):
        raise ApiError("Either clientid Or email Is Required")
    with ctx.unit(read=True) as db:
        client = clients.find(db, values.number("clientid"), values.text("email"))
        if client is None:
            raise ApiError("Client Not Found")
        answer: dict[str, Any] = {"client": clients.details(db, client)}
        if values.flag("stats"):
            answer["stats"] = stats.of_client(db, client)
    return answer


@action("GetClientsProducts", "Client")
def get_clients_products(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List client services; the filters are echoed, null where not given."""
    start, limit = values.page()
    echo: dict[str, Any] = {
        name: values.number(name) if values.has(name) else None for name in ("clientid", "serviceid", "pid")
    }
    echo["domain"] = values.text("domain") or None
    with ctx.unit(read=True) as db:
        total, rows = find_services(db, **echo, username=values.text("username2"), start=start, limit=limit)
        products = [service_details(db, row) for row in rows]
    return {
        **echo, "totalresults": total, "startnumber": start, "numreturned": len(products), "products": {"product": products},
    }  # fmt: skip


@action("CreateSsoToken", "Authentication")
def create_sso_token(ctx: Ctx, values: Values) -> dict[str, Any]:
    """A one-time token that signs a client's owner, or the named user, in to the client area."""
    client_id, user_id = values.number("client_id"), values.number("user_id")
    if not client_id and not user_id:
        raise ApiError("A valid client_id or user_id is required")
    with ctx.unit() as db:
        client = db.get(Client, client_id) if client_id else None
        if client_id and client is None:
            raise ApiError("Invalid client_id")
        user = db.get(User, user_id) if user_id else users.owner_of(db, client_id)
        if user is None:
            raise ApiError("Invalid user_id" if user_id else "Token could not be provisioned: the client has no user")
        if client is None:
            client = next(iter(users.clients_of(db, user)), None)
        elif not users.may_act_for(db, user.id, client.id):
            raise ApiError("Invalid user_id for client")
        if client is not None and (client.status == "Closed" or not client.allow_sso):
            raise ApiError(f"SSO authentication blocked for client {client.id}")
        try:
            token = sso.create(
                db, user, client, values.text("destination"), service_id=values.number("service_id"),
                domain_id=values.number("domain_id"), path=values.text("sso_redirect_path"),
            )  # fmt: skip
        except accounts.Invalid as failure:
            raise ApiError(failure.errors[0]) from None
        url = f"{settings.system_url(db)}oauth/singlesignon.php?access_token={token}"
    return {"access_token": token, "redirect_url": url}
