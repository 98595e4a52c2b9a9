"""One mail each to many clients, as part of one unit: the rows that `queue` would write, without asking for each client."""

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.context import ctx_of
from modulehost.mail import templates
from modulehost.mail.outbox import WAITING, addressed_to, wants_mail
from modulehost.schema import Client, Contact, Email, EmailTemplate, insert_rows

_COLUMNS = ("userid", "subject", "to", "cc", "bcc", "attachments", "pending", "message_data", "date", "created_at", "updated_at")


def queue_many(db: Session, template_name: str, about: Sequence[tuple[int, int]]) -> int:
    """Queue a mail for each pair of client and what it is about (tblclients.id, the row that the template's type names).

    As `queue`, but nothing is announced: the automation delivers them, or who calls `deliver`. Returns how many there are.
    """
    ids = sorted({client_id for client_id, _ in about})
    if not ids:
        return 0
    default = templates.find(db, template_name)
    if default is None:
        journal.activity(db, f"Mail not sent: there is no email template named {template_name!r}")
        return 0
    columns = (Client.id, Client.email, Client.language, Client.email_preferences, Client.billingcid)
    clients = {row.id: row for row in db.execute(select(*columns).where(Client.id.in_(ids)))}
    contacts, payers = _contacts(db, ids, {row.billingcid for row in clients.values()}, default.type)
    known: dict[str, EmailTemplate] = {}
    now, rows = ctx_of(db).host.clock.now(), []
    for client_id, rel_id in about:
        client = clients.get(client_id)
        if client is None:
            continue
        template = known.get(client.language)
        if template is None:
            template = known[client.language] = templates.find(db, template_name, client.language) or default
        payer = payers.get((client.id, client.billingcid), "") if template.type == "invoice" else ""
        wanted = wants_mail(client.email_preferences, template.type)
        addressed = None if template.disabled else addressed_to(client.email, contacts.get(client.id, []), payer, wanted)
        if addressed is None or not addressed[0]:
            continue
        data = {"template": template.name, "language": template.language, "relid": rel_id, "fields": {}, "sealed": "",
                "client": client_id}  # fmt: skip
        copies = [*(one.strip() for one in template.copyto.split(",") if one.strip()), *addressed[1]]
        rows.append((client_id, template.name, addressed[0], ", ".join(dict.fromkeys(copies)), template.blind_copy_to, "",
                     WAITING, json.dumps(data), now, now, now))  # fmt: skip
    insert_rows(db, Email, _COLUMNS, rows)
    return len(rows)


def _contacts(
    db: Session, ids: list[int], payer_ids: set[int], kind: str
) -> tuple[dict[int, list[str]], dict[tuple[int, int], str]]:
    """The addresses of contacts who want mails of this type by their client, and of those who may pay by client and id."""
    wants = getattr(Contact, f"{kind}emails", None)
    asked = or_(wants == 1, Contact.id.in_(payer_ids)) if wants is not None else Contact.id.in_(payer_ids)
    columns = (Contact.id, Contact.userid, Contact.email, *((wants,) if wants is not None else ()))
    found = db.execute(select(*columns).where(Contact.userid.in_(ids), asked, Contact.email != "").order_by(Contact.id))
    wanting: dict[int, list[str]] = defaultdict(list)
    payers: dict[tuple[int, int], str] = {}
    for id_, userid, email, *wish in found:
        payers[userid, id_] = email
        if wish and wish[0] == 1 and email not in wanting[userid]:
            wanting[userid].append(email)
    return wanting, payers
