"""User management: inviting, accepting as a known and as a new user, permissions, removing; the profile and its address."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import app, events, hooks, settings
from modulehost.accounts import clients, signin, userpermissions, users
from modulehost.context import Ctx
from modulehost.schema import Client, Email, User, UserClient, UserInvite
from tests.client.shop import post, sign_in, words
from tests.support.hosts import CLIENT, CLIENT_DATA


def link_in_the_mail(ctx: Ctx, part: str) -> str:
    """The path of the last mailed link below `part`."""
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        mail = db.scalars(select(Email).where(Email.message.contains(part)).order_by(Email.id.desc())).first()
    assert mail is not None, "no mail has such a link"
    found = re.search(rf'href="[^"]*/({part}\w+)"', mail.message)
    assert found
    return "/" + found[1]


def invite(browser: FlaskClient, email: str, **more: object) -> str:
    return words(post(browser, "/account/users/invite", {"inviteemail": email, **more}, follow_redirects=True))


def test_a_new_user_accepts_an_invitation(client: FlaskClient, ctx: Ctx) -> None:
    fired: list[str] = []
    for point in ("PreUserAdd", "UserAdd"):
        hooks.add(ctx.host, point, 1, lambda given, point=point: fired.append(f"{point} {given['user_id']} {given['email']}"))  # type: ignore[misc]
    assert "does not look right" in invite(client, "nonsense", permissions="all")
    assert "Choose at least one permission" in invite(client, "kim@example.org", permissions="choose")
    assert "has access to the account already" in invite(client, CLIENT["email"], permissions="all")
    said = invite(client, "kim@example.org", permissions="choose", perms=["products", "invoices"])
    assert "invitation was sent" in said
    assert "kim@example.org" in said
    link = link_in_the_mail(ctx, "invite/")

    kim = app.create_app(ctx.host).test_client()
    assert kim.get(link).headers["Location"] == "/invite/validate"
    assert "Example Ltd" in words(kim.get("/invite/validate"))
    form = {"register": "1", "firstname": "Kim", "lastname": "Oh", "email": "kim@example.org", "password": "short"}
    wrong = post(kim, "/invite/validate", form)
    assert wrong.status_code == 400
    assert 'value="Kim"' in wrong.text
    assert post(kim, "/invite/validate", {**form, "password": "Kims-pass-1"}).headers["Location"] == "/clientarea.php"
    assert "Asha" in words(kim.get("/clientarea.php"))
    assert fired == ["PreUserAdd 0 kim@example.org", "UserAdd 2 kim@example.org"]
    with ctx.unit(read=True) as db:
        user = users.find(db, "kim@example.org")
        assert user is not None
        assert user.email_verified_at is not None, "the link came to this address"
        assert userpermissions.link(db, user.id, 1).permissions == "products,invoices"
        assert userpermissions.link(db, user.id, 1).invite_id == 1
    assert kim.get("/clientarea.php?action=invoices").status_code == 200
    assert kim.get("/account/users").status_code == 403
    other = app.create_app(ctx.host).test_client()
    other.get(link)
    assert other.get("/invite/validate").status_code == 410, "an invitation works once"


def test_known_users_accept_signed_in_or_with_their_password(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        for name in ("bo", "cy"):
            clients.create(db, {**CLIENT_DATA, "email": f"{name}@example.org", "companyname": f"{name} Ltd"})
    for name in ("bo", "cy"):
        invite(client, f"{name}@example.org", permissions="all")
        browser = app.create_app(ctx.host).test_client()
        link = link_in_the_mail(ctx, "invite/")
        if name == "bo":
            assert sign_in(browser, "bo@example.org").status_code == 303
        browser.get(link)
        form = {} if name == "bo" else {"login": "1", "email": "cy@example.org", "password": "wrong"}
        if form:
            assert post(browser, "/invite/validate", form).status_code == 400
            form["password"] = CLIENT["password"]
        assert post(browser, "/invite/validate", form).headers["Location"] == "/clientarea.php"
        listed = words(browser.get("/user/accounts"))
        assert "Example Ltd" in listed
        assert f"{name} Ltd" in listed


def test_an_invitation_is_sent_again_cancelled_and_too_old(client: FlaskClient, ctx: Ctx) -> None:
    invite(client, "kim@example.org", permissions="all")
    first = link_in_the_mail(ctx, "invite/")
    post(client, "/account/users/invite/resend", {"inviteid": "1"})
    second = link_in_the_mail(ctx, "invite/")
    assert first != second
    browser = app.create_app(ctx.host).test_client()

    def opens(link: str) -> bool:
        browser.get(link)
        return browser.get("/invite/validate").status_code == 200

    assert not opens(first)
    assert opens(second)
    ctx.host.clock.advance(timedelta(days=8))
    assert not opens(second)
    post(client, "/account/users/invite/resend", {"inviteid": "1"})
    third = link_in_the_mail(ctx, "invite/")
    assert opens(third)
    post(client, "/account/users/invite/cancel", {"inviteid": "1"})
    assert not opens(third)
    with ctx.unit(read=True) as db:
        assert db.get_one(UserInvite, 1).deleted_at is not None


def test_invitations_of_others_stay(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.org"})
        db.add(UserInvite(email="x@example.org", client_id=other.id, token="t", permissions="emails", updated_at=ctx.host.clock.now()))
        strange = users.owner_of(db, other.id)
        assert strange is not None
    for action in ("resend", "cancel"):
        said = words(post(client, f"/account/users/invite/{action}", {"inviteid": "1"}, follow_redirects=True))
        assert "does not exist any more" in said
    assert client.get(f"/account/users/permissions/{strange.id}").status_code == 404
    assert "has no access to the account" in words(post(client, "/account/users/remove", {"userid": str(strange.id)}, follow_redirects=True))


def test_permissions_and_removing(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        kim = users.create(db, {"firstname": "Kim", "lastname": "Oh", "email": "kim@example.org", "password2": "Kims-pass-1"})
        users.link(db, kim.id, 1, permissions="emails")
    browser = app.create_app(ctx.host).test_client()
    sign_in(browser, "kim@example.org", "Kims-pass-1")
    page = client.get(f"/account/users/permissions/{kim.id}").text
    assert re.findall(r'name="perms\[(\w+)\]" value="1" checked', page) == ["emails"]
    assert client.get("/account/users/permissions/1").status_code == 404, "the owner's cannot be changed"
    post(client, f"/account/users/permissions/{kim.id}", {"perms[invoices]": "1", "perms[orders]": "1", "perms[root]": "1"})
    with ctx.unit(read=True) as db:
        assert userpermissions.link(db, kim.id, 1).permissions == "invoices,orders"
    assert browser.get("/clientarea.php?action=emails").status_code == 403
    assert browser.get("/clientarea.php?action=invoices").status_code == 200
    menu = browser.get("/clientarea.php").text
    assert "action=invoices" in menu
    assert "action=emails" not in menu
    assert "/account/users" not in menu
    assert "owner of the account cannot be removed" in words(post(client, "/account/users/remove", {"userid": "1"}, follow_redirects=True))
    assert "taken off" in words(post(client, "/account/users/remove", {"userid": str(kim.id)}, follow_redirects=True))
    assert browser.get("/clientarea.php").status_code == 302, "the session ends at once"
    with ctx.unit(read=True) as db:
        assert db.get(User, kim.id) is not None


def test_mails_to_a_person_are_not_in_the_history_of_the_client(client: FlaskClient, ctx: Ctx) -> None:
    signin.begin_reset(ctx, CLIENT["email"])
    invite(client, "kim@example.org", permissions="all")
    events.drain(ctx)
    page = words(client.get("/clientarea.php?action=emails"))
    assert "password reset" not in page.lower()
    assert "invites you" not in page
    with ctx.unit(read=True) as db:
        assert {row.userid for row in db.scalars(select(Email))} == {0}


def test_the_profile_and_a_new_address(client: FlaskClient, ctx: Ctx) -> None:
    edits: list[dict[str, object]] = []
    hooks.add(ctx.host, "UserEdit", 1, edits.append)
    assert "first name" in words(post(client, "/user/profile", {"firstname": "", "lastname": "X"}, follow_redirects=True))
    post(client, "/user/profile", {"firstname": "Anna", "lastname": "Rao"})
    assert 'value="Anna"' in client.get("/user/profile").text
    wrong = post(client, "/user/profile/email", {"email": "new@example.org", "existingpw": "no"}, follow_redirects=True)
    assert "not right" in words(wrong)
    post(client, "/user/profile/email", {"email": "new@example.org", "existingpw": CLIENT["password"]})
    assert [(one["email"], one["olddata"]["email"]) for one in edits] == [  # type: ignore[index]
        (CLIENT["email"], CLIENT["email"]), ("new@example.org", CLIENT["email"])
    ]  # fmt: skip
    browser = app.create_app(ctx.host).test_client()
    assert sign_in(browser, "new@example.org").status_code == 303


@pytest.mark.parametrize("wanted", [True, False])
def test_verifying_the_address(client: FlaskClient, ctx: Ctx, wanted: bool) -> None:
    done: list[dict[str, object]] = []
    hooks.add(ctx.host, "UserEmailVerificationComplete", 1, done.append)
    with ctx.unit() as db:
        settings.put(db, "EnableEmailVerification", "on" if wanted else "")
    assert ("verify your email address" in words(client.get("/clientarea.php"))) is wanted
    if not wanted:
        return
    post(client, "/user/verification/resend")
    link = link_in_the_mail(ctx, "user/verify/")
    guest = app.create_app(ctx.host).test_client()
    assert "Verify my address" in words(guest.get(link))
    assert done == [], "looking at the link verifies nothing: mail scanners do that"
    assert post(guest, "/user/verify", {"key": "x"}).status_code == 410
    assert "is verified" in words(post(guest, "/user/verify", {"key": link.rsplit("/", 1)[1]}))
    post(guest, "/user/verify", {"key": link.rsplit("/", 1)[1]})
    assert done == [{"userId": 1}], "twice is once"
    assert "verify your email address" not in words(client.get("/clientarea.php"))
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).email_verified == 1
        assert db.scalars(select(UserClient)).one().owner == 1
