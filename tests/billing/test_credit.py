"""Credit of clients: applying, removing, adding funds, paying several invoices at once."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost import events
from modulehost.billing import credit, funds, gatewaycalls, invoices, masspay, payments, refunds
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Credit, Email, GatewayCall, Invoice, Order, Service, Transaction
from modulehost.settings import put

from .shop import add_client


def d(text: str) -> Decimal:
    return Decimal(text)


def client_with(ctx: Ctx, amount: str = "0.00", currency: int = 1) -> int:
    with ctx.unit() as db:
        client = add_client(db, currency)
    if d(amount):
        credit.change(ctx, client.id, d(amount), "Gift")
    return client.id


def invoice(ctx: Ctx, client_id: int, total: str, **values: object) -> int:
    with ctx.unit() as db:
        return invoices.create(db, db.get_one(Client, client_id), [Item("Work", d(total))], paymentmethod="mailin", **values).id  # type: ignore[arg-type]


def state(ctx: Ctx, invoice_id: int) -> tuple[str, str, str]:
    """Status, credit used and balance."""
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, invoice_id)
        return row.status, str(row.credit), str(invoices.balance(db, row))


def balance(ctx: Ctx, client_id: int) -> str:
    """The client's credit, which is the sum of its movements."""
    with ctx.unit(read=True) as db:
        held = db.get_one(Client, client_id).credit
        assert held == sum(db.scalars(select(Credit.amount).where(Credit.clientid == client_id)), d("0.00"))
        return str(held)


def movements(ctx: Ctx, client_id: int) -> list[tuple[str, str]]:
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(Credit).where(Credit.clientid == client_id).order_by(Credit.id)).all()
        return [(row.description, str(row.amount)) for row in rows]


def test_applying_and_removing(any_host: Host) -> None:
    ctx = Ctx(any_host)
    who = client_with(ctx, "30.00")
    bill = invoice(ctx, who, "20.00")
    assert credit.apply(ctx, bill, d("5.00")) == credit.Applied(d("5.00"), False)
    assert state(ctx, bill) == ("Unpaid", "5.00", "15.00")
    for amount, text in (
        ("26.00", "Amount exceeds customer credit balance"),
        ("15.01", "Amount Exceeds Invoice Balance"),
        ("0.00", "Credit Amount to apply must be greater than zero"),
        ("-1.00", "Credit Amount to apply must be greater than zero"),
    ):
        with pytest.raises(credit.CreditRefused, match=f"^{text}$"):
            credit.apply(ctx, bill, d(amount))
    assert credit.apply(ctx, bill) == credit.Applied(d("15.00"), True)
    assert (state(ctx, bill), balance(ctx, who)) == (("Paid", "20.00", "0.00"), "10.00")
    with pytest.raises(credit.CreditRefused, match=r"^Invoice Not in Unpaid Status$"):
        credit.apply(ctx, bill, d("1.00"))
    with pytest.raises(credit.CreditRefused, match=r"used \$20\.00 USD of credit"):
        credit.remove(ctx, bill, d("20.01"))
    credit.remove(ctx, bill, d("8.00"))
    assert (state(ctx, bill), balance(ctx, who)) == (("Unpaid", "12.00", "8.00"), "18.00")
    assert movements(ctx, who)[1:] == [
        (f"Credit Applied to Invoice #{bill}", "-5.00"),
        (f"Credit Applied to Invoice #{bill}", "-15.00"),
        (f"Credit Removed from Invoice #{bill}", "8.00"),
    ]
    with pytest.raises(credit.CreditRefused, match=r"^Invoice ID Not Found$"):
        credit.apply(ctx, 99)


def test_a_cancelled_invoice_gives_its_credit_back(ctx: Ctx) -> None:
    who = client_with(ctx, "6.00")
    bill = invoice(ctx, who, "20.00")
    credit.apply(ctx, bill)
    with ctx.unit() as db:
        invoices.set_status(db, db.get_one(Invoice, bill), "Cancelled")
    assert (state(ctx, bill), balance(ctx, who)) == (("Cancelled", "0.00", "20.00"), "6.00")


def test_mass_payment(any_host: Host) -> None:
    ctx = Ctx(any_host)
    who = client_with(ctx)
    first, second, paid = (invoice(ctx, who, total, duedate=date(2027, 2, 10 - day)) for day, total in enumerate(("20.00", "9.50", "1.00")))
    payments.pay(ctx, first, "T1", "mailin", d("5.00"))
    payments.pay(ctx, paid, "T2", "mailin")
    with ctx.unit(read=True) as db:
        assert [row.id for row in masspay.payable(db, who)] == [second, first]
    together = masspay.create(ctx, who, [first, second, paid], "mailin")
    assert masspay.create(ctx, who, [second, first], "mailin") == together  # a second click
    assert masspay.create(ctx, who, [first]) == first
    with ctx.unit(read=True) as db:
        lines = [(item.type, item.relid, item.description, str(item.amount)) for item in invoices.items_of(db, together)]
        assert [row.id for row in masspay.payable(db, who)] == [second, first]  # it is not one of its own
    assert lines == [("Invoice", second, f"Invoice #{second}", "9.50"), ("Invoice", first, f"Invoice #{first}", "15.00")]
    payments.pay(ctx, together, "T3", "mailin")
    assert [state(ctx, one)[0] for one in (first, second, together)] == ["Paid"] * 3
    assert (state(ctx, first), balance(ctx, who)) == (("Paid", "15.00", "0.00"), "0.00")
    with ctx.unit(read=True) as db:  # the money stands in one transaction
        assert [(row.invoiceid, str(row.amountin)) for row in db.scalars(select(Transaction).order_by(Transaction.id))] == [
            (first, "5.00"), (paid, "1.00"), (together, "24.50"),
        ]  # fmt: skip
    refunds.reverse(ctx, "R3", "T3", "mailin")
    assert [state(ctx, one) for one in (first, second, together)] == [
        ("Unpaid", "0.00", "15.00"), ("Unpaid", "0.00", "9.50"), ("Unpaid", "0.00", "24.50"),
    ]  # fmt: skip
    assert balance(ctx, who) == "0.00"


def test_a_mass_payment_of_what_is_paid_meanwhile_stays_credit(ctx: Ctx) -> None:
    who = client_with(ctx)
    first, second = invoice(ctx, who, "20.00"), invoice(ctx, who, "9.50")
    together = masspay.create(ctx, who, [first, second], "mailin")
    payments.pay(ctx, second, "T1", "mailin")
    payments.pay(ctx, together, "T2", "mailin")
    assert (state(ctx, first)[0], balance(ctx, who)) == ("Paid", "9.50")
    third = invoice(ctx, who, "1.00")
    older = masspay.create(ctx, who, [third, invoice(ctx, who, "2.00")], "mailin")
    newer = masspay.create(ctx, who, [third, invoice(ctx, who, "3.00")], "mailin")
    assert (state(ctx, older)[0], state(ctx, newer)[0]) == ("Cancelled", "Unpaid")
    with pytest.raises(masspay.MassPayRefused, match="choose invoices"):
        masspay.create(ctx, who, [first])


def test_adding_funds(any_host: Host) -> None:
    ctx = Ctx(any_host)
    who = client_with(ctx, "240.00", currency=2)  # 1 USD is 0.90 EUR, so the limits are 9, 90 and 270 EUR

    def refused(amount: str) -> tuple[str, Decimal | None]:
        with pytest.raises(funds.FundsRefused) as caught:
            funds.add(ctx, who, d(amount), "mailin", "Add Funds")
        return caught.value.phrase, caught.value.limit

    assert refused("20.00")[0] == "clientareaaddfundsdisabled"
    with ctx.unit() as db:
        put(db, "AddFundsEnabled", "on")
    assert refused("20.00")[0] == "clientareaaddfundsnotallowed"
    with ctx.unit() as db:
        db.add(Order(userid=who, status="Active", ordernum=1))
    assert refused("8.99") == ("addfundsminimumerror", d("9.00"))
    assert refused("90.01") == ("addfundsmaximumerror", d("90.00"))
    assert refused("30.01") == ("addfundsmaximumbalanceerror", d("270.00"))
    bill = funds.add(ctx, who, d("30.00"), "mailin", "Add Funds")
    assert balance(ctx, who) == "240.00"
    payments.pay(ctx, bill, "T1", "mailin")
    assert (balance(ctx, who), movements(ctx, who)[-1]) == ("270.00", (f"Add Funds Invoice #{bill}", "30.00"))
    refunds.reverse(ctx, "R1", "T1")
    assert (balance(ctx, who), state(ctx, bill)[0]) == ("240.00", "Unpaid")
    payments.pay(ctx, bill, "T2", "mailin")  # paid once more: bought once more
    assert balance(ctx, who) == "270.00"


def paid_service(ctx: Ctx, who: int) -> tuple[int, int, int]:
    """A monthly service whose February was paid with 25.00 for an invoice of 20.00: service, invoice, transaction."""
    with ctx.unit() as db:
        service = Service(userid=who, regdate=date(2027, 1, 31), nextduedate=date(2027, 2, 28), billingcycle="Monthly", domainstatus="Active")
        db.add(service)
        db.flush()
        line = Item("Mail", d("20.00"), "Hosting", service.id, duedate=date(2027, 2, 28))
        bill = invoices.create(db, db.get_one(Client, who), [line], paymentmethod="mailin")
    paid = payments.pay(ctx, bill.id, "T1", "mailin", d("25.00"))
    return service.id, bill.id, paid.transaction_id


def due(ctx: Ctx, service_id: int) -> date | None:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service_id).nextduedate


def test_a_reversed_payment(any_host: Host) -> None:
    ctx = Ctx(any_host)
    who = client_with(ctx)
    service, bill, _paid = paid_service(ctx, who)
    assert (due(ctx, service), balance(ctx, who)) == (date(2027, 3, 31), "5.00")
    assert refunds.reverse(ctx, "CB1", "T1").amount == d("25.00")
    assert (due(ctx, service), balance(ctx, who)) == (date(2027, 2, 28), "0.00")
    assert state(ctx, bill) == ("Unpaid", "0.00", "20.00")
    for again in (("CB1", "T1"), ("CB2", "T1"), ("CB2", "T9")):
        with pytest.raises(refunds.RefundRefused):
            refunds.reverse(ctx, *again)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Transaction).order_by(Transaction.id.desc())).first()
        assert row is not None
        assert (str(row.amountout), row.transid, row.refundid, row.description) == ("25.00", "CB1", 1, "Reversal of Transaction ID T1")


def test_refunds_in_parts(any_host: Host) -> None:
    ctx = Ctx(any_host)
    who = client_with(ctx)
    service, bill, paid = paid_service(ctx, who)
    part = refunds.as_record(ctx, paid, d("7.00"), transid="R1", send=False)
    # 5.00 of the 7.00 were credited as overpayment, and are taken back
    assert (part.refunded, state(ctx, bill), balance(ctx, who)) == (False, ("Paid", "0.00", "2.00"), "0.00")
    with pytest.raises(refunds.RefundRefused, match=r"at most \$18\.00 USD"):
        refunds.as_record(ctx, paid, d("18.01"))
    whole = refunds.as_credit(ctx, paid)
    assert (whole.amount, whole.refunded, state(ctx, bill)[0], balance(ctx, who)) == (d("18.00"), True, "Refunded", "18.00")
    assert due(ctx, service) == date(2027, 3, 31)  # nobody asked to undo
    with pytest.raises(refunds.RefundRefused, match="gone back already"):
        refunds.as_record(ctx, paid)
    with ctx.unit(read=True) as db:
        last = db.scalars(select(Email).order_by(Email.id.desc())).first()
    assert last is not None and last.subject == "Invoice Refund Confirmation" and "refunded $18.00 USD" in last.message


def test_a_refund_may_undo_what_the_payment_did(ctx: Ctx) -> None:
    who = client_with(ctx)
    service, bill, paid = paid_service(ctx, who)
    refunds.as_record(ctx, paid, undo=True)
    assert (due(ctx, service), state(ctx, bill)[0], balance(ctx, who)) == (date(2027, 2, 28), "Refunded", "0.00")


def test_credit_that_is_spent_cannot_be_taken_back(ctx: Ctx) -> None:
    who = client_with(ctx)
    _service, _bill, _paid = paid_service(ctx, who)
    credit.apply(ctx, invoice(ctx, who, "4.00"))
    refunds.reverse(ctx, "CB1", "T1")
    assert balance(ctx, who) == "0.00"


def test_an_invoice_that_is_marked_unpaid_and_paid_gives_its_credit_once(ctx: Ctx) -> None:
    who = client_with(ctx)
    with ctx.unit() as db:
        put(db, "AddFundsEnabled", "on")
        put(db, "AddFundsRequireOrder", "")
    bill = funds.add(ctx, who, d("30.00"), "mailin", "Add Funds")
    first, second = invoice(ctx, who, "20.00"), invoice(ctx, who, "9.50")
    together = masspay.create(ctx, who, [first, second], "mailin")
    for one in (bill, together):
        payments.pay(ctx, one, f"T{one}", "mailin")
        with ctx.unit() as db:
            invoices.set_status(db, db.get_one(Invoice, one), "Unpaid")
        with ctx.unit() as db:
            invoices.mark_paid(db, db.get_one(Invoice, one))
        events.drain(ctx)
    assert balance(ctx, who) == "30.00"
    assert [state(ctx, one) for one in (first, second)] == [("Paid", "20.00", "0.00"), ("Paid", "9.50", "0.00")]


def test_a_payment_that_the_gateway_may_have_given_back_does_not_go_back_by_hand(ctx: Ctx) -> None:
    who = client_with(ctx)
    bill = invoice(ctx, who, "20.00")
    paid = payments.pay(ctx, bill, "T1", "mailin").transaction_id
    with ctx.unit() as db:
        call = GatewayCall(kind="refund", gateway="mailin", invoice_id=bill, payment_id=paid, amount=d("20.00"), state="interrupted")
        call.started_at = ctx.host.clock.now()
        db.add(call)
    for by_hand in (refunds.as_credit, refunds.as_record):
        with pytest.raises(refunds.RefundRefused, match="Gateway Log"):
            by_hand(ctx, paid)
    gatewaycalls.resolve(ctx, call.id, False)
    refunds.as_credit(ctx, paid)
    assert balance(ctx, who) == "20.00"
