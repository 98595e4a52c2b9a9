"""An addon module, to be read from top to bottom by someone who is going to write one: notices for customers.

Admins write notices on its page, customers read them at index.php?m=example_notes, and the admin home page counts them.
An addon module is a folder `modules/addons/<name>` with a file `<name>.py`, whose functions begin with `<name>_`. All are
optional but `_config`. docs/modules.md explains each part.
"""

from typing import Any

from modulehost import sdk

from .notes import NOTES, add, every, remove

Vars = dict[str, Any]


def example_notes_config() -> dict[str, Any]:
    """The module's card, and its settings: here one field of every type."""
    return {
        "name": "Example Notes",
        "description": "Notices for customers, with a page for admins and one for clients",
        "version": "1.1",
        "author": "modulehost",
        "language": "english",
        "fields": {
            "heading": {"FriendlyName": "Heading", "Type": "text", "Size": "30", "Default": "Notices"},
            "signature": {
                "FriendlyName": "Signing Key",
                "Type": "password",
                "Description": "Encrypted at rest, masked when shown again",
            },
            "signed": {
                "FriendlyName": "Sign in",
                "Type": "yesno",
                "Description": "Only customers may read the notices",
            },
            "order": {
                "FriendlyName": "Order",
                "Type": "dropdown",
                "Options": {"new": "Newest first", "old": "Oldest first"},
                "Default": "new",
            },
            "tone": {"FriendlyName": "Tone", "Type": "radio", "Options": "info,warning", "Default": "info"},
            "introduction": {"FriendlyName": "Introduction", "Type": "textarea", "Rows": "3"},
        },
    }


# --- life of the module -----------------------------------------------------------------------------------------------


def example_notes_activate() -> dict[str, str]:
    with sdk.unit() as db:
        sdk.create_table(db, NOTES)
    return {"status": "success", "description": "Write the first notice on the module's page."}


def example_notes_deactivate() -> dict[str, str]:
    with sdk.unit() as db:
        sdk.drop_table(db, NOTES)
    return {"status": "success", "description": "The notices have been deleted."}


def example_notes_upgrade(vars: Vars) -> None:
    """Called once when the module is first opened after `version` changed; `vars["version"]` is the one before."""
    if vars["version"] < "1.1":  # notices had no author then
        with sdk.unit() as db:
            sdk.add_columns(db, NOTES)


# --- the page for admins ----------------------------------------------------------------------------------------------


def example_notes_output(vars: Vars) -> str | dict[str, str]:
    """HTML. Forms lead back to `modulelink` and carry the token; after a change, redirect, so that reloading repeats nothing."""
    request, words = sdk.request(), vars["_lang"]
    if request.posted:
        if request.form.get("action") == "delete":
            remove(int(request.form.get("id", "0")))
            sdk.note("success", words["deleted"])
        elif request.form.get("text", "").strip():
            add(request.form["text"].strip(), str((sdk.current_admin() or {}).get("username", "")))
            sdk.note("success", words["saved"])
        else:
            sdk.note("error", words["empty"])
        return sdk.redirect(vars["modulelink"])
    return sdk.render("admin.tpl", words=words, link=vars["modulelink"], token=sdk.csrf(), notes=every(vars["order"]))


def example_notes_sidebar(vars: Vars) -> str:
    """HTML beside the page."""
    return f"<h2>{sdk.escape(vars['_lang']['written'])}</h2><p>{len(every(vars['order']))}</p>"


# --- the page for clients ---------------------------------------------------------------------------------------------


def example_notes_clientarea(vars: Vars) -> dict[str, Any]:
    """A template of this folder with variables. Templates do not escape by themselves: client.tpl does."""
    words, heading = vars["_lang"], vars["heading"] or vars["_lang"]["notices"]
    return {
        "pagetitle": heading,
        "breadcrumb": {vars["modulelink"]: heading},
        "templatefile": "client",
        "requirelogin": vars["signed"] == "on",
        "vars": {
            "words": words,
            "introduction": vars["introduction"],
            "tone": vars["tone"] or "info",
            "notes": every(vars["order"]),
        },
    }
