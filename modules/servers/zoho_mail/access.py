"""Suspending and unsuspending an organisation: its users and the mail hosting of its domains.

A suspension notes first what it is going to switch off, then does it: whatever stops it halfway, running it again goes
on, and lifting it enables those accounts and no others.
"""

from collections.abc import Callable

from .client import Zoho
from .facts import ALREADY
from .problems import Problem, Refused
from .records import Switched, keep_switched, switched


def suspend(zoho: Zoho, zoid: str) -> Switched:
    """Disable every enabled user but the super admin, block their incoming mail, and stop hosting. Raises Problem."""
    users = [user for user in zoho.users(zoid) if user.get("role") != "super_admin"]
    active = [[str(user["accountId"]), str(user["zuid"])] for user in users if user.get("mailboxStatus") != "disabled"]
    hosted = [str(domain["domainName"]) for domain in zoho.domains(zoid) if domain.get("mailHostingEnabled")]
    before = switched(zoid) or Switched([], [])
    noted = Switched(
        before.accounts + [one for one in active if one not in before.accounts],
        before.domains + [one for one in hosted if one not in before.domains],
    )
    keep_switched(zoid, noted)
    done = 0
    try:
        for account, zuid in active:
            _settle(zoho.change_user, zoid, account, zuid, "disableUser", blockIncoming=True)
            done += 1
        for domain in hosted:
            _settle(zoho.change_domain, zoid, domain, "disableMailHosting")
    except Problem as problem:
        raise type(problem)(
            f"{problem} {done} of {len(active)} mailboxes are disabled; running Suspend again goes on from there"
        ) from problem
    return noted


def resume(zoho: Zoho, zoid: str) -> None:
    """Undo what `suspend` switched off. Raises Problem; run again it goes on."""
    noted = switched(zoid)
    if noted is None:
        _nothing_to_do(zoho, zoid)
        return
    total = len(noted.accounts)
    try:
        while noted.domains:
            _settle(zoho.change_domain, zoid, noted.domains[0], "enableMailHosting")
            noted.domains.pop(0)
            keep_switched(zoid, noted)
        while noted.accounts:
            account, zuid = noted.accounts[0]
            _settle(zoho.change_user, zoid, account, zuid, "enableUser", unblockIncoming=True)
            noted.accounts.pop(0)
            keep_switched(zoid, noted)
    except Problem as problem:
        done = total - len(noted.accounts)
        raise type(problem)(
            f"{problem} {done} of {total} mailboxes are enabled; running Unsuspend again goes on from there"
        ) from problem
    keep_switched(zoid, None)


def _nothing_to_do(zoho: Zoho, zoid: str) -> None:
    """Without a note of ours, success may be said only when nothing is switched off."""
    off = [
        str(user.get("incomingUserName") or user.get("accountId"))
        for user in zoho.users(zoid)
        if user.get("mailboxStatus") == "disabled"
    ]
    if off:
        raise Refused(
            "This installation did not suspend the organisation, so it does not know which of the disabled users "
            f"({', '.join(off)}) to enable. Enable them in the partner console"
        )


def _settle(change: Callable[..., None], *what: str, **switches: bool) -> None:
    """Make a change. That it is made already is as good, and an object that is no more needs none."""
    try:
        change(*what, **switches)
    except Refused as refused:
        if refused.status != 404 and not ALREADY.search(f"{refused.info} {refused.code}"):
            raise
