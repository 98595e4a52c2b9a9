"""Codes and tokens: making, finding and forgetting them."""

from modulehost.sandbox.kit.state import handle
from modulehost.sandbox.kit.world import World
from modulehost.sandbox.zoho.state import AccessToken, Client, Grant, RefreshToken, State, User

HOUR = 3600
ACCESS_PER_REFRESH = 10
REFRESH_PER_USER = 20


def _secret(world: World[State]) -> str:
    signs = "0123456789abcdef"
    return f"1000.{world.entropy.text(signs, 32)}.{world.entropy.text(signs, 32)}"


def window(refresh_token: str) -> str:
    """The name of the window in which a refresh token's use is counted."""
    return f"token {handle(refresh_token)}"


def add_client(world: World[State], name: str, homepage: str, redirect_uri: str, owner: str, dcs: list[str]) -> Client:
    """A new OAuth client with an id and a secret of the vendor's form."""
    client = Client(
        id="1000." + world.entropy.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 30),
        secret=world.entropy.text("0123456789abcdef", 42),
        name=name,
        homepage=homepage,
        redirect_uris=[redirect_uri],
        dcs=dcs,
        owner=owner,
        created=world.now(),
    )
    world.state.clients[client.id] = client
    return client


def add_code(
    world: World[State], client: Client, user: User, redirect_uri: str, scopes: list[str], refresh: bool
) -> Grant:
    """A code for the user's own data centre, good once and for two minutes."""
    grant = Grant(
        code=_secret(world),
        client_id=client.id,
        redirect_uri=redirect_uri,
        scopes=scopes,
        zuid=user.zuid,
        dc=user.dc,
        refresh=refresh,
        expires=world.now() + world.state.switches.code_seconds,
    )
    world.state.grants[grant.code] = grant
    return grant


def add_refresh(world: World[State], client_id: str, user: User, scopes: list[str]) -> RefreshToken:
    """A refresh token; a user's twenty-first drops the oldest one with its access tokens."""
    state = world.state
    token = RefreshToken(_secret(world), client_id, user.zuid, user.dc, scopes, world.now())
    state.refresh_tokens[token.token] = token
    mine = [one for one in state.refresh_tokens.values() if one.zuid == user.zuid]
    for old in mine[:-REFRESH_PER_USER]:
        revoke(state, old.token)
    return token


def add_access(world: World[State], client_id: str, zuid: str, dc: str, scopes: list[str], refresh: str) -> AccessToken:
    """An access token for an hour; of one refresh token ten live, the oldest gives way without a word."""
    state, at = world.state, world.now()
    for gone in [key for key, one in state.access_tokens.items() if one.expires <= at]:
        del state.access_tokens[gone]
    token = AccessToken(_secret(world), refresh, client_id, zuid, dc, scopes, at, at + HOUR)
    state.access_tokens[token.token] = token
    if refresh:
        live = [one.token for one in state.access_tokens.values() if one.refresh_token == refresh]
        for old in live[:-ACCESS_PER_REFRESH]:
            del state.access_tokens[old]
    return token


def revoke(state: State, token: str) -> bool:
    """Forget a refresh token and the access tokens made from it; False if there is none of that name."""
    if state.refresh_tokens.pop(token, None) is None:
        return False
    for gone in [key for key, one in state.access_tokens.items() if one.refresh_token == token]:
        del state.access_tokens[gone]
    state.windows.pop(window(token), None)
    return True
