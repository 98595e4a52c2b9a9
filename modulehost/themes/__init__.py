"""Themes: which template is meant, what it sees, and the page that comes of it."""

from modulehost.themes.encode import encoded, text
from modulehost.themes.menu import Item, MenuError
from modulehost.themes.page import PageBroken, considered, fragment, render
from modulehost.themes.resolve import Candidate, Choice, resolve, shown
from modulehost.themes.theme import (
    ORDERFORM,
    THEME,
    Theme,
    ThemeError,
    chain,
    exists,
    load,
    missing_dependencies,
    names,
)
from modulehost.themes.visit import Page, Visit

__all__ = [
    "ORDERFORM",
    "THEME",
    "Candidate",
    "Choice",
    "Item",
    "MenuError",
    "Page",
    "PageBroken",
    "Theme",
    "ThemeError",
    "Visit",
    "chain",
    "considered",
    "encoded",
    "exists",
    "fragment",
    "load",
    "missing_dependencies",
    "names",
    "render",
    "resolve",
    "shown",
    "text",
]
