"""What the host remembers of its doings: the module log, the activity log, and the masking both share."""

from modulehost.journal.activity import activity, prune
from modulehost.journal.masking import MASK, as_text, mask
from modulehost.journal.modulelog import module_log
from modulehost.journal.reports import DETAILS, Report

__all__ = ["DETAILS", "MASK", "Report", "activity", "as_text", "mask", "module_log", "prune"]
