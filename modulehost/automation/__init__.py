"""A day of the host: tasks in order, each saying what it did and what it considered and skipped."""

from modulehost.automation.clockwork import advance, set_to
from modulehost.automation.day import TASKS, Report, run

__all__ = ["TASKS", "Report", "advance", "run", "set_to"]
