"""A real Chromium. Set MODULEHOST_SHOTS to a folder to keep a picture of every step."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import need
from tests.support.hosts import ADMIN, CLIENT

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    found = next((p for p in ("chromium", "chromium-browser", "google-chrome") if shutil.which(p)), None)
    need("chromium", None if found else "chromium is missing (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(found or ""), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of a fresh profile at desktop width that fails the test on any script error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20000)
    opened = context.new_page()
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield opened
    if os.environ.get("MODULEHOST_SHOTS"):
        for number, last in enumerate(context.pages):
            last.screenshot(path=str(Path(os.environ["MODULEHOST_SHOTS"]) / f"last-{number}.png"), full_page=True)
    context.close()
    assert errors == []


def shot(page: Any, name: str) -> None:
    folder = os.environ.get("MODULEHOST_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=str(Path(folder) / f"{name}-phone.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def admin_in(page: Any, url: str, username: str = ADMIN["username"], password: str = ADMIN["password"]) -> None:
    """Sign in to the admin area by its form."""
    page.goto(f"{url}/admin/login.php")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("form button")
    page.wait_for_url(re.compile(r"/admin/(index\.php)?$"))


def client_in(page: Any, url: str, email: str = CLIENT["email"], password: str = CLIENT["password"]) -> None:
    """Sign in to the client area by its form, and wait for the page that follows."""
    page.goto(f"{url}/login")
    page.fill("#inputEmail", email)
    page.fill("#inputPassword", password)
    with page.expect_navigation():
        page.click("#login")


def yes(page: Any) -> None:
    """Answer the question that a button asks, and wait for the page that follows."""
    with page.expect_navigation():
        page.click("dialog[open] button.primary")


def said(page: Any) -> str:
    """The banners of an admin page."""
    return " | ".join(page.locator(".banner").all_inner_texts())
