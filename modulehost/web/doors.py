"""What the SDK offers in the pages of modules: the request, who is signed in, the token, banners, the module's part of the session."""

from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import quote

from flask import redirect, request, session

from modulehost.contract import Module
from modulehost.web import frame


def doors(module: Module, read: bool = True) -> dict[str, Any]:
    """The values of `Ctx.request` for a call into that module.

    `read=False` leaves form and query out: the module's own application reads the body itself, and it can be read once.
    """
    admin, client = frame.admin_actor(), None if frame.must_set_up() else frame.client_actor()
    address = request.full_path if request.query_string else request.path
    found: dict[str, Any] = {
        "ip": request.remote_addr or "",
        "admin": {"id": admin.id, "username": admin.name} if admin else None,
        "client": {"id": client.id, "name": client.name} if client else None,
        "may": frame.may,
        "csrf": frame.csrf,
        "note": frame.note,
        "session": _ModuleSession(f"m:{module.owner}"),
        "sign_in": lambda: redirect("/admin/login.php?redirect=" + quote(address)),
    }
    if read:
        query, form = request.args, request.form
        found["request"] = {
            "method": request.method,
            "query": {name: query.getlist(name)[-1] for name in query},
            "form": {name: form.getlist(name)[-1] for name in form if name != "token"},
            "lists": {name: form.getlist(name) + query.getlist(name) for name in {*form, *query} if name != "token"},
            "address": address,
            "ip": request.remote_addr or "",
        }
    return found


class _ModuleSession(MutableMapping[str, Any]):
    """A module's own corner of the visitor's session."""

    def __init__(self, key: str) -> None:
        self._key = key

    def _all(self) -> dict[str, Any]:
        return dict(session.get(self._key) or {})

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        session[self._key] = {**self._all(), name: value}

    def __delitem__(self, name: str) -> None:
        kept = self._all()
        del kept[name]
        session[self._key] = kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
