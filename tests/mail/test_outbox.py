"""Queueing, rendering and sending mails."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import events, hooks, mail, settings
from modulehost.accounts import clients
from modulehost.context import Ctx, Host
from modulehost.mail import fields, keeping, outbox, rendering, templates
from modulehost.schema import (
    ActivityLog,
    Client,
    ConfigOption,
    ConfigOptionSub,
    Contact,
    Email,
    EmailTemplate,
    Product,
    Service,
    ServiceConfigOption,
)
from modulehost.vault import Vault
from tests.accounts.hosts import CLIENT, NOON
from tests.support.smtp import smtp_server


@pytest.fixture
def client(ctx: Ctx) -> Client:
    return clients.add(ctx, {**CLIENT, "noemail": "1"})


def queue(ctx: Ctx, name: str, client_id: int, values: dict[str, Any] | None = None, **more: Any) -> int | None:
    with ctx.unit() as db:
        return mail.queue(db, name, client_id, values, **more)


def only(ctx: Ctx) -> Email:
    with ctx.unit(read=True) as db:
        return db.scalars(select(Email)).one()


def edit(ctx: Ctx, name: str, **values: Any) -> None:
    with ctx.unit() as db:
        template = templates.find(db, name)
        for column, value in values.items():
            setattr(template, column, value)


def test_seeding_adds_what_is_missing_and_keeps_what_was_changed(ctx: Ctx) -> None:
    edit(ctx, "Invoice Created", subject="mine")
    with ctx.unit() as db:
        db.delete(templates.find(db, "Order Confirmation"))
        db.flush()
        mail.seed(db)
        rows = {row.name: row for row in db.scalars(select(EmailTemplate))}
    assert set(rows) == set(mail.TEMPLATES)
    assert rows["Invoice Created"].subject == "mine"
    assert rows["Order Confirmation"].type == "general"
    assert {"Client Signup Email", "Password Reset Validation", "Other Product/Service Welcome Email"} <= set(rows)


def test_a_mail_waits_for_its_commit_and_is_rendered_after_it(ctx: Ctx, client: Client) -> None:
    number = queue(
        ctx, "Order Confirmation", client.id, {"order_number": "4711", "order_details": "Mail <Pro>\nMonthly"}
    )
    waiting = only(ctx)
    assert (waiting.id, waiting.pending, waiting.to, waiting.message) == (number, 1, "angelica@example.com", "")
    events.drain(ctx)
    sent = only(ctx)
    assert (sent.pending, sent.failed, sent.date, sent.subject) == (0, 0, NOON, "Order Confirmation")
    assert "<strong>4711</strong>" in sent.message
    assert "Mail &lt;Pro&gt;<br />\nMonthly" in sent.message
    assert "Dear Angelica Mohr," in sent.message
    with ctx.unit(read=True) as db:
        assert db.scalars(select(ActivityLog.description).order_by(ActivityLog.id.desc())).first() == (
            "Email Sent to Client (Subject: Order Confirmation) - User ID: 1"
        )


def test_nothing_is_queued_when_the_unit_fails(ctx: Ctx, client: Client) -> None:
    with pytest.raises(RuntimeError), ctx.unit() as db:
        mail.queue(db, "Order Confirmation", client.id)
        raise RuntimeError
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Email)).all() == []


def test_client_data_is_text_never_markup_or_template(ctx: Ctx, client: Client) -> None:
    clients.edit(ctx, client.id, {"firstname": "<b>{$company_name}</b>"})
    queue(ctx, "Client Signup Email", client.id)
    events.drain(ctx)
    assert "Dear &lt;b&gt;{$company_name}&lt;/b&gt; Mohr," in only(ctx).message


def test_unknown_disabled_and_unwanted_mails(ctx: Ctx, client: Client) -> None:
    assert queue(ctx, "No Such Mail", client.id) is None
    with ctx.unit(read=True) as db:
        assert "no email template named 'No Such Mail'" in (db.scalars(select(ActivityLog.description)).all())[-1]
    edit(ctx, "Order Confirmation", disabled=1)
    assert queue(ctx, "Order Confirmation", client.id) is None
    clients.edit(ctx, client.id, {"email_preferences": {"invoice": "0"}})
    assert queue(ctx, "Invoice Created", client.id) is None
    assert queue(ctx, "Client Signup Email", client.id) is not None


def test_language_and_copies(ctx: Ctx, client: Client) -> None:
    clients.edit(ctx, client.id, {"language": "german"})
    edit(ctx, "Client Signup Email", copyto="sales@example.com", blind_copy_to="archive@example.com")
    with ctx.unit() as db:
        db.add(Contact(userid=client.id, email="assistant@example.com", generalemails=1))
        db.add(Contact(userid=client.id, email="finance@example.com", invoiceemails=1))
    queue(ctx, "Client Signup Email", client.id)
    row = only(ctx)
    assert (row.cc, row.bcc) == ("sales@example.com, assistant@example.com", "archive@example.com")
    with ctx.unit() as db:
        db.add(
            EmailTemplate(
                type="general",
                name="Client Signup Email",
                subject="Willkommen",
                message="Hallo {$client_first_name}",
                language="german",
            )
        )
        db.delete(db.get_one(Email, row.id))
    queue(ctx, "Client Signup Email", client.id)
    events.drain(ctx)
    assert [row.subject for row in mails(ctx)] == ["Willkommen"]
    assert "Hallo Angelica" in mails(ctx)[0].message


def mails(ctx: Ctx) -> list[Email]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


def test_secret_fields_are_encrypted_while_they_wait(ctx: Ctx, host: Host, client: Client) -> None:
    queue(
        ctx,
        "Password Reset Validation",
        client.id,
        {"reset_password_url": "http://shop.test/r/topsecret"},
        secrets=["reset_password_url"],
    )
    assert "topsecret" not in str(only(ctx).message_data)
    events.drain(ctx)
    # Without SMTP this row is the only copy, so its reader must find the link here.
    assert 'href="http://shop.test/r/topsecret"' in only(ctx).message
    # What was secret stays known, encrypted, so that others are shown the mail without it.
    assert "topsecret" not in str(only(ctx).message_data)
    assert "topsecret" not in keeping.masked(host, only(ctx)) and "********" in keeping.masked(host, only(ctx))


def test_hooks_add_fields_stop_and_rewrite(ctx: Ctx, host: Host, client: Client) -> None:
    seen: list[dict[str, Any]] = []

    def before(arguments: dict[str, Any]) -> dict[str, Any]:
        seen.append(arguments)
        return (
            {"order_number": "<i>77</i>"} if arguments["messagename"] == "Order Confirmation" else {"abortsend": True}
        )

    hooks.add(host, "EmailPreSend", 1, before)
    hooks.add(host, "EmailPreLog", 1, lambda arguments: {"subject": arguments["subject"] + " (copy)"})
    queue(ctx, "Order Confirmation", client.id, {"order_number": "1"})
    queue(ctx, "Client Signup Email", client.id)
    events.drain(ctx)
    assert [(one["messagename"], one["relid"], one["mergefields"]["client_id"]) for one in seen] == [
        ("Order Confirmation", 1, 1),
        ("Client Signup Email", 1, 1),
    ]
    kept = only(ctx)
    assert kept.subject == "Order Confirmation (copy)"
    assert "<i>77</i>" in kept.message


def test_a_hook_may_keep_a_mail_out_of_the_log(ctx: Ctx, host: Host, client: Client) -> None:
    hooks.add(host, "EmailPreLog", 1, lambda arguments: {"abortLogging": True})
    queue(ctx, "Client Signup Email", client.id)
    events.drain(ctx)
    assert mails(ctx) == []


def test_fields_of_other_rooms(ctx: Ctx, host: Host, client: Client) -> None:
    fields.provide(host, "invoice", lambda db, rel_id: {"invoice_num": f"INV-{rel_id}", "invoice_balance": "$1.00"})
    queue(ctx, "Invoice Created", client.id, {"invoice_balance": "$2.00"}, rel_id=9)
    events.drain(ctx)
    assert "Invoice #INV-9<br />Amount Due: $2.00" in only(ctx).message


def test_fields_of_a_service(ctx: Ctx, host: Host, client: Client) -> None:
    with ctx.unit() as db:
        product = Product(name="Mail Pro")
        option = ConfigOption(optionname="boxes|Mailboxes", optiontype="4")
        db.add_all([product, option])
        db.flush()
        sub = ConfigOptionSub(configid=option.id, optionname="Mailbox")
        service = Service(
            userid=client.id,
            packageid=product.id,
            domain="example.com",
            amount=Decimal("21.00"),
            billingcycle="Monthly",
        )
        service.nextduedate, service.password = NOON.date(), host.part(Vault).encrypt("pw")
        db.add_all([sub, service])
        db.flush()
        db.add(ServiceConfigOption(relid=service.id, configid=option.id, optionid=sub.id, qty=3))
    queue(ctx, "Other Product/Service Welcome Email", client.id, rel_id=service.id)
    events.drain(ctx)
    text = rendering.plain_text(only(ctx).message)
    for part in ("Mail Pro", "Domain: example.com", "Amount: $21.00 USD", "Next Due Date: 02/03/2026", "Mailboxes: 3"):
        assert part in text


@pytest.mark.parametrize("name", sorted(mail.TEMPLATES))
def test_every_bundled_template_renders(ctx: Ctx, client: Client, name: str) -> None:
    queue(ctx, name, client.id, {"user_first_name": "Ann"}, to="ann@example.com")
    events.drain(ctx)
    row = only(ctx)
    assert (row.pending, row.failed, row.failure_reason) == (0, 0, "")
    assert row.subject
    assert "{" not in row.message


def test_a_broken_template_fails_with_its_reason(ctx: Ctx, client: Client) -> None:
    edit(ctx, "Client Signup Email", message="{if $x}")
    queue(ctx, "Client Signup Email", client.id)
    for _ in range(4):
        mail.deliver(ctx)
    row = only(ctx)
    assert (row.pending, row.failed, row.retry_count) == (0, 1, 3)
    assert "TemplateError" in row.failure_reason


@pytest.fixture
def smtp(ctx: Ctx) -> Iterator[Any]:
    with smtp_server() as server:
        with ctx.unit() as db:
            for name, value in {"MailType": "smtp", "SMTPHost": "127.0.0.1", "SMTPPort": str(server.server_address[1]), "SMTPSSL": ""}.items():
                settings.put(db, name, value)
        yield server


def test_mails_leave_by_smtp(ctx: Ctx, client: Client, smtp: Any) -> None:
    edit(ctx, "Password Reset Validation", blind_copy_to="archive@example.com")
    url = "http://shop.test/r/topsecret"
    queue(ctx, "Password Reset Validation", client.id, {"reset_password_url": url}, secrets=["reset_password_url"])
    events.drain(ctx)
    ((recipients, text),) = smtp.got
    assert recipients == ["angelica@example.com", "archive@example.com"]
    assert "To: angelica@example.com" in text
    assert "archive@example.com" not in text
    assert text.count(url) >= 2
    assert "Date: Mon, 02 Mar 2026 12:00:00 +0000" in text
    row = only(ctx)
    assert (row.pending, "topsecret" in row.message) == (0, False)


def test_refused_mails_are_tried_three_times(ctx: Ctx, client: Client, smtp: Any) -> None:
    queue(ctx, "Client Signup Email", client.id, to="refused@example.com")
    events.drain(ctx)
    row = only(ctx)
    assert (row.pending, row.failed, row.retry_count) == (1, 0, 1)
    assert "nobody here" in row.failure_reason
    mail.deliver(ctx)
    mail.deliver(ctx)
    row = only(ctx)
    assert (row.pending, row.failed, row.retry_count) == (0, 1, 3)
    assert mail.deliver(ctx) == 0


def test_no_server_and_a_wrong_address_say_so(ctx: Ctx, client: Client) -> None:
    for host, text in (("127.0.0.1", "127.0.0.1:1: "), ("", "no SMTP Host is set")):
        with ctx.unit() as db:
            for name, value in {"MailType": "smtp", "SMTPHost": host, "SMTPPort": "1", "SMTPSSL": ""}.items():
                settings.put(db, name, value)
        number = queue(ctx, "Client Signup Email", client.id)
        events.drain(ctx)
        with ctx.unit(read=True) as db:
            assert text in db.get_one(Email, number).failure_reason


def test_the_configuration_goes_before_the_settings(make_host: Any, smtp: Any) -> None:
    """smtp_url names the server that counts; `none` keeps mails on this machine, whatever the settings say."""
    port = smtp.server_address[1]
    for url, arrived in ((f"smtp://127.0.0.1:{port}", 1), ("none", 1)):
        ctx = Ctx(make_host(smtp_url=url))
        with ctx.unit() as db:
            for name, value in {"MailType": "smtp", "SMTPHost": "127.0.0.1", "SMTPPort": "1", "SMTPSSL": ""}.items():
                settings.put(db, name, value)
        queue(ctx, "Client Signup Email", clients.add(ctx, {**CLIENT, "noemail": "1"}).id)
        events.drain(ctx)
        assert len(smtp.got) == arrived
        assert (only(ctx).pending, only(ctx).failure_reason) == (0, "")


def test_mails_to_administrators_have_their_own_sender(ctx: Ctx, smtp: Any) -> None:
    with ctx.unit() as db:
        settings.put(db, "SystemEmailsFromName", "Watchdog")
        settings.put(db, "SystemEmailsFromEmail", "watchdog@example.com")
        mail.queue_message(db, "admin", 0, "Alarm", "Look", to="ada@example.com")
        mail.queue_message(db, "general", 0, "Hello", "You", to="bob@example.com")
    events.drain(ctx)
    alarm, hello = (text for _, text in smtp.got)
    assert "From: Watchdog <watchdog@example.com>" in alarm
    assert "From: Company Name <billing@example.com>" in hello


def test_line_breaks_make_no_headers(ctx: Ctx, client: Client, smtp: Any) -> None:
    edit(ctx, "Client Signup Email", subject="Hello {$client_first_name}")
    clients.edit(ctx, client.id, {"firstname": "Ann\r\nBcc: evil@example.com"})
    queue(ctx, "Client Signup Email", client.id)
    events.drain(ctx)
    ((recipients, text),) = smtp.got
    assert recipients == ["angelica@example.com"]
    assert "\nBcc:" not in text.partition("\r\n\r\n")[0]


def test_a_delivery_that_died_is_taken_up_again(ctx: Ctx, host: Host, client: Client) -> None:
    number = queue(ctx, "Client Signup Email", client.id)
    with ctx.unit() as db:
        row = db.get_one(Email, number)
        row.pending, row.updated_at = outbox.DELIVERING, NOON
    assert mail.deliver(ctx) == 0
    host.clock.advance(timedelta(minutes=11))
    assert mail.deliver(ctx) == 1
    assert only(ctx).pending == 0
