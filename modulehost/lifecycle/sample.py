"""Sample params for trying a function without a service: the shape is that of a real call, the people are invented."""

from typing import Any

from modulehost import settings
from modulehost.context import Ctx
from modulehost.contract import ConfigField
from modulehost.lifecycle import modules
from modulehost.runtimes import ModuleFailed


class SampleProperties:
    """Service properties that live as long as the call."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def save(self, values: dict[str, Any]) -> None:
        """Keep properties in memory."""
        self.values.update(values)

    def get(self, name: str) -> str:
        """One of them."""
        return str(self.values.get(name, ""))


class SampleModel:
    """Stands in for `params["model"]`."""

    def __init__(self) -> None:
        self.id = 1
        self.serviceProperties = SampleProperties()


def params(ctx: Ctx, name: str) -> dict[str, Any]:
    """The full `$params` of an invented pending service of module `name`, its settings at their defaults."""
    try:
        fields: list[ConfigField] = modules.config_options(ctx, name, 0)
    except ModuleFailed:
        fields = []  # the function that was asked for may still run; module list shows what is wrong with ConfigOptions
    with ctx.unit(read=True) as db:
        version = settings.version(db)
    defaults = {
        f.position: f.default or (f.options[0][0] if f.options and f.type in ("dropdown", "radio") else "")
        for f in fields
    }
    return {
        "whmcsVersion": version,
        "accountid": 1, "serviceid": 1, "addonId": 0, "userid": 1,
        "domain": "example.com", "username": "example", "password": "Sample12Pw",
        "packageid": 1, "pid": 1, "serverid": 1, "status": "Pending",
        "type": "hostingaccount", "producttype": "hostingaccount", "moduletype": name, "billingcycle": "Monthly",
        **{f"configoption{n}": defaults.get(n, "") for n in range(1, 25)},
        "customfields": {}, "configoptions": {},
        "clientsdetails": {
            "userid": 1, "id": 1, "client_id": 1, "owner_user_id": 1, "uuid": "00000000-0000-4000-8000-000000000001",
            "firstname": "Asha", "lastname": "Rao", "fullname": "Asha Rao", "companyname": "Example Ltd", "email": "asha@example.com",
            "address1": "1 Main Street", "address2": "", "city": "Pune", "fullstate": "Maharashtra", "state": "Maharashtra",
            "statecode": "Maharashtra", "postcode": "411001", "countrycode": "IN", "country": "IN", "countryname": "India",
            "phonecc": "91", "phonenumber": "2025550100", "phonenumberformatted": "+91.2025550100", "telephoneNumber": "+91.2025550100",
            "tax_id": "", "currency": 1, "currency_code": "USD", "language": "english", "status": "Active", "customfields": [],
            "email_preferences": dict.fromkeys(("general", "invoice", "support", "product", "domain", "affiliate"), "1"),
            "billingcid": 0, "notes": "", "defaultgateway": "", "groupid": 0, "credit": "0.00", "lastlogin": "",
            **dict.fromkeys(("taxexempt", "latefeeoveride", "overideduenotices", "separateinvoices", "disableautocc", "emailoptout",
                             "marketing_emails_opt_in", "isOptedInToMarketingEmails", "overrideautoclose"), False),
            "allowSingleSignOn": 1, "email_verified": True,
            "users": {"user": [{"id": 1, "name": "Asha Rao", "email": "asha@example.com", "is_owner": True}]},
        },
        "model": SampleModel(), "request": {},
        "server": True, "serverip": "192.0.2.10", "serverhostname": "server.example.com", "serverusername": "root",
        "serverpassword": "SampleServerPw", "serveraccesshash": "", "serversecure": True, "serverhttpprefix": "https", "serverport": "443",
    }  # fmt: skip
