"""Objects as the API shows them."""

from datetime import UTC, datetime
from typing import Any

from modulehost.sandbox.solusvm2 import standing, tasks, users
from modulehost.sandbox.solusvm2.state import (
    Activity,
    BackupSettings,
    Limit,
    LimitGroup,
    Location,
    OsImage,
    Plan,
    Project,
    Role,
    Server,
    State,
    Task,
    User,
)
from modulehost.sandbox.solusvm2.usage import Line

COMPUTE_RESOURCE = 1  # the only machine that servers run on here


def moment(seconds: int) -> str:
    """A time as RFC 3339 with a fraction."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def role(state: State, one: Role) -> dict[str, Any]:
    """A role."""
    return {"id": one.id, "name": one.name, "is_default": one.is_default, "users_count": users.count(state, one)}


def limit_group(one: LimitGroup) -> dict[str, Any]:
    """A limit group."""

    def limit(value: Limit) -> dict[str, Any]:
        return {"limit": value.limit, "is_enabled": value.is_enabled}

    return {
        "id": one.id,
        "name": one.name,
        "vms": limit(one.vms),
        "running_vms": limit(one.running_vms),
        "additional_ips": limit(one.additional_ips),
        "created_at": moment(one.created),
        "updated_at": moment(one.updated),
    }


def user(state: State, one: User) -> dict[str, Any]:
    """A user; the password is never shown."""
    group = standing.group_of(state, one)
    return {
        "id": one.id,
        "email": one.email,
        "status": one.status,
        "roles": [role(state, state.roles[str(id)]) for id in one.roles if str(id) in state.roles],
        "limit_group": limit_group(group) if group else None,
        "language_id": one.language_id,
        "billing_user_id": one.billing_user_id,
        "billing_token": one.billing_token or None,
        "created_at": moment(one.created),
    }


def plan(one: Plan, price: dict[str, Any] | None = None) -> dict[str, Any]:
    """A plan with its prices in tokens; `price` is the billing system's conversion, where there is one."""
    now = one.price
    found: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "virtualization_type": one.virtualization_type,
        "params": {
            "disk": one.disk,
            "ram": one.ram * 1024 * 1024,
            "vcpu": one.vcpu,
            "vcpu_units": 1000,
            "vcpu_limit": 100,
            "io_priority": 4,
            "swap": 0,
        },
        "storage_type": one.storage_type,
        "image_format": one.image_format,
        "is_default": one.is_default,
        "is_visible": one.is_visible,
        "is_snapshots_enabled": one.is_snapshots_enabled,
        "is_backup_available": one.is_backup_available,
        "is_additional_ips_available": one.is_additional_ips_available,
        "tokens_per_hour": now.tokens_per_hour,
        "tokens_per_month": now.tokens_per_month,
        "ip_tokens_per_hour": now.ip_tokens_per_hour,
        "ip_tokens_per_month": now.ip_tokens_per_month,
        "backup_price": now.backup_price,
        "reset_limit_policy": one.reset_limit_policy,
        "network_traffic_limit_type": one.network_traffic_limit_type,
    }
    return {**found, "price": price} if price is not None else found


def location(state: State, one: Location) -> dict[str, Any]:
    """A location and the plans to be had there."""
    plans = [row for row in state.plans.values() if not one.plan_ids or row.id in one.plan_ids]
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "is_default": one.is_default,
        "is_visible": one.is_visible,
        "available_plans": [{"id": row.id, "name": row.name} for row in plans],
    }


def os_image(state: State, one: OsImage) -> dict[str, Any]:
    """An OS image with its versions."""
    return {
        "id": one.id,
        "name": one.name,
        "is_default": one.is_default,
        "is_visible": one.is_visible,
        "versions": [
            {
                "id": row.id,
                "version": row.version,
                "os_image_id": row.os_image_id,
                "virtualization_type": "kvm",
                "cloud_init_version": "v2",
                "is_visible": row.is_visible,
                "is_ssh_keys_supported": True,
            }
            for row in state.os_versions.values()
            if row.os_image_id == one.id
        ],
    }


def project(state: State, one: Project, viewer: User) -> dict[str, Any]:
    """A project; nobody but its owner is a member here."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "members": 1,
        "is_owner": one.owner_id == viewer.id,
        "is_default": one.is_default,
        "owner": user(state, state.users[str(one.owner_id)]),
        "servers": sum(row.project_id == one.id for row in state.servers.values()),
    }


def backup_settings(one: BackupSettings) -> dict[str, Any]:
    """When a server is backed up."""
    time = {"hour": one.hour, "minutes": one.minutes}
    return {"enabled": one.enabled, "schedule": {"type": one.type, "time": time, "days": one.days}}


def server(state: State, one: Server, viewer: User) -> dict[str, Any]:
    """A server with what belongs to it."""
    kind, place = state.plans[str(one.plan_id)], state.locations[str(one.location_id)]
    return {
        "id": one.id,
        "uuid": one.uuid,
        "name": one.name,
        "description": one.description,
        "virtualization_type": kind.virtualization_type,
        "specifications": {"disk": kind.disk, "ram": kind.ram * 1024 * 1024, "vcpu": kind.vcpu},
        "status": one.status,
        "is_suspended": standing.is_suspended(state, one),
        "is_processing": tasks.busy(state, one),
        "ips": [
            {"id": ip.id, "ip": ip.address, "is_primary": ip.is_primary}
            for ip in state.ips.values()
            if ip.server_id == one.id
        ],
        "location": {"id": place.id, "name": place.name},
        "plan": plan(kind),
        "fqdns": one.fqdns,
        "boot_mode": one.boot_mode,
        "user": user(state, state.users[str(one.user_id)]),
        "project": project(state, state.projects[str(one.project_id)], viewer),
        "backup_settings": backup_settings(one.backup),
        "created_at": moment(one.created),
    }


def task(state: State, one: Task) -> dict[str, Any]:
    """A task."""
    return {
        "id": one.id,
        "compute_resource_id": COMPUTE_RESOURCE,
        "compute_resource_vm_id": one.server_id,
        "queue": "compute-resource",
        "action": one.action,
        "status": one.status,
        "output": one.output,
        "progress": tasks.progress(state, one),
        "duration": max(0, one.finished - one.created),
    }


def line(one: Line) -> dict[str, Any]:
    """A line of the usage report."""
    return {
        "resource_type": one.kind,
        "resource_id": one.resource_id,
        "name": one.name,
        "plan": one.plan,
        "from": plain_moment(one.start),
        "to": plain_moment(one.end),
        "hours": one.hours,
        "tokens_per_hour": one.per_hour,
        "tokens_per_month": one.per_month,
        "tokens": one.tokens,
    }


def plain_moment(seconds: int) -> str:
    """A time as the usage report has it, without a fraction."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def activity(one: Activity) -> dict[str, Any]:
    """A line of the audit trail."""
    return {
        "id": one.id,
        "event": one.event,
        "user_email": one.user_email,
        "created_at": moment(one.created),
        "data": one.data,
    }
