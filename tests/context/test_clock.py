"""The host's time: the file's notation, moving, freezing; other processes and freezegun."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from modulehost.clock import Clock, ClockError
from modulehost.duration import parse
from modulehost.entropy import Entropy


@freeze_time("2026-03-02 12:00:00")
def test_without_a_file_it_is_the_machines_time(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    assert (clock.now(), clock.today(), clock.frozen) == (datetime(2026, 3, 2, 12), date(2026, 3, 2), False)


@freeze_time("2026-03-02 12:00:00")
def test_moving_writes_libfaketimes_notation_and_others_read_it(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    ours, theirs = Clock(file), Clock(file)
    ours.advance(timedelta(days=45))
    assert file.read_text() == "+3888000"
    assert theirs.now() == datetime(2026, 4, 16, 12)
    ours.freeze()
    assert file.read_text() == "1776340800"
    assert theirs.frozen
    ours.advance(timedelta(hours=1))
    assert theirs.now() == datetime(2026, 4, 16, 13)
    ours.set(datetime(2030, 1, 1))
    assert theirs.now() == datetime(2030, 1, 1)
    ours.resume()
    assert (theirs.frozen, theirs.now()) == (False, datetime(2030, 1, 1))
    ours.reset()
    assert theirs.now() == datetime(2026, 3, 2, 12)


@freeze_time("2026-03-02 12:00:00.700000")
def test_the_time_is_never_before_what_it_was_set_to(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    clock.set(datetime(2026, 3, 5, 9, 0))
    assert clock.now() == datetime(2026, 3, 5, 9, 0)
    clock.freeze()
    clock.resume()
    assert clock.now() == datetime(2026, 3, 5, 9, 0)


def test_a_running_clock_runs_and_a_frozen_one_stands(tmp_path: Path) -> None:
    with freeze_time("2026-03-02 12:00:00") as machine:
        clock = Clock(tmp_path / "clock")
        clock.advance(timedelta(days=1))
        machine.tick(timedelta(seconds=90))
        assert clock.now() == datetime(2026, 3, 3, 12, 1, 30)
        clock.freeze()
        machine.tick(timedelta(seconds=90))
        assert clock.now() == datetime(2026, 3, 3, 12, 1, 30)


@pytest.mark.parametrize("text", ["soon", "+", "12:00", "@2026-01-01", "+5d"])
def test_garbage_in_the_file_names_the_file_and_the_cure(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)
    with pytest.raises(ClockError, match=r"clock holds .* Delete the file to reset"):
        Clock(tmp_path / "clock").now()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("45d", timedelta(days=45)),
        ("1d12h", timedelta(hours=36)),
        ("3w", timedelta(days=21)),
        ("90 m", timedelta(minutes=90)),
    ],
)
def test_spans_as_people_type_them(text: str, span: timedelta) -> None:
    assert parse(text) == span


@pytest.mark.parametrize("text", ["", "45", "d", "1y", "1d and more", "-1d", "99999999999999w"])
def test_what_is_no_span_says_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match="span of time"):
        parse(text)


def test_two_seeded_sources_agree_and_unseeded_ones_do_not() -> None:
    one, two = Entropy("x"), Entropy("x")
    assert [one.token(), one.uuid(), one.password(), one.digits(8)] == [
        two.token(),
        two.uuid(),
        two.password(),
        two.digits(8),
    ]
    assert Entropy().token() != Entropy().token()
    made = Entropy().password(10)
    assert len(made) == 10
    assert any(c.isupper() for c in made)
    assert any(c.islower() for c in made)
    assert any(c.isdigit() for c in made)
    assert not Entropy().digits(5).startswith("0")
