"""`/restapi/partner/v1/json/subscription`: paid plans and licence counts of customers.

A refusal of the business is HTTP 200 with `{"result": "failure", "ERRORMSG": ...}`; a charge that failed too. What the
store cannot read is 400, a missing or poor token 401 (both assumed).
"""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from modulehost.sandbox.zoho import here, organizations, plans
from modulehost.sandbox.zoho.envelope import ApiError, Caller, caller
from modulehost.sandbox.zoho.order import Order, Refused, parse, use
from modulehost.sandbox.zoho.state import Charge, Org, PaymentMethod, number

blueprint = Blueprint("store", __name__, url_prefix="/restapi/partner/v1/json/subscription")
SCOPES = ("ZohoPayments.partnersubscription.all",)


class Unreadable(Exception):
    """The request is not what the store expects."""


def _answer(result: str, status: int = 200, **more: Any) -> Response:
    response = jsonify({"result": result, **more})
    response.status_code = status
    return response


def refused(error: Refused) -> Response:
    """No, in the store's words."""
    return _answer("failure", ERRORMSG=str(error))


def unreadable(error: Unreadable) -> Response:
    """What?"""
    return _answer("failure", 400, ERRORMSG=str(error))


def denied(error: ApiError) -> Response:
    """Who?"""
    return _answer("failure", error.status, ERRORMSG=error.code or error.more)


blueprint.register_error_handler(Refused, refused)
blueprint.register_error_handler(Unreadable, unreadable)
blueprint.register_error_handler(ApiError, denied)


def _json(where: Any) -> dict[str, Any]:
    try:
        given = json.loads(where.get("JSONString", ""))
    except ValueError as error:
        raise Unreadable(f"JSONString is missing or no JSON: {error}") from error
    if (
        not isinstance(given, dict)
        or given.get("serviceid") != plans.SERVICE
        or not isinstance(given.get("email"), str)
    ):
        raise Unreadable(f"JSONString has to hold serviceid {plans.SERVICE} and email")
    return given


def _body() -> dict[str, Any]:
    if request.mimetype != "multipart/form-data":
        raise Unreadable("the order has to come as multipart/form-data with the field JSONString")
    return _json(request.form)


def _customer(who: Caller, given: dict[str, Any]) -> Org:
    """The caller's customer whose super admin has the address."""
    user = organizations.by_email(here.state(), given["email"])
    org = here.state().orgs[user.zoid] if user else None
    if (
        user is None
        or org is None
        or org.dc != here.region().key
        or org.super_admin != user.zuid
        or not who.manages(org)
    ):
        raise Refused(f"{given['email']} is not the super admin of a customer of yours")
    organizations.settle(org)
    return org


@blueprint.get("")
def read() -> Response:
    """A customer's plan and add-ons."""
    org = _customer(caller(SCOPES), _json(request.args))
    plan = plans.BY_NAME.get(org.plan) if org.pay_period else None
    details: dict[str, Any] = {"paiduser": plan is not None, "planname": org.plan, "addondetails": []}
    if plan is not None:
        details |= {"payperiod": org.pay_period, "planid": plan.id, "addondetails": addons(org)}
    return _answer("success", licensedetails=details)


def addons(org: Org) -> list[dict[str, Any]]:
    """An organisation's add-ons as the store lists them; the users of a plain plan are called `User`."""
    named = []
    for id, amount in org.addons.items():
        user_plan = plans.BY_USER_ADDON.get(int(id))
        if user_plan is None:
            name = f"Extra Storage {plans.STORAGE_ADDONS[int(id)]} GB"
        else:
            name = f"{user_plan.name} User" if org.plan == plans.FLEXIBLE.name else "User"
        named.append({"addonname": name, "addonid": int(id), "addonvalue": amount})
    return named


@blueprint.post("")
def buy() -> Response:
    """Buy a plan for a customer that pays for none yet."""
    who, given = caller(SCOPES), _body()
    org, order = _customer(who, given), parse(given, new=True)
    if org.pay_period:
        raise Refused(f"{given['email']} has a subscription already; change it instead")
    return _charge(who, org, order, given["email"])


@blueprint.put("")
def change() -> Response:
    """Change plan, counts or pay period; the order names everything that is to be had afterwards."""
    who, given = caller(SCOPES), _body()
    org, order = _customer(who, given), parse(given, new=False)
    if not org.pay_period:
        raise Refused(f"{given['email']} has no subscription to change")
    if org.pay_period == plans.YEAR and order.pay_period == plans.MONTH:
        raise Refused("A yearly subscription cannot become a monthly one")
    return _charge(who, org, order, given["email"])


def _charge(who: Caller, org: Org, order: Order, email: str) -> Response:
    """Check the counts against what is in use, charge the partner, and only then give what was bought."""
    use(order, organizations.users(org))
    world = here.world()
    method: PaymentMethod | None = world.state.payment_methods.get(who.org.zoid)
    paid = method is not None and method.works and not world.fault("charge_refused")
    id_ = number(world.state, "charge", 1)
    bought = {str(key): amount for key, amount in order.addons.items() if amount}
    world.state.charges[id_] = Charge(
        id_, world.now(), org.zoid, email, order.plan.name, order.pay_period, bought, "success" if paid else "failure"
    )
    if not paid:
        return _answer("failure")
    org.plan, org.pay_period, org.addons, org.licences = order.plan.name, order.pay_period, bought, order.users
    org.trial_ends, org.subscribed = 0, org.subscribed or world.now()
    org.customer = order.customer or org.customer
    return _answer("success")


@blueprint.delete("")
def cancel() -> Response:
    """Cancel: the customer falls back to Mail Free."""
    given = _json(request.args)
    org = _customer(caller(SCOPES), given)
    if not org.pay_period:
        raise Refused(f"{given['email']} has no subscription to cancel")
    organizations.downgrade(org)
    return _answer("success")
