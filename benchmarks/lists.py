"""How much longer the admin area's lists take with 100,000 clients than with 1,000: medians and their ratios.

    python benchmarks/lists.py [--large N] [--small N] [--database URL]

Every client has a service, an invoice and an order. A ratio near 1 says that a page does not care how large the table is;
the exit status is 1 when one is above 2. The URL is of an empty database that may be filled, for each size one: `{n}` in it
becomes the number of clients.
"""

import argparse
import datetime
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from modulehost import app, config
from modulehost.accounts import admins, clients
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Email, Invoice, Order, Service, Transaction
from modulehost.testing.hosts import ADMIN, CLIENT_DATA

PAGES = {
    "clients": "/admin/clients.php",
    "clients, by name": "/admin/clients.php?orderby=lastname&order=asc",
    "clients, page 30": "/admin/clients.php?page=30",
    "clients, active": "/admin/clients.php?status=Active",
    "services": "/admin/clientshostinglist.php",
    "services, by due date": "/admin/clientshostinglist.php?orderby=nextduedate&order=desc",
    "services, suspended": "/admin/clientshostinglist.php?status=Suspended",
    "invoices": "/admin/invoices.php",
    "invoices, by total": "/admin/invoices.php?orderby=total&order=desc",
    "invoices, overdue": "/admin/invoices.php?status=Overdue",
    "services, by domain": "/admin/clientshostinglist.php?domain=d7777",
    "services, no such domain": "/admin/clientshostinglist.php?domain=zzz",
    "orders": "/admin/orders.php",
    "orders, of a client": "/admin/orders.php?client=last0777",
    "orders, of nobody": "/admin/orders.php?client=zzz",
    "transactions, by id": "/admin/transactions.php?transid=t777",
    "transactions, no such id": "/admin/transactions.php?transid=zzz",
    "emails": "/admin/systememaillog.php",
    "emails, to one": "/admin/systememaillog.php?to=c777",
    "emails, to nobody": "/admin/systememaillog.php?to=zzz",
    "emails, by subject": "/admin/systememaillog.php?orderby=subject&order=asc",
    "emails, failed": "/admin/systememaillog.php?state=failed",
    "emails, of a day": "/admin/systememaillog.php?since=2026-01-01&until=2026-01-01",
    "search, a name": "/admin/search.php?search=last0500",
    "search, everybody": "/admin/search.php?search=fi",
    "search, a full name": "/admin/search.php?search=First5+Last0",
    "search, a number": "/admin/search.php?search=777",
    "search, nothing": "/admin/search.php?search=zzz",
    "home": "/admin/index.php",
}


def fill(host: Host, count: int) -> None:
    """Clients 2 to `count`, each with an order, a service and an invoice."""
    now, day = datetime.datetime(2026, 1, 1, 12), datetime.date(2026, 1, 1)
    for first in range(2, count + 1, 5000):
        ids = range(first, min(first + 5000, count + 1))
        rows: dict[Any, list[dict[str, Any]]] = {
            Client: [{"id": n, "firstname": f"First{n * 7919 % 1000}", "lastname": f"Last{n * 104729 % 100000:06}", "companyname": "",
                      "email": f"c{n}@example.com", "status": "Active" if n % 5 else "Inactive", "currency": 1,
                      "datecreated": day - datetime.timedelta(days=n % 3000)} for n in ids],
            Order: [{"id": n, "ordernum": 10**6 + n, "userid": n, "date": now, "status": "Pending" if n % 50 == 0 else "Active",
                     "invoiceid": n, "amount": 5} for n in ids],
            Service: [{"id": n, "userid": n, "orderid": n, "packageid": 1, "domain": f"d{n}.example", "amount": 5,
                       "domainstatus": "Suspended" if n % 20 == 0 else "Active",
                       "nextduedate": day + datetime.timedelta(days=n % 400)} for n in ids],
            Invoice: [{"id": n, "userid": n, "total": n % 997, "subtotal": n % 997, "date": day, "duedate": day,
                       "status": "Unpaid" if n % 10 == 0 else "Paid"} for n in ids],
            Transaction: [{"id": n, "userid": n, "transid": f"T{n}", "date": now, "amountin": 5} for n in ids],
            Email: [{"id": n, "userid": n, "to": f"c{n}@example.com", "subject": f"Invoice {n}", "message": "<p>Thank you</p>" * 60,
                     "date": now - datetime.timedelta(hours=count - n), "pending": 0, "failed": int(n % 500 == 0)} for n in ids],
        }  # fmt: skip
        with Ctx(host).unit() as db:
            for kind, values in rows.items():
                db.execute(insert(kind), values)


class Shop:
    """A host with `count` clients and a signed-in administrator's browser."""

    def __init__(self, root: Path, count: int, url: str) -> None:
        settings = {"database": url.replace("{n}", str(count))} if url else {}
        self.host = app.create_host(config.load(root, settings, environ={}))
        with Ctx(self.host).unit() as db:
            admins.create(db, **ADMIN)
            clients.create(db, CLIENT_DATA)
        fill(self.host, count)
        self.browser = app.create_app(self.host).test_client()
        self.browser.get("/admin/login.php")
        with self.browser.session_transaction() as session:
            token = session["token"]
        self.browser.post("/admin/dologin.php", data={"token": token, **ADMIN})

    def ask(self, address: str) -> float:
        """Milliseconds of one page."""
        before = time.perf_counter()
        answer = self.browser.get(address)
        taken = (time.perf_counter() - before) * 1000
        assert answer.status_code == 200, (address, answer.status_code)
        return taken


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    worst = 0.0
    print(f"{'page':24}{given.small:>10,} {given.large:>10,}   ratio")
    with tempfile.TemporaryDirectory() as folder:
        shops = [Shop(Path(folder, str(count)), count, given.database) for count in (given.small, given.large)]
        for name, address in PAGES.items():
            # In turn, so that whatever else this machine does falls on both.
            taken = [[shop.ask(address) for shop in shops] for _ in range(given.runs + 1)][1:]
            small, large = (statistics.median(column) for column in zip(*taken, strict=True))
            print(f"{name:24}{small:>7.1f} ms {large:>7.1f} ms {large / small:>7.2f}")
            worst = max(worst, large / small)
        for shop in shops:
            shop.host.close()
    return int(worst > 2)


if __name__ == "__main__":
    sys.exit(main())
