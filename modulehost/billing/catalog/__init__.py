"""What is for sale: product groups and products, configurable options, servers.

Row functions that the admin area, the API and the demo data share. `Invalid` carries one text per field.
"""

from modulehost.billing.catalog.checks import Invalid

__all__ = ["Invalid"]
