"""Phrases: the words of client pages, mails and the texts that modules look up; and those of the admin area.

One file per language in `phrases/`, flat dotted keys (`orderForm.firstName: First name`). Keys are the publicly known
language keys that themes print, so that a third-party theme finds its words here; the words are our own. A text may hold
`:name` placeholders (named values) or `%s` ones (filled by the template itself). The admin area is written in English; for
other languages `phrases/admin/` pairs each English text with its translation.
"""

import functools
import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("phrases")
DEFAULT = "english"


class PhraseError(ValueError):
    """A phrase file is not a flat list of texts."""


@functools.cache
def texts(language: str) -> dict[str, str]:
    """The flat texts of one language without fallback; empty when the language does not exist.

    Raises PhraseError naming file and key when a value is no text (an unquoted `yes` is a boolean in YAML).
    """
    if language not in languages():
        return {}
    return _read(FOLDER / f"{language}.yaml")


@functools.cache
def admin_texts(language: str) -> dict[str, str]:
    """The words of the admin area, by their English text; empty when there are none in that language."""
    path = FOLDER / "admin" / f"{language}.yaml"
    return _read(path) if known(language) and path.is_file() else {}


def admin_languages() -> list[str]:
    """The languages that the admin area speaks, English first."""
    return [name for name in languages() if name == DEFAULT or admin_texts(name)]


def admin_text(language: str, english: str) -> str:
    """An English text of the admin area in `language`; the text itself when it has not been translated."""
    return admin_texts(language).get(english, english)


def _read(path: Path) -> dict[str, str]:
    loaded: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise PhraseError(f"{path.name}: {key!r} is not a pair of texts; put quotes around yes, no, on and off")
    return dict(loaded)


def languages() -> list[str]:
    """The names of the languages that exist, English first."""
    names = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    return sorted(names, key=lambda name: name != DEFAULT)


def known(language: str) -> bool:
    """Whether there are phrases in `language`."""
    return language in languages()


def phrase(language: str, key: str, **values: object) -> str:
    """The text of `key`; English when the language lacks it, the key itself when nobody has it.

    `:name` in the text becomes values["name"]. Longer names are replaced first, so `:days` never eats into `:daysleft`.
    """
    text = texts(language).get(key)
    if text is None:
        text = texts(DEFAULT).get(key, key)
    if not values:
        return text
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    return re.sub(f":({names})", lambda found: str(values[found[1]]), text)


class Phrase(str):
    """An English text that knows the phrase which says the same to a client in another language.

    Rooms below the pages refuse with one (`Invalid([Phrase("host.error.userExists", "...")])`) and know no language themselves:
    everywhere it is its English text, and the client area shows `worded`. `text` is that English where the API documents
    its own, else it is the phrase's; the values fill `:name`, may be `Phrase` themselves, or lists of either. `str(error)` of an
    error that was raised with one keeps it. An f-string and a join do not: give it as a value of another one instead.
    """

    key: str
    values: dict[str, object]

    def __new__(cls, key: str, text: str = "", /, **values: object) -> "Phrase":
        self = super().__new__(cls, text or phrase(DEFAULT, key, **_in(None, values)))
        self.key, self.values = key, values
        return self

    def __str__(self) -> str:
        return self


def worded(language: str, text: str) -> str:
    """What is said in `language`; a text that is no `Phrase` as it is."""
    return phrase(language, text.key, **_in(language, text.values)) if isinstance(text, Phrase) else text


def _in(language: str | None, values: dict[str, object]) -> dict[str, object]:
    def one(value: object) -> str:
        return worded(language, value) if language and isinstance(value, str) else str(value)

    return {k: ", ".join(map(one, v)) if isinstance(v, list | tuple) else one(v) for k, v in values.items()}


@functools.cache
def _tree(language: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, text in {**texts(DEFAULT), **texts(language)}.items():
        *above, last = key.split(".")
        level = tree
        for name in above:
            found = level.setdefault(name, {})
            if not isinstance(found, dict):
                raise PhraseError(f"{language}.yaml: {key!r} lies below {name!r}, which is itself a text")
            level = found
        if isinstance(level.get(last), dict):
            raise PhraseError(f"{language}.yaml: {key!r} is a text, but others lie below it")
        level[last] = text
    return tree


def phrases(language: str) -> dict[str, Any]:
    """All texts as nested dicts (`$LANG.orderForm.firstName`), missing ones in English. Read only: it is shared."""
    return _tree(language if known(language) else DEFAULT)


def native_name(language: str) -> str:
    """What a language calls itself (`Deutsch`)."""
    return texts(language).get("nativeName", language.capitalize())


def locale(language: str) -> str:
    """Its locale (`en_GB`)."""
    return phrase(language, "locale")
