"""Dashboard widgets from hooks.py of an addon module and from a hook file."""

from datetime import timedelta
from pathlib import Path

from modulehost.accounts import admins
from modulehost.context import Ctx
from modulehost.lifecycle import addons
from tests.addons.conftest import Make
from tests.admin.conftest import Browser

CONFIG = "def board_config(): return {'name': 'Board', 'version': '1'}\n"
HEAD = "from modulehost import sdk\n"


def board(make: Make, ctx: Ctx, hooks: str) -> Path:
    folder = make("board", CONFIG, hooks=HEAD + hooks)
    addons.activate(ctx, "board")
    return folder


WIDGET = """
class Numbers(sdk.Widget):
    title = "Some <Numbers>"
    description = "All of them"
    columns = 2
    weight = 20
    def get_data(self):
        sdk.store().set("asked", str(int(sdk.store().get("asked", "0")) + 1))
        return {"n": sdk.store().get("asked")}
    def generate_output(self, data):
        return "<b>asked " + data["n"] + "</b>"
sdk.add_hook("AdminHomeWidgets", 1, lambda vars: Numbers())
"""


def test_a_widget_stands_on_the_home_page(make: Make, admin: Browser, ctx: Ctx) -> None:
    board(make, ctx, WIDGET)
    page = admin.get("/admin/index.php").text
    assert "Some &lt;Numbers&gt;" in page
    assert "<b>asked 1</b>" in page
    assert 'class="card span-2"' in page
    assert "<b>asked 2</b>" in admin.text("/admin/index.php")
    addons.deactivate(ctx, "board")
    assert "asked" not in admin.text("/admin/index.php")


def test_data_is_kept_for_as_long_as_the_widget_says(make: Make, ctx: Ctx) -> None:
    board(make, ctx, WIDGET.replace("columns = 2", "cache = True; cacheExpiry = 60"))
    ctx.host.clock.freeze()
    shown = []
    for seconds in (0, 59, 1):
        ctx.host.clock.advance(timedelta(seconds=seconds))
        shown.append(addons.widgets(ctx, set())[0].html)
    assert shown == ["<b>asked 1</b>", "<b>asked 1</b>", "<b>asked 2</b>"]


def test_weights_order_and_permissions_hide(make: Make, admin: Browser, ctx: Ctx) -> None:
    board(
        make,
        ctx,
        WIDGET
        + """
class First(sdk.Widget):
    title, weight, requiredPermission = "First", 10, "Create Invoice"
    def generate_output(self, data): return "for billing"
sdk.add_hook("AdminHomeWidgets", 2, lambda vars: First())
""",
    )
    assert [w.title for w in addons.widgets(ctx, {"Create Invoice"})] == ["First", "Some <Numbers>"]
    assert [w.title for w in addons.widgets(ctx, {"List Clients"})] == ["Some <Numbers>"]
    with ctx.unit() as db:
        admins.set_permissions(db, 1, ["Main Homepage"])
    assert "for billing" not in admin.text("/admin/index.php")


def test_a_widget_that_fails_shows_its_error_and_harms_no_other(make: Make, admin: Browser, ctx: Ctx) -> None:
    board(
        make,
        ctx,
        WIDGET
        + """
class Broken(sdk.Widget):
    title = "Broken"
    def generate_output(self, data):
        return data["nothing"]
class Number(sdk.Widget):
    title = "Number"
    def generate_output(self, data): return 5
def fails(vars): raise ValueError("no widget")
for function in (lambda vars: Broken(), lambda vars: Number(), lambda vars: "text", fails):
    sdk.add_hook("AdminHomeWidgets", 2, function)
""",
    )
    page = admin.text("/admin/index.php")
    assert "asked 1" in page
    assert "Broken.generate_output raised KeyError: 'nothing' (modules/addons/board/hooks.py:" in page
    assert "Number.generate_output returned an int; expected HTML text" in page
    assert "returned the text 'text'; expected a widget with generate_output" in page
    assert "ValueError: no widget" in page


def test_a_hook_file_may_bring_a_widget_with_camel_case_methods(admin: Browser, ctx: Ctx) -> None:
    folder = ctx.host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    (folder / "own.py").write_text(
        HEAD
        + """
class Ported:
    title = "Ported"
    def getData(self): return {"a": 1}
    def generateOutput(self, data): return f"a is {data['a']}"
sdk.add_hook("AdminHomeWidgets", 1, lambda vars: [Ported()])
"""
    )
    assert "a is 1" in admin.text("/admin/index.php")
