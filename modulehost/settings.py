"""General settings: rows of tblconfiguration, with the defaults of a fresh install.

Names are the emulated system's where they are public; our own start with `mh_`. Sources: the public schema notes and the
automation documentation; a default that is only customary is changed here and nowhere else.
"""

import contextlib
import json

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost.config import DEFAULT_VERSION
from modulehost.context import Host, after_commit, ctx_of
from modulehost.schema import Setting

DEFAULTS = {
    # General
    "CompanyName": "Company Name",
    "Email": "billing@example.com",
    "Domain": "",
    "LogoURL": "",
    "InvoicePayTo": "",
    "SystemURL": "",
    "Template": "harbour",
    "ActivityLimit": "10000",  # lines of the activity log that are kept; 0 keeps all
    "NumRecordstoDisplay": "25",  # rows of one page of a list in the admin area
    "MaintenanceMode": "",
    "MaintenanceModeMessage": "We are currently performing maintenance and will be back shortly.",
    "MaintenanceModeURL": "",
    # Localisation
    "Charset": "utf-8",
    "Language": "english",
    "AllowLanguageChange": "on",
    "DateFormat": "DD/MM/YYYY",
    "ClientDateFormat": "",
    "DefaultCountry": "US",
    # Ordering
    "OrderFormTemplate": "harbour_cart",
    "OrderDaysGrace": "0",
    "EnableTOSAccept": "",
    "TermsOfService": "",
    "AutoRedirectoInvoice": "",  # the order's page is skipped for its invoice (the public name is spelled so)
    "ShowNotesFieldonCheckout": "on",
    "NoInvoiceEmailOnOrder": "",
    # Mail
    "MailType": "",  # empty: mails are kept here; smtp: they leave
    "SMTPHost": "",
    "SMTPPort": "587",
    "SMTPSSL": "tls",  # tls (STARTTLS), ssl, or empty
    "SMTPUsername": "",
    "SMTPPassword": "",  # encrypted
    "SystemEmailsFromName": "",
    "SystemEmailsFromEmail": "",
    "EmailCSS": "",
    "EmailGlobalHeader": "",
    "EmailGlobalFooter": "",
    "Signature": "",
    # Invoices
    "ContinuousInvoiceGeneration": "",
    "GroupSimilarLineItems": "on",
    "AllowCustomerChangeInvoiceGateway": "on",
    "CancelInvoiceOnCancellation": "on",  # with a service cancelled on request, what is unpaid for it alone is cancelled too
    "EnableMassPay": "on",
    "EnablePDFInvoices": "",  # mails about invoices have them attached; making one takes most of a second
    "EnableProformaInvoicing": "",
    "SequentialInvoiceNumbering": "",
    "SequentialInvoiceNumberFormat": "{NUMBER}",
    "SequentialInvoiceNumberValue": "1",
    "SequentialInvoiceNumberReset": "",  # empty, monthly or yearly
    "mh_invoice_number_period": "",  # the month or year that the numbers are of
    "mh_invoice_usage": "on",  # renewal invoices charge what was used in the term that has ended
    # Credit
    "NoAutoApplyCredit": "",
    "CreditOnDowngrade": "on",  # a downgrade gives back what is left of the term, as client credit
    "AddFundsEnabled": "",
    "AddFundsMinimum": "10.00",
    "AddFundsMaximum": "100.00",
    "AddFundsMaximumBalance": "300.00",
    "AddFundsRequireOrder": "on",
    # Tax
    "TaxEnabled": "",
    "TaxType": "Exclusive",
    "TaxL2Compound": "",
    "TaxPerLineItem": "",
    "TaxLateFee": "",
    "TaxCustomInvoices": "",
    "TaxCode": "",
    "mh_tax_id_field": "",
    # Security, and what stands under Other
    "APIAllowedIPs": "127.0.0.0/8 ::1",
    "EnableEmailVerification": "",
    "mh_api_log": "",
    "mh_2fa_client": "on",
    "mh_2fa_admin": "on",
    "AllowClientRegister": "on",
    "ClientsProfileOptionalFields": "",
    "ModuleLogEnabled": "on",
    # Automation: times, module commands
    "DailyCronExecutionHour": "9",
    "AutoSuspension": "on",
    "AutoSuspensionDays": "5",
    "mh_suspension_email": "on",
    "AutoUnsuspend": "on",
    "mh_unsuspension_email": "on",
    "AutoTermination": "",
    "AutoTerminationDays": "30",
    # Automation: invoices, reminders, late fees, captures
    "CreateInvoiceDaysBefore": "14",
    "CreateInvoiceDaysBeforeMonthly": "",  # empty: as above; so are the next five
    "CreateInvoiceDaysBeforeQuarterly": "",
    "CreateInvoiceDaysBeforeSemiAnnually": "",
    "CreateInvoiceDaysBeforeAnnually": "",
    "CreateInvoiceDaysBeforeBiennially": "",
    "CreateInvoiceDaysBeforeTriennially": "",
    "SendReminder": "on",
    "SendInvoiceReminderDays": "7",
    "SendFirstOverdueInvoiceReminder": "1",
    "SendSecondOverdueInvoiceReminder": "3",
    "SendThirdOverdueInvoiceReminder": "5",
    "AddLateFeeDays": "5",
    "LateFeeType": "Percentage",
    "InvoiceLateFeeAmount": "10.00",
    "LateFeeMinimum": "0.00",
    "mh_auto_cancel_invoices": "",  # cancel what stays unpaid ...
    "mh_auto_cancel_invoice_days": "90",  # ... for so many days after it was due
    "CCProcessDaysBefore": "0",
    "CCAttemptOnlyOnce": "",
    "CCRetryEveryWeekFor": "0",
    "CCDaySendExpiryNotices": "25",
    # Automation: currencies, cancellations, clients
    "CurrencyAutoUpdateExchangeRates": "",
    "CurrencyAutoUpdateProductPrices": "",
    "ShowCancellationButton": "on",  # clients may ask for the end of a service
    "AutoCancellationRequests": "on",  # the automation carries cancellation requests out
    "AutoClientStatusChange": "2",
    # Kept by the host itself
    "ActiveAddonModules": "",
    "ModuleHooks": "",
    "mh_usage_run": "",
    "mh_metrics_run": "",
    "mh_card_expiry_run": "",  # the last month whose notices were sent
    "mh_reminders_run": "",  # the last day whose reminders were sent
    "mh_endpoints": "{}",
    "mh_seeded": "",
}


def get(db: Session, name: str) -> str:
    """The value of a setting, its default when no row holds it, empty when it is unknown."""
    value = db.scalar(select(Setting.value).where(Setting.setting == name))
    return DEFAULTS.get(name, "") if value is None else value


def on(db: Session, name: str) -> bool:
    """Whether a yes/no setting is on (`on` or `1`)."""
    return get(db, name).lower() in ("on", "1", "true")


def number(db: Session, name: str) -> int:
    """A whole number; text that is none counts as the default, so that one bad row stops no cron."""
    for text in (get(db, name), DEFAULTS.get(name, "0")):
        try:
            return int(text)
        except ValueError:
            continue
    return 0


class Changes:
    """How often settings were stored by this process, so that what was read of them can be kept: `host.part(Changes)`."""

    def __init__(self, host: Host) -> None:
        self.count = 0


def locked(db: Session, name: str) -> Setting:
    """The row of a setting, made with its default when there is none. Nobody else has it until this unit ends: for counters."""
    mine = select(Setting).where(Setting.setting == name).with_for_update().execution_options(populate_existing=True)
    row = db.scalar(mine)
    if row is None:
        now = ctx_of(db).host.clock.now()
        with contextlib.suppress(IntegrityError), db.begin_nested():  # two may find at once that there is none
            db.add(Setting(setting=name, value=DEFAULTS.get(name, ""), created_at=now, updated_at=now))
        row = db.scalars(mine).one()
    return row


def put(db: Session, name: str, value: str) -> None:
    """Store a setting."""
    after_commit(lambda: _changed(ctx_of(db).host))
    now = ctx_of(db).host.clock.now()
    row = db.scalar(select(Setting).where(Setting.setting == name))
    if row is None:
        db.add(Setting(setting=name, value=value, created_at=now, updated_at=now))
    elif row.value != value:
        row.value, row.updated_at = value, now
    db.flush()


def touch(host: Host) -> None:
    """Settings were changed around `put`: what was read of them is not kept any longer."""
    _changed(host)


def _changed(host: Host) -> None:
    host.part(Changes).count += 1


def version(db: Session) -> str:
    """The version that modules and clients are told: `emulate_version` of the configuration, else row Version."""
    config = ctx_of(db).host.config
    if "emulate_version" in config.sources:
        return config.emulate_version
    return get(db, "Version") or DEFAULT_VERSION


def system_url(db: Session) -> str:
    """The public address with a slash at its end: row SystemURL, else where this host really listens."""
    url = get(db, "SystemURL") or ctx_of(db).host.base_url
    return url if url.endswith("/") else url + "/"


def endpoints(db: Session) -> dict[str, str]:
    """Vendor address -> address used instead (a sandbox); what the configuration names goes before the stored rows."""
    stored: dict[str, str] = json.loads(get(db, "mh_endpoints") or "{}")
    return {**stored, **ctx_of(db).host.config.endpoints}


def put_endpoints(db: Session, pairs: dict[str, str]) -> None:
    """Store the vendor endpoint map; addresses lose a slash at their end."""
    put(db, "mh_endpoints", json.dumps({k.rstrip("/"): v.rstrip("/") for k, v in sorted(pairs.items())}))
