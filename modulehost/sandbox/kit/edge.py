"""The edge of a simulator: between the server and the vendor's Flask application.

Here every request is logged, the generic faults strike, and the state is saved before the answer leaves.
"""

import io
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from waitress.channel import ClientDisconnected
from werkzeug.wrappers import Request, Response

from modulehost.sandbox.kit import faults, log
from modulehost.sandbox.kit.world import World, save

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/_sandbox"
BROKEN = '{"status": {"code": 200, "descri'


class Dropped(ClientDisconnected):  # type: ignore[misc]
    """The connection is to be closed without an answer.

    waitress takes it for a client that went away: nothing is sent and the socket is closed.
    """


def edge(world: World[Any], app: "WSGIApplication") -> "WSGIApplication":
    """`app` with the log, the faults and the saving around it."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ.pop("wsgi.file_wrapper", None)
        data = Request(environ).get_data(cache=False)
        environ["wsgi.input"] = io.BytesIO(data)
        environ["CONTENT_LENGTH"] = str(len(data))
        full = Request(environ).path
        if world.vendor.route is not None:
            world.vendor.route(environ)
        request = Request(environ)
        if request.path == CONTROL or request.path.startswith(CONTROL + "/"):
            with world.lock:
                response = Response.from_app(app, environ)
                save(world)
            return response(environ, start_response)

        started = time.monotonic()
        with world.lock:
            struck = faults.take(world.faults, faults.GENERIC, request.method, {full, request.path}, world.now())
            struck += faults.asked(request.headers.get(faults.HEADER, ""), faults.GENERIC)
            world.requests += 1
            number = world.requests
        kinds = {one.kind: one for one in reversed(struck)}
        if wait := sum(one.seconds for one in struck if one.kind == "delay"):
            world.stopping.wait(min(wait, faults.MAX_DELAY))

        answer: Response | None
        if "drop" in kinds:
            answer = None
        elif "status" in kinds:
            answer = Response(
                kinds["status"].body, status=kinds["status"].status, content_type="text/plain; charset=utf-8"
            )
        else:
            with world.lock:
                answer = Response.from_app(app, environ)
            if "drop_after" in kinds:
                answer = None
            elif "invalid_body" in kinds:
                answer.set_data(kinds["invalid_body"].body or BROKEN)

        with world.lock:
            world.log.append(_entry(world, number, request, full, data, answer, started, struck))
            save(world)
        if answer is None:
            raise Dropped
        return answer(environ, start_response)

    return serve


def _entry(
    world: World[Any],
    number: int,
    request: Request,
    full: str,
    data: bytes,
    answer: Response | None,
    started: float,
    struck: list[faults.Fault],
) -> log.Entry:
    secrets = world.vendor.secrets
    query = request.query_string.decode("utf-8", "replace")
    return log.Entry(
        number=number,
        at=world.clock.now().isoformat(sep=" "),
        method=request.method,
        path=full + ("?" + log.mask(query, secrets) if query else ""),
        status=answer.status_code if answer else 0,
        ms=round((time.monotonic() - started) * 1000),
        request_headers=log.headers(request.headers, secrets),
        request_body=log.body(data, request.content_type or "", secrets),
        response_headers=log.headers(answer.headers, secrets) if answer else {},
        response_body=log.body(answer.get_data(), answer.content_type or "", secrets) if answer else "",
        faults=[one.kind for one in struck],
    )
