"""The bundled addon module in a browser: activated, configured, read by a customer, counted on the home page, and gone again."""

from typing import Any

import pytest
from sqlalchemy import inspect

from modulehost.app import RunningHost
from modulehost.context import Ctx
from tests.browser.conftest import admin_in, client_in, said, shot, yes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE, READ = "/admin/addonmodules.php?module=example_notes", "/index.php?m=example_notes"


def has_table(ctx: Ctx) -> bool:
    with ctx.unit(read=True) as db:
        return inspect(db.connection()).has_table("mod_example_notes")


def configure(page: Any, url: str) -> None:
    page.goto(f"{url}/admin/configaddonmods.php")
    card = page.locator("#example_notes")
    shot(page, "notes-01-modules")
    card.locator("button:has-text('Activate')").click()
    page.wait_for_selector("text=Write the first notice")
    fields = [f"[name='fields[example_notes][{name}]']" for name in ("heading", "signature", "signed", "order", "tone", "introduction")]
    if not page.locator(fields[0]).count():
        fields = [f"#example_notes-{n}" for n in range(1, 7)]
    page.fill(fields[0], "House News")
    page.fill(fields[1], "s1gn-Secret")
    page.check(fields[2])
    page.select_option(fields[3], "old")
    card.locator("input[type=radio][value=warning]").check()
    page.fill(fields[5], "Dear customers,\nplease read.")
    card.locator("[name='access[example_notes]'] >> nth=0").check()
    shot(page, "notes-02-configure")
    with page.expect_navigation():
        card.locator("button:has-text('Save Changes')").click()
    assert "s1gn-Secret" not in page.content()
    shot(page, "notes-03-configured")


def write(page: Any, url: str) -> None:
    page.goto(url + PAGE)
    assert "notices written" in page.inner_text("body").lower()
    for text in ("Maintenance <tonight>", "Second notice"):
        page.fill("[name=text]", text)
        page.click("button:has-text('Publish')")
        page.wait_for_selector("text=The notice has been published.")
    shot(page, "notes-04-page")
    page.goto(f"{url}/admin/index.php")
    assert "Notices: 2" in page.inner_text(".widgets")
    shot(page, "notes-05-widget")
    with page.expect_navigation():
        page.click(".widgets a:has-text('Notices')")
    assert page.url.endswith(PAGE)


def test_notices(page: Any, chromium: Any, running: RunningHost, ctx: Ctx) -> None:
    url = running.url.rstrip("/")
    admin_in(page, url)
    configure(page, url)
    assert has_table(ctx)
    write(page, url)
    customers = chromium.new_context(viewport={"width": 1280, "height": 900})
    reader = customers.new_page()
    reader.goto(url + READ)
    assert "/login" in reader.url, "only those who are signed in may read"
    client_in(reader, url)
    with reader.expect_navigation():
        reader.click("nav >> text=Notices")
    assert reader.locator(".alert-warning").all_inner_texts()[0].startswith("Maintenance <tonight>")
    assert "House News" in reader.title() or "House News" in reader.inner_text("body")
    shot(reader, "notes-06-client")
    page.click("button:has-text('Delete') >> nth=0")
    page.wait_for_selector("text=The notice has been deleted.")
    reader.reload()
    assert "tonight" not in reader.inner_text("main")
    page.goto(f"{url}/admin/configaddonmods.php")
    page.click("#example_notes button:has-text('Deactivate')")
    yes(page)
    assert "The notices have been deleted." in said(page)
    shot(page, "notes-07-deactivated")
    assert not has_table(ctx)
    assert reader.goto(url + READ).status == 404
    shot(reader, "notes-08-gone")
    reader.goto(f"{url}/clientarea.php")
    assert reader.locator("nav >> text=Notices").count() == 0
    customers.close()
    page.goto(f"{url}/admin/index.php")
    assert page.locator(".widgets").count() == 0
