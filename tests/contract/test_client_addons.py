"""Addons with a module of their own on the client's product page: output in every form, buttons, functions, sign-on."""

from collections.abc import Callable

import pytest

from modulehost.context import Host
from modulehost.schema import Addon, ServiceAddon
from tests.client.shop import words
from tests.contract.bench import Bench

CODE = """
from modulehost.sdk import CustomAction, CustomActionCollection
def vault_MetaData(): return {"DisplayName": "Vault", "ServiceSingleSignOnLabel": "Open the vault"}
def vault_ClientArea(params): return FORM
def vault_ClientAreaCustomButtonArray(params): return {"Lock <it>": "lock", "Report": "report", "Break": "broken"}
def vault_lock(params):
    heard("lock", {"addonId": params["addonId"], "serviceid": params["serviceid"]})
    return "success"
def vault_report(params): return {"templatefile": "report", "vars": {"count": 7}}
def vault_broken(params): raise RuntimeError("inner text")
def vault_secret(params):
    heard("secret")
    return "success"
def vault_ServiceSingleSignOn(params):
    return {"success": True, "redirectTo": f"https://vault.example/{params['addonId']}"}
def vault_CustomActions(params):
    collection = CustomActionCollection()
    collection.add(CustomAction.factory("keys", "Show keys", lambda addon: {"success": True, "redirectTo": f"https://keys.example/{addon}"},
                                        [params["addonId"]]))
    return collection
"""
FORMS = {
    "html": ('"<b class=own>Vault HTML</b>"', "<b class=own>Vault HTML</b>"),
    "old": ('{"templatefile": "old", "vars": {"size": "<i>9</i>"}}', "<p class=own><i>9</i> of addon ADDON for Asha</p>"),
    "tab": ('{"tabOverviewModuleOutputTemplate": "old.tpl", "templateVariables": {"size": 8}}', "<p class=own>8 of addon ADDON for Asha</p>"),
    "replacing": ('{"tabOverviewReplacementTemplate": "old", "templateVariables": {"size": 7}}', "<p class=own>7 of addon ADDON for Asha</p>"),
    "page": ('{"outputTemplateFile": "old", "templateVariables": {"size": 6}}', "<p class=own>6 of addon ADDON for Asha</p>"),
    "none": ("None", ""),
}
OLD = "<p class=own>{$size} of addon {$addonId} for {$clientsdetails.firstname}</p>"
REPORT = "<p class=own>{$count} reports of {$moduletype} {$addonId}</p>"


def an_addon(bench: Bench, service: int, status: str = "Active", name: str = "Night <Vault>") -> int:
    with bench.ctx.unit() as db:
        sold = Addon(name=name, module="vault", type="other", packages="")
        db.add(sold)
        db.flush()
        row = ServiceAddon(userid=1, hostingid=service, addonid=sold.id, status=status, billingcycle="Monthly", qty=1)
        db.add(row)
        db.flush()
        return row.id


def with_vault(bench: Bench, form: str = '"<b class=own>Vault HTML</b>"') -> tuple[int, int]:
    bench.module("def acme_ClientArea(params): return '<i>the service</i>'")
    bench.module(CODE.replace("FORM", form), name="vault", old=OLD, report=REPORT)
    service = bench.service("Active")
    return service, an_addon(bench, service)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_stands_in_the_addons_own_section(bench: Bench, name: str) -> None:
    form, expected = FORMS[name]
    service, addon = with_vault(bench, form)
    page = bench.details(service).text
    assert f'id="addon{addon}"' in page
    assert "Night &lt;Vault&gt;</h2>" in page
    assert expected.replace("ADDON", str(addon)) in page
    assert "<i>the service</i>" in page
    assert "Registered" in words(bench.details(service))  # the overview is the service's


def test_its_own_title_and_a_template_without_a_function(bench: Bench) -> None:
    service, addon = with_vault(bench, '{"overrideDisplayTitle": "Your <vault>", "templatefile": "old", "vars": {"size": 1}}')
    assert "Your &lt;vault&gt;</h2>" in bench.details(service).text
    bench.module("def vault_CreateAccount(params): return 'success'", name="vault", clientarea="<p>{$addonId} is {$status}</p>")
    assert f"<p>{addon} is Active</p>" in bench.details(service).text


def test_buttons_and_functions_are_of_the_addon(bench: Bench) -> None:
    service, addon = with_vault(bench)
    link = f"/clientarea.php?action=productdetails&id={service}&addonId={addon}&modop=custom&a=lock"
    assert f'href="{link.replace("&", "&amp;")}"' in bench.details(service).text
    asked = bench.details(service, f"&addonId={addon}&modop=custom&a=lock")
    assert f'name="addonId" value="{addon}"' in asked.text  # the page asks for a click
    assert bench.heard() == []
    assert "Done." in words(bench.send(service, addonId=addon, modop="custom", a="lock"))
    assert [one.params for one in bench.heard()] == [{"addonId": addon, "serviceid": service}]
    answer = bench.send(service, addonId=addon, modop="custom", a="report")
    assert f"<p class=own>7 reports of vault {addon}</p>" in answer.text
    assert "inner text" in words(bench.send(service, addonId=addon, modop="custom", a="broken"))  # in development


def test_sign_on_and_custom_actions_of_the_addon(make_host: Callable[..., Host]) -> None:
    bench = Bench(make_host(development=False))
    service, addon = with_vault(bench)
    page = bench.details(service)
    assert "Open the vault" in words(page)
    assert "Show keys" in words(page)
    gone = bench.client.get(f"/clientarea.php?action=productdetails&id={service}&addonId={addon}&dosinglesignon=1")
    assert (gone.status_code, gone.headers["Location"]) == (303, f"https://vault.example/{addon}")
    gone = bench.send(service, addonId=addon, customaction="keys")
    assert (gone.status_code, gone.headers["Location"]) == (303, f"https://keys.example/{addon}")


def test_what_is_not_offered_does_not_run(bench: Bench) -> None:
    service, addon = with_vault(bench)
    other = an_addon(bench, bench.service("Active", bench.product(), userid=2))
    waiting = an_addon(bench, service, "Suspended", "Sleeping")
    for asked, function in ((addon, "secret"), (addon, "CreateAccount"), (other, "lock"), (waiting, "lock"), (999, "lock"), ("x", "lock")):
        page = bench.send(service, addonId=asked, modop="custom", a=function)
        assert page.status_code == 200
        assert "Done." not in words(page)
    assert bench.heard() == []
    assert f'id="addon{waiting}"' not in bench.details(service).text


def test_a_module_that_fails_leaves_the_page(bench: Bench) -> None:
    service, addon = with_vault(bench, "1 / 0")
    page = bench.details(service)
    assert "ZeroDivisionError" in words(page)
    assert "<i>the service</i>" in page.text
    assert f'id="addon{addon}"' in page.text
