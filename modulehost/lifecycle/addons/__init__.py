"""Addon modules: their card, activation, settings, who may open them, their pages and dashboard widgets.

rows.py keeps what lies in tables, cards.py asks `_config`, activation.py switches on and off and saves, running.py calls
the functions with their `vars` (and `_upgrade` before), pages.py makes pages of what they return, widgets.py the dashboard.
"""

from modulehost.lifecycle.addons.activation import Refused, Said, activate, deactivate, save
from modulehost.lifecycle.addons.cards import Card, card, cards, find
from modulehost.lifecycle.addons.pages import AdminPage, ClientPage, admin_page, client_page
from modulehost.lifecycle.addons.rows import access, active, allowed, is_active, labels, values
from modulehost.lifecycle.addons.running import words_of as words
from modulehost.lifecycle.addons.widgets import Shown, widgets

__all__ = [
    "AdminPage", "Card", "ClientPage", "Refused", "Said", "Shown", "access", "activate", "active", "admin_page", "allowed", "card",
    "cards", "client_page", "deactivate", "find", "is_active", "labels", "save", "values", "widgets", "words",
]  # fmt: skip
