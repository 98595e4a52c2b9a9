"""The variables that every page has. Source: the public list of global client-area variables."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

import modulehost
from modulehost import settings
from modulehost.accounts import clients
from modulehost.context import Ctx, Host
from modulehost.language import DEFAULT, known, languages, locale, native_name, phrase, phrases
from modulehost.money import currency_of, default_currency
from modulehost.schema import Client, Currency, Product, ProductGroup, User
from modulehost.themes import theme as theme_files
from modulehost.themes.encode import Raw, encoded
from modulehost.themes.objects import Collection, Record
from modulehost.themes.stats import stats
from modulehost.themes.theme import ORDERFORM, THEME, ThemeError
from modulehost.themes.visit import Page, Visit


@dataclass
class Base:
    """What was read for a page: theme, order form, language, the client (if any), and the variables made of it."""

    theme: str
    order_form: str
    language: str
    client: Client | None
    name: str
    groups: list[tuple[int, str, str]]
    lone: str = ""  # a signed-in user without a client
    variables: dict[str, Any] = field(default_factory=dict)


def base(ctx: Ctx, page: Page, visit: Visit) -> Base:
    """Read what every page shows. Raises ThemeError when the theme of the settings cannot be used."""
    with ctx.unit(read=True) as db:
        client = db.get(Client, visit.client_id) if visit.client_id else None
        user = db.get(User, visit.user_id) if visit.user_id else None
        theme = chosen_theme(db, visit.theme, THEME)
        form = chosen_theme(db, visit.order_form or page.form, ORDERFORM)
        language = chosen_language(db, visit.language, user, client)
        name = f"{client.firstname} {client.lastname}".strip() or client.companyname if client else ""
        groups = product_groups(db)
        lone = f"{user.first_name} {user.last_name}".strip() or user.email if user and client is None else ""
        found = Base(theme, form, language, client, name, groups, lone)
        found.variables = encoded(_variables(db, ctx.host, page, visit, found, user))
    return found


def chosen_theme(db: Session, preview: str, kind: str) -> str:
    """The theme (or order form) of a page: the preview when it exists, else the setting."""
    host = db.info["ctx"].host
    if preview and theme_files.exists(host, preview, kind):
        return preview
    setting = "OrderFormTemplate" if kind == ORDERFORM else "Template"
    name = settings.get(db, setting)
    if not theme_files.exists(host, name, kind):
        there = ", ".join(theme_files.names(host, kind)) or "none"
        raise ThemeError(f"setting {setting} names {name!r}, which does not exist; there are: {there}")
    return name


def chosen_language(db: Session, session: str, user: User | None, client: Client | None) -> str:
    """The session's choice, else the user's, the client's, the setting; English when that is not known."""
    wanted = (session, user.language if user else "", client.language if client else "", settings.get(db, "Language"))
    return next((name.lower() for name in wanted if name and known(name.lower())), DEFAULT)


def product_groups(db: Session) -> list[tuple[int, str, str]]:
    """The groups of the store: id, name, address. Groups without anything on sale are left out."""
    selling = select(Product.gid).where(Product.hidden == 0, Product.retired == 0)
    rows = db.scalars(
        select(ProductGroup)
        .where(ProductGroup.hidden == 0, ProductGroup.id.in_(selling))
        .order_by(ProductGroup.order, ProductGroup.id)
    )
    return [(row.id, row.name, group_path(row)) for row in rows]


def group_path(group: ProductGroup) -> str:
    """The friendly address of a product group, by id when it has no slug."""
    return f"/store/{quote(group.slug)}" if group.slug else f"/cart.php?gid={group.id}"


def page_currency(db: Session, visit: Visit, client: Client | None) -> Currency:
    """The client's currency; guests choose theirs."""
    if client is not None:
        return currency_of(db, client)
    return (db.get(Currency, visit.currency_id) if visit.currency_id else None) or default_currency(db)


def _variables(db: Session, host: Host, page: Page, visit: Visit, found: Base, user: User | None) -> dict[str, Any]:
    client, language = found.client, found.language
    now = host.clock.now()
    root = visit.web_root
    url = settings.system_url(db)
    company = settings.get(db, "CompanyName")
    currency = page_currency(db, visit, client)
    return {
        "WEB_ROOT": root,
        "BASE_PATH_CSS": f"{root}/_host/assets/bootstrap4/css",
        "BASE_PATH_FONTS": f"{root}/_host/assets/fontawesome/webfonts",
        "BASE_PATH_IMG": f"{root}/templates/{found.theme}/img",
        "BASE_PATH_JS": f"{root}/_host/assets/bootstrap4/js",
        "LANG": Raw(phrases(language)),
        "acceptTOS": settings.on(db, "EnableTOSAccept"),
        "activeCurrency": currency_record(currency),
        "activeLocale": locale_record(language),
        "adminLoggedIn": visit.admin,
        "adminMasqueradingAsClient": visit.masquerading,
        "assetLogoPath": settings.get(db, "LogoURL"),
        "breadcrumb": [{"link": link, "label": label} for link, label in page.crumbs],
        "captcha": captcha(),
        "cartitemcount": visit.cart_count,
        "carttpl": found.order_form,
        "charset": settings.get(db, "Charset"),
        "client": client_record(client) if client else None,
        "clientAlerts": [],
        "clientsdetails": clients.details(db, client) if client else {},
        "clientsstats": stats(db, client, currency_of(db, client)) if client else {},
        "companyname": company,
        "condlinks": {"affiliates": False, "updatecc": False, "addfunds": False, "masspay": False},
        "currencies": [currency_record(row) for row in db.scalars(select(Currency).order_by(Currency.id))],
        "currentpagelinkback": visit.path,
        "currentpagequery": {
            k: v for k, v in visit.query.items() if k not in ("language", "currency", "systpl", "carttpl")
        },
        "date_day": now.strftime("%d"),
        "date_month": now.strftime("%m"),
        "date_year": now.strftime("%Y"),
        "displayTitle": page.display_title or page.title,
        "filename": visit.filename,
        "hostMaintenance": settings.on(db, "MaintenanceMode"),
        "hostNotes": [{"type": kind, "title": title, "text": text} for kind, title, text in visit.notes],
        "inShoppingCart": page.order_form,
        "language": language,
        "languagechangeenabled": len(languages()) > 1 and settings.on(db, "AllowLanguageChange"),
        "locale": locale(language),
        "locales": [locale_record(name) for name in languages()],
        "loggedin": client is not None,
        "loggedinuser": user_record(user, _unverified(db, user)) if user else None,
        "logo": settings.get(db, "LogoURL"),
        "pagetitle": page.title,
        "phoneNumberInputStyle": 0,
        "reCaptchaPublicKey": "",
        "registerdomainenabled": False,
        "servedOverSsl": visit.secure,
        "showEmailVerificationBanner": _unverified(db, user) and not visit.verify_later,
        "showUserValidationBanner": False,
        "skipMainBodyContainer": page.full_width,
        "socialAccounts": [],
        "systemNonSSLURL": url.rstrip("/"),
        "systemsslurl": url if url.startswith("https:") else "",
        "systemurl": url,
        "tagline": page.tagline,
        "template": found.theme,
        "templatefile": page.template,
        "todaysdate": today_text(now.date()),
        "token": visit.token,
        "tosURL": settings.get(db, "TermsOfService"),
        "transferdomainenabled": False,
        "userid": visit.client_id,
        "versionHash": version_hash(host),
    }


def today_text(day: Any) -> str:
    """The day as `$todaysdate` has it: `Friday, 20th November 2026`."""
    ending = "th" if 10 <= day.day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day:%A}, {day.day}{ending} {day:%B} {day:%Y}"


def currency_record(row: Currency) -> dict[str, Any]:
    """A currency as templates see it."""
    return {
        "id": row.id, "code": row.code, "prefix": row.prefix, "suffix": row.suffix,
        "format": row.format, "rate": f"{row.rate:.5f}", "default": row.default,
    }  # fmt: skip


def locale_record(language: str) -> dict[str, Any]:
    """A language as templates see it."""
    code = locale(language)
    return {
        "language": language, "locale": code, "localisedName": native_name(language),
        "languageCode": code.partition("_")[0], "countryCode": code.partition("_")[2],
    }  # fmt: skip


def client_record(client: Client) -> Record:
    """The client as `$client`."""
    full = f"{client.firstname} {client.lastname}".strip()
    data = {
        "id": client.id, "uuid": client.uuid, "firstname": client.firstname, "firstName": client.firstname,
        "lastname": client.lastname, "lastName": client.lastname, "fullName": full, "fullname": full,
        "companyname": client.companyname, "companyName": client.companyname, "email": client.email,
        "address1": client.address1, "address2": client.address2, "city": client.city, "state": client.state,
        "postcode": client.postcode, "country": client.country, "phonenumber": client.phonenumber,
        "status": client.status, "language": client.language, "displayName": client.companyname or full,
        "payMethods": Collection([]),
    }  # fmt: skip
    return Record(data, class_name="WHMCS\\User\\Client")


def _unverified(db: Session, user: User | None) -> bool:
    return user is not None and user.email_verified_at is None and settings.on(db, "EnableEmailVerification")


def user_record(user: User, verification: bool = False) -> Record:
    """The signed-in person as `$user`; `verification`: addresses have to be verified."""
    full = f"{user.first_name} {user.last_name}".strip()
    data = {
        "id": user.id, "email": user.email, "firstName": user.first_name, "lastName": user.last_name, "fullName": full,
        "first_name": user.first_name, "last_name": user.last_name, "language": user.language,
    }  # fmt: skip
    methods = {
        "emailVerified": lambda: user.email_verified_at is not None,
        "needsToCompleteEmailVerification": lambda: verification and user.email_verified_at is None,
    }
    return Record(data, methods, class_name="WHMCS\\User\\User")


def captcha() -> Record:
    """`$captcha` as official forms ask it: there is none, so every question is answered with no."""
    no = {name: (lambda *_: False) for name in ("isEnabled", "isEnabledForForm", "isInvisible", "isRecaptcha")}
    none = {name: (lambda *_: "") for name in ("getButtonClass", "getMarkup", "getPageJs")}
    return Record({}, {**no, **none}, shown="", class_name="WHMCS\\Utility\\Captcha")


def version_hash(host: Host) -> str:
    """A short text that changes with the host's version and settings, for addresses of assets."""
    return hashlib.sha256(f"{modulehost.__version__} {host.config.emulate_version}".encode()).hexdigest()[:8]


def say(language: str, key: str, **values: object) -> Markup:
    """A phrase as HTML: the phrase is ours, the values are encoded."""
    return Markup(phrase(language, key, **{k: encoded(str(v)) for k, v in values.items()}))  # noqa: S704
