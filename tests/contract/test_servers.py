"""TestConnection, AdminLink and LoginLink: what belongs to servers and sign-in."""

import html
import json

import pytest

from tests.contract.bench import Bench

PAGE = "/admin/configservers.php"
FORM = {"name": "Node", "type": "acme", "hostname": "node.example", "username": "root", "password": "pa55-word", "maxaccounts": "5",
        "groups_sent": "1"}  # fmt: skip
RESULTS = [
    ("return {'success': True, 'error': ''}", True, "Connection successful!"),
    ("return {'success': True}", True, "Connection successful!"),
    ("return {'success': False, 'error': 'Wrong <password>'}", False, "Wrong <password>"),
    ("return {'success': False}", False, "The module reported a failure without saying why."),
    ("return {}", False, "acme_TestConnection returned a dict; expected a map with success (true or false) and error"),
    ("return None", False, "acme_TestConnection returned None; expected a map with success (true or false) and error"),
    ("return 'success'", False, "acme_TestConnection returned the text 'success'; expected a map"),
    ("return params['nonsense']", False, "acme_TestConnection raised KeyError: 'nonsense'"),
    ("raise RuntimeError('no route for pa55-word')", False, "acme_TestConnection raised RuntimeError: no route"),
]


def test_connection_in_page_and_answer(bench: Bench) -> None:
    for statement, ok, text in RESULTS:
        bench.module(f"def acme_TestConnection(params): {statement}")
        check(bench, statement, ok, text)


def check(bench: Bench, statement: str, ok: bool, text: str) -> None:
    form = {**FORM, "action": "testconnection"}
    answer = json.loads(bench.admin.post(PAGE + "?action=manage", {**form, "ajax": "1"}).text)
    assert (answer["success"], answer["message"].startswith(text)) == (ok, True), answer
    page = bench.admin.post(PAGE + "?action=manage", form)
    assert ("Connection successful" if ok else text) in html.unescape(page.text)
    assert "<password>" not in page.text
    if "raise" in statement or "returned" in text:
        assert "(modules/servers/acme/acme.py:1)" in answer["message"]
    assert bench.admin.text(PAGE)  # the host goes on


def test_a_module_without_it(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'")
    answer = json.loads(bench.admin.post(PAGE + "?action=manage", {**FORM, "action": "testconnection", "ajax": "1"}).text)
    assert answer == {"success": False, "message": "The module acme has no TestConnection function."}


def test_by_command_line(bench: Bench) -> None:
    bench.module("def acme_TestConnection(params): return {'success': params['serverhostname'] == 'node.example', 'error': 'other'}")
    bench.admin.saved(PAGE + "?action=manage", FORM)
    assert bench.call("TestConnection", "--server", "1")[0] == 0
    code, report = bench.call("TestConnection")
    assert (code, report["message"]) == (1, "other")


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return '<a href=\"https://' + params['serverhostname'] + '\">Panel</a>'", '<a href="https://node.example">Panel</a>'),
        ("raise RuntimeError('no panel')", "Node: acme_AdminLink raised RuntimeError: no panel (modules/servers/acme/acme.py:1)"),
        ("return ['x']", "Node: acme_AdminLink returned a list; expected HTML text (modules/servers/acme/acme.py:1)"),
        ("return None", "node.example"),
        ("return ''", "node.example"),
        ("return '<form action=\"https://node.example/login\" method=\"post\"><input type=\"submit\" value=\"Panel\"></form>'",
         '<form action="https://node.example/login" method="post"><input type="submit" value="Panel"></form>'),
    ],
)  # fmt: skip
def test_admin_link_in_the_list_of_servers(bench: Bench, statement: str, text: str) -> None:
    bench.module(f"def acme_AdminLink(params): {statement}")
    bench.admin.saved(PAGE + "?action=manage", FORM)
    page = bench.admin.text(PAGE)
    assert text in page
    assert "None" not in page.split("node.example", 1)[1].split("</tr>")[0]


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return '<a href=\"https://panel.example/?u=' + params['username'] + '\">Sign in</a>'", '<a href="https://panel.example/?u=menon">Sign in</a>'),
        ("raise RuntimeError('no panel')", "acme_LoginLink raised RuntimeError: no panel (modules/servers/acme/acme.py:1)"),
        ("return {'a': 1}", "acme_LoginLink returned a dict; expected HTML text (modules/servers/acme/acme.py:1)"),
        ("return None", "menon-foods.example"),
        ("return '<FORM action=x><input></FORM>'", "acme_LoginLink returned a form; it stands inside the form of the service's page, so only links work"),
    ],
)  # fmt: skip
def test_login_link_on_the_service(bench: Bench, statement: str, text: str) -> None:
    bench.module(f"def acme_LoginLink(params): {statement}")
    page = bench.tab(bench.service("Active", username="menon"))
    assert text in page
    assert ("The module failed while this page was built" in page) is ("acme_LoginLink" in text)
