"""A module that fails on a client's page: a line in the activity log, and what the client reads of it."""

from modulehost import journal
from modulehost.lifecycle import Outcome
from modulehost.web import frame
from modulehost.web.client.show import say, worded


def note_failure(service_id: int, what: str, failure: object) -> None:
    """Write it down with the service's number."""
    with frame.ctx().unit() as db:
        journal.activity(db, f"Module {what} failed - Service ID: {service_id} - {failure}", frame.client_id())


def told(text: object) -> str:
    """The error itself in development, else that there is one: file names and inner texts are not for clients."""
    return str(text) if frame.host().config.development else say("host.moduleProblem")


def outcome_text(outcome: Outcome) -> str:
    """Why a command failed, for a client: what the module itself says, and of its exceptions only in development.

    The whole text stands in the module log and the activity log.
    """
    if outcome.internal and not frame.host().config.development:
        return say("host.functionProblem")
    return worded(outcome.message) or say("moduleactionfailed")
