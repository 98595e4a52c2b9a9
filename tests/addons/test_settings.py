"""configaddonmods.php: activate, configure, deactivate; what lies in the tables."""

import json
from pathlib import Path

import pytest

from modulehost import settings
from modulehost.context import Ctx
from modulehost.lifecycle import addons
from modulehost.schema import ActivityLog, ModuleLog
from tests.addons.conftest import MODULE, Make, configure, rows, save, setting
from tests.admin.conftest import Browser, wrongs

URL = "/admin/configaddonmods.php"
FIELDS = {"title": "A & B", "secret": "key-4711", "loud": "on", "colour": "blue", "size": "L", "body": "one\ntwo"}


def test_activating_calls_the_module_and_stores_its_version(notes: Path, admin: Browser, ctx: Ctx) -> None:
    assert "Keeps <b>notes</b>" in admin.text(URL)
    assert admin.saved(URL, action="activate", module="notes") == f"{URL}?module=notes#notes"
    page = admin.text(URL)
    assert "Module Activated" in page
    assert "Now configure it" in page
    assert setting(ctx, "ActiveAddonModules") == "notes"
    assert rows(ctx, "notes") == {"version": "1.0", "access": ""}
    # a default is offered, and kept only once the form is saved
    assert 'value="My Notes"' in page
    assert '<option value="green" selected>' in page


def test_every_field_is_kept_and_the_secret_encrypted_and_masked(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes", **FIELDS)
    stored = rows(ctx, "notes")
    assert stored.pop("secret").startswith("mh1:")
    assert stored == {**{k: v for k, v in FIELDS.items() if k != "secret"}, "version": "1.0", "access": "1"}
    page = admin.text(URL)
    assert "key-4711" not in page
    assert 'value="********"' in page
    with ctx.unit(read=True) as db:
        assert addons.values(db, "notes")["secret"] == "key-4711"
    save(admin, "notes", secret="********", title="Other")
    with ctx.unit(read=True) as db:
        kept = addons.values(db, "notes")
    assert (kept["secret"], kept["title"], kept["loud"]) == ("key-4711", "Other", "")
    save(admin, "notes", secret="")
    assert rows(ctx, "notes")["secret"] == ""


def test_a_choice_that_is_none_is_refused_and_the_form_keeps_what_was_typed(
    notes: Path, admin: Browser, ctx: Ctx
) -> None:
    configure(admin, "notes", **FIELDS)
    answer = admin.post(
        URL, {"fields[notes][colour]": "pink", "fields[notes][title]": "typed"}, action="save", module="notes"
    )
    assert answer.status_code == 422
    assert "Colour: “pink” is not one of the choices." in wrongs(answer)[0]
    assert 'value="typed"' in answer.text
    assert rows(ctx, "notes")["colour"] == "blue"


def test_saving_an_inactive_module_is_refused(notes: Path, admin: Browser, ctx: Ctx) -> None:
    admin.saved(URL, action="save", module="notes")
    assert "The addon module Notes is not active." in admin.text(URL)
    assert rows(ctx, "notes") == {}


def test_access_and_hooks_are_noted_where_modules_look_for_them(make: Make, admin: Browser, ctx: Ctx) -> None:
    make("notes", MODULE, hooks="from modulehost.sdk import add_hook, logActivity\n"
         "add_hook('AddonModuleConfigSave', 1, lambda vars: logActivity('heard the save'))\n")  # fmt: skip
    configure(admin, "notes", roles="2")
    assert json.loads(setting(ctx, "AddonModulesPerms")) == {"2": {"notes": "Notes"}}
    assert setting(ctx, "AddonModulesHooks") == "notes"
    with ctx.unit(read=True) as db:
        assert addons.labels(db, 2) == {"notes": "Notes"}
        assert addons.labels(db, 1) == {}
        assert db.query(ActivityLog).filter(ActivityLog.description == "heard the save").count() == 1


def test_unknown_roles_are_not_stored(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes", roles="77")
    assert rows(ctx, "notes")["access"] == ""


def test_deactivating_asks_forgets_the_settings_and_the_hooks(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes", **FIELDS)
    assert "Its settings will be deleted." in admin.post(URL, action="deactivate", module="notes").text
    assert rows(ctx, "notes")
    admin.saved(URL, action="deactivate", module="notes", confirmed="1")
    assert "Gone" in admin.text(URL)
    assert rows(ctx, "notes") == {}
    assert [setting(ctx, n) for n in ("ActiveAddonModules", "AddonModulesHooks", "AddonModulesPerms")] == ["", "", "{}"]
    assert admin.get("/admin/addonmodules.php?module=notes").status_code == 404


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("    return {'status': 'error', 'description': 'No <b>room</b>'}\n", "No room"),
        (
            "    raise RuntimeError('broken pipe')\n",
            "shy_activate raised RuntimeError: broken pipe (modules/addons/shy/shy.py:3)",
        ),
        (
            "    return 'success'\n",
            "shy_activate returned the text 'success'; expected nothing, or a map with status and description",
        ),
    ],
)
def test_a_module_that_does_not_want_to_be_active_is_not(
    make: Make, admin: Browser, ctx: Ctx, code: str, said: str
) -> None:
    make("shy", "def shy_config(): return {'name': 'Shy', 'version': '1'}\ndef shy_activate():\n" + code)
    admin.saved(URL, action="activate", module="shy")
    assert said in admin.text(URL)
    assert (setting(ctx, "ActiveAddonModules"), rows(ctx, "shy")) == ("", {})
    with ctx.unit(read=True) as db:
        assert db.query(ModuleLog).filter(ModuleLog.module == "shy").count() == ("status" not in code)


def test_activate_may_be_missing_and_twice_is_refused(make: Make, admin: Browser, ctx: Ctx) -> None:
    make("plain", "def plain_config(): return {'name': 'Plain', 'version': '1'}\n")
    admin.saved(URL, action="activate", module="plain")
    admin.saved(URL, action="activate", module="plain")
    assert "is active already" in admin.text(URL)
    assert setting(ctx, "ActiveAddonModules") == "plain"


def test_a_module_that_does_not_load_is_shown_and_can_be_switched_off(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes")
    for file in notes.rglob("*.py"):
        file.unlink()
    assert "This module cannot run" in admin.text(URL)
    assert admin.get("/admin/addonmodules.php?module=notes").status_code == 500
    admin.saved(URL, action="deactivate", module="notes", confirmed="1")
    assert "notes_deactivate was not called" in admin.text(URL)
    assert setting(ctx, "ActiveAddonModules") == ""


def test_a_secret_of_another_key_is_told_and_breaks_nothing_else(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes", **FIELDS)
    with ctx.unit() as db:
        db.execute(addons.rows.AddonModuleSetting.__table__.update().where(  # type: ignore[attr-defined]
            addons.rows.AddonModuleSetting.setting == "secret").values(value="mh1:zzz"))  # fmt: skip
    assert "was encrypted with another key" in admin.text(URL)


def test_the_page_and_its_actions_need_their_permission(notes: Path, admin: Browser, ctx: Ctx) -> None:
    with ctx.unit() as db:
        from modulehost.accounts import admins

        admins.create(db, "sam", "Sales-pass-1", role_id=2, email="sam@example.com")
    sam = Browser(admin.client.application.test_client())
    sam.sign_in("sam", "Sales-pass-1")
    assert sam.get(URL).status_code == 403
    for action in ("activate", "deactivate", "save", "upload"):
        assert sam.post(URL, action=action, module="notes").status_code == 403
    assert admin.client.post(URL, data={"action": "activate", "module": "notes"}).status_code == 403  # no token
    with ctx.unit(read=True) as db:
        assert settings.get(db, "ActiveAddonModules") == ""


def test_an_unknown_action_or_module_is_told(admin: Browser) -> None:
    assert admin.post(URL, action="explode", module="x").status_code == 400
    admin.saved(URL, action="activate", module="nowhere")
    assert "there is no module 'nowhere' of type addons" in admin.text(URL)
