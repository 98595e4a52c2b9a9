"""Mail actions and single settings."""

import base64

from sqlalchemy import select

from modulehost import api as actions
from modulehost.api import phpserialize
from modulehost.context import Ctx, Host
from modulehost.schema import Admin, AdminRole, Email
from tests.api.client import CLIENT, Api


def _mails(host: Host) -> list[Email]:
    with Ctx(host).unit(read=True) as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


def test_send_email_by_template_and_by_text(api: Api, host: Host) -> None:
    api("AddClient", **CLIENT, noemail="1")
    fields = base64.b64encode(phpserialize.dumps({"extra": "<b>7</b>"})).decode()
    api.ok("SendEmail", messagename="Client Signup Email", id=1)
    api.ok("SendEmail", customtype="general", customsubject="No {$extra}", custommessage="<p>{$extra}</p>", id=1, customvars=fields)
    first, second = _mails(host)
    assert first.subject.startswith("Welcome to") and second.subject == "No <b>7</b>"
    assert "<p>&lt;b&gt;7&lt;/b&gt;</p>" in second.message
    found = api.ok("GetEmails", clientid=1, subject="welcome")
    assert (found["totalresults"], found["emails"]["email"][0]["id"]) == (1, first.id)
    assert api("GetEmails", clientid=99)["message"] == "Client ID Not Found"


def test_send_email_refuses_as_documented(api: Api) -> None:
    def said(**values: object) -> str:
        return str(api("SendEmail", **values)["message"])

    assert said(id=1) == "You must provide either an existing email template name or a custom message type"
    assert said(customtype="weather", id=1) == "Invalid message type provided"
    assert said(customtype="general", custommessage="x", id=1) == "A subject is required for a custom message"
    assert said(customtype="general", customsubject="x", id=1) == "A message body is required for a custom message"
    assert said(messagename="Client Signup Email") == "A related ID is required"
    assert said(messagename="Nothing", id=1) == "Email Template not found"


def test_email_templates_and_mails_to_staff(api: Api, host: Host) -> None:
    found = api.ok("GetEmailTemplates", type="invoice")["emailtemplates"]["emailtemplate"]
    assert "Invoice Created" in {one["name"] for one in found} and all(one["custom"] in (0, "0") for one in found)
    assert api.ok("GetEmailTemplates", language="german")["totalresults"] == 0
    with Ctx(host).unit() as db:
        person = db.scalars(select(Admin).order_by(Admin.id)).first()
        assert person is not None
        person.email = "staff@example.com"
        db.get_one(AdminRole, person.roleid).systememails = 1
        db.get_one(AdminRole, person.roleid).supportemails = 0
    api.ok("SendAdminEmail", customsubject="Disk", custommessage="full", type="system")
    api.ok("SendAdminEmail", customsubject="Ticket", custommessage="new", type="support")
    assert [(row.to, row.subject, row.userid) for row in _mails(host)] == [("staff@example.com", "Disk", 0)]


def test_settings_are_read_by_anyone_and_written_only_on_this_host(api: Api, host: Host) -> None:
    assert api.ok("GetConfigurationValue", setting="TaxType")["value"] == "Exclusive"
    assert api("GetConfigurationValue", setting="Nonsense")["message"] == "Invalid name for parameter setting"
    refused = api.post("SetConfigurationValue", setting="TaxType", value="Inclusive")
    assert refused.status_code == 403 and "localAPI" in refused.text
    answer = actions.call(Ctx(host), "SetConfigurationValue", {"setting": "TaxType", "value": "Inclusive"})
    assert answer == {"result": "success", "value_changed": True}
    assert api.ok("GetConfigurationValue", setting="TaxType")["value"] == "Inclusive"
