"""The parts of a product page that a module stands behind: the service itself, and addons that have a module of their own."""

from dataclasses import dataclass

from modulehost.lifecycle import OfAddon, OfService, Subject


@dataclass(frozen=True)
class Part:
    """`addon_id` (tblhostingaddons.id) is 0 for the service itself. In addresses and forms it is `addonId`."""

    service_id: int
    addon_id: int = 0

    @property
    def subject(self) -> Subject:
        """Whom the module is asked about."""
        return OfAddon(self.addon_id) if self.addon_id else OfService(self.service_id)

    @property
    def address(self) -> str:
        """The product page; for an addon with its `addonId`, so that what is asked for by parameters behind it concerns the addon."""
        own = f"&addonId={self.addon_id}" if self.addon_id else ""
        return f"/clientarea.php?action=productdetails&id={self.service_id}{own}"

    @property
    def fields(self) -> dict[str, str]:
        """What a form that concerns it sends besides the service's id."""
        return {"addonId": str(self.addon_id)} if self.addon_id else {}
