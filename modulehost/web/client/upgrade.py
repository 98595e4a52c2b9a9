"""upgrade.php: another product or cycle, or other options, in steps: choose, check, order."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import gateways, pricing, promotions, upgrades
from modulehost.billing.cycles import CycleError, cycle
from modulehost.billing.options import options_of_service
from modulehost.language import Phrase
from modulehost.money import currency_of
from modulehost.ordering import upgrades as orders
from modulehost.ordering.fields import as_ids
from modulehost.ordering.upgrades import UpgradeRefused, UpgradeRequest, checks
from modulehost.ordering.upgrades.completing import credits_downgrades
from modulehost.schema import Client, Currency, Product, ProductGroup, Service
from modulehost.themes import Page
from modulehost.themes.menus import service_sidebar
from modulehost.web import frame
from modulehost.web.client.configure import option_variables
from modulehost.web.client.show import (
    array,
    blueprint,
    errors_html,
    flash,
    language,
    nonce,
    not_found,
    number,
    price,
    say,
    show,
    to,
    worded,
)


@blueprint.route("/upgrade.php", methods=["GET", "POST"])
@frame.signed_in
def upgrade() -> Any:
    """`type` package or configoptions, `id` the service. POST `step` 2 shows the sum, `step` 3 orders."""
    ctx, kind = frame.ctx(), request.values.get("type", upgrades.PACKAGE)
    with ctx.unit(read=True) as db:
        service = db.get(Service, number("id"))
        product = db.get(Product, service.packageid) if service else None
    mine = service is not None and service.userid == frame.client_id()
    if service is None or product is None or not mine or kind not in (upgrades.PACKAGE, upgrades.CONFIGOPTIONS):
        return not_found()
    if request.method != "POST" or request.form.get("step") not in ("2", "3"):
        return _choose(service, product, kind)
    try:
        wanted = _request(service, kind)
        if request.form["step"] == "3" and "validatepromo" not in request.form and "removepromo" not in request.form:
            try:
                return _order(service, wanted)
            except UpgradeRefused:
                if not wanted.promocode:
                    raise  # else the summary says whether it was the code, or raises again
        return summary(service, product, wanted)
    except UpgradeRefused as refused:
        return _choose(service, product, kind, refused.errors)


def _request(service: Service, kind: str) -> UpgradeRequest:
    actor = frame.client_actor()
    assert actor is not None, "the page is for signed-in clients"
    try:
        options: Mapping[int, Any] = as_ids(array("configoption", request.form)) if kind == upgrades.CONFIGOPTIONS else {}
    except ValueError:
        raise UpgradeRefused([Phrase("host.error.formInvalid", product=say("upgradedowngradeconfigoptions"))]) from None
    return UpgradeRequest(
        service.id, kind, pid=number("pid"), billingcycle=request.form.get("billingcycle", "")[:30], options=options,
        paymentmethod=request.form.get("paymentmethod", "")[:64], ip=request.remote_addr or "", requestor_id=actor.user_id,
        promocode="" if "removepromo" in request.form else request.form.get("promocode", "").strip()[:64],
    )  # fmt: skip


def _order(service: Service, wanted: UpgradeRequest) -> Any:
    with frame.ctx().unit(read=True) as db:
        offered = {one.module for one in gateways.active(db) if one.visible}
    if wanted.paymentmethod and wanted.paymentmethod not in offered:
        raise UpgradeRefused([say("host.chooseGateway")])
    placed = orders.place(frame.ctx(), wanted, request_key=request.form.get("nonce", "")[:64] or None)
    if placed.invoice_id:
        return to(f"/viewinvoice.php?id={placed.invoice_id}")
    flash("success", say("host.upgradeDone"))
    return to(f"/clientarea.php?action=productdetails&id={service.id}")


# --- step 1 ----------------------------------------------------------------------------------------------------------


def _choose(service: Service, product: Product, kind: str, errors: list[str] | None = None) -> Any:
    package = kind == upgrades.PACKAGE
    with frame.ctx().unit(read=True) as db:
        reason = checks.refusal(db, service, kind)
        currency = currency_of(db, db.get(Client, service.userid))
        variables = {
            **_head(db, service, product, kind), "errormessage": errors_html(errors or []) if errors and not reason else "",
            "overdueinvoice": reason == checks.UNPAID, "existingupgradeinvoice": reason == checks.PENDING,
            "upgradenotavailable": reason in (checks.NOT_ACTIVE, checks.NOT_OFFERED), "upgradeinvalid": False,
            "upgradeinvaliderror": "", "unpaidinvoice": checks.unpaid_invoice(db, service.id),
            "notactive": reason == checks.NOT_ACTIVE,
            "upgradepackages": packages(db, service, product, currency) if package and not reason else [],
            "configoptions": _options(db, service, product, currency) if not package and not reason else [],
            "recurringamount": money.formatted(service.amount, currency),
        }  # fmt: skip
    return show(page_of("upgrade", service, product, variables, kind), 400 if errors else 200)


def packages(db: Session, service: Service, product: Product, currency: Currency) -> list[dict[str, Any]]:
    """What the service may become, each with its cycles and what is due today (`$upgradepackages`)."""
    found = []
    for target in upgrades.targets(db, product):
        group = db.get(ProductGroup, target.gid)
        choices = _cycles(db, service, target, currency)
        if not choices:
            continue
        shown: dict[str, Any] = {"type": target.paytype, "minprice": choices[0]}
        shown |= {one["key"]: one["text"] for one in choices}
        found.append({"pid": target.id, "productname": target.name, "groupname": group.name if group else "",
                      "description": target.description, "pricing": shown, "cycles": choices,
                      "current": target.id == product.id})  # fmt: skip
    return found


def _cycles(db: Session, service: Service, target: Product, currency: Currency) -> list[dict[str, Any]]:
    """The cycles in which the target can be had, each with what is due today."""
    found = []
    for one in pricing.cycles_of(db, target, currency):
        try:
            change = upgrades.package(db, service, target, one, currency)
        except (upgrades.NotChanged, pricing.NotOffered, CycleError):
            continue
        label, cost = say(f"orderpaymentterm{one.key}"), money.formatted(change.recurring if one.recurs else change.charge, currency)
        found.append({"key": one.key, "label": label, "price": cost, "text": f"{cost} {label}",
                      "today": _today(db, change.amount, currency)})  # fmt: skip
    return found


def _today(db: Session, due: Decimal, currency: Currency) -> str:
    if due > 0:
        return say("host.upgradeToday", price=money.formatted(due, currency))
    if due < 0 and credits_downgrades(db):
        return say("host.upgradeCreditToday", price=money.formatted(-due, currency))
    return say("host.upgradeNothingToday")


def _options(db: Session, service: Service, product: Product, currency: Currency) -> list[dict[str, Any]]:
    try:
        name = cycle(service.billingcycle)
    except CycleError:
        return []
    has = {one.option.id: one for one in options_of_service(db, service.id, product)}
    posted = array("configoption", request.form)
    found = []
    for option in pricing.options_of(db, product, currency, name):
        one = has.get(option.id)
        now = str(one.qty if option.counts else one.choice.id) if one else str(option.default)
        shown = option_variables(option, posted.get(str(option.id), now), currency)
        shown["currentvalue"] = one.shown if one else "-"
        found.append(shown)
    return found


# --- step 2 ----------------------------------------------------------------------------------------------------------


def summary(service: Service, product: Product, wanted: UpgradeRequest) -> Any:
    """The page with the price of what was chosen, from which it is ordered. Raises UpgradeRefused."""
    ctx, promoerror = frame.ctx(), ""
    try:
        offer = orders.offer(ctx, wanted)
    except UpgradeRefused as refused:
        if not wanted.promocode:
            raise
        promoerror = worded(str(refused))
        wanted = replace(wanted, promocode="")
        offer = orders.offer(ctx, wanted)
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, service.userid)
        currency = currency_of(db, client)
        methods = [one for one in gateways.active(db) if one.visible]
        names = [one.module for one in methods]
        chosen = next((one for one in (wanted.paymentmethod, service.paymentmethod, client.defaultgateway) if one in names), "")
        lines = [_line(db, change, service, product, currency) for change in offer.changes]
        last = offer.changes[-1]
        found = promotions.find(db, wanted.promocode) if wanted.promocode else None
        variables = {
            **_head(db, service, product, wanted.kind), "upgrades": lines, "pid": wanted.pid,
            "billingcycle": last.cycle.key, "configoptions": {str(k): str(v) for k, v in wanted.options.items()},
            "subtotal": price(offer.subtotal, currency), "discount": price(offer.discount, currency) if offer.discount else "",
            "tax": price(offer.tax.tax, currency) if offer.tax.tax else "", "taxname": say("invoicestaxname"), "taxrate": "",
            "tax2": price(offer.tax.tax2, currency) if offer.tax.tax2 else "", "taxname2": say("invoicestaxname"), "taxrate2": "",
            "total": price(offer.total, currency), "rawtotal": offer.total, "promocode": wanted.promocode, "promoerror": promoerror,
            "promodesc": promotions.describe_upgrade(db, found, currency) if found else "", "promorecurring": "",
            "credited": money.formatted(offer.credited, currency) if offer.credited else "",
            "newrecurring": money.formatted(last.recurring, currency) if last.cycle.recurs else "",
            "newcycle": say(f"orderpaymentterm{last.cycle.key}"), "daysleft": last.days, "totaldays": last.total,
            "gateways": [{"sysname": one.module, "name": one.displayname} for one in methods],
            "allowgatewayselection": offer.total > 0, "selectedgateway": chosen or (names[0] if names else ""), "nonce": nonce(),
        }  # fmt: skip
    return show(page_of("upgradesummary", service, product, variables, wanted.kind), 400 if promoerror else 200)


def _line(db: Session, change: upgrades.Change, service: Service, product: Product, currency: Currency) -> dict[str, Any]:
    cost = price(change.amount, currency)
    if change.kind == upgrades.CONFIGOPTIONS:
        label, _, values = change.shown.partition(": ")
        before, _, after = values.partition(" => ")
        return {"configname": label, "originalvalue": before, "newvalue": after, "price": cost}
    new = db.get_one(Product, int(change.new.partition(",")[0]))
    return {
        "oldproductid": service.packageid, "oldproductname": product.name, "newproductid": new.id, "newproductname": new.name,
        "daysuntilrenewal": change.days, "totaldays": change.total, "newproductbillingcycle": change.cycle.key,
        "newproductbillingcyclefriendly": say(f"orderpaymentterm{change.cycle.key}"), "price": cost,
    }  # fmt: skip


def _head(db: Session, service: Service, product: Product, kind: str) -> dict[str, Any]:
    group = db.get(ProductGroup, product.gid)
    return {
        "id": service.id, "type": kind, "productname": product.name, "groupname": group.name if group else "",
        "domain": service.domain,
    }  # fmt: skip


def page_of(template: str, service: Service, product: Product, variables: dict[str, Any], kind: str) -> Page:
    """A page of the upgrade, with its title, way and sidebar."""
    title = say("upgradedowngradepackage" if kind == upgrades.PACKAGE else "upgradedowngradeconfigoptions")
    page = Page(template, title, variables, hook="Upgrade")
    page.crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        ("/clientarea.php?action=services", say("clientareaproducts")),
        (f"/clientarea.php?action=productdetails&id={service.id}", product.name),
        ("", title),
    ]
    page.primary = service_sidebar(language(), service.id, [], False, True)
    return page
