"""Every page of the demonstration on a small phone: none is wider than the screen, none has a script error, none is missing."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest

from modulehost import config
from modulehost.app import create_app, demo
from modulehost.context import Ctx
from modulehost.schema import Client, Invoice, Product, Server, Service
from tests.browser.conftest import admin_in, client_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: what tells pages of one address apart, beside the names of the parameters
TELLING = ("action", "a", "tab", "module", "servertype", "sub", "show", "report")
#: signs the visitor out, answers with a file, or is meant for a vendor's simulator
LEFT_OUT = re.compile(r"/logout|language=|/dl\.php|/modules/servers/|/includes/api|dosinglesignon|modop=|favicon|/_host|format=")
#: the widest thing on the page that sticks out and that no box around it scrolls
WIDE = """() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return ''
  const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > room + 1)
  const deepest = out.filter(e => !out.some(other => other !== e && e.contains(other)))
  return deepest.slice(0, 3).map(e => e.outerHTML.slice(0, 160)).join(' | ') || 'wider, by a margin'
}"""


@pytest.fixture
def shown(tmp_path: Any) -> Iterator[tuple[demo.RunningDemo, dict[str, Any]]]:
    """The demonstration, in which people, products and machines have names that are long and cannot be broken at a blank."""
    running, ready = demo.start(config.load(tmp_path, {"port": 0}, environ={}))
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    with Ctx(running.running.host).unit() as db:
        for client in db.query(Client):
            client.companyname, client.lastname = f"{long} GmbH", long
        for service in db.query(Service):
            service.domain, service.domainstatus = f"{long.lower().replace('ä', 'a')}.verwaltung.example", "Active"
        for product in db.query(Product):
            product.name = f"{product.name} {long}"
        for server in db.query(Server):
            server.hostname = f"{long.lower().replace('ä', 'a')}.example"
        for invoice in db.query(Invoice):
            invoice.notes = long
    yield running, ready
    running.stop()


def kind(address: str) -> tuple[str, ...]:
    """What makes a page another page: its path, the names of its parameters, and the values of some."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    return (parts.path, *sorted(f"{name}={value}" if name in TELLING else name for name, value in query))


def walk(page: Any, url: str, prefix: str, starts: list[str]) -> tuple[list[str], list[str]]:
    """Open `starts` and whatever they link to under `prefix`; returns addresses and what was wrong with them."""
    waiting, seen, wrong = list(starts), {kind(start) for start in starts}, []
    opened: list[str] = []
    while waiting:
        address = waiting.pop(0)
        answer = page.goto(url + address)
        wants_more = address in starts and answer.status in (403, 404, 405, 410, 501)  # a form, a token, or it says that it is not modelled
        if answer.status >= 400 and not wants_more:
            wrong.append(f"{address}: status {answer.status}")
        opened += [] if wants_more else [address]
        if sticking_out := page.evaluate(WIDE):
            wrong.append(f"{address}: {sticking_out}")
        for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            found = urldefrag(urljoin(page.url, href))[0]
            if found.startswith(url):
                found = found[len(url) :]
                if (found.startswith("/admin/") == (prefix == "/admin/")) and not LEFT_OUT.search(found) and kind(found) not in seen:
                    seen.add(kind(found))
                    waiting.append(found)
    return opened, wrong


def test_no_page_is_wider_than_a_phone(page: Any, shown: tuple[demo.RunningDemo, dict[str, Any]]) -> None:
    running, ready = shown
    url = running.running.url.rstrip("/")
    rules = {rule.rule: rule.endpoint for rule in create_app(running.running.host).url_map.iter_rules() if "GET" in (rule.methods or ())}
    own = {end: rule for rule, end in sorted(rules.items()) if "<" not in rule and not LEFT_OUT.search(rule) and "/login" not in rule}
    plain = sorted(own.values())  # of several addresses of one page the last
    client_in(page, url, **ready["client"])
    admin_in(page, url, **ready["admin"])
    page.set_viewport_size({"width": 360, "height": 740})
    wrong: list[str] = []
    for prefix, least in (("/admin/", 60), ("/", 25)):
        starts = [rule for rule in plain if rule.startswith("/admin/") == (prefix == "/admin/")]
        opened, found = walk(page, url, prefix, starts)
        wrong += found
        assert len(opened) >= least, opened
    assert wrong == [], "\n".join(wrong)
