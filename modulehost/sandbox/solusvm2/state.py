"""What the simulated SolusVM 2 remembers. Times are Unix seconds of the host's clock; a table's key is the id as text."""

from dataclasses import dataclass, field
from typing import Any

ADMINISTRATOR, CLIENT = "Administrator", "Client"
STATUSES = ("active", "locked", "suspended")


def _secret(default: str = "") -> Any:
    return field(default=default, metadata={"secret": True})


@dataclass
class Limit:
    """One limit of a group; it holds only while it is enabled."""

    limit: int = 0
    is_enabled: bool = False


@dataclass
class LimitGroup:
    """What the users of a group may have at most."""

    id: int
    name: str
    vms: Limit = field(default_factory=Limit)
    running_vms: Limit = field(default_factory=Limit)
    additional_ips: Limit = field(default_factory=Limit)
    created: int = 0
    updated: int = 0


@dataclass
class Role:
    """A role; `is_default` is the one of a new user that names none."""

    id: int
    name: str
    is_default: bool = False


@dataclass
class User:
    """A user. Without a limit group there are no limits. `billing_user_id` is the billing system's client id."""

    id: int
    email: str
    password: str = _secret()
    status: str = "active"
    roles: list[int] = field(default_factory=list)
    limit_group_id: int | None = None
    language_id: int | None = None
    billing_user_id: int | None = None
    billing_token: str = _secret()
    created: int = 0


@dataclass
class Token:
    """An access token; `kind` is `api`, `login` or `one_time` (for the browser only). `expires` 0: it does not."""

    token: str = _secret()
    id: int = 0
    user_id: int = 0
    kind: str = "api"
    name: str = ""
    created: int = 0
    expires: int = 0
    last_used: int = 0


@dataclass
class Price:
    """What a plan costs from `since` on, in tokens; `backup_price` is per cent of the server's own price."""

    since: int = 0
    tokens_per_hour: int = 0
    tokens_per_month: int = 0
    ip_tokens_per_hour: int = 0
    ip_tokens_per_month: int = 0
    backup_price: float = 0.0


@dataclass
class Plan:
    """A plan; the last of `prices` is the one in force, the others tell what earlier hours cost."""

    id: int
    name: str
    prices: list[Price] = field(default_factory=list)
    virtualization_type: str = "kvm"
    storage_type: str = "fb"
    image_format: str = "qcow2"
    disk: int = 20
    ram: int = 1024
    vcpu: int = 1
    is_default: bool = False
    is_visible: bool = True
    is_snapshots_enabled: bool = True
    is_backup_available: bool = True
    is_additional_ips_available: bool = True
    reset_limit_policy: str = "never"
    network_traffic_limit_type: str = "separate"

    @property
    def price(self) -> Price:
        """The price in force."""
        return self.prices[-1]


@dataclass
class Location:
    """A location; an empty `plan_ids` means that every plan is to be had there."""

    id: int
    name: str
    description: str = ""
    is_default: bool = False
    is_visible: bool = True
    plan_ids: list[int] = field(default_factory=list)


@dataclass
class OsImage:
    """An operating system; what a server gets is one of its versions."""

    id: int
    name: str
    is_default: bool = False
    is_visible: bool = True


@dataclass
class OsVersion:
    """A version of an OS image; its id goes into a server's `os`."""

    id: int
    os_image_id: int
    version: str
    is_visible: bool = True


@dataclass
class Application:
    """What a server may be created with in place of a bare operating system."""

    id: int
    name: str


@dataclass
class Project:
    """A user's project; each user has a default one."""

    id: int
    name: str
    owner_id: int
    description: str = ""
    is_default: bool = False
    created: int = 0


@dataclass
class BackupSettings:
    """Whether and when a server is backed up. `days` are days of the week (1: Monday) or of the month."""

    enabled: bool = False
    type: str = "daily"
    hour: int = 3
    minutes: int = 0
    days: list[int] = field(default_factory=list)


@dataclass
class Server:
    """A server that is there. `suspended` is its own flag; that of its user counts as well (`standing.is_suspended`).

    `changed` is when `status` last changed, `backed_up` until when scheduled backups have been looked after.
    """

    id: int
    uuid: str
    name: str
    user_id: int
    project_id: int
    plan_id: int
    location_id: int
    os_version_id: int | None = None
    application_id: int | None = None
    description: str = ""
    status: str = "processing"
    suspended: bool = False
    fqdns: list[str] = field(default_factory=list)
    boot_mode: str = "disk"
    backup: BackupSettings = field(default_factory=BackupSettings)
    user_data: str = ""
    created: int = 0
    changed: int = 0
    backed_up: int = 0


@dataclass
class Ip:
    """An address of a server; the primary one belongs to the plan, the others are charged."""

    id: int
    server_id: int
    address: str
    is_primary: bool = False


@dataclass
class Backup:
    """A backup that was made on schedule."""

    id: int
    server_id: int
    created: int


@dataclass
class Snapshot:
    """A snapshot of a server."""

    id: int
    server_id: int
    name: str
    created: int


@dataclass
class Task:
    """Work on a server. `detail` holds what the end of the work needs, `fails` whether it ends badly."""

    id: int
    action: str
    server_id: int
    user_id: int
    status: str = "pending"
    output: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    fails: bool = False
    polls: int = 0
    created: int = 0
    finished: int = 0


@dataclass
class Span:
    """From when on a metered resource belongs to a plan."""

    since: int
    plan_id: int


@dataclass
class Meter:
    """A resource that is charged for, from `start` to `end` (0: still there). It stays when the resource is gone.

    Its price follows `spans` and the prices of their plans; a snapshot has a price of its own instead.
    """

    id: int
    kind: str
    resource_id: int
    server_id: int
    user_id: int
    name: str
    start: int
    end: int = 0
    spans: list[Span] = field(default_factory=list)
    per_hour: int = 0
    per_month: int = 0


@dataclass
class Activity:
    """A line of the audit trail."""

    id: int
    event: str
    user_id: int = 0
    user_email: str = ""
    created: int = 0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Callback:
    """A call to the billing side, and what became of it; `status` 0: there was no answer."""

    id: int
    path: str
    billing_user_id: int
    created: int = 0
    status: int = 0
    error: str = ""


@dataclass
class Settings:
    """The application's settings; `other` holds all but the billing integration, as it is read and written."""

    type: str = ""
    url: str = ""
    token: str = _secret()
    updated: int = 0
    other: dict[str, Any] = field(default_factory=dict)


def _switch(default: Any, title: str) -> Any:
    return field(default=default, metadata={"title": title})


@dataclass
class Switches:
    """What is not certain about the vendor, or would take a test too long."""

    task_polls: int = _switch(1, "A task is done when it was asked for so often (0: at once)")
    task_seconds: int = _switch(30, "... or after so many seconds of the host's time")
    per_page: int = _switch(15, "Objects on a page of a list")
    one_time_seconds: int = _switch(60, "Seconds that a one-time sign-in is good for")
    snapshot_per_hour: int = _switch(1, "Tokens an hour for a snapshot, fixed when it is made")
    snapshot_per_month: int = _switch(100, "Tokens a month at most for a snapshot (0: no cap)")
    callback_seconds: int = _switch(10, "Seconds to wait for the billing system")


@dataclass
class State:
    """Everything."""

    users: dict[str, User] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    meters: dict[str, Meter] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    ips: dict[str, Ip] = field(default_factory=dict)
    backups: dict[str, Backup] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    os_images: dict[str, OsImage] = field(default_factory=dict)
    os_versions: dict[str, OsVersion] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    limit_groups: dict[str, LimitGroup] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    activity: dict[str, Activity] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    switches: Switches = field(default_factory=Switches)
    counters: dict[str, int] = field(default_factory=dict)


def number(state: State, kind: str) -> int:
    """The next id of a kind; ids are never used again."""
    state.counters[kind] = state.counters.get(kind, 0) + 1
    return state.counters[kind]
