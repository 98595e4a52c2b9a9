"""Servers: rows, secrets, default per module, groups, Test Connection, the module's link."""

import re

from modulehost.context import Ctx
from modulehost.schema import Server, ServerGroup, ServerGroupRel, Service, ServiceAddon
from modulehost.vault import Vault

from .conftest import Browser, wrongs

PAGE = "/admin/configservers.php"
FORM = {
    "name": "Node 1", "type": "demo", "hostname": "node1.example", "ipaddress": "192.0.2.1", "username": "root", "password": "pa55-word",
    "maxaccounts": "50", "groups_sent": "1",
}  # fmt: skip


def server(ctx: Ctx, key: int = 1) -> Server:
    with ctx.unit(read=True) as db:
        return db.get_one(Server, key)


def test_add_change_and_delete(admin: Browser, ctx: Ctx, demo: None) -> None:
    page = admin.text(PAGE + "?action=manage&type=demo")
    assert "Demo Cloud" in page and 'data-plain="8080" data-ssl="8443"' in page
    admin.saved(PAGE + "?action=manage", FORM, secure="on", nameserver1="ns1.example", nameserver1ip="192.0.2.9")
    row = server(ctx)
    assert (row.name, row.type, row.hostname, row.secure, row.port, row.maxaccounts) == (
        "Node 1",
        "demo",
        "node1.example",
        "on",
        None,
        50,
    )
    assert (row.nameserver1, row.nameserver1ip, row.active) == (
        "ns1.example",
        "192.0.2.9",
        1,
    )  # the first of a module is its default
    assert row.password != "pa55-word" and ctx.host.part(Vault).decrypt(row.password) == "pa55-word"
    page = admin.text(PAGE + "?action=manage&id=1")
    assert "pa55-word" not in page and 'value="********"' in page
    admin.saved(PAGE + "?action=manage&id=1", {**FORM, "password": "********", "name": "Node One", "port": "2087"})
    row = server(ctx)
    assert (row.name, row.port, row.secure) == ("Node One", 2087, "")
    assert ctx.host.part(Vault).decrypt(row.password) == "pa55-word"
    listed = admin.text(PAGE)
    assert "Node One" in listed and "<a href='https://node1.example/'>Control Panel</a>" in listed
    admin.saved(PAGE, action="delete", id="1", confirmed="1")
    assert "No servers yet" in admin.text(PAGE)


def test_what_is_wrong_is_said(admin: Browser, demo: None) -> None:
    errors = wrongs(
        admin.post(PAGE + "?action=manage", {"name": "", "type": "", "port": "99999", "maxaccounts": "many"})
    )[0]
    for text in (
        "Name is required.",
        "Module is required.",
        "Port must not be above 65535.",
        "must be a whole number, not 'many'.",
    ):
        assert text in errors


def test_a_server_with_services_stays(admin: Browser, ctx: Ctx, demo: None) -> None:
    admin.saved(PAGE + "?action=manage", FORM)
    with ctx.unit() as db:
        db.add(Service(userid=1, packageid=1, server=1, domainstatus="Active"))
    admin.saved(PAGE, action="delete", id="1", confirmed="1")
    page = admin.text(PAGE)
    assert "holds 1 service(s)" in page and "1/50" in page


def test_one_default_per_module_and_disabling(admin: Browser, ctx: Ctx, demo: None) -> None:
    admin.saved(PAGE + "?action=manage", FORM)
    admin.saved(PAGE + "?action=manage", {**FORM, "name": "Node 2"})
    assert (server(ctx, 1).active, server(ctx, 2).active) == (1, 0)
    admin.saved(PAGE, action="makedefault", id="2")
    assert (server(ctx, 1).active, server(ctx, 2).active) == (0, 1)
    admin.saved(PAGE, action="toggle", id="1")
    assert server(ctx, 1).disabled == 1


def test_test_connection_with_and_without_scripts(admin: Browser, demo: None) -> None:
    test = {**FORM, "action": "testconnection"}
    answer = admin.post(PAGE + "?action=manage", {**test, "ajax": "1"})
    assert answer.json == {"success": True, "message": "Connection successful!"}
    answer = admin.post(PAGE + "?action=manage", {**test, "ajax": "1", "password": "wrong"})
    assert answer.json == {"success": False, "message": "401 wrong password"}
    answer = admin.post(PAGE + "?action=manage", {**test, "password": "wrong"})
    assert answer.status_code == 200 and "401 wrong password" in answer.text and 'value="Node 1"' in answer.text
    admin.saved(PAGE + "?action=manage", FORM)
    # The saved password is used while the field shows its mask.
    answer = admin.post(PAGE + "?action=manage&id=1", {**test, "id": "1", "password": "********", "ajax": "1"})
    assert answer.json is not None and answer.json["success"] is True
    admin.saved(PAGE, action="testconnection", id="1")
    assert "Connection successful" in admin.text(PAGE)


def test_test_connection_of_modules_that_cannot(admin: Browser, write_module: object) -> None:
    write_module("mute", "def mute_MetaData():\n    return {'DisplayName': 'Mute'}\n")  # type: ignore[operator]
    write_module("boom", "def boom_TestConnection(params):\n    return params['nonsense']\n")  # type: ignore[operator]
    for module, text in {
        "mute": "has no TestConnection function",
        "boom": "nonsense",
        "gone": "gone",
        "": "Choose the server's module",
    }.items():
        answer = admin.post(PAGE + "?action=manage", {**FORM, "type": module, "action": "testconnection", "ajax": "1"})
        assert answer.json is not None and answer.json["success"] is False and text in answer.json["message"], module


def test_groups(admin: Browser, ctx: Ctx, demo: None) -> None:
    admin.saved(PAGE + "?action=manage", FORM)
    admin.saved(PAGE + "?action=manage", {**FORM, "name": "Node 2"})
    admin.saved(PAGE + "?action=managegroup", {"name": "Europe", "filltype": "2", "servers": ["1", "2"]})
    assert "Node 1, Node 2" in admin.text(PAGE)
    admin.saved(PAGE + "?action=managegroup&id=1", {"name": "Europe", "filltype": "1", "servers": ["2"]})
    admin.saved(PAGE + "?action=manage&id=1", {**FORM, "groups": "1"})
    with ctx.unit(read=True) as db:
        assert sorted(row.serverid for row in db.query(ServerGroupRel)) == [1, 2]
    admin.saved(PAGE, action="deletegroup", id="1", confirmed="1")
    with ctx.unit(read=True) as db:
        assert db.query(ServerGroupRel).count() == 0


def test_single_sign_on_to_the_servers_panel(admin: Browser, write_module: object) -> None:
    write_module(  # type: ignore[operator]
        "demo",
        "def demo_MetaData():\n    return {'DisplayName': 'Demo', 'AdminSingleSignOnLabel': 'Open Panel'}\n"
        "def demo_AdminSingleSignOn(params):\n"
        "    if params['serverhostname'] == 'node1.example':\n"
        "        return {'success': True, 'redirectTo': 'https://node1.example/sso'}\n"
        "    return {'success': False, 'errorMsg': 'no such panel'}\n",
    )
    admin.saved(PAGE + "?action=manage", FORM)
    admin.saved(PAGE + "?action=manage", {**FORM, "name": "Node 2", "hostname": "node2.example"})
    assert "Open Panel" in admin.text(PAGE)
    assert 'href="https://node1.example/sso"' in admin.post(PAGE, action="singlesignon", serverid="1").text
    assert "no such panel" in admin.post(PAGE, action="singlesignon", serverid="2").text


def rows(page: str) -> list[str]:
    """The server names of the list, in order."""
    return re.findall(r'data-label="Server Name"><a href="[^"]*">([^<]*)</a>', page)


def test_the_list_pages_sorts_and_filters_with_counts(admin: Browser, ctx: Ctx, demo: None) -> None:
    with ctx.unit() as db:
        for n in range(1, 31):
            db.add(Server(name=f"Node {n:02}", type="demo", hostname=f"h{31 - n:02}.example", maxaccounts=2, disabled=int(n == 3)))
        db.add(ServerGroup(name="Farm", filltype=1))
        db.flush()
        db.add(ServerGroupRel(groupid=1, serverid=7))
        for server_id, status in ((5, "Active"), (5, "Suspended"), (5, "Terminated"), (9, "Active"), (9, "Pending"), (0, "Active")):
            db.add(Service(userid=1, packageid=1, server=server_id, domainstatus=status))
        db.add(ServiceAddon(hostingid=1, server=9, status="Active"))
    page = admin.text(PAGE)
    assert rows(page) == [f"Node {n:02}" for n in range(1, 26)] and "1–25 of 30" in page
    assert "2/2" in page[page.index("Node 05") : page.index("Node 06")]
    assert "0/2" in page[page.index("Node 07") : page.index("Node 08")]
    assert rows(admin.text(PAGE + "?page=2")) == [f"Node {n}" for n in range(26, 31)]
    assert rows(admin.text(PAGE + "?orderby=accounts&order=desc"))[:3] == ["Node 09", "Node 05", "Node 30"]
    assert rows(admin.text(PAGE + "?orderby=hostname"))[:2] == ["Node 30", "Node 29"]
    assert rows(admin.text(PAGE + "?state=full")) == ["Node 05", "Node 09"]
    assert rows(admin.text(PAGE + "?state=disabled")) == ["Node 03"]
    assert rows(admin.text(PAGE + "?group=1")) == ["Node 07"]
    assert rows(admin.text(PAGE + "?text=H02.EX")) == ["Node 29"]
    assert "No servers found" in admin.text(PAGE + "?kind=other")


def test_a_module_that_requires_no_server_is_not_offered(admin: Browser, demo: None, write_module: object) -> None:
    write_module("cloud", "def cloud_MetaData():\n    return {'DisplayName': 'Pure Cloud', 'RequiresServer': False}\n")  # type: ignore[operator]
    page = admin.text(PAGE + "?action=manage")
    assert "Demo Cloud" in page and "Pure Cloud" not in page


def test_what_a_server_has_besides(admin: Browser, ctx: Ctx, demo: None) -> None:
    more = {f"nameserver{n}": f"ns{n}.example" for n in range(1, 6)} | {f"nameserver{n}ip": f"192.0.2.{n}" for n in range(1, 6)}
    admin.saved(PAGE + "?action=manage", {**FORM, **more}, accesshash="k3y\nof two lines", assignedips="192.0.2.7, 192.0.2.8")
    row = server(ctx)
    assert [getattr(row, f"nameserver{n}") for n in range(1, 6)] == [f"ns{n}.example" for n in range(1, 6)]
    assert (row.nameserver5ip, row.assignedips) == ("192.0.2.5", "192.0.2.7, 192.0.2.8")
    assert "k3y" not in row.accesshash and "k3y" not in admin.text(PAGE + "?action=manage&id=1")
    admin.saved(PAGE + "?action=manage&id=1", {**FORM, **more, "accesshash": "********", "type": "other"})
    row = server(ctx)
    assert row.type == "other" and ctx.host.part(Vault).decrypt(row.accesshash).split() == ["k3y", "of", "two", "lines"]
    assert "other (not found)" in admin.text(PAGE + "?action=manage&id=1")
