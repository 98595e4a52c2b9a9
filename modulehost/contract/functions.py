"""The functions of a server module. Source: the public provisioning module documentation."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class FunctionSpec:
    """One function: what it is given, what it returns, and whether it changes a service.

    given: service (all $params), server (the server block), product (product context), none.
    returns: result ("success" or an error text), map, html, link (HTML without forms), buttons, fields, config, metadata, test,
    clientarea, ignored, sso, actions, accounts, provider (an object).
    """

    name: str
    given: str
    returns: str
    label: str = ""

    @property
    def command(self) -> bool:
        """Whether it changes something at the vendor, so that intent and outcome are recorded."""
        return self.returns == "result"


def _table(*rows: tuple[str, ...]) -> dict[str, FunctionSpec]:
    return {row[0]: FunctionSpec(*row) for row in rows}


SERVER_FUNCTIONS = _table(
    ("MetaData", "none", "metadata"),
    ("ConfigOptions", "product", "config"),
    ("CreateAccount", "service", "result", "Create"),
    ("SuspendAccount", "service", "result", "Suspend"),
    ("UnsuspendAccount", "service", "result", "Unsuspend"),
    ("TerminateAccount", "service", "result", "Terminate"),
    ("Renew", "service", "result", "Renew"),
    ("ChangePackage", "service", "result", "Change Package"),
    ("ChangePassword", "service", "result", "Change Password"),
    ("TestConnection", "server", "test"),
    ("ClientArea", "service", "clientarea"),
    ("AdminLink", "server", "html"),
    ("LoginLink", "service", "link"),
    ("AdminCustomButtonArray", "service", "buttons"),
    ("ClientAreaCustomButtonArray", "service", "buttons"),
    ("ClientAreaAllowedFunctions", "service", "buttons"),
    ("AdminServicesTabFields", "service", "fields"),
    ("AdminServicesTabFieldsSave", "service", "ignored"),
    ("ServiceSingleSignOn", "service", "sso"),
    ("AdminSingleSignOn", "server", "sso"),
    ("CustomActions", "service", "actions"),
    ("UsageUpdate", "server", "ignored"),
    ("MetricProvider", "server", "provider"),
    ("ListAccounts", "server", "accounts"),
    ("GetUserCount", "server", "map"),
    ("GetRemoteMetaData", "server", "map"),
    ("RenderRemoteMetaData", "server", "html"),
    ("ProvisionAddOnFeature", "service", "result", "Create"),
    ("SuspendAddOnFeature", "service", "result", "Suspend"),
    ("UnsuspendAddOnFeature", "service", "result", "Unsuspend"),
    ("DeprovisionAddOnFeature", "service", "result", "Terminate"),
    ("AddOnFeatures", "product", "map"),
    # Known, so that a module that defines them is not told that they are misnamed; the host does not call them yet.
    ("UsageUpdate", "server", "ignored"),
    ("MetricProvider", "server", "object"),
)


def spec(function: str) -> FunctionSpec:
    """The documented function of that name, else a custom one: all params, "success" or an error text or a page."""
    return SERVER_FUNCTIONS.get(function) or FunctionSpec(function, "service", "custom", function)


def nearest(function: str) -> str:
    """The documented function whose name is closest to a misspelt one, or an empty text."""
    lower = {name.lower(): name for name in SERVER_FUNCTIONS}
    found = difflib.get_close_matches(function.lower(), lower, 1, 0.8)
    return lower[found[0]] if found else ""
