"""From a template and its merge fields to subject and body, and the words of a body for readers without HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any

import jinja2
from sqlalchemy.orm import Session

from modulehost import settings, smarty
from modulehost.mail import fields as merge
from modulehost.schema import Client, EmailTemplate


@dataclass(frozen=True)
class Surroundings:
    """What stands around every body, as administrators wrote it (HTML)."""

    css: str
    header: str
    footer: str
    signature: str


@dataclass(frozen=True)
class Rendered:
    """A finished mail: one line of text, the body alone, the whole page."""

    subject: str
    body: str
    html: str


def surroundings(db: Session) -> Surroundings:
    """The settings Mail CSS, header, footer and signature."""
    return Surroundings(*(settings.get(db, n) for n in ("EmailCSS", "EmailGlobalHeader", "EmailGlobalFooter", "Signature")))


def fields_of(db: Session, kind: str, client_id: int, rel_id: int) -> dict[str, Any]:
    """The merge fields of a mail of type `kind`: of the company, of the client (0: none), of what it is about."""
    client = db.get(Client, client_id) if client_id else None
    return merge.company(db) | (merge.client(db, client) if client else {}) | merge.related(db, kind, rel_id)


def render(
    template: EmailTemplate, values: Mapping[str, Any], around: Surroundings, own: Mapping[str, Any], now: int
) -> Rendered:
    """Fill the template. `own` are fields that hooks gave: HTML as it is. Raises smarty.TemplateError naming the line.

    Values are text and become HTML text in the body; the signature is written by administrators as HTML.
    """
    url = escape(str(values["whmcs_url"]))
    safe = {name: _safe(value) for name, value in values.items()}
    signature = around.signature.replace("\n", "<br />\n")
    safe |= {"signature": signature, "whmcs_link": f'<a href="{url}">{url}</a>'} | dict(own)
    options = {"now": lambda: now}
    subject = " ".join(smarty.render_string(template.subject, {**values, **own}, options=options).split())
    body = smarty.render_string(template.message, safe, options=options)
    return Rendered(subject, body, f"<pre>{body}</pre>" if template.plaintext else _page(body, around))


def mistakes(source: str) -> smarty.TemplateError | None:
    """What keeps a template from being compiled, with its line; None when nothing does."""
    environment = smarty.Environment(jinja2.DictLoader({"main.tpl": source}), now=lambda: 0, suffixes=("",))
    try:
        environment.get_template("main.tpl")
    except smarty.TemplateError as error:
        return error
    return None


def _safe(value: Any) -> Any:
    """`value` as it may stand in HTML: text encoded, its line breaks kept."""
    if isinstance(value, str):
        return escape(value).replace("\n", "<br />\n")
    if isinstance(value, Mapping):
        return {name: _safe(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    return value


def _page(body: str, around: Surroundings) -> str:
    style = f"<style>{around.css}</style>" if around.css else ""
    return f"<html><head>{style}</head><body>{around.header}{body}{around.footer}</body></html>"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.link = dict(attrs).get("href") or ""
        elif tag in ("br", "p", "tr", "li", "h1", "h2", "h3", "div", "table"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            if self.link not in "".join(self.parts[-1:]):
                self.parts.append(f" ({self.link})")
            self.link = ""
        elif tag in ("p", "h1", "h2", "h3", "table"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(" ".join(data.split()) + (" " if data.endswith((" ", "\n")) else ""))


def plain_text(html: str) -> str:
    """The words of an HTML body with links written out, for readers without HTML."""
    parser = _Text()
    parser.feed(html)
    lines = [line.strip() for line in "".join(parser.parts).splitlines()]
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip() + "\n"
