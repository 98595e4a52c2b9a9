"""Every command of a server module through /includes/api.php: what is called, with what, and what the rows say afterwards."""

from typing import Any

import pytest

from modulehost.schema import Command
from tests.contract import everyfn
from tests.contract.bench import Bench

#: action, further parameters, the function called, parameters that it must be given, the status afterwards
STEPS: list[tuple[str, dict[str, Any], str, dict[str, Any], str]] = [
    ("ModuleCreate", {}, "CreateAccount", {"status": "Pending", "domain": "menon-foods.example"}, "Active"),
    ("ModuleChangePw", {"servicepassword": "New-pass-7"}, "ChangePassword", {"password": "New-pass-7"}, "Active"),
    ("ModuleChangePackage", {}, "ChangePackage", {"configoption1": "gold"}, "Active"),
    ("ModuleCustom", {"func_name": "restart"}, "restart", {"status": "Active"}, "Active"),
    ("ModuleCustom", {"func_name": "Renew"}, "Renew", {"status": "Active"}, "Active"),
    ("ModuleSuspend", {"suspendreason": "Overdue"}, "SuspendAccount", {"suspendreason": "Overdue"}, "Suspended"),
    ("ModuleUnsuspend", {}, "UnsuspendAccount", {"status": "Suspended"}, "Active"),
    ("ModuleTerminate", {}, "TerminateAccount", {"status": "Active"}, "Terminated"),
]


#: what the service's page asks the module while it is drawn
READ = ("LoginLink", "AdminServicesTabFields")


def test_each_command_reaches_its_function_once(bench: Bench) -> None:
    bench.module(everyfn.CODE, "everyfn", **everyfn.TEMPLATES)
    product = bench.product(servertype="everyfn", configoption1="gold")
    service = bench.service(product=product)
    for action, more, function, expected, status in STEPS:
        bench.forget()
        answer = bench.api(action, serviceid=service, **more)
        assert answer["result"] == "success", (action, more, answer)
        (call,) = bench.heard()
        assert call.function == function
        assert {name: call.params[name] for name in expected} == expected, action
        assert (call.params["serviceid"], call.params["moduletype"]) == (service, "everyfn")
        assert bench.row(service).domainstatus == status, action
    assert bench.password(service) == "New-pass-7"


@pytest.mark.parametrize(
    "function",
    ["nowhere", "MetaData", "ListAccounts", "ServiceSingleSignOn", "LoadPackages", "TerminateAccount", "SuspendAccount", "_done"],
)
def test_what_is_not_offered_is_run_by_no_door(bench: Bench, function: str) -> None:
    bench.module(everyfn.CODE, "everyfn", **everyfn.TEMPLATES)
    service = bench.service("Active", bench.product(servertype="everyfn"))
    answer = bench.api("ModuleCustom", serviceid=service, func_name=function)
    assert answer["result"] == "error", answer
    assert f"“{function}”" in answer["message"] and "it offers: restart, adminReport" in answer["message"]
    assert bench.press(service, "custom", ac=function) == [("Module Command Error", answer["message"])]
    assert [one for one in bench.heard() if one.function not in READ] == []
    assert bench.row(service).domainstatus == "Active" and bench.rows(Command) == []


def test_a_module_without_buttons_says_so_and_a_broken_list_refuses(bench: Bench) -> None:
    bench.module("def acme_wipe(params): heard('wipe'); return 'success'\n")
    service = bench.service("Active")
    said = bench.api("ModuleCustom", serviceid=service, func_name="wipe")["message"]
    assert "“wipe”" in said and "AdminCustomButtonArray is missing or empty" in said
    bench.module("def acme_wipe(params): heard('wipe'); return 'success'\ndef acme_AdminCustomButtonArray(): raise RuntimeError('gone')\n")
    said = bench.api("ModuleCustom", serviceid=service, func_name="wipe")["message"]
    assert "raised RuntimeError: gone" in said and bench.heard() == []
    # What the list names is run, even under the name of a command.
    bench.module("def acme_AdminCustomButtonArray(): return {'End It': 'TerminateAccount'}\ndef acme_TerminateAccount(params): return 'success'\n")
    assert bench.api("ModuleCustom", serviceid=service, func_name="TerminateAccount")["result"] == "success"
    assert bench.row(service).domainstatus == "Terminated"


def test_single_sign_on_by_api_leads_to_the_service_page(bench: Bench) -> None:
    bench.module(everyfn.CODE, "everyfn", **everyfn.TEMPLATES)
    service = bench.service("Active", bench.product(servertype="everyfn"), username="menon")
    answer = bench.api("CreateSsoToken", client_id=1, destination="clientarea:product_details", service_id=service)
    assert answer["result"] == "success", answer
    browser = bench.app.test_client()
    page = browser.get(answer["redirect_url"], follow_redirects=True)
    assert page.status_code == 200 and "Plan" in page.text
    assert [one.function for one in bench.heard()] == ["ClientArea"]
