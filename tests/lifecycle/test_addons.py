"""Commands of a service's addon: its own module, settings, status, lock and queue; the service stays as it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import app, config, hooks, lifecycle
from modulehost.context import Ctx, Host
from modulehost.contract import read_config_options
from modulehost.lifecycle import OfAddon, history
from modulehost.schema import (
    ActivityLog,
    Addon,
    Client,
    Command,
    CommandLock,
    CustomField,
    CustomFieldValue,
    Email,
    EmailTemplate,
    ModuleConfiguration,
    ModuleQueue,
    Product,
    Service,
    ServiceAddon,
)
from modulehost.vault import MARK, Vault
from tests.support.databases import fresh_database

Write = Callable[..., Path]
MODULE = """
def backup_ConfigOptions(params): return {"Plan": {"Type": "text"}, "Key": {"Type": "password"}}
def backup_CreateAccount(params):
    model = params["model"]
    if params["configoption1"] != "gold":
        return "no such plan"
    model.serviceProperties.save({"Vault ID": f"v{model.id}-of-{model.serviceId}", "Username": "vault7"})
    return "success"
def backup_SuspendAccount(params): return "success"
def backup_UnsuspendAccount(params): return "success"
def backup_TerminateAccount(params): return "the vault with the key " + params["configoption2"] + " is locked"
def backup_ChangePassword(params): return "success"
def backup_AdminCustomButtonArray(): return {"Show": "show"}
def backup_show(params): return {"templatefile": "x", "vars": {k: v for k, v in params.items() if k != "model"}}
def backup_LoginLink(params): return "addon " + str(params["addonId"])
"""


@pytest.fixture
def host(database_kind: str, tmp_path: Path) -> Iterator[Host]:
    with fresh_database(database_kind, tmp_path, tables=True) as url:
        opened = app.create_host(config.load(tmp_path / "host", {"port": 0, "database": url}, environ={}))
        yield opened
        opened.close()


@pytest.fixture
def addon(ctx: Ctx, write_module: Write) -> int:
    """Addon 1 of service 1, whose product has no module."""
    write_module("backup", MODULE)
    with ctx.unit() as db:
        client = Client(firstname="Asha", lastname="Rao", email="asha@example.com", currency=1)
        product = Product(name="Site", type="hostingaccount")
        mail = EmailTemplate(type="product", name="Vault Welcome", subject="{$addon_name}", message="For {$service_domain}")
        sold = Addon(name="Nightly Backup", module="backup", type="other", welcomeemail=0)
        db.add_all([client, product, mail, sold])
        db.flush()
        sold.welcomeemail = mail.id
        service = Service(userid=client.id, packageid=product.id, domain="shop.example", domainstatus="Active", username="shop")
        db.add(service)
        db.flush()
        row = ServiceAddon(userid=client.id, hostingid=service.id, addonid=sold.id, status="Pending", billingcycle="Monthly", qty=1)
        db.add(row)
        db.flush()
        fields = read_config_options({"Plan": {"Type": "text"}, "Key": {"Type": "password"}})[0]
        lifecycle.save_addon_options(db, sold, {1: "gold", 2: "k3y-of-the-vault"}, fields)
        return row.id


def listen(ctx: Ctx, *points: str) -> list[tuple[str, dict[str, Any]]]:
    heard: list[tuple[str, dict[str, Any]]] = []
    for point in points:
        hooks.add(ctx.host, point, 1, lambda given, point=point: heard.append((point, dict(given))))
    return heard


def test_an_addons_life_touches_the_addon_only(ctx: Ctx, addon: int) -> None:
    heard = listen(ctx, "AddonActivated", "AddonSuspended", "AddonUnsuspended", "PreModuleCreate", "AfterModuleCreate")
    whom = OfAddon(addon)
    assert lifecycle.run(ctx, whom, "CreateAccount", request_key="once").ok
    assert lifecycle.run(ctx, whom, "CreateAccount", request_key="once").command_id == 1
    assert [point for point, _ in heard] == ["PreModuleCreate", "AddonActivated", "AfterModuleCreate"]
    assert heard[1][1] == {"id": 1, "userid": 1, "serviceid": 1, "addonid": 1}
    assert heard[0][1]["params"]["addonId"] == 1
    with ctx.unit(read=True) as db:
        row, service = db.get_one(ServiceAddon, 1), db.get_one(Service, 1)
        assert (row.status, service.domainstatus, service.username) == ("Active", "Active", "shop")
        fields = db.execute(
            select(CustomField.type, CustomField.relid, CustomField.fieldname, CustomFieldValue.relid, CustomFieldValue.value)
            .join(CustomFieldValue, CustomFieldValue.fieldid == CustomField.id).order_by(CustomField.id)
        ).all()  # fmt: skip
        assert [tuple(f) for f in fields] == [("addon", 1, "Vault ID", 1, "v1-of-1"), ("addon", 1, "Username", 1, "vault7")]
        mail = db.scalars(select(Email)).one()
        assert (mail.subject, "For shop.example" in mail.message) == ("Nightly Backup", True)
        assert "Module Create Successful - Addon ID: 1" in db.scalars(select(ActivityLog.description)).all()
    del heard[:]
    assert lifecycle.run(ctx, whom, "SuspendAccount").ok
    assert lifecycle.subjects.KINDS["addon"] is OfAddon and lifecycle.run(ctx, whom, "UnsuspendAccount").ok
    assert [point for point, _ in heard] == ["AddonSuspended", "AddonUnsuspended"]
    with ctx.unit(read=True) as db:
        assert db.get_one(ServiceAddon, 1).status == "Active"
        assert db.scalars(select(Command.service_id)).all() == [1, 1, 1]
        assert db.scalars(select(Command.addon_id)).all() == [1, 1, 1]
        assert lifecycle.states.told(db, whom, "SuspendAccount") == "The account of Nightly Backup (shop.example) was suspended."


def test_the_params_are_the_addons(ctx: Ctx, addon: int) -> None:
    lifecycle.run(ctx, OfAddon(addon), "CreateAccount")
    given = lifecycle.run(ctx, OfAddon(addon), "show").value["vars"]
    assert (given["addonId"], given["serviceid"], given["accountid"]) == (1, 1, 1)
    assert (given["configoption1"], given["configoption2"], given["configoption24"]) == ("gold", "k3y-of-the-vault", "")
    assert (given["moduletype"], given["producttype"], given["status"], given["domain"]) == ("backup", "other", "Active", "shop.example")
    assert (given["username"], given["customfields"]["Vault ID"]) == ("vault7", "v1-of-1")
    assert given["clientsdetails"]["firstname"] == "Asha"
    assert [b.function for b in lifecycle.buttons(ctx, OfAddon(addon))][-1] == "show"
    assert lifecycle.call(ctx, OfAddon(addon), "LoginLink").value == "addon 1"
    with ctx.unit(read=True) as db:
        stored = dict(db.execute(select(ModuleConfiguration.setting_name, ModuleConfiguration.value)).all())
        names = set(db.scalars(select(ModuleConfiguration.friendly_name)))
    assert stored["configoption1"] == "gold" and stored["configoption2"].startswith(MARK)
    assert names == {"Plan", "Key"}
    # The service itself has no module.
    assert lifecycle.supports(ctx, 1) == set()
    assert "has no module" in lifecycle.run(ctx, 1, "CreateAccount").message


def test_a_new_password_is_the_addons_own_and_encrypted(ctx: Ctx, addon: int) -> None:
    heard = listen(ctx, "AfterModuleChangePassword")
    assert lifecycle.run(ctx, OfAddon(addon), "ChangePassword", extra={"password": "New-pass-1"}).ok
    assert heard[0][1] == {"serviceid": 1, "oldpassword": "", "newpassword": "New-pass-1"}
    with ctx.unit(read=True) as db:
        value = db.scalars(select(CustomFieldValue.value)).one()
        assert value != "New-pass-1" and ctx.host.part(Vault).decrypt(value) == "New-pass-1"
        assert lifecycle.params.of(db, OfAddon(addon))["password"] == "New-pass-1"
        assert lifecycle.params.service(db, 1)["password"] == ""


def test_a_failure_waits_in_the_queue_as_the_addons(ctx: Ctx, addon: int, write_module: Write) -> None:
    whom = OfAddon(addon)
    outcome = lifecycle.run(ctx, whom, "TerminateAccount")
    assert (outcome.state, outcome.message) == ("failed", "the vault with the key ******** is locked")
    with ctx.unit(read=True) as db:
        (row,) = lifecycle.queue.open_rows(db)
    assert (row.service_type, row.service_id, row.module_name, row.module_action) == ("addon", 1, "backup", "TerminateAccount")
    write_module("backup", MODULE.replace('"the vault', '"success" if params["addonId"] else "the vault'))
    assert lifecycle.retry(ctx, row.id).ok
    with ctx.unit(read=True) as db:
        addon_row = db.get_one(ServiceAddon, 1)
        assert (addon_row.status, addon_row.termination_date) == ("Terminated", ctx.host.clock.today())
        assert db.get_one(Service, 1).domainstatus == "Active"
        assert db.scalars(select(ModuleQueue.completed)).all() == [1]
    call = history.find(ctx, "c2")
    assert call is not None and call.subject == whom and history.previous(ctx, call).key == "c1"


def test_service_and_addon_have_locks_of_their_own(ctx: Ctx, addon: int) -> None:
    with ctx.unit() as db:
        db.get_one(Product, 1).servertype, db.get_one(Product, 1).configoption1 = "backup", "gold"
        held = Command(service_id=1, addon_id=0, module="backup", function="SuspendAccount", owner=ctx.host.owner, state="running")
        held.started_at = ctx.host.clock.now()
        db.add(held)
        db.flush()
        db.add(CommandLock(subject="service:1", command_id=held.id, owner=ctx.host.owner, created_at=held.started_at))
        ctx.host.part(lifecycle.locks.Running).ids.add(held.id)
    assert lifecycle.run(ctx, OfAddon(addon), "CreateAccount").ok
    assert lifecycle.run(ctx, 1, "CreateAccount").message == "SuspendAccount is still running for this service"
    # The process is gone: what it held is the service's, and says so.
    ctx.host.part(lifecycle.locks.Running).ids.clear()
    assert lifecycle.recover(ctx) == 1
    with ctx.unit(read=True) as db:
        (row,) = lifecycle.queue.open_rows(db)
        assert (row.service_type, row.module_action) == ("service", "SuspendAccount")


def test_a_command_that_is_pending_is_asked_again_for_the_addon(ctx: Ctx, addon: int, write_module: Write) -> None:
    code = MODULE.replace(
        "def backup_SuspendAccount(params): return",
        "from modulehost import sdk\ndef backup_SuspendAccount(params):\n"
        "    return sdk.pending('it takes a while', 'job-9') if not params.get('pending') else",
    )
    write_module("backup", code)
    assert lifecycle.run(ctx, OfAddon(addon), "SuspendAccount").state == "pending"
    assert [outcome.state for outcome in lifecycle.resume_pending(ctx)] == ["success"]
    with ctx.unit(read=True) as db:
        assert (db.get_one(ServiceAddon, 1).status, db.get_one(Service, 1).domainstatus) == ("Suspended", "Active")


def test_an_addon_that_is_gone_or_made_by_hand_says_so(ctx: Ctx, addon: int) -> None:
    assert lifecycle.run(ctx, OfAddon(99), "CreateAccount").message == "there is no addon with the id 99"
    with ctx.unit() as db:
        db.add(ServiceAddon(userid=1, hostingid=1, addonid=0, name="By hand", status="Active"))
    text = "the product addon of addon 2 has no module; choose one on its Module Settings tab"
    assert lifecycle.run(ctx, OfAddon(2), "CreateAccount").message == text
