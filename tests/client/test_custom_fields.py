"""Custom client fields: asked at sign-up, changed in the account, printed on invoices, secrets encrypted, hooks heard."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import hooks
from modulehost.accounts import customfields
from modulehost.billing import invoices
from modulehost.billing.catalog import fields
from modulehost.context import Ctx, Host
from modulehost.money import amount
from modulehost.schema import Client, CustomFieldValue
from tests.client.shop import post, words

FORM = {
    "register": "true", "firstname": "Eva", "lastname": "Berg", "email": "eva@example.com", "address1": "Weg 1", "city": "Bonn",
    "state": "NRW", "postcode": "53111", "country": "DE", "phonenumber": "0228 1234", "password": "Correct-horse-9",
    "password2": "Correct-horse-9",
}  # fmt: skip


def field(ctx: Ctx, name: str, kind: str = "text", **values: str) -> int:
    with ctx.unit() as db:
        data = {"fieldname": name, "fieldtype": kind, "showorder": "on", **values}
        return fields.save_field(db, "client", 0, data).id


def test_at_sign_up(ctx: Ctx, web: FlaskClient) -> None:
    size = field(ctx, "size|Shirt size", "dropdown", fieldoptions="S, M, L", required="on")
    site = field(ctx, "Site", "link")
    news = field(ctx, "News", "tickbox")
    staff = field(ctx, "Score", adminonly="on", required="on")
    page = web.get("/register.php")
    assert "Shirt size *" in words(page) and "Score" not in words(page) and f"customfield[{news}]" in page.text
    wrong = post(web, "/register.php", {**FORM, f"customfield[{site}]": "javascript:x", f"customfield[{size}]": "XL"})
    assert "Shirt size must be one of S, M, L" in words(wrong)
    assert "Site must be an address that begins with http:// or https://" in words(wrong)
    assert "\"Shirt size\" is needed." in words(post(web, "/register.php", FORM))
    good = {f"customfield[{size}]": "M", f"customfield[{staff}]": "9", f"customfield[{news}]": "on"}
    assert post(web, "/register.php", {**FORM, **good}).status_code == 303
    with ctx.unit(read=True) as db:
        client = db.scalars(select(Client).where(Client.email == "eva@example.com")).one()
        held = customfields.values(db, customfields.fields(db, "client"), client.id)
    assert held == {size: "M", site: "", news: "on", staff: ""}  # staff's own field is not the visitor's to fill


def test_secrets_are_encrypted(ctx: Ctx, client: FlaskClient) -> None:
    secret = field(ctx, "PIN", "password")
    heard: list[str] = []
    hooks.add(ctx.host, "CustomFieldSave", 1, lambda given: heard.append(given["value"]), owner="test")
    post(client, "/clientarea.php?action=details", {"save": "1", f"customfield[{secret}]": "4711"})
    with ctx.unit(read=True) as db:
        assert db.scalars(select(CustomFieldValue.value)).one().startswith("mh1:")
        assert customfields.values(db, customfields.fields(db, "client"), 1) == {secret: "4711"}
    page = client.get("/clientarea.php?action=details")
    assert "4711" not in page.text
    post(client, "/clientarea.php?action=details", {"save": "1", f"customfield[{secret}]": ""})  # left as it is
    with ctx.unit(read=True) as db:
        assert customfields.values(db, customfields.fields(db, "client"), 1) == {secret: "4711"}
    assert heard == ["4711"]


def test_hooks_change_what_is_shown_and_stored(ctx: Ctx, host: Host, client: FlaskClient) -> None:
    key = field(ctx, "VAT", showinvoice="on")

    def save(given: dict[str, Any]) -> dict[str, str]:
        return {"value": given["value"].upper()}

    def load(given: dict[str, Any]) -> dict[str, str]:
        return {"value": f"<{given['value']}>"}

    hooks.add(host, "CustomFieldSave", 1, save, owner="test")
    post(client, "/clientarea.php?action=details", {"save": "1", f"customfield[{key}]": "de123"})
    hooks.add(host, "CustomFieldLoad", 1, load, owner="test")
    assert 'value="&lt;DE123&gt;"' in client.get("/clientarea.php?action=details").text
    with ctx.unit() as db:
        made = invoices.create(db, db.get_one(Client, 1), [invoices.Item("x", amount("1"))]).id
    assert "VAT: DE123" in words(client.get(f"/viewinvoice.php?id={made}"))
