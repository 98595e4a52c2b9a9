"""The functions of an addon module. Source: the public addon module documentation."""

from modulehost.contract.functions import FunctionSpec

#: given: none, or vars (settings by field name, modulelink, version, _lang)
ADDON_FUNCTIONS: dict[str, FunctionSpec] = {
    name: FunctionSpec(name, given, returns)
    for name, given, returns in (
        ("config", "none", "addonconfig"),
        ("activate", "none", "status"),
        ("deactivate", "none", "status"),
        ("upgrade", "vars", "ignored"),
        ("output", "vars", "page"),
        ("sidebar", "vars", "html"),
        ("clientarea", "vars", "clientpage"),
    )
}
#: types that keep a value; a field of another type is a mistake in an addon module
ADDON_FIELD_TYPES = ("text", "password", "yesno", "dropdown", "radio", "textarea")
CONFIG_KEYS = ("name", "description", "version", "author", "language", "fields")
