"""A small store for tests: what is on sale, a module that shows every kind of client output, and a browser that signs in."""

import html
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from modulehost.billing.catalog import fields, groups, options, products
from modulehost.context import Ctx
from modulehost.money import default_currency
from tests.support.hosts import CLIENT

MODULE = """
from typing import Any

def shopdemo_MetaData() -> dict[str, Any]:
    return {"DisplayName": "Shop Demo", "APIVersion": "1.1"}

def shopdemo_ConfigOptions(params: Any = None) -> dict[str, Any]:
    return {"Plan": {"Type": "text"}}

def shopdemo_CreateAccount(params: dict[str, Any]) -> str:
    return "success"

def shopdemo_ChangePassword(params: dict[str, Any]) -> str:
    return "The vendor said no" if params["password"] == "refuse-me" else "success"

def shopdemo_ClientAreaCustomButtonArray(params: Any = None) -> dict[str, str]:
    return {"Restart Server": "restart", "Always Fails": "fails"}

def shopdemo_ClientAreaAllowedFunctions(params: Any = None) -> list[str]:
    return ["report"]

def shopdemo_restart(params: dict[str, Any]) -> str:
    return "success"

def shopdemo_fails(params: dict[str, Any]) -> str:
    return "Disk <b>full</b>"

def shopdemo_report(params: dict[str, Any]) -> dict[str, Any]:
    return {"templatefile": "report", "breadcrumb": {"#": "Report"}, "vars": {"count": 7}}

def shopdemo_secret(params: dict[str, Any]) -> str:
    return "success"

def shopdemo_ClientArea(params: dict[str, Any]) -> dict[str, Any]:
    return {
        "tabOverviewModuleOutputTemplate": "overview.tpl",
        "templateVariables": {"panel": "<em>Panel</em>", "owner": params["clientsdetails"]["firstname"]},
    }
"""
OVERVIEW = '<p class="demo">{$panel} for {$owner} on {$domain}, {$product}, {$status}</p>'
REPORT = '<p id="report">{$count} entries for {$clientsdetails.lastname}</p>'


@dataclass
class Shop:
    """Ids of what is on sale."""

    group: int
    hosting: int
    mail: int
    mailboxes: int
    plan: int
    backup: int
    note: int


def stock(ctx: Ctx, module: str = "") -> Shop:
    """Write the store: a plain hosting product with a domain, and mailboxes with every type of option and a field.

    Mail, monthly: 2.00 and 1.00 set-up; mailbox 1.50 each (1 to 50); plan Small 0.00 or Large 4.00; backup 3.00.
    """
    with ctx.unit() as db:
        usd = default_currency(db).id
        group = groups.create(
            db, {"name": "Mail & Hosting", "headline": "Everything your team needs", "tagline": "Ready in minutes"}
        )
        hosting = products.create(
            db,
            {"name": "Site Hosting", "gid": group.id, "type": "hostingaccount", "paytype": "recurring", "showdomainoptions": 1,
             "servertype": module, "description": "Disk: 10 GB\nTraffic: unmetered\nA quiet place for your site.",
             "pricing": {usd: {"monthly": "4.00", "annually": "40.00"}}},
        )  # fmt: skip
        mail = products.create(
            db,
            {"name": "Team Mail", "gid": group.id, "type": "other", "paytype": "recurring", "servertype": module,
             "description": "Mailboxes under your own name.",
             "pricing": {usd: {"monthly": "2.00", "msetupfee": "1.00", "annually": "20.00", "asetupfee": "0.00"}}},
        )  # fmt: skip
        made = options.save_group(db, {"name": "Mail options", "productlinks": [mail.id]})

        def option(name: str, kind: int, choices: list[tuple[str, str, str]], **more: Any) -> int:
            row = None
            for choice, monthly, yearly in choices:
                key = f"price[{usd}][new]"
                data = {"configoptionname": name, "configoptiontype": kind, "addoptionname": choice,
                        f"{key}[monthly]": monthly, f"{key}[annually]": yearly, **more}  # fmt: skip
                row = options.save_option(db, data, made.id, row)
            assert row is not None
            return row.id

        boxes = option("mailboxes|Mailboxes", 4, [("Mailbox", "1.50", "15.00")], qtyminimum="1", qtymaximum="50")
        plan = option("plan|Plan", 2, [("small|Small", "0.00", "0.00"), ("large|Large", "4.00", "40.00")])
        backup = option("backup|Backup", 3, [("Daily backup", "3.00", "30.00")])
        note = fields.save(
            db, mail, {"fieldname": "contact|Contact person", "fieldtype": "text", "required": "on", "showorder": "on"}
        )
        return Shop(group.id, hosting.id, mail.id, boxes, plan, backup, note.id)


def token(page: TestResponse | str) -> str:
    """The token of the first form or of the page's head."""
    text = page if isinstance(page, str) else page.text
    found = re.search(r'data-csrf="([^"]+)"|name="token" value="([^"]+)"', text)
    assert found, "the page carries no token"
    return found[1] or found[2]


def nonce(page: TestResponse) -> str:
    """The one-time value of a form."""
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found, "the page carries no nonce"
    return found[1]


def post(web: FlaskClient, address: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
    """POST with the session's token."""
    with web.session_transaction() as session:
        session.setdefault("token", "test-token")
        known = session["token"]
    return web.post(address, data={"token": known, **(data or {})}, **more)


def sign_in(web: FlaskClient, email: str = CLIENT["email"], password: str = CLIENT["password"]) -> TestResponse:
    """Sign in through the form."""
    return post(web, "/login", {"username": email, "password": password})


def words(page: TestResponse) -> str:
    """What people read: text without tags, blanks run together."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
