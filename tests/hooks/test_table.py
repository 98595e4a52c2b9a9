"""docs/hooks.md against the code, and the data of the points against how they are fired."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from modulehost.contract import hook_points, nearest_point

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hooks_table", ROOT / "tools" / "hooks_table.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_point_that_the_code_fires_is_documented(table: ModuleType) -> None:
    unknown = {name: places for name, places in table.fired().items() if name not in hook_points()}
    assert unknown == {}


def test_the_page_is_up_to_date(table: ModuleType) -> None:
    assert (ROOT / "docs" / "hooks.md").read_text("utf-8") == table.text(), "run python tools/hooks_table.py"


def test_the_page_names_every_point_once_and_where_it_is_fired(table: ModuleType) -> None:
    rows = {}
    for line in (ROOT / "docs" / "hooks.md").read_text("utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| Hook ", "|---")):
            name = line.split(" | ")[0][2:]
            assert name not in rows, name
            rows[name] = line
    assert rows.keys() == hook_points().keys()
    for name, line in rows.items():
        files = [part for part in line.split("`") if part.startswith("modulehost/")]
        assert bool(files) != ("not modelled" in line), name
        for file in files:
            assert (ROOT / file).is_file(), (name, file)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("PreModuleCreate", "lifecycle/commands.py"),
        ("AfterModuleSuspendFailed", "lifecycle/commands.py"),
        ("ClientAreaPageHome", "themes/page.py"),
        ("ClientAreaPrimarySidebar", "themes/menus.py"),
        ("InvoicePaid", "billing/payments.py"),
        ("ClientEdit", "accounts/clients.py"),
        ("AdminAreaFooterOutput", "web/admin/hookoutput.py"),
        ("AuthAdmin", "accounts/admins.py"),
        ("DailyCronJob", "automation/runner.py"),
    ],
)
def test_the_scan_finds_points_however_they_are_written(table: ModuleType, name: str, place: str) -> None:
    assert any(place in one for one in table.fired()[name])


@pytest.mark.parametrize("name", ["TicketOpen", "PreRegistrarGetDNS", "AcceptQuote", "AffiliateActivation", "FileDownload"])
def test_what_has_no_subject_yet_is_not_called_fired(table: ModuleType, name: str) -> None:
    assert name not in table.fired()
    assert name in hook_points()


def test_the_nearest_name() -> None:
    assert nearest_point("ClientAded") == "ClientAdd"
    assert nearest_point("invoicepaid") == "InvoicePaid"
    assert nearest_point("xyzzy") == ""
