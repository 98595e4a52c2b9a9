"""The log of mails: what was queued, sent and failed; and what of a kept mail only its reader was to know."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, select

from modulehost.context import Host
from modulehost.journal import mask
from modulehost.schema import Client, Email, begins
from modulehost.vault import Vault

#: how a mail stands -> what its row says
STATES = {
    "queued": Email.pending.in_((1, 2)),  # equalities, which indices serve
    "sent": (Email.pending == 0) & (Email.failed == 0),
    "failed": Email.failed == 1,
}
#: what the log may be sorted by
ORDERS = {"id": Email.id, "date": Email.date, "to": Email.to, "subject": Email.subject}


def state(mail: Email) -> str:
    """A key of STATES: queued, sent (or kept here, when none are to leave) or failed."""
    return "queued" if mail.pending else "failed" if mail.failed else "sent"


def listing(
    to: str = "", subject: str = "", client_id: int = 0, how: str = "", since: date | None = None, until: date | None = None
) -> Select[Email, Client]:
    """The select of (Email, Client) without an order. `to` and `subject` are beginnings, served by indices; both days are included."""
    query = select(Email, Client).outerjoin(Client, Client.id == Email.userid)
    if to:
        query = query.where(begins(Email.to, to))
    if subject:
        query = query.where(begins(Email.subject, subject))
    if client_id:
        query = query.where(Email.userid == client_id)
    if how in STATES:
        query = query.where(STATES[how])
    if since:
        query = query.where(Email.date >= datetime.combine(since, time()))
    if until:
        query = query.where(Email.date <= datetime.combine(until, time(23, 59, 59)))
    return query


def conceal(host: Host, secrets: Iterable[Any]) -> str:
    """What tblemails.message_data holds of a mail that is kept here whole: the texts in it that were secret, encrypted."""
    found = sorted({str(one) for one in secrets if one})
    return json.dumps({"hidden": host.part(Vault).encrypt(json.dumps(found))}) if found else ""


def hidden(mail: Email) -> str:
    """What `conceal` put away of this mail, still encrypted; empty when nothing in it is secret."""
    return str(_data(mail).get("hidden") or "")


def carried(mail: Email) -> str:
    """tblemails.message_data for a mail with the same text."""
    return json.dumps({"hidden": hidden(mail)}) if hidden(mail) else ""


def masked(host: Host, mail: Email) -> str:
    """The mail's HTML without its secrets (links that sign in, passwords); asterisks stand for them."""
    known = json.loads(host.part(Vault).decrypt(hidden(mail)) or "[]") if hidden(mail) else []
    return mask(mail.message, known)


def fields(mail: Email) -> dict[str, str]:
    """What a mail that waits or failed will be written from: its template and its merge fields; sealed ones are not shown."""
    data = _data(mail)
    if "again" in data:
        return {"again": f"#{data['again']}"}
    if "fields" not in data:
        return {}
    about = {"template": data.get("template"), "language": data.get("language"), "client": data.get("client"), "relid": data.get("relid")}
    found = {name: str(value) for name, value in about.items() if value}
    found |= {f"{{${name}}}": str(value) for name, value in data["fields"].items()}
    return {**found, "sealed": mask("sealed", ["sealed"])} if data.get("sealed") else found


def _data(mail: Email) -> dict[str, Any]:
    try:
        found = json.loads(mail.message_data or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
