"""ServiceSingleSignOn and AdminSingleSignOn: who may, where they lead, and what is refused."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from modulehost.accounts import admins, clients, users
from modulehost.context import Host
from modulehost.schema import AdminRole, ModuleLog, Server, User, UserClient, table
from modulehost.settings import put
from tests.admin.conftest import Browser
from tests.client.shop import sign_in, words
from tests.contract.bench import Bench, banners, url
from tests.support.hosts import CLIENT_DATA

SERVERS = "/admin/configservers.php"
META = "def acme_MetaData(): return {'ServiceSingleSignOnLabel': 'Open <Panel>', 'AdminSingleSignOnLabel': 'Open Node'}\n"
#: what the module may not answer, and what is said of it; neither leads anywhere
WRONG = [
    ("None", "returned None; expected a map with success (true or false) and redirectTo or errorMsg"),
    ("'https://panel.example/'", "returned the text 'https://panel.example/'; expected a map"),
    ("{}", "returned a dict; expected a map with success"),
    ("{'redirectTo': 'https://panel.example/'}", "returned a dict; expected a map with success"),
    ("{'success': 'false', 'redirectTo': 'https://panel.example/'}", "returned success = the text 'false'; expected true or false"),
    ("{'success': True}", "returned redirectTo = None; expected the address to go to"),
    ("{'success': True, 'redirectTo': 7}", "returned redirectTo = an int; expected the address to go to"),
    ("{'success': True, 'redirectTo': 'javascript:alert(1)'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': 'JavaScript:alert(1)'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': 'data:text/html,x'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': 'ftp://panel.example/'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': '//panel.example/'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': '/\\\\panel.example'}", "no spaces, line breaks or backslashes"),
    ("{'success': True, 'redirectTo': 'java\\tscript:alert(1)'}", "no spaces, line breaks or backslashes"),
    ("{'success': True, 'redirectTo': 'https://panel.example/\\r\\nSet-Cookie: a=b'}", "no spaces, line breaks or backslashes"),
    ("{'success': True, 'redirectTo': 'https:///path'}", "only addresses with http:// or https://"),
    ("{'success': True, 'redirectTo': 'panel.example'}", "only addresses with http:// or https://"),
    ("{'success': False, 'errorMsg': ['x']}", "returned errorMsg = a list; expected a text"),
]


@pytest.fixture
def serving(make_host: Callable[..., Host]) -> Bench:
    """A host in production: it goes where the module says without a word."""
    return Bench(make_host(development=False))


def node(bench: Bench, **columns: object) -> int:
    """A server of the module acme."""
    with bench.ctx.unit() as db:
        row = Server(**{"name": "Node", "type": "acme", "hostname": "node.example", "password": "", **columns})
        db.add(row)
        db.flush()
        return row.id


def address(service: int) -> str:
    return f"/clientarea.php?action=productdetails&id={service}&dosinglesignon=1"


def test_production_goes_there_at_once(serving: Bench) -> None:
    serving.module(
        META + "def acme_ServiceSingleSignOn(params): return {'success': True, 'redirectTo': 'https://panel.example/?u=' + params['username']}\n"
        "def acme_AdminSingleSignOn(params): return {'success': True, 'redirectTo': 'https://' + params['serverhostname'] + '/'}\n"
    )
    server, service = node(serving), serving.service("Active", username="menon")
    page = serving.details(service).text
    assert f'href="{address(service)}"' in page.replace("&amp;", "&")
    assert "Open &lt;Panel&gt;" in page
    answer = serving.client.get(address(service))
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://panel.example/?u=menon")
    assert serving.admin.saved(url(service), modop="singlesignon") == "https://panel.example/?u=menon"
    assert serving.admin.saved(SERVERS, action="singlesignon", serverid=str(server)) == "https://node.example/"
    # The link by GET carries the session's token; without it, or with another's, nothing is asked.
    link = f"{SERVERS}?action=singlesignon&serverid={server}"
    assert serving.admin.get(f"{link}&token={serving.admin.token}").headers["Location"] == "https://node.example/"
    assert [serving.admin.get(link + more).status_code for more in ("", "&token=", "&token=nonsense")] == [403, 403, 403]


def test_development_shows_request_answer_and_way(bench: Bench) -> None:
    bench.module(
        META + "def acme_ServiceSingleSignOn(params):\n"
        "    print('looked up', params['serverpassword'])\n"
        "    return {'success': True, 'redirectTo': 'https://panel.example/?a=1&b=<2>', 'note': params['serverpassword']}\n"
    )
    server = node(bench)
    with bench.ctx.unit() as db:
        from modulehost.vault import Vault

        db.get_one(Server, server).password = bench.host.part(Vault).encrypt("n0de-Secret")
    service = bench.service("Active", username="menon", server=server, password="acc0unt-Secret")
    for answer in (bench.client.get(address(service)), bench.admin.post(url(service), modop="singlesignon")):
        assert answer.status_code == 200 and "Location" not in answer.headers
        assert 'href="https://panel.example/?a=1&amp;b=&lt;2&gt;"' in answer.text
        text = words(answer)
        assert "Open <Panel>" in text and "Continue" in text
        assert "acme_ServiceSingleSignOn was called with these params" in text and "serverhostname node.example" in text
        assert "username menon" in text and "redirectTo https://panel.example/?a=1&b=<2>" in text
        assert "Secret" not in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_in_development_others_are_sent_on_as_in_production(bench: Bench) -> None:
    bench.module(
        META + "def acme_ServiceSingleSignOn(params):\n"
        "    if params['username'] == 'broken': raise RuntimeError('no route to ' + params['serverusername'])\n"
        "    return {'success': True, 'redirectTo': 'https://panel.example/'}\n"
    )
    server = node(bench)
    with bench.ctx.unit() as db:
        db.get_one(Server, server).username = "root-of-node"
    service = bench.service("Active", username="menon", server=server)
    broken = bench.service("Active", username="broken", server=server)

    def asked(number: int, **more: Any) -> TestResponse:
        return bench.client.get(address(number), environ_overrides={"REMOTE_ADDR": "203.0.113.9"}, **more)

    answer = asked(service)
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://panel.example/")
    assert "root-of-node" not in answer.text
    answer = asked(broken, follow_redirects=True)
    assert "root-of-node" not in answer.text and answer.request.args["action"] == "productdetails"
    # A proxy on this machine brings anybody's requests: the public address says that there is one.
    with bench.ctx.unit() as db:
        put(db, "SystemURL", "https://billing.example/")
    assert bench.client.get(address(service)).status_code == 303
    # The module's author who is signed in as an administrator sees it from anywhere.
    answer = bench.admin.client.post(
        url(service), data={"modop": "singlesignon", "token": bench.admin.token}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert answer.status_code == 200 and "root-of-node" in answer.text


@pytest.mark.parametrize("door", ["client", "service", "server"])
def test_wrong_answers_lead_nowhere_and_say_one_clear_error(make_host: Callable[..., Host], door: str) -> None:
    function = "AdminSingleSignOn" if door == "server" else "ServiceSingleSignOn"
    for development in (True, False):
        bench = Bench(make_host(development=development))
        with bench.ctx.unit() as db:
            put(db, "ModuleLogEnabled", "on")
        server, service = node(bench), bench.service("Active")
        shown = WRONG if development else WRONG[6:9]
        for place, (returned, text) in enumerate(shown):
            name = "acme" if development else f"acme{place}"  # outside of development a module is loaded once
            if not development:
                with bench.ctx.unit() as db:
                    db.get_one(Server, server).type = name
                service = bench.service("Active", bench.product(servertype=name))
            bench.module(f"\ndef {name}_{function}(params): return {returned}", name)
            if door == "client":
                answer = bench.client.get(address(service))
            elif door == "service":
                answer = bench.admin.post(url(service), modop="singlesignon")
            else:
                answer = bench.admin.post(SERVERS, action="singlesignon", serverid=str(server))
            whole = f"(modules/servers/{name}/{name}.py:1)"
            if development:
                assert answer.status_code == 502 and "Continue" not in words(answer)
                assert text in words(answer) and whole in words(answer), words(answer)
            elif door == "client":
                assert answer.headers["Location"] == f"/clientarea.php?action=productdetails&id={service}"
                assert name not in bench.shown(service).partition("cannot be shown")[2][:20]  # our words, not the module's
            else:
                assert answer.status_code == 303 and "panel" not in answer.headers["Location"]
                ((title, said),) = banners(bench.admin.get(answer.headers["Location"]).text)
                assert title == "Sign-on failed" and text in said and whole in said
            entry = bench.rows(ModuleLog)[-1]
            assert (entry.module, entry.action) == (name, function) and text in entry.response


def test_a_refusal_is_the_modules_word(make_host: Callable[..., Host]) -> None:
    bench = Bench(make_host(development=False))
    bench.module(
        "def acme_ServiceSingleSignOn(params): return {'success': False, 'errorMsg': 'Unknown <user>'}\n"
        "def acme_AdminSingleSignOn(params): raise RuntimeError('no route')"
    )
    server, service = node(bench), bench.service("Active")
    answer = bench.client.get(address(service), follow_redirects=True)
    assert "Unknown &lt;user&gt;" in answer.text
    bench.admin.saved(url(service), modop="singlesignon")
    assert ("Sign-on failed", "Unknown <user>") in banners(bench.admin.get(url(service)).text)
    bench.admin.saved(SERVERS, action="singlesignon", serverid=str(server))
    ((_, said),) = banners(bench.admin.get(SERVERS).text)
    assert said == "acme_AdminSingleSignOn raised RuntimeError: no route (modules/servers/acme/acme.py:2)"


def test_a_client_user_needs_productsso(serving: Bench) -> None:
    serving.module(META + "def acme_ServiceSingleSignOn(params):\n    heard('sso')\n    return {'success': True, 'redirectTo': 'https://panel.example/'}\n")
    service = serving.service("Active")
    with serving.ctx.unit() as db:
        user = users.create(db, {**CLIENT_DATA, "email": "helper@example.com"})
        users.link(db, user.id, 1, permissions="profile,products")
    browser = serving.app.test_client()
    assert sign_in(browser, "helper@example.com").status_code == 303
    assert "Open" not in browser.get(address(service).replace("&dosinglesignon=1", "")).text
    refused = browser.get(address(service))
    assert refused.status_code == 403 and "does not have the permission" in words(refused)
    assert serving.heard() == []
    for stored in ("products,productsso", '["products", "productsso"]'):
        with serving.ctx.unit() as db:
            db.query(UserClient).filter_by(auth_user_id=user.id).one().permissions = stored
        assert browser.get(address(service)).headers["Location"] == "https://panel.example/"


def test_a_service_of_others_or_not_active_is_not_asked(serving: Bench) -> None:
    serving.module("def acme_ServiceSingleSignOn(params):\n    heard('sso')\n    return {'success': True, 'redirectTo': 'https://panel.example/'}\n")
    with serving.ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"}).id
    assert serving.client.get(address(serving.service("Active", userid=other))).status_code == 404
    for status in ("Pending", "Suspended", "Terminated"):
        assert "Location" not in serving.client.get(address(serving.service(status))).headers
    assert serving.app.test_client().get(address(serving.service("Active"))).headers["Location"].startswith("/login")
    assert serving.heard() == []


def test_staff_need_their_permission_and_their_role(serving: Bench) -> None:
    serving.module(
        "def acme_ServiceSingleSignOn(params):\n    heard('sso')\n    return {'success': True, 'redirectTo': 'https://panel.example/'}\n"
        "def acme_AdminSingleSignOn(params):\n    heard('sso')\n    return {'success': True, 'redirectTo': 'https://node.example/'}\n"
    )
    server, service = node(serving), serving.service("Active")
    with serving.ctx.unit() as db:
        role = AdminRole(name="Viewer")
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, ["Main Homepage", "View Clients Products/Services", "Configure Servers"])
        admins.create(db, "viewer", "Viewer-pass-1", role_id=role.id, firstname="V", lastname="V", email="v@example.com")
        db.execute(table("tblserversssoperms").insert().values(server_id=server, role_id=1))
    viewer = Browser(serving.app.test_client())
    assert viewer.sign_in("viewer", "Viewer-pass-1").status_code == 303
    assert viewer.post(url(service), modop="singlesignon").status_code == 403  # takes Perform Server Operations
    refused = viewer.post(SERVERS, action="singlesignon", serverid=str(server))
    assert refused.status_code == 403 and "restricted to other roles" in html.unescape(refused.text)
    assert serving.heard() == []
    assert serving.admin.saved(SERVERS, action="singlesignon", serverid=str(server)) == "https://node.example/"
    with serving.ctx.unit() as db:
        db.get_one(Server, server).disabled = 1
    assert serving.admin.post(SERVERS, action="singlesignon", serverid=str(server)).status_code == 400


def test_the_owner_is_found_by_link(bench: Bench) -> None:
    """The account's owner holds every permission without a list."""
    with bench.ctx.unit(read=True) as db:
        owner = db.query(User).one()
        row = db.query(UserClient).filter_by(auth_user_id=owner.id).one()
    assert (row.owner, row.permissions or "") == (1, "")
    bench.module(META + "def acme_ServiceSingleSignOn(params): return {'success': True, 'redirectTo': '/viewinvoice.php?id=1'}\n")
    page = bench.client.get(address(bench.service("Active")))
    assert 'href="/viewinvoice.php?id=1"' in page.text
