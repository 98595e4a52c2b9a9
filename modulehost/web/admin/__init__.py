"""The admin area: server-rendered pages under /admin, at the public addresses that modules link to.

site.py holds the blueprint and how a page is rendered, menu.py the menu; every other file is one subject's pages.
"""

from flask import Flask

from modulehost.web.admin import (
    addons,
    cancelrequests,
    clientclosing,
    clientcontacts,
    clientfields,
    clientgroups,
    clients,
    clientusers,
    credentials,
    credits,
    currencies,
    emailtemplates,
    gateways,
    general,
    home,
    hooks,
    invoices,
    login,
    logs,
    modulecalls,
    myaccount,
    options,
    orders,
    ordersadd,
    productaddons,
    products,
    promotions,
    queue,
    search,
    securityquestions,
    sendmessage,
    servers,
    services,
    staff,
    taxes,
    upgrades,
    users,
)
from modulehost.web.admin.site import blueprint

__all__ = [
    "addons",
    "blueprint",
    "cancelrequests",
    "clientclosing",
    "clientcontacts",
    "clientfields",
    "clientgroups",
    "clients",
    "clientusers",
    "credentials",
    "credits",
    "currencies",
    "emailtemplates",
    "gateways",
    "general",
    "home",
    "hooks",
    "invoices",
    "login",
    "logs",
    "modulecalls",
    "myaccount",
    "options",
    "orders",
    "ordersadd",
    "productaddons",
    "products",
    "promotions",
    "queue",
    "register",
    "search",
    "securityquestions",
    "sendmessage",
    "servers",
    "services",
    "staff",
    "taxes",
    "upgrades",
    "users",
]


def register(app: Flask) -> None:
    """Put the admin area onto an application."""
    app.register_blueprint(blueprint)
