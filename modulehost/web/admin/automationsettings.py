"""Automation Settings: the cron command, and what the automation does when."""

import shlex
import sys

from flask import request
from werkzeug.wrappers import Response

from modulehost.automation import records
from modulehost.web import frame
from modulehost.web.admin import settingform
from modulehost.web.admin.automationfields import SECTIONS, check
from modulehost.web.admin.site import blueprint, go, page, sent

NEEDED = "Configure Automation Settings"
URL = "/admin/configauto.php"


@blueprint.get("/configauto.php")
@frame.permission(NEEDED)
def automation_settings(found: dict[str, str] | None = None) -> Response:
    """The form."""
    with frame.ctx().unit(read=True) as db:
        values = settingform.shown(db, SECTIONS, sent())
        runs = records.last_run(db), records.last_daily(db)
    return page("automation.html", "Automation Settings", sections=SECTIONS, values=values, found=found or {}, command=command(),
                runs=runs, now=frame.host().clock.now(), menu_url=URL)  # fmt: skip


@blueprint.post("/configauto.php")
@frame.permission(NEEDED)
def save_automation_settings() -> Response:
    """Save it."""
    given = settingform.read(SECTIONS, request.form)
    if errors := given.errors or check(given.values):
        shown: Response = automation_settings(errors)
        return shown
    with frame.ctx().unit() as db:
        settingform.store(db, SECTIONS, given.values, "Automation Settings")
    frame.note("success", "Changes Saved Successfully!")
    return go(URL)


def command() -> str:
    """The line for this machine's crontab: every five minutes, with this Python and this host."""
    return f"*/5 * * * * {shlex.quote(sys.executable)} -m modulehost cron --root {shlex.quote(str(frame.host().root))}"
