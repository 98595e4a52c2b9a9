"""Which server an order's services go to: fill types, full servers, several orders at once, and what an administrator decides."""

import threading
from typing import Any

import pytest

from modulehost.context import Ctx, Host
from modulehost.ordering import acceptance
from modulehost.ordering.checkout import OrderRequest, Placed, place
from modulehost.schema import ActivityLog, Product, Server, ServerGroup, ServerGroupRel, Service, ServiceAddon
from modulehost.vault import Vault
from tests.billing.shop import add_client, add_product, created


def furnish(ctx: Ctx, *servers: dict[str, Any], filltype: int = 0, **product: Any) -> tuple[int, int]:
    """Servers 1, 2, ... of the shop module, all in one group if it has a fill type; (client, product)."""
    with ctx.unit() as db:
        client = add_client(db)
        row = add_product(db, servertype="shopmod", prices={"monthly": "5.00"}, **product)
        for place_, values in enumerate(servers, 1):
            db.add(Server(name=f"s{place_}", **{"type": "shopmod", "maxaccounts": 2, **values}))
        db.flush()
        if filltype:
            db.add(ServerGroup(name="Farm", filltype=filltype))
            db.flush()
            db.add_all([ServerGroupRel(groupid=1, serverid=n) for n in range(1, len(servers) + 1)])
            row.servergroup = 1
        return client.id, row.id


def order(ctx: Ctx, client: int, product: int, count: int = 1) -> Placed:
    items = [{"pid": product, "domain": f"site{n}.com"} for n in range(count)]
    return place(ctx, OrderRequest(client, items, "mailin"))


def chosen(ctx: Ctx, client: int, product: int, count: int) -> list[int]:
    """The servers of so many orders, one after the other."""
    found = []
    for _ in range(count):
        placed = order(ctx, client, product)
        with ctx.unit(read=True) as db:
            found.append(db.get_one(Service, placed.service_ids[0]).server)
    return found


def defaults(ctx: Ctx) -> list[int]:
    with ctx.unit(read=True) as db:
        return [row.id for row in db.query(Server).filter(Server.active == 1).order_by(Server.id)]


def said(ctx: Ctx, words: str) -> int:
    with ctx.unit(read=True) as db:
        return sum(words in row.description for row in db.query(ActivityLog))


def test_least_full_is_by_the_share_of_the_maximum(ctx: Ctx) -> None:
    # 0/4 0/2 -> s1; 1/4 0/2 -> s2; 1/4 1/2 -> s1; 2/4 1/2 tie of shares, fewer accounts -> s2; 2/4 2/2 -> s1 twice; full.
    client, product = furnish(ctx, {"maxaccounts": 4}, {"maxaccounts": 2}, filltype=1)
    assert chosen(ctx, client, product, 6) == [1, 2, 1, 2, 1, 1]


def test_filling_the_default_then_the_next_which_becomes_the_default(ctx: Ctx) -> None:
    client, product = furnish(ctx, {}, {"active": 1}, {"maxaccounts": 0}, filltype=2)
    assert chosen(ctx, client, product, 2) == [2, 2]
    assert defaults(ctx) == [2]
    assert chosen(ctx, client, product, 3) == [1, 1, 3]
    assert defaults(ctx) == [3]
    assert chosen(ctx, client, product, 3) == [3, 3, 3]  # no maximum: never full
    assert said(ctx, "“s2” is full; “s1” is the default server now") == 1


def test_a_group_without_the_default_fills_one_server_after_the_other(ctx: Ctx) -> None:
    client, product = furnish(ctx, {}, {}, filltype=2)
    with ctx.unit() as db:
        db.add(Server(name="elsewhere", type="shopmod", active=1))
    assert chosen(ctx, client, product, 4) == [1, 1, 2, 2]
    assert defaults(ctx) == [3]


@pytest.mark.parametrize(("filltype", "beyond"), [(0, [3, 1, 3]), (1, [3, 1, 3]), (2, [1, 3, 3])])
def test_when_all_are_full_the_least_full_takes_it_and_the_log_says_so(ctx: Ctx, filltype: int, beyond: list[int]) -> None:
    client, product = furnish(
        ctx, {"maxaccounts": 1}, {"maxaccounts": 1, "disabled": 1}, {"maxaccounts": 2, "active": 1}, filltype=filltype
    )
    assert sorted(chosen(ctx, client, product, 3)) == [1, 3, 3]
    assert not said(ctx, "are full")
    # 1/1 and 2/2: the default of equally full ones, then the one with the smaller share.
    assert chosen(ctx, client, product, 3) == beyond
    assert said(ctx, "are full; a new service goes to") == 3


def test_disabled_servers_other_modules_and_other_groups_get_nothing(ctx: Ctx) -> None:
    client, product = furnish(ctx, {"disabled": 1}, {"type": "other"}, filltype=1)
    with ctx.unit() as db:
        db.add(Server(name="free", type="shopmod"))
    assert chosen(ctx, client, product, 1) == [0]
    with ctx.unit() as db:
        db.get_one(Product, product).servergroup = 0
    assert chosen(ctx, client, product, 1) == [3]


def test_ended_services_free_their_place_and_addons_take_one(ctx: Ctx) -> None:
    client, product = furnish(ctx, {"maxaccounts": 1, "active": 1}, {"maxaccounts": 1})
    assert chosen(ctx, client, product, 1) == [1]
    with ctx.unit() as db:
        db.get_one(Service, 1).domainstatus = "Terminated"
    assert chosen(ctx, client, product, 1) == [1]
    with ctx.unit() as db:
        db.get_one(Service, 2).domainstatus = "Cancelled"
        db.add(ServiceAddon(hostingid=1, server=1, status="Suspended"))
    assert chosen(ctx, client, product, 1) == [2]


def test_of_two_orders_at_once_one_gets_the_last_place(any_host: Host) -> None:
    ctx = Ctx(any_host)
    client, product = furnish(ctx, {"maxaccounts": 1, "active": 1}, {"maxaccounts": 5})
    others = [client]
    with ctx.unit() as db:
        others.append(add_client(db, email="b@example.com").id)
    together = threading.Barrier(2)

    def buy(one: int) -> None:
        together.wait()
        order(ctx, one, product)

    threads = [threading.Thread(target=buy, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ctx.unit(read=True) as db:
        assert sorted(row.server for row in db.query(Service)) == [1, 2]


def test_a_service_without_a_server_gets_one_when_it_is_set_up(ctx: Ctx) -> None:
    client, product = furnish(ctx, autosetup="on")
    placed = order(ctx, client, product)
    with ctx.unit() as db:
        assert db.get_one(Service, 1).server == 0
        db.add(Server(name="late", type="shopmod", active=1))
    assert acceptance.accept(ctx, placed.order_id) == []
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, 1).server == 1


def test_what_is_decided_for_single_services_goes_before_what_is_said_for_all(ctx: Ctx) -> None:
    client, product = furnish(ctx, {"active": 1}, {}, autosetup="")
    placed = order(ctx, client, product, 2)
    first, second = placed.service_ids
    forced = {first: acceptance.Forced(2, "ada1", "s3cret-word", True)}
    assert acceptance.accept(ctx, placed.order_id, username="everybody", forced=forced) == []
    assert created(ctx.host) == [first]
    with ctx.unit(read=True) as db:
        one, other = db.get_one(Service, first), db.get_one(Service, second)
        assert (one.server, one.username, ctx.host.part(Vault).decrypt(one.password)) == (2, "ada1", "s3cret-word")
        assert (other.server, other.username, other.domainstatus) == (1, "everybody", "Active")


def test_what_an_api_order_left_for_acceptance_is_set_up_then(ctx: Ctx) -> None:
    client, product = furnish(ctx, autosetup="order")
    placed = place(ctx, OrderRequest(client, [{"pid": product, "domain": "a.com"}], "mailin", autosetup=False))
    assert created(ctx.host) == []
    assert acceptance.accept(ctx, placed.order_id) == []
    assert created(ctx.host) == placed.service_ids
