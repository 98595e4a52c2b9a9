"""Client pages of addon modules: index.php?m=NAME."""

from typing import Any
from urllib.parse import quote

from flask import redirect, request

from modulehost.context import Ctx
from modulehost.lifecycle import addons
from modulehost.runtimes import ModuleFailed
from modulehost.themes import Page
from modulehost.vault import VaultError
from modulehost.web import frame
from modulehost.web.client.show import language, message, not_found, say, show
from modulehost.web.doors import doors
from modulehost.web.modulevars import marked


def page(name: str) -> Any:
    """What the module's `_clientarea` returned, as a page of the theme; 404 unless the module is active and has one."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        active = addons.is_active(db, name)
    if not active:
        return not_found()
    try:
        module = addons.find(ctx, name)
        inner = Ctx(ctx.host, ctx.actor, ctx.call, {**ctx.request, **doors(module)})
        shown = addons.client_page(inner, name, language())
    except (ModuleFailed, VaultError) as failure:
        return _failed(str(failure))
    if shown is None:
        return not_found()
    if shown.requires_login and frame.client_actor() is None:
        address = request.full_path if request.query_string else request.path
        return redirect(f"/login?goto={quote(address)}")
    if shown.redirect:
        target = shown.redirect
        return redirect(target if target.startswith(("/", "http://", "https://")) else f"/{target}", 303)
    if shown.problems:
        return _failed("; ".join(shown.problems))
    crumbs = [("/index.php", say("home")), *((_link(link), label) for link, label in shown.breadcrumb.items())]
    given = Page(
        shown.template, shown.title, marked(shown.variables, set()), crumbs, display_title=shown.display_title,
        tagline=shown.tagline, hook="AddonModule", module=("addons", name),
    )  # fmt: skip
    return show(given)


def _link(link: str) -> str:
    return link if link.startswith(("/", "http://", "https://", "#")) else f"/{link}"


def _failed(text: str) -> Any:
    shown = text if frame.host().config.development else say("host.moduleProblem")
    return message(500, say("moduleactionfailed"), shown, "fas fa-plug")
