"""The front page, and /clientarea.php with its actions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from markupsafe import Markup
from sqlalchemy import select

from modulehost import hooks
from modulehost.money import currency_of
from modulehost.schema import Client, Product, ProductGroup, Service
from modulehost.themes import Item, Page
from modulehost.themes.encode import text
from modulehost.themes.menus import report
from modulehost.themes.objects import Record
from modulehost.themes.stats import stats
from modulehost.themes.variables import group_path, product_groups
from modulehost.web import frame
from modulehost.web.client import account, addons, cancel, contacts, details, funds, invoices, missing, services, signon
from modulehost.web.client.parts import Part
from modulehost.web.client.show import blueprint, say, show

#: action of /clientarea.php -> view
ACTIONS: dict[str, Callable[[], Any]] = {
    "services": services.listing,
    "products": services.listing,
    "productdetails": details.product,
    "cancel": cancel.cancel,
    "invoices": invoices.listing,
    "masspay": funds.mass_pay,
    "addfunds": funds.add_funds,
    "creditcard": lambda: redirect("/account/paymentmethods", 303),
    "details": account.details,
    "contacts": contacts.listing,
    "security": lambda: redirect("/user/security", 303),
    "emails": account.emails,
    "changepw": account.password,
}


@blueprint.get("/")
@blueprint.route("/index.php", methods=["GET", "POST"])
def front() -> Any:
    """The front page. `?rp=/path` is the form of friendly addresses without rewriting."""
    wanted = request.args.get("rp", "")
    if wanted.startswith("/") and not wanted.startswith("//"):
        rest = {k: v for k, v in request.args.items() if k != "rp"}
        return redirect(frame.local_target(wanted + (f"?{urlencode(rest)}" if rest else ""), "/"))
    if "m" in request.args:
        return addons.page(request.args["m"])
    with frame.ctx().unit(read=True) as db:
        found = product_groups(db)
        rows = {
            row.id: row
            for row in db.scalars(select(ProductGroup).where(ProductGroup.id.in_([one[0] for one in found])))
        }
    groups = [_group(rows[id_]) for id_, _, _ in found]
    variables = {"productGroups": groups, "numberOfDomains": 0}
    return show(Page("homepage", say("globalsystemname"), variables, [("/index.php", say("home"))], full_width=True))


def _group(row: ProductGroup) -> Record:
    data = {
        "id": row.id,
        "name": row.name,
        "tagline": row.tagline or "",
        "headline": row.headline or "",
        "slug": row.slug,
    }
    return Record(data, {"getRoutePath": lambda: group_path(row)}, class_name="WHMCS\\Product\\Group")


@blueprint.route("/clientarea.php", methods=["GET", "POST"])
@frame.signed_in
def clientarea() -> Any:
    """The client area's pages by `action`."""
    action = request.values.get("action", "")
    view = ACTIONS.get(action) if action and action != "home" else dashboard
    return view() if view else missing.not_part(f"clientarea.php?action={action[:60]}")


def dashboard() -> Any:
    """The overview with its panels."""
    ctx = frame.ctx()
    panels = _panels()
    results = hooks.fire(ctx, "ClientAreaHomepagePanels", panels)
    blocks = hooks.fire(ctx, "ClientAreaHomepage")
    report(
        ctx,
        [("ClientAreaHomepagePanels", r) for r in results if r.error]
        + [("ClientAreaHomepage", r) for r in blocks if r.error],
    )
    html = [Markup(str(value)) for value in hooks.values(blocks)]  # noqa: S704 - hooks return HTML
    return show(
        Page(
            "clientareahome",
            say("clientareatitle"),
            {"panels": panels, "addons_html": html},
            [("/index.php", say("home")), ("/clientarea.php", say("clientareatitle"))],
            display_title=f"{say('hello')}, {_first_name()}",
            hook="Home",
        )
    )


def _first_name() -> str:
    with frame.ctx().unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
    return client.firstname or client.companyname


def _panels() -> Item:
    root = Item("Home Page Panels")
    with frame.ctx().unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        numbers = stats(db, client, currency_of(db, client))
        rows = db.execute(
            select(Service, Product.name)
            .join(Product, Product.id == Service.packageid)
            .where(Service.userid == client.id, Service.domainstatus.in_(("Active", "Suspended", "Pending")))
            .order_by(Service.domainstatus, Service.id)
            .limit(10)
        ).all()
    for name, key, count, amount, color in (
        (
            "Overdue Invoices",
            "overdueInvoices",
            numbers["numoverdueinvoices"],
            numbers["overdueinvoicesbalance"],
            "red",
        ),
        ("Unpaid Invoices", "unpaidInvoices", numbers["numunpaidinvoices"], numbers["unpaidinvoicesamount"], "gold"),
    ):
        if count and not (name == "Unpaid Invoices" and numbers["numoverdueinvoices"] == count):
            message = say(f"clientHomePanels.{key}Msg", numberOfInvoices=count, balanceDue=amount)
            extras = {
                "color": color,
                "colspan": True,
                "btn-link": "/clientarea.php?action=invoices",
                "btn-text": say("invoicespaynow"),
            }
            root.addChild(
                name,
                {"label": say(f"clientHomePanels.{key}"), "icon": "fas fa-file-invoice-dollar", "badge": count,
                 "bodyHtml": f"<p>{text(message)}</p>", "extras": extras},
            )  # fmt: skip
    offered = {service.id: signon.actions(Part(service.id)) for service, _ in rows if service.domainstatus == "Active"}
    extras = {"color": "blue", "colspan": True, "btn-link": "/clientarea.php?action=services"}
    extras["btn-text"] = say("clientHomePanels.viewAllServices")
    panel = root.addChild(
        "Active Products/Services",
        {"label": say("clientHomePanels.activeProductsServices"), "icon": "fas fa-cube", "extras": extras},
    )
    for service, product in rows:
        status = text(say(f"clientarea{service.domainstatus.lower()}"))
        label = text(product) + (f" <small>{text(service.domain)}</small>" if service.domain else "")
        panel.addChild(
            f"Service {service.id}",
            {"label": label, "uri": f"/clientarea.php?action=productdetails&id={service.id}",
             "extras": {"customActions": [signon.attributes(Part(service.id), one) for one in offered.get(service.id, [])]},
             "badge": f'<span class="status status-{text(service.domainstatus.lower())}">{status}</span>'},
        )  # fmt: skip
    if not rows:
        link = f'<a href="/cart.php">{text(say("navservicesorder"))}</a>'
        panel.setBodyHtml(f"<p>{text(say('clientHomePanels.activeProductsServicesNone'))} {link}</p>")
    return root
