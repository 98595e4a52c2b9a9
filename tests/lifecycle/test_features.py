"""Addons that are a feature of their service's module: other functions, the service's own account, hooks of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import hooks, lifecycle
from modulehost.context import Ctx
from modulehost.lifecycle import OfAddon
from modulehost.schema import (
    ActivityLog,
    Addon,
    ModuleConfiguration,
    ModuleQueue,
    Product,
    Server,
    Service,
    ServiceAddon,
)
from tests.admin.conftest import Browser, admin  # noqa: F401 - a fixture

MODULE = """
from modulehost.sdk import logActivity
def press_ConfigOptions(params): return {"Plan": {"Type": "text"}}
def press_AddOnFeatures(params): return {"toolkit": "WordPress Toolkit", "cdn": "CDN"}
def said(params, word):
    logActivity(word + " " + params["configoption1"] + " for " + params["username"] + " on " + params["serverhostname"]
                + " addon " + str(params["addonId"]))
    return "success"
def press_CreateAccount(params): return "a feature creates no account"
def press_ProvisionAddOnFeature(params): return said(params, "on")
def press_SuspendAddOnFeature(params): return said(params, "paused")
def press_UnsuspendAddOnFeature(params): return said(params, "resumed")
def press_DeprovisionAddOnFeature(params): return "the toolkit is in use"
def press_ChangePassword(params): return "success"
"""


@pytest.fixture
def addon(ctx: Ctx, write_module: Callable[..., Path]) -> int:
    """Addon 1 of an active service on a server; its product addon names the module and no feature yet."""
    write_module("press", MODULE)
    with ctx.unit() as db:
        server = Server(name="One", hostname="one.example", type="press", username="root", active=1)
        product, sold = Product(name="Site", type="hostingaccount", servertype="press"), Addon(name="Toolkit", module="press")
        db.add_all([server, product, sold])
        db.flush()
        service = Service(userid=1, packageid=product.id, domainstatus="Active", username="shop", server=server.id)
        db.add(service)
        db.flush()
        row = ServiceAddon(userid=1, hostingid=service.id, addonid=sold.id, status="Pending", billingcycle="Monthly", qty=1)
        db.add(row)
        db.flush()
        return row.id


def said(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        lines = db.scalars(select(ActivityLog.description).order_by(ActivityLog.id))
        return [line for line in lines if " toolkit for " in line]


def choose(ctx: Ctx, feature: str) -> None:
    with ctx.unit() as db:
        lifecycle.features.choose(db, db.scalars(select(Addon)).one(), feature)


def test_the_commands_of_a_feature(ctx: Ctx, addon: int) -> None:
    choose(ctx, "toolkit")
    fired: list[str] = []
    for point in ("PreModuleProvisionAddOnFeature", "AfterModuleProvisionAddOnFeature", "PreModuleCreate", "AfterModuleDeprovisionAddOnFeatureFailed"):
        hooks.add(ctx.host, point, 1, lambda given, point=point: fired.append(f"{point} {given['params']['addonId']}"))  # type: ignore[misc]
    whom = OfAddon(addon)
    assert [(b.label, b.function) for b in lifecycle.buttons(ctx, whom)] == [
        ("Create", "CreateAccount"), ("Suspend", "SuspendAccount"), ("Unsuspend", "UnsuspendAccount"),
        ("Terminate", "TerminateAccount"), ("Change Password", "ChangePassword"),
    ]  # fmt: skip

    def status() -> str:
        with ctx.unit(read=True) as db:
            return db.get_one(ServiceAddon, addon).status

    for command, after in (("CreateAccount", "Active"), ("SuspendAccount", "Suspended"), ("UnsuspendAccount", "Active")):
        assert lifecycle.run(ctx, whom, command).ok
        assert status() == after
    assert said(ctx) == [f"{word} toolkit for shop on one.example addon {addon}" for word in ("on", "paused", "resumed")]
    outcome = lifecycle.run(ctx, whom, "TerminateAccount", automated=True)
    assert (outcome.state, outcome.message, status()) == ("failed", "the toolkit is in use", "Active")
    assert fired == [
        f"PreModuleProvisionAddOnFeature {addon}", f"AfterModuleProvisionAddOnFeature {addon}",
        f"AfterModuleDeprovisionAddOnFeatureFailed {addon}",
    ]  # fmt: skip
    with ctx.unit(read=True) as db:
        assert db.scalars(select(ModuleQueue)).one().service_type == "addon"


def test_without_a_feature_the_module_creates(ctx: Ctx, addon: int) -> None:
    choose(ctx, "toolkit")
    choose(ctx, "")
    assert lifecycle.run(ctx, OfAddon(addon), "CreateAccount").message == "a feature creates no account"


def test_choosing_on_the_module_settings_tab(admin: Browser, ctx: Ctx, addon: int) -> None:  # noqa: F811
    tab = "/admin/configaddons.php?action=manage&id=1&tab=3"

    def stored() -> dict[str, Any]:
        with ctx.unit(read=True) as db:
            return {row.setting_name: row.value for row in db.scalars(select(ModuleConfiguration))}

    text = admin.text(tab)
    assert '<option value="toolkit">WordPress Toolkit</option>' in text and "packageconfigoption[1]" in text
    admin.saved(tab, {"module": "press", "feature": "", "packageconfigoption[1]": "gold"})
    assert stored() == {"configoption1": "gold"}
    admin.saved(tab, {"module": "press", "feature": "cdn", "packageconfigoption[1]": "gold"})
    assert stored() == {"provisioningType": "feature", "configoption1": "cdn"}
    text = admin.text(tab)
    assert '<option value="cdn" selected>CDN</option>' in text and "packageconfigoption[1]" not in text
    answer = admin.post(tab, {"module": "press", "feature": "moon"})
    assert "press offers no feature “moon”." in answer.text
    assert stored() == {"provisioningType": "feature", "configoption1": "cdn"}
    admin.saved(tab, {"module": "press", "feature": "", "packageconfigoption[1]": "silver"})
    assert stored() == {"configoption1": "silver"}
