"""An invocation of the automation: what is due, what each task did, hooks, records, two at once, and what a dead process left."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from modulehost import automation, hooks, lifecycle, settings
from modulehost.automation import records
from modulehost.automation.locks import held
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.ordering import cart
from modulehost.schema import (
    ActivityLog,
    AutomationLock,
    AutomationRun,
    AutomationTaskRun,
    Email,
    Task,
    TaskStatus,
    TransientData,
)

NINE = datetime(2027, 3, 1, 9, 0)
DAILY = [name for name, task in automation.TASKS.items() if task.daily]
PERIODIC = [name for name, task in automation.TASKS.items() if not task.daily]


@pytest.fixture
def day(ctx: Ctx) -> Ctx:
    """A host whose time stands at the first minute of the daily hour."""
    ctx.host.clock.freeze()
    ctx.host.clock.set(NINE)
    return ctx


def ran(reports: list[Report]) -> list[str]:
    return [one.task for one in reports if not one.left]


def at(ctx: Ctx, moment: datetime) -> list[Report]:
    ctx.host.clock.set(moment)
    return automation.run(ctx)


def test_the_block_of_the_day_runs_once_inside_its_hour_and_the_others_each_time(day: Ctx) -> None:
    early = at(day, NINE - timedelta(minutes=1))
    assert ran(early) == PERIODIC
    assert {one.left for one in early if one.task in DAILY} == {"not the hour of the daily run: 2027-03-01 09:00 is the next"}
    assert set(DAILY) <= set(ran(at(day, NINE + timedelta(minutes=4))))
    again = at(day, NINE + timedelta(minutes=9))
    assert ran(again) == PERIODIC
    assert {one.left for one in again if one.task in DAILY} == {"has run today"}
    # The next day's hour is missed: there is no daily run.
    assert ran(at(day, NINE + timedelta(days=1, hours=1))) == PERIODIC
    with day.unit() as db:
        settings.put(db, "DailyCronExecutionHour", "23")
    assert set(DAILY) <= set(ran(at(day, NINE + timedelta(days=1, hours=14, minutes=59))))


def test_tasks_run_in_the_documented_order_and_have_rows(day: Ctx) -> None:
    automation.run(day)
    with day.unit(read=True) as db:
        rows = {row.class_name: row for row in db.scalars(select(Task))}
        states = {row.task_id: row for row in db.scalars(select(TaskStatus))}
    assert list(automation.TASKS) == sorted(automation.TASKS, key=lambda name: rows[name].priority)
    few = ["InterruptedCommands", "AddLateFees", "InvoiceReminders", "CancellationRequests", "UpdateServerUsage", "Mails"]
    assert [name for name in automation.TASKS if name in few] == few
    requests, mails = rows["CancellationRequests"], rows["Mails"]
    assert (requests.is_periodic, requests.frequency, mails.is_periodic, mails.frequency) == (0, 1440, 1, 0)
    status = states[requests.id]
    assert (status.in_progress, status.last_run, status.next_due) == (0, NINE, NINE + timedelta(days=1))
    automation.run(day)
    with day.unit(read=True) as db:
        assert len(db.scalars(select(Task.id)).all()) == len(rows)


def test_rows_switch_off_slow_down_and_a_foreign_class_is_told(day: Ctx) -> None:
    automation.run(day)
    with day.unit() as db:
        db.execute(Task.__table__.update().where(Task.class_name == "Mails").values(is_enabled=0))  # type: ignore[attr-defined]
        db.execute(Task.__table__.update().where(Task.class_name == "TransientData").values(frequency=60))  # type: ignore[attr-defined]
        db.add(Task(class_name="Acme\\Nightly", name="Nightly", is_enabled=1, priority=2000))
    left = {one.task: one.left for one in at(day, NINE + timedelta(minutes=59))}
    assert left["Mails"] == "switched off in tbltask"
    assert left["TransientData"] == "not due before 2027-03-01 10:00"
    assert left["Acme\\Nightly"] == "not modelled: Acme\\Nightly is no task of this host, so it is listed only"
    day.host.clock.set(NINE + timedelta(minutes=60))
    assert "TransientData" in ran(automation.run(day))


def test_choosing_skipping_and_forcing(day: Ctx) -> None:
    day.host.clock.set(NINE - timedelta(hours=2))
    assert [(one.task, bool(one.left)) for one in automation.run(day, only=["CancellationRequests"])] == [("CancellationRequests", True)]
    assert ran(automation.run(day, only=["CancellationRequests"], force=True)) == ["CancellationRequests"]
    assert set(ran(automation.run(day, skip=["Mails"], force=True))) == {*DAILY, *PERIODIC} - {"Mails"}
    with pytest.raises(LookupError, match="there is no task Nonsense"):
        automation.run(day, only=["Nonsense"])


def test_hooks_enclose_the_day_each_task_and_each_invocation(day: Ctx) -> None:
    heard: list[tuple[str, object]] = []

    def listen(point: str) -> None:
        def listener(given: object) -> bool:
            heard.append((point, given))
            return point == "DailyCronJobPreEmail"

        hooks.add(day.host, point, 1, listener)

    for point in ("PreCronJob", "PreAutomationTask", "PostAutomationTask", "DailyCronJobPreEmail", "DailyCronJob", "AfterCronJob"):
        listen(point)
    automation.run(day)
    points = [point for point, _given in heard]
    assert points[:3] == ["PreCronJob", "PreAutomationTask", "PostAutomationTask"]
    assert points[-3:] == ["DailyCronJobPreEmail", "DailyCronJob", "AfterCronJob"]
    first = heard[1][1]
    assert isinstance(first, dict)
    told = first["task"]
    assert {"class_name": "InterruptedCommands", "is_periodic": 1, "frequency": 0, "is_enabled": 1}.items() <= told.items()
    assert heard[2][1] == {"task": told, "completed": True}
    assert [given["task"]["class_name"] for point, given in heard if point == "PreAutomationTask"] == list(automation.TASKS)  # type: ignore[index]
    heard.clear()
    automation.run(day)
    assert not {"PreCronJob", "DailyCronJobPreEmail", "DailyCronJob"} & {point for point, _given in heard}
    assert heard[-1] == ("AfterCronJob", {})
    with day.unit(read=True) as db:  # the listener of DailyCronJobPreEmail returned True
        assert db.scalars(select(Email.id).where(Email.subject.like("Cron Activity Report%"))).all() == []


def test_staff_get_the_report_and_the_activity_log_ends_with_completed(day: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_ctx: Ctx) -> int:
        raise OSError("the vendor's line is down")

    monkeypatch.setattr(lifecycle, "recover", broken)
    with day.unit() as db:
        db.add(TransientData(name="cart:1", data="", expires=1))
    reports = {one.task: one for one in automation.run(day)}
    monkeypatch.undo()
    assert reports["InterruptedCommands"].error == "OSError: the vendor's line is down"
    assert not reports["TransientData"].error
    with day.unit(read=True) as db:
        sent = db.scalars(select(Email).where(Email.subject == "Cron Activity Report 2027-03-01 09:00")).one()
        said = db.scalars(select(ActivityLog.description).where(ActivityLog.description.like("Cron Job:%")).order_by(ActivityLog.id)).all()
    assert sent.to == "admin@example.com"
    assert "Interrupted Commands</strong>: failed: OSError: the vendor" in sent.message
    assert "Expired Data</strong>: 1 expired rows of tbltransientdata removed" in sent.message
    assert said[0] == "Cron Job: Interrupted Commands: OSError: the vendor's line is down"
    assert said[-1] == "Cron Job: Completed"
    automation.run(day, email_report=True)
    with day.unit(read=True) as db:
        assert len(db.scalars(select(Email.id).where(Email.subject.like("Cron Activity%"))).all()) == 2


def test_a_run_with_nothing_to_do_writes_no_activity_and_one_row(day: Ctx) -> None:
    automation.run(day)

    def count() -> tuple[int, int, int]:
        with day.unit(read=True) as db:
            return db.query(ActivityLog).count(), db.query(AutomationRun).count(), db.query(AutomationTaskRun).count()

    before = count()
    automation.run(day)
    assert count() == (before[0], before[1] + 1, before[2])


def test_what_each_task_did_is_kept(day: Ctx) -> None:
    with day.unit() as db:
        for n in range(60):
            db.add(TransientData(name=f"cart:{n}", data="", expires=int(day.host.clock.time()) - 1))
    automation.run(day)
    with day.unit(read=True) as db:
        (run,) = records.runs_of(db, date(2027, 3, 1))
        kept = {row.task: row for row in records.tasks_of(db, date(2027, 3, 1), date(2027, 3, 1))}
        assert db.scalars(select(TransientData.id)).all() == []
    assert (run.daily, run.state, run.started_at, run.finished_at) == (1, "completed", NINE, NINE)
    assert (kept["TransientData"].done, kept["TransientData"].run_id) == (60, run.id)
    assert records.report_of(kept["TransientData"]).done["expired rows of tbltransientdata removed"].count == 60
    assert kept["CancellationRequests"].done == 0  # a daily task is kept also when it had nothing to do
    assert "PendingCommands" not in kept


def test_old_runs_are_forgotten(day: Ctx) -> None:
    automation.run(day)
    at(day, NINE + timedelta(minutes=5))
    at(day, NINE + timedelta(days=40))
    with day.unit(read=True) as db:
        assert [run.daily for run in db.scalars(select(AutomationRun).order_by(AutomationRun.id))] == [1, 1]
    at(day, NINE + timedelta(days=401))
    with day.unit(read=True) as db:
        assert {run.day for run in db.scalars(select(AutomationRun))} == {date(2027, 4, 10), date(2028, 4, 5)}
        assert {row.day for row in db.scalars(select(AutomationTaskRun))} == {date(2027, 4, 10), date(2028, 4, 5)}


def test_what_another_invocation_works_on_is_left_to_it(day: Ctx) -> None:
    with held(day, "task:Mails") as mine:
        assert mine
        left = {one.task: one.left for one in automation.run(day)}
    assert left["Mails"] == "another invocation is working on it"
    assert {name for name, why in left.items() if why} == {"Mails"}
    day.host.clock.set(NINE + timedelta(days=1))
    with held(day, "day"):  # the block of the day is the other's, its tasks too once that one has come to them
        assert ran(automation.run(day)) == PERIODIC
    assert set(DAILY) <= set(ran(automation.run(day)))


def test_a_day_whose_process_died_is_finished_by_the_next_invocation(day: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dies(_ctx: Ctx) -> list[tuple[str, str]]:
        raise Killed

    points: list[str] = []
    for point in ("PreCronJob", "DailyCronJobPreEmail", "DailyCronJob"):
        hooks.add(day.host, point, 1, lambda given, point=point: points.append(point))
    monkeypatch.setattr(lifecycle.usage, "update_all", dies)
    with pytest.raises(Killed):
        automation.run(day)
    monkeypatch.undo()
    with day.unit() as db:  # as if that process were gone, locks and all
        for row in db.scalars(select(AutomationRun)):
            row.owner = "1-gone"
        db.add_all([AutomationLock(name="day", owner="1-gone"), AutomationLock(name="task:UpdateServerUsage", owner="1-gone")])
    done = ran(at(day, NINE + timedelta(hours=3)))  # outside the hour: what has begun is finished
    assert "UpdateServerUsage" in done and "CancellationRequests" not in done
    assert points == ["PreCronJob", "DailyCronJobPreEmail", "DailyCronJob"]
    with day.unit(read=True) as db:
        (run,) = db.scalars(select(AutomationRun))
        assert (run.state, run.owner) == ("completed", day.host.owner)
        assert db.scalars(select(AutomationLock)).all() == []
        tasks = db.scalars(select(AutomationTaskRun.task).order_by(AutomationTaskRun.id)).all()
    assert [name for name in tasks if name in DAILY] == DAILY


def test_perform_runs_one_task_at_any_time(day: Ctx) -> None:
    day.host.clock.set(NINE + timedelta(hours=5))
    for _ in range(2):
        assert automation.perform(day, "UpdateServerUsage").left == ""
    with pytest.raises(LookupError, match="there is no task Nothing"):
        automation.perform(day, "Nothing")


def test_abandoned_carts_are_removed_when_their_time_is_over(ctx: Ctx) -> None:
    key = cart.new_key(ctx)
    with ctx.unit() as db:
        cart.save(db, key, {"items": [], "currency": 1})
    automation.run(ctx)
    with ctx.unit(read=True) as db:
        assert db.query(TransientData).filter(TransientData.name.like("cart:%")).count() == 1
    ctx.host.clock.advance(timedelta(days=400))
    automation.run(ctx)
    with ctx.unit(read=True) as db:
        assert db.query(TransientData).filter(TransientData.name.like("cart:%")).count() == 0
