"""ClientArea: every form of its return value, overrides, hooks, and what fails."""

from collections.abc import Callable

import pytest

from modulehost.context import Host
from modulehost.schema import ActivityLog, Client, Server
from tests.client.shop import words
from tests.contract.bench import Bench

OUTPUT = 'id="moduleClientArea"'
NEW = "def acme_ClientArea(params): return {'tabOverviewModuleOutputTemplate': %r, 'templateVariables': {'panel': '<em>Panel</em>'}}"


def test_1_a_text_is_html_in_the_overview(bench: Bench) -> None:
    bench.module("def acme_ClientArea(params): return '<p class=own>' + params['domain'] + '</p>'")
    page = bench.details(bench.service("Active"))
    assert page.text.index(OUTPUT) < page.text.index("<p class=own>menon-foods.example</p>")
    assert "Billing cycle" in words(page)


def test_2_a_template_without_a_function_gets_the_params(bench: Bench) -> None:
    bench.module(
        "def acme_CreateAccount(params): return 'success'",
        clientarea="<p class=own>{$serviceid} {$username} {$clientsdetails.firstname} {$configoption1} {$moduletype} [{$serverpassword}{$serveraccesshash}]</p>",
    )
    service = bench.service("Active", bench.product(configoption1="gold"), username="menon")
    page = bench.details(service)
    assert f"<p class=own>{service} menon Asha gold acme []</p>" in page.text


def test_2_the_function_wins_over_the_file(bench: Bench) -> None:
    bench.module("def acme_ClientArea(params): return 'from the function'", clientarea="from the file")
    page = bench.shown(bench.service("Active"))
    assert "from the function" in page and "from the file" not in page


def test_3_the_older_array_with_breadcrumb(bench: Bench) -> None:
    bench.module(
        "def acme_ClientArea(params): return {'templatefile': 'old', 'vars': {'count': 7, 'rows': [{'n': 1}, {'n': 2}]},\n"
        "    'breadcrumb': {'clientarea.php?x=1': 'My <Mail>', '#': 'Boxes'}}",
        old="<p class=own>{$count}{foreach $rows as $row}-{$row.n}{/foreach} {$product}</p>",
    )
    page = bench.details(bench.service("Active"))
    assert "<p class=own>7-1-2 Cloud</p>" in page.text
    assert '<a href="clientarea.php?x=1">My &lt;Mail&gt;</a>' in page.text
    assert "Cloud My <Mail> Boxes" in words(page)


@pytest.mark.parametrize("name", ["overview", "overview.tpl", "templates/overview.tpl"])
def test_4_the_newer_array_with_and_without_the_ending(bench: Bench, name: str) -> None:
    folder = bench.module(NEW % name, overview="<p class=own>{$panel} {$domain}</p>")
    (folder / "templates").mkdir()
    (folder / "templates" / "overview.tpl").write_text("<p class=own>{$panel} {$domain}</p>")
    page = bench.details(bench.service("Active"))
    assert page.text.index(OUTPUT) < page.text.index("<p class=own><em>Panel</em> menon-foods.example</p>")


def test_4_a_replacement_takes_the_overview(bench: Bench) -> None:
    bench.module(
        "def acme_ClientArea(params): return {'tabOverviewReplacementTemplate': 'whole.tpl', 'templateVariables': {'a': 'b'}}",
        whole="<p class=own>{$a} {$username}</p>",
    )
    page = bench.details(bench.service("Active", username="menon"))
    assert "<p class=own>b menon</p>" in page.text
    assert OUTPUT not in page.text and "Billing cycle" not in words(page)


def test_the_modules_own_variables_win_over_the_page_and_the_page_over_params(bench: Bench) -> None:
    bench.module(
        "def acme_ClientArea(params): return {'templatefile': 'own', 'vars': {'product': 'Mine', 'username': 'other'}}",
        own="<p class=own>{$product} {$username} {$status} {$pid}</p>",
    )
    service = bench.service("Active", username="menon")
    # status: of the page (in the visitor's language), not the param
    assert "<p class=own>Mine other Active 1</p>" in bench.details(service).text


def test_the_variables_of_the_official_sample(bench: Bench) -> None:
    names = ("groupname product type domain dedicatedip assignedips ns1 ns2 username regdate nextduedate billingcycle paymentmethod"
             " firstpaymentamount recurringamount status suspendreason diskusage disklimit diskpercent bwusage bwlimit bwpercent id serviceid")  # fmt: skip
    template = "".join(f"[{name}={{${name}}}]" for name in names.split())
    bench.module(
        NEW % "all",
        all=template + "[host={$serverdata.hostname}][ip={$serverdata.ipaddress}][ns={$serverdata.nameserver1}/{$serverdata.nameserver1ip}]"
        "[pw={$serverdata.password|default:'none'}][lang={$LANG.clientareatitle}]",
    )
    with bench.ctx.unit() as db:
        db.add(Server(name="Node", type="acme", hostname="node.example", ipaddress="192.0.2.1", nameserver1="ns1.node.example",
                      nameserver1ip="192.0.2.3", password="x"))  # fmt: skip
    service = bench.service("Active", username="menon", server=1, dedicatedip="192.0.2.7", ns1="ns1.example", ns2="ns2.example",
                            assignedips="192.0.2.8", amount=5, firstpaymentamount=7, diskusage=25, disklimit=100, bwusage=1)  # fmt: skip
    page = bench.details(service).text
    for expected in (
        "[product=Cloud]", "[type=hostingaccount]", "[domain=menon-foods.example]", "[dedicatedip=192.0.2.7]", "[assignedips=192.0.2.8]",
        "[ns1=ns1.example]", "[ns2=ns2.example]", "[username=menon]", "[billingcycle=Monthly]", "[paymentmethod=Mail In Payment]",
        "[firstpaymentamount=$7.00 USD]", "[recurringamount=$5.00 USD]", "[status=Active]", "[diskusage=25 MB]", "[disklimit=100 MB]",
        "[diskpercent=25%]", "[bwpercent=0%]", f"[id={service}]", f"[serviceid={service}]", "[host=node.example]", "[ip=192.0.2.1]",
        "[ns=ns1.node.example/192.0.2.3]", "[pw=none]",
    ):  # fmt: skip
        assert expected in page, expected


def test_what_clients_typed_is_encoded_and_what_the_module_wrote_is_not(bench: Bench) -> None:
    bench.module(
        "def acme_ClientArea(params): return {'templatefile': 'own', 'vars': {'who': params['clientsdetails']['firstname'], 'mark': '<u>ok</u>'}}",
        own="<p class=own>{$who} {$mark} {$clientsdetails.lastname} {$domain}</p>",
    )
    service = bench.service("Active", domain="<i>d</i>")
    with bench.ctx.unit() as db:
        row = db.get_one(Client, 1)
        row.firstname, row.lastname = "<b>A</b>", "<script>x</script>"
    page = bench.details(service).text
    expected = "&lt;b&gt;A&lt;/b&gt; <u>ok</u> &lt;script&gt;x&lt;/script&gt; &lt;i&gt;d&lt;/i&gt;"
    assert f"<p class=own>{expected}</p>" in page


def test_a_file_of_the_theme_wins_over_the_modules(bench: Bench) -> None:
    bench.module(NEW % "templates/overview", overview="unused")
    own = bench.host.root / "modules/servers/acme/templates/overview.tpl"
    own.parent.mkdir()
    own.write_text("<p class=own>of the module</p>")
    service = bench.service("Active")
    assert "of the module" in bench.shown(service)
    over = bench.host.root / "templates/harbour/modules/servers/acme/templates/overview.tpl"
    over.parent.mkdir(parents=True)
    over.write_text("<p class=own>of the theme {$panel}</p>")
    assert "<p class=own>of the theme <em>Panel</em></p>" in bench.details(service).text
    over.unlink()
    assert "of the module" in bench.shown(service)


def test_the_hook_before_adds_variables_and_gets_the_documented_arguments(bench: Bench) -> None:
    bench.module(NEW % "overview", overview="<p class=own>{$extra} {$second} {$panel}</p>")
    bench.hooks(
        "def more(v):\n    note('hook', v)\n    return {'extra': 'from hook', 'second': 'early', 'panel': 'loses'}\n"
        "add_hook('ClientAreaProductDetailsPreModuleTemplate', 1, more)\n"
        "add_hook('ClientAreaProductDetailsPreModuleTemplate', 2, lambda v: {'second': 'late'})\n"
    )
    service = bench.service("Active", username="menon", password="Pa55-word-1")
    assert "<p class=own>from hook late <em>Panel</em></p>" in bench.details(service).text
    assert bench.noted() == [("hook", {
        "serviceid": service, "groupname": "", "product": "Cloud", "modulename": "acme", "domain": "menon-foods.example",
        "systemStatus": "Active", "username": "menon", "password": "Pa55-word-1",
    })]  # fmt: skip


def test_only_active_services_reach_the_module(bench: Bench) -> None:
    bench.module(
        "def acme_ClientArea(params):\n    heard('ClientArea')\n    return 'output'\n"
        "def acme_ClientAreaCustomButtonArray(params):\n    heard('buttons')\n    return {'Restart': 'restart'}\n"
        "def acme_restart(params): return 'success'\n"
    )
    for status in ("Pending", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed"):
        page = bench.details(bench.service(status))
        assert OUTPUT not in page.text and "Restart" not in page.text, status
    assert bench.heard() == []


FAILING = [
    ("raise RuntimeError('vendor is away')", "acme_ClientArea raised RuntimeError: vendor is away (modules/servers/acme/acme.py:1)"),
    ("return 7", "acme_ClientArea returned an int; expected a map (modules/servers/acme/acme.py:1)"),
    ("return ['a']", "acme_ClientArea returned a list; expected a map (modules/servers/acme/acme.py:1)"),
    ("return {'taboverviewmoduleoutputtemplate': 'x'}", "it is spelt 'tabOverviewModuleOutputTemplate'"),
    ("return {'templatefile': 'absent'}", "absent.tpl"),
    ("return {'templatefile': 'bad'}", "modules/servers/acme/bad.tpl"),
    ("return {'templatefile': '../other/secret'}", "../other/secret"),
]


def test_what_fails_leaves_the_page_standing_with_a_notice(bench: Bench) -> None:
    bench.module("def other_x(): pass", "other", secret="SECRET-TEMPLATE")
    service = bench.service("Active")
    for statement, text in FAILING:
        bench.module(f"def acme_ClientArea(params): {statement}", bad="one\ntwo {if $x} never closed")
        page = bench.details(service)
        assert text in words(page), words(page)
        assert "SECRET-TEMPLATE" not in page.text
        assert "Billing cycle" in words(page)


def test_nothing_is_no_mistake(bench: Bench) -> None:
    service = bench.service("Active")
    for value in ("None", "''", "{}"):
        bench.module(f"def acme_ClientArea(params): return {value}")
        page = bench.details(service)
        assert OUTPUT not in page.text and "acme_ClientArea" not in page.text, value


def test_a_template_error_names_file_and_line_in_development_only(make_host: Callable[..., Host]) -> None:
    code, template = NEW % "overview", "line one\nline two {$a.b.}\n"
    developing = Bench(make_host(development=True))
    developing.module(code, overview=template)
    text = developing.shown(developing.service("Active"))
    assert "modules/servers/acme/overview.tpl" in text and "2" in text.split("overview.tpl", 1)[1][:20]
    serving = Bench(make_host(development=False))
    serving.module(code, overview=template)
    page = serving.shown(serving.service("Active"))
    assert "overview.tpl" not in page and "Billing cycle" in page
    serving.module("def acme_ClientArea(params): raise RuntimeError('inner secret')", "other")
    assert "inner secret" not in serving.shown(serving.service("Active", serving.product(servertype="other")))


def test_a_failure_stands_in_the_activity_log(bench: Bench) -> None:
    bench.module("def acme_ClientArea(params): raise RuntimeError('vendor is away')")
    service = bench.service("Active")
    bench.details(service)
    lines = [row.description for row in bench.rows(ActivityLog)]
    assert any(f"Service ID: {service}" in line and "vendor is away" in line for line in lines)
