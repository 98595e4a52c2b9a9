"""Server list, sync, renewals and the module queue on each database: their pages' SQL must mean the same on all three."""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import app, config
from modulehost.accounts import admins, clients
from modulehost.billing import invoices, payments
from modulehost.context import Ctx, Host
from modulehost.db import counted
from modulehost.schema import (
    Addon,
    Client,
    Command,
    Email,
    ModuleQueue,
    Order,
    Promotion,
    Server,
    Service,
    ServiceAddon,
    begins,
)
from tests.contract.bench import Bench
from tests.contract.test_list_accounts import account, listed, listing
from tests.support.databases import fresh_database
from tests.support.hosts import ADMIN, CLIENT_DATA

SERVERS = "/admin/configservers.php"
QUEUE = "/admin/modulequeue.php"
RENEW = """
def acme_Renew(params):
    heard("Renew", {"service": params["serviceid"], "addon": params["addonId"]})
    return "success" if params["addonId"] else "vendor is away"
"""


@pytest.fixture
def host(database_kind: str, tmp_path: Path) -> Iterator[Host]:
    with fresh_database(database_kind, tmp_path, tables=True) as url:
        opened = app.create_host(config.load(tmp_path / "host", {"port": 0, "database": url}, environ={}))
        with Ctx(opened).unit() as db:
            admins.create(db, ADMIN["username"], ADMIN["password"], email="admin@example.com")
            clients.create(db, CLIENT_DATA)
        yield opened
        opened.close()


@pytest.fixture
def bench(host: Host) -> Bench:
    return Bench(host)


def test_servers_are_listed_and_synced(bench: Bench) -> None:
    listing(bench, account("same.example"), account("HELD.example", username="held", status="Suspended"), account("new.example"))
    product = bench.product(configoption1="gold")
    for domain in ("same.example", "held.example", "lost.example"):
        bench.service("Active", product, domain=domain, username=domain.partition(".")[0], server=1)
    with bench.ctx.unit() as db:
        db.add_all([Server(name="alpha", type="acme", maxaccounts=5), Server(name="Zulu", type="acme", maxaccounts=1)])
    assert listed(bench) == {"differing": 1, "missing_here": 1, "missing_there": 1, "matched": 1}
    keys = set(re.findall(r"orderby=(\w+)", bench.admin.text(SERVERS)))
    assert len(keys) > 1
    for key in keys:
        for way in ("asc", "desc"):
            assert all(name in bench.admin.text(f"{SERVERS}?orderby={key}&order={way}") for name in ("Node", "alpha", "Zulu")), key
    found = bench.admin.text(f"{SERVERS}?text=ZU&kind=acme")
    assert "Zulu" in found and "alpha" not in found


def test_a_paid_invoice_renews_services_and_addons_and_what_failed_is_listed(bench: Bench) -> None:
    bench.module(RENEW)
    service = bench.service("Active")
    today = bench.host.clock.today()
    with bench.ctx.unit() as db:
        sold = Addon(name="Backup", module="acme", type="other")
        db.add(sold)
        db.flush()
        rows = [ServiceAddon(userid=1, hostingid=service, addonid=sold.id, status=status, billingcycle="Monthly", qty=1, regdate=today)
                for status in ("Active", "Terminated")]  # fmt: skip
        db.add_all(rows)
        db.flush()
        running, ended = (row.id for row in rows)

    def bill(days: int) -> int:
        due = today + datetime.timedelta(days=days)
        with bench.ctx.unit() as db:
            items = [invoices.Item("A month", Decimal("5.00"), "Hosting", service, False, due)]
            items += [invoices.Item("Backup", Decimal("1.00"), "Addon", one, False, due) for one in (running, ended)]
            return invoices.create(db, db.get_one(Client, 1), items, paymentmethod="mailin").id

    payments.pay(bench.ctx, bill(0), "T0", "mailin")
    assert bench.heard("Renew") == []  # the order's own invoice
    invoice = bill(31)
    for _ in range(2):  # the same payment, announced twice
        payments.pay(bench.ctx, invoice, "T1", "mailin")
    assert [one.params for one in bench.heard("Renew")] == [{"service": service, "addon": 0}, {"service": service, "addon": running}]
    (row,) = bench.rows(ModuleQueue)
    assert (row.service_type, row.service_id, row.module_action) == ("service", service, "Renew")
    for values in ({}, {"moduleName": "ACME", "moduleAction": "renew"}, {"serviceType": "service", "relatedId": service}, {"since": today}):
        answer = bench.api("GetModuleQueue", **values)
        assert [(one["serviceId"], one["moduleAction"]) for one in answer["queue"]] == [(service, "Renew")], values
    assert bench.api("GetModuleQueue", moduleAction="CreateAccount")["count"] == 0
    for key in ("id", "module", "action", "lastattempt", "retries"):
        assert "vendor is away" in bench.admin.text(f"{QUEUE}?orderby={key}&order=desc&module=ACME&moduleaction=Renew"), key


#: address -> the rows from first to last, as every database must have them
SORTED = {
    "clients.php?orderby=lastname&order=asc": ["alpha", "Beta", "gamma"], "clients.php?orderby=lastname&order=desc": ["gamma", "Beta", "alpha"],
    "clientshostinglist.php?orderby=domain&order=asc": ["alpha", "Beta", "gamma"],
    "clientshostinglist.php?orderby=nextduedate&order=desc": ["alpha", "Beta", "gamma"],
    "orders.php?orderby=ordernum&order=asc": ["1001", "1002", "1003"], "orders.php?orderby=amount&order=asc": ["1003", "1002", "1001"],
    "modulecalls.php?orderby=function&order=asc": ["Beta", "alpha", "gamma"], "modulecalls.php?orderby=date&order=asc": ["gamma", "Beta", "alpha"],
    "systememaillog.php?orderby=subject&order=asc": ["alpha mail", "Beta mail", "gamma mail"],
    "systememaillog.php?orderby=date&order=asc": ["gamma mail", "Beta mail", "alpha mail"], "systememaillog.php?to=BET": ["Beta mail"],
    "systememaillog.php?since=2026-03-02&until=2026-03-02&subject=be": ["Beta mail"], "systememaillog.php?state=failed": ["gamma mail"],
    "configpromotions.php?show=all&orderby=code&order=asc": ["alpha", "Beta", "gamma"],
    "configpromotions.php?show=all&orderby=uses&order=desc": ["alpha", "Beta", "gamma"],
    "configservers.php?orderby=name&order=asc": ["alpha", "Beta", "gamma"], "configservers.php?orderby=accounts&order=desc": ["Beta", "gamma", "alpha"],
}  # fmt: skip


def test_lists_are_sorted_and_counted_alike(bench: Bench) -> None:
    product = bench.product()
    with bench.ctx.unit() as db:
        db.query(Server).delete()
        for name in ("Beta", "gamma", "alpha"):
            rank = {"alpha": 3, "Beta": 2, "gamma": 1}[name]
            day = datetime.datetime(2026, 3, {"gamma": 1, "Beta": 2, "alpha": 3}[name], 12)
            client = Client(firstname="F", lastname=name, email=f"{name}@clients.example", status="Active")
            server = Server(name=name, type="acme")
            db.add_all([client, server])
            db.flush()
            db.add_all([
                Service(userid=client.id, packageid=product, domain=f"{name}.example", domainstatus="Active", server=server.id if name == "Beta" else 0,
                        nextduedate=day.date()),
                Order(userid=client.id, ordernum=1004 - rank, amount=rank * 10, date=day, status="Active"),
                Command(module="acme", function=name, state="success", started_at=day),
                Email(to=f"{name}@clients.example", subject=f"{name} mail", message="x", date=day, failed=int(name == "gamma")),
                Promotion(code=name, type="Free Setup", uses=rank * 2),
            ])  # fmt: skip
    for address, expected in SORTED.items():
        page = bench.admin.text("/admin/" + address)
        rows = page[page.index("<tbody") : page.rindex("</tbody>")]
        words = r"\b(100\d)\b" if "orders" in address else r"(?:\b|acme_)(alpha|Beta|gamma)\b"
        assert list(dict.fromkeys(re.findall(words, rows))) == [one.split()[0] for one in expected], address
    with bench.ctx.unit(read=True) as db:
        names = select(Client).where(Client.lastname.in_(["Beta", "gamma", "alpha"]))
        assert [counted(db, names, most) for most in (0, 1, 2, 3, 9)] == [3, 2, 3, 3, 3]
        both = select(Client, Service.domain).join(Service, Service.userid == Client.id).where(begins(Service.domain, "BE")).order_by(Client.lastname)
        assert counted(db, both, 10) == counted(db, both) == 1
        assert counted(db, select(Client.lastname).distinct().where(Client.firstname == "F")) == 3
        assert counted(db, select(Client).where(Client.id < 0), 5) == 0
