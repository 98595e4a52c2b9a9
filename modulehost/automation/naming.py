"""The names by which tasks are asked for: class names, and the options of versions before 7.0; case and dashes do not count."""

import difflib

from modulehost.automation.declaring import ORDER
from modulehost.automation.tasks import ALL

_BY_WORD = {word.lower(): name for name, option in ORDER.items() for word in (name, option) if word}


def task(word: str) -> str:
    """The task that `word` names (`--CreateInvoices`, `invoices`). Raises LookupError with the nearest known name."""
    plain = word.lstrip("-").lower()
    name = _BY_WORD.get(plain, "")
    if name in ALL:
        return name
    if name:
        raise LookupError(f"the task {name} is not modelled here; `modulehost cron list` names those that are")
    near = difflib.get_close_matches(plain, list(_BY_WORD), 1, 0.5)
    hint = f"did you mean --{_BY_WORD[near[0]]}?" if near else "`modulehost cron list` names all"
    raise LookupError(f"there is no task {word.lstrip('-')}; {hint}")
