"""What General Settings consist of: the tabs, their sections and fields. Tab numbers are the public ones (`#tab=N`)."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from modulehost import language, settings
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing import dates
from modulehost.web import frame
from modulehost.web.admin.settingform import (
    AMOUNT,
    AREA,
    CHOICE,
    EMAIL,
    NUMBER,
    PASSWORD,
    SEVERAL,
    URL,
    YESNO,
    Choices,
    Field,
    Section,
    in_order,
)  # fmt: skip
from modulehost.web.admin.site import template_folders

Values = Mapping[str, str]


@dataclass(frozen=True)
class Tab:
    """One tab. `check` says what is wrong with values that are right each by itself, by key."""

    caption: str
    sections: tuple[Section, ...]
    check: Callable[[Values], dict[str, str]] = lambda values: {}


def _same(names: list[str]) -> Choices:
    return [(name, name) for name in names]


def _version(text: str) -> str:
    return "" if re.match(r"\d+\.\d+", text) else "The emulated version must look like 8.13.1-release.1 or 7.10."


def _not_here(text: str) -> str:
    """Redirecting visitors to the place that sends them away would go round for ever."""
    with frame.ctx().unit(read=True) as db:
        names = (settings.system_url(db), request.root_url)
    there = urlsplit(text)
    for own in names:
        here = urlsplit(own)
        if there.netloc.lower() == here.netloc.lower() and f"{there.path}/".startswith(here.path):
            return f"Maintenance Mode Redirect URL leads into {own}, which is in maintenance; name another place or leave it empty."
    return ""


def _networks(text: str) -> str:
    for one in text.split():
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError:
            return f"“{one[:60]}” is neither an address nor a network such as 192.0.2.0/24."
    return ""


def _format(text: str) -> str:
    return "" if "{NUMBER}" in text else "Invoice Number Format must contain {NUMBER}, else numbers would be the same."


def _funds(values: Values) -> dict[str, str]:
    text = "Maximum Deposit must not be below Minimum Deposit."
    return in_order(values, "AddFundsMinimum", "AddFundsMaximum", text)


def _server(values: Values) -> dict[str, str]:
    if values.get("MailType") == "smtp" and not values.get("SMTPHost"):
        return {"SMTPHost": "SMTP Host is required, or keep mails in the log."}
    return {}


_COMPANY = Section("Company", (
    Field("CompanyName", "Company Name", required=True),
    Field("Email", "Email Address", EMAIL, required=True, hint="The sender of mails to clients, unless their template names another."),
    Field("Domain", "Domain", URL, hint="Your company's web site, such as https://www.example.com. Mails can name it."),
    Field("LogoURL", "Logo URL", hint="The address of a picture, shown in the client area in place of the name. Mails can show it, too."),
    Field("InvoicePayTo", "Pay To Text", AREA, hint="Your name and address, printed on invoices."),
))  # fmt: skip
_SYSTEM = Section("System", (
    Field("SystemURL", "System URL", URL, hint="The public address of this host. Modules build their links and Redirect URLs from it."),
    Field("Template", "System Theme", CHOICE, choices=lambda: _same(template_folders("templates")), size="medium", literal=True),
    Field("ActivityLimit", "Limit Activity Log", NUMBER, most=100_000_000, size="short", unit="entries",
          hint="Older entries are deleted once a day. 0 keeps all."),
    Field("NumRecordstoDisplay", "Records to Display per Page", CHOICE, choices=_same(["25", "50", "100", "200"]), size="short"),
    Field("Version", "Emulated Version", size="medium", required=True, check=_version,
          hint="What modules, templates and API clients are told. Below 8.0 the admin area has the old menu."),
))  # fmt: skip
_MAINTENANCE = Section("Maintenance", (
    Field("MaintenanceMode", "Maintenance Mode", YESNO, words="Close the client area to visitors",
          hint="Administrators who are signed in see it as usual. Admin area, API, modules' own addresses and automation go on."),
    Field("MaintenanceModeMessage", "Maintenance Mode Message", AREA, rows=3, hint="What visitors read, with status 503."),
    Field("MaintenanceModeURL", "Maintenance Mode Redirect URL", URL, check=_not_here,
          hint="If given, visitors are sent there instead."),
))  # fmt: skip
_LOCALISATION = Section("", (
    Field("Language", "Default Language", CHOICE, choices=lambda: _same(language.languages()), size="medium", literal=True),
    Field("AllowLanguageChange", "Language Menu", YESNO, words="Visitors may choose another language"),
    Field("DateFormat", "Date Format", CHOICE, choices=_same(list(dates.FORMATS)), size="medium", literal=True),
    Field("ClientDateFormat", "Client Date Format", CHOICE, choices=[("", "As above"), *_same(list(dates.FORMATS))],
          size="medium", literal=True),
    Field("DefaultCountry", "Default Country", CHOICE, choices=lambda: [(one.code, one.name) for one in COUNTRIES.values()],
          size="medium", literal=True),
    Field("Charset", "System Charset", size="medium", required=True),
))  # fmt: skip
ORDER_GRACE = Field("OrderDaysGrace", "Order Days Grace", NUMBER, most=3650, size="short", unit="days",
                    hint="Days a customer has to pay an order's invoice. 0: it is due on the day of the order.")  # fmt: skip
_ORDERING = Section("", (
    Field("OrderFormTemplate", "Default Order Form", CHOICE, choices=lambda: _same(template_folders("templates/orderforms")),
          size="medium", literal=True),
    ORDER_GRACE,
    Field("EnableTOSAccept", "Terms of Service", YESNO, words="Customers must accept the terms before they order"),
    Field("TermsOfService", "Terms of Service URL", URL),
    Field("AutoRedirectoInvoice", "Auto Redirect on Checkout", YESNO, words="After checkout, go to the invoice at once",
          hint="Otherwise the order is confirmed on a page of its own, with a link to the invoice."),
    Field("ShowNotesFieldonCheckout", "Checkout Notes", YESNO, words="Customers may add notes to their order"),
    Field("NoInvoiceEmailOnOrder", "Invoice Mail on Order", YESNO, inverse=True,
          words="Send the mail Invoice Created for the invoice of an order"),
))  # fmt: skip
_DELIVERY = Section("Delivery", (
    Field("MailType", "Mail Delivery", CHOICE, size="medium",
          choices=[("", "Keep mails in the log, send nothing"), ("smtp", "Send by SMTP")]),
    Field("SMTPHost", "SMTP Host", size="medium"),
    Field("SMTPPort", "SMTP Port", NUMBER, least=1, most=65535, size="short", hint="Customary: 587 for TLS, 465 for SSL, 25 without."),
    Field("SMTPSSL", "SMTP Encryption", CHOICE, choices=[("tls", "TLS (STARTTLS)"), ("ssl", "SSL"), ("", "None")], size="medium"),
    Field("SMTPUsername", "SMTP Username", size="medium", hint="Empty: no sign-in."),
    Field("SMTPPassword", "SMTP Password", PASSWORD),
    Field("SystemEmailsFromName", "System Emails From Name", size="medium", hint="Mails to administrators. Empty: the company name."),
    Field("SystemEmailsFromEmail", "System Emails From Email", EMAIL, size="medium", hint="Empty: the company's address."),
))  # fmt: skip
_LAYOUT = Section("Layout", (
    Field("EmailCSS", "CSS Styling", AREA, rows=5),
    Field("EmailGlobalHeader", "Client Email Header Content", AREA, rows=5, hint="HTML before the text of every mail."),
    Field("EmailGlobalFooter", "Client Email Footer Content", AREA, rows=5, hint="HTML after the text of every mail."),
    Field("Signature", "Global Email Signature", AREA, hint="What {$signature} stands for."),
))  # fmt: skip
_GENERATION = Section("Generation", (
    Field("ContinuousInvoiceGeneration", "Continuous Invoice Generation", YESNO,
          words="Make invoices for each cycle even while earlier ones are unpaid"),
    Field("GroupSimilarLineItems", "Group Similar Line Items", YESNO, words="Lines that are the same become one with a quantity"),
    Field("mh_invoice_usage", "Usage Charges", YESNO, words="Renewal invoices charge what was used in the term that has ended"),
    Field("CancelInvoiceOnCancellation", "Cancellation Request Handling", YESNO,
          words="Cancel what is unpaid for a service when it is cancelled on request"),
))  # fmt: skip
_PAYING = Section("Payment", (
    Field("AllowCustomerChangeInvoiceGateway", "Customers Choose Gateway", YESNO,
          words="Clients may choose the payment method on invoices"),
    Field("EnablePDFInvoices", "Enable PDF Invoices", YESNO, words="Attach the invoice as PDF to mails about it"),
    Field("EnableMassPay", "Mass Payment", YESNO, words="Clients may pay several invoices together"),
))  # fmt: skip
_NUMBERING = Section("Numbering", (
    Field("SequentialInvoiceNumbering", "Sequential Invoice Numbering", YESNO,
          words="Invoices get numbers without gaps: when they are made or, as proforma invoices, when they are paid"),
    Field("EnableProformaInvoicing", "Proforma Invoicing", YESNO, words="Invoices are proforma until they are paid"),
    Field("SequentialInvoiceNumberFormat", "Invoice Number Format", size="medium", required=True, check=_format,
          hint="{NUMBER}, {YEAR}, {MONTH} and {DAY} are filled in."),
    Field("SequentialInvoiceNumberValue", "Next Invoice Number", NUMBER, least=1, most=999_999_999, size="short"),
    Field("SequentialInvoiceNumberReset", "Reset Numbering", CHOICE,
          choices=[("", "Never"), ("monthly", "Each month"), ("yearly", "Each year")], size="medium"),
))  # fmt: skip
_USE = Section("Use of credit", (
    Field("NoAutoApplyCredit", "Automatic Credit Use", YESNO, inverse=True, words="New recurring invoices use the client's credit"),
    Field("CreditOnDowngrade", "Credit on Downgrade", YESNO, words="A downgrade gives back what is left of the term as credit"),
))  # fmt: skip
_FUNDS = Section("Add funds", (
    Field("AddFundsEnabled", "Enable/Disable", YESNO, words="Clients may add funds to their account"),
    Field("AddFundsMinimum", "Minimum Deposit", AMOUNT, most=10**11, size="short"),
    Field("AddFundsMaximum", "Maximum Deposit", AMOUNT, most=10**11, size="short", hint="0 for no limit."),
    Field("AddFundsMaximumBalance", "Maximum Balance", AMOUNT, most=10**11, size="short", hint="0 for no limit."),
    Field("AddFundsRequireOrder", "Require Active Order", YESNO, words="Only clients with an active order may add funds"),
), hint="Amounts are in the default currency.")  # fmt: skip
_SECURITY = Section("", (
    Field("EnableEmailVerification", "Email Verification", YESNO,
          words="New users and changed addresses get a mail with a link that verifies them"),
    Field("APIAllowedIPs", "API IP Access Restriction", AREA, check=_networks, size="mono",
          hint="Addresses and networks that may call the API, separated by spaces or line ends."),
    Field("mh_api_log", "API Log", YESNO, words="Record API calls and their answers (table tblapilog)"),
))  # fmt: skip
#: fields of a client that need not be filled, as forms and API name them
OPTIONAL = (("firstname", "First Name"), ("lastname", "Last Name"), ("address1", "Address 1"), ("city", "City"), ("state", "State/Region"),
            ("postcode", "Postcode"), ("country", "Country"), ("phonenumber", "Phone Number"))  # fmt: skip
_OTHER = Section("", (
    Field("AllowClientRegister", "Client Registration", YESNO, words="People may register without ordering"),
    Field("ClientsProfileOptionalFields", "Optional Client Profile Fields", SEVERAL, choices=OPTIONAL,
          hint="What is ticked may be left empty by new and existing clients."),
    Field("ModuleLogEnabled", "Module Log", YESNO, words="Record what modules say to vendors"),
))  # fmt: skip

TABS = {
    1: Tab("General", (_COMPANY, _SYSTEM, _MAINTENANCE)),
    2: Tab("Localisation", (_LOCALISATION,)),
    3: Tab("Ordering", (_ORDERING,)),
    5: Tab("Mail", (_DELIVERY, _LAYOUT), _server),
    7: Tab("Invoices", (_GENERATION, _PAYING, _NUMBERING)),
    8: Tab("Credit", (_USE, _FUNDS), _funds),
    10: Tab("Security", (_SECURITY,)),
    12: Tab("Other", (_OTHER,)),
}
