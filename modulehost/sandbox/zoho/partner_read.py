"""`/api/v1/partner/...`: the store's list of the partner's customers. Bare arrays; page data in headers."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from modulehost.sandbox.zoho import here, organizations, plans
from modulehost.sandbox.zoho.envelope import ApiError, Caller, caller, count
from modulehost.sandbox.zoho.state import Org

blueprint = Blueprint("partner_read", __name__, url_prefix="/api/v1/partner")
PAGE = 200


@blueprint.errorhandler(ApiError)
def denied(error: ApiError) -> Response:
    """Refused."""
    response = jsonify({"result": "failure", "ERRORMSG": error.code or error.more})
    response.status_code = error.status
    return response


@blueprint.get("/subscriptions")
def subscriptions() -> Response:
    """Customers that pay."""
    who = caller(
        ["ZohoPayments.subscriptions.READ", "ZohoPayments.fullaccess.READ", "ZohoPayments.partnersubscription.all"]
    )
    return _page([_row(org) for org in _customers(who) if org.pay_period])


@blueprint.get("/leads")
def leads() -> Response:
    """Customers that do not pay yet."""
    who = caller(["ZohoPayments.leads.READ", "ZohoPayments.fullaccess.READ"])
    return _page([_row(org) for org in _customers(who) if not org.pay_period])


def _customers(who: Caller) -> list[Org]:
    if not who.org.is_partner:
        raise ApiError(403, "Only for partners", "OPERATION_NOT_PERMITTED")
    return organizations.children(who.org)


def _page(rows: list[dict[str, Any]]) -> Response:
    """The page that `page` and `per_page` name. The parameters' and the headers' names are assumed."""
    page, size = count("page", 1, 1), min(count("per_page", PAGE, 1), PAGE)
    shown = rows[(page - 1) * size : page * size]
    response = jsonify(shown)
    response.headers["X-Page"], response.headers["X-Per-Page"] = str(page), str(size)
    response.headers["X-Total-Count"] = str(len(rows))
    response.headers["X-Has-More"] = "true" if page * size < len(rows) else "false"
    return response


def _row(org: Org) -> dict[str, Any]:
    plan = plans.BY_NAME.get(org.plan)
    addons: list[dict[str, Any]] = []
    if org.pay_period and plan is not None:
        addons.append({"addon_name": "User", "value": org.licences})
        for id, size in plans.STORAGE_ADDONS.items():
            if amount := org.addons.get(str(id)):
                addons.append({"addon_name": f"Extra Storage {size} GB", "value": amount})
    row: dict[str, Any] = {
        "service_name": "Workplace",
        "profile_id": org.zaid,
        "email_id": here.state().users[org.super_admin].email,
        "org_id": org.zoid,
        "customer_address": {"country": org.customer.get("country", "")},
        "plan_name": org.plan,
        "addons": addons,
    }
    if org.pay_period:
        period = "Yearly" if org.pay_period == plans.YEAR else "Monthly"
        return {**row, "billing_frequency": period, "subscription_start_date": _day(org.subscribed)}
    return {**row, "registration_date": _day(org.created)}


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
