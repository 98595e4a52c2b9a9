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
from modulehost.schema import Client, Contact, Email, EmailTemplate, among, insert_rows

_COLUMNS = ("userid", "subject", "to", "cc", "bcc", "attachments", "pending", "message_data", "date", "created_at", "updated_at")


class _Form:
    """A template as many mails need it; `data` lacks only what the mail is about, and for whom."""

    def __init__(self, template: EmailTemplate) -> None:
        self.name, self.kind, self.disabled = template.name, template.type, bool(template.disabled)
        self.copies = [one.strip() for one in template.copyto.split(",") if one.strip()]
        self.blind = template.blind_copy_to
        fixed = {"template": template.name, "language": template.language, "fields": {}, "sealed": ""}
        self.data = json.dumps(fixed).replace("%", "%%")[:-1] + ', "relid": %d, "client": %d}'


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
    clients = {row.id: row for row in db.connection().execute(select(*columns).where(among(Client.id, ids))).all()}
    contacts, payers = _contacts(db, ids, {row.billingcid for row in clients.values()}, default.type)
    known: dict[str, _Form] = {}
    now, rows = ctx_of(db).host.clock.now(), []
    for client_id, rel_id in about:
        client = clients.get(client_id)
        if client is None:
            continue
        form = known.get(client.language)
        if form is None:
            form = known[client.language] = _Form(templates.find(db, template_name, client.language) or default)
        payer = payers.get((client_id, client.billingcid), "") if form.kind == "invoice" else ""
        wanted = wants_mail(client.email_preferences, form.kind)
        addressed = None if form.disabled else addressed_to(client.email, contacts.get(client_id, []), payer, wanted)
        if addressed is None or not addressed[0]:
            continue
        copies = ", ".join(dict.fromkeys([*form.copies, *addressed[1]]))
        data = form.data % (rel_id, client_id)
        rows.append((client_id, form.name, addressed[0], copies, form.blind, "", WAITING, data, now, now, now))
    insert_rows(db, Email, _COLUMNS, rows)
    return len(rows)


def _contacts(
    db: Session, ids: list[int], payer_ids: set[int], kind: str
) -> tuple[dict[int, list[str]], dict[tuple[int, int], str]]:
    """The addresses of contacts who want mails of this type by their client, and of those who may pay by client and id."""
    wants = getattr(Contact, f"{kind}emails", None)
    asked = or_(wants == 1, among(Contact.id, payer_ids)) if wants is not None else among(Contact.id, payer_ids)
    columns = (Contact.id, Contact.userid, Contact.email, *((wants,) if wants is not None else ()))
    found = db.connection().execute(select(*columns).where(among(Contact.userid, ids), asked, Contact.email != "").order_by(Contact.id))
    wanting: dict[int, list[str]] = defaultdict(list)
    payers: dict[tuple[int, int], str] = {}
    for id_, userid, email, *wish in found.all():
        payers[userid, id_] = email
        if wish and wish[0] == 1 and email not in wanting[userid]:
            wanting[userid].append(email)
    return wanting, payers
