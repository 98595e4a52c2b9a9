"""Which page and which action of the client area needs which permission of the signed-in user: one table for all of them.

The check stands before every view (show.py). What the table does not name is the owner's alone, so a page that was forgotten is
closed to other users; a test walks all addresses and asks for its line. Guests and staff acting as the client pass: views
send guests to the sign-in, and staff may what the owner may.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from modulehost.accounts.userpermissions import OWNER
from modulehost.web import frame

ANYBODY = ""
#: path -> permission; one that ends in a slash stands for all below it
PATHS = {
    "/": ANYBODY, "/index.php": ANYBODY, "/store": ANYBODY, "/store/": ANYBODY, "/cart.php": ANYBODY, "/cart": ANYBODY, "/cart/": ANYBODY,
    "/login": ANYBODY, "/login/": ANYBODY, "/login.php": ANYBODY, "/dologin.php": ANYBODY, "/logout.php": ANYBODY, "/register.php": ANYBODY,
    "/password/": ANYBODY, "/pwreset.php": ANYBODY, "/oauth/": ANYBODY, "/user/": ANYBODY, "/invite/": ANYBODY, "/dismiss": ANYBODY,
    "/dismiss/": ANYBODY, "/account/security": ANYBODY, "/account/security/": ANYBODY, "/templates/": ANYBODY, "/modules/": ANYBODY,
    "/assets/": ANYBODY, "/announcements": ANYBODY, "/announcements/": ANYBODY, "/announcements.php": ANYBODY, "/knowledgebase": ANYBODY,
    "/knowledgebase/": ANYBODY, "/knowledgebase.php": ANYBODY, "/download": ANYBODY, "/download/": ANYBODY, "/downloads.php": ANYBODY,
    "/serverstatus.php": ANYBODY, "/networkissues.php": ANYBODY, "/contact.php": ANYBODY, "/domainchecker.php": ANYBODY,
    "/domain": ANYBODY, "/domain/": ANYBODY, "/whois.php": ANYBODY, "/aff.php": ANYBODY, "/link.php": ANYBODY, "/unsubscribe.php": ANYBODY,
    "/dl.php": ANYBODY, "/clientarea.php": ANYBODY,
    "/viewinvoice.php": "invoices", "/invoice/": "invoices", "/creditcard.php": "invoices", "/masspay.php": "invoices",
    "/account/paymentmethods": "invoices",
    "/account/paymentmethods/": "invoices", "/viewquote.php": "quotes", "/viewemail.php": "emails",
    "/supporttickets.php": "tickets", "/submitticket.php": "tickets", "/viewticket.php": "tickets", "/affiliates.php": "affiliates",
    "/upgrade.php": "orders", "/upgrade": "orders", "/upgrade/": "orders", "/service": "orders", "/service/": "orders",
    "/configuressl.php": "manageproducts", "/account/contacts": "contacts", "/account/contacts/": "contacts",
    "/account/users": OWNER, "/account/users/": OWNER, "/account": OWNER, "/account/": OWNER, "/favicon.ico": ANYBODY,
}  # fmt: skip
#: action of /clientarea.php -> permission
ACTIONS = {
    "": ANYBODY, "home": ANYBODY, "changepw": ANYBODY, "security": ANYBODY, "kbsearch": ANYBODY,
    "details": "profile", "contacts": "contacts",
    "services": "products", "products": "products", "productdetails": "products", "cancel": "orders", "invoices": "invoices",
    "addfunds": "invoices", "masspay": "invoices", "creditcard": "invoices", "quotes": "quotes", "emails": "emails",
    "domains": "domains", "domaindetails": "domains", "domaincontacts": "managedomains", "domaindns": "managedomains",
    "domainemailforwarding": "managedomains", "domainregisterns": "managedomains", "domaingetepp": "managedomains",
    "domainaddons": "managedomains", "bulkdomain": "managedomains",
}  # fmt: skip
#: (page, field, its value or any) -> the further permission of what the field asks for
DEEDS = (
    ("/clientarea.php?productdetails", "dosinglesignon", None, "productsso"),
    ("/clientarea.php?productdetails", "modop", None, "manageproducts"),
    ("/clientarea.php?productdetails", "modulechangepassword", None, "manageproducts"),
    ("/clientarea.php?domaindetails", "modop", None, "managedomains"),
    ("/clientarea.php?domaindetails", "sub", None, "managedomains"),
    ("/cart.php", "gid", "addons", "products"),
    ("/cart.php", "aid", None, "products"),
    ("/cart.php", "checkout", None, "orders"),
    ("/cart.php", "submit", None, "orders"),
    ("/dl.php", "type", "i", "invoices"),
    ("/dl.php", "type", "q", "quotes"),
    ("/dl.php", "type", "a", "tickets"),
    ("/dl.php", "type", "ar", "tickets"),
)


def listed(path: str) -> bool:
    """Whether the table has a line for a path."""
    return _line(path) is not None


def needed(path: str, values: Mapping[str, str]) -> set[str]:
    """The permissions that a request needs; `values` are its query and form."""
    line = _line(path)
    found = {OWNER if line is None else line}
    page = path
    if path == "/clientarea.php":
        action = values.get("action", "")
        found.add(ACTIONS.get(action, OWNER))
        page = f"{path}?{action}"
    for where, name, value, permission in DEEDS:
        if where == page and values.get(name) and (value is None or values[name] == value):
            found.add(permission)
    return found - {ANYBODY}


def may_open(address: str) -> bool:
    """Whether the signed-in user may follow a link of a menu; what leads elsewhere is not ours to judge."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/"):
        return True
    return not listed(parts.path) or needed(parts.path, dict(parse_qsl(parts.query))) <= frame.held()


def _line(path: str) -> str | None:
    if path in PATHS:
        return PATHS[path]
    while "/" in path.rstrip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if path != "/" and path in PATHS:
            return PATHS[path]
    return None
