"""General Settings and Automation Settings: fields, checks, the log, secrets, and what the settings do."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import automation, mail, settings
from modulehost.billing import gateways, invoices
from modulehost.context import Ctx, Host
from modulehost.journal import activity
from modulehost.schema import ActivityLog, Client, Invoice, Setting
from modulehost.web.admin import automationfields, generalfields, settingform
from tests.support.smtp import smtp_server

from .conftest import Browser, wrongs

GENERAL, AUTO = "/admin/configgeneral.php", "/admin/configauto.php"
DELIVERY = {"MailType": "smtp", "SMTPHost": "127.0.0.1", "SMTPSSL": "", "SMTPUsername": "ada"}


def value(ctx: Ctx, name: str) -> str:
    with ctx.unit(read=True) as db:
        return settings.get(db, name)


def logged(ctx: Ctx, beginning: str) -> list[str]:
    with ctx.unit(read=True) as db:
        lines = db.scalars(select(ActivityLog.description).order_by(ActivityLog.id))
        return [line for line in lines if line.startswith(beginning)]


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the page's settings form as it stands."""
    form = page.split("data-guard>")[1].split("</form>")[0]
    found = dict(re.findall(r'<input type="(?:text|email|url|password)" name="(\w+)"[^>]* value="([^"]*)"', form))
    found |= {name: text[1:] for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', form)}
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    for name, ticked in re.findall(r'<input type="checkbox" name="(\w+)" value="on"( checked)?>', form):
        found |= {name: "on"} if ticked else {}
    return found


def test_what_is_shown_can_be_saved_and_changes_nothing(admin: Browser, ctx: Ctx) -> None:
    """Every tab with its defaults is right as it is: saving it stores nothing and logs nothing."""
    for page in (*(f"{GENERAL}?tab={n}" for n in generalfields.TABS), AUTO):
        admin.saved(page, form_of(admin.text(page)))
    assert logged(ctx, "General Settings") == logged(ctx, "Automation Settings") == []


def test_every_field_has_a_default_and_stands_once_on_its_page() -> None:
    for sections in (*(tab.sections for tab in generalfields.TABS.values()), automationfields.SECTIONS):
        keys = [one.key for one in settingform.fields_of(sections)]
        assert len(keys) == len(set(keys))
        assert not {key for key in keys if key != "Version"} - set(settings.DEFAULTS)


def test_the_log_names_what_changed(admin: Browser, ctx: Ctx) -> None:
    form = {"CompanyName": "Zylker", "Email": "a@example.com", "Version": value(ctx, "Version"), "InvoicePayTo": "1 Road\r\nPune"}
    admin.saved(f"{GENERAL}?tab=1", form, MaintenanceMode="on")
    assert logged(ctx, "General Settings") == [
        "General Settings Modified - CompanyName changed from 'Company Name' to 'Zylker'; Email changed from 'billing@example.com' "
        "to 'a@example.com'; InvoicePayTo changed; MaintenanceMode changed from '' to 'on'"
    ]  # fmt: skip


WRONG = [
    (1, "Email", "nobody", "Email Address must be an email address"),
    (1, "LogoURL", "a\nb", "Logo URL must be one line."),
    (1, "Template", "../harbour", "System Theme: “../harbour” is not one of the choices."),
    (1, "ActivityLimit", "-1", "Limit Activity Log must be a whole number."),
    (1, "MaintenanceModeURL", "http://localhost/cart.php", "which is in maintenance"),
    (1, "MaintenanceModeURL", "javascript:alert(1)", "must begin with http:// or https://"),
    (2, "DefaultCountry", "XX", "Default Country: “XX” is not one of the choices."),
    (5, "SMTPHost", "", "SMTP Host is required"),
    (5, "SMTPPort", "65536", "SMTP Port must not be above 65535."),
    (7, "SequentialInvoiceNumberFormat", "INV", "Invoice Number Format must contain {NUMBER}"),
    (8, "AddFundsMinimum", "12.345", "Minimum Deposit must be an amount such as 10 or 12.50."),
    (8, "AddFundsMinimum", "100.01", "Maximum Deposit must not be below Minimum Deposit."),
    (10, "APIAllowedIPs", "127.0.0.1 eight", "“eight” is neither an address nor a network"),
    (0, "CreateInvoiceDaysBefore", "", "Invoice Generation must be a whole number."),
    (0, "SendThirdOverdueInvoiceReminder", "2", "Overdue reminders must follow each other"),
    (0, "DailyCronExecutionHour", "24", "is not one of the choices"),
]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(admin: Browser, ctx: Ctx) -> None:
    for page, key, given, text in WRONG:
        address = f"{GENERAL}?tab={page}" if page else AUTO
        before = value(ctx, key)
        form = form_of(admin.text(address)) | {"MailType": "smtp"} | {key: given}
        answer = admin.post(address, form)
        assert text in wrongs(answer)[0], key
        assert re.findall(r'id="(\w+)-wrong">', answer.text) == ["AddFundsMaximum" if "Maximum Deposit" in text else key]
        assert value(ctx, key) == before
        assert "\n" in given or form_of(answer.text)[key] == given  # what was typed is still there


def test_cycles_may_have_days_of_their_own(admin: Browser, ctx: Ctx) -> None:
    form = form_of(admin.text(AUTO)) | {"CreateInvoiceDaysBeforeAnnually": "30", "InvoiceLateFeeAmount": "7.5"}
    form.pop("AutoSuspension")
    admin.saved(AUTO, form)
    assert (value(ctx, "CreateInvoiceDaysBeforeAnnually"), value(ctx, "CreateInvoiceDaysBeforeMonthly")) == ("30", "")
    assert (value(ctx, "InvoiceLateFeeAmount"), value(ctx, "AutoSuspension")) == ("7.50", "")
    assert logged(ctx, "Automation") == [
        "Automation Settings Modified - AutoSuspension changed from 'on' to ''; CreateInvoiceDaysBeforeAnnually changed from '' to '30'; "
        "InvoiceLateFeeAmount changed from '10.00' to '7.50'"
    ]  # fmt: skip


def test_a_tick_that_means_the_opposite(admin: Browser, ctx: Ctx) -> None:
    """Automatic Credit Use is stored as NoAutoApplyCredit."""
    address = f"{GENERAL}?tab=8"
    form = form_of(admin.text(address))
    assert form["NoAutoApplyCredit"] == "on" and value(ctx, "NoAutoApplyCredit") == ""
    del form["NoAutoApplyCredit"]
    admin.saved(address, form)
    assert value(ctx, "NoAutoApplyCredit") == "on"
    assert "NoAutoApplyCredit" not in form_of(admin.text(address))
    admin.saved(address, form, NoAutoApplyCredit="on")
    assert value(ctx, "NoAutoApplyCredit") == ""


def test_optional_fields_are_ticked(admin: Browser, ctx: Ctx) -> None:
    admin.saved(f"{GENERAL}?tab=12", {"ClientsProfileOptionalFields": ["phonenumber", "city", "evil"]})
    assert value(ctx, "ClientsProfileOptionalFields") == "city,phonenumber"
    assert re.findall(r'value="(\w+)" checked> <span>(?:City|Phone)', admin.text(f"{GENERAL}?tab=12")) == ["city", "phonenumber"]


# --- mail ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def smtp() -> Iterator[Any]:
    with smtp_server() as server:
        yield server


def test_a_test_mail_with_the_saved_settings(admin: Browser, ctx: Ctx, smtp: Any) -> None:
    page, to = f"{GENERAL}?tab=5", {"action": "test", "to": "ada@example.com"}
    assert "mails are kept in the log and none is sent" in wrongs(admin.post(page, to))[0]
    form = {**DELIVERY, "SMTPPort": str(smtp.server_address[1])}
    admin.saved(page, form, SMTPPassword="wrong")
    assert "535" in wrongs(admin.post(page, to))[0]
    admin.saved(page, form, SMTPPassword="right")
    shown = form_of(admin.text(page))
    assert shown["SMTPPassword"] == "********"
    with ctx.unit(read=True) as db:
        stored = db.scalars(select(Setting.value).where(Setting.setting == "SMTPPassword")).one()
    assert stored.startswith("mh1:") and "right" not in stored
    assert not [line for line in logged(ctx, "General Settings") if "right" in line]
    assert logged(ctx, "General Settings")[-1] == "General Settings Modified - SMTPPassword changed"
    admin.saved(page, shown)  # the mask is no password
    admin.saved(page, to)
    assert "The mail server took it for ada@example.com." in admin.text(page)
    ((recipients, text),) = smtp.got
    assert recipients == ["ada@example.com"] and "Subject: Test of mail delivery: Company Name" in text
    assert smtp.signed_in[-1] == ("ada", "right")
    assert "Enter the email address" in wrongs(admin.post(page, action="test", to="ada"))[0]


def test_the_mail_page_tells_when_the_configuration_decides(make_host: Any) -> None:
    from modulehost import app
    from tests.support.hosts import ADMIN

    host = make_host(smtp_url="smtp+tls://ada:s3cret@mail.example.com:587")
    browser = Browser(app.create_app(host).test_client())
    browser.sign_in(**ADMIN)
    text = browser.text(f"{GENERAL}?tab=5")
    assert "smtp_url = smtp+tls://mail.example.com:587" in text and "s3cret" not in text


# --- maintenance --------------------------------------------------------------------------------------------------------


def test_maintenance_mode(admin: Browser, host: Host, ctx: Ctx) -> None:
    visitor = admin.client.application.test_client()
    assert visitor.get("/cart.php").status_code == 200
    form = form_of(admin.text(f"{GENERAL}?tab=1")) | {"MaintenanceMode": "on", "MaintenanceModeMessage": "Back at <noon>\nfor sure"}
    admin.saved(f"{GENERAL}?tab=1", form)
    for address in ("/", "/cart.php", "/clientarea.php", "/login", "/register.php"):
        answer = visitor.get(address)
        assert answer.status_code == 503, address
        assert "Back at &lt;noon&gt;<br" in answer.text and "Down for maintenance" in answer.text
    with visitor.session_transaction() as session:
        session["token"] = "t" * 40
    assert visitor.post("/login", data={"token": "t" * 40, "username": "asha@example.com", "password": "Client-pass-1"}).status_code == 503
    # What is not the client area goes on; so does everything for an administrator.
    assert "templates/harbour/css/" in visitor.get("/").text
    assert visitor.get("/templates/harbour/css/harbour.css").status_code == 200
    assert visitor.get("/admin/login.php").status_code == 200
    assert visitor.post("/includes/api.php", data={"action": "GetClients"}).status_code == 403
    page = admin.get("/cart.php")
    assert page.status_code == 200 and "Maintenance mode is on" in page.text
    assert "Maintenance mode is on" in admin.text("/admin/index.php")
    assert automation.run(ctx)
    admin.saved(f"{GENERAL}?tab=1", form | {"MaintenanceModeURL": "https://status.example.com/"})
    answer = visitor.get("/cart.php")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://status.example.com/")
    form.pop("MaintenanceMode")
    admin.saved(f"{GENERAL}?tab=1", form)
    assert visitor.get("/cart.php").status_code == 200
    assert "aintenance mode is on" not in admin.text("/cart.php") + admin.text("/admin/index.php")


# --- what other settings do ---------------------------------------------------------------------------------------------


def test_records_per_page_and_the_limit_of_the_activity_log(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        for n in range(1, 61):
            activity(db, f"Line {n}", client_id=1)
        settings.put(db, "NumRecordstoDisplay", "50")
    assert "1–50 of 61" in admin.text("/admin/clientslog.php?userid=1")
    with ctx.unit() as db:
        settings.put(db, "NumRecordstoDisplay", "25")
        settings.put(db, "ActivityLimit", "10")
    assert "1–25 of 61" in admin.text("/admin/clientslog.php?userid=1")
    automation.perform(ctx, "DataRetentionPruning")
    assert logged(ctx, "Line ")[0] > "Line 50" and logged(ctx, "Line ")[-1] == "Line 60"
    kept = len(logged(ctx, ""))
    with ctx.unit() as db:
        settings.put(db, "ActivityLimit", "0")
    automation.perform(ctx, "DataRetentionPruning")
    assert len(logged(ctx, "")) == kept


def test_the_language_menu_can_be_closed(admin: Browser) -> None:
    visitor = admin.client.application.test_client()
    assert 'lang="ja"' in visitor.get("/cart.php?language=japanese").text
    form = form_of(admin.text(f"{GENERAL}?tab=2"))
    del form["AllowLanguageChange"]
    admin.saved(f"{GENERAL}?tab=2", form)
    other = admin.client.application.test_client()
    page = other.get("/cart.php?language=japanese").text
    assert 'lang="en"' in page and "language=japanese" not in page


def test_invoices_show_the_tax_id_and_offer_other_methods_only_where_they_may(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        client = db.get_one(Client, 1)
        bill = invoices.create(db, client, [invoices.Item("Work", Decimal("20.00"))], paymentmethod="mailin").id
        assert len([one for one in gateways.active(db) if one.visible]) > 1
        settings.put(db, "AllowCustomerChangeInvoiceGateway", "")
    admin.saved("/admin/configtax.php?action=save", TaxType="Exclusive", TaxCode="DE 123 <456>")
    assert 'value="DE 123 &lt;456&gt;"' in admin.get("/admin/configtax.php").text
    from tests.client.shop import post, sign_in

    web = admin.client.application.test_client()
    sign_in(web)
    page = web.get(f"/viewinvoice.php?id={bill}").text
    assert 'name="gateway"' not in page and "Tax ID/VAT Number: DE 123 &lt;456&gt;" in page
    post(web, f"/viewinvoice.php?id={bill}", {"gateway": "testpay"})
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, bill).paymentmethod == "mailin"


def test_secrets_are_entered_anew_after_the_key_was_lost(admin: Browser, ctx: Ctx) -> None:
    """What another host's key encrypted cannot be read, but the page opens and a new password can be saved."""
    with ctx.unit() as db:
        settings.put(db, "SMTPPassword", "mh1:gAAAAABnothing")
    page = f"{GENERAL}?tab=5"
    admin.saved(page, form_of(admin.text(page)) | {"SMTPPassword": "new"})
    with ctx.unit(read=True) as db:
        assert mail.sending.server(db) is None
        settings_ = settings.get(db, "SMTPPassword")
    from modulehost.vault import Vault

    assert ctx.host.part(Vault).decrypt(settings_) == "new"
