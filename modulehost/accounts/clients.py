"""Clients: adding, changing, finding them, and their details as API and modules see them.

Sources: the public API reference (AddClient, GetClientsDetails) and the public list of `clientsdetails` keys.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, mail, money, settings
from modulehost.accounts import customfields, throttle, users
from modulehost.accounts.countries import COUNTRIES, country_name, state_code, telephone
from modulehost.accounts.errors import Invalid
from modulehost.accounts.matching import person
from modulehost.context import Ctx, ctx_of
from modulehost.db import counted
from modulehost.language import Phrase
from modulehost.schema import (
    Client,
    ClientGroup,
    Contact,
    Currency,
    Invoice,
    Service,
    Transaction,
    User,
    alphabetic,
    same,
)

STATUSES = ("Active", "Inactive", "Closed")
PREFERENCES = ("general", "invoice", "support", "product", "domain", "affiliate")
TEXTS = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "tax_id", "language", "notes", "defaultgateway",
)  # fmt: skip
FLAGS = (
    "taxexempt", "latefeeoveride", "overideduenotices", "separateinvoices", "disableautocc", "emailoptout",
    "marketing_emails_opt_in", "overrideautoclose", "allow_sso", "email_verified",
)  # fmt: skip
COUNTRY_INVALID = Phrase("clientareaerrorcountry", "Valid country required")
_REQUIRED = {
    "firstname": users.FIRST_NAME_MISSING,
    "lastname": users.LAST_NAME_MISSING,
    "email": users.MAIL_MISSING,
    "address1": Phrase("clientareaerroraddress1", "You did not enter your address line 1"),
    "city": Phrase("clientareaerrorcity", "You did not enter your city"),
    "state": Phrase("clientareaerrorstate", "You did not enter your state"),
    "postcode": Phrase("clientareaerrorpostcode", "You did not enter your postcode"),
    "country": COUNTRY_INVALID,
    "phonenumber": Phrase("clientareaerrorphonenumber", "You did not enter your phone number"),
}
ORDERS = {
    "id": Client.id, "firstname": Client.firstname, "lastname": Client.lastname, "companyname": Client.companyname,
    "email": Client.email, "groupid": Client.groupid, "datecreated": Client.datecreated, "status": Client.status,
}  # fmt: skip


def truth(value: object) -> bool:
    """A yes/no value as forms, the API and modules write it."""
    return str(value).strip().lower() not in ("", "0", "false", "off", "no", "none")


def faults(db: Session, data: Mapping[str, Any], partial: bool = False, custom: bool = True) -> list[str]:
    """What is wrong with a client's data, in documented texts. With `partial` only what `data` names is looked at.

    The setting ClientsProfileOptionalFields (comma list) names fields that may stay empty.
    """
    optional = {name.strip() for name in settings.get(db, "ClientsProfileOptionalFields").split(",")}
    errors: list[str] = []
    for name, text in _REQUIRED.items():
        if partial and name not in data:
            continue
        value = str(data.get(name) or "").strip()
        if not value:
            if name not in optional:
                errors.append(text)
        elif name == "email" and not users.valid_mail(value):
            errors.append(users.MAIL_INVALID)
        elif name == "email" and users.banned_mail(db, value):
            errors.append(users.MAIL_BANNED)
        elif name == "country" and value.upper() not in COUNTRIES:
            errors.append(COUNTRY_INVALID)
        elif name == "phonenumber" and not _telephone(value):
            errors.append(Phrase("host.error.phone", "Invalid telephone phone number"))
    if custom:
        wanted = customfields.fields(db, "client")
        errors += customfields.faults(wanted, customfields.given(wanted, data.get("customfields") or {}), partial)
    return errors


def create(db: Session, data: Mapping[str, Any]) -> Client:
    """Add a client and, unless `owner_user_id` names one, the user who owns it. Raises Invalid.

    `data` has the names of AddClient: texts, `password2`, `currency`, `groupid`, `customfields` (field id -> value),
    `marketingoptin`, `skipvalidation` (required fields may be missing; address and password of a new user may not).
    Emits `client.added`. Fires no hooks: `add` does.
    """
    owner = None
    owner_id = _number(data.get("owner_user_id"))
    if data.get("owner_user_id") not in (None, "", 0, "0") and (owner := db.get(User, owner_id)) is None:
        raise Invalid(["Invalid Owner User ID"])
    errors = [] if truth(data.get("skipvalidation", "")) else faults(db, data)
    currency = _number(data.get("currency"))
    if currency and db.get(Currency, currency) is None:
        errors.append(f"There is no currency with the id {currency}")
    group = _number(data.get("groupid"))
    if group and db.get(ClientGroup, group) is None:
        errors.append(f"There is no client group with the id {group}")
    if errors:
        raise Invalid(errors)
    if owner is None:
        owner = users.create(db, data)

    host = ctx_of(db).host
    now = host.clock.now()
    client = Client(uuid=host.entropy.uuid(), status="Active", datecreated=now.date(), created_at=now, updated_at=now)
    _texts(client, data)
    client.country = client.country or settings.get(db, "DefaultCountry")
    client.language = client.language.lower()
    client.currency = currency or money.default_currency(db).id
    client.groupid = group
    client.marketing_emails_opt_in = int(truth(data.get("marketingoptin", "")))
    client.emailoptout = 1 - client.marketing_emails_opt_in
    client.allow_sso = 1
    client.ip = str(data.get("clientip") or throttle.address(ctx_of(db)))
    client.email_preferences = json.dumps(dict.fromkeys(PREFERENCES, "1"))
    db.add(client)
    db.flush()
    users.link(db, owner.id, client.id, owner=True)
    _custom(db, client.id, data.get("customfields") or {})
    journal.activity(db, f"Created Client {client.firstname} {client.lastname} - User ID: {client.id}", client.id)
    events.emit(db, "client.added", userid=client.id)
    return client


def update(db: Session, client: Client, data: Mapping[str, Any]) -> dict[str, Any]:
    """Change what `data` names; returns the previous values of what changed. Raises Invalid. Fires no hooks: `edit` does."""
    errors = [] if truth(data.get("skipvalidation", "")) else faults(db, data, partial=True)
    if "status" in data and data["status"] not in STATUSES:
        errors.append(f"Invalid client status; it is one of {', '.join(STATUSES)}")
    errors += _money_faults(db, client, data)
    billing = _number(data.get("billingcid"))
    if billing and ((contact := db.get(Contact, billing)) is None or contact.userid != client.id):
        errors.append(f"The client has no contact with the id {billing}")
    if errors:
        raise Invalid(errors)
    before = details(db, client)
    _texts(client, data)
    for name in FLAGS:
        if name in data:
            setattr(client, name, int(truth(data[name])))
    for name in ("currency", "groupid", "billingcid"):
        if name in data:
            setattr(client, name, _number(data[name]))
    if "status" in data:
        if data["status"] == "Closed" and client.status != "Closed":
            hooks.later(db, "ClientClose", userid=client.id)
        client.status = str(data["status"])
    if "credit" in data:
        client.credit = money.amount(data["credit"])
    if isinstance(data.get("email_preferences"), Mapping):
        kept = {**preferences(client), **{k: "1" if truth(v) else "0" for k, v in data["email_preferences"].items()}}
        client.email_preferences = json.dumps(kept)
    client.updated_at = ctx_of(db).host.clock.now()
    _custom(db, client.id, data.get("customfields") or {})
    db.flush()
    after = details(db, client)
    changed = {name: value for name, value in before.items() if after.get(name) != value}
    if changed:
        journal.activity(
            db, f"Client Profile Modified - {', '.join(sorted(changed))} - User ID: {client.id}", client.id
        )
    return changed


def _money_faults(db: Session, client: Client, data: Mapping[str, Any]) -> list[str]:
    """A currency and a group must exist, and the currency stays once there is money in it."""
    errors, currency, group = [], _number(data.get("currency")), _number(data.get("groupid"))
    if "currency" in data and currency != client.currency:
        if db.get(Currency, currency) is None:
            errors.append(f"There is no currency with the id {currency}")
        elif has_money(db, client):
            errors.append("The currency cannot be changed: the client has invoices, transactions or services in it")
    if "groupid" in data and group and db.get(ClientGroup, group) is None:
        errors.append(f"There is no client group with the id {group}")
    return errors


def has_money(db: Session, client: Client) -> bool:
    """Whether the client's currency is fixed: there are invoices, transactions, services or credit in it."""
    queries = [select(kind.id).where(kind.userid == client.id).limit(1) for kind in (Transaction, Invoice, Service)]
    return bool(client.credit) or any(db.scalar(query) is not None for query in queries)


def add(ctx: Ctx, data: Mapping[str, Any]) -> Client:
    """Add a client as API, admin and registration page do: ClientDetailsValidation, `create`, mail, UserAdd, ClientAdd.

    `noemail` leaves the Client Signup Email out. Raises Invalid.
    """
    _ask_hooks(ctx, data)
    new_user = data.get("owner_user_id") in (None, "", 0, "0")
    if new_user:
        hooks.fire(ctx, "PreUserAdd", **_user_arguments(0, data))
    with ctx.unit() as db:
        client = create(db, data)
        owner = users.owner_of(db, client.id)
        assert owner is not None  # create links one
        if not truth(data.get("noemail", "")):
            mail.queue(db, "Client Signup Email", client.id)
        fields = details(db, client)
    if new_user:
        hooks.fire(ctx, "UserAdd", **_user_arguments(owner.id, data))
    hooks.fire(
        ctx, "ClientAdd", client_id=client.id, user_id=owner.id, userid=client.id, password=str(data.get("password2") or ""),
        customFields=dict(data.get("customfields") or {}),
        **{name: getattr(client, name) for name in TEXTS[:12] + ("notes", "groupid")},
        **{name: fields[name] for name in FLAGS[:8]},
    )  # fmt: skip
    return client


def edit(ctx: Ctx, client_id: int, data: Mapping[str, Any]) -> Client:
    """Change a client as API, admin and client area do: ClientDetailsValidation, `update`, ClientEdit. Raises Invalid."""
    with ctx.unit(read=True) as db:
        current = db.get_one(Client, client_id)
    _ask_hooks(ctx, {**{name: getattr(current, name) for name in TEXTS}, **data})
    with ctx.unit() as db:
        client = db.get_one(Client, client_id)
        changed = update(db, client, data)
        fields = details(db, client)
    wishes = {
        f"email_preferences[{'invoices' if k == 'invoice' else k}]": truth(v)
        for k, v in fields["email_preferences"].items()
    }
    hooks.fire(
        ctx, "ClientEdit", userid=client.id, uuid=client.uuid, currency=client.currency, status=client.status,
        billingcid=client.billingcid, groupid=client.groupid, authmodule=client.authmodule, authdata=client.authdata,
        allow_sso=bool(client.allow_sso), olddata=changed, isOptedInToMarketingEmails=fields["isOptedInToMarketingEmails"],
        **{name: getattr(client, name) for name in TEXTS[:11] + ("language", "notes")},
        **{name: fields[name] for name in FLAGS[:8] + ("email_verified",)}, **wishes,
    )  # fmt: skip
    return client


def find(db: Session, client_id: int = 0, email: str = "") -> Client | None:
    """One client, by id or else by mail address."""
    if client_id:
        return db.get(Client, client_id)
    return (
        db.scalar(select(Client).where(same(Client.email, email.strip())).order_by(Client.id).limit(1))
        if email
        else None
    )


def search(
    db: Session,
    text: str = "",
    status: str = "",
    orderby: str = "id",
    descending: bool = False,
    start: int = 0,
    limit: int = 25,
    most: int = 0,
) -> tuple[int, list[Client]]:
    """How many clients match, and one page of them.

    `text` is the beginning of an address, a first, last, full or company name, without regard to case; `orderby` is a
    key of ORDERS (others count as id). Counting ends one above `most` when it is given.
    """
    wanted = select(Client)
    if text:
        wanted = wanted.where(person(text, Client.firstname, Client.lastname, Client.email, Client.companyname))
    if status:
        wanted = wanted.where(same(Client.status, status))
    total = counted(db, wanted, most)
    column = alphabetic(ORDERS.get(orderby.lower(), Client.id))
    order = (column.desc(), Client.id.desc()) if descending else (column.asc(), Client.id.asc())
    return total, list(db.scalars(wanted.order_by(*order).offset(max(start, 0)).limit(max(limit, 0))))


def preferences(client: Client) -> dict[str, str]:
    """Which kinds of mail a client wants: kind -> "1" or "0"."""
    try:
        stored = json.loads(client.email_preferences or "{}")
    except ValueError:
        stored = {}
    return {name: "1" if truth(stored.get(name, "1")) else "0" for name in PREFERENCES}


def details(db: Session, client: Client) -> dict[str, Any]:
    """A client as GetClientsDetails (`client`) and module parameters (`clientsdetails`) hold it, with exactly their keys."""
    calling, number = telephone(client.country, client.phonenumber)
    formatted = f"+{calling}.{number}" if number else ""
    currency = money.currency_of(db, client)
    fields = customfields.fields(db, "client")
    values = list(customfields.values(db, fields, client.id).items())
    wanted = preferences(client)
    people = users.of_client(db, client.id)
    opted_in = bool(client.marketing_emails_opt_in)
    local = client.phonenumber if not client.phonenumber.startswith("+") else number
    out: dict[str, Any] = {
        "client_id": client.id,
        "owner_user_id": next((user.id for user, row in people if row.owner), 0),
        "userid": client.id,
        "id": client.id,
        "uuid": client.uuid,
        "firstname": client.firstname,
        "lastname": client.lastname,
        "fullname": f"{client.firstname} {client.lastname}".strip(),
        "companyname": client.companyname,
        "email": client.email,
        "address1": client.address1,
        "address2": client.address2,
        "city": client.city,
        "fullstate": client.state,
        "state": client.state,
        "postcode": client.postcode,
        "countrycode": client.country,
        "country": client.country,
        "phonenumber": local,
        "tax_id": client.tax_id,
        "email_preferences": wanted,
        "statecode": state_code(client.country, client.state),
        "countryname": country_name(client.country),
        "phonecc": calling,
        "phonenumberformatted": formatted,
        "telephoneNumber": formatted,
        "billingcid": client.billingcid,
        "notes": client.notes,
        "currency": currency.id,
        "defaultgateway": client.defaultgateway,
        "groupid": client.groupid,
        "status": client.status,
        "credit": money.plain(client.credit),
        "taxexempt": bool(client.taxexempt),
        "latefeeoveride": bool(client.latefeeoveride),
        "overideduenotices": bool(client.overideduenotices),
        "separateinvoices": bool(client.separateinvoices),
        "disableautocc": bool(client.disableautocc),
        "emailoptout": bool(client.emailoptout),
        "marketing_emails_opt_in": opted_in,
        "overrideautoclose": bool(client.overrideautoclose),
        "allowSingleSignOn": client.allow_sso,
        "email_verified": bool(client.email_verified),
        "language": client.language,
        "isOptedInToMarketingEmails": opted_in,
        "lastlogin": _last_login(client),
        "currency_code": currency.code,
        "customfields": [{"id": field, "value": value} for field, value in values],
    }
    out |= {f"customfields{place}": value for place, (_, value) in enumerate(values, 1)}
    out["users"] = {
        "user": [
            {
                "id": user.id,
                "name": f"{user.first_name} {user.last_name}".strip(),
                "email": user.email,
                "is_owner": bool(row.owner),
            }
            for user, row in people
        ]
    }
    return out


def _last_login(client: Client) -> str:
    if client.lastlogin is None:
        return "No Login Logged"
    return f"Date: {client.lastlogin:%d/%m/%Y %H:%M}<br>IP Address: {client.ip}<br>Host: {client.host}"


def _texts(client: Client, data: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in data and data[name] is not None:
            value = str(data[name])
            setattr(client, name, value if name == "notes" else value.strip())
    client.country = client.country.upper()


def _custom(db: Session, client_id: int, data: Mapping[Any, Any]) -> None:
    wanted = customfields.fields(db, "client")
    for field_id, value in customfields.given(wanted, data).items():
        customfields.save(db, field_id, client_id, value)


def _ask_hooks(ctx: Ctx, data: Mapping[str, Any]) -> None:
    """ClientDetailsValidation: a hook answers a text or a list of texts to refuse."""
    arguments = {name: str(data.get(name) or "") for name in TEXTS[:12]}
    answers = hooks.fire(
        ctx, "ClientDetailsValidation", **arguments, paymentmethod=str(data.get("paymentmethod") or ""),
        customfield=dict(data.get("customfields") or {}), securityqid=_number(data.get("securityqid")),
        securityqans=str(data.get("securityqans") or ""),
    )  # fmt: skip
    errors: list[str] = []
    for answer in hooks.values(answers):
        errors += (
            [str(one) for one in answer if one] if isinstance(answer, list | tuple) else [str(answer)] if answer else []
        )
    if errors:
        raise Invalid(errors)


def _user_arguments(user_id: int, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "firstname": "firstname",
        "lastname": "lastname",
        "email": "email",
        "password": "password2",
        "language": "language",
    }
    return {"user_id": user_id, **{out: str(data.get(name) or "") for out, name in names.items()}}


def _telephone(value: str) -> bool:
    return any(sign.isdigit() for sign in value) and all(sign.isdigit() or sign in "+-. ()/x" for sign in value)


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
