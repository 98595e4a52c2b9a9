"""Write docs/hooks.md: every documented hook point, whether this host fires it, and where.

    python tools/hooks_table.py           write the table
    python tools/hooks_table.py --check   end with status 1 when the file is not up to date

The points are modulehost/contract/hooks.json. Where one is fired is read from the code: the first text in a call of
fire, later, fire_once, fields, saved or heard; a name that is put together (f"PreModule{hook}") stands for every known
one that a literal Effect(...) or hook="..." completes; a call whose point is a variable stands for the known names that
the same file holds in tables.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "modulehost"
TABLE = ROOT / "docs" / "hooks.md"
CALLS = {"fire", "later", "fire_once", "fields", "saved", "_vouched"}
#: a subject that this host does not have yet, by category or by the beginning of a name
MISSING = {
    "Registrar Module": "no domains yet", "Domain": "no domains yet", "Ticket": "no tickets yet",
    "Support Tools": "no support tools yet",
}  # fmt: skip
REASONS = {
    "CartItemsTax": "the cart has no tax item objects",
    "Affiliate": "no affiliates yet", "CalcAffiliate": "no affiliates yet", "Quote": "no quotes yet", "AcceptQuote": "no quotes yet",
    "AdminAreaViewQuote": "no quotes yet", "Premium": "no domains yet", "Fraud": "no fraud modules", "RunFraud": "no fraud modules",
    "PreFraud": "no fraud modules", "AfterFraud": "no fraud modules", "Network": "no support tools yet", "CC": "no card storage",
    "PayMethod": "no card storage", "Report": "no reports", "Link": "no link tracking", "Notification": "no notifications",
    "Licensing": "no licensing addon", "AdminClientDomains": "no domains yet", "OrderDomain": "no domains yet",
    "CartSubdomain": "no subdomains", "ShoppingCartValidateDomainsConfig": "no domains yet", "Pop": "no mail import",
}  # fmt: skip


def points() -> dict[str, dict[str, object]]:
    """The documented points by name."""
    found: dict[str, dict[str, object]] = json.loads((PACKAGE / "contract" / "hooks.json").read_text("utf-8"))
    return found


def fired() -> dict[str, list[str]]:
    """Point -> the places (file:line) that fire it. Names that the code fires though they are not documented are in it too."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    known, endings = points(), set(_endings(trees.values()))
    found: dict[str, list[str]] = {}
    for path, tree in trees.items():
        if path.name == "hooks.py" and path.parent == PACKAGE:
            continue
        for call, first in _firings(tree):
            for name in _names(first, tree, known, endings):
                place = f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
                found.setdefault(name, []).append(place)
    return found


def _firings(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
            if name in CALLS and owner in ("hooks", "once", "hookoutput", ""):
                texts = [one for one in node.args if _is_text(one)]
                if texts:
                    yield node, texts[0]
                elif owner == "hooks" and len(node.args) > 1:
                    yield node, node.args[1]


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value[:1].isupper() and node.value.isalnum()
    return isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)


def _names(first: ast.expr, tree: ast.AST, known: dict[str, dict[str, object]], endings: set[str]) -> set[str]:
    if isinstance(first, ast.Constant):
        return {str(first.value)}
    if isinstance(first, ast.JoinedStr):
        pattern = "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else "(.+)" for v in first.values)
        matches = ((name, re.fullmatch(pattern, name)) for name in known)
        return {name for name, match in matches if match and match[1] in endings}
    texts = {str(one.value) for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    joined = [one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) and _is_text(one)]
    return (texts & set(known)).union(*(_names(one, tree, known, endings) for one in joined))


def _endings(trees: object) -> Iterator[str]:
    """What completes a name: Effect("Create", ...) and hook="Home"."""
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                values = [one.value for one in node.keywords if one.arg == "hook"]
                if getattr(node.func, "id", "") == "Effect":
                    values += node.args[:1]
                yield from (str(one.value) for one in values if isinstance(one, ast.Constant))


def reason(name: str, category: str) -> str:
    """Why a point is not fired, as far as there is more to say than that its subject is missing."""
    for beginning, text in sorted(REASONS.items(), key=lambda one: -len(one[0])):
        if name.startswith(beginning):
            return text
    if "Quote" in name:
        return "no quotes yet"
    return MISSING.get(category, "its subject is not there yet")


def text() -> str:
    """The page."""
    known, places = points(), fired()
    have = [name for name in known if name in places]
    lines = [
        "# Hooks", "",
        f"{len(have)} of {len(known)} documented hook points are fired. Written by `python tools/hooks_table.py`; a test holds it",
        "against the code. `modulehost hooks` shows who listens, Utilities > Hooks in the admin area what was fired and returned.", "",
        "A listener gets one array with these arguments, `(positional)` ones as they are. *Return* is what a returned value does.",
        "Points that tell of something done fire after its unit of work has committed, at most once.", "",
    ]  # fmt: skip
    for category in sorted({str(one["category"]) for one in known.values()}):
        own = {name: one for name, one in sorted(known.items()) if one["category"] == category}
        lines += [f"## {category}", "", "| Hook | Arguments | Return | Where |", "|---|---|---|---|"]
        for name, one in own.items():
            where = "<br>".join(f"`{place}`" for place in _short(places.get(name, [])))
            lines.append(f"| {name} | {_arguments(one)} | {_cell(one['return'])} | {where or 'not modelled: ' + reason(name, category)} |")
        lines.append("")
    return "\n".join(lines)


def _short(places: list[str]) -> list[str]:
    """The files, each once: line numbers would make the page old with every edit."""
    return list(dict.fromkeys(place.rpartition(":")[0] for place in places))


def _arguments(one: dict[str, object]) -> str:
    names = [str(name) for name in one["params"]]  # type: ignore[attr-defined]
    if names[:2] == ["companyname", "logo"]:
        return "the page's variables"
    if len(names) > 14:
        names = [*names[:14], f"... ({len(names)} in all)"]
    return _cell(", ".join(names)) or "none"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def main() -> int:
    """Write or check the page."""
    new = text()
    if "--check" in sys.argv:
        same = TABLE.exists() and TABLE.read_text("utf-8") == new
        print("docs/hooks.md is up to date" if same else "docs/hooks.md is old; run python tools/hooks_table.py")
        return 0 if same else 1
    TABLE.write_text(new, "utf-8")
    print(f"{TABLE.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
