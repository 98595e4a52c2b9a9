"""The English texts of the admin area: what its templates say, and what menu and code hand to them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from modulehost.web.admin import automationfields, generalfields, menu

CODE = Path(menu.__file__).parent
TEMPLATES = CODE / "templates" / "admin"
#: the pages that the stories of the five vendors touch: from sign-in to a product, its options, server, order, service and
#: invoice; and addon modules
STORY = (
    "base", "layout", "macros", "login", "confirm", "home", "system_settings", "window", "field_macros",
    "products", "group_form", "product_create", "product_base", "product_tab1", "product_tab2", "product_tab3", "product_tab4",
    "product_tab5", "own_fields", "price_grid", "options", "option_group", "option_window", "servers", "server_form", "server_group", "orders", "order", "clients",
    "client_add", "client_base", "client_summary", "client_profile", "client_services", "client_invoices", "invoices", "invoice_rows",
    "invoice", "addons", "addon_list", "addon_page", "modulelog", "modulelog_entry", "queue",
    "general", "automation", "setting_macros",
)  # fmt: skip
#: what macros print of their arguments: by position after the macro's name, and by name
_CAPTIONS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "label": ((0,), ()), "text": ((1,), ("hint",)), "area": ((1,), ("hint",)), "select": ((1,), ("hint",)),
    "tick": ((1, 3), ("hint", "text")), "secret": ((1,), ("hint",)), "act": ((1,), ("question", "title")),
    "empty": ((1, 2, 4), ("text", "label")), "status": ((0,), ()),
}  # fmt: skip
STATUSES = (
    "Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed", "Paid", "Unpaid", "Overdue", "Refunded",
    "Draft", "Collections", "Payment Pending", "Closed", "Inactive",
)  # fmt: skip


def of_template(env: Environment, name: str) -> Iterator[str]:
    """The texts of one template, as the admin area looks them up."""
    tree = env.parse((TEMPLATES / f"{name}.html").read_text(encoding="utf-8"), f"admin/{name}.html")
    for call in tree.find_all(nodes.Call):
        function = call.node
        if isinstance(function, nodes.Name) and function.name in ("say", "say_html", "say_attribute"):
            yield from _constants(call.args[:1])
        elif isinstance(function, nodes.Getattr) and function.attr in _CAPTIONS:
            places, names = _CAPTIONS[function.attr]
            yield from _constants([call.args[place] for place in places if place < len(call.args)])
            yield from _constants([pair.value for pair in call.kwargs if pair.key in names])


def _constants(found: list[Any]) -> Iterator[str]:
    for node in found:
        if isinstance(node, nodes.CondExpr):
            yield from _constants([part for part in (node.expr1, node.expr2) if part is not None])
        elif isinstance(node, nodes.Const) and isinstance(node.value, str) and any(sign.isalpha() for sign in node.value):
            yield node.value


def of_code() -> Iterator[str]:
    """Titles of pages and banners, as far as they are fixed texts, and the menu."""
    for path in sorted(CODE.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name in ("page", "note"):
                texts = [arg.value for arg in call.args[1:] if isinstance(arg, ast.Constant)]
                yield from (text for text in texts if isinstance(text, str) and text)
    for entry in _entries((*menu.MODERN, *menu.OLD, *menu.SETTINGS)):
        yield entry.label
        if entry.hint:
            yield entry.hint


def of_settings() -> Iterator[str]:
    """What the fields of General Settings and Automation Settings say."""
    yield from (tab.caption for tab in generalfields.TABS.values())
    for section in (*(one for tab in generalfields.TABS.values() for one in tab.sections), *automationfields.SECTIONS):
        found = [section.heading, section.hint]
        for field in section.fields:
            found += [field.label, field.words, field.hint, field.unit]
            if not field.literal and not callable(field.choices):
                found += [shown for value, shown in field.choices]
        yield from (text for text in found if any(sign.isalpha() for sign in text))


def _entries(entries: Any) -> Iterator[Any]:
    for entry in entries:
        yield entry
        yield from _entries(entry.children)
