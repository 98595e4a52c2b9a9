"""ListAccounts and the sync page: what is matched, different, only there, only here; import, update, mark as terminated."""

import json
import re
from datetime import date
from typing import Any

import pytest

from modulehost.schema import Client, EmailTemplate, Pricing, Product, Server, Service, TransientData
from tests.contract.bench import Bench, banners

PAGE = "/admin/configservers.php?action=sync&id=1"
ACCOUNT = {"email": "asha@example.com", "username": "u", "domain": "d.example", "uniqueIdentifier": "d.example", "product": "gold",
           "primaryip": "", "created": "2026-01-31 12:00:00", "status": "Active"}  # fmt: skip


def account(unique: str, **values: Any) -> dict[str, Any]:
    return {**ACCOUNT, "domain": unique, "uniqueIdentifier": unique, "username": unique.partition(".")[0], **values}


def listing(bench: Bench, *accounts: dict[str, Any], metadata: dict[str, str] | None = None, more: str = "") -> None:
    """The module lists these accounts; one server, id 1, is its."""
    known = {"ListAccountsProductField": "configoption1", **(metadata or {})}
    bench.module(
        f"import json\nfrom modulehost import sdk\nassert (sdk.Status.ACTIVE, sdk.Status.SUSPENDED) == ('Active', 'Suspended')\n"
        f"def acme_MetaData(): return json.loads({json.dumps(known)!r})\n"
        f"def acme_ListAccounts(params): return {{'success': True, 'accounts': json.loads({json.dumps(accounts)!r})}}\n"
        f"def acme_ChangePassword(params):\n    heard('ChangePassword', params)\n    return 'success'\n{more}"
    )
    with bench.ctx.unit() as db:
        if db.get(Server, 1) is None:
            db.add(Server(name="Node", type="acme"))


def listed(bench: Bench) -> dict[str, int]:
    """Lists the accounts; how many stand under each heading."""
    bench.admin.saved(PAGE.replace("sync", "listaccounts"), action="listaccounts", id="1")
    return counts(bench)


def counts(bench: Bench) -> dict[str, int]:
    page = bench.admin.text(PAGE)
    return {key: int(n) for key, n in re.findall(r"&kind=(\w+)\"[^>]*>[^<]*\((\d+)\)", page)}


def apply(bench: Bench, kind: str, *accounts: str, **fields: str) -> list[tuple[str, str]]:
    form: dict[str, Any] = {"action": "sync", "id": "1", "kind": kind, "account": list(accounts), "confirmed": "1", **fields}
    bench.admin.saved(PAGE, form)
    return banners(bench.admin.get(PAGE).text)


def test_each_account_and_service_stands_where_it_belongs(bench: Bench) -> None:
    listing(bench, account("same.example"), account("held.example", status="Suspended"), account("gone-here.example"),
            account("new.example"), account("pack.example", product="silver"), account("UPPER.example"))  # fmt: skip
    product = bench.product(configoption1="gold")
    for domain, status, username in (("same.example", "Active", "same"), ("held.example", "Active", "held"),
                                     ("gone-here.example", "Terminated", "gone-here"), ("lost.example", "Suspended", "x"),
                                     ("ended.example", "Cancelled", "x"), ("waits.example", "Pending", "x"),
                                     ("pack.example", "Active", "pack"), ("upper.EXAMPLE", "Active", "upper")):  # fmt: skip
        bench.service(status, product, domain=domain, username=username, server=1)
    bench.service("Active", product, domain="elsewhere.example", server=2)
    assert "Not listed yet" in bench.admin.text(PAGE) and "Sync Accounts" in bench.admin.text("/admin/configservers.php")
    assert listed(bench) == {"differing": 3, "missing_here": 1, "missing_there": 1, "matched": 2}
    page = bench.admin.text(PAGE + "&kind=differing")
    assert re.findall(r'name="account" value="([^"]*)"', page) == ["gone-here.example", "held.example", "pack.example"]
    assert "Package:</span> silver" in page and "Status:</span> Suspended" in page
    assert "lost.example" in bench.admin.text(PAGE + "&kind=missing_there")


def test_update_takes_status_domain_and_user_name(bench: Bench) -> None:
    listing(bench, account("one", status="Suspended", domain="new.example", username="one"), account("two", product="silver", username="two"),
            metadata={"ListAccountsUniqueIdentifierField": "username"})  # fmt: skip
    product = bench.product(configoption1="gold")
    first = bench.service("Active", product, domain="old.example", username="one", server=1)
    second = bench.service("Active", product, domain="two", username="two", server=1)
    listed(bench)
    ((title, text), (_done, told)) = apply(bench, "differing", "one", "two")
    assert title == "1 account(s) need a look" and "two: the package differs" in text and told == "1 account(s) updated"
    row = bench.row(first)
    assert (row.domainstatus, row.domain, row.suspendreason) == ("Suspended", "new.example", "Suspended on the server")
    assert bench.row(second).domainstatus == "Active"
    assert counts(bench)["matched"] == 1
    assert apply(bench, "differing", "one") == [("Nothing was changed", "Tick the accounts that are meant.")]


def test_what_is_gone_there_is_marked_and_the_module_not_called(bench: Bench) -> None:
    listing(bench, more="def acme_TerminateAccount(params):\n    heard('TerminateAccount')\n    return 'success'\n")
    product = bench.product()
    ids = [bench.service("Active", product, domain=f"{n}.example", server=1) for n in ("a", "b")]
    assert listed(bench)["missing_there"] == 2
    question = bench.admin.post(PAGE, {"action": "sync", "id": "1", "kind": "missing_there", "account": ["a.example"]})
    assert "Mark as terminated: 1 account(s) of" in question.text and bench.row(ids[0]).domainstatus == "Active"
    assert apply(bench, "missing_there", "a.example") == [("Server Sync", "1 account(s) marked as terminated")]
    row = bench.row(ids[0])
    assert (row.domainstatus, row.termination_date) == ("Terminated", bench.host.clock.today())
    assert bench.row(ids[1]).domainstatus == "Active" and bench.heard("TerminateAccount") == []


def prices(bench: Bench, product: int, **columns: str) -> None:
    from decimal import Decimal

    with bench.ctx.unit() as db:
        db.get_one(Product, product).paytype = "recurring"
        off = dict.fromkeys(("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially"), "-1")
        db.add(Pricing(type="product", relid=product, currency=1, **{k: Decimal(v) for k, v in {**off, **columns}.items()}))


def test_import_makes_clients_and_services_and_can_be_repeated(bench: Bench) -> None:
    listing(bench, account("mine.example", created="2026-01-31 12:00:00"), account("new.example", email="new@example.net", status="Suspended"),
            account("twin.example", email="new@example.net", product="silver"), account("nobody.example", email=""))  # fmt: skip
    gold, other = bench.product(configoption1="gold"), bench.product(name="Other", configoption1="copper")
    prices(bench, gold, annually="30.00")
    prices(bench, other, monthly="4.00")
    assert listed(bench)["missing_here"] == 4
    told = apply(bench, "missing_here", "mine.example", "new.example", "twin.example", "nobody.example")
    assert told[0][0] == "2 account(s) need a look" and told[1] == ("Server Sync", "2 account(s) imported")
    assert "no product has the package “silver”" in told[0][1] and "nobody.example: it has no email address" in told[0][1]
    mine, new = sorted(bench.rows(Service), key=lambda row: row.domain)
    assert (mine.userid, mine.packageid, mine.server, mine.domainstatus, mine.username) == (1, gold, 1, "Active", "mine")
    assert (mine.regdate, mine.billingcycle, str(mine.amount)) == (date(2026, 1, 31), "Annually", "30.00")
    following = date(2027, 1, 31) if bench.host.clock.today() < date(2027, 1, 31) else None
    assert following is None or (mine.nextduedate, mine.nextinvoicedate) == (following, following)
    assert (new.userid, new.domainstatus, new.suspendreason) == (2, "Suspended", "Suspended on the server")
    assert [row.email for row in bench.rows(Client)] == ["asha@example.com", "new@example.net"]
    # Again, with a product for the rest; what was there is left alone.
    assert apply(bench, "missing_here", "twin.example", product=str(other), billingcycle="monthly")[-1][1] == "1 account(s) imported"
    twin = next(row for row in bench.rows(Service) if row.domain == "twin.example")
    assert (twin.userid, twin.packageid, twin.billingcycle, str(twin.amount)) == (2, other, "Monthly", "4.00")
    assert len(bench.rows(Client)) == 2 and counts(bench)["missing_here"] == 1
    assert mine.paymentmethod  # the invoices of the service have a way to be paid


def test_import_by_a_custom_field_with_new_password_and_welcome(bench: Bench) -> None:
    listing(bench, account("org-77", domain="x.example", username="x"),
            metadata={"ListAccountsUniqueIdentifierField": "customfield.Org ID", "ListAccountsUniqueIdentifierDisplayName": "Organisation"})  # fmt: skip
    with bench.ctx.unit() as db:
        welcome = next(row for row in db.query(EmailTemplate) if row.name == "Hosting Account Welcome Email").id
    bench.product(configoption1="gold", welcomeemail=welcome)
    listed(bench)
    assert "Organisation" in bench.admin.text(PAGE)
    before = len(bench.mails())
    assert apply(bench, "missing_here", "org-77", reset="1", welcome="1") == [("Server Sync", "1 account(s) imported")]
    given = bench.heard("ChangePassword")[0].params
    assert given["customfields"] == {"Org ID": "org-77"} and len(given["password"]) == 14
    assert bench.password(1) == given["password"] and len(bench.mails()) == before + 1
    assert counts(bench) == {"differing": 0, "missing_here": 0, "missing_there": 0, "matched": 1}


def test_five_thousand_accounts_page_and_all_of_a_list_can_be_meant(bench: Bench) -> None:
    many = [account(f"d{n:04}.example") for n in range(5000)]
    listing(bench, *many)
    product = bench.product(configoption1="gold")
    with bench.ctx.unit() as db:
        for n in range(5000):
            db.add(Service(userid=1, packageid=product, server=1, domain=f"d{n:04}.example", username=f"d{n:04}",
                           domainstatus="Suspended" if n % 25 == 0 else "Active"))  # fmt: skip
    assert listed(bench) == {"differing": 200, "missing_here": 0, "missing_there": 0, "matched": 4800}
    page = bench.admin.text(PAGE + "&kind=differing&page=2")  # every 25th differs: the second page begins with the 100th of them
    assert page.count('name="account"') == 100 and "d2500.example" in page and "All 200, also on the other pages" in page
    assert apply(bench, "differing", all="1") == [("Server Sync", "200 account(s) updated")]
    assert counts(bench)["matched"] == 5000


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return {'success': False, 'error': 'Wrong <key>'}", "Wrong <key>"),
        ("return {'success': False}", "the module reported a failure without saying why"),
        ("return None", "acme_ListAccounts returned None; expected a map with success and accounts"),
        ("return {'success': True}", "acme_ListAccounts returned None as accounts; expected a list of maps (modules/servers/acme/acme.py:1)"),
        ("return {'success': True, 'accounts': ['x']}", "returned account 1 as the text 'x'; expected a map"),
        ("raise RuntimeError('no route')", "acme_ListAccounts raised RuntimeError: no route"),
    ],
)  # fmt: skip
def test_what_cannot_be_listed_is_said(bench: Bench, statement: str, text: str) -> None:
    bench.module(f"def acme_ListAccounts(params): {statement}")
    with bench.ctx.unit() as db:
        db.add(Server(name="Node", type="acme"))
    bench.admin.saved(PAGE.replace("sync", "listaccounts"), action="listaccounts", id="1")
    answer = bench.admin.get(PAGE)
    assert banners(answer.text)[0][0] == "The accounts were not listed" and text in banners(answer.text)[0][1]
    assert "<key>" not in answer.text and not [t for t in bench.rows(TransientData) if t.name.startswith("sync")]


def test_accounts_with_faults_are_left_out_and_named(bench: Bench) -> None:
    listing(bench, account("good.example"), account(""), account("odd.example", status="Frozen"), account("when.example", created="soon"),
            account("GOOD.example"), metadata={"ListAccountsUniqueIdentifierField": "color", "ListAccountsProductField": "package"})  # fmt: skip
    assert listed(bench)["missing_here"] == 1
    page = bench.admin.text(PAGE)
    for text in ("account 2 without a uniqueIdentifier", "account 3 with the status 'Frozen'; expected sdk.Status.ACTIVE or sdk.Status.SUSPENDED",
                 "account 4 with 'soon' as created", "account 5 with the uniqueIdentifier 'GOOD.example' a second time",
                 "ListAccountsUniqueIdentifierField 'color'; known are domain, username and customfield.NAME",
                 "ListAccountsProductField 'package'; expected configoption1"):  # fmt: skip
        assert text in page, text
