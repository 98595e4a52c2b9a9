"""How long a year of daily automation takes with 100 monthly services, and how that compares to plain SQL writing the same rows.

    python benchmarks/year.py [--days N] [--services N] [--database URL]

Half of the clients have credit for the whole year, so their invoices are paid when they are made; the others never pay, get reminders
and are suspended. The clock stands still between the daily runs. Printed are the seconds, the milliseconds of a day, and the ratio to
the driver's executemany of the very same rows into the same, emptied tables.
"""

import argparse
import datetime
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from modulehost import app, automation, config
from modulehost.billing import gateways
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Product, Service, metadata, move_sequences

START = datetime.datetime(2027, 1, 1, 8)


def fill(host: Host, count: int) -> None:
    """So many clients with one monthly service each, due over the days of a month."""
    first = START.date()
    with Ctx(host).unit() as db:
        gateways.activate(db, gateways.MAIL_IN)
        product = Product(name="Cloud", paytype="recurring", servertype="examplehost")
        db.add(product)
        db.flush()
        ids = range(2, count + 2)
        db.execute(insert(Client), [
            {"id": n, "firstname": f"First{n}", "lastname": "Last", "email": f"c{n}@example.com", "status": "Active", "currency": 1,
             "credit": Decimal(1000) if n % 2 else Decimal(0)} for n in ids])  # fmt: skip
        db.execute(insert(Service), [
            {"userid": n, "packageid": product.id, "domain": f"d{n}.example", "domainstatus": "Active", "qty": 1,
             "billingcycle": "Monthly", "amount": Decimal("9.95"), "regdate": first - datetime.timedelta(days=60 + n % 28),
             "paymentmethod": "mailin", "nextduedate": first + datetime.timedelta(days=n % 28),
             "nextinvoicedate": first + datetime.timedelta(days=n % 28)} for n in ids])  # fmt: skip
    with host.engine.begin() as connection:
        move_sequences(connection, [Client.__tablename__])


def written(host: Host) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """All rows of all tables: what the year has left."""
    found = {}
    with host.engine.connect() as connection:
        for table in metadata.sorted_tables:
            result = connection.exec_driver_sql(f"SELECT * FROM {table.name}")
            rows = [tuple(row) for row in result]
            if rows:
                found[table.name] = (list(result.keys()), rows)
    return found


def plain(host: Host, rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> float:
    """Seconds in which the driver alone writes these rows into emptied tables, a transaction for each table."""
    dialect = host.engine.dialect
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    quote = dialect.identifier_preparer.quote
    with host.engine.connect() as connection:
        for name in rows:
            connection.exec_driver_sql(f"DELETE FROM {name}")
        connection.commit()
        raw: Any = connection.connection.driver_connection
        cursor = raw.cursor()
        began = time.perf_counter()
        for name, (columns, values) in rows.items():
            if dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            names, marks = ", ".join(map(quote, columns)), ", ".join([mark] * len(columns))
            cursor.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", values)
            raw.commit()
        taken = time.perf_counter() - began
        cursor.close()
    return taken


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--database", default="", help="URL of an empty database that may be filled; default: a new SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        changes: dict[str, Any] = {"database_url": options.database} if options.database else {}
        host = app.create_host(config.load(Path(folder) / "root", {"development": False, **changes}, environ={}))
        host.clock.set(START)
        host.clock.freeze()
        fill(host, options.services)
        began = time.perf_counter()
        automation.advance(Ctx(host), datetime.timedelta(days=options.days))
        ours = time.perf_counter() - began
        rows = written(host)
        theirs = plain(host, rows)
        count = sum(len(values) for _, values in rows.values())
        print(f"{options.days} days, {options.services} services: {ours:.1f} s, {ours / options.days * 1000:.0f} ms a day, {count} rows")
        print(f"plain SQL writing the same rows: {theirs:.2f} s; ratio {ours / theirs:.0f}")
        host.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
