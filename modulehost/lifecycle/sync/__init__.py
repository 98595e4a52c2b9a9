"""Server synchronisation: what a server holds (ListAccounts) beside what we have, and making both agree."""

from modulehost.lifecycle.sync.applying import Choices, Result, import_accounts, overtake, terminate
from modulehost.lifecycle.sync.comparing import Comparison, Pair, compare
from modulehost.lifecycle.sync.listing import Listing, NotListed, fetch, last, rules_of

__all__ = [
    "Choices", "Comparison", "Listing", "NotListed", "Pair", "Result", "compare", "fetch", "import_accounts", "last", "overtake",
    "rules_of", "terminate",
]  # fmt: skip
