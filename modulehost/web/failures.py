"""What went wrong inside the host, as a page with words: cause, place, cure. It reads no rows, so that it works without a database.

Errors that people are meant to see are answered by the views themselves; what arrives here was not foreseen there.
"""

import errno
import logging
import traceback
from pathlib import Path

from flask import Flask, Response, jsonify, request, session
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from werkzeug.wrappers import Response as AnyResponse

from modulehost.api import formats
from modulehost.clock import ClockError
from modulehost.money import MoneyError
from modulehost.schema import StorageError
from modulehost.vault import VaultError
from modulehost.web import frame

log = logging.getLogger("modulehost.web")
_OURS = Path(__file__).parent.parent
#: words of the database's error -> (status, title, what to do)
_DATABASE = (
    (("locked", "lock wait timeout", "lock timeout", "deadlock"), 503, "The database is busy",
     "Somebody else has kept it locked. Nothing of this request was stored; please try again in a moment."),
    (("readonly", "read-only", "read only"), 500, "The database can only be read",
     "Nothing was stored. Make the database and the folder in which it lies writable for the user that runs the host."),
    (("disk is full", "no space left", "disk i/o error"), 500, "The disk is full or broken",
     "Nothing was stored. Make room on the disk that holds the database, then try again."),
    (("no such table", "doesn't exist", "does not exist", "no such column"), 500, "The database is not as this version expects",
     "Start the host again, so that it can create what is missing; if that does not help, put a backup back."),
    (("malformed", "not a database"), 500, "The database is damaged", "Stop the host and put a backup back."),
)  # fmt: skip


def explained(error: BaseException) -> tuple[int, str, str]:
    """(HTTP status, title, text) for an error that no view has answered."""
    if isinstance(error, StatementError) and isinstance(error.orig, StorageError):
        error = error.orig  # the database layer wraps what a column's type refuses
    if isinstance(error, VaultError):
        return 500, "A stored secret cannot be read", _sentence(error)
    if isinstance(error, ClockError):
        return 500, "The host's clock cannot be read", _sentence(error)
    if isinstance(error, StorageError):
        return (
            400,
            "A value cannot be stored",
            f"{_sentence(error)} Nothing was changed; go back and enter another value.",
        )
    if isinstance(error, MoneyError):
        return 500, "An amount cannot be worked out", _sentence(error)
    if isinstance(error, SQLAlchemyError):
        said = str(error.orig) if isinstance(error, DBAPIError) else str(error).splitlines()[0]
        for words, status, title, cure in _DATABASE:
            if any(word in said.lower() for word in words):
                return status, title, f"{cure}\n\nThe database said: {said}"
        return 500, "The database refused", f"Nothing of this request was stored.\n\nThe database said: {said}"
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return 404, "Not Found", "The address names a file with a name that is too long to exist."
    if isinstance(error, OSError) and error.filename:
        text = f"{error.strerror}: {error.filename}\n\nMake sure that it exists and that the user who runs the host may use it."
        return 500, "A file cannot be used", text
    text = "This is a fault of the host itself. What was not finished is not stored."
    return 500, "Something went wrong inside the host", f"{text}\n\n{type(error).__name__}: {error} ({_place(error)})"


def _sentence(error: BaseException) -> str:
    text = str(error).strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _place(error: BaseException) -> str:
    """File and line of the innermost frame that is ours."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).is_relative_to(_OURS)]
    last = frames[-1] if frames else None
    return f"{Path(last.filename).relative_to(_OURS.parent)}:{last.lineno}" if last else "place unknown"


def answer(error: Exception) -> AnyResponse:
    """The error page; the API and /_host are answered in their own formats."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    status, title, text = explained(error)
    # Paths and names of tables are for those who run the host. Whose session it is can be told without a database.
    if status >= 500 and not (frame.host().config.development or session.get("adminid")):
        text = "Please try again in a moment. Whoever runs this site finds the cause in its log."
    if request.path.startswith("/includes/"):
        wanted = formats.kind(request.values.get("responsetype", ""))
        body = formats.write({"result": "error", "message": f"{title}: {text}".replace("\n\n", " ")}, wanted)
        return Response(body, status, {"Content-Type": formats.TYPES[wanted], "Cache-Control": "no-store"})
    if request.path.startswith("/_host/"):
        response = jsonify(error=f"{title}: {text}")
        response.status_code = status
        return response
    return frame.error_page(frame.PageError(status, title, text))


def install(app: Flask) -> None:
    """Answer every error that the views let through."""
    app.register_error_handler(Exception, answer)
