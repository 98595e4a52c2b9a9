"""A virtual server as a product: made once whatever happens, switched, resized, suspended, deleted."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from modulehost import automation, lifecycle
from modulehost.context import Host
from modulehost.schema import Product, Server
from modulehost.vault import Vault
from tests.addons.conftest import save
from tests.modules.cloud import Cloud, cloud_of, send, text
from tests.modules.shop import Shop


@pytest.fixture
def cloud(make_host: Callable[..., Host]) -> Iterator[Cloud]:
    with cloud_of(make_host(page_seconds=20, action_seconds=60)) as made:
        yield made


@pytest.fixture
def shop(cloud: Cloud) -> Shop:
    """A shop that sells KVM-1 in Frankfurt with Debian 12; retail is on."""
    save(cloud.admin, "solusvm2", retail="on")
    return selling(cloud)


def selling(cloud: Cloud) -> Shop:
    there, ctx = urlsplit(cloud.box.url), cloud.ctx
    with ctx.unit() as db:
        server = Server(
            name="Panel", hostname=there.hostname, port=there.port, type="solusvm2", secure="", active=1,
            accesshash=cloud.host.part(Vault).encrypt(cloud.key),
        )  # fmt: skip
        product = Product(type="server", gid=1, name="VPS", servertype="solusvm2", paytype="recurring",
                          configoption1="1", configoption2="1", configoption3="1", configoption4="1")  # fmt: skip
        db.add_all([server, product])
        db.flush()
        made = Shop(cloud.host, ctx, product.id, 0, cloud.box)
    made.client = made.add_client(email="meera@example.com")
    return made


def ordered(shop: Shop, **chosen: Any) -> int:
    service = shop.service("web.example", **chosen)
    with shop.ctx.unit(read=True) as db:
        panel = db.scalars(select(Server.id).where(Server.type == "solusvm2")).one()
    shop.set(service, server=panel)
    return service


def active(shop: Shop, cloud: Cloud, **chosen: Any) -> int:
    service = ordered(shop, **chosen)
    assert shop.run(service, "CreateAccount").state == "pending"
    outcome = shop.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    return service


def test_nothing_happens_while_retail_is_off(cloud: Cloud) -> None:
    shop = selling(cloud)
    service = ordered(shop)
    outcome = shop.run(service, "CreateAccount")
    assert not outcome.ok and outcome.message.startswith("Coming soon") and "Addon Modules" in outcome.message
    assert cloud.api("GET", "servers") == [] and cloud.users() == []
    assert shop.status(service) == "Pending"


def test_the_automation_finishes_what_create_began(cloud: Cloud, shop: Shop) -> None:
    service = ordered(shop, Operating__System="Ubuntu 22.04", Location="2|Mumbai")
    assert shop.run(service, "CreateAccount").state == "pending"
    assert shop.status(service) == "Pending"
    automation.run(shop.ctx)
    assert shop.status(service) == "Active"
    (made,) = cloud.api("GET", "servers")
    assert made["name"].startswith(f"vm-{service}-") and made["fqdns"] == ["web.example"]
    assert (made["plan"]["name"], made["location"]["name"]) == ("KVM-1", "Mumbai")
    assert cloud.box.world.state.servers[str(made["id"])].os_version_id == 4
    assert (made["user"]["email"], made["user"]["billing_user_id"]) == ("meera@example.com", shop.client)
    assert made["user"]["limit_group"]["name"] == "Default"
    assert shop.kept(service, "SolusVM Server") == str(made["id"])
    assert shop.kept(service, "Dedicated IP") == made["ips"][0]["ip"]
    password = shop.kept(service, "Password")
    assert password and password not in shop.module_log()


def test_a_second_service_belongs_to_the_same_user_and_a_foreign_one_is_refused(cloud: Cloud, shop: Shop) -> None:
    active(shop, cloud)
    active(shop, cloud)
    assert [one["user"]["id"] for one in cloud.api("GET", "servers")] == [cloud.users()[0]["id"]] * 2
    other = shop.add_client(email="other@example.com")
    cloud.api("POST", "users", {"email": "Other@example.com", "password": "s3cret Pass", "billing_user_id": 77})
    service = ordered(shop, client=other)
    assert "belongs to another client (77)" in shop.run(service, "CreateAccount").message
    assert len(cloud.api("GET", "servers")) == 2


def test_a_lost_answer_and_a_stop_make_no_second_server(cloud: Cloud, shop: Shop) -> None:
    cloud.fault(kind="drop_after", method="POST", path="/api/v1/servers", remaining=1)
    service = ordered(shop)
    assert shop.run(service, "CreateAccount").state == "pending"
    with shop.ctx.unit() as db:  # as if the process had been killed before it kept the server's id
        lifecycle.properties.save(db, service, {"SolusVM Server": ""})
    assert shop.run(service, "CreateAccount").state == "pending"
    assert shop.run(service, "CreateAccount").ok
    assert len(cloud.api("GET", "servers")) == 1


def test_a_failed_task_is_an_error_and_the_next_create_begins_anew(cloud: Cloud, shop: Shop) -> None:
    cloud.fault(kind="task_failed", remaining=1)
    service = ordered(shop)
    assert shop.run(service, "CreateAccount").state == "pending"
    outcome = shop.run(service, "CreateAccount")
    assert outcome.state == "failed" and "The compute resource reported an error" in outcome.message
    assert shop.run(service, "CreateAccount").state == "pending"
    assert shop.run(service, "CreateAccount").ok
    cloud.at("2026-04-10 12:05:00")
    assert [one["status"] for one in cloud.api("GET", "servers")] == ["started"]


def test_suspend_resume_resize_and_delete(cloud: Cloud, shop: Shop) -> None:
    service = active(shop, cloud)
    for function, status in (("SuspendAccount", "Suspended"), ("UnsuspendAccount", "Active")):
        for _ in range(2):
            assert shop.run(service, function).ok
        assert shop.status(service) == status
        assert cloud.api("GET", "servers")[0]["is_suspended"] is (status == "Suspended")
    shop.settings(configoption1="KVM-2")
    assert shop.run(service, "ChangePackage").ok
    assert cloud.api("GET", "servers")[0]["plan"]["name"] == "KVM-2"
    shop.settings(configoption2="Mumbai")
    assert "cannot move a server" in shop.run(service, "ChangePackage").message
    cloud.fault(kind="task_failed", remaining=1)
    assert "could not delete the server" in shop.run(service, "TerminateAccount").message
    for _ in range(2):
        assert shop.run(service, "TerminateAccount").ok
    assert cloud.api("GET", "servers") == [] and shop.status(service) == "Terminated"


def test_a_slow_task_is_pending_until_it_is_done(cloud: Cloud, shop: Shop) -> None:
    service = active(shop, cloud)
    cloud.box.world.state.switches.task_polls = 3
    assert shop.run(service, "SuspendAccount").state == "pending"
    assert shop.status(service) == "Active"
    cloud.at("2026-04-10 12:10:00")
    automation.run(shop.ctx)
    assert shop.status(service) == "Suspended"


def test_what_has_a_fixed_price_is_not_charged_for_by_use_as_well(cloud: Cloud, shop: Shop) -> None:
    meera = cloud.sign_up(email="uses@example.com")
    shop.client = meera
    active(shop, cloud)
    cloud.at("2026-04-16 00:00:00")
    cloud.server(meera)
    cloud.day("2026-05-01")
    assert [one[2] for one in cloud.invoices(meera)] == ["2.52"]  # 360 hours of 7 tokens: the other server alone


def test_the_customer_sees_and_switches_the_server(cloud: Cloud, shop: Shop) -> None:
    shop.client = cloud.sign_up(email="uses@example.com")
    web, service = cloud.browsers[shop.client], active(shop, cloud)
    page = f"/clientarea.php?action=productdetails&id={service}"
    seen = web.get(page)
    address = shop.kept(service, "Dedicated IP")
    for part in ("Running", address, "KVM-1", "Debian 12", "Frankfurt", "Restart", "Console"):
        assert part in text(seen), part
    assert 'value="start"' not in seen.text
    send(web, page, modop="custom", a="stop")
    stopped = web.get(page)
    assert "Stopped" in text(stopped) and 'value="start"' in stopped.text and 'value="stop"' not in stopped.text
    send(web, page, modop="custom", a="start")
    before = shop.kept(service, "Password")
    send(web, page, modop="custom", a="resetpassword")
    assert shop.kept(service, "Password") not in ("", before)
    assert "サーバーを停止しますか" in web.get(f"{page}&language=japanese").text
    assert "चल रहा है" in web.get(f"{page}&language=hindi").text
    save(cloud.admin, "solusvm2", retail="")
    assert "Coming soon" in text(web.get(f"{page}&language=english"))


def test_the_settings_offer_what_the_panel_has(cloud: Cloud, shop: Shop) -> None:
    page = cloud.admin.get(f"/admin/configproducts.php?action=edit&id={shop.product}&tab=3")
    for choice in ("KVM-2", "Mumbai", "AlmaLinux 9", "Unlimited"):
        assert choice in page.text, choice
    service = active(shop, cloud)
    seen = text(cloud.admin.get(f"/admin/clientsservices.php?userid={shop.client}&id={service}"))
    assert f"vm-{service}-" in seen and "Debian 12" in seen
    with shop.ctx.unit(read=True) as db:
        panel = db.scalars(select(Server.id).where(Server.type == "solusvm2")).one()
    assert lifecycle.server_call(shop.ctx, panel, "TestConnection").value == {"success": True, "error": ""}
    way = lifecycle.signon.of_server(shop.ctx, panel)
    assert way.url.startswith(f"{cloud.box.url}/auth/one-time?token="), way
