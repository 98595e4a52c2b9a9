"""The pages for administrators: the connect screen until there is a connection, then the tabs."""

from collections.abc import Mapping
from typing import Any

from modulehost import sdk

from . import connection, jobs, people, postpay, prepay, prices, timeline, usage
from .facts import LINK, PAGE_SECONDS, TOKENS_PAGE
from .problems import Problem

TABS = {
    "postpay": "Post-Pay",
    "settings": "Settings",
    "customers": "Customers",
    "prepay": "Pre-Pay Credit",
    "retail": "Retail",
}
PAGE_ROWS = 50


def page(link: str) -> str | dict[str, str]:
    """The page asked for, or where to go after a form."""
    request = sdk.request()
    if connection.current() is None:
        return _connect(link) if request.posted else _connect_screen(link)
    tab = request.query.get("tab", "postpay")
    views = {"settings": _settings, "customers": _customers, "prepay": _pre_pay, "retail": _retail}
    shown = views.get(tab, _post_pay)(link, tab if tab in TABS else "postpay")
    if not isinstance(shown, str):
        return shown
    tabs = [
        {"link": f"{link}&tab={key}", "label": label, "here": key == (tab if tab in TABS else "postpay")}
        for key, label in TABS.items()
    ]
    return sdk.render("admin/tabs.tpl", tabs=tabs) + shown


# --- the connection ---------------------------------------------------------------------------------------------------


def _connect_screen(link: str, url: str = "", wrong: str = "") -> str:
    return sdk.render("admin/connect.tpl", link=link, token=sdk.csrf(), url=url, wrong=wrong, where=TOKENS_PAGE)


def _connect(link: str) -> str | dict[str, str]:
    form = sdk.request().form
    try:
        connection.connect(form.get("url", ""), form.get("key", ""))
    except Problem as problem:
        return _connect_screen(link, form.get("url", ""), str(problem))
    sdk.note("success", "Connected", "SolusVM 2 answered, and its billing integration has been set up.")
    return sdk.redirect(link)


# --- post-pay -------------------------------------------------------------------------------------------------------------


def _post_pay(link: str, tab: str) -> str | dict[str, str]:
    request = sdk.request()
    groups, trouble = _groups()
    settings, wrong = postpay.current(), dict[str, str]()
    values: Mapping[str, Any] = {
        "enabled": "on" if settings.enabled else "", "group": str(settings.group or ""), "terms": settings.terms,
        "grace": str(settings.grace), "lock": _text(settings.lock), "suspend": _text(settings.suspend),
    }  # fmt: skip
    if request.posted:
        made, wrong = postpay.check(request.form, groups)
        if trouble:
            wrong.setdefault("group", trouble)
        if not wrong:
            postpay.save(made)
            sdk.note("success", "Changes saved")
            return sdk.redirect(f"{link}&tab=postpay")
        values = request.form
    missing = prices.missing()
    return sdk.render(
        "admin/postpay.tpl", link=f"{link}&tab={tab}", token=sdk.csrf(), values=dict(values), wrong=wrong, groups=groups, trouble=trouble,
        landing=f"{sdk.system_url()}{LINK}", on=settings.enabled, missing=", ".join(missing), prices=f"{link}&tab=settings",
        count=sum(1 for _ in people.enrolled()),
    )  # fmt: skip


def _text(days: int | None) -> str:
    return "" if days is None else str(days)


def _groups() -> tuple[list[dict[str, Any]], str]:
    try:
        return connection.panel(PAGE_SECONDS).limit_groups(), ""
    except Problem as problem:
        return [], f"The limit groups could not be read: {problem}"


# --- settings -------------------------------------------------------------------------------------------------------------


def _settings(link: str, tab: str) -> str | dict[str, str]:
    request, here = sdk.request(), f"{link}&tab={tab}"
    known, wrong, url, refused = prices.known(), dict[int, str](), "", ""
    given: Mapping[str, str] = {f"price{key}": f"{price:.4f}" for key, price in known.items()}
    if request.posted and request.form.get("action") == "connect":
        url = request.form.get("url", "")
        try:
            if not url.strip():
                refused = "Enter the address and the API key, both, also when only one of them changes."
            else:
                connection.connect(url, request.form.get("key", ""))
        except Problem as problem:
            refused = f"{problem} The connection in use has not been changed."
        if not refused:
            sdk.note(
                "success",
                "Connected",
                "The new connection is in use, and the billing integration has been set up again.",
            )
            return sdk.redirect(here)
    elif request.posted:
        given = request.form
        good, wrong = prices.check(given)
        if not wrong:
            prices.save(good)
            sdk.note("success", "Changes saved")
            return sdk.redirect(here)
    rows = [{**one, "name": f"price{one['id']}", "price": given.get(f"price{one['id']}", ""), "wrong": wrong.get(one["id"], "")}
            for one in prices.currencies()]  # fmt: skip
    found = connection.current()
    assert found is not None, "the page shows the connect screen without one"
    return sdk.render(
        "admin/settings.tpl", link=here, token=sdk.csrf(), rows=rows, base=found.base, since=found.since, url=url, refused=refused,
        callback=connection.callback_url(), where=TOKENS_PAGE, missing=", ".join(prices.missing()), on=postpay.current().enabled,
    )  # fmt: skip


# --- customers ------------------------------------------------------------------------------------------------------------


def _customers(link: str, tab: str) -> str | dict[str, str]:
    request, here = sdk.request(), f"{link}&tab={tab}"
    if request.posted:
        return _act(request.form, here)
    wanted = request.query.get("client", "")
    if wanted.isascii() and wanted.isdecimal() and (mine := people.row(int(wanted))) is not None:
        return _customer(mine, here)
    rows = []
    for mine in people.enrolled():
        tokens, money = usage.total(mine.client)
        rows.append({"client": mine.client, "email": mine.email, "user": mine.user, "status": mine.applied or "active", "tokens": tokens,
                     "amount": f"{money:.2f}", "problem": mine.problem, "since": f"{mine.enrolled:%Y-%m-%d}"})  # fmt: skip
    return sdk.render("admin/customers.tpl", link=here, rows=rows)


def _customer(mine: Any, here: str) -> str:
    periods = [{"month": f"{one.start:%Y-%m}", "tokens": one.tokens, "price": f"{one.price:.4f}", "amount": f"{one.amount:.2f}",
                "invoice": one.invoice} for one in usage.periods_of(mine.client)]  # fmt: skip
    head = sdk.render("admin/customer.tpl", link=here, token=sdk.csrf(), client=mine.client, email=mine.email, user=mine.user,
                      status=mine.applied or "active", problem=mine.problem, periods=periods)  # fmt: skip
    return timeline.card(mine.client) + head


def _act(form: Mapping[str, str], here: str) -> dict[str, str]:
    text = form.get("client", "")
    mine = people.row(int(text)) if text.isascii() and text.isdecimal() else None
    if mine is None or not mine.user:
        sdk.note("error", "Not done", "This client has no SolusVM 2 user.")
        return sdk.redirect(here)
    back = f"{here}&client={mine.client}"
    try:
        if form.get("action") == "login":
            return sdk.redirect(people.sign_on(mine.client))
        jobs.turn(connection.panel(), mine)
    except Problem as problem:
        sdk.note("error", "Not done", str(problem))
        return sdk.redirect(back)
    after = people.row(mine.client)
    sdk.note(
        "error" if after.problem else "success",
        "Checked",
        after.problem or "Finished months are billed, and the status is as it ought to be.",
    )
    return sdk.redirect(back)


def _pre_pay(link: str, tab: str) -> str | dict[str, str]:
    request, here = sdk.request(), f"{link}&tab={tab}"
    if not prepay.extension("prepay"):
        return _soon(
            "Pre-Pay Credit", "Customers pay in advance, and usage is drawn from their credit balance as it happens."
        )
    known, wrong = prepay.lows(), dict[str, str]()
    values: Mapping[str, str] = {f"low{key}": f"{amount:.2f}" for key, amount in known.items()}
    enabled = prepay.on()
    if request.posted:
        good, wrong = prepay.check(request.form)
        if not wrong:
            prepay.save(request.form.get("enabled") == "on", good)
            sdk.note("success", "Changes saved")
            return sdk.redirect(here)
        values, enabled = request.form, request.form.get("enabled") == "on"
    rows = [{**one, "name": f"low{one['id']}", "low": values.get(f"low{one['id']}", "0.00"), "wrong": wrong.get(f"low{one['id']}", "")}
            for one in prices.currencies()]  # fmt: skip
    return sdk.render(
        "admin/prepay.tpl", link=here, token=sdk.csrf(), rows=rows, on=enabled, wrong=wrong.get("enabled", "")
    )


def _retail(link: str, tab: str) -> str:
    if not prepay.extension("retail"):
        text = "Virtual servers with a fixed price a month, ordered in the store; customers never need the SolusVM 2 panel."
        return _soon("Retail", text)
    return sdk.render("admin/retail.tpl")


def _soon(title: str, text: str) -> str:
    return sdk.render("admin/soon.tpl", title=title, text=text)
