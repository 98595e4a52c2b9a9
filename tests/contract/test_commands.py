"""The commands of a service: what success changes, what every other return value does, through each door."""

from sqlalchemy import select

from modulehost.schema import ActivityLog, EmailTemplate, ModuleLog, ModuleQueue, Service
from tests.contract.bench import Bench, url

ALL = "".join(
    f"def acme_{name}(params): return 'success'\n"
    for name in ("CreateAccount", "SuspendAccount", "UnsuspendAccount", "TerminateAccount", "ChangePackage", "ChangePassword", "Renew")
)
#: command of the page, API action, function, status before and after, sentence of the banner
COMMANDS = [
    ("create", "ModuleCreate", "CreateAccount", "Pending", "Active", "The account of menon-foods.example was created."),
    ("suspend", "ModuleSuspend", "SuspendAccount", "Active", "Suspended", "The account of menon-foods.example was suspended."),
    ("unsuspend", "ModuleUnsuspend", "UnsuspendAccount", "Suspended", "Active", "The account of menon-foods.example is no longer suspended."),
    ("terminate", "ModuleTerminate", "TerminateAccount", "Active", "Terminated", "The account of menon-foods.example was terminated."),
    ("changepackage", "ModuleChangePackage", "ChangePackage", "Active", "Active", "The package of menon-foods.example was changed."),
    ("changepw", "ModuleChangePw", "ChangePassword", "Active", "Active", "The password of menon-foods.example was changed."),
    ("renew", "", "Renew", "Active", "Active", "The account of menon-foods.example was renewed."),
]  # fmt: skip


def test_success_sets_the_status_and_says_what_was_done(bench: Bench) -> None:
    bench.module(ALL)
    product = bench.product()
    for command, action, function, before, after, sentence in COMMANDS:
        first, second, third = (bench.service(before, product, password="Pa55-word-1") for _ in range(3))
        assert bench.press(first, command) == [("Module Command Success", sentence)]
        assert bench.row(first).domainstatus == after
        if action:
            assert bench.api(action, serviceid=second) == {"result": "success"}
            assert bench.row(second).domainstatus == after
        code, report = bench.call(function, "--service", str(third))
        assert (code, report["state"], report["returned"], report["message"]) == (0, "success", "success", "")
        assert bench.row(third).domainstatus == after
    assert bench.rows(ModuleQueue) == []


def test_a_service_without_a_domain_is_named_by_its_id(bench: Bench) -> None:
    bench.module(ALL)
    service = bench.service(domain="")
    assert bench.press(service, "create") == [("Module Command Success", f"The account of service {service} was created.")]


def test_create_sends_the_products_welcome_mail(bench: Bench) -> None:
    bench.module(ALL)
    with bench.ctx.unit(read=True) as db:
        chosen = db.scalar(select(EmailTemplate.id).where(EmailTemplate.name == "Other Product/Service Welcome Email"))
    bench.api("ModuleCreate", serviceid=bench.service(product=bench.product(welcomeemail=chosen)))
    assert bench.mails() == ["New Product Information"]
    bench.api("ModuleCreate", serviceid=bench.service(product=bench.product(welcomeemail=0)))
    assert len(bench.mails()) == 1


def test_suspend_keeps_the_reason_and_unsuspend_clears_it(bench: Bench) -> None:
    bench.module(ALL.replace("def acme_SuspendAccount(params): ", "def acme_SuspendAccount(params):\n    heard('s', params['suspendreason'])\n    "))
    service = bench.service("Active")
    bench.press(service, "suspend", suspendreason="Overdue on Payment")
    assert (bench.row(service).domainstatus, bench.row(service).suspendreason) == ("Suspended", "Overdue on Payment")
    assert "Overdue on Payment" in bench.shown(service)
    bench.press(service, "unsuspend")
    assert (bench.row(service).domainstatus, bench.row(service).suspendreason) == ("Active", "")
    bench.api("ModuleSuspend", serviceid=service)
    assert bench.row(service).suspendreason == ""
    assert [one.params for one in bench.heard("s")] == ["Overdue on Payment", ""]
    assert bench.mails() == [
        "Service Suspension Notification", "Service Unsuspension Notification", "Service Suspension Notification",
    ]  # fmt: skip


def test_suspend_without_a_reason_has_the_key_through_every_door(bench: Bench) -> None:
    bench.module("def acme_SuspendAccount(params):\n    heard('s', params['suspendreason'])\n    return 'success'")
    product = bench.product()
    bench.press(bench.service("Active", product), "suspend")
    bench.call("SuspendAccount", "--service", str(bench.service("Active", product)))
    assert [one.params for one in bench.heard("s")] == ["", ""]


def test_terminate_sets_the_date_and_create_takes_it_away(bench: Bench) -> None:
    bench.module(ALL)
    service = bench.service("Active")
    bench.press(service, "terminate")
    assert bench.row(service).termination_date == bench.host.clock.today()
    bench.press(service, "create")
    assert (bench.row(service).domainstatus, bench.row(service).termination_date) == ("Active", None)


def test_a_new_password_is_stored_encrypted_once_the_module_agrees(bench: Bench) -> None:
    bench.module("def acme_ChangePassword(params): return 'success' if params['password'] != 'refuse-me' else 'too weak'")
    service = bench.service("Active", password="Old-pass-1")
    form = {"modulechangepassword": "true", "newpw": "refuse-me", "confirmpw": "refuse-me"}
    assert "too weak" in bench.send(service, **form).text
    assert bench.password(service) == "Old-pass-1"
    bench.send(service, **(form | {"newpw": "New-pass-1", "confirmpw": "New-pass-1"}))
    assert bench.password(service) == "New-pass-1"
    assert "New-pass-1" not in bench.row(service).password
    bench.api("ModuleChangePw", serviceid=service, servicepassword="Api-pass-1")
    assert bench.password(service) == "Api-pass-1"
    bench.call("ChangePassword", "--service", str(service), "--params", '{"password": "Cli-pass-1"}')
    assert bench.password(service) == "Cli-pass-1"
    logged = "".join(row.request + row.response + row.arrdata for row in bench.rows(ModuleLog))
    assert not [p for p in ("refuse-me", "Old-pass-1", "New-pass-1", "Api-pass-1", "Cli-pass-1") if p in logged]


FAILURES = [
    ("return 'No <b>capacity</b> left'", "No <b>capacity</b> left"),
    ("return None", 'acme_CreateAccount returned None; expected "success" or an error text (modules/servers/acme/acme.py:1)'),
    ("return True", 'acme_CreateAccount returned True; expected "success" or an error text (modules/servers/acme/acme.py:1)'),
    ("return ''", 'acme_CreateAccount returned an empty text; expected "success" or an error text (modules/servers/acme/acme.py:1)'),
    ("return 'Success'", "Success"),
    ("return {'success': True}", 'acme_CreateAccount returned a dict; expected "success" or an error text (modules/servers/acme/acme.py:1)'),
    ("raise RuntimeError('vendor is away')", "acme_CreateAccount raised RuntimeError: vendor is away (modules/servers/acme/acme.py:1)"),
    ("raise SystemExit(3)", "acme_CreateAccount raised SystemExit: 3 (modules/servers/acme/acme.py:1)"),
]  # fmt: skip


def test_everything_else_is_a_failure_with_one_clear_text(bench: Bench) -> None:
    for statement, text in FAILURES:
        bench.module(f"def acme_CreateAccount(params): {statement}\n")
        fails(bench, text)


def fails(bench: Bench, text: str) -> None:
    service = bench.service(username="menon", password="Pa55-word-1")
    assert bench.press(service, "create") == [("Module Command Error", text)]
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "error", "message": text}
    code, report = bench.call("CreateAccount", "--service", str(service))
    assert (code, report["state"], report["problems"]) == (1, "failed", [text])
    assert (bench.row(service).domainstatus, bench.mails()) == ("Pending", [])
    queued = [q for q in bench.rows(ModuleQueue) if q.service_id == service]
    assert [(q.module_action, q.last_attempt_error, q.num_retries, q.completed) for q in queued] == [("CreateAccount", text, 2, 0)]
    assert f"Module Create Failed - Service ID: {service} - Error: {text}" in [row.description for row in bench.rows(ActivityLog)]


def test_a_refusal_changes_nothing(bench: Bench) -> None:
    for command, action, function, before, _after, _sentence in COMMANDS:
        bench.module(f"def acme_{function}(params): return 'Not today'\n")
        refuses(bench, command, action, function, before)


def refuses(bench: Bench, command: str, action: str, function: str, before: str) -> None:
    service = bench.service(before, username="menon", password="Pa55-word-1", suspendreason="Old reason")
    held = {column.key: getattr(bench.row(service), column.key) for column in Service.__mapper__.column_attrs}
    assert bench.press(service, command, suspendreason="New reason") == [("Module Command Error", "Not today")]
    if action:
        assert bench.api(action, serviceid=service)["message"] == "Not today"
    assert {column.key: getattr(bench.row(service), column.key) for column in Service.__mapper__.column_attrs} == held
    assert bench.mails() == []
    # The queue holds what can be repeated; a password is not kept for later.
    queued = [q.module_action for q in bench.rows(ModuleQueue) if q.service_id == service]
    assert queued == ([function] if command != "changepw" else [])


def test_a_function_that_is_not_there(bench: Bench) -> None:
    bench.module("def acme_CreateAccount(params): return 'success'\n")
    service = bench.service("Active")
    text = "acme_SuspendAccount is not defined in modules/servers/acme/acme.py"
    assert bench.press(service, "suspend") == [("Module Command Error", text)]
    assert bench.api("ModuleSuspend", serviceid=service)["message"] == text
    assert bench.row(service).domainstatus == "Active"


PENDING = """
from modulehost import sdk
def acme_CreateAccount(params):
    heard("CreateAccount", params.get("pending"))
    if params.get("pending") == "job-7" and params["domain"] == "ready.example": return "success"
    return sdk.pending("The server is being installed", "job-7")
"""


def test_pending_through_each_door(bench: Bench) -> None:
    bench.module(PENDING)
    product = bench.product()
    service = bench.service(product=product)
    assert bench.press(service, "create") == [("Module Command Pending", "The server is being installed")]
    assert bench.row(service).domainstatus == "Pending"
    other = bench.service(product=product)
    assert bench.api("ModuleCreate", serviceid=other) == {"result": "error", "message": "The server is being installed"}
    third = bench.service(product=product)
    code, report = bench.call("CreateAccount", "--service", str(third))
    assert (code, report["state"], report["message"], report["problems"]) == (0, "pending", "The server is being installed", [])
    assert (bench.rows(ModuleQueue), bench.mails()) == ([], [])
    lines = [row.description for row in bench.rows(ActivityLog)]
    assert f"Module Create Pending - Service ID: {service} - The server is being installed" in lines
    assert [one.params for one in bench.heard()] == [None, None, None]
    # Asked again by hand it gets its reference back; once it is done, the service is active.
    bench.press(service, "create")
    with bench.ctx.unit() as db:
        db.get_one(Service, service).domain = "ready.example"
    assert bench.press(service, "create") == [("Module Command Success", "The account of ready.example was created.")]
    assert [one.params for one in bench.heard()[3:]] == ["job-7", "job-7"]
    assert bench.row(service).domainstatus == "Active"


def test_without_scripts_the_page_asks_first(bench: Bench) -> None:
    bench.module(ALL)
    service = bench.service()
    assert "Module Command Confirmation" in bench.admin.text(url(service) + "&modop=create")
    assert bench.row(service).domainstatus == "Pending"
