"""`auth/login`, `account`, `users`."""

from flask import Blueprint, Response, request

from modulehost.sandbox.solusvm2 import access, activity, here, replies, shown, users
from modulehost.sandbox.solusvm2.refusals import Given, Refused

blueprint = Blueprint("api_users", __name__, url_prefix="/api/v1")


@blueprint.post("/auth/login")
def login() -> Response:
    """Credentials of a user, good for a day."""
    given = Given(replies.body())
    email, password = given.text("email", required=True), given.text("password", required=True)
    given.done()
    user = access.sign_in(here.state(), email or "", password or "")
    if user is None:
        raise Refused(401, "These credentials do not match our records.")
    token = access.issue(here.world(), user, "login")
    activity.log(here.world(), "user.login", user)
    found = {
        "access_token": token.token,
        "token_type": "Bearer",
        "expires_at": shown.moment(token.expires),
    }
    return replies.one({"credentials": found})


@blueprint.get("/account")
def account() -> Response:
    """The user that owns the token."""
    return replies.one(shown.user(here.state(), access.caller().user))


@blueprint.get("/users")
def listing() -> Response:
    """Users; `filter[search]` is a part of the address, `filter[status]` a status."""
    access.administrator()
    part, status = request.args.get("filter[search]", "").lower(), request.args.get("filter[status]", "")
    found = [one for one in here.state().users.values() if part in one.email.lower() and status in ("", one.status)]
    return replies.listing(found, lambda one: shown.user(here.state(), one))


@blueprint.post("/users")
def create() -> Response:
    """A new user."""
    access.administrator()
    return replies.one(shown.user(here.state(), users.create(here.world(), replies.body())), 201)


@blueprint.get("/users/<int:id>")
def read(id: int) -> Response:
    """One user."""
    access.administrator()
    return replies.one(shown.user(here.state(), users.get(here.state(), id)))


@blueprint.put("/users/<int:id>")
@blueprint.patch("/users/<int:id>")
def change(id: int) -> Response:
    """Change a user: both verbs change only what is named."""
    access.administrator()
    user = users.get(here.state(), id)
    users.change(here.world(), user, replies.body())
    return replies.one(shown.user(here.state(), user))


@blueprint.delete("/users/<int:id>")
def delete(id: int) -> Response:
    """Delete a user without servers."""
    access.administrator()
    users.delete(here.world(), users.get(here.state(), id))
    return replies.nothing()


@blueprint.post("/users/<int:id>/tokens")
def token(id: int) -> Response:
    """A token of a user; with `is_one_time` one that signs a browser in, once."""
    access.administrator()
    user = users.get(here.state(), id)
    given = Given(replies.body(optional=True))
    once = given.flag("is_one_time")
    given.done()
    made = access.issue(here.world(), user, "one_time" if once else "api", "" if once else "Made by an administrator")
    activity.log(here.world(), "user.token", user, one_time=bool(once))
    return replies.one({"access_token": made.token}, 201)
