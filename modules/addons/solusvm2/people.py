"""Clients who use SolusVM 2: their row here, and their user there."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from modulehost import sdk

from . import connection, events, postpay
from .client import Panel
from .facts import ACTIVE, ANSWER_SECONDS, CLIENT_ROLE, LINK_HOURS, POSTPAY
from .problems import Problem, Refused
from .tables import USERS


def row(client: int) -> Any:
    """The row of a client, None when there is none."""
    with sdk.unit(read=True) as db:
        return db.execute(USERS.select().where(USERS.c.client == client)).first()


def by_link(link: str) -> Any:
    """The row whose mailed link this is, while it is good; else None."""
    if not link:
        return None
    with sdk.unit(read=True) as db:
        found = db.execute(USERS.select().where(USERS.c.link == _hash(link))).first()
    return found if found is not None and found.link_until is not None and found.link_until >= sdk.now() else None


def enrolled(mode: str = "") -> Iterator[Any]:
    """All clients who have a user in SolusVM 2, by id."""
    last = 0
    while True:
        wanted = USERS.select().where(USERS.c.user > 0, USERS.c.client > last)
        wanted = wanted.where(USERS.c.mode == mode) if mode else wanted
        with sdk.unit(read=True) as db:
            page = list(db.execute(wanted.order_by(USERS.c.client).limit(200)))
        if not page:
            return
        yield from page
        last = page[-1].client


def change(client: int, **values: Any) -> None:
    """Change columns of a client's row, which is made if there is none."""
    for _ in range(2):
        with sdk.unit() as db:
            known = db.execute(USERS.select().with_only_columns(USERS.c.id).where(USERS.c.client == client)).first()
            if known is not None:
                db.execute(USERS.update().where(USERS.c.client == client).values(**values))
                return
        try:
            with sdk.unit() as db:
                db.execute(USERS.insert().values(client=client, **values))
            return
        except sdk.Duplicate:
            continue  # made by another request meanwhile: change that one


def details(client: int) -> dict[str, Any]:
    """The client as the host knows it. Raises Refused."""
    answer = sdk.localAPI("GetClientsDetails", {"clientid": client})
    if answer.get("result") != "success":
        raise Refused(f"there is no client {client}")
    found: dict[str, Any] = answer["client"]
    return found


def invite(client: int, email: str, mode: str = POSTPAY) -> None:
    """Mail a new client the link that proves the address."""
    link = sdk.token(40)
    change(client, email=email, mode=mode, link=_hash(link), link_until=sdk.now() + timedelta(hours=LINK_HOURS))
    # The address stands in a merge field of its own, so that nothing of it is read as a template.
    sdk.localAPI("SendEmail", {
        "id": client, "customtype": "general", "customsubject": "Confirm your address for Cloud Hosting",
        "custommessage": "<p>Dear {$client_first_name},</p><p>please confirm your e-mail address and accept the terms to begin:</p>"
                         '<p><a href="{$solusvm2_link}">{$solusvm2_link}</a></p>'
                         "<p>The link is good for {$solusvm2_hours} hours.</p>{$signature}",
        "customvars": {"solusvm2_link": f"{sdk.system_url()}index.php?m=solusvm2&link={link}", "solusvm2_hours": LINK_HOURS},
    })  # fmt: skip


def verified(client: int) -> None:
    """The link was opened."""
    change(client, verified=sdk.now(), link="", link_until=None)


def enrol(client: int, mode: str = POSTPAY) -> int:
    """Make the client's user in SolusVM 2, or take the one that is there; returns its id.

    A user of this address that belongs to another client is refused, and nobody is made while the chosen limit group is missing,
    because a user without one has no limits. Raises Problem.
    """
    with sdk.lock(f"client-{client}"):
        mine = row(client)
        if mine is not None and mine.user:
            return int(mine.user)
        settings, known = postpay.current(), details(client)
        email = str(known["email"])
        panel = connection.panel()
        if settings.group not in {one.get("id") for one in panel.limit_groups()}:
            raise Refused(
                "the limit group for new users is missing in SolusVM 2; an administrator has to choose another"
            )
        user = _of_address(panel, email, client) or _make(panel, client, email, settings.group)
        change(client, user=user, email=email, mode=mode, enrolled=sdk.now(), problem="")
        events.note(client, "enrolled", "Signed up for SolusVM 2", mark=f"{client}:enrolled:{user}")
        sdk.logActivity(f"SolusVM 2: user {user} belongs to the client now", client)
        return user


def sign_on(client: int) -> str:
    """The address that opens SolusVM 2 as the client's user, once. Raises Problem."""
    mine = row(client)
    if mine is None or not mine.user:
        raise Refused("you have no SolusVM 2 account yet")
    return connection.panel().one_time_address(mine.user)


def current(panel: Panel, mine: Any) -> dict[str, Any]:
    """The user of a row as SolusVM 2 has it now; found anew when the id means somebody else. Raises Problem."""
    user = panel.user(mine.user)
    if user is not None and user.get("billing_user_id") == mine.client:
        return user
    found = panel.find_user(mine.email)
    if found is not None and found.get("billing_user_id") == mine.client:
        change(mine.client, user=int(found["id"]))
        return found
    raise Refused(f"SolusVM 2 has no user {mine.user} that belongs to client {mine.client}; was it deleted there?")


def change_address(client: int, email: str) -> None:
    """The client has another address now: SolusVM 2 is told, unless another user has it. Raises Problem."""
    mine = row(client)
    if mine is None or not mine.user or mine.email.lower() == email.lower():
        return
    panel = connection.panel()
    other = panel.find_user(email)
    if other is not None and other.get("id") != mine.user:
        raise Refused(f"SolusVM 2 has another user with the address {email}")
    panel.change_user(mine.user, email=email)
    change(client, email=email)


def is_free(client: int, email: str, seconds: float = ANSWER_SECONDS) -> bool:
    """Whether the client may take this address: no other user of SolusVM 2 has it. Raises Problem."""
    mine = row(client)
    if mine is None or not mine.user or mine.email.lower() == email.lower():
        return True
    other = connection.panel(seconds).find_user(email)
    return other is None or other.get("id") == mine.user


def _of_address(panel: Panel, email: str, client: int) -> int | None:
    user = panel.find_user(email)
    if user is None:
        return None
    owner = user.get("billing_user_id") or 0
    if owner not in (0, client):
        raise Refused(f"SolusVM 2 has a user {email} who belongs to another client ({owner})")
    if not owner:
        panel.change_user(int(user["id"]), billing_user_id=client)
    return int(user["id"])


def _make(panel: Panel, client: int, email: str, group: int) -> int:
    role = next((one.get("id") for one in panel.roles() if one.get("name") == CLIENT_ROLE), None)
    fields = {"email": email, "password": sdk.password(24), "status": ACTIVE, "billing_user_id": client, "limit_group_id": group,
              **({"roles": [role]} if role is not None else {})}  # fmt: skip
    try:
        return int(panel.create_user(fields)["id"])
    except Problem:
        # It may exist now: no answer came, or it was made in the same moment.
        found = _of_address(panel, email, client)
        if found is None:
            raise
        return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
