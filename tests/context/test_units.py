"""Units of work: they do not nest, foreign code does not run inside, an expired call writes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modulehost import events, hooks, journal, settings
from modulehost.context import Call, CallExpired, Ctx, Host, ReadOnly, UnitOpen
from modulehost.schema import ActivityLog, Client


def test_units_do_not_nest_and_the_error_names_both_places(ctx: Ctx) -> None:
    with ctx.unit(), pytest.raises(UnitOpen) as failure, ctx.unit():
        pass
    assert str(failure.value).count("test_units.py:") == 2


def test_a_hook_may_not_fire_inside_a_unit(ctx: Ctx) -> None:
    with (
        ctx.unit(),
        pytest.raises(
            UnitOpen, match=r"hook ClientAdd would run inside the unit of work opened at .*test_units\.py:\d+"
        ),
    ):
        hooks.fire(ctx, "ClientAdd")


def test_an_exception_rolls_the_unit_back(ctx: Ctx) -> None:
    with pytest.raises(ZeroDivisionError), ctx.unit() as db:
        db.get_one(Client, 1).city = "Elsewhere"
        db.flush()
        raise ZeroDivisionError
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).city == "Pune"


def test_a_reading_unit_refuses_changes(ctx: Ctx) -> None:
    with pytest.raises(ReadOnly), ctx.unit(read=True) as db:
        db.get_one(Client, 1).city = "Elsewhere"
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).city == "Pune"


def test_an_expired_call_can_neither_open_nor_commit(ctx: Ctx) -> None:
    call = Call("demo_CreateAccount", 1.0)
    inner = ctx.with_call(call)
    with pytest.raises(CallExpired), inner.unit() as db:
        db.get_one(Client, 1).city = "Elsewhere"
        call.expired = True
    with pytest.raises(CallExpired, match="demo_CreateAccount was stopped after 1 s"), inner.unit():
        pass
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).city == "Pune"


def test_an_event_exists_exactly_when_its_unit_committed_and_is_delivered_once(ctx: Ctx) -> None:
    heard: list[dict[str, int]] = []
    events.subscribe(ctx.host, "test.happened", lambda _ctx, payload: heard.append(payload))
    with pytest.raises(ZeroDivisionError), ctx.unit() as db:
        events.emit(db, "test.happened", number=1)
        raise ZeroDivisionError
    with ctx.unit() as db:
        events.emit(db, "test.happened", number=2)
    assert heard == []
    events.drain(ctx)
    events.drain(ctx)
    assert heard == [{"number": 2}]


def test_a_subscriber_that_fails_is_asked_again_later_and_stops_nobody(ctx: Ctx) -> None:
    calls: list[str] = []

    def broken(_ctx: Ctx, _payload: object) -> None:
        calls.append("broken")
        raise RuntimeError("not today")

    events.subscribe(ctx.host, "test.fails", broken)
    events.subscribe(ctx.host, "test.fails", lambda _ctx, _payload: calls.append("other"))
    with ctx.unit() as db:
        events.emit(db, "test.fails")
    events.drain(ctx)
    assert calls == ["broken", "other"]
    events.drain(ctx)
    assert calls == ["broken", "other"]
    ctx.host.clock.advance(__import__("datetime").timedelta(minutes=2))
    events.drain(ctx)
    assert calls == ["broken", "other", "broken", "other"]


def test_a_process_that_died_gives_its_events_back(ctx: Ctx) -> None:
    from modulehost.schema import Event

    heard: list[object] = []
    events.subscribe(ctx.host, "test.orphan", lambda _ctx, payload: heard.append(payload))
    with ctx.unit() as db:
        events.emit(db, "test.orphan")
        db.flush()
        row = db.query(Event).filter_by(kind="test.orphan").one()
        row.state, row.owner = "running", "4711-nobody"
    events.drain(ctx)
    assert heard == [{}]


def test_hooks_run_by_priority_and_one_that_fails_stops_nobody(ctx: Ctx) -> None:
    order: list[str] = []

    def broken(_vars: dict[str, object]) -> None:
        order.append("broken")
        raise ValueError("no")

    hooks.add(ctx.host, "InvoicePaid", 20, lambda v: order.append("late"))
    hooks.add(ctx.host, "InvoicePaid", 5, lambda v: order.append("early") or v["invoiceid"])
    hooks.add(ctx.host, "InvoicePaid", 10, broken)
    results = hooks.fire(ctx, "InvoicePaid", invoiceid=7)
    assert order == ["early", "broken", "late"]
    assert [r.value for r in results] == [7, None, None]
    assert results[1].error == "ValueError: no"


def test_two_hosts_in_one_process_know_nothing_of_each_other(make_host: Callable[..., Host]) -> None:
    one, two = make_host(), make_host()
    with Ctx(one).unit() as db:
        settings.put(db, "CompanyName", "One")
    hooks.add(one, "ClientAdd", 1, lambda v: 1)
    with Ctx(two).unit(read=True) as db:
        assert settings.get(db, "CompanyName") == "Company Name"
    assert hooks.fire(Ctx(two), "ClientAdd") == []


def test_masking_finds_every_form_of_a_secret() -> None:
    secret = 'p&ss "word"'
    text = f"plain {secret} url p%26ss%20%22word%22 form p%26ss+%22word%22 html p&amp;ss &quot;word&quot;"
    assert "word" not in journal.mask(text, [secret])
    assert journal.mask("ab stays", ["ab"]) == "ab stays"


def test_the_activity_log_names_who_acted(admin_ctx: Ctx) -> None:
    with admin_ctx.unit() as db:
        journal.activity(db, "Something was done", client_id=1)
    with admin_ctx.unit(read=True) as db:
        row = db.query(ActivityLog).order_by(ActivityLog.id.desc()).first()
        assert (row.description, row.user, row.admin_id, row.userid, row.ipaddr) == (
            "Something was done",
            "admin",
            1,
            1,
            "127.0.0.1",
        )


def test_a_secret_of_another_key_says_so(ctx: Ctx, tmp_path: Path) -> None:
    from modulehost.config import Config
    from modulehost.vault import Vault, VaultError

    sealed = ctx.host.part(Vault).encrypt("s3cret")
    assert sealed.startswith("mh1:")
    assert "s3cret" not in sealed
    assert ctx.host.part(Vault).decrypt(sealed) == "s3cret"
    other = Host(Config(root=tmp_path / "other"))
    with pytest.raises(VaultError, match=r"secret\.key"):
        other.part(Vault).decrypt(sealed)
    assert (ctx.host.root / "secret.key").stat().st_mode & 0o777 == 0o600
