"""Contacts, users, permissions and invitations over the API; the error texts are those of the public reference."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from modulehost import api
from modulehost.accounts import clients, users
from modulehost.context import Ctx
from modulehost.schema import Email, UserInvite
from tests.api.client import open_api
from tests.support.hosts import CLIENT, CLIENT_DATA


@pytest.fixture
def ctx(ctx: Ctx) -> Ctx:
    """The shop with a client (id 1) whose owner is user 1."""
    return stocked(ctx)


def stocked(ctx: Ctx) -> Ctx:
    with ctx.unit() as db:
        clients.create(db, CLIENT_DATA)
    return ctx


def call(ctx: Ctx, action: str, **values: Any) -> dict[str, Any]:
    return api.call(ctx, action, values)


@pytest.fixture
def any_ctx(any_database: Engine, tmp_path: Path) -> Iterator[Ctx]:
    with open_api(any_database, tmp_path / "root") as made:
        yield stocked(Ctx(made))


def test_contacts_on_each_database(any_ctx: Ctx) -> None:
    ctx = any_ctx
    made = call(ctx, "AddContact", clientid="1", firstname="Cy", email="cy@example.org", email_preferences={"invoice": "1"})
    assert made == {"result": "success", "contactid": 1}
    assert call(ctx, "AddContact", clientid="1", email="CY@example.org")["message"] == "Duplicate Email Address"
    assert call(ctx, "AddContact", clientid="9", email="x@example.org")["message"] == "Client ID Not Found"
    assert call(ctx, "UpdateContact", contactid="1", city="Bonn", email_preferences={"support": "true"})["contactid"] == 1
    found = call(ctx, "GetContacts", userid="1", city="bon")
    assert (found["totalresults"], found["numreturned"]) == (1, 1)
    (row,) = found["contacts"]["contact"]
    assert (row["firstname"], row["city"], row["invoiceemails"], row["supportemails"], row["generalemails"]) == ("Cy", "Bonn", True, True, False)
    assert [one["id"] for one in call(ctx, "GetUsers", search="ASHA r")["users"]] == [1]
    assert call(ctx, "GetContacts", userid="1", city="Rome")["totalresults"] == 0
    assert call(ctx, "DeleteContact", contactid="1") == {"result": "success", "contactid": 1}
    assert call(ctx, "DeleteContact", contactid="1")["message"] == "Contact ID Not Found"
    assert call(ctx, "UpdateContact", contactid="1", city="x")["message"] == "Contact ID Not Found"


KIM = {"firstname": "Kim", "lastname": "Oh", "email": "kim@example.org", "password2": "Kims-pass-1"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"firstname": ""}, "You did not enter a first name"),
        ({"lastname": ""}, "You did not enter a last name"),
        ({"email": ""}, "You did not enter an email address"),
        ({"password2": ""}, "You did not enter a password"),
        ({"email": "x"}, "The email address entered is not valid"),
        ({"email": CLIENT["email"]}, "A user already exists with that email address"),
    ],
)
def test_what_add_user_refuses(ctx: Ctx, change: dict[str, str], message: str) -> None:
    assert call(ctx, "AddUser", **{**KIM, **change}) == {"result": "error", "message": message}


def test_users_and_permissions(ctx: Ctx) -> None:
    assert call(ctx, "AddUser", **KIM)["user_id"] == 2
    assert call(ctx, "UpdateUser", user_id="2", lastname="Park")["user_id"] == 2
    assert call(ctx, "UpdateUser", user_id="2")["message"] == "One of `email`, `firstname`, `lastname`, or `language` is required"
    assert call(ctx, "UpdateUser", user_id="9", lastname="x")["message"] == "Invalid User ID requested"
    found = call(ctx, "GetUsers", search="kim pa")
    assert [(one["email"], one["clients"]) for one in found["users"]] == [("kim@example.org", [])]
    assert [one["id"] for one in call(ctx, "GetUsers", sorting="DESC")["users"]] == [2, 1]
    assert call(ctx, "GetUsers")["users"][0]["clients"] == [{"id": 1, "isOwner": True}]

    ids = {"user_id": "2", "client_id": "1"}
    assert call(ctx, "UpdateUserPermissions", **ids, permissions="emails")["message"] == "User is not associated with client"
    with ctx.unit() as db:
        users.link(db, 2, 1)
    assert call(ctx, "UpdateUserPermissions", **ids)["message"] == "Missing permissions definition"
    owner = call(ctx, "UpdateUserPermissions", user_id="1", client_id="1", permissions="emails")
    assert owner["message"] == "Permissions cannot be set on a client owner"
    assert call(ctx, "UpdateUserPermissions", **ids, permissions="orders, emails") == {"result": "success"}
    assert call(ctx, "GetUserPermissions", **ids)["permissions"]["permission"] == ["emails", "orders"]
    assert len(call(ctx, "GetPermissionsList")["permissions"]["permission"]) == 13
    assert call(ctx, "DeleteUserClient", user_id="1", client_id="1")["message"] == "You cannot remove the account owner"
    assert call(ctx, "DeleteUserClient", **ids) == {"result": "success"}
    assert call(ctx, "DeleteUserClient", **ids)["message"] == "User is not associated with client"
    assert call(ctx, "DeleteUserClient", user_id="9", client_id="1")["message"] == "Invalid user id"
    assert call(ctx, "DeleteUserClient", user_id="2", client_id="9")["message"] == "Invalid client id"


def test_invitations_and_passwords(ctx: Ctx) -> None:
    wanted = {"client_id": "1", "email": "bo@example.org", "permissions": "emails,orders"}
    for change, message in (
        ({"email": ""}, "Email is required"),
        ({"client_id": "9"}, "Invalid client id"),
        ({"email": "x"}, "The email address entered is not valid"),
        ({"permissions": ""}, "User permissions are required"),
        ({"email": CLIENT["email"]}, "User already associated with client"),
    ):
        assert call(ctx, "CreateClientInvite", **{**wanted, **change})["message"] == message
    assert call(ctx, "CreateClientInvite", **wanted) == {"result": "success"}
    assert call(ctx, "ValidateLogin", email=CLIENT["email"], password2="no")["message"] == "Email or Password Invalid"
    known = call(ctx, "ValidateLogin", email=CLIENT["email"], password2=CLIENT["password"])
    assert (known["userid"], known["twoFactorEnabled"], len(known["passwordhash"]) >= 40) == (1, False, True)
    assert call(ctx, "ResetPassword")["message"] == "Please enter the email address or provide the id"
    assert call(ctx, "ResetPassword", email="x")["message"] == "Please provide a valid email address"
    assert call(ctx, "ResetPassword", id="9")["message"] == "User Not Found"
    assert call(ctx, "ResetPassword", email=CLIENT["email"]) == {"result": "success"}
    with ctx.unit(read=True) as db:
        assert db.scalars(select(UserInvite.permissions)).all() == ["emails,orders"]
        assert db.scalars(select(Email.to).order_by(Email.id)).all() == ["bo@example.org", CLIENT["email"]]
