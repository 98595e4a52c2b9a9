"""Manage Users: the list, the form, and what staff does for somebody who lost access."""

from sqlalchemy import select

from modulehost.accounts import twofactor
from modulehost.context import Ctx
from modulehost.schema import Client, Email, User

from .conftest import Browser, wrongs


def test_manage_users(admin: Browser, ctx: Ctx) -> None:
    assert "asha@example.com" in admin.text("/admin/users.php?search=ash")
    assert "No users found" in admin.text("/admin/users.php?search=nobody")
    page = "/admin/users.php?id=1"
    answer = admin.post(page, {"firstname": "Asha", "lastname": "Rao", "email": "nonsense"})
    assert "not valid" in wrongs(answer)[0]
    assert 'value="nonsense"' in answer.text
    assert admin.saved(page, {"firstname": "Anna", "lastname": "Rao", "email": "asha@example.com"}) == page
    admin.saved(page, action="verified")
    with ctx.unit(read=True) as db:
        assert db.get_one(User, 1).first_name == "Anna"
        assert db.get_one(Client, 1).email_verified == 1
    admin.saved(page, action="unverified")
    admin.saved(page, action="resetpassword")
    with ctx.unit(read=True) as db:
        assert db.get_one(User, 1).email_verified_at is None
        assert db.scalars(select(Email.to)).all() == ["asha@example.com"]


def test_staff_takes_a_second_factor_away(admin: Browser, ctx: Ctx) -> None:
    secret = twofactor.begin(ctx, twofactor.USER, 1)
    twofactor.confirm(ctx, twofactor.USER, 1, twofactor.code_at(secret, ctx.host.clock.time()))
    assert "Enabled" in admin.text("/admin/users.php")
    assert "really them" in admin.post("/admin/users.php?id=1", action="resetfactor").text
    with ctx.unit(read=True) as db:
        assert twofactor.enabled(db.get_one(User, 1))
    admin.saved("/admin/users.php?id=1", action="resetfactor", confirmed="1")
    with ctx.unit(read=True) as db:
        assert not twofactor.enabled(db.get_one(User, 1))
