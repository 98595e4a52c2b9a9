"""Values that nobody types in earnest: each gets a page with words, none an error of the host."""

import time
from urllib.parse import urlencode

import pytest
from flask import Flask

from modulehost import app
from modulehost.api import forms
from modulehost.context import Host
from tests.security.world import Doors, send, signed_in

NUMBERS = ("²", "9" * 30, "9" * 5000, "a\x00b", "-1")
NAMED = (
    "id",
    "userid",
    "page",
    "tab",
    "ids",
    "cid",
    "gid",
    "i",
    "currency",
    "email",
    "productselect",
    "orderid",
    "ordernum",
)


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_what_is_no_number(application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    pages = {address.partition("?")[0]: address for address in doors.pages}
    for value in NUMBERS:
        for address in [
            *pages,
            "/cart.php?a=confproduct",
            "/cart.php?a=price",
            "/cart.php?a=remove",
            "/cart.php?a=add&pid=1",
        ]:
            separator = "&" if "?" in address else "?"
            answer = browser.get(address + separator + urlencode(dict.fromkeys(NAMED, value)))
            assert answer.status_code < 500 or answer.status_code == 501, (address, value[:20], answer.status_code)


@pytest.mark.parametrize("value", ["9" * 30, "NaN", "a\x00b", "x" * 70_000, "9999-12-31"])
def test_forms_full_of_nonsense(application: Flask, doors: Doors, value: str) -> None:
    browser = signed_in(application)
    names = (
        "name", "amount", "qty", "regdate", "nextduedate", "date", "duedate", "fees", "transid", "domain", "gid", "roleid", "port",
        "recurringamount", "firstpaymentamount", "billingcycle", "packageid", "server", "qtyminimum", "qtymaximum", "sortorder",
        "amount[1]", "description[1]", "description[x]", "customfield[1]", "customfield[²]", "configoption[1]", "configoption[x]", "qty[0]", "qty[²]",
        "roles", "groups", "servers", "configoptionlinks", "productlinks", "pricing[1][monthly]", "price[1][new][monthly]", "vendor",
        "target", "firstname", "email", "notes", "gateway", "paymentmethod", "status", "domainstatus", "OrderDaysGrace", "SequentialInvoiceNumberValue", "InvoiceLateFeeAmount", "maxaccounts",
        "stockqty", "autoterminatedays", "proratadate", "currency", "groupid", "username", "password", "newpw", "confirmpw",
    )  # fmt: skip
    data = {
        **dict.fromkeys(names, value),
        "save": "1",
        "configure": "1",
        "checkout": "1",
        "register": "1",
        "submit": "1",
    }
    addresses = [f"{page}{'&' if '?' in page else '?'}action={action}" for page, actions in {
        f"/admin/configproducts.php?id={doors.product}": ("create", "creategroup", "edit&tab=1", "edit&tab=2", "edit&tab=3", "edit&tab=4", "edit&tab=5", "duplicate"),
        "/admin/configproductoptions.php?id=1&cid=1": ("savegroup", "saveoption", "managegroup", "manageoptions"),
        "/admin/configservers.php?id=1": ("manage", "managegroup", "save", "test"),
        f"/admin/invoices.php?id={doors.invoice}": ("lines", "options", "addpayment"),
        f"/admin/orders.php?id={doors.order}": ("notes", value),
        "/admin/configadminroles.php?id=2": ("edit",), "/admin/configadmins.php": ("manage",),
        "/admin/configapicredentials.php": ("create", "role"),
        f"/admin/clientsservices.php?userid=1&id={doors.service}": ("",),
        "/admin/clientsprofile.php?userid=1": ("",), "/admin/clientsadd.php": ("",),
        "/admin/configgeneral.php?tab=3": ("",), "/admin/configauto.php": ("",), "/admin/configgeneral.php?tab=7": ("",), "/admin/vendorendpoints.php": ("",), "/admin/modulequeue.php": ("retry",),
        "/clientarea.php": ("details",), "/register.php": ("",), "/user/password": ("",),
        f"/viewinvoice.php?id={doors.invoice}": ("",),
    }.items() for action in actions]  # fmt: skip
    addresses += [f"/cart.php?a={a}&i=0" for a in ("confproduct", "price", "view", "checkout")]
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    for address in addresses:
        answer = send(browser, address, data)
        assert answer.status_code < 500 or answer.status_code == 501, (
            address,
            value[:20],
            answer.status_code,
            answer.text[-400:],
        )


def test_many_fields_take_no_longer_than_they_must() -> None:
    """100,000 elements of one array: with a search for each it would take minutes."""
    before = time.perf_counter()
    read = forms.read([("a[]", "x")] * 100_000)
    assert len(read["a"]) == 100_000
    assert time.perf_counter() - before < 5


def test_arrays_as_php_reads_them() -> None:
    assert forms.read([("a[]", "1"), ("a[5]", "2"), ("a[]", "3"), ("a[k]", "4"), ("a[][]", "5")]) == {
        "a": {"0": "1", "5": "2", "6": "3", "k": "4", "7": {"0": "5"}}
    }
    assert forms.read([("a[]", "1"), ("a", "2"), ("a[]", "3")]) == {"a": {"0": "3"}}
    assert forms.read([("a" + "[b]" * 5000, "1")])["a"]["b"]
