"""Calls about servers. Paths and bodies: the vendor's public packages; what no document says stands in facts.py."""

from typing import Any

from modulehost import sdk

from .client import Panel, origin
from .facts import ANSWER_SECONDS, CLIENT_ROLE, CONSOLE_FIELD, PASSWORD_FIELD
from .problems import Refused, Unsure

#: a task with one of these is not finished
OPEN = ("pending", "queued", "running")


class Servers(Panel):
    """An installation of SolusVM 2 with what retail needs."""

    def server(self, id: int) -> dict[str, Any] | None:
        """A server; None when it is gone."""
        try:
            return self._object("GET", f"servers/{id}")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def create(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Begin to make a server."""
        return self._object("POST", "servers", fields, hidden=[str(fields.get("password") or "")])

    def delete(self, id: int) -> dict[str, Any] | None:
        """Begin to delete a server; the task, None when it is gone already."""
        try:
            return self._object("DELETE", f"servers/{id}")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def act(self, id: int, action: str, **body: Any) -> dict[str, Any]:
        """Begin start, stop, restart, suspend, resume or resize; the task."""
        return self._object("POST", f"servers/{id}/{action}", body or None)

    def reset_password(self, id: int) -> str:
        """Give the server a new root password, which SolusVM 2 chooses."""
        found = str(self._object("POST", f"servers/{id}/reset_password", quiet=True).get(PASSWORD_FIELD) or "")
        if not found:
            raise Unsure("SolusVM 2 did not tell the new password; reset it again")
        return found

    def console(self, id: int) -> str:
        """Where the server's screen is."""
        found = str(self._object("POST", f"servers/{id}/vnc_up", quiet=True).get(CONSOLE_FIELD) or "")
        if not found:
            raise Unsure("SolusVM 2 gave no address of the console")
        return sdk.vendor_url(found)

    def task(self, id: int) -> dict[str, Any]:
        """How far a task is."""
        return self._object("GET", f"tasks/{id}")

    def why_not_created(self, server: int) -> str:
        """What the task that should have made a server says."""
        query = {"filter[action]": "vm-create", "filter[compute_resource_vm_id]": str(server)}
        found = next(self._all("tasks", query), {})
        return str(found.get("output") or "no reason is given")

    def plans(self) -> list[tuple[int, str]]:
        """Id and name of every plan."""
        return [(int(one["id"]), str(one.get("name"))) for one in self._all("plans")]

    def locations(self) -> list[tuple[int, str]]:
        """Id and name of every location."""
        return [(int(one["id"]), str(one.get("name"))) for one in self._all("locations")]

    def systems(self) -> list[tuple[int, str]]:
        """Id and name of every version of every operating system: `Debian 12`."""
        return [
            (int(version["id"]), f"{image.get('name')} {version.get('version')}")
            for image in self._all("os_images")
            for version in image.get("versions") or ()
        ]

    def groups(self) -> list[tuple[int, str]]:
        """Id and name of every limit group."""
        return [(int(one["id"]), str(one.get("name"))) for one in self.limit_groups()]

    def owner(self, client: int, email: str, group: int) -> int:
        """The user of a client: the one of its address, else the one that carries its number, else a new one. Raises Problem."""
        known = self.owned(client, email)
        if known:
            return known
        role = next((one.get("id") for one in self.roles() if one.get("name") == CLIENT_ROLE), None)
        fields = {"email": email, "password": sdk.password(24), "status": "active", "billing_user_id": client,
                  **({"limit_group_id": group} if group else {}), **({"roles": [role]} if role is not None else {})}  # fmt: skip
        try:
            return int(self.create_user(fields)["id"])
        except (Refused, Unsure):
            # It may exist now: no answer came, or it was made in the same moment.
            known = self.owned(client, email)
            if not known:
                raise
            return known

    def owned(self, client: int, email: str) -> int:
        """The user of a client, 0 when there is none. Raises Refused when the address belongs to another client."""
        found = self.find_user(email)
        if found is None:
            return next((int(one["id"]) for one in self._all("users") if one.get("billing_user_id") == client), 0)
        carries = found.get("billing_user_id") or 0
        if carries not in (0, client):
            raise Refused(f"SolusVM 2 has a user {email} who belongs to another client ({carries})")
        if not carries:
            self.change_user(int(found["id"]), billing_user_id=client)
        return int(found["id"])


def of(params: dict[str, Any], seconds: float = ANSWER_SECONDS) -> Servers:
    """The installation that a server of the host means: host name, port, SSL, and the API key as access hash. Raises Refused."""
    host, key = str(params.get("serverhostname") or params.get("serverip") or ""), str(params.get("serveraccesshash") or "")
    if not host:
        raise Refused("The service has no server of SolusVM 2: choose one with a host name under Servers.")
    if not key.strip():
        raise Refused("The server has no API key: enter the one of SolusVM 2 as its access hash.")
    scheme, port = params.get("serverhttpprefix") or "https", str(params.get("serverport") or "")
    default = {"https": "443", "http": "80"}[scheme]
    return Servers(origin(f"{scheme}://{host}" + (f":{port}" if port not in ("", default) else "")), key.strip(), seconds)
