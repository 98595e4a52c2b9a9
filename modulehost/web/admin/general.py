"""General Settings: tabs of fields (generalfields.py), and the test mail of the Mail tab."""

from flask import request
from werkzeug.wrappers import Response

from modulehost import mail, settings
from modulehost.accounts import users
from modulehost.schema import Admin
from modulehost.web import frame
from modulehost.web.admin import settingform
from modulehost.web.admin.generalfields import TABS
from modulehost.web.admin.site import blueprint, go, page, sent
from modulehost.web.numbers import is_whole

NEEDED = "Configure General Settings"
URL = "/admin/configgeneral.php"
MAIL = 5


@blueprint.get("/configgeneral.php")
@frame.permission(NEEDED)
def general(found: dict[str, str] | None = None) -> Response:
    """One tab of General Settings."""
    ctx, key = frame.ctx(), _tab()
    tab, form = TABS[key], sent()
    with ctx.unit(read=True) as db:
        values = settingform.shown(db, tab.sections, form if form.get("action") != "test" else None)
        notes = {"SystemURL": settings.system_url(db)} if key == 1 else {}
        effective = settings.version(db)
        me = db.get_one(Admin, ctx.actor.id)
        way = mail.way(db)
    return page("general.html", "General Settings", tab=key, tabs={n: one.caption for n, one in TABS.items()}, sections=tab.sections,
                values=values, found=found or {}, effective=effective, defaults=notes, way=way, to=form.get("to", me.email),
                tester=key == MAIL, menu_url=URL)  # fmt: skip


def _tab() -> int:
    text = request.args.get("tab", "1")
    return int(text) if is_whole(text) and int(text) in TABS else 1


@blueprint.post("/configgeneral.php")
@frame.permission(NEEDED)
def save_general() -> Response:
    """Save one tab; `action=test` sends a test mail instead."""
    if request.form.get("action") == "test":
        return _test()
    key = _tab()
    tab = TABS[key]
    given = settingform.read(tab.sections, request.form)
    if errors := given.errors or tab.check(given.values):
        shown: Response = general(errors)
        return shown
    with frame.ctx().unit() as db:
        settingform.store(db, tab.sections, given.values, "General Settings")
    frame.note("success", "Changes Saved Successfully!")
    return go(f"{URL}?tab={key}")


def _test() -> Response:
    """Send a mail with what is stored, at once, and tell what the server said."""
    to = request.form.get("to", "").strip()
    if not users.valid_mail(to):
        shown: Response = general({"to": "Enter the email address that the test goes to."})
        return shown
    try:
        mail.send_test(frame.ctx(), to)
    except mail.SmtpError as failure:
        refused: Response = general({"to": f"The test mail was not sent: {failure}"})
        return refused
    frame.note("success", "Test Mail Sent", f"The mail server took it for {to}.")
    return go(f"{URL}?tab={MAIL}")
