"""Intelligent Search: one field finds clients, users, services, invoices and orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import hooks
from modulehost.accounts import admins
from modulehost.billing import invoices
from modulehost.ordering import finding
from modulehost.schema import Client, Contact, Invoice, Order, Product, Service, User
from modulehost.web import frame
from modulehost.web.admin.invoices import invoice_url
from modulehost.web.admin.orders import order_url
from modulehost.web.admin.services import service_url
from modulehost.web.admin.site import SEARCHABLE, blueprint, client_name, page

#: rows of each group below the field, and on the page
FEW, MORE = 5, 25
_LONGEST = 100


@dataclass(frozen=True)
class Hit:
    """One line: where it leads, what it says, and below that in small letters. `html` is a line that a hook wrote itself."""

    title: str
    href: str = ""
    subtitle: str = ""
    icon: str = ""
    status: str = ""
    html: str = ""


@dataclass
class Group:
    """What was found of one kind; `more` leads to its list with the same words."""

    label: str
    hits: list[Hit] = field(default_factory=list)


def _clients(db: Session, term: str, most: int) -> list[Hit]:
    return [
        Hit(client_name(row), f"/admin/clientssummary.php?userid={row.id}", _joined(row.companyname, row.email, f"#{row.id}"),
            "fa-solid fa-user", row.status)
        for row in finding.clients(db, term, most)
    ]  # fmt: skip


def _contacts(db: Session, term: str, most: int) -> list[Hit]:
    rows: list[Contact] = finding.contacts(db, term, most)
    owners = _named(db, {row.userid for row in rows})
    return [
        Hit(f"{row.firstname} {row.lastname}".strip() or row.companyname or row.email,
            f"/admin/clientscontacts.php?userid={row.userid}", _joined(row.email, owners.get(row.userid, "")),
            "fa-solid fa-address-book")
        for row in rows
    ]  # fmt: skip


def _users(db: Session, term: str, most: int) -> list[Hit]:
    rows: list[User] = finding.users(db, term, most)
    return [
        Hit(f"{row.first_name} {row.last_name}".strip() or row.email, f"/admin/users.php?id={row.id}",
            _joined(row.email, f"#{row.id}"), "fa-solid fa-key")
        for row in rows
    ]  # fmt: skip


def _services(db: Session, term: str, most: int) -> list[Hit]:
    rows: list[Service] = finding.services(db, term, most)
    owners = _named(db, {row.userid for row in rows})
    wanted = select(Product.id, Product.name).where(Product.id.in_({row.packageid for row in rows}))
    products = {row.id: row.name for row in db.execute(wanted)}
    return [
        Hit(row.domain or products.get(row.packageid, "") or f"#{row.id}", service_url(row),
            _joined(products.get(row.packageid, ""), row.username, owners.get(row.userid, ""), f"#{row.id}"),
            "fa-solid fa-cube", row.domainstatus)
        for row in rows
    ]  # fmt: skip


def _invoices(db: Session, term: str, most: int) -> list[Hit]:
    rows: list[Invoice] = finding.invoices(db, term, most)
    owners = _named(db, {row.userid for row in rows})
    return [
        Hit(f"Invoice #{invoices.number(row)}", invoice_url(row.id),
            _joined(owners.get(row.userid, ""), f"#{row.id}" if row.invoicenum else ""), "fa-solid fa-file-invoice", row.status)
        for row in rows
    ]  # fmt: skip


def _orders(db: Session, term: str, most: int) -> list[Hit]:
    rows: list[Order] = finding.orders(db, term, most)
    owners = _named(db, {row.userid for row in rows})
    return [
        Hit(f"Order #{row.ordernum}", order_url(row.id), _joined(owners.get(row.userid, ""), f"#{row.id}"),
            "fa-solid fa-cart-shopping", row.status)
        for row in rows
    ]  # fmt: skip


#: permission of the list, what is searched
_KINDS: tuple[tuple[str, str, Callable[[Session, str, int], list[Hit]]], ...] = (
    ("List Clients", "Clients", _clients),
    ("List Clients", "Contacts", _contacts),
    ("Manage Users", "Users", _users),
    ("List Services", "Products/Services", _services),
    ("List Invoices", "Invoices", _invoices),
    ("View Orders", "Orders", _orders),
)


@blueprint.get("/search.php")
@frame.permission(*SEARCHABLE)
def search_page() -> Response:
    """The results as a page, or with `part` only their list, for the field at the top."""
    term = request.args.get("search", "").replace("\0", "").strip()[:_LONGEST]
    part = "part" in request.args
    found = _found(term, FEW if part else MORE) if finding.enough(term) else None
    template = "search_part.html" if part else "search.html"
    return page(template, "Search", groups=found, searched=term, most=MORE, menu_url="/admin/index.php")


def _found(term: str, most: int) -> list[Group]:
    ctx = frame.ctx()
    groups = []
    with ctx.unit(read=True) as db:
        allowed = admins.permissions_of(db, ctx.actor.role_id)
        for permission, label, kind in _KINDS:
            if permission in allowed and (hits := kind(db, term, most)):
                groups.append(Group(label, hits))
    answers = hooks.values(hooks.fire(ctx, "IntelligentSearch", searchTerm=term, numResults=most))
    others = [hit for value in answers for hit in _hits(value)][:most]
    return [*groups, Group("Other", others)] if others else groups


def _hits(value: Any) -> list[Hit]:
    """What one listener returned: a list of arrays, or (as before 7.7) of HTML texts."""
    if isinstance(value, str | Mapping):
        value = [value]
    if not isinstance(value, Sequence):
        return []
    found = []
    for one in value:
        if isinstance(one, Mapping) and one.get("title"):
            texts = {name: str(one.get(name) or "") for name in ("title", "href", "subTitle", "icon")}
            found.append(Hit(texts["title"], texts["href"], texts["subTitle"], _free(texts["icon"] or "fal fa-star")))
        elif isinstance(one, str) and one.strip():
            found.append(Hit("", html=one))
    return found


def _named(db: Session, ids: set[int]) -> dict[int, str]:
    return {row.id: client_name(row) for row in db.scalars(select(Client).where(Client.id.in_(ids)))}


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _free(icon: str) -> str:
    """The classes of an icon; the light style, which the documented default is of, is not in the free set."""
    return " ".join("far" if name in ("fal", "fa-light") else name for name in icon.split())
