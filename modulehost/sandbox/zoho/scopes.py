"""The scopes that Zoho knows, and what a person is told about each."""

_VERBS = ("ALL", "CREATE", "READ", "UPDATE", "DELETE")
_FAMILIES = {
    "ZohoMail.partner.organization": "customer organizations",
    "VirtualOffice.partner.organization": "customer organizations",
    "ZohoMail.organization.accounts": "users of an organization",
    "ZohoMail.organization.domains": "domains of an organization",
    "ZohoMail.organization.subscriptions": "storage and plans of an organization",
    "ZohoPayments.transactions": "transactions in the partner store",
    "ZohoPayments.subscriptions": "subscriptions in the partner store",
    "ZohoPayments.leads": "leads in the partner store",
    "ZohoPayments.fullaccess": "everything in the partner store",
}
_ACTIONS = {"ALL": "Full access to", "CREATE": "Create", "READ": "Read", "UPDATE": "Change", "DELETE": "Delete"}
KNOWN: dict[str, str] = {
    f"{family}.{verb}": f"{_ACTIONS[verb]} {what}" for family, what in _FAMILIES.items() for verb in _VERBS
}
KNOWN["ZohoPayments.partnersubscription.all"] = "Buy, change and cancel subscriptions of customers"
_BY_LOWER = {name.lower(): name for name in KNOWN}


def parse(text: str) -> list[str]:
    """The scopes of a request, which are separated by commas (not blanks). ValueError names one that does not exist."""
    names = [one.strip() for one in text.split(",") if one.strip()]
    if not names:
        raise ValueError("no scope was asked for")
    for name in names:
        if name.lower() not in _BY_LOWER:
            raise ValueError(f"there is no scope {name}")
    return list(dict.fromkeys(_BY_LOWER[name.lower()] for name in names))
