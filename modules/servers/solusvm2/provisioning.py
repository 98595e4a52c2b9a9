"""Create, suspend, resize, delete: one server in SolusVM 2 for each service, whatever is stopped or repeated on the way.

The server's name holds the service's id and a random part, and is kept before the server is asked for. So a repeated Create finds
the server that an attempt before it made, and nobody can give a server of their own that name.
"""

from typing import Any

from modulehost import sdk

from . import choices
from .panel import OPEN, Servers, of
from .problems import Refused, Unsure
from .tables import RETAIL

Params = dict[str, Any]
Result = str | dict[str, str]
ID, NAME, SYSTEM = "SolusVM Server", "SolusVM Name", "SolusVM System"
GONE = "not exists"
SOON = "Coming soon: retail is switched off. Switch Retail on under Addon Modules > SolusVM 2 > Configure"


def check_on() -> None:
    """Refuse while retail is switched off. Raises Refused."""
    if sdk.settings().get("retail") != "on":
        raise Refused(SOON)


def create(params: Params) -> Result:
    """Make the server, or go on with the one that is being made. Raises Problem."""
    panel = of(params)
    server = find(panel, params)
    if server is not None and server.get("status") == GONE:
        if params.get("pending"):
            raise Refused(f"SolusVM 2 could not make the server: {panel.why_not_created(int(server['id']))}. Run Create again")
        panel.delete(int(server["id"]))  # what an attempt before this one left
        _forget(params)
        server = None
    if server is None and params.get("pending"):
        _forget(params)
        raise Refused("The server that was being made is gone from SolusVM 2. Run Create again")
    if server is None:
        server = _make(panel, params)
    _keep(params, **{ID: server["id"]})
    _mark(params, int(server["id"]))
    if server.get("is_processing") or server.get("status") == "processing":
        return sdk.pending("SolusVM 2 is making the server", reference=str(server["id"]))
    if address := primary_ip(server):
        _keep(params, **{"Dedicated IP": address})
    return "success"


def suspend(params: Params) -> Result:
    """Stop the server and keep it from being started. Raises Problem."""
    panel, server = of(params), None
    if not params.get("pending"):
        server = existing(panel, params)
        if server.get("is_suspended"):
            return "success"
    return _carry(panel, params, server, "suspend")


def resume(params: Params) -> Result:
    """Lift a suspension; the customer starts the server. Raises Problem."""
    panel, server = of(params), None
    if not params.get("pending"):
        server = existing(panel, params)
        if not server.get("is_suspended"):
            return "success"
    return _carry(panel, params, server, "resume")


def terminate(params: Params) -> Result:
    """Delete the server; one that is gone is no error. Raises Problem."""
    panel = of(params)
    server = find(panel, params)
    if server is not None:
        task = panel.task(int(params["pending"])) if params.get("pending") else panel.delete(int(server["id"]))
        if task and (waiting := _wait(panel, task, "delete the server")):
            return waiting
    _forget(params)
    _keep(params, **{"Dedicated IP": ""})
    return "success"


def resize(params: Params) -> Result:
    """Move the server to the product's plan. What a server cannot do, or would lose its data by, is refused. Raises Problem."""
    panel, server = of(params), None
    if not params.get("pending"):
        server = existing(panel, params)
        wanted = choices.of(panel, params)
        place = (server.get("location") or {}).get("id")
        if place != wanted.location:
            raise Refused("SolusVM 2 cannot move a server to another location: order a new one there")
        system = params["model"].serviceProperties.get(SYSTEM)
        if system and system != wanted.system_name:
            raise Refused(f"The server runs {system}; installing {wanted.system_name} would erase it. Order a new one")
        if (server.get("plan") or {}).get("id") == wanted.plan:
            return "success"
        return _carry(panel, params, server, "resize", plan_id=wanted.plan)
    return _carry(panel, params, server, "resize")


def act(params: Params, action: str) -> str:
    """Start, stop or restart; the page shows how far it is. Raises Problem."""
    panel = of(params)
    server = existing(panel, params)
    if server.get("is_suspended"):
        raise Refused("The server is suspended")
    task = panel.act(int(server["id"]), action)
    if task.get("id"):
        _wait(panel, task, f"{action} the server")
    return "success"


def new_password(params: Params) -> str:
    """Have SolusVM 2 choose a new root password, and keep it as the service's. Raises Problem."""
    panel = of(params)
    _keep(params, Password=panel.reset_password(int(existing(panel, params)["id"])))
    return "success"


# --- the server -------------------------------------------------------------------------------------------------------


def find(panel: Servers, params: Params) -> dict[str, Any] | None:
    """The service's server, by the id that is kept, else by its name. None when there is none."""
    kept = params["model"].serviceProperties
    if (id := kept.get(ID)).isdecimal():
        server = panel.server(int(id))
        if server is not None and server.get("name") == kept.get(NAME):
            return server
    name = kept.get(NAME)
    owner = panel.owned(int(params["userid"]), str(params["clientsdetails"]["email"])) if name else 0
    return _named(panel, owner, name) if owner else None


def existing(panel: Servers, params: Params) -> dict[str, Any]:
    """The service's server. Raises Refused when there is none."""
    server = find(panel, params)
    if server is None:
        raise Refused("SolusVM 2 has no server for this service: run Create first")
    return server


def primary_ip(server: dict[str, Any]) -> str:
    """The server's own address."""
    ips = [one for one in server.get("ips") or () if isinstance(one, dict)]
    found = next((one for one in ips if one.get("is_primary")), ips[0] if ips else {})
    return str(found.get("ip") or "")


def _make(panel: Servers, params: Params) -> dict[str, Any]:
    wanted, kept = choices.of(panel, params), params["model"].serviceProperties
    owner = panel.owner(int(params["userid"]), str(params["clientsdetails"]["email"]), wanted.group)
    name, password = kept.get(NAME), str(params.get("password") or "") or sdk.password(20)
    if not name:
        addon = f"-{params['addonId']}" if params.get("addonId") else ""
        name = f"vm-{params['serviceid']}{addon}-{sdk.token(8).lower()}"
    _keep(params, **{NAME: name, SYSTEM: wanted.system_name, "Password": password, "Username": "root"})
    fields = {"name": name, "plan": wanted.plan, "location": wanted.location, "os": wanted.system, "user": owner, "password": password,
              **({"fqdns": [params["domain"]]} if params.get("domain") else {})}  # fmt: skip
    try:
        return panel.create(fields)
    except Unsure:
        found = _named(panel, owner, name)
        if found is None:
            raise
        return found


def _named(panel: Servers, owner: int, name: str) -> dict[str, Any] | None:
    return next((one for one in panel.servers(owner) if one.get("name") == name), None)


def _carry(panel: Servers, params: Params, server: dict[str, Any] | None, action: str, **body: Any) -> Result:
    """Begin a task, or ask for the one begun before."""
    if server is None:
        task = panel.task(int(params["pending"]))
    else:
        task = panel.act(int(server["id"]), action, **body)
    return _wait(panel, task, f"{action} the server") or "success"


def _wait(panel: Servers, task: dict[str, Any], what: str) -> dict[str, str] | None:
    """Pending while a task runs, None when it is done. Raises Refused when it failed."""
    if task.get("status") in OPEN:
        task = panel.task(int(task["id"]))
    if task.get("status") in OPEN:
        return sdk.pending(f"SolusVM 2 is to {what}", reference=str(task["id"]))
    if task.get("status") != "done":
        raise Refused(f"SolusVM 2 could not {what}: {task.get('output') or task.get('status')}")
    return None


def _keep(params: Params, **values: Any) -> None:
    params["model"].serviceProperties.save(values)


def _forget(params: Params) -> None:
    _keep(params, **{ID: "", NAME: "", SYSTEM: ""})


def _mark(params: Params, server: int) -> None:
    """Write down that the server has a fixed price, so that post-pay does not charge for its use as well."""
    with sdk.unit() as db:
        if db.execute(RETAIL.select().where(RETAIL.c.server == server)).first() is None:
            db.execute(RETAIL.insert().values(server=server, client=int(params["userid"]), service=int(params["serviceid"])))
