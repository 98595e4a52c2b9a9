"""General settings: rows of tblconfiguration, with the defaults of a fresh install.

Names are the emulated system's where they are public; our own start with `mh_`. Sources: the public schema notes and the
automation documentation; a default that is only customary is changed here and nowhere else.
"""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.config import DEFAULT_VERSION
from modulehost.context import Host, after_commit, ctx_of
from modulehost.schema import Setting

DEFAULTS = {
    "CompanyName": "Company Name",
    "Email": "billing@example.com",
    "SystemURL": "",
    "Language": "english",
    "Template": "harbour",
    "OrderFormTemplate": "harbour_cart",
    "Charset": "utf-8",
    "DateFormat": "DD/MM/YYYY",
    "ClientDateFormat": "",
    "DefaultCountry": "US",
    "InvoicePayTo": "",
    "TaxEnabled": "",
    "TaxType": "Exclusive",
    "TaxL2Compound": "",
    "TaxPerLineItem": "",
    "TaxLateFee": "",
    "TaxCustomInvoices": "",
    "mh_tax_id_field": "",
    "CreateInvoiceDaysBefore": "14",
    "DailyCronExecutionHour": "9",
    "OrderDaysGrace": "0",
    "AutoSuspension": "on",
    "AutoSuspensionDays": "5",
    "AutoTermination": "",
    "AutoTerminationDays": "30",
    "AutoUnsuspend": "on",
    "AddLateFeeDays": "5",
    "LateFeeType": "Percentage",
    "InvoiceLateFeeAmount": "10.00",
    "LateFeeMinimum": "0.00",
    "SendReminder": "on",
    "SendInvoiceReminderDays": "7",
    "SendFirstOverdueInvoiceReminder": "1",
    "SendSecondOverdueInvoiceReminder": "3",
    "SendThirdOverdueInvoiceReminder": "5",
    "mh_auto_cancel_invoices": "",  # cancel what stays unpaid ...
    "mh_auto_cancel_invoice_days": "90",  # ... for so many days after it was due
    "mh_reminders_run": "",  # the last day whose reminders were sent
    "AddFundsEnabled": "",
    "AddFundsMinimum": "10.00",
    "AddFundsMaximum": "100.00",
    "AddFundsMaximumBalance": "300.00",
    "AddFundsRequireOrder": "on",
    "EnableMassPay": "on",
    "ModuleLogEnabled": "on",
    "APIAllowedIPs": "127.0.0.0/8 ::1",
    "AllowClientRegister": "on",
    "ShowCancellationButton": "on",  # clients may ask for the end of a service
    "AutoCancellationRequests": "on",  # the automation carries cancellation requests out
    "CancelInvoiceOnCancellation": "on",  # with a service cancelled so, what is unpaid for it alone is cancelled too
    "CreditOnDowngrade": "on",  # a downgrade gives back what is left of the term, as client credit
    "ActiveAddonModules": "",
    "ModuleHooks": "",
    "EnableEmailVerification": "",
    "mh_2fa_client": "on",
    "mh_2fa_admin": "on",
    "mh_daily_run": "",
    "mh_usage_run": "",
    "mh_metrics_run": "",
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
