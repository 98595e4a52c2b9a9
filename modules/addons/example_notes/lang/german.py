"""Words that are missing here are taken from the language that `_config` names."""

ADDONLANG = {
    "notices": "Hinweise",
    "none": "Es gibt keine Hinweise.",
    "by": "von",
    "new": "Neuer Hinweis",
    "save": "Veröffentlichen",
    "delete": "Löschen",
    "saved": "Der Hinweis ist veröffentlicht.",
    "deleted": "Der Hinweis ist gelöscht.",
    "empty": "Bitte zuerst einen Text schreiben.",
}
