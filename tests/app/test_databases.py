"""The demonstration on each database: an order becomes an organisation, by API, and a second start begins afresh."""

from pathlib import Path

import requests

from modulehost import config
from modulehost.app import demo


def test_the_story_on_each_database(any_database_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        running, ready = demo.start(
            config.load(tmp_path / "root", {"port": 0, "database": any_database_url}, environ={})
        )
        try:

            def api(action: str, ready: dict[str, object] = ready, **values: object) -> dict[str, object]:
                data = {**ready["api"], "action": action, "responsetype": "json", **values}  # type: ignore[dict-item]
                found: dict[str, object] = requests.post(
                    f"{ready['url']}includes/api.php", data=data, timeout=60
                ).json()
                return found

            assert api("ModuleCreate", serviceid=1) == {"result": "success"}
            assert api("UpdateClientProduct", serviceid=1, status="Active")["result"] == "success"
            orders = api("GetOrders")["orders"]["order"]  # type: ignore[index]
            assert [(o["status"], o["amount"]) for o in orders] == [("Active", "18.00")]
            assert (
                api("AddInvoicePayment", invoiceid=1, transid="T1", gateway="mailin", date="2026-01-01 00:00:00")[
                    "result"
                ]
                == "success"
            )
            assert api("GetInvoice", invoiceid=1)["status"] == "Paid"
            assert api("GetClientsDetails", clientid=1)["client"]["email"] == "asha@zylker-textiles.example"  # type: ignore[index]
            order = {"pid[0]": 3, "domain[0]": "a.example", "billingcycle[0]": "monthly"}  # the example module's product
            placed = api("AddOrder", clientid=1, paymentmethod="mailin", **order)
            assert api("ModuleCreate", serviceid=placed["serviceids"]) == {"result": "success"}
            for path in ("", "cart.php", "login", "admin/login.php"):
                assert requests.get(f"{ready['url']}{path}", timeout=30).ok, path
        finally:
            running.stop()
