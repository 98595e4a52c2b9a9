"""UsageUpdate and MetricProvider: what is asked of servers, what is kept, what goes wrong and where that is shown."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from modulehost import automation, lifecycle, sdk
from modulehost.billing.catalog import groups, products, usage
from modulehost.journal.reports import Heading
from modulehost.money import default_currency
from modulehost.schema import InvoiceItem, ModuleLog, Product, Server, ServerTenant, TenantStat
from tests.client.shop import words
from tests.contract.bench import Bench, banners, settings_url

PAGE = "/admin/configservers.php"
PROVIDER = """
from modulehost import sdk

MAIL = sdk.Metric("mail", "Mailboxes", sdk.Metric.TYPE_SNAPSHOT, sdk.Accounts("Mailboxes"))
TRAFFIC = sdk.Metric("traffic", "Traffic", sdk.Metric.TYPE_PERIOD_DAY, sdk.GigaBytes())
SENT = sdk.Metric("sent", "Mails sent", sdk.Metric.TYPE_PERIOD_MONTH)

class Provider(sdk.ProviderInterface):
    def __init__(self, params): self.params = params
    def metrics(self): return [MAIL, TRAFFIC, SENT]
    def usage(self): return {"Menon-Foods.example": self.tenantUsage("x"), "other.example": [MAIL.withUsage(sdk.Usage(1))]}
    def tenantUsage(self, tenant):
        heard("tenantUsage", {"tenant": tenant, "host": self.params["serverhostname"]})
        n = int(sdk.store().get("n", "0")) + 1
        sdk.store().set("n", str(n))
        return [MAIL.withUsage(sdk.Usage(n)), TRAFFIC.withUsage(sdk.Usage("1.25")), SENT.withUsage(sdk.Usage(10 * n))]

def acme_MetricProvider(params): return Provider(params)
"""


def server(bench: Bench, **values: object) -> int:
    with bench.ctx.unit() as db:
        row = Server(**{"name": "Node", "type": "acme", "hostname": "node.example", "maxaccounts": 5, **values})
        db.add(row)
        db.flush()
        return row.id


def report(bench: Bench, task: str) -> automation.Report:
    return automation.perform(bench.ctx, task)


def update(bench: Bench, id_: int) -> list[tuple[str, str]]:
    bench.admin.saved(PAGE, action="usage", id=str(id_))
    return banners(bench.admin.get(PAGE).text)


def test_usage_is_updated_once_a_day_per_enabled_server_and_one_failure_stops_no_other(bench: Bench) -> None:
    bench.module(
        "from modulehost import sdk\n"
        "def acme_UsageUpdate(params):\n"
        "    heard('UsageUpdate', params)\n"
        "    if params['serverhostname'] == 'bad.example': raise RuntimeError('no route')\n"
        "    sdk.update_usage(params['serverid'], 'MENON-foods.example', diskusage=250, disklimit=1000, bwusage=3, bwlimit=0)\n"
    )
    server(bench, name="Bad", hostname="bad.example")
    good = server(bench)
    server(bench, name="Off", disabled=1)
    bench.host.clock.set(datetime(2026, 3, 5, 9, 0))
    product = bench.product()
    ours, elsewhere = bench.service("Active", product, server=good), bench.service("Active", product, server=1)
    told = report(bench, "UpdateServerUsage")
    assert told.done == {"servers asked": Heading(1, ["Node"])}
    assert told.skipped["the server did not answer"].lines == [
        "Bad: acme_UsageUpdate raised RuntimeError: no route (modules/servers/acme/acme.py:4)"
    ]
    assert [one.params["serverid"] for one in bench.heard("UsageUpdate")] == [1, good]
    row = bench.row(ours)
    assert (row.diskusage, row.disklimit, row.bwusage, row.bwlimit) == (250, 1000, 3, 0)
    assert row.lastupdate is not None and row.lastupdate.replace(second=0) == datetime(2026, 3, 5, 9, 0)
    assert bench.row(elsewhere).lastupdate is None
    assert "no route" in bench.rows(ModuleLog)[0].response
    shown = bench.shown(ours)
    assert "250 MB / 1000 MB (25%)" in shown and "3 MB / ∞ (0%)" in shown
    assert report(bench, "UpdateServerUsage").done == {}
    bench.host.clock.set(datetime(2026, 3, 6, 9, 0))
    assert report(bench, "UpdateServerUsage").done["servers asked"].lines == ["Node"]


def test_update_usage_on_the_server_list(bench: Bench) -> None:
    bench.module("def acme_UsageUpdate(params):\n    if params['serverid'] == 2: raise RuntimeError('<no>')\n")
    server(bench)
    server(bench, name="Bad")
    assert "Update Usage" in bench.admin.text(PAGE)
    assert update(bench, 1) == [("Usage Updated", "“Node”")]
    assert update(bench, 2)[0] == ("Usage could not be updated", "acme_UsageUpdate raised RuntimeError: <no> (modules/servers/acme/acme.py:2)")


@pytest.mark.parametrize("value", ["-1", "2.5", "True", "'5'", "10**10"])
def test_only_whole_megabytes_are_stored(bench: Bench, value: str) -> None:
    bench.module(f"from modulehost import sdk\ndef acme_UsageUpdate(params): sdk.update_usage(1, 'x.example', diskusage={value})\n")
    server(bench)
    assert "expected whole megabytes from 0 to 2000000000" in update(bench, 1)[0][1]


def test_a_snapshot_keeps_the_latest_value_and_periods_one_row_each(bench: Bench) -> None:
    bench.module(PROVIDER)
    node = server(bench)
    bench.host.clock.set(datetime(2026, 3, 30, 9, 0))
    assert report(bench, "TenantUsageMetrics").done["servers asked"].lines == ["Node"]
    assert update(bench, node) == [("Usage Updated", "“Node”")]  # the same day again
    for moment in (datetime(2026, 3, 31, 9, 0), datetime(2026, 4, 1, 9, 0)):
        bench.host.clock.set(moment)
        assert report(bench, "TenantUsageMetrics").done["servers asked"].lines == ["Node"]
    assert [row.tenant for row in bench.rows(ServerTenant)] == ["Menon-Foods.example", "other.example"]
    kept = [(row.metric, row.type, row.value) for row in bench.rows(TenantStat) if row.tenant_id == 1]
    assert sorted(kept) == [
        ("mail", "snapshot", Decimal(4)),
        ("sent", "month", Decimal(30)),
        ("sent", "month", Decimal(40)),
        *[("traffic", "day", Decimal("1.25"))] * 3,
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("def acme_MetricProvider(params): return 5", "acme_MetricProvider returned an int; expected a ProviderInterface"),
        ("def acme_MetricProvider(params): raise RuntimeError('away')", "acme_MetricProvider raised RuntimeError: away"),
        ("class P(sdk.ProviderInterface): pass\ndef acme_MetricProvider(params): return P()", "P defines no metrics"),
        ("    def usage(self): return [1]", "usage() returned a list"),
        ("    def usage(self): return {'a': [5]}", "usage() for a returned an int among its metrics; expected a Metric"),
        ("    def usage(self): return {'a': [M.withUsage(sdk.Usage('many'))]}", "the usage of m is the text 'many'; expected a number"),
        ("    def usage(self): return {'a': [M.withUsage(sdk.Usage(-1))]}", "expected a number from 0"),
        ("    def usage(self): return {'a': [M.withUsage(7)]}", "the usage of m is an int; expected Usage(value)"),
        ("    def usage(self):\n        while True: pass", "was stopped after"),
    ],
)
def test_a_misbehaving_provider_is_named_and_keeps_nothing(bench: Bench, body: str, text: str) -> None:
    if body.startswith("    "):
        body = (
            "M = sdk.Metric('m')\nclass P(sdk.ProviderInterface):\n    def metrics(self): return [M]\n"
            + body + "\ndef acme_MetricProvider(params): return P()"
        )  # fmt: skip
    bench.module("from modulehost import sdk\n" + body + "\n")
    object.__setattr__(bench.host.config, "page_seconds", 0.5)
    node = server(bench)
    ((title, said),) = update(bench, node)
    assert title == "Usage could not be updated" and text in said
    assert bench.rows(TenantStat) == []
    assert any(text in row.response for row in bench.rows(ModuleLog))


def test_a_metric_is_priced_measured_shown_and_invoiced_once(bench: Bench) -> None:
    bench.module(PROVIDER)
    bench.host.clock.set(datetime(2026, 3, 5, 9, 0))
    node, product = server(bench), bench.product(tax=0)
    service = bench.service("Active", product, server=node, regdate=date(2026, 2, 5), nextduedate=date(2026, 3, 5))
    page = bench.settings(product)
    assert "Mailboxes" in page and "sum of the term's days" in page
    form = {"servertype": "acme", "autosetup": "", "metric[mail][on]": "1", "metric[mail][included]": "1", "metric[mail][scheme]": "simple"}
    wrong = bench.admin.post(settings_url(product), **form, **{"metric[mail][0][price][1]": "much"}).text
    assert "Mailboxes, range 1: the price in" in wrong and 'value="much"' in wrong
    bench.admin.saved(settings_url(product), **form, **{"metric[mail][0][price][1]": "2.50"})
    assert 'value="2.50"' in bench.settings(product)
    bench.press(service, "refreshmetrics")
    assert bench.press(service, "refreshmetrics") == [("Metrics Refreshed", "")]
    assert bench.heard("tenantUsage")[-1].params == {"tenant": "menon-foods.example", "host": "node.example"}
    assert "2 Mailboxes" in bench.tab(service) or ">2<" in bench.tab(service)
    assert "Metrics" in bench.shown(service) and "2.50" in bench.shown(service)
    assert bench.press(service, "invoiceusage")[0][0] == "Usage Invoiced"
    assert bench.press(service, "invoiceusage")[0][0] == "Nothing to invoice"
    (item,) = [row for row in bench.rows(InvoiceItem) if row.type == "Usage"]
    assert (item.relid, item.amount) == (service, Decimal("2.50"))  # 2 less 1 included, at 2.50
    assert "2, 1 included" in item.description


def test_order_forms_and_the_product_page_show_what_use_costs(bench: Bench) -> None:
    bench.module(PROVIDER.replace("sdk.GigaBytes()", "sdk.MegaBytes()"))
    with bench.ctx.unit() as db:
        usd = default_currency(db).id
        group = groups.create(db, {"name": "Clouds"})
        sold = products.create(
            db, {"name": "Cloud", "gid": group.id, "type": "other", "paytype": "recurring", "servertype": "acme",
                 "pricing": {usd: {"monthly": "5.00"}}},
        ).id  # fmt: skip
    lifecycle.usage.metrics(bench.ctx, "acme")
    price = f"[price][{usd}]"
    form = {
        "metric[mail][on]": "1", "metric[mail][included]": "2", "metric[mail][scheme]": "simple", f"metric[mail][0]{price}": "1.50",
        "metric[traffic][on]": "1", "metric[traffic][included]": "1536", "metric[traffic][scheme]": "graduated",
        "metric[traffic][0][floor]": "0", "metric[traffic][0][ceiling]": "10240", f"metric[traffic][0]{price}": "0.02",
        "metric[traffic][1][floor]": "10240", "metric[traffic][1][ceiling]": "", f"metric[traffic][1]{price}": "0.01",
    }  # fmt: skip
    with bench.ctx.unit() as db:
        usage.save(db, db.get_one(Product, sold), [("mail", "Mailboxes"), ("traffic", "Traffic"), ("sent", "Mails sent")], form)
    bench.client.get(f"/cart.php?a=add&pid={sold}")
    service = bench.service("Active", sold)
    for address in ("/cart.php", "/cart.php?a=confproduct&i=0"):
        page = words(bench.client.get(address))
        assert "Mailboxes 2 Mailboxes included $1.50 USD / Mailboxes" in page
        assert "Traffic 1.5 GB included 0 MB – 10 GB: $0.02 USD / Megabyte 10 GB+: $0.01 USD / Megabyte" in page
        assert "Mails sent" not in page
    shown = bench.shown(service)
    assert "Included: 1.5 GB" in shown and "0 MB – 10 GB: $0.02 USD / Megabyte" in shown


def test_bytes_are_shown_in_the_unit_that_people_read() -> None:
    told = [sdk.Bytes().formatted(Decimal(n)) for n in (0, 1023, 1024, 1536, 5 * 1024**3)]
    assert told == ["0 B", "1023 B", "1 KB", "1.5 KB", "5 GB"]
    assert sdk.MegaBytes().formatted(Decimal(2560)) == "2.5 GB"
    assert sdk.GigaBytes().formatted(Decimal("0.25")) == "0.25 GB"
    assert sdk.GigaBytes().formatted(Decimal(1024) ** 4) == "1048576 PB"  # there is no larger one
    assert sdk.Bytes("Traffic", "Octet", "oct").formatted(Decimal(4096)) == "4096 oct"
    assert sdk.Accounts().formatted(Decimal(4096)) == "4096"
