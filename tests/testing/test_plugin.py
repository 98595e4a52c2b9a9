"""The pytest plugin as a module's own tests use it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.testing.running import ROOT, project, run

FIXTURES = """
import datetime
import pytest

@pytest.mark.modulehost(config={"Plan": "large", 2: "s3cret", "Where": "Pune"})
def test_a_service(service, clock):
    assert service.status == "Pending"
    outcome = service.run("CreateAccount")
    assert outcome.ok, outcome.message
    assert service.status == "Active"
    assert service.property("Seen") == "large Pune 2026-01-15 12:00:00"
    (entry,) = service.module_log()
    assert entry.action == "create" and "s3cret" not in entry.request
    assert service.queue() == []

@pytest.mark.modulehost(config={"Key": "wrong"})
def test_a_command_that_fails(service):
    outcome = service.run("CreateAccount")
    assert (outcome.ok, outcome.message, service.status) == (False, "The key is refused", "Pending")

@pytest.mark.modulehost(configoptions={"boxes": 3, "plan": "gold|Gold"}, customfields={"Note": "hi"}, service={"domain": "lily.example", "domainstatus": "Active"})
def test_what_the_service_holds(service):
    assert service.call("ClientArea") == "{'boxes': 3, 'plan': 'gold'} {'Note': 'hi'} lily.example"
    service.set(domain="rose.example")
    assert "rose.example" in service.call("ClientArea")

@pytest.mark.modulehost(server={"hostname": "one.example"})
def test_a_server(service):
    assert service.call_server("TestConnection")["success"] is True

@pytest.mark.modulehost(time="2027-02-27 08:00:00")
def test_the_clock(clock, host):
    assert clock.now() == datetime.datetime(2027, 2, 27, 8) and host.clock.frozen
    clock.advance("2d")
    assert clock.today() == datetime.date(2027, 3, 1)
    clock.set("2028-01-01")
    assert clock.now() == datetime.datetime(2028, 1, 1)

def test_the_api_and_the_client(api, client, service):
    assert api("GetClients")["totalresults"] == 1
    assert api("GetInvoice", invoiceid=99) == {"result": "error", "message": "Invoice ID Not Found"}
    assert client.details()["email"] == client.email == "asha@example.com"
    page = client.browser().get(f"/clientarea.php?action=productdetails&id={service.id}")
    assert page.status_code == 200 and "example.com" in page.text

def test_a_simulator(sandbox, clock, host):
    box = sandbox("zoho")
    import requests
    from modulehost import settings
    from modulehost.context import Ctx
    assert requests.get(box.url + "/_sandbox/", timeout=10).status_code == 200
    with Ctx(host).unit(read=True) as db:
        assert settings.endpoints(db)["https://mail.zoho.com"] == box.url

def test_functions_directly(modulehost_module):
    assert list(modulehost_module.call("ConfigOptions", {})) == ["Plan", "Key", "Place"]
"""
MARKS = """
import pytest
pytestmark = pytest.mark.modulehost(module="examplehost", config={"Package Name": "gold", "Allow Backups": ""})

@pytest.mark.modulehost(config={"Package Name": "silver"})
def test_marks_are_laid_over_each_other(service):
    assert service.run("CreateAccount").ok and service.property("Account Number") == "EX00001"
    assert service.call("ClientArea")["templateVariables"]["account"]["package"] == "silver"
"""
WRONG = """
import pytest

@pytest.mark.modulehost(konfig={})
def test_mark(service): pass

@pytest.mark.modulehost(config={"Plam": "x"})
def test_field(service): pass

@pytest.mark.modulehost(module="nosuch")
def test_module(service): pass
"""
OWN = """
import pytest

@pytest.fixture
def client():
    return "mine"

def test_own_fixtures_go_first(client, service):
    assert client == "mine" and service.run("CreateAccount").ok
"""


def test_every_fixture_in_a_modules_own_tests_in_two_workers(tmp_path: Path) -> None:
    project(tmp_path, tests__test_acme_py=FIXTURES)
    code, output = run(tmp_path, "-n", "2")
    assert (code, "8 passed" in output) == (0, True), output


def test_a_module_named_by_mark_or_setting(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "test_marks.py").write_text(MARKS)
    (tmp_path / "test_named.py").write_text("def test_named(service): assert service.run('CreateAccount').ok\n")
    for named in ("acme", "modules/servers/acme"):
        code, output = run(tmp_path, "-o", f"modulehost_module={named}", "-o", "modulehost_time=2026-05-01")
        assert (code, "2 passed" in output) == (0, True), output


def test_errors_say_what_is_wrong(tmp_path: Path) -> None:
    project(tmp_path, tests__test_acme_py=WRONG)
    (tmp_path / "test_alone.py").write_text("def test_alone(service): pass\ndef test_host_alone(host): pass\n")
    code, output = run(tmp_path)
    assert (code, "1 passed" in output, "4 errors" in output) == (1, True, True), output
    for text in (
        "the mark modulehost has no konfig; did you mean config?",
        "acme_ConfigOptions has no field 'Plam'; it has Plan, Key, Place",
        "there is no module 'nosuch' around the test",
        "no module under test was found around",
    ):
        assert text in output


def test_a_projects_own_fixtures_go_first(tmp_path: Path) -> None:
    project(tmp_path, tests__test_own_py=OWN)
    code, output = run(tmp_path)
    assert (code, "1 passed" in output) == (0, True), output


def test_nothing_is_imported_before_a_fixture_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_other(request):\n"
        "    assert request.config.pluginmanager.get_plugin('modulehost.testing.plugin')\n"
        "    loaded = [n for n in sys.modules if n.startswith('modulehost')]\n"
        "    assert sorted(loaded) == ['modulehost', 'modulehost.testing', 'modulehost.testing.plugin']\n"
        "    assert not {'sqlalchemy', 'flask', 'requests'} & set(sys.modules)\n"
    )
    code, output = run(tmp_path)
    assert (code, "1 passed" in output) == (0, True), output


@pytest.mark.slow
def test_the_wheel_announces_the_plugin(tmp_path: Path) -> None:
    script = "import setuptools, sys; sys.argv = ['setup.py', '-q', 'egg_info', '-e', sys.argv[1]]; setuptools.setup()"
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, timeout=60)
    (found,) = tmp_path.glob("*.egg-info/entry_points.txt")
    assert "[pytest11]\nmodulehost.testing.plugin = modulehost.testing.plugin" in found.read_text()
