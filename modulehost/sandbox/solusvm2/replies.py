"""How the API answers: `{"data": ...}`, pages of a list, and refusals."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, jsonify, request

from modulehost.sandbox.solusvm2 import access, here
from modulehost.sandbox.solusvm2.refusals import Refused

T = TypeVar("T")


def one(data: Any, status: int = 200) -> Response:
    """A single object."""
    response = jsonify(data=data)
    response.status_code = status
    return response


def nothing() -> Response:
    """Done, and nothing to say: 204."""
    return Response(status=204)


def listing(rows: Iterable[T], shape: Callable[[T], dict[str, Any]]) -> Response:
    """The page of a list that `?page=` asks for, with the addresses of the others."""
    found, size = list(rows), max(1, here.state().switches.per_page)
    last = max(1, -(-len(found) // size))
    given = request.args.get("page", "1")
    page = max(1, int(given)) if given.isdecimal() else 1
    shown = found[(page - 1) * size : page * size]
    path, query = request.base_url, {name: value for name, value in request.args.items() if name != "page"}

    def link(number: int) -> str | None:
        return f"{path}?{urlencode({**query, 'page': number})}" if 1 <= number <= last else None

    return jsonify(
        data=[shape(row) for row in shown],
        links={"first": link(1), "last": link(last), "prev": link(page - 1), "next": link(page + 1)},
        meta={
            "current_page": page,
            "from": (page - 1) * size + 1 if shown else None,
            "last_page": last,
            "path": path,
            "per_page": size,
            "to": (page - 1) * size + len(shown) if shown else None,
            "total": len(found),
        },
    )


def refused(error: Refused) -> Response:
    """A refusal: `{"message": ..., "errors": {"field": ["..."]}}`."""
    body: dict[str, Any] = {"message": error.message}
    if error.errors:
        body["errors"] = error.errors
    response = jsonify(body)
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def body(optional: bool = False) -> dict[str, Any]:
    """The request's JSON object. Raises Refused 422; an optional one may be absent."""
    if optional and not request.get_data():
        return {}
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict):
        raise Refused(422, "The request body is not a JSON object.")
    return given


def before() -> None:
    """What goes before every call of the API."""
    here.catch_up()
    access.struck()
