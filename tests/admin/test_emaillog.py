"""Utilities > Logs > Email Log: the list of all mails, one mail's parts, and sending it again."""

import html
import re
from datetime import datetime

import pytest

from modulehost import app, mail
from modulehost.accounts import admins, signin
from modulehost.accounts.permissions import NUMBERS
from modulehost.context import Ctx
from modulehost.schema import AdminPerm, AdminRole, Client, Email
from tests.admin.conftest import Browser

PAGE = "/admin/systememaillog.php"


@pytest.fixture
def mails(ctx: Ctx) -> None:
    """Ids from 101: three sent, one that waits, one that failed."""
    with ctx.unit() as db:
        db.add(Client(id=2, firstname="Ravi", lastname="Menon", companyname="", email="ravi@example.org"))
        for key, (client, to, subject, day, pending, failed) in enumerate([
            (1, "asha@example.com", "Invoice 7", 1, 0, 0), (2, "ravi@example.org, office@example.org", "Invoice 8", 2, 0, 0),
            (0, "ada@example.com", "<b>Module</b> Command Failed", 3, 0, 0), (2, "ravi@example.org", "Welcome", 4, 1, 0),
            (1, "asha@example.com", "Reminder", 5, 0, 1),
        ], 101):  # fmt: skip
            body = "" if pending or failed else f"<p>Body of {key}</p><script>alert(1)</script>"
            db.add(Email(id=key, userid=client, to=to, subject=subject, message=body, date=datetime(2026, 3, day, 12), created_at=datetime(2026, 3, day, 11),
                         cc="copy@example.com", pending=pending, failed=failed, failure_reason="550 no such box" if failed else "",
                         message_data='{"template": "Welcome Mail", "fields": {"colour": "<teal>"}, "sealed": "mh1:abc", "relid": 5}' if pending else ""))  # fmt: skip


def listed(page: str) -> list[str]:
    return re.findall(r'data-label="Subject"><a href="[^"]*[?&;]id=(\d+)', page)


def test_the_list_is_newest_first_and_named_by_state(admin: Browser, mails: None) -> None:
    page = admin.get(PAGE).text
    assert listed(page)[:5] == ["105", "104", "103", "102", "101"]
    assert re.findall(r'data-label="State"><span class="badge \w+"[^>]*>(\w+)<', page)[:5] == ["failed", "queued", "sent", "sent", "sent"]
    assert "&lt;b&gt;Module&lt;/b&gt;" in page and "<b>Module" not in page
    assert ">Ravi Menon</a>" in page and 'title="550 no such box"' in page
    assert 'class=" here" aria-current="page">Email Log</a>' in page


@pytest.mark.parametrize(("query", "found"), [
    ("?to=RAVI", [104, 102]), ("?to=office", []), ("?subject=invoice", [102, 101]), ("?subject=voice", []), ("?userid=1", [105, 101]),
    ("?state=queued", [104]), ("?state=failed", [105]), ("?state=sent&subject=I", [102, 101]), ("?since=2026-03-04", [105, 104]),
    ("?since=2026-03-02&until=2026-03-03", [103, 102]), ("?orderby=subject&order=asc&userid=2", [102, 104]),
    ("?orderby=to&order=asc&since=2026-03-04&until=2026-03-31", [105, 104]), ("?to=r_vi", []), ("?orderby=message", [105, 104, 103, 102, 101]),
])  # fmt: skip
def test_filters_and_sorting(admin: Browser, mails: None, query: str, found: list[int]) -> None:
    page = admin.text(PAGE + query)
    assert listed(page)[:5] == [str(one) for one in found]
    assert found or "No emails found" in page


def test_a_day_that_is_none_is_told(admin: Browser, mails: None) -> None:
    page = admin.text(PAGE + "?since=yesterday")
    assert "“yesterday” is no day" in page and len(listed(page)) >= 5


def test_paging_keeps_the_filter(admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        for n in range(30):
            db.add(Email(userid=1, to="many@example.com", subject=f"Mail {n:02}", message="x", date=datetime(2026, 3, 1, 12)))
    page = admin.text(PAGE + "?to=many&page=2")
    assert len(listed(page)) == 5 and "26–30 of 30" in page and "?to=many&page=1" in html.unescape(page)


def test_a_mail_is_opened_beside_the_list(admin: Browser, mails: None) -> None:
    page = admin.get(PAGE + "?id=102&subject=Invoice").text
    frame = re.findall(r'<iframe sandbox title="Email"[^>]* srcdoc="([^"]*)"', page)[0]
    assert html.unescape(frame) == "<p>Body of 102</p><script>alert(1)</script>"
    assert "<script>alert(1)" not in page
    assert re.findall(r'<li><a href="[^"]*id=(\d+)[^"]*"( class="here")?', page) == [("102", ' class="here"'), ("101", "")]
    assert "/admin/clientsemails.php?userid=2" in page
    assert '<pre class="mail-text">Body of 102' in admin.text(PAGE + "?id=102&view=text")
    assert "&lt;script&gt;alert(1)" in admin.get(PAGE + "?id=102&view=source").text
    headers = admin.text(PAGE + "?id=102&view=headers")
    assert "ravi@example.org, office@example.org" in headers and "copy@example.com" in headers and "02/03/2026 11:00" in headers
    waiting = admin.get(PAGE + "?id=104&view=fields").text
    assert "Welcome Mail" in waiting and "&lt;teal&gt;" in waiting and "mh1:abc" not in waiting and "<dt>sealed</dt><dd>********</dd>" in waiting
    assert "Not written yet" in admin.text(PAGE + "?id=104") and "550 no such box" in admin.text(PAGE + "?id=105")
    assert "Merge fields are kept until" in admin.text(PAGE + "?id=101&view=fields")
    assert admin.get(PAGE + "?id=9999").status_code == 404


def test_resending_asks_and_sends_once_more(admin: Browser, ctx: Ctx, mails: None) -> None:
    assert "Are you sure you want to send “Invoice 7” to asha@example.com again?" in admin.post(PAGE, {"action": "resend", "id": "101"}).text
    for key, note in (("101", "Email Sent Again"), ("104", "still waits"), ("105", "failed before it was written")):
        target = admin.saved(PAGE, action="resend", id=key, confirmed="1")
        assert note in admin.text(target), key
    with ctx.unit(read=True) as db:
        newest = db.query(Email).order_by(Email.id.desc()).first()
        assert newest is not None and (newest.id, newest.subject, newest.message) == (106, "Invoice 7", "<p>Body of 101</p><script>alert(1)</script>")
        assert db.query(Email).count() == 6
    assert admin.post(PAGE, {"action": "delete", "id": "101"}).status_code == 400


def test_links_that_sign_in_are_masked_also_when_sent_again(admin: Browser, ctx: Ctx) -> None:
    signin.begin_reset(ctx, "asha@example.com")
    mail.deliver(ctx)
    with ctx.unit(read=True) as db:
        row = db.query(Email).order_by(Email.id.desc()).first()
    assert row is not None and row.userid == 0
    secret = re.findall(r"password/reset/[^\"<\s]+|rp=[^\"<\s]+|token=[^\"<\s]+|key=[^\"<\s]+", row.message)[0]
    for view in ("html", "text", "source", "fields", "headers"):
        page = html.unescape(html.unescape(admin.text(f"{PAGE}?id={row.id}&view={view}")))
        assert secret not in page, view
    assert "Secrets in it are hidden." in admin.text(f"{PAGE}?id={row.id}")
    admin.saved(PAGE, action="resend", id=str(row.id), confirmed="1")
    page = html.unescape(html.unescape(admin.text(f"{PAGE}?id={row.id + 1}")))
    assert secret not in page and "********" in page
    with ctx.unit(read=True) as db:
        assert db.get_one(Email, row.id + 1).message == row.message  # without SMTP its reader finds it here as it was
    shown = f"{PAGE}?id={row.id}&secrets=1"
    assert secret in html.unescape(admin.text(shown))  # development, and the role may make administrators anyway
    with ctx.unit() as db:
        role = AdminRole(name="Support")
        db.add(role)
        db.flush()
        for name in ("Main Homepage", "View Email Message Log"):
            db.add(AdminPerm(roleid=role.id, permid=NUMBERS[name]))
        admins.create(db, "helper", "Helper-pass-1", email="helper@example.org", role_id=role.id)
    other = Browser(app.create_app(ctx.host).test_client())
    other.sign_in("helper", "Helper-pass-1")
    page = html.unescape(other.text(shown))
    assert secret not in page and "Show secrets" not in page and ">Resend<" not in page
    assert other.post(PAGE, {"action": "resend", "id": str(row.id), "confirmed": "1"}).status_code == 403


def test_the_clients_own_mails_lead_to_the_log(admin: Browser, mails: None) -> None:
    assert f"{PAGE}?userid=2" in admin.text("/admin/clientsemails.php?userid=2")
    assert f"{PAGE}?userid=2&id=102" in admin.text("/admin/clientsemails.php?userid=2&email=102")
