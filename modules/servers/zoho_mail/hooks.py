"""The client area's menu entries of Zoho Mail."""

from typing import Any

from modulehost.sdk import add_hook, current_client

SERVICES = "/clientarea.php?action=services&module=zoho_mail"


def navbar(menu: Any) -> None:
    """An entry under Services, which only a signed-in client's menu has."""
    services = menu.getChild("Services")
    if services is not None and services.getChild("Zoho Mail") is None:
        services.addChild("Zoho Mail", {"label": "Zoho Mail", "uri": SERVICES, "order": 15})


def sidebar(menu: Any) -> None:
    """A panel that leads to the same list. Zoho's own module adds an empty one."""
    if current_client() is not None:
        panel = menu.addChild("Zoho Mail", {"label": "Zoho Mail", "icon": "fas fa-envelope"})
        panel.addChild("My Zoho Mail Services", {"label": "My Zoho Mail Services", "uri": SERVICES})


add_hook("ClientAreaPrimaryNavbar", 1, navbar)
add_hook("ClientAreaSecondarySidebar", 1, sidebar)
