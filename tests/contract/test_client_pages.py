"""ClientArea's further keys, custom functions that answer with a page, and names of templates that lead astray."""

import html
import re
from collections.abc import Callable

import pytest

from modulehost.context import Host
from modulehost.schema import ActivityLog, Client, Server
from tests.client.shop import words
from tests.contract.bench import Bench

AREA = "def acme_ClientArea(params): return {%s}"
PAGE = (
    "def acme_ClientAreaCustomButtonArray(): return {'Open': 'open'}\n"
    "def acme_open(params): return {%s}\n"
)


def way(page: str) -> list[tuple[str, str]]:
    """The breadcrumb as (address, label)."""
    found = re.search(r'<ol class="breadcrumb">(.*?)</ol>', page, re.DOTALL) or re.search(r'<nav[^>]*breadcrumb.*?</nav>', page, re.DOTALL)
    assert found, "the page has no breadcrumb"
    items = re.findall(r"<li[^>]*>(.*?)</li>", found[0], re.DOTALL)
    return [
        ((re.search(r'href="([^"]*)"', one) or ["", ""])[1], html.unescape(re.sub(r"<[^>]+>", "", one)).strip()) for one in items
    ]  # fmt: skip


def opened(bench: Bench, service: int) -> str:
    """The page that the custom function `open` answers with."""
    return bench.send(service, modop="custom", a="open").text


def test_heading_and_way_of_the_page(bench: Bench) -> None:
    service = bench.service("Active")
    usual = [("/clientarea.php", "Client area"), ("/clientarea.php?action=services", "My services"), ("", "Cloud")]
    bench.module("def acme_CreateAccount(params): return 'success'")
    usual = way(bench.details(service).text)
    assert [label for _, label in usual][-1] == "Cloud" and len(usual) > 2
    bench.module(AREA % "'templatefile': 'own', 'overrideDisplayTitle': 'My <Mail>', 'appendToBreadcrumb': {'x.php?a=1': 'Mail <1>', '#': 'Now'}",
                 own="<p class=own>here</p>")  # fmt: skip
    page = bench.details(service).text
    assert "<p class=own>here</p>" in page
    assert "<h1>My &lt;Mail&gt;</h1>" in re.sub(r"<h1[^>]*>", "<h1>", page)
    assert [label for _, label in way(page)] == [*(label for _, label in usual), "Mail <1>", "Now"]
    for form in ("{'a.php': 'First', 'b.php': 'Second'}", "[['a.php', 'First'], ('b.php', 'Second')]"):
        bench.module(AREA % f"'templatefile': 'own', 'overrideBreadcrumb': {form}")
        assert [label for _, label in way(bench.details(service).text)] == ["First", "Second"], form
    bench.module(AREA % "'templatefile': 'own', 'overrideBreadcrumb': {}")
    assert 'href="/clientarea.php?action=services" ' not in bench.details(service).text.partition("breadcrumb")[2][:400]


def test_a_page_in_place_of_the_whole_product_page(bench: Bench) -> None:
    bench.module(
        AREA % "'outputTemplateFile': 'whole.tpl', 'templateVariables': {'mark': '<u>ok</u>', 'product': 'Mine'}",
        whole="<p class=own>{$mark} {$product} {$username} {$companyname} {$clientsdetails.firstname}</p>",
    )
    page = bench.details(bench.service("Active", username="menon"))
    assert "<p class=own><u>ok</u> Mine menon Company Name Asha</p>" in page.text
    assert "Billing cycle" not in words(page) and "Choose a language" in words(page)  # the theme's frame stays


def test_output_and_page_together(bench: Bench) -> None:
    bench.module(
        AREA % "'outputTemplateFile': 'whole', 'tabOverviewModuleOutputTemplate': 'part', 'templateVariables': {'n': 7}",
        whole="<div class=whole>{$moduleclientarea}</div>",
        part="<p class=part>{$n}</p>",
    )
    assert "<div class=whole><p class=part>7</p></div>" in bench.details(bench.service("Active")).text


def test_a_custom_page_has_its_way_its_sidebar_and_all_variables(bench: Bench) -> None:
    bench.module(
        PAGE % "'templatefile': 'boxes.tpl', 'pagetitle': 'Boxes <all>', 'breadcrumb': {'x.php': 'All <boxes>'}, 'vars': {'product': 'Mine'}",
        boxes="<p class=own>{$product} {$serverdata.hostname} {$username} {$groupname} {$status} {if $token}token{/if} {$extra} {$serverpassword}</p>",
    )
    bench.hooks("add_hook('ClientAreaProductDetailsPreModuleTemplate', 1, lambda v: {'extra': 'from hook', 'product': 'loses'})\n"
                "add_hook('ClientAreaPageProductDetails', 1, lambda v: note('page', v['templatefile']))\n")  # fmt: skip
    with bench.ctx.unit() as db:
        db.add(Server(name="Node", type="acme", hostname="node.example", password=""))
    service = bench.service("Active", username="menon", server=1)
    page = opened(bench, service)
    assert "<p class=own>Mine node.example menon  Active token from hook </p>" in page
    assert [label for _, label in way(page)][-2:] == ["Cloud", "All <boxes>"]
    assert "Boxes &lt;all&gt;" in page and "Service_Details_Actions-Custom_Module_Button_Open" in page
    assert bench.noted() == [("page", "boxes")]


def test_without_templatefile_a_page_is_named_like_its_function(bench: Bench) -> None:
    bench.module(PAGE % "'vars': {'n': 7}", open="<p class=own>{$n}</p>")
    assert "<p class=own>7</p>" in opened(bench, bench.service("Active"))


def test_the_theme_comes_before_the_module_for_custom_pages_too(bench: Bench) -> None:
    bench.module(PAGE % "'templatefile': 'sub/boxes'")
    own = bench.host.root / "modules" / "servers" / "acme" / "sub" / "boxes.tpl"
    own.parent.mkdir()
    own.write_text("of the module")
    over = bench.host.root / "templates" / "harbour" / "modules" / "servers" / "acme" / "sub" / "boxes.tpl"
    over.parent.mkdir(parents=True)
    over.write_text("of the theme")
    service = bench.service("Active")
    assert "of the theme" in opened(bench, service)
    newest = bench.client.get("/_host/templates")
    assert newest.status_code == 200 and "override in active theme harbour" in html.unescape(newest.text)
    assert "templates/harbour/modules/servers/acme/sub/boxes.tpl" in newest.text and "folder of the module acme" in newest.text
    over.unlink()
    assert "of the module" in opened(bench, service)


WRONG_TYPES = [
    ("'templatefile': 7", "returned templatefile = an int; expected a text"),
    ("'tabOverviewModuleOutputTemplate': ['own']", "returned tabOverviewModuleOutputTemplate = a list; expected a text"),
    ("'templatefile': 'own', 'vars': 'x'", "returned vars = the text 'x'; expected a map of name => value"),
    ("'templatefile': 'own', 'templateVariables': [1]", "returned templateVariables = a list; expected a map of name => value"),
    ("'templatefile': 'own', 'breadcrumb': 'Home'", "returned breadcrumb = the text 'Home'; expected a map of address => label"),
    ("'templatefile': 'own', 'appendToBreadcrumb': [1, 2]", "returned appendToBreadcrumb = a list; expected a map of address => label"),
    ("'templatefile': 'own', 'overrideDisplayTitle': {'a': 1}", "returned overrideDisplayTitle = a dict; expected a text"),
    ("'outputTemplateFile': True", "returned outputTemplateFile = True; expected a text"),
]


def test_wrong_types_are_told_and_the_page_stands(bench: Bench) -> None:
    service = bench.service("Active")
    for returned, text in WRONG_TYPES:
        bench.module(AREA % returned, own="<p class=own>here</p>")
        page = bench.details(service)
        assert f"acme_ClientArea {text} (modules/servers/acme/acme.py:1)" in words(page), (returned, words(page))
        assert "Billing cycle" in words(page)
        assert ("<p class=own>here</p>" in page.text) is ("own'" in returned and "[" not in returned.split(",")[0])
        assert any(text in row.description for row in bench.rows(ActivityLog))


ASTRAY = ("../other/secret", "../../../includes/secret", "a/../../other/secret.tpl", "..\\\\other\\\\secret", "/etc/hostname", "sub\\0x")


@pytest.mark.parametrize("key", ["templatefile", "tabOverviewModuleOutputTemplate", "tabOverviewReplacementTemplate", "outputTemplateFile", "page"])
def test_a_name_that_leaves_the_folder_is_refused(bench: Bench, key: str) -> None:
    bench.module("def other_x(): pass", "other", secret="SECRET-TEMPLATE")
    (bench.host.root / "includes").mkdir(exist_ok=True)
    (bench.host.root / "includes" / "secret.tpl").write_text("SECRET-TEMPLATE")
    service = bench.service("Active")
    for name in ASTRAY:
        if key == "page":
            bench.module(PAGE % f"'templatefile': '{name}'")
            text = words(bench.send(service, modop="custom", a="open"))
        else:
            bench.module(AREA % f"'{key}': '{name}'")
            answer = bench.client.get(f"/clientarea.php?action=productdetails&id={service}")
            text = words(answer)
        assert "SECRET-TEMPLATE" not in text, name
        assert "the name leaves its folder" in text or "does not exist; looked for" in text, (name, text)


def test_a_missing_template_names_where_it_was_looked_for(bench: Bench) -> None:
    service = bench.service("Active")
    for code in (AREA % "'templatefile': 'absent'", PAGE % "'templatefile': 'absent'"):
        bench.module(code)
        answer = bench.send(service, modop="custom", a="open") if "open" in code else bench.details(service)
        text = words(answer)
        assert "Template 'modules/servers/acme/absent.tpl' does not exist; looked for" in text
        assert "templates/harbour/modules/servers/acme/absent.tpl (override in active theme harbour" in text
        assert "; modules/servers/acme/absent.tpl (folder of the module acme)" in text
        assert str(bench.host.root) not in text


def test_in_production_clients_read_no_inner_text(make_host: Callable[..., Host]) -> None:
    bench = Bench(make_host(development=False))
    bench.module(AREA % "'templatefile': 'absent'" + "\n" + PAGE % "'templatefile': 'absent'")
    service = bench.service("Active")
    for answer in (bench.details(service), bench.send(service, modop="custom", a="open")):
        assert "absent" not in words(answer) and "modules/servers" not in words(answer)
    assert any("absent.tpl" in row.description for row in bench.rows(ActivityLog))


def test_what_clients_typed_is_encoded_on_custom_pages(bench: Bench) -> None:
    bench.module(
        PAGE % "'templatefile': 'own', 'vars': {'who': params['clientsdetails']['firstname'], 'mark': '<u>ok</u>'}",
        own="<p class=own>{$who} {$mark} {$domain}</p>",
    )
    with bench.ctx.unit() as db:
        db.get_one(Client, 1).firstname = "<b>A</b>"
    page = opened(bench, bench.service("Active", domain="<i>d</i>"))
    assert "<p class=own>&lt;b&gt;A&lt;/b&gt; <u>ok</u> &lt;i&gt;d&lt;/i&gt;</p>" in page
