"""Addresses of the emulated system whose features the host does not have: they say so instead of a bare 404."""

from typing import Any

from flask import request

from modulehost.web.client.show import blueprint, message, say

#: paths of features that are not modelled
SCRIPTS = (
    "submitticket.php", "supporttickets.php", "viewticket.php", "announcements.php", "knowledgebase.php", "downloads.php",
    "serverstatus.php", "networkissues.php", "affiliates.php", "aff.php", "contact.php", "domainchecker.php", "viewquote.php",
    "link.php", "creditcard.php", "masspay.php", "whois.php", "unsubscribe.php", "configuressl.php",
)  # fmt: skip
ROUTES = (
    "announcements", "knowledgebase", "download", "domain", "account", "service", "cart",
)  # fmt: skip


def not_part(page: str = "") -> Any:
    """The page that says what is not modelled."""
    return message(501, say("host.notPart"), say("host.notPartHelp", page=page or request.path), "fas fa-puzzle-piece")


def unmodelled(rest: str = "") -> Any:
    """Any of the addresses above."""
    return not_part()


for _name in SCRIPTS:
    blueprint.add_url_rule(f"/{_name}", "unmodelled", unmodelled, methods=["GET", "POST"])
for _name in ROUTES:
    blueprint.add_url_rule(f"/{_name}", "unmodelled", unmodelled, methods=["GET", "POST"])
    blueprint.add_url_rule(f"/{_name}/<path:rest>", "unmodelled", unmodelled, methods=["GET", "POST"])
