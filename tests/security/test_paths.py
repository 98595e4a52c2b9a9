"""No address and no field leads to a file outside of what it is for, however the way out is spelt."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from modulehost import app
from modulehost.context import Host
from tests.security.world import Doors, send
from tests.support.hosts import ADMIN, CLIENT

MARK = "the-mark-of-a-file-that-is-nobodys-business"
#: how people spell the way to `outside` (a file beside the host's root) and to `secret.key` in it
WAYS = [
    "../outside", "../../outside", "../../../outside", "../../../../outside", "..%2foutside", "..%2f..%2foutside", "%2e%2e%2f%2e%2e%2foutside",
    "..%252f..%252foutside", "....//....//outside", "..\\outside", "..\\..\\..\\outside", "..%5c..%5coutside", "x/../../../outside",
    "./../../outside", "outside%00.tpl", "../../outside%00.tpl", "../secret.key", "../../secret.key", "../../../secret.key",
    "..%2f..%2fsecret.key", "//etc/hostname", "/etc/hostname", "file:///etc/hostname", "/proc/self/environ",
]  # fmt: skip
#: fields whose value names a module, a theme, a template, a language, a page or an archive
FIELDS = ["module", "m", "language", "systpl", "carttpl", "rp", "template", "a", "action", "name", "type", "file", "servertype", "point", "goto"]


@pytest.fixture
def application(host: Host) -> Flask:
    for folder in (host.root, host.root.parent, host.root.parent.parent):
        for name in ("outside", "outside.tpl", "outside.py", "outside.php", "outside.yaml"):
            (folder / name).write_text(MARK)
    assert MARK in (host.root.parent / "outside").read_text()
    return app.create_app(host)


def guarded(host: Host) -> list[bytes]:
    """What must not be seen: the mark, the host's key, the machine's name file."""
    key = (host.root / "secret.key").read_bytes().strip()
    name = Path("/etc/hostname")
    return [MARK.encode(), key] + ([b"root:x:0:0"] if not name.exists() else [])


def browsers(application: Flask) -> Iterator[FlaskClient]:
    yield application.test_client()
    signed = application.test_client()
    assert send(signed, "/admin/dologin.php", ADMIN).status_code == 303
    send(signed, "/login", {"username": CLIENT["email"], "password": CLIENT["password"]})
    yield signed


def routes(application: Flask) -> list[str]:
    """Every address that takes a part, with `{}` where each part goes in turn; the other parts are of the furnished host."""
    found = []
    for rule in application.url_map.iter_rules():
        parts = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        if not parts or "GET" not in (rule.methods or ()):
            continue
        for tried in parts:
            filled = {"type_": "servers", "name": "spite", tried: "{}"}
            found.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda m, filled=filled: filled.get(m[1], "x"), rule.rule))  # type: ignore[misc]
    return sorted(set(found))


@pytest.mark.slow
def test_parts_of_addresses(host: Host, application: Flask, doors: Doors) -> None:
    secrets, asked = guarded(host), 0
    addresses = routes(application)
    assert any("assets" in one for one in addresses) and any("modules" in one for one in addresses)
    for browser in browsers(application):
        for address in addresses:
            for way in WAYS:
                answer = browser.get(address.replace("{}", way))
                assert answer.status_code < 500 or answer.status_code == 501, (address, way, answer.status_code)
                assert not any(secret in answer.data for secret in secrets), (address, way)
                asked += 1
    assert asked > 200


@pytest.mark.slow
def test_fields_that_name_files(host: Host, application: Flask, doors: Doors) -> None:
    secrets = guarded(host)
    pages = ["/", "/index.php", "/clientarea.php", "/cart.php", "/login", "/admin/login.php", "/admin/addonmodules.php",
             "/admin/configproducts.php?action=edit&id=1&tab=3", "/admin/configaddonmods.php", "/admin/configemailtemplates.php",
             "/admin/hooks.php", "/admin/modulecalls.php", "/_host/templates", "/dl.php"]  # fmt: skip
    browser = list(browsers(application))[1]
    for page in pages:
        for field in FIELDS:
            for way in WAYS[::4]:
                address, query = page.partition("?")[0], {**_query(page), field: way.replace("%00", "\0")}
                answer = browser.get(address, query_string=query)
                assert answer.status_code < 500 or answer.status_code == 501, (page, field, way, answer.status_code)
                assert not any(secret in answer.data for secret in secrets), (page, field, way)


def _query(page: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in page.partition("?")[2].split("&") if pair)


@pytest.mark.parametrize("way", ["../outside", "..\\outside", "/etc/hostname", "x/../../outside", "outside\0"])
def test_forms_that_choose_a_file(way: str, host: Host, application: Flask, doors: Doors) -> None:
    browser = list(browsers(application))[1]
    for page, data in (
        ("/admin/configgeneral.php", {"Template": way, "OrderFormTemplate": way, "Language": way}),
        ("/admin/configproducts.php?action=editgroup&ids=1", {"name": "G", "orderfrmtpl": way}),
        ("/admin/configproducts.php?action=edit&id=1&tab=3", {"servertype": way}),
        ("/admin/configaddons.php?action=manage&id=1&tab=3", {"module": way}),
        ("/admin/configaddonmods.php", {"action": "activate", "module": way}),
        ("/admin/configservers.php?action=manage", {"name": "S", "type": way}),
        ("/admin/myaccount.php", {"language": way}),
        ("/clientarea.php?action=details", {"language": way, "save": "1"}),
    ):
        answer = send(browser, page, data)
        assert answer.status_code < 500, (page, answer.status_code, answer.text[-600:])
        assert MARK.encode() not in answer.data
    # whatever was refused or taken, the pages go on
    assert browser.get("/").status_code == 200
    assert browser.get("/cart.php").status_code == 200
    assert MARK.encode() not in browser.get("/").data
