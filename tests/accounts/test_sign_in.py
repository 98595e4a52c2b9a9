"""Signing in, throttling, and choosing a new password by mail."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import events, hooks
from modulehost.accounts import Invalid, admins, clients, signin, throttle, users
from modulehost.context import Ctx, Host
from modulehost.schema import AdminLog, Client, Email, User
from tests.accounts.hosts import CLIENT, NOON, visitor


@pytest.fixture
def client(ctx: Ctx) -> Client:
    return clients.add(ctx, {**CLIENT, "noemail": "1"})


def test_sign_in_by_address_in_any_case(ctx: Ctx, host: Host, client: Client) -> None:
    seen: list[Any] = []
    hooks.add(host, "UserLogin", 1, lambda arguments: seen.append(arguments["user"].email))
    user = signin.sign_in(ctx, "Angelica@Example.com", "correct horse")
    assert user is not None
    assert seen == ["angelica@example.com"]
    with ctx.unit(read=True) as db:
        found = db.get_one(User, user.id)
        assert (found.last_login, found.last_ip) == (NOON, "203.0.113.7")
        shown = clients.details(db, db.get_one(Client, client.id))
    assert shown["lastlogin"] == "Date: 02/03/2026 12:00<br>IP Address: 203.0.113.7<br>Host: 203.0.113.7"


def test_wrong_credentials(ctx: Ctx, client: Client) -> None:
    assert signin.sign_in(ctx, CLIENT["email"], "wrong") is None
    assert signin.sign_in(ctx, CLIENT["email"], "") is None
    assert signin.sign_in(ctx, "nobody@example.com", "nobody") is None
    assert signin.sign_in(ctx, "", "") is None


def test_five_failures_lock_for_fifteen_minutes(ctx: Ctx, host: Host, client: Client) -> None:
    for _ in range(5):
        assert signin.sign_in(ctx, CLIENT["email"], "wrong") is None
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is None
    assert throttle.wait(ctx, "user", CLIENT["email"], ctx.actor.ip) == 900
    assert signin.sign_in(visitor(host, "198.51.100.1"), CLIENT["email"], "correct horse") is not None
    host.clock.advance(timedelta(minutes=15))
    assert throttle.wait(ctx, "user", CLIENT["email"], ctx.actor.ip) == 0
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is not None


def test_a_success_forgets_the_failures(ctx: Ctx, client: Client) -> None:
    for _ in range(3):
        for _ in range(4):
            assert signin.sign_in(ctx, CLIENT["email"], "wrong") is None
        assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is not None


def test_one_address_may_not_try_many_accounts(ctx: Ctx, client: Client) -> None:
    for number in range(20):
        signin.sign_in(ctx, f"user{number}@example.com", "wrong")
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is None


def reset_token(ctx: Ctx) -> str:
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        message = db.scalars(select(Email.message).order_by(Email.id.desc())).first()
    found = re.search(r"http://shop\.test/password/reset/([A-Za-z0-9]+)", message or "")
    assert found, message
    return found[1]


def test_a_new_password_by_mail(ctx: Ctx, host: Host, client: Client) -> None:
    changed: list[dict[str, Any]] = []
    hooks.add(host, "UserChangePassword", 1, lambda arguments: changed.append(arguments))
    signin.begin_reset(ctx, CLIENT["email"])
    token = reset_token(ctx)
    with ctx.unit(read=True) as db:
        assert db.scalars(select(User.reset_token)).one() not in ("", token)
    with pytest.raises(Invalid):
        signin.finish_reset(ctx, token, "")
    user = signin.finish_reset(ctx, token, "battery staple")
    assert user is not None
    assert changed == [{"userid": user.id, "password": "battery staple"}]
    assert signin.finish_reset(ctx, token, "again") is None
    assert signin.sign_in(ctx, CLIENT["email"], "battery staple") is not None
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is None


def test_a_reset_link_ends_after_two_hours(ctx: Ctx, host: Host, client: Client) -> None:
    signin.begin_reset(ctx, CLIENT["email"])
    token = reset_token(ctx)
    host.clock.advance(timedelta(hours=2, seconds=1))
    assert signin.finish_reset(ctx, token, "battery staple") is None


def test_unknown_addresses_get_no_mail_and_the_same_answer(ctx: Ctx) -> None:
    signin.begin_reset(ctx, "nobody@example.com")
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Email)).all() == []


def test_changing_the_password_wants_the_existing_one(ctx: Ctx, client: Client) -> None:
    user = signin.sign_in(ctx, CLIENT["email"], "correct horse")
    assert user is not None
    with pytest.raises(Invalid, match="Your existing password was incorrect"):
        signin.change_password(ctx, user.id, "wrong", "battery staple")
    signin.change_password(ctx, user.id, "correct horse", "battery staple")
    assert signin.sign_in(ctx, CLIENT["email"], "battery staple") is not None


def test_administrators(ctx: Ctx, host: Host) -> None:
    fired: list[tuple[str, dict[str, Any]]] = []
    for point in ("AdminLogin", "AdminLogout"):
        hooks.add(host, point, 1, lambda arguments, point=point: fired.append((point, arguments)))  # type: ignore[misc]
    with ctx.unit() as db:
        admin = admins.create(db, "Boss", "top secret", email="boss@example.com")
        with pytest.raises(Invalid, match="The username is already in use"):
            admins.create(db, "boss", "other")
    assert admins.sign_in(ctx, "boss", "wrong") is None
    assert admins.sign_in(ctx, "BOSS", "top secret") is not None
    assert admins.sign_in(ctx, "boss@example.com", "top secret") is not None
    admins.sign_out(ctx, admin.id)
    assert fired == [
        ("AdminLogin", {"adminid": admin.id, "username": "Boss"}),
        ("AdminLogin", {"adminid": admin.id, "username": "Boss"}),
        ("AdminLogout", {"adminid": admin.id}),
    ]
    with ctx.unit() as db:
        logged = db.scalars(select(AdminLog.logouttime).order_by(AdminLog.id)).all()
        db.get_one(type(admin), admin.id).disabled = 1
    assert logged == [None, NOON]
    assert admins.sign_in(ctx, "boss", "top secret") is None


def test_roles_of_a_fresh_install(ctx: Ctx) -> None:
    with ctx.unit() as db:
        assert admins.permissions_of(db, 1) == set(admins.PERMISSIONS)
        assert admins.may(db, 1, "Configure Servers")
        assert admins.may(db, 2, "Perform Server Operations")
        assert not admins.may(db, 2, "Configure Servers")
        assert admins.may(db, 3, "List Support Tickets")
        assert not admins.may(db, 3, "View Orders")
        with pytest.raises(KeyError):
            admins.may(db, 1, "Fly")
        admins.set_permissions(db, 3, ["View Orders"])
        admins.seed(db)
        assert admins.permissions_of(db, 3) == {"View Orders"}
    assert len(set(admins.PERMISSIONS)) == len(admins.PERMISSIONS)


def test_a_refused_attempt_does_not_prolong_the_wait(ctx: Ctx, host: Host, client: Client) -> None:
    for _ in range(5):
        signin.sign_in(ctx, CLIENT["email"], "wrong")
    host.clock.advance(timedelta(minutes=14))
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is None
    host.clock.advance(timedelta(minutes=1))
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is not None


def test_a_hook_may_vouch_for_unknown_addresses(ctx: Ctx, host: Host, client: Client) -> None:
    asked: list[dict[str, Any]] = []
    answers: list[Any] = [
        False,
        {"id": client.id},
        {"email": CLIENT["email"]},
        {"create": True, "email": "new@example.com"},
    ]

    def share(arguments: dict[str, Any]) -> Any:
        asked.append(arguments)
        return answers[len(asked) - 1]

    hooks.add(host, "ClientLoginShare", 1, share)
    assert signin.sign_in(ctx, CLIENT["email"], "wrong") is None
    assert asked == []
    found = [signin.sign_in(ctx, "new@example.com", "elsewhere") for _ in answers]
    assert asked[0] == {"username": "new@example.com", "password": "elsewhere"}
    assert [user.email if user else None for user in found] == [
        None, "angelica@example.com", "angelica@example.com", "new@example.com",
    ]  # fmt: skip
    assert signin.sign_in(ctx, "new@example.com", "elsewhere") is not None
    assert len(asked) == 4


def test_editing_a_user(ctx: Ctx, host: Host, client: Client) -> None:
    fired: list[dict[str, Any]] = []
    hooks.add(host, "UserEdit", 1, fired.append)
    other = clients.add(ctx, {**CLIENT, "email": "other@example.com", "noemail": "1"})
    with ctx.unit(read=True) as db:
        user = users.owner_of(db, other.id)
    assert user is not None
    users.edit(ctx, user.id, {"firstname": "Olga", "email": "olga@example.com"})
    assert [(one["user_id"], one["firstname"], one["email"], one["olddata"]["email"]) for one in fired] == [
        (user.id, "Olga", "olga@example.com", "other@example.com")
    ]
    with pytest.raises(Invalid, match="A user already exists with that email address"):
        users.edit(ctx, user.id, {"email": CLIENT["email"].upper()})
    with pytest.raises(Invalid, match="The email address entered is not valid"):
        users.edit(ctx, user.id, {"email": "x"})


def test_many_attempts_at_once_do_not_slip_through(ctx: Ctx, client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(lambda _: throttle.attempt(ctx, "user", "x@example.com", "192.0.2.1"), range(16)))
    assert sum(allowed) <= throttle.LIMIT_PAIR
