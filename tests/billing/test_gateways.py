"""Gateway modules: contract, stored cards, captures and refunds, and what becomes of a call that is cut off."""

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from modulehost.billing import (
    cards,
    dunning,
    gatewaycalls,
    gatewaymodules,
    gateways,
    invoices,
    masspay,
    payments,
    paymethods,
    refunds,
)
from modulehost.billing.gatewaycalls import CallRefused
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.schema import (
    Client,
    CreditCard,
    Email,
    GatewayCall,
    GatewayLog,
    GatewaySetting,
    Invoice,
    ModuleLog,
    Transaction,
)
from modulehost.settings import put

from .shop import add_client

VISA, DECLINED, PENDING, BROKEN = "4242 4242 4242 4242", "4000000000000002", "4000000000000077", "4000000000000119"
#: counts its calls in the host root; the file `mode` there says how it behaves
MODULE = '''
from pathlib import Path


def counted_config():
    return {
        "FriendlyName": {"Type": "System", "Value": "Counted"},
        "key": {"FriendlyName": "Key", "Type": "password"},
        "region": {"Type": "dropdown", "Options": "eu,us", "Default": "eu"},
    }


def _root():
    return Path(__file__).parents[3] if Path(__file__).parent.name == "counted" else Path(__file__).parents[2]


def counted_nolocalcc():
    pass


def counted_capture(params):
    with (_root() / "calls").open("a") as file:
        file.write(params["amount"] + " " + params["key"] + "\\n")
    mode = (_root() / "mode").read_text() if (_root() / "mode").exists() else ""
    if mode == "raise":
        raise RuntimeError("the connection to the vendor broke with key " + params["key"])
    if mode == "die":
        raise SystemExit
    return {"status": "success", "transid": "C-" + str(params["invoiceid"]), "fee": "0.30", "rawdata": {"key": params["key"]}}
'''


def d(text: str) -> Decimal:
    return Decimal(text)


def bill(ctx: Ctx, total: str = "20.00", method: str = "testpay", due: date = date(2027, 1, 31), **values: Any) -> int:
    with ctx.unit() as db:
        client = db.get(Client, 1) or add_client(db, **values)
        return invoices.create(db, client, [Item("Work", d(total))], paymentmethod=method, duedate=due).id


def card(ctx: Ctx, number: str = VISA, expiry: str = "12/29") -> cards.Card:
    return cards.read(number, expiry, ctx.host.clock.today(), cvv="123")


def state(ctx: Ctx, invoice_id: int) -> tuple[str, str]:
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, invoice_id)
        return row.status, str(invoices.balance(db, row))


def subjects(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(Email.subject).order_by(Email.id)))


def everything_stored(ctx: Ctx) -> str:
    """All rows in which a card number could have got stuck."""
    with ctx.unit(read=True) as db:
        rows = [*db.scalars(select(GatewayLog.data)), *db.scalars(select(CreditCard.card_data)), *db.scalars(select(GatewayCall.message))]
        rows += [text for log in db.scalars(select(ModuleLog)) for text in (log.request, log.response)]
        return "\n".join(str(row) for row in rows)


@pytest.mark.parametrize(
    ("number", "outcome", "status", "mail"),
    [
        (VISA, "success", "Paid", "Credit Card Payment Confirmation"),
        (DECLINED, "declined", "Unpaid", "Credit Card Payment Failed"),
        (PENDING, "pending", "Payment Pending", "Credit Card Payment Pending"),
        (BROKEN, "error", "Unpaid", "Credit Card Payment Failed"),
    ],
)
def test_what_the_test_gateways_cards_do(ctx: Ctx, number: str, outcome: str, status: str, mail: str) -> None:
    one, other = bill(ctx), bill(ctx)
    assert gatewaycalls.capture(ctx, one, card=card(ctx, number)).state == outcome
    assert state(ctx, one)[0] == status
    kept = paymethods.add_card(ctx, 1, card(ctx, number))  # the same by its token
    assert gatewaycalls.capture(ctx, other, paymethod_id=kept).state == outcome
    assert (state(ctx, other)[0], subjects(ctx)) == (status, [mail, mail])
    assert number.replace(" ", "") not in everything_stored(ctx)


def test_a_capture_is_a_payment(any_host: Host) -> None:
    ctx = Ctx(any_host)
    one = bill(ctx, "40.00")
    with ctx.unit() as db:
        gateways.store(db, "testpay", {"feepercent": "2.5"})
    done = gatewaycalls.capture(ctx, one, request_key="click")
    assert (done.ok, gatewaycalls.capture(ctx, one, request_key="click")) == (True, dataclasses.replace(done, repeated=True))
    with pytest.raises(CallRefused, match=r"^Invoice Not Found or Not Unpaid$"):
        gatewaycalls.capture(ctx, one)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Transaction)).one()
        assert (str(row.amountin), str(row.fees), row.gateway) == ("40.00", "1.00", "testpay")
        assert row.transid.startswith(f"TEST-{one}-")
        log = db.scalars(select(GatewayLog)).one()
        assert (log.gateway, log.result) == ("testpay", "Success") and f"Transaction ID => {row.transid}" in log.data
        assert db.get_one(Invoice, one).last_capture_attempt == any_host.clock.now()


def test_refunds_through_the_gateway(any_host: Host) -> None:
    ctx = Ctx(any_host)
    one = bill(ctx)
    gatewaycalls.capture(ctx, one)
    assert gatewaycalls.refund(ctx, 1, d("5.00"), send=False).ok
    assert state(ctx, one) == ("Paid", "5.00")
    with ctx.unit() as db:
        gateways.store(db, "testpay", {"refunds": "declined"})
    said = gatewaycalls.refund(ctx, 1)
    assert (said.state, said.message, state(ctx, one)) == ("declined", "The refund was declined", ("Paid", "5.00"))
    with ctx.unit() as db:
        gateways.store(db, "testpay", {"refunds": ""})
    with pytest.raises(refunds.RefundRefused, match=r"at most \$15\.00 USD"):
        gatewaycalls.refund(ctx, 1, d("15.01"))
    assert gatewaycalls.refund(ctx, 1, request_key="r").ok and gatewaycalls.refund(ctx, 1, request_key="r").repeated
    assert state(ctx, one) == ("Refunded", "20.00")
    with ctx.unit(read=True) as db:
        out = db.scalars(select(Transaction).where(Transaction.amountout > 0).order_by(Transaction.id)).all()
        assert [(str(row.amountout), row.refundid, row.transid[:3]) for row in out] == [("5.00", 1, "RF-"), ("15.00", 1, "RF-")]


def test_a_pending_charge_of_what_was_paid_meanwhile_leaves_it_paid(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    one, ask = bill(ctx), gatewaymodules.call

    def slow(ctx: Ctx, name: str, function: str, *given: Any, **more: Any) -> Any:
        if function == "capture":
            payments.pay(Ctx(ctx.host), one, "BANK-1", "mailin")
        return ask(ctx, name, function, *given, **more)

    monkeypatch.setattr(gatewaymodules, "call", slow)
    assert gatewaycalls.capture(ctx, one, card=card(ctx, PENDING)).state == "pending"
    assert state(ctx, one) == ("Paid", "0.00")


def test_a_mass_payment_is_not_charged_beside_its_invoices(ctx: Ctx) -> None:
    first, second = bill(ctx), bill(ctx, "9.50")
    with ctx.unit() as db:
        put(db, "EnableMassPay", "on")
    together = masspay.create(ctx, 1, [first, second], "testpay")
    paymethods.add_card(ctx, 1, card(ctx))
    assert run(ctx).done["payments captured"].count == 2
    assert [state(ctx, one) for one in (first, second, together)] == [("Paid", "0.00"), ("Paid", "0.00"), ("Unpaid", "29.50")]


def write(host: Host, single: bool = False) -> None:
    folder = host.root / "modules" / "gateways" / ("" if single else "counted")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "counted.py").write_text(MODULE)
    gatewaymodules.activate(Ctx(host), "counted")
    gatewaymodules.save(Ctx(host), "counted", {"name": "Cards", "key": "s3cret-key-0001"})


def calls(host: Host) -> list[str]:
    path = host.root / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("single", [False, True])
def test_a_gateway_of_the_hosts_root(ctx: Ctx, single: bool) -> None:
    write(ctx.host, single)
    with ctx.unit(read=True) as db:
        stored = {row.setting: row.value for row in db.scalars(select(GatewaySetting).where(GatewaySetting.gateway == "counted"))}
        assert (stored["name"], stored["type"], stored["region"]) == ("Cards", "CC", "eu")
        assert stored["key"].startswith("mh1:") and gateways.values(db, "counted")["key"] == "s3cret-key-0001"
    one = bill(ctx, method="counted")
    assert gatewaycalls.capture(ctx, one).ok
    assert (calls(ctx.host), state(ctx, one)) == (["20.00 s3cret-key-0001"], ("Paid", "0.00"))
    assert "s3cret-key-0001" not in everything_stored(ctx) and "********" in everything_stored(ctx)
    assert [known.module.name for known in gatewaymodules.listing(ctx)][:1] == ["counted"]


def test_an_outcome_that_nobody_knows(any_host: Host) -> None:
    """The module broke after it may have charged: nothing is repeated until staff have looked."""
    ctx = Ctx(any_host)
    write(any_host)
    (any_host.root / "mode").write_text("raise")
    one = bill(ctx, method="counted")
    said = gatewaycalls.capture(ctx, one)
    assert said.state == "interrupted" and "broke" in said.message and "s3cret" not in said.message
    assert (subjects(ctx), state(ctx, one)) == ([], ("Unpaid", "20.00"))
    (any_host.root / "mode").write_text("")
    for _ in range(2):
        with pytest.raises(CallRefused, match="not known"):
            gatewaycalls.capture(ctx, one)
    report = run(ctx)
    assert list(report.skipped) == ["the client has no pay method for the gateway"]
    assert len(calls(any_host)) == 1
    with pytest.raises(CallRefused, match="transaction id"):
        gatewaycalls.resolve(ctx, said.call_id, True)
    gatewaycalls.resolve(ctx, said.call_id, True, "VENDOR-7")
    assert state(ctx, one) == ("Paid", "0.00")
    with pytest.raises(CallRefused, match="nothing to be said"):
        gatewaycalls.resolve(ctx, said.call_id, False)
    two = bill(ctx, method="counted")
    (any_host.root / "mode").write_text("raise")
    call = gatewaycalls.capture(ctx, two).call_id
    (any_host.root / "mode").write_text("")
    gatewaycalls.resolve(ctx, call, False)
    assert gatewaycalls.capture(ctx, two).ok


def test_a_host_that_died_while_it_charged(any_host: Host) -> None:
    ctx = Ctx(any_host)
    write(any_host)
    one = bill(ctx, method="counted")
    with ctx.unit() as db:
        row = GatewayCall(kind="capture", gateway="counted", invoice_id=one, amount=d("20.00"), owner="gone-1", state="running")
        row.started_at = ctx.host.clock.now()
        db.add(row)
    with pytest.raises(CallRefused, match="not known"):
        gatewaycalls.capture(ctx, one)
    assert (gatewaycalls.recover(ctx), gatewaycalls.recover(ctx)) == (1, 0)
    with ctx.unit(read=True) as db:
        found = gatewaycalls.unresolved(db, one)
        assert [(row.state, "host stopped" in row.message) for row in found] == [("interrupted", True)]
    assert calls(any_host) == []


def run(ctx: Ctx, task: Callable[[Ctx, Report], None] = dunning.process_captures) -> Report:
    report = Report("task")
    task(ctx, report)
    return report


def test_charging_what_is_due(any_host: Host) -> None:
    ctx = Ctx(any_host)
    due, later, byhand = bill(ctx), bill(ctx, due=date(2027, 2, 1)), bill(ctx, method="mailin")
    assert list(run(ctx).skipped) == ["the client has no pay method for the gateway"]
    paymethods.add_card(ctx, 1, card(ctx))
    report = run(ctx)
    assert report.done["payments captured"].lines == [f"Invoice #{due} of Ada Stone"]
    with ctx.unit() as db:
        put(db, "CCProcessDaysBefore", "1")
    assert run(ctx).done["payments captured"].count == 1
    assert [state(ctx, one)[0] for one in (due, later, byhand)] == ["Paid", "Paid", "Unpaid"]
    off = bill(ctx)
    with ctx.unit() as db:
        db.get_one(Client, 1).disableautocc = 1
    assert run(ctx).skipped["the client is not charged automatically"].lines == [f"Invoice #{off} of Ada Stone"]


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({"CCAttemptOnlyOnce": "on"}, [0]),
        ({"CCRetryEveryWeekFor": "2"}, [0, 7, 14]),
        ({}, list(range(17))),
    ],
)
def test_trying_again(ctx: Ctx, settings: dict[str, str], days: list[int]) -> None:
    bill(ctx)
    paymethods.add_card(ctx, 1, card(ctx, DECLINED))
    with ctx.unit() as db:
        for name, value in settings.items():
            put(db, name, value)
    tried = []
    for day in range(17):
        report = run(ctx)
        assert not run(ctx).done  # at most once a day
        if report.done:
            assert list(report.done) == ["captures failed"]
            tried.append(day)
        ctx.host.clock.advance(timedelta(days=1))
    assert tried == days


def test_cards_that_expire(any_host: Host) -> None:
    ctx = Ctx(any_host)
    bill(ctx)
    soon = paymethods.add_card(ctx, 1, card(ctx, VISA, "02/27"))
    paymethods.add_card(ctx, 1, card(ctx, VISA, "03/27"))
    assert not run(ctx, dunning.send_expiry_notices).done  # January 31: no card ends this month
    any_host.clock.advance(timedelta(days=24))
    assert not run(ctx, dunning.send_expiry_notices).done  # February 24
    any_host.clock.advance(timedelta(days=2))
    assert run(ctx, dunning.send_expiry_notices).done["card expiry notices sent"].lines == ["Visa-4242 of Ada Stone"]
    assert not run(ctx, dunning.send_expiry_notices).done
    any_host.clock.advance(timedelta(days=5))
    one = bill(ctx)
    with ctx.unit(read=True) as db:
        held = paymethods.find(db, 1, soon)
        assert held is not None and paymethods.expired(ctx, held)
    assert run(ctx).done["payments captured"].count == 2, one  # the first is expired, but another is not


def test_stored_pay_methods(any_host: Host) -> None:
    ctx = Ctx(any_host)
    bill(ctx)
    first = paymethods.add_card(ctx, 1, card(ctx), description="Mine")
    second = paymethods.add_card(ctx, 1, card(ctx, "5555555555554444"), default=True)
    with ctx.unit(read=True) as db:
        held = paymethods.of_client(db, 1)
        assert [(one.id, one.name, one.expiry, one.row.payment_type) for one in held] == [
            (second, "MasterCard-4444", "1229", "RemoteCreditCard"), (first, "Visa-4242", "1229", "RemoteCreditCard"),
        ]  # fmt: skip
        sealed = db.get_one(CreditCard, held[0].row.payment_id).card_data
        assert sealed.startswith("mh1:") and held[0].token.startswith("tok_success_")
    paymethods.update(ctx, 1, first, description="Ours", expiry="0130")
    paymethods.set_default(ctx, 1, first)
    paymethods.delete(ctx, 1, second)
    with ctx.unit(read=True) as db:
        assert [(one.id, one.row.description, one.expiry) for one in paymethods.of_client(db, 1)] == [(first, "Ours", "0130")]
        assert paymethods.find(db, 2, first) is None
    for number, expiry in (("4242424242424241", "12/29"), ("1234", "12/29"), (VISA, "13/29"), (VISA, "12/26"), (VISA, "")):
        with pytest.raises(cards.CardError):
            card(ctx, number, expiry)
    with ctx.unit() as db:
        gateways.deactivate(db, "testpay")
    with pytest.raises(paymethods.PayMethodRefused, match=r"^No Local Credit Card Payment Gateways Enabled$"):
        paymethods.add_card(ctx, 1, card(ctx))


def test_what_breaks_the_contract_is_told(ctx: Ctx) -> None:
    folder = ctx.host.root / "modules" / "gateways"
    folder.mkdir(parents=True)
    (folder / "odd.py").write_text("def odd_config():\n    return {'key': {'Type': 'text'}}\n\ndef odd_capture(params):\n    return 'ok'\n")
    (folder / "old.php").write_text("<?php")
    known = {one.module.name: one for one in gatewaymodules.listing(ctx)}
    assert known["odd"].notes == ("returned no FriendlyName with Type System and a Value; it is required",)
    assert "written in PHP" in known["old"].problem
    assert not any(Path(one.module.name).name == "callback" for one in known.values())
    gatewaymodules.activate(ctx, "odd")
    one = bill(ctx, method="odd")
    with pytest.raises(CallRefused, match="no card"):
        gatewaycalls.capture(ctx, one)
    said = gatewaycalls.capture(ctx, one, card=card(ctx))
    assert (said.state, "expected a map" in said.message) == ("interrupted", True)  # who knows what it has done
