"""People in a browser: two-factor sign-in, an invitation and what it opens, a contact, Login as Owner."""

import base64
import hmac
import re
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from modulehost.app import RunningHost
from modulehost.context import Ctx, Host
from modulehost.schema import Contact, Email, UserClient
from tests.browser.conftest import admin_in, client_in, shot
from tests.client.shop import stock
from tests.contract.bench import Bench
from tests.support.hosts import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def code(secret: str, host: Host) -> str:
    """The code of RFC 6238 with SHA-1, six digits and steps of 30 seconds, written out from its text."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, struct.pack(">Q", int(host.clock.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def other(chromium: Any) -> Iterator[Any]:
    """Another person's browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20000)
    yield context.new_page()
    context.close()


def second_factor_of_the_client(page: Any, url: str, host: Host) -> None:
    client_in(page, url)
    page.goto(f"{url}/user/security")
    shot(page, "people-01-security")
    page.click("button:has-text('enable')")
    page.wait_for_selector(".qr-box svg")
    shot(page, "people-02-enable")
    page.fill("#inputCode", "000000")
    page.click("button[type=submit]:visible >> text=Enable")
    page.wait_for_selector(".alert-danger")
    page.fill("#inputCode", code(page.inner_text(".secret-key"), host))
    secret = page.inner_text(".secret-key")
    page.click("button[type=submit]:visible >> text=Enable")
    backup = page.inner_text(".backup-code")
    shot(page, "people-03-backup-code")
    page.click("text=Continue")
    for step in ("code", "backup"):
        page.goto(f"{url}/logout.php")
        host.clock.advance(timedelta(seconds=60))  # a code is good once
        client_in(page, url)
        assert "/clientarea.php" not in page.url
        shot(page, f"people-04-challenge-{step}")
        if step == "code":
            page.fill(".code-input, input[name=key], #inputCode", "123456" if code(secret, host) != "123456" else "654321")
            page.click("button[type=submit]:visible >> nth=-1")
            page.wait_for_selector(".alert-danger")
            page.fill(".code-input, input[name=key], #inputCode", code(secret, host))
            page.click(".form-card button[type=submit]")
            page.wait_for_url("**/clientarea.php")
        else:
            page.click("a[href*='backup=1']")
            page.fill("#inputBackupCode", backup)
            page.click(".form-card button[type=submit]")
            page.wait_for_selector(".backup-code")
            assert page.inner_text(".backup-code") != backup
            page.click("text=Continue")
            page.wait_for_url("**/clientarea.php")


def invitation(page: Any, other: Any, url: str, ctx: Ctx, service: int) -> None:
    page.goto(f"{url}/account/users")
    page.fill("#inputInviteEmail", "kim@example.org")
    page.click("label[for=permsChoose]")
    page.click("label[for=permproducts]")
    shot(page, "people-10-users")
    page.click("form[action$='/users/invite'] button[type=submit]")
    page.wait_for_selector("text=kim@example.org")
    shot(page, "people-11-invited")
    with ctx.unit(read=True) as db:
        mails = [mail.message for mail in db.query(Email) if "invite/" in mail.message]
    link = re.search(r'href="([^"]*/invite/\w+)"', mails[-1])
    assert link
    other.goto(link[1])
    shot(other, "people-12-invitation")
    for field, value in {"inputFirstName": "Kim", "inputLastName": "Oh", "inputEmail": "kim@example.org", "inputNewPassword1": "Kims-pass-12"}.items():
        other.fill(f"#{field}", value)
    other.click("form:has(#inputNewPassword1) button[type=submit]")
    other.wait_for_url("**/clientarea.php")
    shot(other, "people-13-home")
    other.goto(f"{url}/clientarea.php?action=productdetails&id={service}")
    assert "menon-foods.example" in other.inner_text("main")
    for address in ("/clientarea.php?action=invoices", "/account/users", "/account/contacts", "/clientarea.php?action=details"):
        assert other.goto(url + address).status == 403, address
        assert "menon" not in other.inner_text("main")
    shot(other, "people-14-access-denied")
    page.reload()
    page.click("a.btn:text-is('Permissions')")
    page.click("label[for=perminvoices]")
    shot(page, "people-15-permissions")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    assert other.goto(f"{url}/clientarea.php?action=invoices").status == 200
    with ctx.unit(read=True) as db:
        assert sorted(db.query(UserClient).filter_by(owner=0).one().permissions.split(",")) == ["invoices", "products"]


def contact(page: Any, url: str, ctx: Ctx) -> None:
    page.goto(f"{url}/account/contacts")
    page.goto(f"{url}/account/contacts/new")
    for field, value in {"inputFirstName": "Mira", "inputLastName": "Das", "inputEmail": "billing@example.net"}.items():
        page.fill(f"#{field}", value)
    page.click("label[for=emailPreferenceinvoice]")
    shot(page, "people-20-contact")
    with page.expect_navigation():
        page.click("form[action$='/contacts/new'] button[type=submit]")
    shot(page, "people-21-contacts")
    assert "Mira Das" in page.inner_text("main")
    with ctx.unit(read=True) as db:
        row = db.query(Contact).one()
        assert (row.firstname, row.email, row.invoiceemails, row.supportemails) == ("Mira", "billing@example.net", 1, 0)


def as_owner(page: Any, url: str, host: Host) -> None:
    """The admin signs in with a second factor of their own, and acts for the client for a while."""
    admin_in(page, url)
    page.goto(f"{url}/admin/myaccount.php")
    shot(page, "people-30-my-account")
    page.click("a:text-is('Set Up')")
    page.click("button:has-text('Set Up')")
    secret = page.inner_text("ol code")
    shot(page, "people-31-admin-enable")
    page.fill("[name=code]", code(secret, host))
    page.click("button:text-is('Enable')")
    assert len(page.inner_text(".backup-code")) >= 8
    page.click("text=Continue")
    page.goto(f"{url}/admin/logout.php")
    page.click("main button:text-is('Yes')")
    host.clock.advance(timedelta(seconds=60))
    page.goto(f"{url}/admin/login.php")
    page.fill("[name=username]", ADMIN["username"])
    page.fill("[name=password]", ADMIN["password"])
    page.click("form button")
    page.wait_for_selector("[name=key]")
    shot(page, "people-32-admin-challenge")
    page.fill("[name=key]", code(secret, host))
    page.click("form button")
    page.wait_for_url(re.compile(r"/admin/(index\.php)?$"))
    page.goto(f"{url}/admin/clientssummary.php?userid=1")
    shot(page, "people-33-summary")
    page.click("button:has-text('Login as Owner')")
    page.wait_for_url("**/clientarea.php")
    assert "Asha" in page.inner_text("body")
    assert page.locator(".admin-strip").is_visible()
    shot(page, "people-34-as-owner")
    page.click(".admin-strip a")
    page.wait_for_url(re.compile("/admin/"))
    shot(page, "people-35-returned")
    page.goto(f"{url}/clientarea.php")
    assert "/login" in page.url, "the client's session ends with the return"
    page.goto(f"{url}/admin/clientsusers.php?userid=1")
    assert "kim@example.org" in page.inner_text("main")
    shot(page, "people-36-users")


def test_people(page: Any, other: Any, running: RunningHost, ctx: Ctx, host: Host) -> None:
    url = running.url.rstrip("/")
    host.clock.freeze()
    host.clock.set(datetime(2026, 5, 4, 12, 0, 10))
    service = Bench(host).service("Active", stock(ctx).hosting)
    second_factor_of_the_client(page, url, host)
    invitation(page, other, url, ctx, service)
    contact(page, url, ctx)
    page.goto(f"{url}/logout.php")
    as_owner(page, url, host)
