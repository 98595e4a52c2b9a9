"""`usage/<kind>/<uuid>`: how busy a server is, for graphs. `billing/usage`: what a user's resources cost."""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from modulehost.sandbox.solusvm2 import access, here, performance, replies, shown, standing, usage
from modulehost.sandbox.solusvm2.refusals import INVALID, Refused

blueprint = Blueprint("api_usage", __name__, url_prefix="/api/v1")


@blueprint.get(f"/usage/<any({', '.join(performance.KINDS)}):kind>/<uuid>")
def graph(kind: str, uuid: str) -> Response:
    """Samples of the last day. They say nothing of what is to be paid."""
    who = access.caller()
    found = next((one for one in here.state().servers.values() if one.uuid == uuid), None)
    if found is None or not (who.admin or found.user_id == who.user.id):
        raise Refused(404, f"There is no server {uuid}.")
    plan = here.state().plans[str(found.plan_id)]
    runs = found.status == "started" and not standing.is_suspended(here.state(), found)
    return replies.one({"items": performance.samples(kind, found, plan, runs, here.now())})


@blueprint.get("/billing/usage")
def billing_usage() -> Response:
    """Tokens of `filter[user_id]` for the hours that start from `filter[from]` on and before `filter[to]`."""
    access.administrator()
    errors: dict[str, list[str]] = {}
    state, id = here.state(), request.args.get("filter[user_id]", "")
    known = id in state.users or any(str(one.user_id) == id for one in state.meters.values())
    if not known:
        errors["filter.user_id"] = ["The selected user_id is invalid." if id else "The user_id field is required."]
    start, end = (_moment(name, errors) for name in ("from", "to"))
    if not errors and start >= end:
        errors["filter.to"] = ["The to has to be after the from."]
    if errors:
        raise Refused(422, INVALID, errors)
    lines = usage.report(state, int(id), start, end, here.now())
    total = sum(one.tokens for one in lines)
    meta = {"tokens_total": total, "from": shown.plain_moment(start), "to": shown.plain_moment(end)}
    return jsonify(data=[shown.line(one) for one in lines], meta=meta)


def _moment(name: str, errors: dict[str, list[str]]) -> int:
    """A time of the query as Unix seconds; without a zone it is UTC."""
    text = request.args.get(f"filter[{name}]", "")
    try:
        found = datetime.fromisoformat(text)
        if "T" not in text.upper():
            raise ValueError
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        errors[f"filter.{name}"] = [f"The {name} has to be a time such as 2026-04-01T00:00:00Z."]
        return 0
