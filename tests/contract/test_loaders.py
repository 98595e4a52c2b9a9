"""ConfigOptions that a server fills (Loader), Simple and Advanced Mode, and fields of several choices."""

import re

import pytest

from modulehost.schema import Product, Server, ServerGroup, ServerGroupRel
from modulehost.vault import Vault
from tests.contract.bench import Bench, settings_url

FIELDS = """
def acme_ConfigOptions(params):
    return {
        "Package": {"Type": "text", "Size": "25", "Loader": "acme_LoadPackages", "SimpleMode": True},
        "Region": {"Type": "dropdown", "Options": "eu,us", "Default": "us", "SimpleMode": "true"},
        "Quota": {"Type": "text", "Default": "1024"},
        "Shell": {"Type": "yesno", "Default": "on"},
        "Key": {"Type": "password"},
    }
"""
WORKS = """
def acme_LoadPackages(params):
    heard("Loader", params)
    return {"gold": "Gold <1>", "silver": "Silver"}
"""


def server(bench: Bench, group: str = "", **values: object) -> int:
    with bench.ctx.unit() as db:
        row = Server(**{"name": "Node", "type": "acme", "hostname": "node.example", **values})
        db.add(row)
        db.flush()
        if group:
            made = ServerGroup(name=group, filltype=1)
            db.add(made)
            db.flush()
            db.add(ServerGroupRel(groupid=made.id, serverid=row.id))
        return row.id


def save(bench: Bench, product: int, values: dict[int, object], mode: str = "") -> None:
    fields = {f"packageconfigoption[{n}]": value for n, value in values.items()}
    bench.admin.saved(settings_url(product), {"servertype": "acme", "autosetup": "", "mode": mode, **fields})


def stored(bench: Bench, product: int) -> list[str]:
    with bench.ctx.unit(read=True) as db:
        row = db.get_one(Product, product)
        return [getattr(row, f"configoption{n}") for n in range(1, 5)]


def options(page: str, position: int) -> list[tuple[str, str, str]]:
    part = page[page.index(f'name="packageconfigoption[{position}]"') :]
    found = re.findall(r'<option value="([^"]*)"( selected)?>(.*?)</option>', part[: part.index("</select>")])
    return [(value, "*" if chosen else "", shown) for value, chosen, shown in found]


def test_simple_mode_shows_its_fields_only_and_keeps_the_others(bench: Bench) -> None:
    bench.module(FIELDS + WORKS)
    server(bench)
    product = bench.product(configoption3="4096", configoption5="kept")
    page = bench.settings(product)
    assert re.findall(r'name="packageconfigoption\[(\d)\]', page) == ["1", "2"] and "Switch to Advanced Mode" in page
    save(bench, product, {1: "silver", 2: "eu"}, "simple")
    assert stored(bench, product) == ["silver", "eu", "4096", ""]
    page = bench.admin.text(settings_url(product) + "&mode=advanced")
    assert re.findall(r'name="packageconfigoption\[(\d)\]', page) == ["1", "2", "3", "4", "5"] and "Switch to Simple Mode" in page
    assert re.search(r'<input type="text" name="packageconfigoption\[1\]" id="option1" value="silver" size="25"', page)
    save(bench, product, {1: "own-package", 2: "us", 3: "1", 4: "on", 5: "********"}, "advanced")
    assert stored(bench, product) == ["own-package", "us", "1", "on"]


def test_a_first_saving_in_simple_mode_stores_the_defaults_of_what_is_hidden(bench: Bench) -> None:
    bench.module(FIELDS + WORKS)
    server(bench)
    product = bench.product()
    save(bench, product, {1: "gold", 2: "eu"}, "simple")
    assert stored(bench, product) == ["gold", "eu", "1024", "on"]


def test_the_loader_gets_a_server_and_its_choices_are_a_dropdown(bench: Bench) -> None:
    bench.module(FIELDS + WORKS)
    server(bench, hostname="off.example", disabled=1)
    server(bench, hostname="first.example")
    server(bench, hostname="default.example", active=1)
    server(bench, group="Farm", hostname="farm.example", password=bench.host.part(Vault).encrypt("pw"))
    product = bench.product(configoption1="silver")
    assert options(bench.admin.get(settings_url(product)).text, 1) == [("gold", "", "Gold &lt;1&gt;"), ("silver", "*", "Silver")]
    with bench.ctx.unit() as db:
        db.get_one(Product, product).servergroup = 1
    bench.settings(product)
    first, second = (one.params for one in bench.heard("Loader"))
    assert (first["serverhostname"], second["serverhostname"], second["serverpassword"]) == ("default.example", "farm.example", "pw")
    assert second["pid"] == product and second["server"] is True
    # What is stored stays, also when the server does not offer it any more.
    with bench.ctx.unit() as db:
        db.get_one(Product, product).configoption1 = "old"
    assert options(bench.settings(product), 1)[0] == ("old", "*", "old (no longer offered)")
    save(bench, product, {1: "old", 2: "eu"}, "simple")
    assert stored(bench, product)[0] == "old"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("raise RuntimeError('no route to <node>')", "acme_LoadPackages raised RuntimeError: no route to <node> (modules/servers/acme/acme.py:"),
        ("return 'gold'", "acme_LoadPackages returned the text 'gold'; expected a map of value => label"),
        ("return None", "acme_LoadPackages returned None; expected a map of value => label"),
    ],
)
def test_a_loader_that_fails_says_so_at_the_field_and_the_value_stays(bench: Bench, code: str, text: str) -> None:
    bench.module(FIELDS + f"def acme_LoadPackages(params):\n    {code}\n")
    server(bench)
    product = bench.product(configoption1="gold")
    page = bench.settings(product)
    assert text in page and 'id="option1-wrong"' in page
    assert re.search(r'<input type="text" name="packageconfigoption\[1\]" id="option1" value="gold"', page)
    assert "<node>" not in bench.admin.get(settings_url(product)).text


def test_without_a_server_the_hint_says_what_to_do(bench: Bench) -> None:
    bench.module(FIELDS + WORKS)
    server(bench)
    with bench.ctx.unit() as db:
        db.add(ServerGroup(name="Empty", filltype=1))
    product = bench.product(servergroup=1, configoption1="gold")
    page = bench.settings(product)
    assert "no enabled server of this module in the server group “Empty”. Add one, or type the value." in page
    assert bench.heard("Loader") == [] and 'value="gold"' in page


def test_a_missing_loader_and_a_callable_one(bench: Bench) -> None:
    bench.module(
        "def packages(params):\n    return ['a', params['serverhostname']]\n"
        "def acme_ConfigOptions(params):\n"
        "    return {'One': {'Type': 'text', 'Loader': packages}, 'Two': {'Type': 'dropdown', 'Loader': 'Nowhere'}}\n"
    )
    server(bench)
    page = bench.settings(bench.product())
    assert options(page, 1) == [("", "*", "None"), ("a", "", "a"), ("node.example", "", "node.example")]
    assert "acme_Nowhere is not defined in modules/servers/acme/acme.py" in page and "Advanced Mode" not in page


def test_a_module_that_needs_no_server_is_asked_without_one(bench: Bench) -> None:
    bench.module(FIELDS + WORKS + "def acme_MetaData(): return {'RequiresServer': False}\n")
    page = bench.settings(bench.product())
    assert options(page, 1)[1][0] == "gold" and bench.heard("Loader")[0].params["server"] is False


def test_several_choices_are_stored_with_commas(bench: Bench) -> None:
    bench.module(
        "def acme_ConfigOptions(params):\n"
        "    return {'Parts': {'Type': 'dropdown', 'Multiple': True, 'Options': {'a': 'A', 'b': 'B', 'c': 'C'}, 'Default': 'a,c'},\n"
        "            'Note': {'Type': 'textarea', 'placeholder': 'Say \"it\"'}, 'Token': {'Type': 'password', 'Size': '40'}}\n"
    )
    product = bench.product()
    page = bench.settings(product)
    assert "multiple size" in page and options(page, 1) == [("a", "*", "A"), ("b", "", "B"), ("c", "*", "C")]
    assert 'placeholder="Say "it""' in page and 'value="" size="40"' in page
    save(bench, product, {1: ["b", "c"]})
    assert stored(bench, product)[0] == "b,c"
    assert [chosen for _value, chosen, _shown in options(bench.settings(product), 1)] == ["", "*", "*"]
    answer = bench.admin.post(settings_url(product), {"servertype": "acme", "packageconfigoption[1]": ["a", "z"]})
    assert "“z” is not one of the choices" in answer.text and stored(bench, product)[0] == "b,c"
