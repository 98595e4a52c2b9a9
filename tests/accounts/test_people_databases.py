"""Sessions, invitations, the second factor and the end of a client on each of the three databases."""

import pytest
from sqlalchemy import select

from modulehost import lifecycle
from modulehost.accounts import Invalid, clients, invites, sessions, signin, twofactor, userpermissions, users
from modulehost.context import Ctx
from modulehost.schema import Client, User, UserClient
from tests.accounts.hosts import CLIENT


def test_people_on_each_database(any_ctx: Ctx) -> None:
    ctx = any_ctx
    client = clients.add(ctx, {**CLIENT, "noemail": "1"})
    with ctx.unit() as db:
        owner = users.owner_of(db, client.id)
        assert owner is not None
        one, two = (sessions.begin(db, sessions.USER, owner.id) for _ in range(2))
    with ctx.unit() as db:
        assert sessions.find(db, sessions.USER, owner.id, one) is not None
        assert sessions.find(db, sessions.USER, owner.id, one.swapcase()) is None
        sessions.end_all(db, sessions.USER, owner.id, two)
    with ctx.unit(read=True) as db:
        assert [sessions.find(db, sessions.USER, owner.id, key) is None for key in (one, two)] == [True, False]

    sent = invites.send(ctx, client.id, "Kim@Example.org", ["emails"])
    assert invites.send(ctx, client.id, "kim@example.ORG", ["orders"]).id == sent.id
    with ctx.unit() as db:
        assert [row.permissions for row in invites.of_client(db, client.id)] == ["orders"]
        kim = users.create(db, {"firstname": "K", "lastname": "K", "email": "kim@example.org", "password2": "Kim-pass-11"})
        assert userpermissions.add(db, kim.id, client.id, ["emails"]).permissions == "emails"
    with pytest.raises(Invalid, match="User already associated with client"):
        invites.send(ctx, client.id, "KIM@example.org", ["emails"])

    twofactor.begin(ctx, twofactor.USER, kim.id)
    assert not twofactor.passes(ctx, twofactor.USER, kim.id, "000000")
    with ctx.unit() as db:
        pet = signin.save_question(db, "First pet?")
        with pytest.raises(Invalid, match="on the list already"):
            signin.save_question(db, "FIRST PET?")
    signin.change_question(ctx, kim.id, pet, "Rex")

    lifecycle.closing.close(ctx, client.id)
    lifecycle.closing.delete_client(ctx, client.id, users=True, transactions=True)
    with pytest.raises(Invalid, match="Client ID Not Found"):
        lifecycle.closing.delete_client(ctx, client.id)
    with ctx.unit(read=True) as db:
        assert [db.scalars(select(kind.id)).all() for kind in (Client, User, UserClient)] == [[], [], []]
