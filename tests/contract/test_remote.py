"""GetUserCount, GetRemoteMetaData and RenderRemoteMetaData: kept in tblservers_remote, shown in the server list, refreshed."""

import json
from datetime import timedelta

import pytest

from modulehost import automation
from modulehost.schema import Server, ServerRemote
from tests.contract.bench import Bench, banners

PAGE = "/admin/configservers.php"


def server(bench: Bench, **values: object) -> int:
    with bench.ctx.unit() as db:
        row = Server(**{"name": "Node", "type": "acme", "hostname": "node.example", "maxaccounts": 5, **values})
        db.add(row)
        db.flush()
        return row.id


def refresh(bench: Bench, **fields: str) -> list[tuple[str, str]]:
    bench.admin.saved(PAGE, action="refresh", **fields)
    return banners(bench.admin.get(PAGE).text)


def test_counts_and_details_are_kept_and_shown(bench: Bench) -> None:
    bench.module(
        "def acme_GetUserCount(params): return {'success': True, 'totalAccounts': 12, 'ownedAccounts': '8'}\n"
        "def acme_GetRemoteMetaData(params): return {'version': '110.0', 'load': {'one': 0.25}}\n"
        "def acme_RenderRemoteMetaData(params):\n"
        "    heard('Render', params)\n"
        "    return '<b>Version ' + params['remoteData']['metaData']['version'] + '</b>'\n"
    )
    server(bench)
    assert "not asked yet" in bench.admin.text(PAGE)
    assert refresh(bench, id="1") == [("Remote Data Refreshed", "“Node”")]
    page = bench.admin.text(PAGE)
    assert "12 <span" in page and "(8 ours)" in page and "<b>Version 110.0</b>" in page
    (row,) = bench.rows(ServerRemote)
    assert (row.server_id, row.num_accounts) == (1, 12)
    assert json.loads(row.meta_data)["metaData"] == {"version": "110.0", "load": {"one": 0.25}}
    given = bench.heard("Render")[0].params
    assert (given["serverhostname"], given["remoteData"]["numAccounts"]) == ("node.example", 12)
    refresh(bench, id="1")
    assert len(bench.rows(ServerRemote)) == 1
    bench.admin.saved(PAGE, action="delete", id="1", confirmed="1")
    assert bench.rows(ServerRemote) == []


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return None", "acme_GetUserCount returned None; expected a map with success and totalAccounts (modules/servers/acme/acme.py:1)"),
        ("return {'success': False, 'error': 'Wrong <key>'}", "acme_GetUserCount: Wrong <key>"),
        ("return {'success': True, 'totalAccounts': 'many'}", "acme_GetUserCount returned the text 'many' as totalAccounts; expected a whole"),
        ("return {'success': True}", "returned None as totalAccounts"),
        ("raise RuntimeError('no route')", "acme_GetUserCount raised RuntimeError: no route"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_and_the_last_numbers_stay(bench: Bench, statement: str, text: str) -> None:
    bench.module("def acme_GetUserCount(params): return {'success': True, 'totalAccounts': 7}")
    server(bench)
    refresh(bench, id="1")
    bench.module(f"def acme_GetUserCount(params): {statement}")
    ((title, told),) = refresh(bench, id="1")
    assert title == "The server did not answer" and text in told
    page = bench.admin.get(PAGE).text
    assert "<key>" not in page and bench.rows(ServerRemote)[0].num_accounts == 7


def test_refreshing_all_and_by_the_automation_once_a_day(bench: Bench) -> None:
    bench.module("def acme_GetUserCount(params):\n    heard('Count', params)\n    return {'success': True, 'totalAccounts': 3}\n")
    bench.module("def plain_CreateAccount(params): return 'success'\n", "plain")
    for name, values in (("a", {}), ("b", {"disabled": 1}), ("c", {"type": "plain"}), ("d", {"type": "gone"}), ("e", {})):
        server(bench, name=name, **values)
    assert refresh(bench) == [("Remote Data Refreshed", "2 server(s)")]
    assert [one.params["serverid"] for one in bench.heard("Count")] == [1, 5]
    automation.perform(bench.ctx, "ServerUsageCount")
    assert len(bench.heard("Count")) == 2  # asked today already
    bench.host.clock.advance(timedelta(days=1))
    automation.perform(bench.ctx, "ServerUsageCount")
    automation.perform(bench.ctx, "ServerUsageCount")
    assert len(bench.heard("Count")) == 4


def test_without_such_functions_there_is_nothing_to_refresh(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    server(bench)
    page = bench.admin.text(PAGE)
    assert "On the Server" not in page and "Refresh" not in page
    assert refresh(bench)[0][0] == "Nothing to refresh"
    assert refresh(bench, id="1") == [("The server did not answer", "Node: The module acme has neither GetUserCount nor GetRemoteMetaData.")]
