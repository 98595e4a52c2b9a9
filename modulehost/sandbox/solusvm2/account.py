"""The user's own account: what the month has cost so far, and API tokens."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.solusvm2 import access, activity, billing, here, people, standing, usage

blueprint = Blueprint("account", __name__, url_prefix="/account", template_folder="templates")
blueprint.before_request(forms.guard)
blueprint.before_request(here.catch_up)
blueprint.before_request(people.require)


@blueprint.get("")
def show() -> str:
    """Status, limits, and the usage of this month."""
    state, user, now = here.state(), people.me(), here.now()
    first = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    lines = usage.report(state, user.id, int(first.timestamp()), now + 1, now)
    total, cost, problem = sum(one.tokens for one in lines), "", ""
    if total:
        try:
            cost = billing.prices(here.world(), user, {"total": total}).text("total")
        except billing.BillingError as error:
            problem = str(error)
    return render_template(
        "solusvm2/account.html",
        user=user,
        group=standing.group_of(state, user),
        used={
            "vms": len(standing.servers_of(state, user)),
            "running_vms": standing.running(state, user),
            "additional_ips": len(standing.additional_ips(state, user)),
        },
        lines=lines,
        total=total,
        cost=cost,
        problem=problem,
        month=first.strftime("%B %Y"),
        tab="account",
    )


@blueprint.get("/tokens")
def tokens() -> str:
    """API tokens, without what is secret in them."""
    return _tokens("")


def _tokens(made: str) -> str:
    mine = [one for one in here.state().tokens.values() if one.user_id == people.me().id and one.kind == "api"]
    return render_template("solusvm2/tokens.html", tokens=mine, made=made, tab="tokens")


@blueprint.post("/tokens")
def generate() -> str:
    """*Generate API Token*: shown once."""
    name = request.form.get("name", "").strip()[:255] or "API token"
    made = access.issue(here.world(), people.me(), "api", name)
    activity.log(here.world(), "user.token", people.me(), name=name)
    return _tokens(made.token)


@blueprint.post("/tokens/<int:id>/delete")
def revoke(id: int) -> Response:
    """*Revoke* a token."""
    table = here.state().tokens
    found = next((key for key, one in table.items() if one.id == id and one.user_id == people.me().id), None)
    if found is None:
        abort(404, "There is no such token.")
    del table[found]
    flash("The token is revoked.", "notice")
    return redirect("/account/tokens", 303)
