"""Sign-up, usage, lock and payment on every database."""

from pathlib import Path

from modulehost import app, config
from modulehost.accounts import admins
from modulehost.context import Ctx
from tests.modules.cloud import cloud_of
from tests.support import databases
from tests.support.hosts import ADMIN


def test_a_customer_on_every_database(database_kind: str, tmp_path: Path) -> None:
    with databases.fresh_database(database_kind, tmp_path, tables=True) as url:
        host = app.create_host(config.load(tmp_path / "root", {"database_url": url, "page_seconds": 20, "action_seconds": 60}, environ={}))
        try:
            with Ctx(host).unit() as db:
                admins.create(db, ADMIN["username"], ADMIN["password"], email="admin@example.com", firstname="Ada", lastname="Admin")
            with cloud_of(host) as cloud:
                meera = cloud.sign_up()
                cloud.at("2026-04-16 00:00:00")
                cloud.server(meera)
                cloud.day("2026-05-01")
                cloud.day("2026-05-01")
                assert cloud.invoices(meera) == [("2026-05-01", "2026-05-15", "2.52", "Unpaid")]
                cloud.day("2026-05-18")
                assert cloud.status(meera) == "locked"
                cloud.pay(cloud.last_invoice(meera))
                assert cloud.status(meera) == "active"
                assert "2026-05-18" in cloud.admin.text(f"/admin/clientssummary.php?userid={meera}")
        finally:
            host.close()
