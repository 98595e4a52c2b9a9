"""Cycles and due dates; the dates are worked out by hand from the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modulehost.billing.cycles import CYCLES, RECURRING, CycleError, anchor_of, cycle, next_date, period_end


@pytest.mark.parametrize(
    ("name", "label", "months", "column", "setup"),
    [
        ("free", "Free Account", 0, "", ""),
        ("onetime", "One Time", 0, "monthly", "msetupfee"),
        ("monthly", "Monthly", 1, "monthly", "msetupfee"),
        ("quarterly", "Quarterly", 3, "quarterly", "qsetupfee"),
        ("semiannually", "Semi-Annually", 6, "semiannually", "ssetupfee"),
        ("annually", "Annually", 12, "annually", "asetupfee"),
        ("biennially", "Biennially", 24, "biennially", "bsetupfee"),
        ("triennially", "Triennially", 36, "triennially", "tsetupfee"),
    ],
)
def test_each_cycle_is_found_by_key_and_label(name: str, label: str, months: int, column: str, setup: str) -> None:
    found = cycle(name)
    assert (found.label, found.months, found.column, found.setup_column) == (label, months, column, setup)
    assert cycle(label) is found


def test_the_spellings_that_the_api_knows() -> None:
    assert cycle("One-Time").key == "onetime"
    assert cycle("freeaccount").key == "free"
    assert cycle("SEMIANNUALLY").key == "semiannually"


def test_an_unknown_word_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CycleError, match=r"'weekly' is not a billing cycle; use one of free, onetime, monthly"):
        cycle("weekly")


@pytest.mark.parametrize(
    ("day", "name", "anchor", "expected"),
    [
        ("2027-01-15", "monthly", None, "2027-02-15"),
        ("2027-01-31", "monthly", None, "2027-02-28"),
        ("2028-01-31", "monthly", None, "2028-02-29"),  # a leap year
        ("2027-02-28", "monthly", 31, "2027-03-31"),  # back to its own day
        ("2027-02-28", "monthly", None, "2027-03-28"),
        ("2027-12-31", "quarterly", None, "2028-03-31"),
        ("2027-08-31", "semiannually", None, "2028-02-29"),
        ("2028-02-29", "annually", None, "2029-02-28"),
        ("2029-02-28", "triennially", 29, "2032-02-29"),
        ("2027-11-30", "biennially", None, "2029-11-30"),
    ],
)
def test_next_due_dates(day: str, name: str, anchor: int | None, expected: str) -> None:
    assert next_date(date.fromisoformat(day), name, anchor) == date.fromisoformat(expected)


def test_free_and_one_time_have_no_next_date() -> None:
    assert next_date(date(2027, 1, 1), "free") is None
    assert period_end(date(2027, 1, 1), "onetime") is None


def test_a_period_ends_the_day_before_the_next() -> None:
    assert period_end(date(2016, 1, 1), "monthly") == date(2016, 1, 31)


def test_the_anchor_is_the_registration_day_only_where_the_month_was_too_short() -> None:
    assert anchor_of(date(2027, 1, 31), date(2027, 2, 28)) == 31
    assert anchor_of(date(2027, 1, 31), date(2027, 3, 15)) == 15  # somebody moved it
    assert anchor_of(date(2027, 1, 10), date(2027, 2, 28)) == 28
    assert anchor_of(None, date(2027, 2, 28)) == 28


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31)), st.sampled_from(RECURRING), st.integers(1, 40)
)
def test_periods_join_without_gap_or_overlap_and_keep_their_day(start: date, name: object, count: int) -> None:
    used = cycle(str(getattr(name, "key", "")))
    day = start
    for number in range(1, count + 1):
        following = next_date(day, used, anchor_of(start, day))
        end = period_end(day, used, anchor_of(start, day))
        assert following is not None and end is not None and end + timedelta(days=1) == following > day
        months = (following.year - start.year) * 12 + following.month - start.month
        assert months == number * used.months
        assert following.day == start.day or (following + timedelta(days=1)).day == 1
        day = following


def test_every_recurring_cycle_has_its_own_columns() -> None:
    assert len({one.column for one in RECURRING}) == 6
    assert set(CYCLES) == {one.key for one in CYCLES.values()}
