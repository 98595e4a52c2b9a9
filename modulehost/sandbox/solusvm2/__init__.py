"""SolusVM 2 as a billing system and its customers meet it: the API under `/api/v1`, and a small panel.

Usage follows the host's clock. The billing side is called back over HTTP at the address that it wrote into the settings.
Not part of it: real machines, SSH keys, custom plans, invitations to projects, snapshots by API.
"""

from modulehost.sandbox.solusvm2.endpoints import endpoint_map
from modulehost.sandbox.solusvm2.vendor import VENDOR

__all__ = ["VENDOR", "endpoint_map"]
