"""The calls of the mailadmin host: what an organisation has subscribed to, and trials."""

from typing import Any

from flask import Blueprint, Response, request

from modulehost.sandbox.zoho import here, organizations, plans, storage
from modulehost.sandbox.zoho.envelope import ApiError, caller, envelope, reach
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Org

blueprint = Blueprint("trials", __name__, url_prefix="/api/organization/<zoid>")
READ = (
    "ZohoMail.organization.subscriptions.READ",
    "ZohoMail.partner.organization.READ",
    "VirtualOffice.partner.organization.READ",
)
UPDATE = (
    "ZohoMail.organization.subscriptions.UPDATE",
    "ZohoMail.partner.organization.UPDATE",
    "VirtualOffice.partner.organization.UPDATE",
)


def _change(zoid: str) -> Org:
    """The organisation whose trial is to change; a partner's customer has to leave that to the partner."""
    who = caller(UPDATE)
    org = reach(who, zoid)
    if org.partner and not who.manages(org):
        raise ApiError(403, "Only the partner changes what this organization subscribes to", "OPERATION_NOT_PERMITTED")
    return org


@blueprint.get("/subscriptionInfo")
def subscription_info(zoid: str) -> Response:
    """Plans (entries with PLANNAME) and storage add-ons (ADDONNAME)."""
    org = reach(caller(READ), zoid)
    entries: list[dict[str, Any]] = [
        {"PLANNAME": plans.BY_KEY[key].name, "planStorage": plans.BY_KEY[key].storage, "PROPVALUE": total}
        for key, total in storage.bought(org).items()
    ]
    if not entries:
        entries = [{"PLANNAME": org.plan, "planStorage": plans.storage_of(org.plan), "PROPVALUE": org.licences}]
    entries += [{"ADDONNAME": kind, "PROPVALUE": total} for kind, total in storage.more(org).items()]
    return envelope({"currencyType": REGIONS[org.dc].currency, "autoAllocationPercentage": 0, "addOns": entries})


@blueprint.put("/enableTrial")
def enable_trial(zoid: str) -> Response:
    """Start a trial of fifteen days; once for an organisation, and only from Mail Free."""
    org = _change(zoid)
    plan = request.args.get("planName", "")
    if plan not in plans.TRIALS:
        raise ApiError(400, f"planName has to be one of {', '.join(plans.TRIALS)}")
    if org.trial_used or org.plan != plans.FREE:
        raise ApiError(400, "A trial is not allowed for this organization", "OPERATION_NOT_PERMITTED")
    organizations.start_trial(org, plan, here.now())
    return envelope()


@blueprint.put("/extendTrial")
def extend_trial(zoid: str) -> Response:
    """Fifteen more days, once."""
    org = _change(zoid)
    if not organizations.on_trial(org) or org.trial_extended:
        raise ApiError(400, "The trial cannot be extended", "OPERATION_NOT_PERMITTED")
    org.trial_extended, org.trial_ends = True, org.trial_ends + plans.TRIAL_DAYS * organizations.DAY
    return envelope()
