"""Close Client's Account and Delete Client's Account, each after a question that says what happens."""

from flask import request
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.accounts import Invalid
from modulehost.schema import Client
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_of, client_page
from modulehost.web.admin.site import blueprint, client_name, confirmed, go


def _summary(client: Client) -> str:
    return f"/admin/clientssummary.php?userid={client.id}"


@blueprint.post("/clientsclose.php")
@frame.permission("Edit Clients Details")
def close_client() -> Response:
    """Close the client."""
    client = client_of()
    question = (
        f"Are you sure you want to close the account of {client_name(client)}? Unpaid invoices are cancelled and services end "
        "here; nothing is terminated at the vendors."
    )
    if asked := confirmed(question, _summary(client), "Close Client's Account"):
        return asked
    lifecycle.closing.close(frame.ctx(), client.id)
    frame.note("success", "Client Account Closed", client_name(client))
    return go(_summary(client))


@blueprint.get("/clientsdelete.php")
@frame.permission("Delete Client")
def delete_page() -> Response:
    """What goes with the client, and what else shall."""
    return client_page("client_delete.html", client_of(), "summary")


@blueprint.post("/clientsdelete.php")
@frame.permission("Delete Client")
def delete_client() -> Response:
    """Delete the client."""
    client, form = client_of(), request.form
    question = f"Are you sure you want to delete {client_name(client)} with all services, orders and invoices? This cannot be undone."
    if asked := confirmed(question, _summary(client), "Delete Client's Account"):
        return asked
    try:
        lifecycle.closing.delete_client(frame.ctx(), client.id, users="deleteusers" in form, transactions="deletetransactions" in form)
    except Invalid as error:
        frame.note("error", "The client was not deleted", error.errors[0])
        return go(_summary(client))
    frame.note("success", "Client Deleted", client_name(client))
    return go("/admin/clients.php")
