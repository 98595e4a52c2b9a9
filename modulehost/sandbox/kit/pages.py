"""The pages and the JSON interface under `/_sandbox/`.

    GET    /_sandbox/health             {"status": "ok", ...}
    GET    /_sandbox/objects            all objects; ?secrets=1 also shows what is masked
    POST   /_sandbox/objects            {"<table>": {"<key>": {...}}} adds or replaces; ?replace=1 replaces everything
    POST   /_sandbox/objects/<table>/<key>/<action>
    GET    /_sandbox/log                [{...}], newest first; ?limit=, ?path= (part of the path); DELETE empties it
    GET    /_sandbox/faults             {"faults": [...], "kinds": {...}}
    POST   /_sandbox/faults             {"kind", "path", "method", "every", "remaining", "status", "seconds", "days",
                                        "body"}; days of the host's time
    DELETE /_sandbox/faults[/<id>]      one, or all
    GET    /_sandbox/switches           {"<name>": value}; POST {"<name>": value} sets
    POST   /_sandbox/reset              back to the seed data

A browser gets the same as pages. A form has to carry the session's token; a program sends JSON.
"""

import dataclasses
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from modulehost.sandbox.kit import faults, forms, state, world
from modulehost.sandbox.kit.forms import world as here

blueprint = Blueprint(
    "sandbox",
    __name__,
    url_prefix="/_sandbox",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
Answer = str | AnyResponse | tuple[Response, int]


@blueprint.before_request
def _guard() -> None:
    if request.method in ("GET", "HEAD"):
        return
    if forms.sent_by_form():
        forms.guard()
    elif (origin := request.headers.get("Origin")) and urlsplit(origin).netloc != request.host:
        abort(403, f"Requests from pages of {origin} are refused here.")


def _html() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _given() -> dict[str, Any]:
    """The JSON object of the request, or the form's fields; an absent body counts as {}."""
    if forms.sent_by_form():
        return {name: value for name, value in request.form.items() if name != "csrf"}
    if not request.get_data():
        return {}
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict):
        abort(400, "The body has to be a JSON object.")
    return given


def _refuse(error: Exception) -> Answer:
    if _html():
        abort(400, str(error))
    return jsonify({"error": str(error)}), 400


@blueprint.get("/")
def index() -> Answer:
    """The object page is the first page."""
    return redirect(request.script_root + "/_sandbox/objects")


@blueprint.get("/health")
def health() -> Answer:
    """Whether the simulator answers, and what time it thinks it is."""
    one = here()
    return jsonify(
        status="ok", vendor=one.vendor.name, url=one.url, time=one.clock.now().isoformat(), starts=one.starts
    )


@blueprint.get("/objects")
def objects() -> Answer:
    """Every object, as tables or as JSON."""
    one = here()
    bare = request.args.get("secrets") == "1" and not _html()
    plain = state.to_plain(one.state) if bare else state.masked(one.state)
    if not _html():
        return jsonify(plain)
    shown = [
        {
            "name": name,
            "title": name.replace("_", " ").capitalize(),
            "columns": [f.name for f in dataclasses.fields(kind)],
            "rows": plain[name],
            # Some objects do not name their own key.
            "keyed": any(key not in map(str, row.values()) for key, row in plain[name].items()),
            "actions": [action for action in one.vendor.actions if action.table == name],
        }
        for name, kind in state.tables(one.state)
    ]
    return render_template("kit/objects.html", tables=shown, tab="objects")


@blueprint.post("/objects")
def put_objects() -> Answer:
    """Add, change or replace objects."""
    try:
        world.load_objects(here(), _given(), replace=request.args.get("replace") == "1")
    except state.StateError as error:
        return _refuse(error)
    return jsonify(status="ok")


@blueprint.post("/objects/<table>/<path:key>/<name>")
def act(table: str, key: str, name: str) -> Answer:
    """Press one of the buttons of an object."""
    one = here()
    action = next((a for a in one.vendor.actions if (a.table, a.name) == (table, name)), None)
    if action is None:
        abort(404, f"There is no {name} in {table}.")
    found = next((known for known in getattr(one.state, table) if key in (known, state.handle(known))), None)
    if found is None:
        abort(404, f"There is no {key} in {table}.")
    action.run(one, found)
    return (
        redirect(request.script_root + f"/_sandbox/objects#{table}") if forms.sent_by_form() else jsonify(status="ok")
    )


@blueprint.get("/log")
def log() -> Answer:
    """The last requests, newest first."""
    part, limit = request.args.get("path", ""), max(1, request.args.get("limit", 100, int))
    entries = [one for one in reversed(here().log) if part in one.path][:limit]
    if not _html():
        return jsonify([dataclasses.asdict(one) for one in entries])
    return render_template("kit/log.html", entries=entries, part=part, tab="log")


@blueprint.route("/log", methods=["DELETE"])
@blueprint.post("/log/clear")
def clear_log() -> Answer:
    """Empty the log."""
    here().log.clear()
    return redirect(request.script_root + "/_sandbox/log") if forms.sent_by_form() else jsonify(status="ok")


@blueprint.get("/faults")
def list_faults() -> Answer:
    """The switches that are on, and the kinds there are."""
    one = here()
    named = {fault.name: fault.title for fault in one.vendor.faults}
    if not _html():
        return jsonify(faults=[dataclasses.asdict(f) for f in one.faults], kinds={**faults.GENERIC, **named})
    switches = getattr(one.state, "switches", None)
    return render_template(
        "kit/faults.html",
        generic=faults.GENERIC,
        named=named,
        max_delay=faults.MAX_DELAY,
        switches=[] if switches is None else [(f, getattr(switches, f.name)) for f in dataclasses.fields(switches)],
        tab="faults",
    )


@blueprint.post("/faults")
def add_fault() -> Answer:
    """Set a switch."""
    one = here()
    try:
        fault = _fault(one, _given())
    except (faults.FaultError, state.StateError) as error:
        return _refuse(error)
    one.faults.append(fault)
    if forms.sent_by_form():
        return redirect(request.script_root + "/_sandbox/faults")
    return jsonify(dataclasses.asdict(fault)), 201


def _fault(one: world.World[Any], given: dict[str, Any]) -> faults.Fault:
    """The switch that the request asks for; a form sends text, and empty fields for what it leaves open."""
    if forms.sent_by_form():
        given = {name: value.strip() for name, value in given.items() if value.strip()}
        for name, kind in (("every", int), ("remaining", int), ("status", int), ("seconds", float), ("days", float)):
            if name in given:
                try:
                    given[name] = kind(given[name])
                except ValueError:
                    raise faults.FaultError(f"{name} has to be a number, not {given[name]!r}") from None
    named = next((fault for fault in one.vendor.faults if fault.name == given.get("kind")), None)
    numbers = [int(fault.id) for fault in one.faults]
    defaults = {"path": named.path, "method": named.method} if named else {}
    given = {**defaults, **given, "id": str(max(numbers, default=0) + 1), "seen": 0, "done": 0}
    given["method"] = str(given.get("method", "*")).upper()
    if (days := given.pop("days", None)) is not None:
        if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days <= faults.MAX_DAYS:
            raise faults.FaultError(f"days has to be a number above 0, at most {faults.MAX_DAYS:g}")
        given["until"] = one.now() + int(days * 86400)
    fault: faults.Fault = state.from_plain(faults.Fault, given, "fault")
    faults.check(fault, one.kinds())
    return fault


@blueprint.route("/faults", methods=["DELETE"])
@blueprint.route("/faults/<id>", methods=["DELETE"])
@blueprint.post("/faults/<id>/remove")
def remove_fault(id: str | None = None) -> Answer:
    """Take one switch off, or all."""
    one = here()
    kept = [] if id is None else [fault for fault in one.faults if fault.id != id]
    if id is not None and len(kept) == len(one.faults) and not forms.sent_by_form():
        return jsonify({"error": f"there is no fault {id}"}), 404
    one.faults[:] = kept
    return redirect(request.script_root + "/_sandbox/faults") if forms.sent_by_form() else jsonify(status="ok")


@blueprint.route("/switches", methods=["GET", "POST"])
def switches() -> Answer:
    """The vendor's settings: variants of its behaviour that stay until they are changed."""
    one = here()
    current = getattr(one.state, "switches", None)
    if current is None:
        abort(404, f"{one.vendor.title} has no switches.")
    if request.method == "POST":
        given = _given()
        try:
            if forms.sent_by_form():
                given = _switch_values(current, given)
            changed = state.from_plain(type(current), {**state.to_plain(current), **given}, "switches")
        except (ValueError, state.StateError) as error:
            return _refuse(error)
        one.state.switches = changed
        if forms.sent_by_form():
            return redirect(request.script_root + "/_sandbox/faults#switches")
    return jsonify(state.to_plain(one.state.switches))


def _switch_values(current: Any, given: dict[str, Any]) -> dict[str, Any]:
    """A form sends nothing for an unticked box, and numbers as text."""
    values: dict[str, Any] = {}
    for f in dataclasses.fields(current):
        kind = type(getattr(current, f.name))
        values[f.name] = f.name in given if kind is bool else kind(given.get(f.name, getattr(current, f.name)))
    return values


@blueprint.post("/reset")
def reset() -> Answer:
    """Back to the seed data."""
    world.reset(here())
    return redirect(request.script_root + "/_sandbox/objects") if forms.sent_by_form() else jsonify(status="ok")
