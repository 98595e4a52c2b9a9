"""Addon modules: installing, activating and configuring them (configaddonmods.php), and their own pages (addonmodules.php)."""

from flask import request
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import extensions, journal, language, settings
from modulehost.context import Ctx
from modulehost.extensions import InstallRefused
from modulehost.lifecycle import addons
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Admin, AdminRole
from modulehost.vault import VaultError
from modulehost.web import frame
from modulehost.web.admin.product_module import Shown
from modulehost.web.admin.site import MASK, blueprint, confirmed, go, page, problems
from modulehost.web.doors import doors
from modulehost.web.numbers import is_whole

CONFIG = "/admin/configaddonmods.php"
PAGE = "/admin/addonmodules.php"


@blueprint.get("/configaddonmods.php")
@frame.permission("Configure Addon Modules")
def addon_modules() -> Response:
    """Every addon module with its card; active ones with settings and access. The anchor #NAME is a module's place."""
    return _listing("", {})


def _listing(opened: str, found: dict[str, str], status: int = 200) -> Response:
    ctx = frame.ctx()
    cards = addons.cards(ctx)
    values: dict[str, dict[str, str]] = {}
    granted: dict[str, list[int]] = {}
    trouble: dict[str, str] = {}
    with ctx.unit(read=True) as db:
        roles = [(row.id, row.name) for row in db.scalars(select(AdminRole).order_by(AdminRole.id))]
        for card in cards:
            name = card.module.name
            if card.active:
                granted[name] = addons.access(db, name)
                try:
                    values[name] = addons.values(db, name)
                except VaultError as failure:
                    trouble[name] = str(failure)
    shown = {card.module.name: _fields(card, values.get(card.module.name, {}), opened) for card in cards if card.active}
    if opened in granted and request.method == "POST":
        granted[opened] = _roles(opened)
    return page(
        "addons.html", "Addon Modules", code=status, cards=cards, fields=shown, granted=granted, roles=roles, opened=opened,
        found=found, trouble=trouble, menu_url=CONFIG, plain_text=_plain_text,
    )  # fmt: skip


def _fields(card: addons.Card, stored: dict[str, str], opened: str) -> list[Shown]:
    name, shown = card.module.name, []
    for field in card.config.fields:
        has = bool(stored.get(field.key))
        # Defaults are offered until the settings are saved for the first time.
        value = stored.get(field.key, field.default)
        if name == opened and request.method == "POST":
            value = request.form.get(f"fields[{name}][{field.key}]", "")
        secret = MASK if has else ""
        shown.append(Shown(field, f"fields[{name}][{field.key}]", secret if field.secret else value, has))
    return shown


def _roles(name: str) -> list[int]:
    return [int(one) for one in request.form.getlist(f"access[{name}]") if is_whole(one)]


@blueprint.post("/configaddonmods.php")
@frame.permission("Configure Addon Modules")
def change_addon_module() -> Response:
    """`action` is upload, activate, deactivate or save; `module` names the module."""
    action, name = request.form.get("action", ""), request.form.get("module", "")
    if action == "upload":
        return _upload()
    doing = {"activate": _activate, "deactivate": _deactivate, "save": _save}.get(action)
    if doing is None:
        frame.abort_page(400, "Unknown action", f"This page does not know the action “{action[:60]}”.")
        raise AssertionError
    try:
        return doing(frame.ctx(), name)
    except addons.Refused as refused:
        if action == "save" and "module" not in refused.errors:
            return _listing(name, problems(refused), 422)
        frame.note("error", "Nothing was changed", str(refused))
    except ModuleFailed as failure:
        frame.note("error", f"The addon module {name} failed", str(failure))
    return go(f"{CONFIG}#{name}" if name else CONFIG)


def _calling(ctx: Ctx, name: str) -> Ctx:
    """The context of this request as the module's functions see it."""
    return Ctx(ctx.host, ctx.actor, ctx.call, {**ctx.request, **doors(addons.find(ctx, name))})


def _activate(ctx: Ctx, name: str) -> Response:
    said = addons.activate(_calling(ctx, name), name)
    heading = "Module Activated" if said.done else "The module was not activated"
    frame.note(said.status, heading, _plain_text(said.text) or ("Choose below who may open it." if said.done else ""))
    return go(f"{CONFIG}?module={name}#{name}" if said.done else f"{CONFIG}#{name}")


def _deactivate(ctx: Ctx, name: str) -> Response:
    question = f"Are you sure you want to deactivate the addon module “{name}”? Its settings will be deleted."
    if asked := confirmed(question, f"{CONFIG}#{name}", "Deactivate Module"):
        return asked
    try:
        ctx = _calling(ctx, name)
    except ModuleFailed:
        pass  # its files are gone: it is switched off without being asked
    said = addons.deactivate(ctx, name)
    frame.note(
        said.status, "Module Deactivated" if said.done else "The module was not deactivated", _plain_text(said.text)
    )
    return go(f"{CONFIG}#{name}")


def _save(ctx: Ctx, name: str) -> Response:
    prefix = f"fields[{name}]["
    given = {key[len(prefix) : -1]: value for key, value in request.form.items() if key.startswith(prefix)}
    with ctx.unit(read=True) as db:
        known = set(db.scalars(select(AdminRole.id)))
    secrets = addons.card(ctx, name)[0].secrets
    given = {key: value for key, value in given.items() if not (key in secrets and value == MASK)}
    config = addons.save(ctx, name, given, [role for role in _roles(name) if role in known])
    frame.note("success", "Changes Saved Successfully!", config.name)
    return go(f"{CONFIG}#{name}")


def _upload() -> Response:
    ctx, file = frame.ctx(), request.files.get("archive")
    if file is None or not file.filename:
        frame.note("error", "Nothing was installed", "Choose the archive that the vendor ships (a .zip file).")
        return go(CONFIG)
    folder = ctx.host.root / "run" / f"upload-{ctx.host.entropy.token(12)}"
    folder.mkdir(parents=True)
    kept = folder / "archive.zip"
    try:
        file.save(kept)
        made = extensions.install(ctx.host, kept, "replace" in request.form, shown=file.filename)
    except InstallRefused as refused:
        frame.note("error", "Nothing was installed", str(refused))
        return go(CONFIG)
    finally:
        kept.unlink(missing_ok=True)
        folder.rmdir()
    names = ", ".join(one.module.shown for one in made.installed)
    with ctx.unit() as db:
        journal.activity(db, f"Modules Installed: {names}")
    text = names + (f". Not installed: {', '.join(made.left_out)}" if made.left_out else "")
    frame.note("success", "Modules Installed", text)
    addon = next((one.module.name for one in made.installed if one.module.type == "addons"), "")
    return go(f"{CONFIG}#{addon}" if addon else CONFIG)


@blueprint.route("/addonmodules.php", methods=["GET", "POST"])
@frame.permission("Addon Modules")
def addon_page() -> Response:
    """The page of an addon module (`module=NAME`), for the roles that its access names; without a name, a list."""
    ctx, name = frame.ctx(), request.args.get("module", "")
    with ctx.unit(read=True) as db:
        labels = addons.labels(db, ctx.actor.role_id)
        active, allowed = addons.is_active(db, name), addons.allowed(db, name, ctx.actor.role_id)
        row = db.get_one(Admin, ctx.actor.id)
    if not name:
        return page("addon_list.html", "Addon Modules", labels=labels, base=PAGE)
    if not active:
        raise frame.PageError(404, "Addon module not found", f"There is no active addon module “{name[:60]}”.")
    if not allowed:
        text = "Your role is not among those that may open this module: Configuration > Addon Modules > Access Control."
        raise frame.PageError(403, "Access denied", text)
    here = f"{PAGE}?module={name}"
    spoken = row.language.lower() if row.language else _default_language(ctx)
    try:
        shown = addons.admin_page(_calling(ctx, name), name, spoken)
    except (ModuleFailed, VaultError) as failure:
        text = str(failure) if ctx.host.config.development else "The details are in the module log."
        return page("addon_page.html", labels.get(name, name), html="", failures=[text], menu_url=here, code=500)
    if shown.redirect:
        return go(_target(shown.redirect))
    return page(
        "addon_page.html", shown.title, html=Markup(shown.html), sidebar=Markup(shown.sidebar),  # noqa: S704 - the module's own
        failures=shown.problems if ctx.host.config.development else (), menu_url=here,
    )  # fmt: skip


def _default_language(ctx: Ctx) -> str:
    with ctx.unit(read=True) as db:
        return settings.get(db, "Language").lower() or language.DEFAULT


def _target(address: str) -> str:
    """A module's redirect: relative addresses are those of the admin area."""
    return address if address.startswith(("/", "http://", "https://")) else f"/admin/{address}"


def _plain_text(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704 - read, not shown as HTML
