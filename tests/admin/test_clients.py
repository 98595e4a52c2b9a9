"""The client list, adding a client, and the tabs of the profile."""

import re

from sqlalchemy import select

from modulehost import app
from modulehost.context import Ctx
from modulehost.schema import ActivityLog, Client, Contact, Email, User

from .conftest import Browser, wrongs

DATA = {
    "firstname": "Bo", "lastname": "<Lind>", "email": "bo@example.org", "password2": "Secret-pass-2", "address1": "Road 1", "city": "Lund",
    "state": "Skane", "postcode": "22222", "country": "SE", "phonenumber": "46123456", "currency": "1", "sendemail": "1",
}  # fmt: skip


def test_add_find_and_escape(admin: Browser, ctx: Ctx) -> None:
    target = admin.saved("/admin/clientsadd.php", DATA)
    assert target == "/admin/clientssummary.php?userid=2"
    page = admin.get(target).text
    assert "Bo &lt;Lind&gt;" in page and "<Lind>" not in page
    for query in ("bo", "Bo <L", "bo@example", "<lind"):
        assert ">Bo &lt;Lind&gt;<" in admin.get(f"/admin/clients.php?search={query}").text, query
    assert "No clients found" in admin.text("/admin/clients.php?search=nobody")
    assert admin.get("/admin/clients.php?search=2").headers["Location"] == target  # an id leads there at once
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, 2)
        assert (client.firstname, client.country, client.status, client.currency) == ("Bo", "SE", "Active", 1)
        assert db.query(User).filter_by(email="bo@example.org").count() == 1
    assert "Client Signup" in admin.text("/admin/clientslog.php?userid=2") or "Created Client" in admin.text(
        "/admin/clientslog.php?userid=2"
    )


def test_add_says_all_that_is_wrong(admin: Browser, ctx: Ctx) -> None:
    answer = admin.post("/admin/clientsadd.php", {**DATA, "firstname": "", "email": "nonsense", "country": "XX"})
    errors = wrongs(answer)[0]
    for text in (
        "You did not enter your first name",
        "The email address you entered was not valid",
        "Valid country required",
    ):
        assert text in errors
    assert 'value="Road 1"' in answer.text
    assert "Secret-pass-2" not in answer.text
    with ctx.unit(read=True) as db:
        assert db.query(Client).count() == 1


def test_pages_of_clients(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        for number in range(60):
            db.add(
                Client(
                    firstname=f"F{number:02}",
                    lastname="Last",
                    email=f"c{number}@example.org",
                    status="Inactive",
                    currency=1,
                )
            )
    first = admin.text("/admin/clients.php?status=Inactive")
    assert "1–25 of 60" in first and "F59" in first and "F34 " not in first
    links = re.findall(r'href="(/admin/clients.php\?[^"]*page=\d+)"', first)
    assert "/admin/clients.php?status=Inactive&page=3" in links
    last = admin.text("/admin/clients.php?status=Inactive&page=3")
    assert "51–60 of 60" in last and "F00" in last
    assert "51–60 of 60" in admin.text("/admin/clients.php?status=Inactive&page=99")
    assert "1–25 of 60" in admin.text("/admin/clients.php?status=Inactive&page=abc")


def test_profile(admin: Browser, ctx: Ctx) -> None:
    page = admin.text("/admin/clientsprofile.php?userid=1")
    assert 'value="Asha"' in page and 'value="IN" selected' in page
    form = {
        "firstname": "Asha",
        "lastname": "Rao",
        "email": "asha@example.com",
        "address1": "2 Side Street",
        "city": "Pune",
    }
    form |= {
        "state": "Maharashtra",
        "postcode": "411001",
        "country": "IN",
        "phonenumber": "2025550100",
        "status": "Inactive",
    }
    admin.saved("/admin/clientsprofile.php?userid=1", {**form, "taxexempt": "1", "wish[invoice]": "1", "notes": "VIP"})
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, 1)
        assert (client.address1, client.status, client.taxexempt, client.notes) == (
            "2 Side Street",
            "Inactive",
            1,
            "VIP",
        )
        assert client.allow_sso == 0  # not ticked
        assert '"invoice": "1"' in str(client.email_preferences) and '"general": "0"' in str(client.email_preferences)
    answer = admin.post("/admin/clientsprofile.php?userid=1", {**form, "email": "no mail"})
    assert "not valid" in wrongs(answer)[0] and 'value="no mail"' in answer.text


def test_mails_are_shown_without_their_scripts(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        mail = Email(userid=1, subject="Hello", message="<p>Hi</p><script>alert(1)</script>", to="asha@example.com")
        other = Email(userid=2, subject="Other", message="x")
        db.add_all([mail, other])
        db.flush()
        key, foreign = mail.id, other.id
    assert "Hello" in admin.text("/admin/clientsemails.php?userid=1")
    page = admin.get(f"/admin/clientsemails.php?userid=1&email={key}").text
    assert "<iframe sandbox " in page and "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert admin.get(f"/admin/clientsemails.php?userid=1&email={foreign}").status_code == 404


def test_contacts(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.add(Contact(userid=1, firstname="Cy", lastname="Contact", email="cy@example.com", invoiceemails=1))
    page = admin.text("/admin/clientscontacts.php?userid=1")
    assert "Cy Contact" in page and "Invoice" in page


def test_login_as_owner(admin: Browser, ctx: Ctx) -> None:
    token = admin.saved("/admin/clientssummary.php?userid=1")
    assert token.startswith("/login/owner/")
    other = app.create_app(ctx.host).test_client()
    assert other.get(token).status_code == 403, "the address is of use to this administrator only"
    assert admin.client.get(token).headers["Location"] == "/clientarea.php"
    page = admin.client.get("/clientarea.php").text
    assert "Asha" in page
    assert "/logout.php?returntoadmin=1" in page
    assert admin.client.get(token).status_code == 403, "it works once"
    form = {"save": "1", "city": "Mumbai"}
    with admin.client.session_transaction() as session:
        form["token"] = session["token"]
    admin.client.post("/clientarea.php?action=details", data=form)
    with ctx.unit(read=True) as db:
        lines = db.scalars(select(ActivityLog).order_by(ActivityLog.id.desc())).all()
        changed = next(row for row in lines if "Profile Modified" in row.description)
        assert (changed.user, changed.admin_id, changed.userid) == ("admin (as Asha Rao)", 1, 1)
        assert db.get_one(User, 1).last_login is None, "the client has not signed in"
    back = admin.client.get("/logout.php?returntoadmin=1")
    assert back.headers["Location"] == "/admin/clientssummary.php?userid=1"
    assert admin.client.get("/clientarea.php").status_code == 302
    assert admin.client.get("/admin/clients.php").status_code == 200
