"""The module's words; a file for each language, named as the host names it."""

ADDONLANG = {
    "notices": "Notices",
    "none": "There are no notices.",
    "by": "by",
    "new": "New notice",
    "save": "Publish",
    "delete": "Delete",
    "saved": "The notice has been published.",
    "deleted": "The notice has been deleted.",
    "empty": "Write a text first.",
    "written": "Notices written",
}
