"""The landing page: what it is, signing up, confirming the address, accepting the terms, and the way into SolusVM 2."""

from collections.abc import Mapping
from typing import Any

from modulehost import sdk

from . import connection, jobs, people, postpay, prepay, prices, usage
from .facts import LINK, PAGE_SECONDS, POSTPAY, PREPAY
from .problems import NotConnected, Problem, Refused, Unsure


def modes() -> list[str]:
    """The ways of paying that are open for customers."""
    return [mode for mode, is_on in ((POSTPAY, postpay.on), (PREPAY, prepay.on)) if is_on()]


_FIELDS = (
    "firstname",
    "lastname",
    "companyname",
    "email",
    "address1",
    "city",
    "state",
    "postcode",
    "country",
    "phonenumber",
)


def page(words: Mapping[str, str]) -> dict[str, Any]:
    """The page of `_clientarea`; no page at all while post-pay is disabled."""
    if not modes():
        return sdk.not_found()
    request, client = sdk.request(), sdk.current_client()
    if request.posted:
        action = request.form.get("action", "")
        if client is None:
            return _register(words) if action == "register" else sdk.redirect(LINK)
        return _act(words, int(client["id"]), action)
    if link := request.query.get("link", ""):
        return _confirm(words, link)
    return _page(words, **(_state(words, int(client["id"])) if client else _guest()))


# --- visitors -------------------------------------------------------------------------------------------------------------


def _guest(form: Mapping[str, str] | None = None, wrong: list[str] | None = None) -> dict[str, Any]:
    given = dict(form or {})
    given.setdefault("country", sdk.localAPI("GetConfigurationValue", {"setting": "DefaultCountry"}).get("value", "US"))
    return {"state": "guest", "form": {name: given.get(name, "") for name in (*_FIELDS, "currency")}, "wrong": wrong or [],
            "countries": sdk.countries(), "currencies": [one for one in prices.currencies() if one["id"] in prices.known()]}  # fmt: skip


def _register(words: Mapping[str, str]) -> dict[str, Any]:
    form = sdk.request().form
    if form.get("password", "") != form.get("password2", ""):
        return _page(words, **_guest(form, [words["passwordsdiffer"]]))
    values = {name: form.get(name, "").strip() for name in (*_FIELDS, "currency")}
    answer = sdk.localAPI(
        "AddClient",
        {**{k: v for k, v in values.items() if v}, "password2": form.get("password", ""), "clientip": sdk.request().ip},
    )
    if answer.get("result") != "success":
        return _page(words, **_guest(form, [str(answer.get("message"))]))
    client = int(answer["clientid"])
    people.invite(client, values["email"])
    signed = sdk.localAPI(
        "CreateSsoToken", {"client_id": client, "destination": "sso:custom_redirect", "sso_redirect_path": LINK}
    )
    return sdk.redirect(str(signed.get("redirect_url") or LINK))


def _confirm(words: Mapping[str, str], link: str) -> dict[str, Any]:
    """The mailed link: it proves the address; what follows is for the signed-in client only."""
    found = people.by_link(link)
    if found is None:
        client = sdk.current_client()
        return _page(words, **(_state(words, int(client["id"])) if client else _guest()), error=words["badlink"])
    people.verified(found.client)
    if (sdk.current_client() or {}).get("id") == found.client:
        return sdk.redirect(LINK)
    return sdk.redirect(f"login?goto=/{LINK}")


# --- customers ------------------------------------------------------------------------------------------------------------


def _state(words: Mapping[str, str], client: int) -> dict[str, Any]:
    mine = people.row(client)
    settings = postpay.current()
    if mine is not None and mine.user:
        currency = int(people.details(client)["currency"])
        found = {"state": "ready", "mode": mine.mode, "status": mine.applied, "servers": _servers(mine)}
        if mine.mode == PREPAY:
            rows = [{"month": f"{one.start:%Y-%m}", "tokens": one.tokens, "amount": prices.shown(currency, one.drawn)}
                    for one in prepay.drawn(client)]  # fmt: skip
            return {**found, "months": rows, "balance": prices.shown(currency, prepay.credit(client))}
        months = [{"month": f"{one.start:%Y-%m}", "tokens": one.tokens, "amount": prices.shown(currency, one.amount),
                   "invoice": one.invoice}
                  for one in usage.periods_of(client)]  # fmt: skip
        return {**found, "months": months}
    if mine is not None and mine.link and mine.verified is None:
        return {"state": "unconfirmed", "text": words["checkmailtext"].replace("{email}", mine.email)}
    return {"state": "accept", "terms": settings.terms, "general": _general_terms(), "modes": modes()}


def _act(words: Mapping[str, str], client: int, action: str) -> dict[str, Any]:
    mine = people.row(client)
    if action == "resend" and mine is not None and mine.verified is None:
        people.invite(client, str(people.details(client)["email"]), mine.mode)
        return _page(words, **_state(words, client), notice=words["sent"])
    try:
        if action == "login":
            return sdk.redirect(people.sign_on(client))
        if action == "accept":
            return _accept(words, client, mine)
    except (NotConnected, Unsure) as problem:
        sdk.logActivity(f"SolusVM 2: {problem}", client)
        return _page(words, **_state(words, client), error=words["unavailable"])
    except Problem as problem:
        sdk.logActivity(f"SolusVM 2: the client could not be served: {problem}", client)
        return _page(words, **_state(words, client), error=words["notpossible"])
    return sdk.redirect(LINK)


def _accept(words: Mapping[str, str], client: int, mine: Any) -> dict[str, Any]:
    form, settings, open_ = sdk.request().form, postpay.current(), modes()
    mode = form.get("mode") if form.get("mode") in open_ else open_[0]
    if mine is not None and mine.link and mine.verified is None:
        raise Refused("the address has not been confirmed")
    terms = settings.terms if mode == POSTPAY else ""
    if form.get("general") != "on" or (terms and form.get("postpay") != "on"):
        return _page(words, **_state(words, client), error=words["mustaccept"])
    email = str(people.details(client)["email"])
    people.change(client, email=email, terms=sdk.now(), terms_url=terms)
    people.enrol(client, str(mode))
    if mode == PREPAY:
        jobs.attempt(connection.panel(), people.row(client))
    return _page(words, **_state(words, client), notice=words["welcome"])


def _servers(mine: Any) -> str:
    try:
        return str(len(connection.panel(PAGE_SECONDS).servers(mine.user)))
    except Problem:
        return "–"


def _general_terms() -> str:
    return str(sdk.localAPI("GetConfigurationValue", {"setting": "TermsOfService"}).get("value") or "")


def _page(words: Mapping[str, str], **variables: Any) -> dict[str, Any]:
    return {
        "pagetitle": words["cloudhosting"],
        "breadcrumb": {LINK: words["cloudhosting"]},
        "templatefile": "post-pay/landing-page",
        "requirelogin": False,
        "vars": {"words": dict(words), "link": LINK, "error": "", "notice": "", "wrong": [], **variables},
    }
