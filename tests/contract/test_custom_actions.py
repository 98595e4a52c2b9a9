"""CustomActions: which are offered where, who may run them, and what they answer."""

import html
import re
from collections.abc import Callable

import pytest

from modulehost import sdk
from modulehost.accounts import clients, users
from modulehost.context import Host
from modulehost.lifecycle import history
from modulehost.schema import ActivityLog, ModuleLog, UserClient
from modulehost.settings import put
from tests.client.shop import post, sign_in, words
from tests.contract.bench import Bench
from tests.support.hosts import CLIENT_DATA

CODE = """
from modulehost import sdk

def acme_CustomActions(params):
    collection = sdk.CustomActionCollection()
    collection.add(sdk.CustomAction.factory("mail", "Web <Mail>", go, [params, "mail"], ["productsso"]))
    collection.add(sdk.CustomAction.factory("stats", "Statistics", go, {"params": params, "part": "stats"}, allowSamePage=True))
    return collection.add(sdk.CustomAction.factory("soon", "Backups", go, [params, "soon"], [], False))

def go(params, part):
    heard(part, params["serviceid"])
    return {"success": True, "redirectTo": f"https://panel.example/{params['username']}/{part}"}
"""


@pytest.fixture
def serving(make_host: Callable[..., Host]) -> Bench:
    """A host in production: it goes where the module says without a word."""
    return Bench(make_host(development=False))


def buttons(page: str) -> list[tuple[str, str, str, str, bool]]:
    """(identifier, serviceid, active, label, disabled) of the buttons of a page, in their order."""
    pattern = r'<button[^>]*data-identifier="([^"]*)" data-serviceid="(\d+)" data-active="(\d)"( disabled)?><span>(.*?)</span>'
    found = [(html.unescape(i), s, a, html.unescape(label), bool(off)) for i, s, a, off, label in re.findall(pattern, page)]
    return list(dict.fromkeys(found))  # the sidebar stands twice in a page: beside it, and below it on small screens


def test_sidebar_and_home_panel_offer_them(serving: Bench) -> None:
    serving.module(CODE)
    service = serving.service("Active", username="menon")
    idle = serving.service("Suspended", serving.product())
    offered = [
        ("mail", str(service), "1", "Web <Mail>", False),
        ("stats", str(service), "1", "Statistics", False),
        ("soon", str(service), "0", "Backups", True),
    ]
    page = serving.details(service).text
    assert buttons(page) == offered
    forms = re.findall(r'<form method="post"[^>]*class="custom-action"([^>]*)>.*?data-identifier="(\w+)"', page, re.DOTALL)
    assert {identifier: 'target="_blank"' in more for more, identifier in forms} == {"mail": True, "stats": False, "soon": True}
    home = serving.client.get("/clientarea.php").text
    assert buttons(home) == offered
    assert buttons(serving.details(idle).text) == []


def test_a_click_goes_where_the_module_says(serving: Bench) -> None:
    serving.module(CODE)
    service = serving.service("Active", username="menon")
    for identifier in ("mail", "stats"):
        answer = serving.send(service, customaction=identifier)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"https://panel.example/menon/{identifier}")
    assert [(one.function, one.params) for one in serving.heard()] == [("mail", service), ("stats", service)]


def test_an_address_alone_asks_first(serving: Bench) -> None:
    serving.module(CODE)
    service = serving.service("Active", username="menon")
    page = serving.details(service, "&customaction=mail")
    assert 'name="customaction" value="mail"' in page.text and "Web <Mail> Continue" in words(page)
    serving.client.post(f"/clientarea.php?action=productdetails&id={service}", data={"customaction": "mail"})  # no token
    assert serving.heard() == []


def test_what_is_not_offered_does_not_run(serving: Bench) -> None:
    serving.module(CODE)
    service = serving.service("Active", username="menon")
    for identifier in ("soon", "absent", "", "MAIL", "go"):
        answer = serving.send(service, customaction=identifier)
        assert answer.status_code == 200 and "You may not see this page" in words(answer), identifier
    for status in ("Pending", "Suspended", "Terminated"):
        assert "Location" not in serving.send(serving.service(status), customaction="stats").headers
    with serving.ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"}).id
    foreign = serving.service("Active", userid=other)
    assert serving.send(foreign, customaction="stats").status_code == 404
    assert serving.heard() == []


def test_permissions_are_those_of_the_signed_in_user(serving: Bench) -> None:
    serving.module(CODE)
    service = serving.service("Active", username="menon")
    with serving.ctx.unit() as db:
        user = users.create(db, {**CLIENT_DATA, "email": "helper@example.com"})
        users.link(db, user.id, 1, permissions="products")
    browser, page = serving.app.test_client(), f"/clientarea.php?action=productdetails&id={service}"
    assert sign_in(browser, "helper@example.com").status_code == 303
    for address in (page, "/clientarea.php"):
        assert [one[0] for one in buttons(browser.get(address).text)] == ["stats", "soon"], address
    assert "Location" not in post(browser, page, {"customaction": "mail"}).headers
    assert post(browser, page, {"customaction": "stats"}).headers["Location"].endswith("/stats")
    with serving.ctx.unit() as db:
        db.query(UserClient).filter_by(auth_user_id=user.id).one().permissions = "products,productsso"
    assert [one[0] for one in buttons(browser.get(page).text)] == ["mail", "stats", "soon"]
    assert post(browser, page, {"customaction": "mail"}).headers["Location"].endswith("/mail")


def test_development_shows_the_way_first(bench: Bench) -> None:
    bench.module(CODE)
    service = bench.service("Active", username="menon", password="acc0unt-Secret")
    answer = bench.send(service, customaction="mail")
    assert answer.status_code == 200 and 'href="https://panel.example/menon/mail"' in answer.text
    assert "acme_CustomActions[mail] was called with these params" in words(answer)
    assert "Secret" not in answer.text
    kept = [one.function for one in history.passive(bench.host, service)]
    assert kept[0] == "CustomActions[mail]"
    shown = bench.admin.text(f"/admin/modulecalls.php?call={history.passive(bench.host, service)[0].key}")
    assert "https://panel.example/menon/mail" in shown and "Call Again" not in shown and "Copy as test" not in shown


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return {'success': False, 'errorMsg': 'Mail is <off>'}", "Mail is <off>"),
        ("return {'success': True, 'redirectTo': 'javascript:alert(1)'}", "acme_CustomActions[x] returned redirectTo = the text"),
        ("return 'https://panel.example/'", "acme_CustomActions[x] returned the text 'https://panel.example/'; expected a map with"),
        ("raise RuntimeError('vendor is away')", "acme_CustomActions[x] raised RuntimeError: vendor is away (modules/servers/acme/acme.py:3)"),
    ],
)
def test_what_goes_wrong_is_shown(bench: Bench, body: str, text: str) -> None:
    with bench.ctx.unit() as db:
        put(db, "ModuleLogEnabled", "on")
    bench.module(
        "from modulehost.sdk import CustomAction, CustomActionCollection\n"
        f"def go():\n    {body}\ndef acme_CustomActions(): return CustomActionCollection().add(CustomAction.factory('x', 'X', go))"
    )
    answer = bench.send(bench.service("Active"), customaction="x")
    assert text in words(answer) and "Continue" not in words(answer)
    if "acme_" in text:
        entry = bench.rows(ModuleLog)[-1]
        assert entry.action == "CustomActions[x]" and "acme_CustomActions[x]" in entry.response
        assert "modules/servers/acme/acme.py:" in entry.response


WRONG = [
    ("['x']", "acme_CustomActions returned a list; expected a CustomActionCollection (modules/servers/acme/acme.py:3)"),
    ("C().add('x')", "returned a collection with the text 'x' in it; expected CustomAction.factory(...)"),
    ("C().add(A.factory('x', 'X', print)).add(A.factory('x', 'Y', print))", "returned two actions with the identifier 'x'"),
    ("C().add(A.factory('', 'X', print))", "a custom action's identifier is an empty text; expected a text that is not empty"),
    ("C().add(A.factory('x', 'X', 'go'))", "custom action 'x': callable is the text 'go'; expected a function"),
    ("C().add(A.factory('x', 'X', print, 'p'))", "custom action 'x': params is the text 'p'; expected a list or a map"),
    ("C().add(A.factory('x', 'X', print, [], 'productsso'))", "permissions is the text 'productsso'; expected a list of names"),
]


def test_wrong_collections_leave_the_page_standing(bench: Bench) -> None:
    service = bench.service("Active")
    for returned, text in WRONG:
        bench.module(
            "from modulehost.sdk import CustomAction as A, CustomActionCollection as C\n\n"
            f"def acme_CustomActions(params): return {returned}\ndef acme_ClientArea(params): return '<i>still here</i>'"
        )
        page = bench.details(service)
        assert "<i>still here</i>" in page.text and buttons(page.text) == [], returned
        assert any(text in row.description for row in bench.rows(ActivityLog)), (text, bench.rows(ActivityLog)[-1].description)
    assert "menon-foods.example" in words(bench.client.get("/clientarea.php"))


def test_the_documented_methods() -> None:
    def go(a: int, b: int) -> dict[str, int]:
        return {"sum": a + b}

    by_place = sdk.CustomAction.factory("sum", "Sum", go, [2, 3], ["productsso", "manageproducts"], False)
    assert (by_place.getIdentifier(), by_place.getDisplay(), by_place.isActive()) == ("sum", "Sum", False)
    assert by_place.getPermissions() == ["productsso", "manageproducts"]
    assert by_place.invokeCallable() == {"sum": 5}
    assert sdk.CustomAction.factory("sum", "Sum", go, {"b": 1, "a": 6}).invokeCallable() == {"sum": 7}
    assert [one.getIdentifier() for one in sdk.CustomActionCollection([by_place])] == ["sum"]


def test_the_command_line_and_the_checker_know_them(bench: Bench) -> None:
    folder = bench.module(CODE + "def acme_CustomAction(params): return None\n")
    code, report = bench.call("CustomActions")
    assert code == 0 and report["problems"] == []
    code, output = bench.cli("module", "call", "acme", "CustomActions")
    assert code == 0 and "the contract is kept" in output
    from click.testing import CliRunner

    from modulehost.cli import main

    told = CliRunner().invoke(main, ["check", str(folder)]).output
    assert "acme_CustomAction is not called by the host; did you mean acme_CustomActions?" in told
