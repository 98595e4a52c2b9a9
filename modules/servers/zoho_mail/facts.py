"""What this module takes for true about Zoho, in one place: hosts, scopes, plans, limits and names.

Lines marked (assumed) are in no page of Zoho's that could be read; when a real account shows otherwise, this is the file
to change.
"""

import re
from dataclasses import dataclass

MODULE = "zoho_mail"
TITLE = "Zoho Mail"


# --- data centres -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Region:
    """One data centre. Its hosts stand under one domain, which cannot be guessed: Canada's is another one."""

    key: str
    label: str
    domain: str

    @property
    def accounts(self) -> str:
        return f"https://accounts.{self.domain}"

    @property
    def mail(self) -> str:
        return f"https://mail.{self.domain}"

    @property
    def mailadmin(self) -> str:
        return f"https://mailadmin.{self.domain}"  # for ca and cn (assumed)

    @property
    def store(self) -> str:
        return f"https://store.{self.domain}"  # for all but us (assumed)


# uk exists, but its mail host is published nowhere; it is left out until it is.
REGIONS: dict[str, Region] = {
    region.key: region
    for region in (
        Region("us", "United States (zoho.com)", "zoho.com"),
        Region("eu", "Europe (zoho.eu)", "zoho.eu"),
        Region("in", "India (zoho.in)", "zoho.in"),
        Region("au", "Australia (zoho.com.au)", "zoho.com.au"),
        Region("jp", "Japan (zoho.jp)", "zoho.jp"),
        Region("ca", "Canada (zohocloud.ca)", "zohocloud.ca"),
        Region("cn", "China (zoho.com.cn)", "zoho.com.cn"),
        Region("sa", "Saudi Arabia (zoho.sa)", "zoho.sa"),
    )
}

# What the consent page may name as the user's data centre. Zoho's own module compares with the two longer spellings.
LOCATIONS = {**{key: key for key in REGIONS}, "com.au": "au", "com.cn": "cn"}

# --- authorisation ----------------------------------------------------------------------------------------------------

SCOPES = ",".join(  # by commas, not by blanks
    (
        "ZohoMail.partner.organization.ALL",
        "ZohoMail.organization.accounts.READ",
        "ZohoMail.organization.accounts.UPDATE",
        "ZohoMail.organization.domains.READ",
        "ZohoMail.organization.domains.UPDATE",
        "ZohoMail.organization.subscriptions.UPDATE",
        "ZohoPayments.partnersubscription.all",
    )
)
CONSOLE = "https://api-console.zoho.com/"
TOKEN_SECONDS = 3600  # when a token comes without its time
TOKEN_MARGIN = 300  # an access token is given up this long before its end
TOKEN_PAUSE = 60  # after a refusal nobody asks again for so long; the throttle counts ten in ten minutes (assumed)
STATE_MINUTES = 15  # how long the consent page may stay open (assumed)
THROTTLED = "access denied"  # the token endpoint's error name for too many requests, compared in lower case

# --- answers ----------------------------------------------------------------------------------------------------------

ANSWER_SECONDS = 30
PAGE_SECONDS = 5  # for what is asked while somebody waits for a page
PAGE_ROWS = 50  # users asked for at once
LEAST_ROWS = 10  # Zoho's own default; a shorter page is the last one (assumed)
TAGGING_PAGE = "https://store.zoho.com/html/store/tagyourpartner.html"

VERIFY_MODES = ("verifyDomainByTXT", "verifyDomainByCName", "verifyDomainByHTML")
# Texts that say that the wished state is there already.
ALREADY = re.compile(r"already (en|dis)abled|not enabled", re.IGNORECASE)

# --- plans ------------------------------------------------------------------------------------------------------------

SERVICE_ID = 1501  # Mail and Workplace in the partner store
FREE_USERS = 5


@dataclass(frozen=True)
class Plan:
    """A plan. `kind`: free, trial (both chosen at creation) or paid (bought in the partner store, per user)."""

    key: str
    name: str
    kind: str
    plan_id: int = 0
    user_addon: int = 0
    monthly: bool = False
    names: tuple[str, ...] = ()


PLANS = (
    Plan("free", "Mail Free", "free", names=("Forever Free",)),
    Plan("basicTrial", "Workplace Standard Trial", "trial"),
    Plan("professionalTrial", "Workplace Professional Trial", "trial"),
    Plan("mailPremiumTrial", "Mail Premium Trial", "trial"),
    Plan("newMail5gb", "Mail Lite", "paid", 17033, 17083, names=("Mail Lite 5GB", "Mail 5GB")),
    Plan("newMail10gb", "Mail 10GB", "paid", 17034, 17084, names=("Mail Lite 10GB",)),
    Plan("mailPremium", "Mail Premium", "paid", 17035, 10792),
    Plan("basic", "Workplace Standard", "paid", 10730, 10779, monthly=True),
    Plan("professional", "Workplace Professional", "paid", 10731, 10780, monthly=True),
)
FREE = PLANS[0]

# Zoho knows months and years. A longer cycle of the seller is renewed by Zoho within it; a shop that does not want that
# leaves these cycles without a price. One Time and Free Account cannot pay for something that recurs.
PERIODS = {
    "Monthly": "MONT",
    "Quarterly": "MONT",
    "Semi-Annually": "MONT",
    "Annually": "YEAR",
    "Biennially": "YEAR",
    "Triennially": "YEAR",
}

# Which configurable option means what: first the exact machine name (before the bar), then a word in the name.
PLAN_OPTION = ("plan", ("plan", "プラン"))
MAILBOX_OPTION = ("mailboxes", ("mailbox", "メールボックス"))

# --- names kept with the service, which are also the labels shown -----------------------------------------------------

CLIENT_DOMAIN = "Client Domain"
CONTROL_PANEL = "Client Control Panel"
SUPER_ADMIN = "Super Admin"
ZOID = "ZOID"
VERIFICATION = "Domain Verification"
MANAGE = "URL to Manage Customers"
VERIFIED, NOT_VERIFIED = "Verified", "Not Verified"


def control_panel(region: Region, encrypted_zoid: str, domain: str) -> str:
    """The customer's control panel as the first generation of Zoho's module links it, on the right data centre."""
    from urllib.parse import urlencode

    return f"{region.mail}/cpanel/index.do?{urlencode({'zoid': encrypted_zoid, 'dname': domain})}"


def webmail(region: Region) -> str:
    """The mailbox of whoever is signed in."""
    return f"{region.mail}/zm/"


def partner_console(region: Region) -> str:
    """The partner's list of customers."""
    return f"{region.mailadmin}/cpanel/index.do#managecustomers"
