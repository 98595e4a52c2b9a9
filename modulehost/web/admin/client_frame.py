"""What all pages of a client share: the name at the top and the tabs."""

from typing import Any

from werkzeug.wrappers import Response

from modulehost.schema import Client
from modulehost.web import frame
from modulehost.web.admin.site import client_name, number, page, row_or_404

#: tab -> (label, address, permission)
TABS = {
    "summary": ("Summary", "clientssummary.php", "View Clients Summary"),
    "profile": ("Profile", "clientsprofile.php", "Edit Clients Details"),
    "users": ("Users", "clientsusers.php", "View Clients Summary"),
    "contacts": ("Contacts", "clientscontacts.php", "View Clients Summary"),
    "services": ("Products/Services", "clientsservices.php", "View Clients Products/Services"),
    "invoices": ("Invoices", "clientsinvoices.php", "List Invoices"),
    "transactions": ("Transactions", "clientstransactions.php", "List Transactions"),
    "credits": ("Credit", "clientscredits.php", "View Credit Log"),
    "paymethods": ("Pay Methods", "clientspaymethods.php", "View Credit Card Details"),
    "emails": ("Emails", "clientsemails.php", "View Email Message Log"),
    "log": ("Log", "clientslog.php", "View Activity Log"),
}


def client_of() -> Client:
    """The client that the address means, by `userid` or `id`; a 404 page without one."""
    with frame.ctx().unit(read=True) as db:
        return row_or_404(db, Client, number("userid") or number("id"), "Client")


def client_page(template: str, client: Client, tab: str, **variables: Any) -> Response:
    """A page of a client's profile."""
    title = f"{client_name(client)} - {TABS[tab][0]}"
    return page(template, title, client=client, tab=tab, client_tabs=TABS, menu_url="/admin/clients.php", **variables)
