"""Finding anything by a few letters or a number: clients, contacts, users, services, invoices, orders.

Every condition is the beginning of an indexed column, or an exact value, and ends after a few rows, so that a search costs
the same in any table.
"""

from typing import Any

from sqlalchemy import ColumnElement, literal, select, union_all
from sqlalchemy.orm import Session

from modulehost.accounts.matching import full_name
from modulehost.schema import Client, Contact, Invoice, Order, Service, User, begins, same

#: shorter texts find too much to be of use; numbers may be as short as they are
SHORTEST = 2


def enough(term: str) -> bool:
    """Whether there is something to search for: two characters, or a number."""
    return len(term) >= SHORTEST or whole(term) > 0


def whole(term: str) -> int:
    """The id or number that a text such as `12` or `#12` means; 0 when it is none."""
    digits = term.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else 0


def clients(db: Session, term: str, most: int) -> list[Client]:
    """Clients whose id, mail address, first, last, full or company name a text is or begins."""
    names = (Client.lastname, Client.firstname, Client.companyname, Client.email)
    return _first(db, Client, most, [*_ids(Client, term), *_texts(term, *names), *full_name(term, Client.firstname, Client.lastname)])


def contacts(db: Session, term: str, most: int) -> list[Contact]:
    """Contacts, by what clients are found by; their ids are known to nobody."""
    names = (Contact.lastname, Contact.firstname, Contact.companyname, Contact.email)
    return _first(db, Contact, most, [*_texts(term, *names), *full_name(term, Contact.firstname, Contact.lastname)])


def users(db: Session, term: str, most: int) -> list[User]:
    """Users, by id, mail address and name."""
    names = (User.last_name, User.first_name, User.email)
    return _first(db, User, most, [*_ids(User, term), *_texts(term, *names), *full_name(term, User.first_name, User.last_name)])


def services(db: Session, term: str, most: int) -> list[Service]:
    """Services, by id, domain (with or without http:// and www.) and user name."""
    host = term.lower().removeprefix("https://").removeprefix("http://").split("/")[0]
    others = {host, host.removeprefix("www."), f"www.{host}"} - {term.lower(), "", "www."}
    addresses = [condition for one in sorted(others) if len(one) >= SHORTEST for condition in _texts(one, Service.domain)]
    return _first(db, Service, most, [*_ids(Service, term), *_texts(term, Service.domain, Service.username), *addresses])


def invoices(db: Session, term: str, most: int) -> list[Invoice]:
    """Invoices, by id and by the number that clients see."""
    return _first(db, Invoice, most, [*_ids(Invoice, term), *_texts(term, Invoice.invoicenum)])


def orders(db: Session, term: str, most: int) -> list[Order]:
    """Orders, by id and by the number that clients see."""
    numbers = [Order.ordernum == whole(term)] if whole(term) else []
    return _first(db, Order, most, [*_ids(Order, term), *numbers])


def _ids(kind: Any, term: str) -> list[ColumnElement[bool]]:
    return [kind.id == whole(term)] if 0 < whole(term) < 2**31 else []


def _texts(term: str, *columns: Any) -> list[ColumnElement[bool]]:
    """First what is the text, then what begins with it."""
    if len(term) < SHORTEST:
        return []
    return [same(one, term) for one in columns] + [begins(one, term) for one in columns]


def _first(db: Session, kind: Any, most: int, conditions: list[ColumnElement[bool]]) -> list[Any]:
    """At most `most` rows that meet one of the conditions; the earlier the condition, the earlier the row.

    One limited select per condition: each walks an index of its own, which a disjunction would not on every database.
    """
    if not conditions:
        return []
    parts = [
        select(kind.id.label("id"), literal(place).label("place")).where(condition).limit(most).subquery(f"p{place}")
        for place, condition in enumerate(conditions)
    ]
    found = db.execute(union_all(*(select(one.c.id, one.c.place) for one in parts))).all()
    ids = list(dict.fromkeys(row[0] for row in sorted(found, key=lambda row: (row[1], row[0]))))[:most]
    rows = {row.id: row for row in db.scalars(select(kind).where(kind.id.in_(ids)))}
    return [rows[key] for key in ids if key in rows]
