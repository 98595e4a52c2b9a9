"""Email templates: writing, checking, trying, translating them; messages to a client; the mail log."""

from typing import Any

import pytest
from sqlalchemy import select

from modulehost import app, hooks, mail
from modulehost.accounts import admins
from modulehost.context import Ctx, Host
from modulehost.mail import names, rendering, templates
from modulehost.schema import Admin, AdminRole, Client, Email, EmailTemplate
from tests.admin.conftest import Browser, wrongs

URL = "/admin/configemailtemplates.php"


def template(ctx: Ctx, name: str, language: str = "") -> EmailTemplate:
    with ctx.unit(read=True) as db:
        row = templates.find(db, name, language)
    assert row is not None
    return row


def form(row: EmailTemplate, **changes: Any) -> dict[str, Any]:
    return {f"subject[{row.id}]": row.subject, f"message[{row.id}]": row.message, **changes}


def mails(ctx: Ctx) -> list[Email]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


def test_a_template_of_ones_own_from_creation_to_deletion(admin: Browser, ctx: Ctx) -> None:
    target = admin.saved(URL + "?action=create", name="Moved House", type="general")
    row = template(ctx, "Moved House")
    assert (row.custom, row.type) == (1, "general") and target == f"{URL}?action=edit&id={row.id}"
    assert "named “moved house” already" in wrongs(admin.post(URL, action="create", name="moved house", type="general"))[0]
    text = {f"subject[{row.id}]": "Hello {$client_first_name}", f"message[{row.id}]": "<p>{if $client_id}We moved{/if}</p>"}
    admin.saved(target, {**text, "copyto": "a@example.com; b@example.com", "fromname": "Movers", "fromemail": "m@example.com"})
    saved = template(ctx, "Moved House")
    assert (saved.copyto, saved.fromname, saved.message) == ("a@example.com, b@example.com", "Movers", "<p>{if $client_id}We moved{/if}</p>")
    with ctx.unit() as db:
        assert mail.queue(db, "Moved House", 1)
    mail.deliver(ctx)
    sent = mails(ctx)[-1]
    assert sent.subject == "Hello Asha" and "We moved" in sent.message and sent.cc == "a@example.com, b@example.com"
    admin.saved(URL, action="disable", id=str(row.id))
    with ctx.unit() as db:
        assert mail.queue(db, "Moved House", 1) is None
    assert "Are you sure" in admin.post(URL, action="delete", id=str(row.id)).text
    admin.saved(URL, action="delete", id=str(row.id), confirmed="1")
    with ctx.unit(read=True) as db:
        assert templates.find(db, "Moved House") is None


def test_a_template_that_does_not_compile_is_shown_with_its_line_and_kept_in_the_form(admin: Browser, ctx: Ctx) -> None:
    row = template(ctx, "Invoice Created")
    broken = {f"message[{row.id}]": "<p>one</p>\n<p>{if $invoice_id}two</p>\n<p>{$client_name|nosuch}</p>", f"subject[{row.id}]": "S"}
    answer = admin.post(f"{URL}?action=edit&id={row.id}", broken)
    assert answer.status_code == 200 and "on line" in wrongs(answer)[0] and "|nosuch}" in answer.text
    assert template(ctx, "Invoice Created").message == row.message
    wrong = wrongs(admin.post(f"{URL}?action=edit&id={row.id}", form(row, copyto="nobody")))
    assert "“nobody” is no email address" in wrong[0]


def test_reset_gives_the_bundled_text_back(admin: Browser, ctx: Ctx) -> None:
    row = template(ctx, "Invoice Created")
    admin.saved(f"{URL}?action=edit&id={row.id}", form(row, **{f"subject[{row.id}]": "Mine"}))
    assert template(ctx, "Invoice Created").subject == "Mine"
    admin.saved(URL, action="reset", id=str(row.id), confirmed="1")
    assert template(ctx, "Invoice Created").subject == mail.TEMPLATES["Invoice Created"].subject
    assert "disable it instead" in wrongs(admin.post(URL, action="delete", id=str(row.id), confirmed="1"))[0]


def test_a_language_has_its_own_text_and_the_others_the_default(admin: Browser, ctx: Ctx) -> None:
    row = template(ctx, "Client Signup Email")
    admin.saved(URL, action="addlanguage", id=str(row.id), language="german")
    other = template(ctx, "Client Signup Email", "german")
    assert (other.language, other.message) == ("german", row.message)
    admin.saved(f"{URL}?action=edit&id={row.id}", {**form(row), f"subject[{other.id}]": "Willkommen", f"message[{other.id}]": "Hallo"})
    with ctx.unit() as db:
        db.get_one(Client, 1).language = "german"
    with ctx.unit() as db:
        mail.queue(db, "Client Signup Email", 1)
    mail.deliver(ctx)
    assert mails(ctx)[-1].subject == "Willkommen"
    admin.saved(URL, action="removelanguage", id=str(row.id), language="german", confirmed="1")
    assert template(ctx, "Client Signup Email", "german").language == ""


def test_preview_and_test_use_what_is_typed_and_store_nothing(admin: Browser, ctx: Ctx) -> None:
    row = template(ctx, "Client Signup Email")
    typed = form(row, about="1", **{f"message[{row.id}]": "Dear {$client_name}, {$client_email}"})
    page = admin.post(f"{URL}?action=preview&id={row.id}", typed).text
    assert "Dear Asha" in page and not mails(ctx)
    assert "no client with the id 77" in wrongs(admin.post(f"{URL}?action=preview&id={row.id}", {**typed, "about": "77"}))[0]
    with ctx.unit() as db:
        db.get_one(Admin, 1).email = "me@example.com"
    assert admin.post(f"{URL}?action=test&id={row.id}", typed).status_code == 200
    (sent,) = mails(ctx)
    assert (sent.to, sent.userid) == ("me@example.com", 0) and "Dear Asha" in sent.message
    assert template(ctx, "Client Signup Email").message == row.message


def test_a_message_to_a_client_and_the_same_once_more(admin: Browser, ctx: Ctx) -> None:
    page = "/admin/sendmessage.php?type=general&id=1"
    assert "Subject is required." in wrongs(admin.post(page, subject="", message="x"))[0]
    assert admin.saved(page, subject="Hi {$client_first_name}", message="<p>It is <b>done</b>.</p>").endswith("userid=1")
    (sent,) = mails(ctx)
    assert sent.subject == "Hi Asha" and "<b>done</b>" in sent.message and sent.pending == 0
    admin.saved("/admin/clientsemails.php?userid=1", action="resend", email=str(sent.id), confirmed="1")
    again = mails(ctx)[-1]
    assert again.id != sent.id and (again.subject, again.message, again.to) == (sent.subject, sent.message, sent.to)
    assert admin.post("/admin/clientsemails.php?userid=2", action="resend", email=str(sent.id), confirmed="1").status_code == 404


def test_hooks_add_names_to_the_list_and_the_lists_name_what_mails_have(admin: Browser, ctx: Ctx, host: Host, service: int) -> None:
    asked = []
    hooks.add(host, "EmailTplMergeFields", 1, lambda values: asked.append(values) or {"parcel_number": "Parcel"})
    row = template(ctx, "Invoice Created")
    assert "{$parcel_number}" in admin.text(f"{URL}?action=edit&id={row.id}") and asked == [{"type": "invoice"}]
    with ctx.unit(read=True) as db:
        given = set(rendering.fields_of(db, "product", 1, service))
    listed = {name for group in names.of_type("product").values() for name in group}
    assert listed - given == {"signature", "whmcs_link"} and not given - listed


@pytest.mark.parametrize(
    ("held", "allowed"),
    [("Create/Edit Email Templates", {"edit", "disable"}), ("Delete Email Templates", {"delete"}),
     ("Manage Email Template Languages", {"addlanguage"})],
)  # fmt: skip
def test_each_change_has_its_permission(ctx: Ctx, host: Host, held: str, allowed: set[str]) -> None:
    with ctx.unit() as db:
        role = AdminRole(name="Writer")
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, ["Main Homepage", "View Email Templates", held])
        admins.create(db, "writer", "Writer-pass-1", role_id=role.id, firstname="W", lastname="W", email="w@example.com")
    browser = Browser(app.create_app(host).test_client())
    browser.sign_in("writer", "Writer-pass-1")
    row = template(ctx, "Invoice Created")
    for action in ("edit", "disable", "delete", "addlanguage"):
        answer = browser.post(URL, {**form(row), "action": action, "id": str(row.id), "language": "german"})
        assert (answer.status_code == 403) == (action not in allowed), action
