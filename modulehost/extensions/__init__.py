"""Modules and hook files: where they lie and which are active. Their code is run by runtimes."""

from modulehost.contract import Module
from modulehost.extensions.discovery import BUNDLED, ModuleMissing, module, modules, search_path
from modulehost.extensions.hookfiles import activate_hooks, refresh, register

__all__ = [
    "BUNDLED",
    "Module",
    "ModuleMissing",
    "activate_hooks",
    "module",
    "modules",
    "refresh",
    "register",
    "search_path",
]
