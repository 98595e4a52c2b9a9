"""Automation Status and the clock: what a day's tasks did, the health, and the way of the clock ahead with its progress."""

import threading
from datetime import datetime, timedelta

import pytest

from modulehost import automation
from modulehost.automation import locks
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import ClockJourney, Service, Task
from tests.admin.conftest import Browser

STATUS, CLOCK = "/admin/automationstatus.php", "/admin/clock.php"


@pytest.fixture
def morning(ctx: Ctx) -> Ctx:
    ctx.host.clock.freeze()
    ctx.host.clock.set(datetime(2027, 3, 1, 9, 5))
    return ctx


def arrived(ctx: Ctx) -> dict[str, object]:
    """The journey once the thread that makes it has ended."""
    for one in threading.enumerate():
        if one.name == "modulehost-clock":
            one.join(60)
    journey = automation.show(ctx)["journey"]
    assert isinstance(journey, dict)
    return journey


def test_a_day_shows_counts_lines_errors_and_the_next_times(morning: Ctx, admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No run on this day" in admin.text(STATUS)
    assert admin.text(STATUS).count('<span class="badge bad">Overdue</span>') == 2
    with morning.unit() as db:
        db.add(Service(userid=1, domain="<b>.example", domainstatus="Active", billingcycle="Monthly", amount=5, overideautosuspend=1,
                       nextduedate=datetime(2027, 2, 1).date()))  # fmt: skip
        db.add(Task(class_name="Acme\\Nightly", name="Nightly", is_enabled=1, priority=9000))

    def broken(_ctx: Ctx, _report: Report) -> None:
        raise OSError("no <route>")

    monkeypatch.setattr("modulehost.mail.deliver", lambda _ctx: broken(_ctx, Report("")))
    automation.run(morning)
    monkeypatch.undo()
    page = admin.get(STATUS).get_data(as_text=True)
    assert "left alone: its automatic suspension is overridden" in page
    assert "service 1 (deleted product, &lt;b&gt;.example), due on 2027-02-01" in page
    assert '<div class="wrong">OSError: no &lt;route&gt;</div>' in page
    assert page.count('<span class="badge good">Ok</span>') == 2
    assert "Not modelled" in page and "02/03/2027 09:00" in page
    assert "No run on this day" in admin.text(f"{STATUS}?date=2027-02-28")
    assert "01/03/2027" in admin.text(f"{STATUS}?date=2027-04-01")  # not beyond today
    assert "01/03/2027" in admin.text(f"{STATUS}?date=nonsense")
    morning.host.clock.advance(timedelta(minutes=121))
    assert admin.text(STATUS).count('<span class="badge bad">Overdue</span>') == 1
    morning.host.clock.advance(timedelta(hours=24))
    assert admin.text(STATUS).count('<span class="badge bad">Overdue</span>') == 2


def test_the_clock_goes_ahead_in_the_background(morning: Ctx, admin: Browser) -> None:
    assert "2027-03-01 09:05" in admin.text("/admin/index.php")  # in the head of every page
    admin.post(CLOCK, action="advance", span="2d")
    journey = arrived(morning)
    assert (journey["state"], journey["from"], journey["to"]) == ("done", "2027-03-01 09:05:00", "2027-03-03 09:05:00")
    assert (journey["stops"], journey["done"]) == (4, 4)  # now, twice at nine, and at the end
    answer = admin.get(f"{CLOCK}?progress=1").get_json()
    assert answer["now"] == "2027-03-03 09:05:00" and answer["journey"]["state"] == "done"
    admin.post(CLOCK, action="set", moment="2027-03-03T12:00")
    assert arrived(morning)["state"] == "done" and morning.host.clock.now() == datetime(2027, 3, 3, 12)
    admin.post(CLOCK, action="advance", span="40d")
    assert arrived(morning)["state"] == "done"
    assert "2027-04-12 12:00" in admin.text(CLOCK)  # who moved the clock is signed in still


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"action": "set", "moment": "2027-02-01T00:00"}, "The clock goes ahead only"),
        ({"action": "set", "moment": "soon"}, "is no time"),
        ({"action": "advance", "span": "2 moons"}, "is not a span of time"),
        ({"action": "advance", "span": "9999999d"}, "not moved"),
        ({"action": "continue"}, "There is no journey to go on with"),
        ({"action": "dance"}, "Nothing was changed"),
    ],
)
def test_what_the_clock_refuses(morning: Ctx, admin: Browser, fields: dict[str, str], said: str) -> None:
    assert said in admin.text(admin.saved(CLOCK, fields))
    assert morning.host.clock.now() == datetime(2027, 3, 1, 9, 5)


def test_only_one_journey_and_one_that_was_interrupted_can_be_gone_on_with(morning: Ctx, admin: Browser) -> None:
    with locks.held(morning, "journey"):
        assert "is under way" in admin.text(admin.saved(CLOCK, {"action": "advance", "span": "1d"}))
    with morning.unit() as db:  # as its process left it
        db.add(ClockJourney(state="running", origin=datetime(2027, 3, 1), target=datetime(2027, 3, 2, 10), stops=3, done=1, owner="1-gone"))
    page = admin.text(CLOCK)
    assert "Interrupted" in page and "Go On to 2027-03-02 10:00" in page
    admin.post(CLOCK, action="continue")
    assert arrived(morning)["state"] == "done"
    assert morning.host.clock.now() == datetime(2027, 3, 2, 10)
    assert "Go On to" not in admin.text(CLOCK)


def test_stopping_and_letting_it_run(morning: Ctx, admin: Browser) -> None:
    assert "Stands still" in admin.text(CLOCK)
    admin.post(CLOCK, action="resume")
    assert not morning.host.clock.frozen
    admin.post(CLOCK, action="freeze")
    assert morning.host.clock.frozen
