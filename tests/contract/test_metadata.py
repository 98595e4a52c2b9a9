"""MetaData: what a module calls itself, whether it has servers, and their ports."""

import re

import pytest

from tests.contract.bench import Bench, settings_url

SERVERS = "/admin/configservers.php"


def types(bench: Bench) -> dict[str, tuple[str, str, str]]:
    """The server form's list of modules: name -> (label, port without SSL, port with SSL)."""
    page = bench.admin.text(SERVERS + "?action=manage")
    found = re.findall(r'<option value="(\w+)" data-plain="(\w*)" data-ssl="(\w*)"[^>]*>([^<]*)<', page)
    return {name: (label, plain, ssl) for name, plain, ssl, label in found}


def test_the_display_name_stands_in_every_list(bench: Bench) -> None:
    bench.module("def acme_MetaData(): return {'DisplayName': 'Acme & Sons Cloud', 'APIVersion': '1.1'}")
    product = bench.product()
    assert ">Acme & Sons Cloud</option>" in bench.settings(product)
    assert types(bench)["acme"][0] == "Acme & Sons Cloud"
    bench.admin.saved(SERVERS + "?action=manage", {"name": "Node", "type": "acme", "maxaccounts": "5", "groups_sent": "1"})
    assert "Acme & Sons Cloud" in bench.admin.text(SERVERS)
    assert "Acme &amp; Sons Cloud" in bench.admin.get(settings_url(product)).text


def test_whatever_it_returns_the_lists_work(bench: Bench) -> None:
    product = bench.product(servertype="")
    for code, label in {
        "def acme_CreateAccount(params): return 'success'": "acme",
        "def acme_MetaData(): return {}": "acme",
        "def acme_MetaData(): return {'APIVersion': '1.0'}": "acme",
        "def acme_MetaData(params): return {'DisplayName': 'With Params'}": "acme (does not load)",
        "def acme_MetaData(params=None): return {'DisplayName': 'Optional'}": "Optional",
        "def acme_MetaData(): return ['DisplayName']": "acme",
        "def acme_MetaData(): return None": "acme",
        "def acme_MetaData(): return {'DisplayName': 7}": "7",
        "def acme_MetaData(): raise RuntimeError('boom')": "acme (does not load)",
    }.items():
        bench.module(code)
        assert types(bench)["acme"] == (label, "", ""), code
        assert 'value="zoho_mail"' in bench.settings(product), code


def test_a_module_without_servers_is_no_server_type(bench: Bench) -> None:
    product = bench.product()
    for value, listed in {"False": False, "0": False, "'false'": False, "True": True, "None": True, "1": True}.items():
        bench.module(f"def acme_MetaData(): return {{'DisplayName': 'Acme', 'RequiresServer': {value}}}")
        assert ("acme" in types(bench)) is listed, value
        assert ">Acme</option>" in bench.settings(product)  # products may use it all the same


@pytest.mark.parametrize(("plain", "ssl"), [("'8080'", "'8443'"), ("8080", "8443")])
def test_default_ports_are_offered_by_the_server_form(bench: Bench, plain: str, ssl: str) -> None:
    bench.module(f"def acme_MetaData(): return {{'DefaultNonSSLPort': {plain}, 'DefaultSSLPort': {ssl}}}")
    assert types(bench)["acme"] == ("acme", "8080", "8443")
    page = bench.admin.text(SERVERS + "?action=manage&type=acme")
    assert "Leave it empty for the module's default, 8080." in page


def test_a_misspelt_key_and_a_wrong_shape_are_named_by_module_call(bench: Bench) -> None:
    bench.module("def acme_MetaData(): return {'displayname': 'Acme'}")
    code, report = bench.call("MetaData")
    assert code == 1
    assert report["problems"] == [
        "acme_MetaData returned the key 'displayname'; it is spelt 'DisplayName' (modules/servers/acme/acme.py:1)"
    ]
    bench.module("def acme_MetaData(): return 'Acme'")
    assert bench.call("MetaData")[1]["problems"] == [
        "acme_MetaData returned the text 'Acme'; expected a map (modules/servers/acme/acme.py:1)"
    ]
    bench.module("def acme_MetaData(): return {'DisplayName': 'Acme'}")
    assert bench.call("MetaData")[0] == 0


def test_the_label_of_the_sign_on_link(bench: Bench) -> None:
    bench.module(
        """
def acme_MetaData(): return {'ServiceSingleSignOnLabel': 'Open Panel', 'AdminSingleSignOnLabel': 'Open Node'}
def acme_ServiceSingleSignOn(params): return {'success': True, 'redirectTo': 'https://panel.example/'}
def acme_AdminSingleSignOn(params): return {'success': True, 'redirectTo': 'https://panel.example/'}
"""
    )
    service = bench.service("Active")
    assert "Open Panel" in bench.tab(service)
    assert "Open Panel" in bench.shown(service)
    bench.admin.saved(SERVERS + "?action=manage", {"name": "Node", "type": "acme", "maxaccounts": "5", "groups_sent": "1"})
    assert "Open Node" in bench.admin.text(SERVERS)
