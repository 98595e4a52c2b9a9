"""The client area's menu entries."""

from typing import Any

from modulehost.sdk import add_hook

SERVICES = "clientarea.php?action=services&module=zoho_mail"


def navbar(menu: Any) -> None:
    """ "Zoho Mail" under Services, which only a signed-in client's menu has."""
    services = menu.getChild("Services")
    if services is not None and services.getChild("Zoho Mail") is None:
        services.addChild("Zoho Mail", {"label": "Zoho Mail", "uri": SERVICES, "order": 15})


def sidebar(menu: Any) -> None:
    """A panel of its own beside a client's services."""
    panel = menu.addChild("Zoho Mail", {"label": "Zoho Mail", "order": 100, "icon": "fas fa-envelope"})
    panel.addChild("My Zoho Mail", {"label": "My Zoho Mail", "uri": SERVICES, "order": 10})


add_hook("ClientAreaPrimaryNavbar", 1, navbar)
add_hook("ClientAreaSecondarySidebar", 1, sidebar)
