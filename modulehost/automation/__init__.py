"""The automation: tasks in order, each saying what it did and what it considered and left alone; and moving the clock."""

from modulehost.automation.clockwork import Backwards, UnderWay, advance, left_over, read_moment, set_to, show, start
from modulehost.automation.runner import perform, run
from modulehost.automation.tasks import ALL as TASKS
from modulehost.journal import Report

__all__ = [
    "TASKS", "Backwards", "Report", "UnderWay", "advance", "left_over", "perform", "read_moment", "run", "set_to", "show", "start",
]  # fmt: skip
