"""Security Questions: what new users choose from, and what is asked before a password is reset."""

from flask import request
from werkzeug.wrappers import Response

from modulehost import journal
from modulehost.accounts import Invalid, signin
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, sent

URL = "/admin/configsecurityqs.php"
NEEDED = "Configure Security Questions"


def _known(key: int) -> str:
    with frame.ctx().unit(read=True) as db:
        words = next((one["question"] for one in signin.questions(db) if one["id"] == key), None)
    if words is None:
        raise frame.PageError(404, "Question not found", f"There is no security question with the id {key}. It may have been deleted.")
    return str(words)


@blueprint.get("/configsecurityqs.php")
@frame.permission(NEEDED)
def security_questions(found: dict[str, str] | None = None) -> Response:
    """The questions, and a form for one: a new one, or `id`."""
    key = number("id", request.args)
    words = _known(key) if key else ""
    with frame.ctx().unit(read=True) as db:
        rows = signin.questions(db)
    return page("securityquestions.html", "Security Questions", rows=rows, key=key, words=words, found=found or {}, given=sent(),
                menu_url=URL)  # fmt: skip


@blueprint.post("/configsecurityqs.php")
@frame.permission(NEEDED)
def change_security_questions() -> Response:
    """Add a question, word it anew, or delete it."""
    key = number("id")
    words = _known(key) if key else ""
    if request.form.get("action") == "delete":
        question = f"Delete the question “{words}”? Users who chose it will have none."
        if asked := confirmed(question, URL, "Delete Question"):
            return asked
        with frame.ctx().unit() as db:
            signin.delete_question(db, key)
            journal.activity(db, f"Security Question Deleted - {words}")
        frame.note("success", "Question Deleted", words)
        return go(URL)
    try:
        with frame.ctx().unit() as db:
            signin.save_question(db, request.form.get("question", ""), key)
            journal.activity(db, f"Security Question {'Modified' if key else 'Added'} - {request.form.get('question', '').strip()}")
    except Invalid as error:
        shown: Response = security_questions({"question": next(iter(problems(error).values()))})
        return shown
    frame.note("success", "Changes Saved Successfully!" if key else "Question Added")
    return go(URL)
