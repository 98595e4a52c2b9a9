"""Texts for customers, in their language (lang/)."""

from modulehost import sdk

from .lang.english import ADDONLANG


def say(key: str) -> str:
    """A text in the language of the page being served; English where that has none."""
    return sdk.words().get(key) or ADDONLANG[key]
