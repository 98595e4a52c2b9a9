"""Single sign-on into the client area: tokens for one use within sixty seconds, and where they lead.

Source: the public reference of CreateSsoToken and the public list of destinations.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from modulehost.accounts import signin, users
from modulehost.accounts.errors import Invalid
from modulehost.context import Ctx, ctx_of
from modulehost.schema import Client, Service, SsoToken, User, table
from modulehost.vault import hash_token

LIFE = timedelta(seconds=60)
CUSTOM = "sso:custom_redirect"

#: Destination -> path below the System URL; {service} and {domain} are ids.
DESTINATIONS: dict[str, str] = {
    "clientarea:homepage": "clientarea.php",
    "clientarea:profile": "clientarea.php?action=details",
    "clientarea:billing_info": "account/paymentmethods",
    "clientarea:emails": "clientarea.php?action=emails",
    "clientarea:announcements": "announcements",
    "clientarea:downloads": "download",
    "clientarea:knowledgebase": "knowledgebase",
    "clientarea:network_status": "serverstatus.php",
    "clientarea:services": "clientarea.php?action=services",
    "clientarea:product_details": "clientarea.php?action=productdetails&id={service}",
    "clientarea:domains": "clientarea.php?action=domains",
    "clientarea:domain_details": "clientarea.php?action=domaindetails&id={domain}",
    "clientarea:invoices": "clientarea.php?action=invoices",
    "clientarea:tickets": "supporttickets.php",
    "clientarea:submit_ticket": "submitticket.php",
    "clientarea:shopping_cart": "cart.php",
    "clientarea:shopping_cart_addons": "cart.php?gid=addons",
    "clientarea:shopping_cart_domain_register": "cart.php?a=add&domain=register",
    "clientarea:shopping_cart_domain_transfer": "cart.php?a=add&domain=transfer",
    "clientarea:upgrade": "upgrade.php?type=package&id={service}",
}
_INVALID = "Invalid destination"


def create(
    db: Session,
    user: User,
    client: Client | None,
    destination: str = "",
    *,
    service_id: int = 0,
    domain_id: int = 0,
    path: str = "",
) -> str:
    """Make a token that signs `user` in, acting for `client`, and leads to `destination`; only its hash is kept.

    `path` is the relative path for `sso:custom_redirect`. Raises Invalid.
    """
    target = _target(db, client, destination or "clientarea:homepage", service_id, domain_id, path)
    host = ctx_of(db).host
    token, now = host.entropy.text("0123456789abcdef", 40), host.clock.now()
    db.execute(delete(SsoToken).where(SsoToken.expires_at < now - timedelta(days=1)))
    row = SsoToken(
        token_hash=hash_token(token), user_id=user.id, client_id=client.id if client else 0, destination=target
    )
    row.expires_at = now + LIFE
    db.add(row)
    db.flush()
    return token


def redeem(ctx: Ctx, token: str) -> SsoToken | None:
    """Use a token: whom it signs in and where it leads (`destination` is a path below the System URL).

    None when it is unknown, used or older than sixty seconds, and when the user may no longer act for the client, the client was
    closed or single sign-on was switched off for it meanwhile. Notes the sign-in and fires UserLogin.
    """
    now = ctx.host.clock.now()
    with ctx.unit() as db:
        row = db.scalar(select(SsoToken).where(SsoToken.token_hash == hash_token(token)))
        if row is None or row.used_at is not None or row.expires_at is None or row.expires_at < now:
            return None
        # Two at once: only the one whose update finds it unused goes on.
        unused = update(SsoToken).where(SsoToken.id == row.id, SsoToken.used_at.is_(None)).values(used_at=now)
        if db.execute(unused).rowcount != 1:  # type: ignore[attr-defined]
            return None
        if db.get(User, row.user_id) is None or not _still_allowed(db, row):
            return None
    signin.signed_in(ctx, row.user_id)
    return row


def _still_allowed(db: Session, row: SsoToken) -> bool:
    if not row.client_id:
        return True
    client = db.get(Client, row.client_id)
    allowed = client is not None and client.status != "Closed" and bool(client.allow_sso)
    return allowed and users.may_act_for(db, row.user_id, row.client_id)


def _target(db: Session, client: Client | None, destination: str, service_id: int, domain_id: int, path: str) -> str:
    if destination == CUSTOM:
        if not _is_relative(path):
            raise Invalid([f"{_INVALID}: sso_redirect_path must be a path relative to the System URL"])
        return path.lstrip("/")
    if destination not in DESTINATIONS:
        raise Invalid([_INVALID])
    template = DESTINATIONS[destination]
    owner = client.id if client else 0
    if "{service}" in template:
        service = db.get(Service, service_id) if service_id else None
        if service is None or service.userid != owner:
            raise Invalid([f"{_INVALID}: {destination} needs a service_id of the client"])
    if "{domain}" in template:
        domains = table("tbldomains").c
        if db.scalar(select(domains.id).where(domains.id == domain_id, domains.userid == owner)) is None:
            raise Invalid([f"{_INVALID}: {destination} needs a domain_id of the client"])
    return template.format(service=service_id, domain=domain_id)


def _is_relative(path: str) -> bool:
    # Browsers take a leading // or a backslash for the beginning of another host's address.
    if not path or len(path) > 255 or path.startswith("//") or "\\" in path:
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
