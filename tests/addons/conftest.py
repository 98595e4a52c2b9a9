"""An addon module with every field type and function, in the host's root, and browsers of an admin and a client."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import app
from modulehost.context import Ctx, Host
from modulehost.schema import AddonModuleSetting, Setting
from tests.admin.conftest import Browser
from tests.support.hosts import ADMIN

MODULE = """
from modulehost import sdk

def notes_config():
    return {
        "name": "Notes", "description": "Keeps <b>notes</b>", "version": "1.0", "author": "Example Ltd", "language": "english",
        "fields": {
            "title": {"FriendlyName": "Page Title", "Type": "text", "Size": "20", "Default": "My Notes"},
            "secret": {"FriendlyName": "API Key", "Type": "password"},
            "loud": {"FriendlyName": "Loud", "Type": "yesno", "Description": "Tick it"},
            "colour": {"FriendlyName": "Colour", "Type": "dropdown", "Options": "red,green,blue", "Default": "green"},
            "size": {"FriendlyName": "Size", "Type": "radio", "Options": "S,M,L", "Default": "M"},
            "body": {"FriendlyName": "Body", "Type": "textarea", "Rows": "4"},
        },
    }

def notes_activate():
    sdk.store().set("active", "yes")
    return {"status": "success", "description": "Now <b>configure</b> it"}

def notes_deactivate():
    sdk.store().delete("active")
    return {"status": "info", "description": "Gone"}

def notes_upgrade(vars):
    sdk.store().set("upgraded from", vars["version"] + "," + sdk.store().get("upgraded from"))

def notes_output(vars):
    request = sdk.request()
    if request.posted:
        sdk.note("success", "Got " + request.form.get("word", ""))
        return sdk.redirect(vars["modulelink"] + "&done=1")
    shown = ("modulelink", "version", "title", "secret", "loud", "colour", "size", "body")
    rows = "".join(f"<dd>{name}={sdk.escape(vars[name])}</dd>" for name in shown)
    return f"<dl>{rows}<dd>word={vars['_lang']['word']}</dd><dd>q={request.value('q', 'none')}</dd></dl>"

def notes_sidebar(vars):
    return "<p>beside " + vars["_lang"]["word"] + "</p>"

def notes_clientarea(vars):
    return {
        "pagetitle": "Notes Page", "breadcrumb": {"index.php?m=notes": "Our Notes"}, "templatefile": "templates/page",
        "requirelogin": vars["loud"] == "on",
        "vars": {"word": vars["_lang"]["word"], "html": "<i>own</i>", "link": vars["modulelink"], "posted": sdk.request().form.get("a", "")},
    }
"""
LANG = 'ADDONLANG = {"word": "hello", "only": "english"}\n'
Make = Callable[..., Path]


@pytest.fixture
def make(write_module: Make) -> Make:
    """make("name", code, hooks=...) puts an addon module into the host's root."""

    def write(name: str, code: str, **siblings: str) -> Path:
        return write_module(name, code, "addons", **siblings)

    return write


@pytest.fixture
def notes(make: Make) -> Path:
    """The module `notes`; returns its folder."""
    folder = make("notes", MODULE)
    (folder / "lang").mkdir()
    (folder / "lang" / "english.py").write_text(LANG)
    (folder / "lang" / "german.py").write_text('ADDONLANG = {"word": "hallo"}\n')
    (folder / "templates").mkdir()
    (folder / "templates" / "page.tpl").write_text("<p>word {$word} {$html} at {$link} got {$posted|escape}</p>")
    return folder


@pytest.fixture
def admin(host: Host) -> Browser:
    """A browser in which the full administrator has signed in."""
    browser = Browser(app.create_app(host).test_client())
    assert browser.sign_in(**ADMIN).status_code == 303
    return browser


def configure(admin: Browser, module: str, roles: str = "1", **fields: str) -> None:
    """Activate a module and save its settings, so that a role may open it."""
    admin.saved("/admin/configaddonmods.php", action="activate", module=module)
    save(admin, module, roles, **fields)


def save(admin: Browser, module: str, roles: str = "1", **fields: str) -> None:
    form = {f"fields[{module}][{name}]": value for name, value in fields.items()}
    form |= {f"access[{module}]": roles} if roles else {}
    admin.saved("/admin/configaddonmods.php", form, action="save", module=module)


def rows(ctx: Ctx, module: str) -> dict[str, str]:
    """The module's rows of tbladdonmodules as they lie there."""
    with ctx.unit(read=True) as db:
        found = db.scalars(select(AddonModuleSetting).where(AddonModuleSetting.module == module))
        return {row.setting: row.value for row in found}


def setting(ctx: Ctx, name: str) -> str:
    """A row of tblconfiguration."""
    with ctx.unit(read=True) as db:
        return db.scalar(select(Setting.value).where(Setting.setting == name)) or ""
