"""The automation: tasks in order, each saying what it did and what it considered and left alone; and moving the clock."""

from modulehost.automation.clockwork import advance, set_to
from modulehost.automation.runner import perform, run
from modulehost.automation.tasks import ALL as TASKS
from modulehost.journal import Report

__all__ = ["TASKS", "Report", "advance", "perform", "run", "set_to"]
