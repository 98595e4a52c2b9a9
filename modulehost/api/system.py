"""System actions: payment methods, currencies, encryption, the activity log, the version."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from modulehost import journal, settings
from modulehost.accounts import admins, clients, users
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import gateways
from modulehost.context import Ctx
from modulehost.schema import ActivityLog, Currency, icontains, moment_text, same
from modulehost.vault import Vault, VaultError

_FORMATS = {"DD": "%d", "MM": "%m", "YYYY": "%Y"}


@action("GetPaymentMethods", "System")
def get_payment_methods(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The active gateways in their order."""
    with ctx.unit(read=True) as db:
        found = [{"module": one.module, "displayname": one.displayname} for one in gateways.active(db)]
    return {"totalresults": len(found), "paymentmethods": {"paymentmethod": found}}


@action("GetCurrencies", "System")
def get_currencies(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The currencies."""
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(Currency).order_by(Currency.id)).all()
    names = ("id", "code", "prefix", "suffix", "format")
    found = [{name: getattr(row, name) for name in names} | {"rate": f"{row.rate:.5f}"} for row in rows]
    return {"totalresults": len(found), "currencies": {"currency": found}}


@action("EncryptPassword", "System")
def encrypt_password(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Encrypt a text with the host's key; the result differs at every call."""
    return {"password": ctx.host.part(Vault).encrypt(values.text("password2"))}


@action("DecryptPassword", "System")
def decrypt_password(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Decrypt what was encrypted with the host's key; other text comes back as it is."""
    try:
        return {"password": ctx.host.part(Vault).decrypt(values.text("password2"))}
    except VaultError as failure:
        raise ApiError(str(failure)) from None


@action("LogActivity", "System")
def log_activity(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Write an activity log entry; LogActivity follows, as for every entry."""
    description = values.text("description")
    if not description:
        raise ApiError("The parameter 'description' is required")
    client_id = values.number("clientid") or values.number("userid")
    with ctx.unit() as db:
        journal.activity(db, description, client_id)
    return {}


@action("GetActivityLog", "System")
def get_activity_log(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Read the activity log, newest first."""
    start, limit = values.page()
    wanted = select(ActivityLog)
    with ctx.unit(read=True) as db:
        if values.has("clientid") or values.has("userid"):
            wanted = wanted.where(ActivityLog.userid == (values.number("clientid") or values.number("userid")))
        if values.has("description"):
            wanted = wanted.where(icontains(ActivityLog.description, values.text("description")))
        if values.has("ipaddress"):
            wanted = wanted.where(same(ActivityLog.ipaddr, values.text("ipaddress")))
        if values.has("date"):
            day = day_of(values.text("date"), settings.get(db, "DateFormat"))
            wanted = wanted.where(
                ActivityLog.date >= _midnight(day), ActivityLog.date < _midnight(day + timedelta(days=1))
            )
        if values.has("user"):
            name = values.text("user")
            admin, user, client = admins.find(db, name), users.find(db, name), clients.find(db, email=name)
            conditions = [same(ActivityLog.user, name)]
            conditions += [ActivityLog.admin_id == admin.id] if admin else []
            conditions += [ActivityLog.user_id == user.id] if user else []
            conditions += [ActivityLog.userid == client.id] if client else []
            wanted = wanted.where(or_(*conditions))
        total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        rows = db.scalars(wanted.order_by(ActivityLog.id.desc()).offset(start).limit(limit)).all()
    entries = [
        {
            "id": row.id,
            "clientId": row.userid,
            "userId": row.user_id,
            "adminId": row.admin_id,
            "date": moment_text(row.date),
            "description": row.description,
            "username": row.user,
            "ipaddress": row.ipaddr,
            "userid": row.userid,
        }
        for row in rows
    ]
    return {"totalresults": total, "startnumber": start, "activity": {"entry": entries}}


@action("WhmcsDetails", "System")
def whmcs_details(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The emulated version: `version` without, `canonicalversion` with its release part."""
    with ctx.unit(read=True) as db:
        version = settings.version(db)
    return {"whmcs": {"version": version.partition("-")[0], "canonicalversion": version}}


def day_of(text: str, shape: str, name: str = "date") -> date:
    """The value of parameter `name`: a date as the setting DateFormat writes it, or as 2026-01-31."""
    pattern = shape or "DD/MM/YYYY"
    for sign, code in _FORMATS.items():
        pattern = pattern.replace(sign, code)
    for one in (pattern, "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), one).date()
        except ValueError:
            continue
    raise ApiError(f"Parameter '{name}' must be a date such as {shape or 'DD/MM/YYYY'}, not {text[:40]!r}")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
