"""Pay methods of clients: cards and bank accounts that a gateway keeps and charges by its token.

Whole card numbers are never stored: a card goes to a gateway whose module has `storeremote`, and token, brand, last four
digits and expiry stay here, the token encrypted. A bank account is kept for a gateway of type Bank, its numbers encrypted.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import hooks, journal
from modulehost.billing import gatewaymodules, gateways
from modulehost.billing.cards import Card, expires
from modulehost.billing.gateways import GatewayError
from modulehost.context import Ctx, ctx_of
from modulehost.contract import read_answer
from modulehost.runtimes import ModuleFailed
from modulehost.schema import BankAccount, Client, CreditCard, PayMethod
from modulehost.vault import Vault, VaultError

CARD, REMOTE_CARD, BANK, REMOTE_BANK = "CreditCard", "RemoteCreditCard", "BankAccount", "RemoteBankAccount"


class PayMethodRefused(ValueError):
    """A pay method that cannot be kept so; the text is what the API answers."""


@dataclass(frozen=True)
class Bank:
    """A bank account as it was entered."""

    code: str
    account: str
    name: str = ""
    type: str = ""
    holder: str = ""


@dataclass(frozen=True)
class Shown:
    """A pay method with its details; `token` is decrypted, `expiry` is MMYY and empty for a bank account."""

    row: PayMethod
    card: CreditCard | None = None
    bank: BankAccount | None = None
    secret: dict[str, str] | None = None

    @property
    def id(self) -> int:
        """tblpaymethods.id."""
        return self.row.id

    @property
    def token(self) -> str:
        """What the gateway knows it by."""
        return (self.secret or {}).get("token", "")

    @property
    def expiry(self) -> str:
        """MMYY of a card."""
        return f"{self.card.expiry_date:%m%y}" if self.card and self.card.expiry_date else ""

    @property
    def name(self) -> str:
        """How people tell it: `Visa-4242`, or the bank with the account's last four digits."""
        if self.card:
            return f"{self.card.card_type}-{self.card.last_four}"
        return f"{(self.bank.bank_name if self.bank else '') or 'Bank Account'}-{(self.secret or {}).get('account', '')[-4:]}"


def of_client(db: Session, client_id: int) -> list[Shown]:
    """The client's pay methods, the default first."""
    wanted = select(PayMethod).where(PayMethod.userid == client_id, PayMethod.deleted_at.is_(None))
    rows = db.scalars(wanted.order_by(PayMethod.order_preference, PayMethod.id)).all()
    return [_shown(db, row) for row in rows]


def find(db: Session, client_id: int, paymethod_id: int) -> Shown | None:
    """One pay method of a client; None when there is none of that id, or it is another's."""
    row = row_of(db, paymethod_id)
    return _shown(db, row) if row is not None and row.userid == client_id else None


def row_of(db: Session, paymethod_id: int) -> PayMethod | None:
    """The row of a pay method, whosever it is; None when there is none, or it was deleted."""
    row = db.get(PayMethod, paymethod_id) if paymethod_id else None
    return row if row is not None and row.deleted_at is None else None


def for_gateway(db: Session, client_id: int, gateway: str) -> list[Shown]:
    """Those that a gateway can charge, the default first."""
    return [one for one in of_client(db, client_id) if one.row.gateway_name == gateway]


def expired(ctx: Ctx, one: Shown) -> bool:
    """Whether a card's last month is over."""
    return bool(one.card and one.card.expiry_date and one.card.expiry_date < ctx.host.clock.now())


def storing(ctx: Ctx) -> list[str]:
    """The active gateways that keep cards (`storeremote`), in their order."""
    return [name for name in _active(ctx) if gatewaymodules.has(ctx, name, "storeremote")]


def banks(ctx: Ctx) -> list[str]:
    """The active gateways that charge bank accounts."""
    with ctx.unit(read=True) as db:
        return [one.module for one in gateways.active(db) if one.type == gatewaymodules.BANK]


def _active(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return [one.module for one in gateways.active(db)]


def add_card(ctx: Ctx, client_id: int, card: Card, gateway: str = "", description: str = "", default: bool = False) -> int:
    """Have a card kept by a gateway (the first that can, when none is named); returns tblpaymethods.id. Hook: CCUpdate.

    Raises PayMethodRefused.
    """
    able = storing(ctx)
    if not able:
        raise PayMethodRefused("No Local Credit Card Payment Gateways Enabled")
    if gateway and gateway not in able:
        if gateway in _active(ctx):
            raise PayMethodRefused("Unsupported Gateway Type for Storage")
        raise PayMethodRefused(f"Invalid Gateway Module Name. Must be one of: {', '.join(able)}")
    name = gateway or able[0]
    token = _remote(ctx, name, client_id, "create", card=card)
    return add_token(
        ctx, client_id, name, token, brand=card.brand, last_four=card.last_four, expiry=card.expiry, description=description,
        default=default, start=card.start, issue=card.issue,
    )  # fmt: skip


def add_token(
    ctx: Ctx,
    client_id: int,
    gateway: str,
    token: str,
    *,
    brand: str = "",
    last_four: str = "",
    expiry: str = "",
    description: str = "",
    default: bool = False,
    start: str = "",
    issue: str = "",
) -> int:
    """Keep a card that a gateway knows by `token` already; returns tblpaymethods.id."""
    with ctx.unit() as db:
        card = CreditCard(card_type=brand, last_four=last_four[-4:], expiry_date=expires(expiry) if expiry else None)
        card.card_data = _seal(db, {"token": token, "start": start, "issue": issue})
        row = _write(db, client_id, card, REMOTE_CARD, gateway, description, default)
        told = {"userid": client_id, "cardtype": brand, "cardnum": "", "cardcvv": "", "expdate": expiry, "cardstart": start,
        "cardissue": issue}
        hooks.later(db, "CCUpdate", **told)
        journal.activity(db, f"Added pay method {brand}-{last_four[-4:]} - Pay Method ID: {row.id}", client_id)
    return row.id


def add_bank(
    ctx: Ctx, client_id: int, bank: Bank, gateway: str = "", description: str = "", default: bool = False, token: str = ""
) -> int:
    """Keep a bank account; returns tblpaymethods.id. Raises PayMethodRefused."""
    if not token:
        if not bank.code.strip():
            raise PayMethodRefused("Routing number is required")
        if not bank.account.strip():
            raise PayMethodRefused("Account number is required")
    name = gateway or next(iter(banks(ctx)), "")
    if not name:
        raise PayMethodRefused("Gateway is Required for Bank Account Storage")
    if name not in _active(ctx):
        raise PayMethodRefused(f"Invalid Gateway Module Name. Must be one of: {', '.join(banks(ctx))}")
    with ctx.unit() as db:
        row = BankAccount(bank_name=bank.name, acct_type=bank.type)
        row.bank_data = _seal(db, {"code": bank.code, "account": bank.account, "holder": bank.holder, "token": token})
        made = _write(db, client_id, row, REMOTE_BANK if token else BANK, name, description, default)
        journal.activity(db, f"Added bank account - Pay Method ID: {made.id}", client_id)
    return made.id


def _write(
    db: Session, client_id: int, details: CreditCard | BankAccount, kind: str, gateway: str, description: str, default: bool
) -> PayMethod:
    now = ctx_of(db).host.clock.now()
    last = db.scalar(select(func.max(PayMethod.order_preference)).where(PayMethod.userid == client_id))
    row = PayMethod(
        userid=client_id, description=description, contact_id=client_id, contact_type="Client", payment_type=kind,
        gateway_name=gateway, order_preference=0 if last is None else last + 1, created_at=now, updated_at=now,
    )  # fmt: skip
    db.add(row)
    details.created_at = details.updated_at = now
    db.add(details)
    db.flush()
    details.pay_method_id, row.payment_id = row.id, details.id
    if default:
        _first(db, client_id, row.id)
    db.flush()
    return row


def set_default(ctx: Ctx, client_id: int, paymethod_id: int) -> None:
    """Let a pay method be the client's first. Raises PayMethodRefused."""
    with ctx.unit() as db:
        if find(db, client_id, paymethod_id) is None:
            raise PayMethodRefused("Invalid Pay Method ID")
        _first(db, client_id, paymethod_id)


def _first(db: Session, client_id: int, paymethod_id: int) -> None:
    rows = [one.row for one in of_client(db, client_id)]
    rows.sort(key=lambda row: row.id != paymethod_id)
    for place, row in enumerate(rows):
        row.order_preference = place
    db.flush()


def update(
    ctx: Ctx,
    client_id: int,
    paymethod_id: int,
    *,
    description: str | None = None,
    expiry: str | None = None,
    bank: Bank | None = None,
    default: bool = False,
) -> None:
    """Change description, a card's expiry (the gateway is told) or a bank account's details. Raises PayMethodRefused."""
    with ctx.unit(read=True) as db:
        held = find(db, client_id, paymethod_id)
    if held is None:
        raise PayMethodRefused("Invalid Pay Method ID")
    token = held.token
    if expiry is not None and held.card is not None and gatewaymodules.has(ctx, held.row.gateway_name, "storeremote"):
        token = _remote(ctx, held.row.gateway_name, client_id, "update", held=held, expiry=expiry) or token
    with ctx.unit() as db:
        one = find(db, client_id, paymethod_id)
        if one is None:
            raise PayMethodRefused("Invalid Pay Method ID")
        now = ctx.host.clock.now()
        if description is not None:
            one.row.description = description
        if one.card is not None and expiry is not None:
            one.card.expiry_date = expires(expiry)
            one.card.card_data = _seal(db, {**(one.secret or {}), "token": token})
            one.card.updated_at = now
        if one.bank is not None and bank is not None:
            kept = one.secret or {}
            new = {"code": bank.code or kept.get("code", ""), "account": bank.account or kept.get("account", "")}
            one.bank.bank_data = _seal(db, {**kept, **new, "holder": bank.holder or kept.get("holder", "")})
            one.bank.bank_name, one.bank.acct_type = bank.name or one.bank.bank_name, bank.type or one.bank.acct_type
            one.bank.updated_at = now
        one.row.updated_at = now
        if default:
            _first(db, client_id, paymethod_id)
        journal.activity(db, f"Updated pay method {one.name} - Pay Method ID: {paymethod_id}", client_id)


def delete(ctx: Ctx, client_id: int, paymethod_id: int, *, strict: bool = False) -> None:
    """Forget a pay method, at the gateway too; with `strict` only if that succeeds. Raises PayMethodRefused."""
    with ctx.unit(read=True) as db:
        held = find(db, client_id, paymethod_id)
    if held is None:
        raise PayMethodRefused("Invalid Pay Method ID")
    if held.token and gatewaymodules.has(ctx, held.row.gateway_name, "storeremote"):
        try:
            _remote(ctx, held.row.gateway_name, client_id, "delete", held=held)
        except PayMethodRefused as refused:
            if strict:
                raise
            with ctx.unit() as db:
                journal.activity(db, f"{refused} - Pay Method ID: {paymethod_id}", client_id)
    with ctx.unit() as db:
        one = find(db, client_id, paymethod_id)
        if one is not None:
            now = ctx.host.clock.now()
            one.row.deleted_at = one.row.updated_at = now
            details = one.card or one.bank
            if isinstance(details, CreditCard):
                details.card_data = ""
            elif isinstance(details, BankAccount):
                details.bank_data = ""
            if details is not None:
                details.deleted_at = details.updated_at = now
            journal.activity(db, f"Deleted pay method {one.name} - Pay Method ID: {paymethod_id}", client_id)


_DOING = {"create": "Error Creating Remote Token", "update": "Error Updating Remote Pay Method",
"delete": "Error Deleting Remote Pay Method"}


def _remote(
    ctx: Ctx, gateway: str, client_id: int, action: str, *, card: Card | None = None, held: Shown | None = None, expiry: str = ""
) -> str:
    """Ask a gateway to create, update or delete what it keeps; returns its token. Raises PayMethodRefused."""
    with ctx.unit(read=True) as db:
        client = db.get(Client, client_id)
        if client is None:
            raise PayMethodRefused("Invalid Client ID")
        given = gatewaymodules.params(db, gateway)
        given |= gatewaymodules.of_client(db, client)
    given |= {"action": action, "gatewayid": held.token if held else "", "remoteStorageToken": held.token if held else ""}
    hidden = {held.token} if held and held.token else set()
    if card is not None:
        given |= {
            "cardtype": card.brand, "cardnum": card.number, "cardexp": card.expiry, "cardstart": card.start,
            "cardissuenum": card.issue, "cccvv": card.cvv, "cardcvv": card.cvv, "cardlastfour": card.last_four,
        }  # fmt: skip
        hidden |= {card.number, *([card.cvv] if card.cvv else [])}
    elif held is not None and held.card is not None:
        given |= {"cardtype": held.card.card_type, "cardnum": "", "cardlastfour": held.card.last_four, "cardexp": expiry or held.expiry}
    try:
        said = read_answer(gatewaymodules.call(ctx, gateway, "storeremote", given, more_secrets=hidden, long=True).value)
    except (GatewayError, ModuleFailed) as failure:
        raise PayMethodRefused(f"{_DOING[action]}: {journal.mask(str(failure), hidden)}") from None
    if said.status != "success":
        raise PayMethodRefused(f"{_DOING[action]}: {journal.mask(said.reason, hidden) or said.status}")
    if action == "create" and not said.token:
        raise PayMethodRefused(f"{_DOING[action]}: the module returned no gatewayid")
    return said.token


def charging(one: Shown) -> dict[str, Any]:
    """What of a pay method goes into the params of capture."""
    given: dict[str, Any] = {"paymethodid": one.id, "gatewayid": one.token, "remoteStorageToken": one.token}
    if one.card is not None:
        secret = one.secret or {}
        given |= {
            "cardtype": one.card.card_type, "cardlastfour": one.card.last_four, "cardnum": "", "cardexp": one.expiry,
            "cardstart": secret.get("start", ""), "cardissuenum": secret.get("issue", ""), "cccvv": "",
        }  # fmt: skip
    if one.bank is not None:
        secret = one.secret or {}
        given |= {
            "bankname": one.bank.bank_name, "banktype": one.bank.acct_type, "bankcode": secret.get("code", ""),
            "bankacct": secret.get("account", ""), "bankholder": secret.get("holder", ""),
        }  # fmt: skip
    return given


def _shown(db: Session, row: PayMethod) -> Shown:
    if row.payment_type in (BANK, REMOTE_BANK):
        bank = db.get(BankAccount, row.payment_id)
        return Shown(row, None, bank, _open(db, bank.bank_data if bank else ""))
    card = db.get(CreditCard, row.payment_id)
    return Shown(row, card, None, _open(db, card.card_data if card else ""))


def _seal(db: Session, data: dict[str, str]) -> str:
    return ctx_of(db).host.part(Vault).encrypt(json.dumps({name: value for name, value in data.items() if value}))


def _open(db: Session, sealed: str) -> dict[str, str]:
    try:
        found = json.loads(ctx_of(db).host.part(Vault).decrypt(sealed) or "{}")
    except (VaultError, ValueError):
        return {}  # its key is gone: it can be seen and deleted, not charged
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
