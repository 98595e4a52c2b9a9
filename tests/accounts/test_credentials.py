"""API credentials, roles, allowed addresses, and single sign-on tokens."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from modulehost import settings
from modulehost.accounts import Invalid, admins, clients, credentials, sso, users
from modulehost.accounts.credentials import Refused
from modulehost.context import Ctx, Host
from modulehost.schema import Admin, ApiCredential, ApiRole, Client, Service, SsoToken, User
from tests.accounts.hosts import CLIENT, NOON

HERE = "127.0.0.1"


@pytest.fixture
def admin(ctx: Ctx) -> Admin:
    with ctx.unit() as db:
        return admins.create(db, "boss", "top secret")


@pytest.fixture
def credential(ctx: Ctx, admin: Admin) -> tuple[str, str]:
    with ctx.unit() as db:
        role = credentials.create_role(db, "Orders", ["AddOrder", "GetOrders"])
        return credentials.create(db, admin.id, [role.id], "shop front")


def refusal(ctx: Ctx, identifier: str, secret: str, ip: str = HERE) -> str:
    with pytest.raises(Refused) as caught:
        credentials.check(ctx, identifier, secret, ip)
    return str(caught.value)


def test_the_secret_is_not_kept(ctx: Ctx, credential: tuple[str, str]) -> None:
    identifier, secret = credential
    assert (len(identifier), len(secret)) == (32, 32)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(ApiCredential)).one()
        assert secret not in repr(vars(row))
        assert json.loads(db.scalars(select(ApiRole.permissions)).one()) == {"addorder": 1, "getorders": 1}


def test_a_credential_acts_for_its_administrator_within_its_roles(
    ctx: Ctx, admin: Admin, credential: tuple[str, str]
) -> None:
    actor, row = credentials.check(ctx, *credential, HERE)
    assert (actor.kind, actor.id, actor.name, actor.ip, actor.role_id) == ("api", admin.id, "boss", HERE, 1)
    with ctx.unit(read=True) as db:
        assert credentials.allows(db, row, "getORDERS")
        assert not credentials.allows(db, row, "AddClient")
        assert db.scalars(select(ApiCredential.last_access)).one() == NOON


def test_documented_refusals(ctx: Ctx, host: Host, credential: tuple[str, str]) -> None:
    identifier, secret = credential
    assert refusal(ctx, "", "") == "Authentication Failed"
    assert refusal(ctx, "unknown", secret) == "Invalid or missing credentials"
    assert refusal(ctx, identifier, "wrong") == "Authentication Failed"
    assert refusal(ctx, identifier.swapcase(), secret) == "Invalid or missing credentials"
    assert refusal(ctx, identifier, secret, "203.0.113.9") == "Invalid IP 203.0.113.9"
    with ctx.unit() as db:
        admins.set_permissions(db, 1, ["List Clients"])
    assert refusal(ctx, identifier, secret) == "Authentication Failed"


def test_a_revoked_credential_is_unknown(ctx: Ctx, credential: tuple[str, str]) -> None:
    with ctx.unit() as db:
        credentials.revoke(db, credentials.active(db)[0].id)
        assert credentials.active(db) == []
    assert refusal(ctx, *credential) == "Invalid or missing credentials"


def test_roles_can_be_changed_and_deleted(ctx: Ctx, credential: tuple[str, str]) -> None:
    _, row = credentials.check(ctx, *credential, HERE)
    with ctx.unit() as db:
        (role,) = credentials.roles(db)
        credentials.update_role(db, role, "Clients", ["GetClients"])
    with ctx.unit() as db:
        assert credentials.allows(db, row, "GetClients")
        assert not credentials.allows(db, row, "GetOrders")
        credentials.delete_role(db, role.id)
        assert not credentials.allows(db, row, "GetClients")
        with pytest.raises(Invalid, match="You must enter a role name"):
            credentials.create_role(db, " ", [])


def test_username_with_md5_password_as_before_7_2(ctx: Ctx, admin: Admin) -> None:
    digest = hashlib.md5(b"top secret").hexdigest()
    actor, row = credentials.check(ctx, "boss", digest, HERE)
    assert (actor.id, row) == (admin.id, None)
    assert refusal(ctx, "boss", "top secret") == "Invalid or missing credentials"


@pytest.mark.parametrize(
    ("allowed", "ip", "expected"),
    [
        ("127.0.0.0/8 ::1", "127.0.0.1", True),
        ("127.0.0.0/8 ::1", "::1", True),
        ("127.0.0.0/8 ::1", "::ffff:127.0.0.1", True),
        ("127.0.0.0/8 ::1", "10.0.0.1", False),
        ("10.0.0.0/24,\n192.0.2.5", "10.0.0.77", True),
        ("10.0.0.0/24,\n192.0.2.5", "192.0.2.5", True),
        ("nonsense 10.0.0.1", "10.0.0.1", True),
        ("", "127.0.0.1", False),
        ("0.0.0.0/0", "not an address", False),
    ],
)
def test_allowed_addresses(ctx: Ctx, allowed: str, ip: str, expected: bool) -> None:
    with ctx.unit() as db:
        settings.put(db, "APIAllowedIPs", allowed)
        assert credentials.ip_allowed(db, ip) is expected


@pytest.fixture
def client(ctx: Ctx) -> Client:
    return clients.add(ctx, {**CLIENT, "noemail": "1"})


def token(ctx: Ctx, client: Client, destination: str = "", **more: object) -> str:
    with ctx.unit() as db:
        owner = users.owner_of(db, client.id)
        assert owner is not None
        return sso.create(db, owner, client, destination, **more)  # type: ignore[arg-type]


def test_a_token_signs_in_once(ctx: Ctx, client: Client) -> None:
    made = token(ctx, client)
    assert len(made) == 40
    used = sso.redeem(ctx, made)
    assert used is not None
    assert (used.client_id, used.destination) == (client.id, "clientarea.php")
    with ctx.unit(read=True) as db:
        assert db.get_one(User, used.user_id).last_login == NOON
        assert db.scalars(select(SsoToken.token_hash)).one() != made
    assert sso.redeem(ctx, made) is None
    assert sso.redeem(ctx, "") is None


def test_a_token_lives_sixty_seconds(ctx: Ctx, host: Host, client: Client) -> None:
    early, late = token(ctx, client), token(ctx, client)
    host.clock.advance(timedelta(seconds=60))
    assert sso.redeem(ctx, early) is not None
    host.clock.advance(timedelta(seconds=1))
    assert sso.redeem(ctx, late) is None


def test_destinations(ctx: Ctx, client: Client) -> None:
    with ctx.unit() as db:
        service, foreign = Service(userid=client.id), Service(userid=client.id + 1)
        db.add_all([service, foreign])
    used = sso.redeem(ctx, token(ctx, client, "clientarea:product_details", service_id=service.id))
    assert used is not None
    assert used.destination == f"clientarea.php?action=productdetails&id={service.id}"
    custom = sso.redeem(ctx, token(ctx, client, "sso:custom_redirect", path="/cart.php?a=view"))
    assert custom is not None
    assert custom.destination == "cart.php?a=view"
    for destination, more in [
        ("clientarea:nowhere", {}),
        ("clientarea:product_details", {}),
        ("clientarea:product_details", {"service_id": foreign.id}),
        ("clientarea:domain_details", {"domain_id": 1}),
        ("sso:custom_redirect", {}),
        ("sso:custom_redirect", {"path": "https://evil.example/"}),
        ("sso:custom_redirect", {"path": "//evil.example/"}),
        ("sso:custom_redirect", {"path": "/\\evil.example/"}),
    ]:
        with pytest.raises(Invalid, match=r"^Invalid destination"):
            token(ctx, client, destination, **more)
