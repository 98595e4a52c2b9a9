"""Security questions at sign-up and before a new password, the verification mail of new users, the billing contact."""

from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import events, mail, settings
from modulehost.accounts import clients, contacts, signin, users
from modulehost.context import Ctx
from modulehost.schema import Client, Email
from tests.client.shop import post, words
from tests.client.test_account import NEW
from tests.client.test_account_users import link_in_the_mail
from tests.support.hosts import CLIENT


def test_a_new_user_answers_a_question_and_verifies_the_address(web: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        pet = signin.save_question(db, "First <pet>?")
        settings.put(db, "EnableEmailVerification", "on")
    page = web.get("/register.php").text
    assert "First &lt;pet&gt;?" in page
    wrong = post(web, "/register.php", {"register": "true", **NEW, "securityqid": str(pet), "securityqans": " "})
    assert wrong.status_code == 400 and "Choose a security question" in words(wrong)
    assert post(web, "/register.php", {"register": "true", **NEW, "securityqid": str(pet), "securityqans": "Rex"}).status_code == 303
    with ctx.unit(read=True) as db:
        user = users.find(db, NEW["email"])
        assert user is not None and signin.question_of(db, user) == "First <pet>?"
        assert signin.answers(db, user, "rex ") and "Rex" not in user.security_question_answer
    events.drain(ctx)
    assert "/user/verify/" in link_in_the_mail(ctx, "user/verify/")


def test_a_lost_password_needs_the_answer(web: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        pet = signin.save_question(db, "First pet?")
    signin.change_question(ctx, 1, pet, "Rex")
    signin.begin_reset(ctx, CLIENT["email"])
    web.get(link_in_the_mail(ctx, "password/reset/"))
    assert "First pet?" in words(web.get("/password/reset/change"))
    new = {"newpw": "Brand-new-11", "confirmpw": "Brand-new-11"}
    assert "First pet?" in words(post(web, "/password/reset/change", new))
    assert signin.verify(ctx, CLIENT["email"], "Brand-new-11") is None
    assert "not the answer" in words(post(web, "/password/reset/security", {"answer": "Tom"}))
    assert post(web, "/password/reset/security", {"answer": "REX"}).headers["Location"] == "/password/reset/change"
    assert "was changed" in words(post(web, "/password/reset/change", new))
    assert signin.verify(ctx, CLIENT["email"], "Brand-new-11") is not None


def test_a_deleted_question_is_asked_no_more(ctx: Ctx) -> None:
    with ctx.unit() as db:
        pet = signin.save_question(db, "First pet?")
    signin.change_question(ctx, 1, pet, "Rex")
    with ctx.unit() as db:
        signin.delete_question(db, pet)
        again = signin.save_question(db, "First school?")
        user = users.find(db, CLIENT["email"])
        assert user is not None
        db.refresh(user)
        assert (user.security_question_id, signin.question_of(db, user)) == (0, "")
        assert signin.questions(db) == [{"id": again, "question": "First school?"}]


def test_invoices_go_to_the_billing_contact(client: FlaskClient, ctx: Ctx) -> None:
    wishes = {"invoice": "1"}
    data = {"firstname": "Bill", "lastname": "P", "email": "bill@example.com", "country": "US", "email_preferences": wishes}
    row = contacts.add(ctx, 1, data)
    other = clients.add(ctx, {"firstname": "O", "lastname": "O", "email": "o@example.com", "password2": "Other-pass-1", "skipvalidation": "1"})
    foreign = contacts.add(ctx, other.id, {**data, "email": "f@example.com"})
    page = client.get("/clientarea.php?action=details").text
    assert "Bill P</option>" in page
    with ctx.unit(read=True) as db:
        known = clients.details(db, db.get_one(Client, 1))
    form = {"save": "true", **{name: known[name] for name in ("firstname", "lastname", "email", "address1", "city", "state", "postcode", "country", "phonenumber")}}
    assert "no contact with the id" in words(post(client, "/clientarea.php?action=details", {**form, "billingcid": str(foreign.id)}))
    post(client, "/clientarea.php?action=details", {**form, "billingcid": str(row.id)})
    with ctx.unit() as db:
        assert db.get_one(Client, 1).billingcid == row.id
        mail.queue(db, "Invoice Payment Reminder", 1)
        mail.queue(db, "Client Signup Email", 1)
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        to = [(one.to, one.cc) for one in db.scalars(select(Email).where(Email.userid == 1).order_by(Email.id))][-2:]
    assert to == [("bill@example.com", ""), (CLIENT["email"], "")]
