"""The permission matrix of the admin area: page x method x action -> the permissions it needs, and what each bundled role gets.

docs/permissions.md holds it. Set MODULEHOST_WRITE=1 to write the page anew after adding a page or an action; read what changed.
"""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import app
from modulehost.accounts import admins
from modulehost.accounts.permissions import PERMISSIONS, ROLES
from modulehost.context import Ctx, Host
from modulehost.schema import Admin
from tests.security.test_permissions import OPEN, OWN
from tests.security.world import Doors, addresses, restricted, send

DOC = Path(__file__).parents[2] / "docs" / "permissions.md"
HEAD = """# Permissions

What each page and action of the admin area asks for: a role needs every permission named in the row. An action without a row of its own
needs what the page needs. Written by `MODULEHOST_WRITE=1 pytest tests/security/test_matrix.py`, which also holds it against the pages.

| Page | Method | Action | Permissions |
|---|---|---|---|
"""
#: open to whoever may see one of several lists: what is found of each asks for that list's permission by itself
ANY_OF = {"admin.search_page"}


@dataclass(frozen=True)
class Row:
    """One cell's question: this address, asked so."""

    page: str
    method: str
    action: str  # of action=, modop= or sub=; empty: none

    def ask(self, browser: FlaskClient, doors: Doors) -> Any:
        ids = {"orders": doors.order, "invoices": doors.invoice, "clientsservices": doors.service, "configproducts": doors.product}
        key = str(ids.get(self.page.removesuffix(".php"), 1))
        data = {"id": key, "ids": key, "userid": "1", "module": "spite", "ac": "ping"}
        if self.action:
            data |= {"action": self.action, "modop": self.action}
        if self.method == "GET":
            return browser.get(f"/admin/{self.page}", query_string=data)
        return send(browser, f"/admin/{self.page}", data)


def actions(tree: ast.Module) -> set[str]:
    """The texts that a file compares with an action, or finds its views by."""
    tables = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }

    def texts(node: ast.expr) -> Iterator[str]:
        node = tables.get(node.id, node) if isinstance(node, ast.Name) else node
        parts = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple | ast.Set | ast.List) else [node]
        yield from (part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))

    def names_action(node: ast.expr) -> bool:
        return any(word in ast.unparse(node) for word in ("action", "modop", "operation"))

    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and names_action(node.left):
            found |= {text for other in node.comparators for text in texts(other)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            if isinstance(node.args[0], ast.Name) and names_action(node.args[0]):
                found |= set(texts(node.func.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("view_of", "change_of"):
            found |= set(texts(node.args[1]))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and names_action(node.slice):
            found |= set(texts(node.value))
    return {text for text in found if text.isalpha() and text.islower()}


def rows(application: Flask) -> list[Row]:
    """Every question there is: each page and method alone, and with each action that its file knows."""
    found: set[Row] = set()
    for address, methods, endpoint in addresses(application, "/admin"):
        if endpoint in OPEN | OWN | ANY_OF or not address.endswith(".php"):
            continue
        view = application.view_functions[endpoint]
        source = Path(view.__code__.co_filename if not hasattr(view, "__wrapped__") else view.__wrapped__.__code__.co_filename)
        known = actions(ast.parse(source.read_text(encoding="utf-8")))
        page = address.removeprefix("/admin/")
        found |= {Row(page, method, action) for method in methods for action in ("", *known)}
    return sorted(found, key=lambda row: (row.page, row.method, row.action))


class Staff:
    """An administrator whose role is what a test says."""

    def __init__(self, ctx: Ctx, application: Flask) -> None:
        self.ctx, self.browser = ctx, application.test_client()
        self._sign_in = restricted(ctx)
        with ctx.unit(read=True) as db:
            self._id, self._role = db.execute(select(Admin.id, Admin.roleid).where(Admin.username == "narrow")).one()
        self.sign_in()

    def sign_in(self) -> None:
        assert send(self.browser, "/admin/dologin.php", self._sign_in).status_code == 303

    def hold(self, *permissions: str) -> None:
        with self.ctx.unit() as db:
            admins.set_permissions(db, self._role, list(permissions))

    def become(self, role: int) -> None:
        with self.ctx.unit() as db:
            db.get_one(Admin, self._id).roleid = role

    def may(self, row: Row, doors: Doors) -> tuple[bool, str]:
        """Whether the row is allowed, and the permission that was missing."""
        answer = row.ask(self.browser, doors)
        if str(answer.headers.get("Location", "")).startswith("/admin/login.php"):  # an action ended the session
            self.sign_in()
            answer = row.ask(self.browser, doors)
        assert answer.status_code != 500, (row, answer.text[:400])
        if answer.status_code != 403 or "has no permission “" not in answer.text:  # a token may be asked for, too
            return True, ""
        return False, answer.text.partition("has no permission “")[2].partition("”")[0]


def needed(staff: Staff, row: Row, doors: Doors) -> list[str]:
    """What the row asks for, one after the other; and each of it is necessary even for who has all the rest."""
    held: list[str] = []
    while True:
        staff.hold(*held)
        allowed, missing = staff.may(row, doors)
        if allowed:
            break
        assert missing in PERMISSIONS and missing not in held, (row, missing, "a refusal names a documented permission that is missing")
        held.append(missing)
    for one in held:
        staff.hold(*[name for name in PERMISSIONS if name != one])
        assert not staff.may(row, doors)[0], (row, one, "is asked for, but the page does without it")
    return held


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def stored() -> dict[Row, list[str]]:
    """The matrix of the documentation."""
    found = {}
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            page, method, action, permissions = (part.strip() for part in line.strip("|").split("|"))
            found[Row(page.strip("`"), method, action.strip("`"))] = [name.strip() for name in permissions.split(",") if name.strip()]
    return found


@pytest.mark.slow
def test_every_page_and_action_asks_for_what_the_matrix_says(ctx: Ctx, application: Flask, doors: Doors) -> None:
    staff, found = Staff(ctx, application), {}
    for row in rows(application):
        permissions = needed(staff, row, doors)
        assert permissions, (row, "is open to every administrator: give the view frame.permission(...)")
        if not row.action or permissions != found.get(Row(row.page, row.method, "")):
            found[row] = permissions
    if os.environ.get("MODULEHOST_WRITE"):
        lines = [f"| `{r.page}` | {r.method} | {f'`{r.action}`' if r.action else ''} | {', '.join(p)} |\n" for r, p in found.items()]
        DOC.write_text(HEAD + "".join(lines), encoding="utf-8")
    assert found == stored(), "docs/permissions.md is not what the pages do: see the head of this file"


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_what_the_bundled_roles_get(role: int, ctx: Ctx, application: Flask, doors: Doors) -> None:
    matrix, held = stored(), set(ROLES[role][1])
    staff = Staff(ctx, application)
    staff.become(role)
    for row in rows(application):
        wanted = matrix.get(row) or matrix[Row(row.page, row.method, "")]
        assert staff.may(row, doors)[0] == (set(wanted) <= held), (row, wanted)
