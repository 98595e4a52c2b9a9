"""{html_options}, {html_radios}, {html_checkboxes}, {html_table}, {html_image} and {mailto}."""

from __future__ import annotations

import math
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import Budget, index_text, is_array, pairs, to_array, to_int, to_str, truth, values
from .html import raw_url, specialchars

Attrs = dict[str, Any]


def safe(value: Any) -> str:
    """HTML-escaped without escaping twice."""
    return specialchars(to_str(value), 3, False)


def _extra(attrs: Attrs, known: tuple[str, ...]) -> str:
    parts = [
        f' {name}="{safe(value)}"' for name, value in attrs.items() if name not in known and not is_array(value)
    ]
    return "".join(parts)


def _selected(value: Any) -> set[str]:
    if value is None:
        return set()
    if is_array(value):
        return {safe(item) for _, item in pairs(value)}
    return {safe(value)}


def _entries(attrs: Attrs) -> list[tuple[Any, Any]] | None:
    if attrs.get("options") is not None:
        return list(pairs(to_array(attrs["options"])))
    if attrs.get("values") is None and attrs.get("output") is None:
        return None
    keys, output = values(to_array(attrs.get("values"))), values(to_array(attrs.get("output")))
    return [(key, output[at] if at < len(output) else "") for at, key in enumerate(keys)]


def html_options(attrs: Attrs) -> str:
    entries = _entries(attrs)
    if entries is None:
        return ""
    chosen = _selected(attrs.get("selected"))
    budget = Budget()
    css, ident = to_str(attrs.get("class")), to_str(attrs.get("id"))
    body = ""
    number = 0
    for key, label in entries:
        text, number = _option(key, label, chosen, css, ident, number, budget)
        body += text
    if not truth(attrs.get("name")):
        return body
    known = ("name", "class", "id", "options", "values", "output", "selected", "strict", "assign", "label_ids")
    extra = _extra(attrs, known)
    css = f' class="{css}"' if css else ""
    ident = f' id="{ident}"' if ident else ""
    return f'<select name="{to_str(attrs["name"])}"{css}{ident}{extra}>\n{body}</select>\n'


def _option(
    key: Any, label: Any, chosen: set[str], css: str, ident: str, number: int, budget: Budget
) -> tuple[str, int]:
    budget.spend()
    if is_array(label):
        inner = ""
        at = 0
        sub = f"{ident}-{number}" if ident else ""
        for sub_key, sub_label in pairs(label):
            text, at = _option(sub_key, sub_label, chosen, css, sub, at, budget)
            inner += text
        return f'<optgroup label="{safe(key)}">\n{inner}</optgroup>\n', number + 1
    if isinstance(label, HostObject):
        label = label.to_string()
    value = safe(key)
    mark = ' selected="selected"' if value in chosen else ""
    attrs = (f' class="{css} option"' if css else "") + (f' id="{ident}-{number}"' if ident else "")
    return f'<option value="{value}"{mark}{attrs}>{safe(label)}</option>\n', number + 1


def checkable(kind: str, attrs: Attrs) -> Any:
    """The inputs of {html_radios} and {html_checkboxes}; a list of them when assigned."""
    entries = _entries(attrs)
    if entries is None:
        return ""
    name = to_str(attrs.get("name", kind))
    if kind == "checkbox":
        name += "[]"
    chosen = _selected(attrs.get("selected", attrs.get("checked")))
    separator = to_str(attrs.get("separator"))
    labels = truth(attrs.get("labels", True))
    escape = truth(attrs.get("escape", True))
    known = ("name", "options", "values", "output", "selected", "checked", "separator", "labels", "label_ids")
    extra = _extra(attrs, (*known, "assign", "escape", "strict"))
    out: list[str] = []
    for key, label in entries:
        value = safe(key)
        ident = ""
        opening, closing = ("<label>", "</label>") if labels else ("", "")
        if labels and truth(attrs.get("label_ids", False)):
            ident = index_text(f"{name.removesuffix('[]')}_{value}")
            opening, ident = f'<label for="{ident}">', f' id="{ident}"'
        mark = ' checked="checked"' if value in chosen else ""
        text = safe(label) if escape else to_str(label)
        tag = f'<input type="{kind}" name="{name}" value="{value}"{mark}{ident}{extra} />'
        out.append(f"{opening}{tag}{text}{closing}{separator}")
    return out if attrs.get("assign") else "\n".join(out)


def html_table(attrs: Attrs) -> str:
    if "loop" not in attrs:
        return ""
    cells = values(to_array(attrs["loop"]))
    cols = attrs.get("cols", 3)
    heads: list[str] = []
    if is_array(cols):
        heads = [to_str(item) for _, item in pairs(cols)]
    elif isinstance(cols, str) and not cols.strip().isdigit():
        heads = cols.split(",")
    count = len(heads) or max(1, to_int(cols))
    rows = to_int(attrs["rows"]) if "rows" in attrs else math.ceil(len(cells) / count)
    down = to_str(attrs.get("inner", "cols")) != "cols"
    table_attr = to_str(attrs.get("table_attr", 'border="1"'))
    out = [f"<table {table_attr}>\n"]
    if truth(attrs.get("caption")):
        out.append(f"<caption>{to_str(attrs['caption'])}</caption>\n")
    if heads:
        inner = "".join(f"<th{_cycled(attrs.get('th_attr'), at)}>{head}</th>\n" for at, head in enumerate(heads))
        out.append(f"<thead>\n<tr>\n{inner}</tr>\n</thead>\n")
    out.append("<tbody>\n")
    row_order = range(rows) if to_str(attrs.get("vdir", "down")) == "down" else range(rows - 1, -1, -1)
    col_order = range(count) if to_str(attrs.get("hdir", "right")) == "right" else range(count - 1, -1, -1)
    for number, row in enumerate(row_order):
        out.append(f"<tr{_cycled(attrs.get('tr_attr'), number)}>\n")
        for column_number, column in enumerate(col_order):
            at = row + column * rows if down else row * count + column
            cell = to_str(cells[at]) if at < len(cells) else to_str(attrs.get("trailpad", "&nbsp;"))
            out.append(f"<td{_cycled(attrs.get('td_attr'), column_number)}>{cell}</td>\n")
        out.append("</tr>\n")
    return "".join([*out, "</tbody>\n</table>\n"])


def _cycled(value: Any, at: int) -> str:
    if is_array(value):
        items = values(value)
        value = items[at % len(items)] if items else ""
    text = to_str(value)
    return " " + text if text else ""


def html_image(attrs: Attrs) -> str:
    if not truth(attrs.get("file")):
        return ""
    if "width" not in attrs or "height" not in attrs:
        raise PhpError("{html_image} needs width and height: templates cannot read image files")
    known = ("file", "height", "width", "dpi", "path_prefix", "basedir", "link", "href", "alt", "assign")
    link = attrs.get("link", attrs.get("href"))
    opening, closing = (f'<a href="{to_str(link)}">', "</a>") if truth(link) else ("", "")
    source = to_str(attrs.get("path_prefix")) + to_str(attrs["file"])
    size = f'width="{to_str(attrs["width"])}" height="{to_str(attrs["height"])}"'
    return f'{opening}<img src="{source}" alt="{safe(attrs.get("alt"))}" {size}{_extra(attrs, known)} />{closing}'


def mailto(attrs: Attrs) -> str:
    address = to_str(attrs.get("address"))
    if not address:
        return ""
    text = to_str(attrs.get("text", address))
    query = []
    for name in ("cc", "bcc", "followupto", "subject", "newsgroups"):
        if name in attrs:
            value = raw_url(to_str(attrs[name]))
            if name in ("cc", "bcc", "followupto"):
                value = value.replace("%40", "@").replace("%2C", ",")
            query.append(f"{name}={value}")
    target = raw_url(address, "@") + ("?" + "&".join(query) if query else "")
    encode = to_str(attrs.get("encode", "none"))
    extra = to_str(attrs.get("extra"))
    if encode == "none":
        return f'<a href="mailto:{target}" {extra}>{text}</a>'
    if encode == "hex":
        hidden = "".join(f"%{byte:02x}" if chr(byte).isalnum() else chr(byte) for byte in target.encode())
        shown = "".join(f"&#x{ord(char):x};" for char in text)
        return f'<a href="&#109;&#97;&#105;&#108;&#116;&#111;&#58;{hidden}" {extra}>{shown}</a>'
    raise PhpError(f"{{mailto}}: encode={encode!r} is not supported, use none or hex")
