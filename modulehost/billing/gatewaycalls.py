"""Asking a gateway to charge a client or to give money back.

Such a call costs money if it happens twice, so it is a row before it is made (mh_gateway_call): intent, commit, call, outcome.
When the process died in between, the module raised, or its time ran out, nobody knows what the gateway has done: the row is
`interrupted`, staff say what became of it (`resolve`), and until then neither a person nor the automation can repeat it.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, mail
from modulehost.billing import gatewaymodules, gateways, invoices, payments, paymethods, refunds
from modulehost.billing.cards import Card
from modulehost.billing.gateways import GatewayError
from modulehost.context import Ctx, ctx_of
from modulehost.contract import Answer, read_answer
from modulehost.language import Phrase
from modulehost.money import ZERO, currency_of, formatted
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Client, GatewayCall, Invoice, Transaction

CAPTURE, REFUND = "capture", "refund"
RUNNING, SUCCESS, PENDING, DECLINED, ERROR, INTERRUPTED, RESOLVED = (
    "running", "success", "pending", "declined", "error", "interrupted", "resolved",
)  # fmt: skip
FAILED_MAIL, SUCCESS_MAIL, PENDING_MAIL = (
    "Credit Card Payment Failed", "Credit Card Payment Confirmation", "Credit Card Payment Pending",
)  # fmt: skip
UNKNOWN = Phrase("host.error.chargeUnknown", "what became of an earlier attempt is not known; see the Gateway Log")


class CallRefused(ValueError):
    """A capture or refund that was not even begun; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What became of a call. `message`: the reason of a refusal. `repeated`: this very request had run already."""

    call_id: int
    state: str
    message: str = ""
    repeated: bool = False

    @property
    def ok(self) -> bool:
        """Whether the money has moved."""
        return self.state == SUCCESS


def capture(
    ctx: Ctx,
    invoice_id: int,
    *,
    paymethod_id: int = 0,
    card: Card | None = None,
    cvv: str = "",
    request_key: str | None = None,
    automated: bool = False,
) -> Outcome:
    """Charge what is due on an unpaid invoice through its gateway: with a stored pay method, or a card that was just entered.

    Without either, the invoice's own pay method or the client's first for this gateway is taken; a gateway with `nolocalcc`
    needs none. Success is a payment with the mail that MetaData's successEmail names; pending makes the invoice Payment
    Pending; a refusal sends failedEmail. Raises CallRefused.
    """
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, invoice_id)
    if invoice is None:
        raise CallRefused("Invoice Not Found or Not Unpaid")
    name = invoice.paymentmethod
    if not gatewaymodules.has(ctx, name, "capture"):
        text = f"the payment method {name or 'of the invoice'} cannot be charged from here"
        raise CallRefused(Phrase("host.error.testGatewayOff", text))
    needless = gatewaymodules.has(ctx, name, "nolocalcc")
    with ctx.unit() as db:
        invoice = db.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
        if known := _known(db, request_key):
            return Outcome(known.id, known.state, known.message, True)
        due = invoices.balance(db, invoice)
        if invoice.status != "Unpaid" or due <= 0:
            raise CallRefused(Phrase("host.error.notUnpaid", "Invoice Not Found or Not Unpaid"))
        gateways.find(db, name)
        _none_open(ctx, db, GatewayCall.invoice_id == invoice_id)
        chosen = _paymethod(db, invoice, paymethod_id) if card is None else None
        if chosen is None and card is None and not needless:
            raise CallRefused(Phrase("host.payNoCard", "there is no card or bank account to charge"))
        call = _intent(ctx, db, CAPTURE, name, invoice, due, request_key, paymethod_id=chosen.id if chosen else 0)
        invoice.last_capture_attempt = ctx.host.clock.now()
        given = gatewaymodules.params(db, name, invoice, due)
    hidden: set[str] = set()
    if chosen is not None:
        given |= paymethods.charging(chosen)
        hidden |= set((chosen.secret or {}).values())
        if cvv:
            given |= {"cccvv": cvv, "cardcvv": cvv}
    if card is not None:
        given |= {
            "cardtype": card.brand, "cardnum": card.number, "cardexp": card.expiry, "cardstart": card.start, "gatewayid": "",
            "cardissuenum": card.issue, "cccvv": card.cvv, "cardcvv": card.cvv, "cardlastfour": card.last_four,
        }  # fmt: skip
        hidden |= {card.number}
    hidden |= {one for one in (cvv, card.cvv if card else "") if one}
    said, unknown = _ask(ctx, name, "capture", given, hidden)
    mails = gatewaymodules.metadata(ctx, name)
    with ctx.unit() as db:
        call = db.get_one(GatewayCall, call.id, with_for_update=True, populate_existing=True)
        invoice = db.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
        if said.status == SUCCESS and invoice.status == "Cancelled":  # meanwhile; the money is there, and staff must see it
            unknown, said = True, Answer(SUCCESS, said.transid, said.fees, "the invoice was cancelled while the gateway was asked")
        _captured(db, call, said, unknown, mails, automated)
    events.drain(ctx)
    return Outcome(call.id, call.state, call.message)


def _captured(db: Session, call: GatewayCall, said: Answer, unknown: bool, mails: dict[str, Any], automated: bool) -> None:
    _close(db, call, INTERRUPTED if unknown else said.status, said)
    gatewaymodules.log(db, call.gateway, _reported(call, said), "Unknown" if unknown else said.status.capitalize())
    if unknown:
        return
    invoice = db.get_one(Invoice, call.invoice_id, with_for_update=True, populate_existing=True)
    if said.status == SUCCESS:
        _pay(db, call, said.transid, said.fees)
        mail.queue(db, str(mails.get("successEmail") or SUCCESS_MAIL), invoice.userid, rel_id=invoice.id)
    elif said.status == PENDING:
        if invoice.status == "Unpaid":  # it may have been paid otherwise while the gateway was asked
            invoices.set_status(db, invoice, "Payment Pending")
        mail.queue(db, str(mails.get("pendingEmail") or PENDING_MAIL), invoice.userid, rel_id=invoice.id)
    else:
        mail.queue(db, str(mails.get("failedEmail") or FAILED_MAIL), invoice.userid, rel_id=invoice.id)
        how = "Automatic capture" if automated else "Capture"
        journal.activity(db, f"{how} of Invoice ID: {invoice.id} failed: {call.message or said.status}", invoice.userid)


def _pay(db: Session, call: GatewayCall, transid: str, fees: Decimal) -> None:
    payment, row = payments.record(db, call.invoice_id, transid, call.gateway, call.amount, fees, None, False)
    if not payment.repeated:
        hooks.later(db, "AddInvoicePayment", invoiceid=call.invoice_id)
        hooks.later(db, "AddTransaction", **payments.hook_arguments(row))


def refund(
    ctx: Ctx,
    payment_id: int,
    wanted: Decimal | None = None,
    *,
    undo: bool = False,
    send: bool = True,
    request_key: str | None = None,
) -> Outcome:
    """Give (a part of) a payment back through its gateway. Raises CallRefused, and RefundRefused for a wrong amount."""
    with ctx.unit(read=True) as db:
        payment = db.get(Transaction, payment_id)
    if payment is None or not gatewaymodules.has(ctx, payment.gateway, "refund"):
        raise CallRefused("the gateway of this payment cannot give money back; record it, or give it back as credit")
    name = payment.gateway
    with ctx.unit() as db:
        if known := _known(db, request_key):
            return Outcome(known.id, known.state, known.message, True)
        payment, amount = refunds.check(db, payment_id, wanted)
        invoice = db.get(Invoice, payment.invoiceid)
        if invoice is None:
            raise CallRefused("the invoice of this payment is gone")
        gateways.find(db, name)
        _none_open(ctx, db, GatewayCall.payment_id == payment_id)
        call = _intent(ctx, db, REFUND, name, invoice, amount, request_key, payment_id=payment_id)
        call.options = json.dumps({"undo": undo, "send": send})
        given = gatewaymodules.params(db, name, invoice, amount) | {"transid": payment.transid}
        used = select(GatewayCall.paymethod_id).where(
            GatewayCall.invoice_id == invoice.id, GatewayCall.transid == payment.transid, GatewayCall.paymethod_id > 0
        )
        chosen = paymethods.find(db, invoice.userid, db.scalar(used.limit(1)) or 0)
    if chosen is not None:
        given |= paymethods.charging(chosen)
    hidden = set((chosen.secret or {}).values()) if chosen else set()
    said, unknown = _ask(ctx, name, "refund", given, hidden)
    with ctx.unit() as db:
        call = db.get_one(GatewayCall, call.id, with_for_update=True, populate_existing=True)
        _close(db, call, INTERRUPTED if unknown else said.status, said)
        gatewaymodules.log(db, name, _reported(call, said), "Unknown" if unknown else f"Refund {said.status.capitalize()}")
        if said.status == SUCCESS and not unknown:
            _give_back(db, call, said.transid, said.fees)
    events.drain(ctx)
    return Outcome(call.id, call.state, call.message)


def _give_back(db: Session, call: GatewayCall, transid: str, fees: Decimal) -> None:
    payment = db.get_one(Transaction, call.payment_id, with_for_update=True, populate_existing=True)
    asked = json.loads(call.options or "{}")
    refunds.record(
        db, payment, call.amount, transid=transid, fees=fees, undo=bool(asked.get("undo")), send=bool(asked.get("send", True))
    )


def resolve(ctx: Ctx, call_id: int, happened: bool, transid: str = "") -> None:
    """Say what became of an interrupted call: it `happened`, so it is recorded now, or it did not. Raises CallRefused."""
    with ctx.unit() as db:
        call = db.get(GatewayCall, call_id, with_for_update=True, populate_existing=True)
        if call is None or call.state != INTERRUPTED:
            raise CallRefused("there is nothing to be said about this call any more")
        if happened and not transid.strip():
            raise CallRefused("enter the gateway's transaction id")
        call.state, call.transid = RESOLVED, transid.strip()
        call.message = f"{call.message}; staff: it {'happened' if happened else 'did not happen'}"
        if happened and call.kind == CAPTURE:
            try:
                _pay(db, call, call.transid, ZERO)
            except payments.PaymentRefused as refused:
                raise CallRefused(str(refused)) from None
        elif happened:
            try:
                refunds.check(db, call.payment_id, call.amount)
            except refunds.RefundRefused as refused:
                raise CallRefused(str(refused)) from None
            _give_back(db, call, call.transid, ZERO)
        journal.activity(db, f"Gateway call {call.id} resolved: {call.message}", 0)
    events.drain(ctx)


def recover(ctx: Ctx) -> int:
    """Mark the calls of dead processes as interrupted; returns how many there were."""
    with ctx.unit(read=True) as db:
        open_ = db.scalars(select(GatewayCall).where(GatewayCall.state == RUNNING)).all()
    dead = [one.id for one in open_ if not ctx.host.is_alive(one.owner)]
    for call_id in dead:
        with ctx.unit() as db:
            call = db.get_one(GatewayCall, call_id, with_for_update=True, populate_existing=True)
            if call.state == RUNNING:
                text = "the host stopped while the gateway was asked; whether it has acted is not known"
                _close(db, call, INTERRUPTED, Answer(ERROR, reason=text))
    return len(dead)


def unresolved(db: Session, invoice_id: int = 0) -> list[GatewayCall]:
    """The interrupted calls, the oldest first; of one invoice when it is given."""
    wanted = select(GatewayCall).where(GatewayCall.state == INTERRUPTED)
    if invoice_id:
        wanted = wanted.where(GatewayCall.invoice_id == invoice_id)
    return list(db.scalars(wanted.order_by(GatewayCall.id)))


def _known(db: Session, request_key: str | None) -> GatewayCall | None:
    return db.scalar(select(GatewayCall).where(GatewayCall.request_key == request_key)) if request_key else None


def _none_open(ctx: Ctx, db: Session, about: Any) -> None:
    """Refuse while a call about the same is under way, or its outcome is unknown."""
    for one in db.scalars(select(GatewayCall).where(about, GatewayCall.state.in_((RUNNING, INTERRUPTED)))):
        alive = one.state == RUNNING and ctx.host.is_alive(one.owner)
        asked = Phrase("host.error.chargeUnderWay", "the gateway is being asked at this moment; wait for its answer")
        raise CallRefused(asked if alive else UNKNOWN)


def _paymethod(db: Session, invoice: Invoice, paymethod_id: int) -> paymethods.Shown | None:
    wanted = paymethod_id or invoice.paymethodid or 0
    if wanted:
        chosen = paymethods.find(db, invoice.userid, wanted)
        if chosen is not None and chosen.row.gateway_name == invoice.paymentmethod:
            return chosen
        if paymethod_id:
            raise CallRefused("this pay method cannot be used for the invoice")
    return next(iter(paymethods.for_gateway(db, invoice.userid, invoice.paymentmethod)), None)


def _intent(
    ctx: Ctx, db: Session, kind: str, gateway: str, invoice: Invoice, amount: Decimal, request_key: str | None, **more: int
) -> GatewayCall:
    call = GatewayCall(
        kind=kind, gateway=gateway, invoice_id=invoice.id, amount=amount, state=RUNNING, request_key=request_key,
        owner=ctx.host.owner, actor=f"{ctx.actor.kind} {ctx.actor.name}".strip()[:128], started_at=ctx.host.clock.now(), **more,
    )  # fmt: skip
    db.add(call)
    db.flush()
    return call


def _ask(ctx: Ctx, name: str, function: str, given: dict[str, Any], hidden: set[str]) -> tuple[Answer, bool]:
    """The gateway's answer, and whether nobody knows what it has done."""
    hidden = {one for one in hidden if one}
    try:
        value = gatewaymodules.call(ctx, name, function, given, more_secrets=hidden, long=True).value
    except GatewayError as failure:
        return Answer(ERROR, reason=str(failure)), False
    except ModuleFailed as failure:
        # A module that was not even loaded has done nothing; one that broke may have.
        return Answer(ERROR, reason=journal.mask(str(failure), hidden)), failure.kind not in ("missing", "load")
    said = read_answer(value)
    return Answer(
        said.status, said.transid, said.fees, journal.mask(said.reason, hidden), said.token,
            journal.mask(journal.as_text(said.rawdata), hidden)
    ), not isinstance(value, dict)


def _close(db: Session, call: GatewayCall, state: str, said: Answer) -> None:
    call.state, call.transid, call.message = state, said.transid, said.reason
    call.finished_at = ctx_of(db).host.clock.now()
    db.flush()


def _reported(call: GatewayCall, said: Answer) -> dict[str, Any]:
    found = {"Invoice ID": call.invoice_id, "Amount": call.amount, "Transaction ID": said.transid, "Reason": said.reason}
    return {name: value for name, value in found.items() if value} | ({"Response": said.rawdata} if said.rawdata else {})


def shown_amount(db: Session, call: GatewayCall) -> str:
    """A call's amount as people read it."""
    invoice = db.get(Invoice, call.invoice_id)
    return formatted(call.amount, currency_of(db, db.get(Client, invoice.userid) if invoice else None))
