"""Merge fields: what a mail template can name.

Every mail to a client has the company's and the client's fields. The fields of an invoice, a service or an order come
from the rooms that know those: they register a function for the template type with `provide`.
Source of the names: the public list of merge fields.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import money, settings
from modulehost.context import Ctx, Host, ctx_of
from modulehost.schema import Client, ClientGroup, CustomField, CustomFieldValue

Provider = Callable[[Session, int], dict[str, Any]]
#: f(ctx, rel_id) -> (file name, content) of what is attached
Files = Callable[[Ctx, int], list[tuple[str, bytes]]]


class MergeFields:
    """Who gives the fields of which template type: `host.part(MergeFields)`."""

    def __init__(self, host: Host) -> None:
        self.by_type: dict[str, Provider] = {}
        self.files: dict[str, Files] = {}


def provide(host: Host, kind: str, function: Provider) -> None:
    """Let `function(db, rel_id)` give the fields of templates of type `kind` (product, invoice, domain, ...)."""
    host.part(MergeFields).by_type[kind] = function


def provide_files(host: Host, kind: str, function: Files) -> None:
    """Let `function(ctx, rel_id)` say what is attached to mails of type `kind`; it is asked with no unit open."""
    host.part(MergeFields).files[kind] = function


def files(ctx: Ctx, kind: str, rel_id: int) -> list[tuple[str, bytes]]:
    """What is attached to a mail of that type about the row `rel_id`."""
    function = ctx.host.part(MergeFields).files.get(kind)
    return function(ctx, rel_id) if function and rel_id else []


def related(db: Session, kind: str, rel_id: int) -> dict[str, Any]:
    """The fields that the owner of `kind` gives for its row `rel_id`; none when nobody does or there is no row."""
    function = ctx_of(db).host.part(MergeFields).by_type.get(kind)
    return function(db, rel_id) if function and rel_id else {}


def company(db: Session) -> dict[str, Any]:
    """Fields of the company and of the moment."""
    host = ctx_of(db).host
    url = settings.system_url(db)
    now = host.clock.now()
    return {
        "company_name": settings.get(db, "CompanyName"),
        "company_domain": settings.get(db, "Domain"),
        "company_logo_url": settings.get(db, "LogoURL"),
        "company_tax_code": settings.get(db, "TaxCode"),
        "whmcs_url": url,
        "date": day(db, now),
        "time": f"{now:%H:%M}",
    }


def client(db: Session, row: Client) -> dict[str, Any]:
    """Fields of a client."""
    group = db.get(ClientGroup, row.groupid) if row.groupid else None
    return {
        "client_id": row.id,
        "client_name": f"{row.firstname} {row.lastname}".strip(),
        "client_first_name": row.firstname,
        "client_last_name": row.lastname,
        "client_company_name": row.companyname,
        "client_email": row.email,
        "client_address1": row.address1,
        "client_address2": row.address2,
        "client_city": row.city,
        "client_state": row.state,
        "client_postcode": row.postcode,
        "client_country": row.country,
        "client_phonenumber": row.phonenumber,
        "client_tax_id": row.tax_id,
        "client_signup_date": day(db, row.datecreated) if row.datecreated else "",
        "client_credit": money.formatted(row.credit, money.currency_of(db, row)),
        "client_group_id": row.groupid,
        "client_group_name": group.groupname if group else "",
        "client_gateway_id": row.gatewayid,
        "client_language": row.language,
        "client_status": row.status,
        "client_custom_fields": _custom(db, row.id),
    }


def day(db: Session, value: Any) -> str:
    """A date as the setting DateFormat writes it."""
    parts = {"DD": f"{value:%d}", "MM": f"{value:%m}", "YYYY": f"{value:%Y}"}
    text = settings.get(db, "DateFormat") or "DD/MM/YYYY"
    for sign, digits in parts.items():
        text = text.replace(sign, digits)
    return text


def _custom(db: Session, client_id: int) -> dict[str, str]:
    found = select(CustomField.id, CustomFieldValue.value).join(
        CustomFieldValue, CustomFieldValue.fieldid == CustomField.id
    )
    # Mails are kept and travel in the open: what is in password fields stays out of them.
    found = found.where(
        CustomField.type == "client", CustomField.fieldtype != "password", CustomFieldValue.relid == client_id
    )
    values = {row.id: row.value for row in db.execute(found)}
    order = db.scalars(
        select(CustomField.id).where(CustomField.type == "client").order_by(CustomField.sortorder, CustomField.id)
    )
    return {str(place): values.get(field, "") for place, field in enumerate(order, 1)}
