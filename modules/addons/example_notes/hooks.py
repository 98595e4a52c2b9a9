"""Loaded while the module is active."""

from typing import Any

from modulehost import sdk

from .notes import every


class NotesWidget(sdk.Widget):
    """A card of the admin home page."""

    title = "Example Notes"
    description = "Notices for customers"
    weight = 100
    requiredPermission = "Addon Modules"

    def get_data(self) -> dict[str, Any]:
        return {"count": len(every())}

    def generate_output(self, data: dict[str, Any]) -> str:
        return f'<a href="/admin/addonmodules.php?module=example_notes">Notices: {data["count"]}</a>'


def widget(arguments: dict[str, Any]) -> sdk.Widget:
    return NotesWidget()


def menu(primary_navbar: Any) -> None:
    primary_navbar.addChild("Example Notes", {"label": "Notices", "uri": "/index.php?m=example_notes", "order": 90})


sdk.add_hook("AdminHomeWidgets", 1, widget)
sdk.add_hook("ClientAreaPrimaryNavbar", 1, menu)
