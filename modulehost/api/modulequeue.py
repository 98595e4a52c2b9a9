"""GetModuleQueue."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.context import Ctx
from modulehost.schema import ModuleQueue, moment_text, same

_TYPES = ("", "domain", "service", "addon")


@action("GetModuleQueue", "Module")
def get_module_queue(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Failed module commands that wait for somebody, oldest first."""
    kind = values.text("serviceType")
    if kind not in _TYPES:
        raise ApiError(f"Parameter 'serviceType' must be one of domain, service, addon, not {kind!r}")
    query = select(ModuleQueue).where(ModuleQueue.completed == 0).order_by(ModuleQueue.id)
    if kind:
        query = query.where(ModuleQueue.service_type == kind)
    if values.has("relatedId"):
        query = query.where(ModuleQueue.service_id == values.number("relatedId"))
    if name := values.text("moduleName"):
        query = query.where(same(ModuleQueue.module_name, name))
    if wanted := values.text("moduleAction"):
        query = query.where(same(ModuleQueue.module_action, wanted))
    if since := values.text("since"):
        try:
            query = query.where(ModuleQueue.last_attempt >= datetime.fromisoformat(since))
        except ValueError:
            raise ApiError("Parameter 'since' must be a date as 2026-01-31 or 2026-01-31 12:00:00") from None
    with ctx.unit(read=True) as db:
        found = [_shown(row) for row in db.scalars(query)]
    return {"count": len(found), "queue": found}


def _shown(row: ModuleQueue) -> dict[str, Any]:
    return {
        "id": row.id, "serviceType": row.service_type, "serviceId": row.service_id, "moduleName": row.module_name,
        "moduleAction": row.module_action, "lastAttempt": moment_text(row.last_attempt),
        "lastAttemptError": row.last_attempt_error, "numRetries": row.num_retries, "completed": row.completed,
        "createdAt": moment_text(row.created_at), "updatedAt": moment_text(row.updated_at),
    }  # fmt: skip
