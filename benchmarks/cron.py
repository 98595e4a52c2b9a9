"""How fast recurring invoices are made, and how that compares to inserting the same rows with plain SQL on the same database.

    python benchmarks/cron.py [--large N] [--small N] [--database URL]

Three clients share five services, each with a domain; every service is due, every invoice has its lines and its mail, queued. Printed
are invoices per second, the ratio to the driver's executemany of the very same rows (in transactions of the same size), what a
listener of InvoiceCreation costs, the memory of the process, and whether time grows in proportion. The URL (default: a new
SQLite file) is of an empty database that may be filled. The exit status is 1 when the large run takes more than five times as
long as plain SQL.
"""

import argparse
import datetime
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from modulehost import app, config, hooks
from modulehost.billing.recurring import generate
from modulehost.billing.recurring.candidates import CHUNK
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.schema import (
    ActivityLog,
    Client,
    Email,
    Event,
    Invoice,
    InvoiceItem,
    Pricing,
    Product,
    Service,
    TransientData,
    move_sequences,
)

TODAY, DUE = datetime.datetime(2027, 1, 31, 12), datetime.date(2027, 2, 10)
WRITTEN = (Invoice, InvoiceItem, Email)
FILLED = (Client, Product, Pricing, Service, *WRITTEN, Event, ActivityLog, TransientData)


def empty(host: Host) -> None:
    """Take out what `fill` and a run have put in."""
    with host.engine.begin() as connection:
        for model in FILLED:
            truncate = "DELETE FROM" if connection.dialect.name == "sqlite" else "TRUNCATE TABLE"
            connection.exec_driver_sql(f"{truncate} {model.__tablename__}")


def fill(host: Host, count: int) -> None:
    """So many services, all due; client n has one or two of them."""
    empty(host)
    with Ctx(host).unit() as db:
        db.add(Product(name="Mail", paytype="recurring", tax=1))
    for first in range(0, count, 5000):
        numbers = range(first, min(first + 5000, count))
        owners = sorted({_owner(n) for n in numbers} - ({_owner(first - 1)} if first else set()))
        rows: dict[Any, list[dict[str, Any]]] = {
            Client: [{"id": n, "firstname": f"First{n}", "lastname": f"Last{n}", "email": f"c{n}@example.com", "status": "Active",
                      "currency": 1, "country": "DE"} for n in owners],
            Service: [{"userid": _owner(n), "packageid": 1, "domain": f"d{n}.example", "domainstatus": "Active", "qty": 1,
                       "billingcycle": "Monthly", "amount": Decimal("9.95"), "regdate": datetime.date(2026, 1, 10),
                       "nextduedate": DUE, "nextinvoicedate": DUE, "paymentmethod": "mailin"} for n in numbers],
        }  # fmt: skip
        with Ctx(host).unit() as db:
            for kind, values in rows.items():
                db.execute(insert(kind), values)
    with host.engine.begin() as connection:
        move_sequences(connection, [Client.__tablename__])
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("ANALYZE" + ("" if connection.dialect.name == "postgresql" else " TABLE tblhosting, tblclients"))


def _owner(n: int) -> int:
    """Of five services one is the first client's, two each are the second's and the third's."""
    group, place = divmod(n, 5)
    return group * 3 + (0, 1, 1, 2, 2)[place] + 1


def timed(work: Callable[[], Any]) -> float:
    """Seconds that it takes."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ours(host: Host) -> float:
    """Seconds of a run, which must have made everything."""
    report = Report("CreateInvoices")
    taken = timed(lambda: generate(Ctx(host), report))
    with Ctx(host).unit(read=True) as db:
        made, due = db.scalar(select(func.count()).select_from(Invoice)), db.scalar(select(func.count()).select_from(Client))
        items, services = db.scalar(select(func.count()).select_from(InvoiceItem)), db.scalar(select(func.count()).select_from(Service))
    assert made == due and items == services, (made, due, items, services)
    return taken


def plain(host: Host) -> float:
    """Seconds in which the driver alone inserts the rows of the last run, table by table, chunk by chunk."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    columns: dict[str, list[str]] = {}
    with host.engine.connect() as connection:
        for model in WRITTEN:
            found = connection.exec_driver_sql(f"SELECT * FROM {model.__tablename__} ORDER BY id")
            columns[model.__tablename__] = list(found.keys())
            rows[model.__tablename__] = [tuple(row) for row in found]
        for model in WRITTEN:
            truncate = "DELETE FROM" if connection.dialect.name == "sqlite" else "TRUNCATE TABLE"
            connection.exec_driver_sql(f"{truncate} {model.__tablename__}")
        connection.commit()

    def work() -> None:
        mark = "?" if host.engine.dialect.paramstyle == "qmark" else "%s"
        quote = host.engine.dialect.identifier_preparer.quote
        with host.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            cursor = raw.cursor()
            for name, values in rows.items():
                statement = f"INSERT INTO {name} ({', '.join(map(quote, columns[name]))}) VALUES ({', '.join([mark] * len(columns[name]))})"
                for start in range(0, len(values), CHUNK):
                    if host.engine.dialect.name == "sqlite":
                        cursor.execute("BEGIN IMMEDIATE")
                    cursor.executemany(statement, values[start : start + CHUNK])
                    raw.commit()
            cursor.close()

    return timed(work)


def memory() -> float:
    """MB of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=1, help="runs of each size, of which the fastest counts")
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        host = app.create_host(config.load(Path(folder), {"database": given.database} if given.database else {}, environ={}))
        host.clock.freeze()
        host.clock.set(TODAY)
        with Ctx(host).unit(read=True) as db:
            if db.scalar(select(Client.id).limit(1)):
                parser.error("the database has clients; name an empty one")
        ratios: dict[int, tuple[float, float]] = {}
        for count in (given.small, given.large):
            best = [float("inf")] * 3
            for _ in range(given.runs):
                fill(host, count)
                before = memory()
                first = ours(host)
                after = memory()
                alone = plain(host)
                fill(host, count)
                hooks.add(host, "InvoiceCreation", 0, lambda given: None, "benchmark")
                heard = ours(host)
                hooks.remove(host, "benchmark")
                best = [min(pair) for pair in zip(best, (first, alone, heard), strict=True)]
            invoices = _owner(count - 1)
            print(f"{host.engine.dialect.name}: {count:,} services, {invoices:,} invoices")
            print(f"  {invoices / best[0]:>9,.0f} invoices/s, {best[0] / best[1]:.2f} times plain SQL ({invoices / best[1]:,.0f}/s)")
            print(f"  {invoices / best[2]:>9,.0f} invoices/s with a listener, {best[2] / best[1]:.2f} times plain SQL")
            print(f"  memory {before:.0f} MB before, {after:.0f} MB after", flush=True)
            ratios[count] = (best[0] / invoices, best[0] / best[1])
        print(f"one invoice of many takes {ratios[given.large][0] / ratios[given.small][0]:.2f} times as long as one of few")
        empty(host)
        host.close()
    return int(ratios[given.large][1] > 5)


if __name__ == "__main__":
    sys.exit(main())
