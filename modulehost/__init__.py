"""Run WHMCS modules, templates and API clients without WHMCS."""

__version__ = "0.1.0"
