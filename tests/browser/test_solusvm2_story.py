"""Ninety days of a post-pay customer in a browser, the days by the command line; every date and sum is worked out by hand.

10 April: sign-up. 16 April 00:00: a server of 7 tokens an hour (at most 5,000 a month), a token at 0.0010.
    April: 15 days x 24 hours x 7 = 2,520 tokens: 2.52, made on 1 May, due on 15 May (14 days of grace)
    18 May: locked (3 days past due). 22 May: suspended (7 days past due). 25 May: paid, free again.
    May: 31 x 24 x 7 = 5,208, capped: 5.00, made on 1 June, due on 15 June, paid on 10 June
    June: 30 x 24 x 7 = 5,040, capped: 5.00, made on 1 July
9 July: ninety days.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import requests

from modulehost import app, sandbox, settings
from modulehost.billing import gateways
from modulehost.context import Ctx, Host
from tests.browser.conftest import admin_in, shot
from tests.modules.cloud import LANDING, PAGE, PERSON, START, TERMS, Cloud

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Story:
    """The browser of an administrator, the browser of a customer, and the clock by command line."""

    def __init__(self, host: Host, url: str, box: Any, key: str, page: Any, chromium: Any) -> None:
        self.host, self.url, self.box, self.key, self.page = host, url.rstrip("/"), box, key, page
        self.customer = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
        self.cloud = Cloud(host, box, None, key)  # type: ignore[arg-type]

    def days(self, span: str) -> str:
        command = [sys.executable, "-m", "modulehost", "clock", "advance", span, "--root", str(self.host.root)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        return done.stdout + done.stderr

    def to(self, day: str) -> None:
        """Noon of a day."""
        wanted = datetime.fromisoformat(f"{day} 12:00:00") - self.host.clock.now()
        self.days(f"{int(wanted.total_seconds())}s")

    def set_up(self) -> None:
        page = self.page
        admin_in(page, f"{self.url}/")
        page.goto(f"{self.url}/admin/configaddonmods.php")
        page.click("#solusvm2 button:has-text('Activate')")
        page.check("[name='access[solusvm2]'][value='1']")
        page.click("#solusvm2 button:has-text('Save Changes')")
        page.goto(self.url + PAGE)
        page.fill("[name=url]", self.box.url)
        page.fill("[name=key]", "wrong")
        page.click("button:has-text('Test Connection')")
        assert "does not accept the API key" in page.inner_text(".banner.error")
        page.fill("[name=key]", self.key)
        shot(page, "solus-01-connect")
        page.click("button:has-text('Test Connection')")
        page.wait_for_selector("text=New User Limit Group")
        page.click(".tabs >> text=Settings")
        page.fill("[name=price1]", "0.0010")
        page.click("button:has-text('Save Changes')")
        page.click(".tabs >> text=Post-Pay")
        page.check("[name=enabled]")
        page.select_option("[name=group]", label="Default")
        page.fill("[name=terms]", TERMS)
        page.fill("[name=lock]", "8")
        page.click("button:has-text('Save Changes')")
        assert "locked before they are suspended" in page.inner_text(".wrong")
        page.fill("[name=lock]", "3")
        shot(page, "solus-02-postpay")
        page.click("button:has-text('Save Changes')")
        page.wait_for_selector("text=The page is open")

    def sign_up(self) -> int:
        page = self.customer
        page.goto(f"{self.url}/index.php")
        page.click("button.navbar-toggler")
        page.click("text=Cloud Hosting")
        for name, value in PERSON.items():
            if name == "country":
                page.select_option("[name=country]", value)
            else:
                page.fill(f"#signup [name={name}]", value)
        shot(page, "solus-03-sign-up")
        page.click("#signup button:has-text('Sign up')")
        page.wait_for_selector("text=Check your mailbox")
        page.goto(self.cloud.mailed_link())
        page.check("[name=general]")
        page.check("[name=postpay]")
        page.click("button:has-text('Create my SolusVM 2 account')")
        page.wait_for_selector("text=Your SolusVM 2 account is ready")
        shot(page, "solus-04-ready")
        return int(self.cloud.users()[-1]["billing_user_id"])

    def make_server(self) -> None:
        """In the panel, as a customer would: the prices are asked of the host."""
        page = self.customer
        page.goto(self.url + LANDING)
        page.click("button:has-text('Log in to SolusVM 2')")
        page.wait_for_url(re.compile(re.escape(self.box.url)))
        page.goto(f"{self.box.url}/servers/create")
        assert "$0.0070" in page.inner_text("main, body")
        page.fill("[name=name]", "web1")
        page.click("button:has-text('Create server') >> nth=0")
        page.wait_for_selector("text=web1")

    def status(self, client: int) -> str:
        return self.cloud.status(client)

    def pay(self) -> None:
        page = self.customer
        page.goto(self.url + "/clientarea.php?action=invoices")
        page.click("table a.list-name >> nth=0")
        page.click("button:has-text('Pay Now')")
        page.wait_for_selector(".status-paid")


def test_ninety_days(make_host: Callable[..., Host], page: Any, chromium: Any) -> None:
    host = make_host(page_seconds=30, action_seconds=60)
    host.clock.set(START)
    host.clock.freeze()
    with Ctx(host).unit() as db:
        gateways.activate(db, gateways.TEST)
        gateways.deactivate(db, gateways.MAIL_IN)
        settings.put(db, "InvoiceLateFeeAmount", "0.00")
    served = app.serve(host).start()
    try:
        with sandbox.start("solusvm2", clock_file=host.root / "clock", seed=7) as box:
            key = requests.post(f"{box.url}/_sandbox/tokens", json={}, timeout=20).json()["token"]
            story = Story(host, served.url, box, key, page, chromium)
            story.set_up()
            meera = story.sign_up()
            host.clock.set(datetime(2026, 4, 16))
            story.make_server()
            story.to("2026-05-01")
            assert story.cloud.invoices(meera) == [("2026-05-01", "2026-05-15", "2.52", "Unpaid")]
            story.to("2026-05-17")
            assert story.status(meera) == "active"
            story.to("2026-05-18")
            assert story.status(meera) == "locked"
            story.customer.goto(story.url + LANDING)
            assert "your account is locked" in story.customer.inner_text(".alert-warning").lower()
            shot(story.customer, "solus-05-locked")
            story.to("2026-05-21")
            assert story.status(meera) == "locked"
            story.to("2026-05-22")
            assert story.status(meera) == "suspended"
            story.to("2026-05-25")
            story.pay()
            assert story.status(meera) == "active"
            story.to("2026-06-10")
            assert story.cloud.invoices(meera)[1:] == [("2026-06-01", "2026-06-15", "5.00", "Unpaid")]
            story.pay()
            story.to("2026-07-09")
            assert story.cloud.invoices(meera)[2:] == [("2026-07-01", "2026-07-15", "5.00", "Unpaid")]
            page.goto(f"{story.url}/admin/clientssummary.php?userid={meera}")
            page.click("text=As a table")
            rows = [" ".join(row.split()) for row in page.inner_text("details table").splitlines()]
            for row in ("2026-05-15 due", "2026-05-18 locked", "2026-05-22 suspended", "2026-05-25 active again", "2026-05-25 paid"):
                assert any(row in one for one in rows), (row, rows)
            shot(page, "solus-06-timeline")
    finally:
        served.stop()
