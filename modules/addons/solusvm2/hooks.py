"""Menus, the home panel, the daily work, and what follows from changes in the host. Loaded while the module is active."""

from typing import Any

from modulehost import sdk

from . import clientpages, connection, events, jobs, people, timeline, usage
from .facts import LINK, PAGE_SECONDS, POSTPAY, PREPAY
from .problems import NotConnected, Problem
from .words import say

_ADDRESS = f"/{LINK}"


def navbar(menu: Any) -> None:
    """*Cloud Hosting*: its own entry for visitors, under *Website & Security* for customers, while post-pay (or pre-pay) is enabled."""
    if not clientpages.modes():
        return
    item = {"label": sdk.escape(say("cloudhosting")), "uri": _ADDRESS, "order": 35}
    if sdk.current_client() is None:
        menu.addChild("Cloud Hosting", item)
        return
    parent = menu.getChild("Website Security")
    if parent is None:
        parent = menu.addChild(
            "Website Security", {"label": sdk.escape(say("websitesecurity")), "uri": "#", "order": 45}
        )
    parent.addChild("Cloud Hosting", item)


def panels(menu: Any) -> None:
    """The card on the client's home page."""
    client = sdk.current_client()
    if client is None or not clientpages.modes():
        return
    mine = people.row(int(client["id"]))
    ready = mine is not None and mine.user
    words = ("panelready", "login") if ready else ("panelnew", "learnmore")
    body = sdk.render("templates/post-pay/home-panel.tpl", text=say(words[0]), button=say(words[1]), link=_ADDRESS,
                      token=sdk.csrf() if ready else "")  # fmt: skip
    menu.addChild(
        "SolusVM 2", {"label": sdk.escape(say("cloudhosting")), "icon": "fa-cloud", "order": 150, "bodyHtml": body}
    )


def daily(arguments: dict[str, Any]) -> None:
    jobs.daily()


def after_run(arguments: dict[str, Any]) -> None:
    jobs.left_over()


def invoice_changed(arguments: dict[str, Any]) -> None:
    """A usage invoice was paid, cancelled, refunded or opened again: its client may be free now, or not any more."""
    invoice = int(arguments["invoiceid"])
    client = usage.client_of(invoice)
    mine = people.row(client) if client else None
    if mine is None or not mine.user or mine.mode != POSTPAY:
        return
    try:
        jobs.attempt(connection.panel(PAGE_SECONDS), mine)
    except NotConnected:
        return


def paid(arguments: dict[str, Any]) -> None:
    invoice = int(arguments["invoiceid"])
    if client := usage.client_of(invoice):
        events.note(client, "paid", f"Invoice #{invoice} paid", invoice=invoice)
    else:
        topped_up(arguments)
    invoice_changed(arguments)


def topped_up(arguments: dict[str, Any]) -> None:
    """Any paid invoice of a pre-pay client may have added to its credit."""
    answer = sdk.localAPI("GetInvoice", {"invoiceid": int(arguments["invoiceid"])})
    mine = people.row(int(answer["userid"])) if answer.get("result") == "success" else None
    if mine is not None and mine.user and mine.mode == PREPAY and mine.applied:
        try:
            jobs.attempt(connection.panel(PAGE_SECONDS), mine)
        except NotConnected:
            return


def reminded(arguments: dict[str, Any]) -> None:
    """A reminder or an overdue notice was mailed."""
    invoice, kind = int(arguments["invoiceid"]), str(arguments.get("type", ""))
    if client := usage.client_of(invoice):
        told = {"reminder": "Payment reminder", "firstoverdue": "First overdue notice", "secondoverdue": "Second overdue notice",
                "thirdoverdue": "Third overdue notice"}.get(kind, kind)  # fmt: skip
        events.note(client, "reminder", told, mark=f"{client}:reminder:{invoice}:{kind}", invoice=invoice)


def client_changed(arguments: dict[str, Any]) -> None:
    """The client's address follows into SolusVM 2."""
    client, email = int(arguments.get("userid") or 0), str(arguments.get("email") or "")
    if not client or not email:
        return
    try:
        people.change_address(client, email)
    except Problem as problem:
        people.change(client, problem=f"address not changed in SolusVM 2: {problem}")
        sdk.logActivity(f"SolusVM 2: the client's new address was not taken over: {problem}", client)


def check_address(arguments: dict[str, Any]) -> str | None:
    """Refuse an address that another user of SolusVM 2 has, before the host takes it."""
    client, email = sdk.current_client(), str(arguments.get("email") or "")
    if client is None or not email:
        return None
    try:
        return None if people.is_free(int(client["id"]), email, PAGE_SECONDS) else say("addresstaken")
    except Problem:
        return None  # it is tried when the change is carried over, and told to staff if that fails


def summary(arguments: dict[str, Any]) -> str:
    """The timeline on the client's page in the admin area."""
    client = int(arguments.get("userid") or 0)
    return timeline.card(client) if client and people.row(client) is not None else ""


sdk.add_hook("ClientAreaPrimaryNavbar", 1, navbar)
sdk.add_hook("ClientAreaHomepagePanels", 1, panels)
sdk.add_hook("DailyCronJob", 1, daily)
sdk.add_hook("AfterCronJob", 1, after_run)
sdk.add_hook("InvoicePaid", 1, paid)
for _point in ("InvoiceCancelled", "InvoiceRefunded", "InvoiceUnpaid"):
    sdk.add_hook(_point, 1, invoice_changed)
sdk.add_hook("InvoicePaymentReminder", 1, reminded)
sdk.add_hook("ClientEdit", 1, client_changed)
sdk.add_hook("ClientDetailsValidation", 1, check_address)
sdk.add_hook("AdminAreaClientSummaryPage", 1, summary)
