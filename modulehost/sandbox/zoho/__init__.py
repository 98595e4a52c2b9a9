"""Zoho as a partner meets it: Accounts, developer console, Mail API, partner console, store, control panel, webmail.

All hosts of all data centres are one server; see `endpoints.py` and `regions.py` for which address stands for which.
"""

from modulehost.sandbox.zoho.endpoints import endpoint_map
from modulehost.sandbox.zoho.vendor import VENDOR

__all__ = ["VENDOR", "endpoint_map"]
