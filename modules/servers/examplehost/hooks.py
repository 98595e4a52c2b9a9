"""Loaded once a product uses the module. A hook function gets what the hook documentation lists, as one map."""

from typing import Any

from modulehost.sdk import add_hook, logActivity


def after_create(arguments: dict[str, Any]) -> None:
    params = arguments["params"]
    if params["moduletype"] == "examplehost":
        logActivity(f"Example Host: account of service {params['serviceid']} is ready", params["userid"])


add_hook("AfterModuleCreate", 1, after_create)
