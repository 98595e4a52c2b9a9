"""The engine's own function and block tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..errors import PhpError
from .convert import is_array, pairs, to_int, to_str, truth
from .equation import evaluate
from .formats import sprintf
from .forms import checkable, html_image, html_options, html_table, mailto
from .wrapping import mb_wordwrap

Attrs = dict[str, Any]
Tag = Callable[[Any, dict[str, Any], Attrs], str]


def assign_or(v: dict[str, Any], attrs: Attrs, value: Any) -> str:
    """Most tags put their result into a variable when told `assign=`."""
    if attrs.get("assign"):
        v[to_str(attrs["assign"])] = value
        return ""
    return to_str(value)


def counter(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
    state = page.counters.setdefault(
        to_str(attrs.get("name", "default")), {"count": 1, "skip": 1, "up": True, "assign": None, "first": True}
    )
    if attrs.get("start") is not None:
        state["count"], state["first"] = to_int(attrs["start"]), True
    if truth(attrs.get("assign")):
        state["assign"] = to_str(attrs["assign"])
    if attrs.get("skip") is not None:
        state["skip"] = to_int(attrs["skip"])
    if attrs.get("direction") is not None:
        state["up"] = to_str(attrs["direction"]) != "down"
    printing = truth(attrs["print"]) if "print" in attrs else not state["assign"]
    value = state["count"]
    if state["assign"]:
        v[state["assign"]] = value
    state["count"] += state["skip"] if state["up"] else -state["skip"]
    return str(value) if printing else ""


def cycle(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
    state = page.cycles.setdefault(to_str(attrs.get("name", "default")), {"values": None, "index": 0, "delimiter": ","})
    if "values" not in attrs and state["values"] is None:
        return ""
    if attrs.get("delimiter"):
        state["delimiter"] = to_str(attrs["delimiter"])
    if "values" in attrs:
        values = attrs["values"]
        if state["values"] is not None and state["values"] != values:
            state["index"] = 0
        state["values"] = values
    values = state["values"]
    items = [item for _, item in pairs(values)] if is_array(values) else to_str(values).split(state["delimiter"])
    if not items:
        return ""
    if truth(attrs.get("reset", False)):
        state["index"] = 0
    item = items[state["index"] % len(items)]
    if "assign" in attrs:
        v[to_str(attrs["assign"])] = item
    text = to_str(item) if truth(attrs.get("print", True)) and "assign" not in attrs else ""
    if truth(attrs.get("advance", True)):
        state["index"] = (state["index"] + 1) % len(items)
    return text


def math(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
    value = evaluate(attrs, page)
    if value is None:
        return ""
    if attrs.get("format"):
        value = sprintf(to_str(attrs["format"]), [value])
    return assign_or(v, attrs, value)


def refused(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
    raise PhpError("{fetch} is refused: templates cannot read files or remote addresses")


def config_load(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
    raise PhpError(f"{{config_load}}: no configuration file {to_str(attrs.get('file'))!r}")


def _form(make: Callable[[Attrs], Any]) -> Tag:
    def tag(page: Any, v: dict[str, Any], attrs: Attrs) -> str:
        return assign_or(v, attrs, make(attrs))

    return tag


FUNCTION_TAGS: dict[str, Tag] = {
    "counter": counter, "cycle": cycle, "math": math, "fetch": refused, "config_load": config_load,
    "html_options": _form(html_options), "html_image": _form(html_image), "html_table": _form(html_table),
    "html_radios": _form(lambda attrs: checkable("radio", attrs)), "mailto": _form(mailto),
    "html_checkboxes": _form(lambda attrs: checkable("checkbox", attrs)),
}  # fmt: skip
FILE_TAGS = frozenset(FUNCTION_TAGS) - {"config_load"}


def textformat(page: Any, v: dict[str, Any], attrs: Attrs, content: str) -> str:
    style = to_str(attrs.get("style"))
    indent = to_int(attrs.get("indent", 0))
    first = to_int(attrs.get("indent_first", 0))
    char = to_str(attrs.get("indent_char", " "))
    wrap = to_int(attrs.get("wrap", 72 if style == "email" else 80))
    mark = to_str(attrs.get("wrap_char", "\n"))
    cut = truth(attrs.get("wrap_cut", False))
    paragraphs: list[str] = []
    for text in re.split(r"[\r\n]{2}", content):
        if not text:
            paragraphs.append("")
            continue
        text = re.sub(r"\s+", " ", text.strip())
        text = re.sub(r"(^\s+)|(\s+$)", "", text)
        if first > 0:
            text = char * first + text
        text = mb_wordwrap(text, wrap - indent, mark, cut)
        if indent > 0:
            text = re.sub(r"(?m)^", lambda m: char * indent, text)
        paragraphs.append(text)
    return assign_or(v, attrs, (mark * 2).join(paragraphs))


BLOCK_TAGS: dict[str, Callable[[Any, dict[str, Any], Attrs, str], str]] = {"textformat": textformat}
