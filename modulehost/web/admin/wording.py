"""The words of the admin area in the administrator's language.

Its templates are written in English, and their English text is the phrase: what stands between two tags, and what people read
in attributes (`title`, `placeholder`, ...), is looked up in `language/phrases/admin/<language>.yaml` while the page is drawn. So a
new page can be translated without a mark in it, and a phrase that nobody has translated is shown in English. What templates
hand to macros (captions, hints) and what Python says (titles, banners) goes through `say()`, which looks up whole texts only.
Nothing is looked up inside script, style, textarea, pre and code, nor in an option without a value, whose text is its value.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, g, request, session
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from modulehost import language as words
from modulehost.schema import Admin
from modulehost.web import frame

_FOLDER = "admin/"
_SESSION = "adminlanguage"
_SPOKEN = {"data-label", "title", "placeholder", "aria-label", "alt", "data-confirm", "data-title"}
_RAW = ("script", "style", "textarea", "pre", "code")
_LETTER = re.compile(r"[^\W\d_]")
_ENTITY = re.compile(r"&#?\w+;")
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_IN_TAG = re.compile(r"[\"'>]")
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*\Z")


def spoken() -> str:
    """The language of this request: the session's choice (`?language=`), else that of the signed-in administrator, else English."""
    if "mh_admin_language" not in g:
        asked = request.args.get("language", "").lower()
        if asked and words.known(asked):
            session[_SESSION] = asked
        found, actor = str(session.get(_SESSION, "")), frame.admin_actor()
        if not found and actor is not None:
            with frame.ctx().unit(read=True) as db:
                row = db.get(Admin, actor.id)
            found = row.language.lower() if row is not None else ""
        g.mh_admin_language = found if found and words.known(found) else words.DEFAULT
    return str(g.mh_admin_language)


def say(text: Any) -> Any:
    """A text that Python or a macro's caller gives, translated if the whole of it is known. Markup stays as it is."""
    if isinstance(text, words.Phrase) and spoken() != words.DEFAULT:
        return words.worded(spoken(), text)
    return text if isinstance(text, Markup) or not isinstance(text, str) else words.admin_text(spoken(), text)


def say_html(text: str) -> Markup:
    """A text of a template: HTML that its author wrote, and so is its translation."""
    return Markup(words.admin_text(spoken(), text))  # noqa: S704 - both stand in files of this project


def say_attribute(text: str) -> Markup:
    """The same inside an attribute's quotes."""
    return escape(Markup(words.admin_text(spoken(), text)).unescape())  # noqa: S704 - as above


class Wording(Extension):
    """Puts the look-up around every text of a template in `admin/`."""

    def filter_stream(self, stream: TokenStream) -> "TokenStream | Iterable[Token]":
        return self._worded(stream) if (stream.name or "").startswith(_FOLDER) else stream

    def _worded(self, stream: TokenStream) -> Iterator[Token]:
        scan = Scanner()
        for token in stream:
            if token.type != "data":
                scan.interrupted()
                yield token
                continue
            line = token.lineno
            for kind, text in scan.pieces(token.value):
                if kind == "":
                    yield Token(line, "data", text)
                else:
                    yield from _call(line, kind, text)
                line += text.count("\n")


def _call(line: int, function: str, text: str) -> Iterator[Token]:
    yield Token(line, "variable_begin", "{{")
    yield Token(line, "name", function)
    yield Token(line, "lparen", "(")
    yield Token(line, "string", text)
    yield Token(line, "rparen", ")")
    yield Token(line, "variable_end", "}}")


class Scanner:
    """Follows HTML through the pieces that template tags cut it into."""

    def __init__(self) -> None:
        self._tag = ""  # what is being read of a tag, empty outside of tags
        self._quote = ""  # the quote that an attribute's value stands in
        self._raw = ""  # the element whose content is not text for people
        self._whole = False  # the value has had no template tag inside so far

    def interrupted(self) -> None:
        """A template tag stood here: an attribute's value around it is not whole."""
        self._whole = False

    def pieces(self, data: str) -> Iterator[tuple[str, str]]:
        """`("", text)` for what is printed as it is, `("say_html" or "say_attribute", phrase)` for what is looked up."""
        at = 0
        while at < len(data):
            if self._quote:
                end = data.find(self._quote, at)
                yield from self._value(data[at:] if end < 0 else data[at:end], closed=end >= 0)
                if end < 0:
                    return
                self._tag, self._quote, at = self._tag + self._quote, "", end + 1
                yield "", data[end]
            elif self._tag:
                found = _IN_TAG.search(data, at)
                end = len(data) if found is None else found.end()
                yield "", data[at:end]
                self._tag += data[at:end]
                at = end
                if found is not None and found[0] == ">":
                    self._closed()
                elif found is not None:
                    self._quote, self._whole = found[0], True
            else:
                end = data.find("<", at)
                text = data[at:] if end < 0 else data[at:end]
                yield from _phrase(text, "" if self._raw else "say_html")
                if end < 0:
                    return
                self._tag, at = "<", end + 1
                yield "", "<"

    def _closed(self) -> None:
        name = _NAME.match(self._tag)
        tag, self._tag = self._tag, ""
        if name is None:
            return
        element = name[1].lower()
        if tag.startswith("</"):
            self._raw = "" if self._raw == element else self._raw
        elif not self._raw and (element in _RAW or (element == "option" and "value=" not in tag)):
            self._raw = element

    def _value(self, value: str, closed: bool) -> Iterator[tuple[str, str]]:
        attribute = _ATTRIBUTE.search(self._tag[:-1])
        wanted = closed and self._whole and not self._raw and attribute is not None and attribute[1] in _SPOKEN
        self._whole = False
        yield from _phrase(value, "say_attribute" if wanted else "")


def _phrase(text: str, function: str) -> Iterator[tuple[str, str]]:
    """The text with its white space apart; only what has a letter in it is a phrase."""
    core = text.strip()
    if not function or not _LETTER.search(_ENTITY.sub("", core)):
        if text:
            yield "", text
        return
    before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
    if before:
        yield "", before
    yield function, " ".join(core.split())
    if after:
        yield "", after


def code(language: str = "") -> str:
    """The code of a language for HTML's `lang` (`ja`), by default that of the page."""
    return words.locale(language or spoken()).partition("_")[0]


def choices() -> list[tuple[str, str]]:
    """What the admin area speaks: names and what the languages call themselves."""
    return [(name, words.native_name(name)) for name in words.admin_languages()]


def install(app: Flask) -> None:
    """Give the application's templates the look-up."""
    app.jinja_env.add_extension(Wording)
    app.jinja_env.globals.update(say=say, say_html=say_html, say_attribute=say_attribute, page_language=code)
