"""Servers and server groups, with Test Connection."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from modulehost import extensions, lifecycle, runtimes
from modulehost.billing.catalog import Invalid, servers
from modulehost.context import Ctx
from modulehost.lifecycle import signon
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Server, ServerGroup
from modulehost.web import frame
from modulehost.web import signon as way_page
from modulehost.web.admin import serversync
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import (
    MASK,
    blueprint,
    delete_row,
    go,
    number,
    page,
    problems,
    row_or_404,
    sent,
    unknown_change,
    view_of,
)
from modulehost.web.numbers import is_whole

URL = "/admin/configservers.php"
NEEDED = "Configure Servers"


@blueprint.get("/configservers.php")
@frame.permission(NEEDED)
def configservers() -> Response:
    """The list, one server (`action=manage`), or one group (`action=managegroup`)."""
    action = request.args.get("action", "")
    views: dict[str, Callable[[], Response]] = {
        "": _list, "manage": server_form, "managegroup": group_form, "singlesignon": _sign_on,
        "sync": serversync.view,
    }  # fmt: skip
    return view_of(action, views, "Servers")


@blueprint.post("/configservers.php")
@frame.permission(NEEDED)
def configservers_post() -> Response:
    """Changes. The form's own field `action` (Test Connection) counts before the one of the address."""
    action = request.form.get("action") or request.args.get("action", "")
    changes: dict[str, Callable[[], Response]] = {
        "manage": _save, "delete": _delete, "makedefault": _make_default, "toggle": _toggle, "testconnection": _test,
        "singlesignon": _sign_on, "refresh": _refresh,
        "usage": _usage,
        "sync": serversync.apply, "listaccounts": serversync.list_again,
        "managegroup": _save_group, "deletegroup": _delete_group,
    }  # fmt: skip
    if action not in changes:
        unknown_change("Servers knows", action)
    return changes[action]()


def types(ctx: Ctx) -> list[tuple[str, str, str, str]]:
    """Modules that may have servers: (name, display name, port without SSL, port with SSL)."""
    found = []
    for module in extensions.modules(ctx.host, "servers"):
        if module.problem:
            continue
        try:
            data = lifecycle.metadata(ctx, module.name)
        except ModuleFailed:
            data = {"DisplayName": f"{module.name} (does not load)"}
        needs = str(data.get("RequiresServer", True)).lower() not in ("false", "0", "")
        if needs:
            plain, ssl = (str(data.get(name) or "") for name in ("DefaultNonSSLPort", "DefaultSSLPort"))
            found.append((module.name, str(data["DisplayName"]), plain, ssl))
    return sorted(found, key=lambda one: one[1].lower())


def _list() -> Response:
    ctx = frame.ctx()
    given = {name: request.args.get(name, "").strip() for name in ("text", "kind", "state")}
    order = wanted_order(servers.ORDERS, "type", falling=False)
    query = servers.search(**given, group=number("group")).order_by(*order(servers.ORDERS, Server.name), Server.id)
    with ctx.unit(read=True) as db:
        rows = paged(db, query, scalars=False)
        shown = [row for row, _accounts in rows.rows]
        kinds = servers.kinds(db)
        groups, members = servers.groups(db), servers.members(db)
        member_names = servers.names(db, {key for keys in members.values() for key in keys})
        remote = lifecycle.remote.known(db, [row.id for row in shown])
    links: dict[int, str] = {}
    details: dict[int, str] = {}
    failures: list[str] = []
    for row in shown:
        for into, ask in ((links, _admin_link), (details, lambda ctx, row: _remote_details(ctx, row, remote))):
            try:
                into[row.id] = ask(ctx, row)
            except ModuleFailed as error:
                failures.append(f"{row.name}: {error}")
    names = {name: label for name, label, *_ports in types(ctx)} if kinds else {}
    here = {row.type for row in shown}
    return page("servers.html", "Servers", page=rows, groups=groups, members=members, links=links, names=names, kinds=kinds,
                member_names=member_names, failures=failures, fill=servers.FILL_TYPES, sign_on=_sign_on_labels(ctx, here),
                remote=remote, details=details, lists=serversync.can_list(here), given=given, group=number("group"), order=order,
                counts={kind for kind in here if lifecycle.remote.able(ctx, kind)}, filtered=bool(rows.query),
                usages={id_ for f in ("UsageUpdate", "MetricProvider") for id_, _name in lifecycle.usage.servers(ctx, f)})  # fmt: skip


def _remote_details(ctx: Ctx, row: Server, remote: Mapping[int, Any]) -> str:
    if row.disabled or row.id not in remote or row.type not in [m.name for m in extensions.modules(ctx.host, "servers")]:
        return ""
    return lifecycle.remote.rendered(ctx, row, remote[row.id])


def _refresh() -> Response:
    """Ask one server how many accounts it has, or all (without `id`)."""
    ctx, key = frame.ctx(), number("id", request.form)
    if key:
        with ctx.unit(read=True) as db:
            name = row_or_404(db, Server, key, "Server").name
        answers = [(name, lifecycle.remote.refresh(ctx, key))]
    else:
        answers = lifecycle.remote.refresh_all(ctx)
    bad = [f"{name}: {answer.error}" for name, answer in answers if answer.error]
    if bad:
        title = "The server did not answer" if key else f"{len(bad)} of {len(answers)} server(s) did not answer"
        frame.note("error", title, "\n".join(bad))
    if good := len(answers) - len(bad):
        frame.note("success", "Remote Data Refreshed", f"{good} server(s)" if not key else f"“{answers[0][0]}”")
    if not answers:
        frame.note("info", "Nothing to refresh", "No enabled server's module has GetUserCount or GetRemoteMetaData.")
    return go(URL)


def _usage() -> Response:
    """Update usage now: UsageUpdate and the metrics of one server."""
    ctx, key = frame.ctx(), number("id", request.form)
    with ctx.unit(read=True) as db:
        row = row_or_404(db, Server, key, "Server")
    bad = [
        ask(ctx, key)
        for function, ask in (("UsageUpdate", lifecycle.usage.update), ("MetricProvider", lifecycle.usage.collect))
        if (key, row.name) in lifecycle.usage.servers(ctx, function)
    ]
    if not bad:
        why = "it is disabled" if row.disabled else "its module has neither UsageUpdate nor MetricProvider"
        frame.note("info", "Nothing to update", f"“{row.name}”: {why}.")
    elif any(bad):
        frame.note("error", "Usage could not be updated", "\n".join(text for text in bad if text))
    else:
        frame.note("success", "Usage Updated", f"“{row.name}”")
    return go(URL)


def _admin_link(ctx: Ctx, row: Server) -> str:
    """The module's own link to the server's panel. Raises ModuleFailed; a module that is gone has no link."""
    if row.disabled or row.type not in [module.name for module in extensions.modules(ctx.host, "servers")]:
        return ""
    if "AdminLink" not in runtimes.functions(ctx, lifecycle.server_module(ctx, row.type)):
        return ""
    returned = lifecycle.server_call(ctx, row.id, "AdminLink")
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    return str(returned.value or "")


def _sign_on_labels(ctx: Ctx, kinds: set[str]) -> dict[str, str]:
    """Module -> label of its button that signs an admin in to the server, for modules that can."""
    found = {}
    for kind in kinds:
        try:
            if "AdminSingleSignOn" in runtimes.functions(ctx, lifecycle.server_module(ctx, kind)):
                found[kind] = str(lifecycle.metadata(ctx, kind).get("AdminSingleSignOnLabel") or "Login to Panel")
        except ModuleFailed:
            continue  # the list still names the server; its form and Test Connection say what is wrong
    return found


def _sign_on() -> Response:
    """Sign in to the server's panel (AdminSingleSignOn). The link by GET carries the session's token in its address."""
    if request.method != "POST":
        frame.check_token(request.args.get("token", ""))
    ctx, actor = frame.ctx(), frame.admin_actor()
    with ctx.unit(read=True) as db:
        server = row_or_404(db, Server, number("serverid"), "Server")
        roles = signon.roles_of_server(db, server.id)
    if roles and (actor is None or actor.role_id not in roles):
        frame.abort_page(403, "Access denied", f"Single sign-on to the server “{server.name}” is restricted to other roles.")
    if server.disabled:
        frame.abort_page(400, "Server disabled", f"The server “{server.name}” is disabled; enable it to sign in to its panel.")
    label = _sign_on_labels(ctx, {server.type}).get(server.type, "Single Sign-On")
    way = signon.of_server(ctx, server.id)
    answer = way_page.go(way, f"{label}: {server.name}", URL)
    if answer is not None:
        return answer
    frame.note("error", "Sign-on failed", way.error or "The module refused without saying why.")
    return go(URL)


def server_form(found: dict[str, str] | None = None, tested: tuple[bool, str] | None = None) -> Response:
    """Add a server, or edit the one that `id` names."""
    ctx = frame.ctx()
    key = number("id")
    with ctx.unit(read=True) as db:
        server = row_or_404(db, Server, key, "Server") if key else Server(maxaccounts=200)
        groups, members = servers.groups(db), servers.members(db)
    known = types(ctx)
    form = sent()
    kind = form.get("type") or request.args.get("type") or server.type
    if kind and kind not in [name for name, *_more in known]:
        known.append((kind, f"{kind} (not found)", "", ""))
    chosen = (
        [int(t) for t in form.getlist("groups") if is_whole(t)] if form else [g for g, m in members.items() if key in m]
    )
    ports = next(((plain, ssl) for name, _label, plain, ssl in known if name == kind), ("", ""))
    title = f"Edit Server: {server.name}" if key else "Add New Server"
    return page("server_form.html", title, server=server, types=known, kind=kind, groups=groups, chosen=chosen, ports=ports,
                found=found or {}, given=form, tested=tested, menu_url=URL)  # fmt: skip


def _save() -> Response:
    key = number("id", request.args)
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, Server, key, "Server") if key else None
            keep = {name for name in ("password", "accesshash") if old is not None and request.form.get(name) == MASK}
            server = servers.save(db, request.form, old, keep=keep)
    except Invalid as error:
        return server_form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Server Added", f"“{server.name}”")
    return go(URL)


def _delete() -> Response:
    return delete_row(Server, "server", servers.delete, URL)


def _make_default() -> Response:
    with frame.ctx().unit() as db:
        server = row_or_404(db, Server, number("id"), "Server")
        servers.make_default(db, server)
    frame.note("success", "Default Server Changed", f"“{server.name}”")
    return go(URL)


def _toggle() -> Response:
    with frame.ctx().unit() as db:
        server = row_or_404(db, Server, number("id"), "Server")
        server.disabled = 0 if server.disabled else 1
    frame.note("success", "Server Disabled" if server.disabled else "Server Enabled", f"“{server.name}”")
    return go(URL)


def _test() -> Response:
    """Ask the module whether it reaches the server as the form describes it, saved or not."""
    ok, message = connection(frame.ctx(), request.form)
    if request.form.get("ajax"):
        answer: Response = jsonify({"success": ok, "message": message})
        return answer
    if "name" in request.form:
        return server_form(tested=(ok, message))
    frame.note(
        "success" if ok else "error", "Connection successful" if ok else "Connection failed", "" if ok else message
    )
    return go(URL)


def connection(ctx: Ctx, form: Mapping[str, str]) -> tuple[bool, str]:
    """Run TestConnection with what the form holds laid over the stored server; (success, text for people)."""
    key = number("id", form)
    with ctx.unit(read=True) as db:
        stored = row_or_404(db, Server, key, "Server") if key else None
        given = lifecycle.params.server(db, key)
        kind = form.get("type") or (stored.type if stored else "")
        if "hostname" in form:
            secure = "secure" in form
            given |= {
                "server": True, "serverip": form.get("ipaddress", ""), "serverhostname": form.get("hostname", ""),
                "serverusername": form.get("username", ""), "serversecure": secure,
                "serverhttpprefix": "https" if secure else "http", "serverport": form.get("port", ""),
            }  # fmt: skip
            for name in ("password", "accesshash"):
                if form.get(name) != MASK:
                    given[f"server{name}"] = form.get(name, "")
    if not kind:
        return False, "Choose the server's module first."
    try:
        module = lifecycle.server_module(ctx, kind)
        if "TestConnection" not in runtimes.functions(ctx, module):
            return False, f"The module {kind} has no TestConnection function."
        given = lifecycle.with_port(ctx, kind, given)
        returned = runtimes.call(ctx, module, "TestConnection", given, secrets=lifecycle.params.secrets(given, []))
    except ModuleFailed as error:
        return False, str(error)
    if returned.problems:
        return False, "; ".join(returned.problems)
    if returned.checked.ok:
        return True, "Connection successful!"
    return False, returned.checked.message or "The module reported a failure without saying why."


# --- groups -----------------------------------------------------------------------------------------------------------


def group_form(found: dict[str, str] | None = None) -> Response:
    """Create a server group, or edit one."""
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        group = row_or_404(db, ServerGroup, key, "Server group") if key else ServerGroup(filltype=1)
        rows, members = servers.listing(db), servers.members(db)
    form = sent()
    chosen = [int(t) for t in form.getlist("servers") if is_whole(t)] if form else members.get(key, [])
    return page("server_group.html", "Edit Group" if key else "Create New Group", group=group, servers=rows, chosen=chosen,
                fill=servers.FILL_TYPES, found=found or {}, given=form, menu_url=URL)  # fmt: skip


def _save_group() -> Response:
    key = number("id", request.args)
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, ServerGroup, key, "Server group") if key else None
            servers.save_group(db, request.form, old)
    except Invalid as error:
        return group_form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Server Group Created")
    return go(URL)


def _delete_group() -> Response:
    return delete_row(ServerGroup, "server group", servers.delete_group, URL)
