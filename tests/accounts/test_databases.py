"""What depends on the database: case, zero dates, throttling, one-time tokens, on each of the three."""

import pytest
from sqlalchemy import select

from modulehost import events
from modulehost.accounts import Invalid, admins, clients, credentials, signin, sso, throttle, users
from modulehost.context import Ctx
from modulehost.schema import AdminLog, Email
from tests.accounts.hosts import CLIENT, NOON


def test_accounts_on_each_database(any_ctx: Ctx) -> None:
    ctx = any_ctx
    client = clients.add(ctx, CLIENT)
    events.drain(ctx)
    with pytest.raises(Invalid, match="A user already exists"):
        clients.add(ctx, {**CLIENT, "email": "ANGELICA@EXAMPLE.COM"})
    with ctx.unit(read=True) as db:
        assert clients.find(db, email="Angelica@Example.Com") is not None
        assert [one.id for one in clients.search(db, "angelica MO")[1]] == [client.id]
        assert clients.details(db, client)["lastlogin"] == "No Login Logged"
        assert db.scalars(select(Email.pending)).all() == [0]
    for _ in range(5):
        assert signin.sign_in(ctx, CLIENT["email"], "wrong") is None
    assert signin.sign_in(ctx, CLIENT["email"], "correct horse") is None
    assert throttle.wait(ctx, "user", CLIENT["email"], ctx.actor.ip) == 900


def test_staff_and_tokens_on_each_database(any_ctx: Ctx) -> None:
    ctx = any_ctx
    with ctx.unit() as db:
        admin = admins.create(db, "Boss", "top secret")
        role = credentials.create_role(db, "all", ["GetClients"])
        identifier, secret = credentials.create(db, admin.id, [role.id])
    assert admins.sign_in(ctx, "BOSS", "top secret") is not None
    admins.sign_out(ctx, admin.id)
    actor, credential = credentials.check(ctx, identifier, secret, "127.0.0.1")
    assert actor.id == admin.id
    with pytest.raises(credentials.Refused, match="Invalid or missing credentials"):
        credentials.check(ctx, identifier.swapcase(), secret, "127.0.0.1")
    client = clients.add(ctx, {**CLIENT, "noemail": "1"})
    with ctx.unit() as db:
        assert credentials.allows(db, credential, "GETCLIENTS")
        assert db.scalars(select(AdminLog.logouttime)).all() == [NOON]
        owner = users.owner_of(db, client.id)
        assert owner is not None
        token = sso.create(db, owner, client)
    assert sso.redeem(ctx, token) is not None
    assert sso.redeem(ctx, token) is None
