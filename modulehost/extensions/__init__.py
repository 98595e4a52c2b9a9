"""Modules and hook files: where they lie and which are active. Their code is run by runtimes."""

from modulehost.contract import Module
from modulehost.extensions.archives import InstallRefused
from modulehost.extensions.discovery import BUNDLED, ModuleMissing, module, modules, search_path
from modulehost.extensions.hookfiles import activate_hooks, refresh, register
from modulehost.extensions.installing import Installation, Installed, install

__all__ = [
    "BUNDLED",
    "InstallRefused",
    "Installation",
    "Installed",
    "Module",
    "ModuleMissing",
    "activate_hooks",
    "install",
    "module",
    "modules",
    "refresh",
    "register",
    "search_path",
]
