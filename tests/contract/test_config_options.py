"""ConfigOptions: the fields of a product's Module Settings tab, what is stored of them, and what modules get."""

import re

import pytest

from modulehost.schema import ModuleLog, Product
from tests.contract.bench import Bench, settings_url

FIELDS = """
def acme_ConfigOptions(params):
    return {
        "package": {"FriendlyName": "Package Name", "Type": "text", "Size": "25", "Default": "starter", "Description": "As the <b>vendor</b> has it"},
        "API Key": {"Type": "password", "Size": 40},
        "Backups": {"Type": "yesno", "Description": "Tick to enable"},
        "Disk": {"Type": "dropdown", "Options": {"1024": "1 GB", "5120": "5 GB"}, "Default": "5120"},
        "Region": {"Type": "dropdown", "Options": "Europe,North America , Asia"},
        "Size": {"Type": "radio", "Options": "S,M,L", "Default": "M"},
        "Net": {"Type": "radio", "Options": {"pub": "Public", "priv": "Private"}},
        "Note": {"Type": "textarea", "Rows": "7", "Cols": "44"},
        "Help": {"Type": "none", "Description": "Read the <i>manual</i>"},
        "lower": {"type": "text", "default": "case"},
    }
def acme_CreateAccount(params):
    heard("CreateAccount", {k: v for k, v in params.items() if k.startswith("configoption")})
    return "success"
"""


def stored(bench: Bench, product: int) -> dict[int, str]:
    """The columns configoption1 ... configoption24 that are not empty."""
    with bench.ctx.unit(read=True) as db:
        row = db.get_one(Product, product)
        return {n: getattr(row, f"configoption{n}") for n in range(1, 25) if getattr(row, f"configoption{n}")}


def save(bench: Bench, product: int, values: dict[int, str], name: str = "acme") -> str:
    """Send the tab; returns where it leads."""
    fields = {f"packageconfigoption[{n}]": value for n, value in values.items()}
    return bench.admin.saved(settings_url(product), {"servertype": name, "autosetup": "", **fields})


def test_each_type_and_attribute_is_drawn(bench: Bench) -> None:
    bench.module(FIELDS)
    page = bench.settings(bench.product())
    assert '<label class="label" for="option1">Package Name</label>' in page
    assert re.search(r'<input type="text" name="packageconfigoption\[1\]" id="option1" value="starter" size="25"', page)
    assert "As the <b>vendor</b> has it" in page
    assert re.search(r'<input type="password" name="packageconfigoption\[2\]" id="option2" value=""', page)
    assert re.search(r'<input type="checkbox" name="packageconfigoption\[3\]" id="option3" value="on">', page)
    assert "Tick to enable" in page
    disk = page[page.index('name="packageconfigoption[4]"') :]
    assert re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)<', disk[: disk.index("</select>")]) == [
        ("1024", "", "1 GB"), ("5120", " selected", "5 GB"),
    ]  # fmt: skip
    region = page[page.index('name="packageconfigoption[5]"') :]
    assert re.findall(r'<option value="([^"]*)"', region[: region.index("</select>")]) == ["Europe", "North America", "Asia"]
    sizes = re.findall(r'name="packageconfigoption\[6\]" value="(\w)"[^>]*?( checked)?>', page)
    assert sizes == [("S", ""), ("M", " checked"), ("L", "")]
    assert re.findall(r'name="packageconfigoption\[7\]" value="(\w+)"[^>]*> <span>(\w+)<', page) == [
        ("pub", "Public"), ("priv", "Private"),
    ]  # fmt: skip
    assert '<textarea name="packageconfigoption[8]" id="option8" rows="7" cols="44">' in page
    assert "Read the <i>manual</i>" in page and 'name="packageconfigoption[9]"' not in page
    assert re.search(r'name="packageconfigoption\[10\]" id="option10" value="case"', page)  # keys in any case


def test_what_is_stored_and_given_to_the_module(bench: Bench) -> None:
    bench.module(FIELDS)
    product = bench.product()
    save(bench, product, {1: "gold", 2: "k3y-of-vendor", 3: "on", 4: "1024", 5: "North America", 6: "L", 7: "priv", 8: "a\r\nb", 10: "x"})
    found = stored(bench, product)
    assert found.pop(2).startswith("mh1:")
    assert found == {1: "gold", 3: "on", 4: "1024", 5: "North America", 6: "L", 7: "priv", 8: "a\nb", 10: "x"}
    bench.api("ModuleCreate", serviceid=bench.service(product=product))
    given = bench.heard("CreateAccount")[0].params
    assert [given[f"configoption{n}"] for n in range(1, 12)] == [
        "gold", "k3y-of-vendor", "on", "1024", "North America", "L", "priv", "a\nb", "", "x", "",
    ]  # fmt: skip
    assert sorted(k for k in given if k != "configoptions") == sorted(f"configoption{n}" for n in range(1, 25))
    # An unticked box is not sent: it is stored as an empty text.
    save(bench, product, {1: "gold", 2: "********", 4: "1024", 5: "Asia", 6: "L", 7: "priv"})
    assert 3 not in stored(bench, product)


def test_a_password_is_masked_and_kept_while_its_mask_comes_back(bench: Bench) -> None:
    bench.module(FIELDS)
    product = bench.product()
    save(bench, product, {2: "k3y-of-vendor", 4: "1024"})
    page = bench.settings(product)
    assert "k3y-of-vendor" not in page
    assert re.search(r'name="packageconfigoption\[2\]" id="option2" value="\*{8}"', page)
    before = stored(bench, product)[2]
    save(bench, product, {2: "********", 4: "5120"})
    assert (stored(bench, product)[2], stored(bench, product)[4]) == (before, "5120")
    save(bench, product, {2: "another-key", 4: "5120"})
    assert stored(bench, product)[2] != before
    save(bench, product, {2: "", 4: "5120"})
    assert 2 not in stored(bench, product)
    # Whatever the module writes into its log, the key is not in it.
    save(bench, product, {2: "k3y-of-vendor", 4: "5120"})
    bench.api("ModuleCreate", serviceid=bench.service(product=product))
    assert not [row for row in bench.rows(ModuleLog) if "k3y-of-vendor" in row.request + row.response + row.arrdata]


def test_a_choice_that_is_none_is_refused(bench: Bench) -> None:
    bench.module(FIELDS)
    product = bench.product()
    answer = bench.admin.post(settings_url(product), {"servertype": "acme", "packageconfigoption[4]": "1 GB"})
    assert answer.status_code == 200 and "is not one of the choices" in answer.text
    assert stored(bench, product) == {}


def test_defaults_show_only_while_nothing_was_saved(bench: Bench) -> None:
    bench.module(FIELDS)
    product = bench.product()
    assert 'value="starter"' in bench.settings(product)
    save(bench, product, {1: "", 4: "1024"})
    assert 'value="starter"' not in bench.settings(product)


def test_another_module_starts_with_empty_settings(bench: Bench) -> None:
    bench.module(FIELDS)
    bench.module("def other_ConfigOptions(params): return {'One': {'Type': 'text', 'Default': 'd1'}}", "other")
    product = bench.product()
    save(bench, product, {1: "gold", 2: "secret-key"})
    page = bench.admin.text(settings_url(product) + "&servertype=other")
    assert "Not saved yet" in page and 'value="d1"' in page and "gold" not in page
    save(bench, product, {1: "new"}, "other")
    assert stored(bench, product) == {1: "new"}


def test_24_settings_and_the_25th(bench: Bench) -> None:
    bench.module("def acme_ConfigOptions(params): return {f'Option {n}': {'Type': 'text'} for n in range(1, 26)}")
    product = bench.product()
    page = bench.settings(product)
    assert "Option 24" in page and "Option 25" not in page
    save(bench, product, {n: f"v{n}" for n in range(1, 26)})
    assert stored(bench, product) == {n: f"v{n}" for n in range(1, 25)}
    assert bench.call("ConfigOptions")[1]["problems"] == [
        "acme_ConfigOptions returned 25 fields; a product has only 24 configoption columns (modules/servers/acme/acme.py:1)"
    ]
    assert "acme_ConfigOptions returned 25 fields" in page  # an administrator learns of it too


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("None", "acme_ConfigOptions returned None; expected a map of name => field (modules/servers/acme/acme.py:1)"),
        ("'Package'", "acme_ConfigOptions returned the text 'Package'; expected a map"),
        ("['a', 'b']", "acme_ConfigOptions returned a list; expected a map"),
        ("1 / 0", "acme_ConfigOptions raised ZeroDivisionError: division by zero (modules/servers/acme/acme.py:1)"),
    ],
)
def test_what_cannot_be_shown_is_said(bench: Bench, value: str, text: str) -> None:
    bench.module(f"def acme_ConfigOptions(params): return {value}")
    product = bench.product(configoption1="kept")
    assert text in bench.settings(product)
    answer = bench.admin.post(settings_url(product), {"servertype": "acme"})
    assert "were not saved" in answer.text
    assert stored(bench, product) == {1: "kept"}
    assert text in bench.call("ConfigOptions")[1]["problems"][0]


def test_fields_of_a_wrong_shape_are_text_fields_and_named(bench: Bench) -> None:
    bench.module("def acme_ConfigOptions(params): return {'A': 'text', 'B': {'Type': 'slider'}, 'C': {'Type': 'text'}, 'D': {}}")
    product = bench.product()
    page = bench.settings(product)
    for n in (1, 2, 3):
        assert f'<input type="text" name="packageconfigoption[{n}]"' in page
    problems = bench.call("ConfigOptions")[1]["problems"]
    assert "field 'A' is the text 'text'; expected a map with Type" in problems[0]
    assert "field 'B' has Type 'slider'; known are text, password, yesno, dropdown, radio, textarea, none" in problems[1]
    assert "not as the contract asks" in page and "field 'B' has Type" in page


def test_without_config_options_there_are_no_settings(bench: Bench) -> None:
    bench.module("def acme_ConfigOptions(): return {}")
    assert "This module has no settings." in bench.settings(bench.product())
    bench.module("def acme_CreateAccount(params): return 'success'")
    assert "This module has no settings." in bench.settings(bench.product())


def test_it_is_given_the_product_and_no_service(bench: Bench) -> None:
    bench.module("def acme_ConfigOptions(params):\n    heard('ConfigOptions', params)\n    return {'A': {'Type': 'text'}}")
    product = bench.product(type="server", configoption1="gold")
    bench.settings(product)
    given = bench.heard()[0].params
    assert (given["pid"], given["packageid"], given["producttype"], given["type"]) == (product, product, "server", "server")
    assert (given["moduletype"], given["configoption1"], given["configoption24"]) == ("acme", "gold", "")
    assert not {"serviceid", "clientsdetails", "username", "password"} & given.keys()


def test_a_stored_value_that_is_no_longer_offered_is_not_lost(bench: Bench) -> None:
    bench.module("def acme_ConfigOptions(params): return {'Disk': {'Type': 'dropdown', 'Options': 'A,B'}}")
    assert "C (no longer offered)" in bench.settings(bench.product(configoption1="C"))
