"""A server module that defines every function that the host calls, and notes each call with what it was given."""

CODE = '''
from modulehost import sdk

def everyfn_MetaData():
    return {
        "DisplayName": "Every Function", "APIVersion": "1.1", "RequiresServer": True, "DefaultSSLPort": "8443",
        "ServiceSingleSignOnLabel": "Open Panel", "AdminSingleSignOnLabel": "Open Node",
        "ListAccountsUniqueIdentifierField": "domain", "ListAccountsUniqueIdentifierDisplayName": "Domain",
        "ListAccountsProductField": "configoption1",
    }

def everyfn_ConfigOptions(params):
    return {
        "Package": {"Type": "text", "Loader": "everyfn_LoadPackages", "SimpleMode": True},
        "Region": {"Type": "dropdown", "Options": {"eu": "Europe", "us": "America"}, "SimpleMode": True},
        "Quota": {"Type": "text", "Size": "10", "Default": "1024"},
        "API Key": {"Type": "password"},
        "Shell": {"Type": "yesno", "Description": "Shell access"},
        "Backups": {"Type": "radio", "Options": "daily,weekly"},
        "Note": {"Type": "textarea", "Rows": "2"},
        "Parts": {"Type": "dropdown", "Multiple": True, "Options": {"web": "Web", "mail": "Mail", "dns": "DNS"}},
        "About": {"Type": "none", "Description": "<em>Every type of field</em>"},
    }

def everyfn_LoadPackages(params):
    heard("LoadPackages", params)
    return {"gold": "Gold plan", "silver": "Silver plan"}

def _done(function, params):
    heard(function, params)
    return "success"

def everyfn_CreateAccount(params): return _done("CreateAccount", params)
def everyfn_SuspendAccount(params): return _done("SuspendAccount", params)
def everyfn_UnsuspendAccount(params): return _done("UnsuspendAccount", params)
def everyfn_TerminateAccount(params): return _done("TerminateAccount", params)
def everyfn_Renew(params): return _done("Renew", params)
def everyfn_ChangePackage(params): return _done("ChangePackage", params)
def everyfn_ChangePassword(params): return _done("ChangePassword", params)

def everyfn_TestConnection(params):
    heard("TestConnection", params)
    return {"success": params["serverpassword"] == "n0de-Secret", "error": "Wrong password"}

def everyfn_AdminLink(params):
    heard("AdminLink", params)
    return f'<a href="https://{params["serverhostname"]}:{params["serverport"]}/" id="adminlink">Node panel</a>'

def everyfn_LoginLink(params):
    heard("LoginLink", params)
    return f'<a href="https://{params["domain"]}/" id="loginlink">Visit {params["domain"]}</a>'

def everyfn_AdminCustomButtonArray(params):
    return {"Restart Machine": "restart", "Show Report": "adminReport"}

def everyfn_restart(params): return _done("restart", params)

def everyfn_adminReport(params):
    heard("adminReport", params)
    return {"templatefile": "report", "vars": {"lines": ["one", "two", "three"]}}

def everyfn_AdminServicesTabFields(params):
    heard("AdminServicesTabFields", params)
    value = sdk.escape(sdk.store().get("note", ""))
    return {"Vendor Note": f'<input type="text" name="modulefields[0]" id="vendornote" value="{value}">'}

def everyfn_AdminServicesTabFieldsSave(params):
    heard("AdminServicesTabFieldsSave", params)
    sdk.store().set("note", params["request"]["modulefields[0]"])

def everyfn_ServiceSingleSignOn(params):
    heard("ServiceSingleSignOn", params)
    return {"success": True, "redirectTo": "https://panel.example/?user=" + params["username"]}

def everyfn_AdminSingleSignOn(params):
    heard("AdminSingleSignOn", params)
    return {"success": True, "redirectTo": "https://" + params["serverhostname"] + "/root"}

def everyfn_CustomActions(params):
    make = sdk.CustomAction.factory
    return sdk.CustomActionCollection([
        make("webmail", "Webmail", go, [params, "webmail"], ["productsso"], allowSamePage=True),
        make("archive", "Archive", go, [params, "archive"], [], False),
    ])

def go(params, part):
    heard("CustomActions[" + part + "]", params)
    return {"success": True, "redirectTo": "https://panel.example/" + part}

def everyfn_ClientArea(params):
    heard("ClientArea", params)
    return {"tabOverviewModuleOutputTemplate": "overview.tpl", "templateVariables": {"plan": params["configoption1"]}}

def everyfn_ClientAreaCustomButtonArray(params):
    return {"Reboot": "reboot", "Statistics": "statistics"}

def everyfn_ClientAreaAllowedFunctions(params):
    return {"Export": "export"}

def everyfn_reboot(params): return _done("reboot", params)
def everyfn_export(params): return _done("export", params)

def everyfn_statistics(params):
    heard("statistics", params)
    return {"templatefile": "report", "breadcrumb": {"#": "Statistics"}, "vars": {"lines": ["visits", "mails"]}}

def _account(domain, product):
    return {"email": "asha@example.com", "username": "u", "domain": domain, "uniqueIdentifier": domain, "product": product,
            "primaryip": "192.0.2.9", "created": "2026-01-31 12:00:00", "status": sdk.Status.ACTIVE}

def everyfn_ListAccounts(params):
    heard("ListAccounts", params)
    return {"success": True, "accounts": [_account("menon-foods.example", "silver"), _account("only-there.example", "gold")]}

def everyfn_GetUserCount(params):
    heard("GetUserCount", params)
    return {"success": True, "totalAccounts": 2, "ownedAccounts": 1}

def everyfn_GetRemoteMetaData(params):
    heard("GetRemoteMetaData", params)
    return {"version": "110.0"}

def everyfn_RenderRemoteMetaData(params):
    heard("RenderRemoteMetaData", params)
    return "<b>Version " + params["remoteData"]["metaData"]["version"] + "</b>"

def everyfn_UsageUpdate(params):
    heard("UsageUpdate", params)
    sdk.update_usage(params["serverid"], "menon-foods.example", diskusage=250, disklimit=1000, bwusage=3, bwlimit=0)

BOXES = sdk.Metric("boxes", "Mailboxes", sdk.Metric.TYPE_SNAPSHOT, sdk.Accounts("Mailboxes"))

class Provider(sdk.ProviderInterface):
    def __init__(self, params): self.params = params
    def metrics(self): return [BOXES]
    def usage(self): return {"menon-foods.example": self.tenantUsage("menon-foods.example")}
    def tenantUsage(self, tenant): return [BOXES.withUsage(sdk.Usage(7))]

def everyfn_MetricProvider(params):
    heard("MetricProvider", params)
    return Provider(params)
'''
OVERVIEW = '<p id="plan">Plan {$plan} for {$clientsdetails.firstname} at {$domain}, {$status}</p>'
REPORT = '<ul id="report">{foreach $lines as $line}<li>{$line}</li>{/foreach}</ul>'
TEMPLATES = {"overview": OVERVIEW, "report": REPORT}
