"""Modules' own pages: addresses, methods, sessions, what goes wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import events
from modulehost.context import Ctx
from modulehost.schema import ModuleLog

Write = Callable[..., Path]
WEB = """
import sys
from flask import Blueprint, request, Response
from modulehost import sdk
blueprint = Blueprint("demo", __name__)

@blueprint.route("/")
def start(): return "start of " + request.script_root

@blueprint.route("/say/<path:what>", methods=["GET", "POST"])
def say(what): return f"{what}|{request.args.get('q', '')}|{request.script_root}"

@blueprint.get("/count")
def count():
    own = sdk.session()
    own["n"] = own.get("n", 0) + 1
    return str(own["n"])

@blueprint.post("/hook")
@sdk.webhook
def hook(): return request.get_data()

@blueprint.get("/exit")
def leave(): sys.exit(3)

@blueprint.get("/stream")
def stream(): return Response((f"{n};" for n in range(5)), mimetype="text/plain")
"""
ROOT = "/modules/servers/demo"


@pytest.fixture
def demo(write_module: Write) -> Path:
    return write_module("demo", "", web=WEB)


@pytest.mark.usefixtures("demo")
class TestPages:
    @pytest.mark.parametrize("what", ["plain", "día", "日本 語", "a/b/", "50% off", "x%2Fy", "with;semi"])
    def test_any_path_reaches_the_view_as_it_was_meant(self, web: FlaskClient, what: str) -> None:
        from urllib.parse import quote

        answer = web.get(f"{ROOT}/say/{quote(what)}?q=%E6%97%A5")
        assert answer.get_data(as_text=True) == f"{what}|日|{ROOT}"

    def test_the_first_page(self, web: FlaskClient) -> None:
        assert web.get(f"{ROOT}/").get_data(as_text=True) == f"start of {ROOT}"

    def test_head_options_and_a_wrong_method(self, web: FlaskClient) -> None:
        answer = web.head(f"{ROOT}/say/x")
        assert (answer.status_code, answer.data) == (200, b"")
        assert sorted(web.options(f"{ROOT}/say/x").headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]
        assert web.delete(f"{ROOT}/count").status_code in (403, 405)

    def test_the_session_lasts_and_streams_end(self, web: FlaskClient) -> None:
        assert [web.get(f"{ROOT}/count").text for _ in range(3)] == ["1", "2", "3"]
        assert web.get(f"{ROOT}/stream").text == "0;1;2;3;4;"

    def test_a_form_needs_the_token_and_a_webhook_does_not(self, web: FlaskClient) -> None:
        assert web.post(f"{ROOT}/say/x").status_code == 403
        assert web.post(f"{ROOT}/hook", data=b'{"a": 1}', content_type="application/json").data == b'{"a": 1}'

    def test_a_view_that_exits_is_an_error_page(self, web: FlaskClient) -> None:
        answer = web.get(f"{ROOT}/exit")
        assert answer.status_code == 500
        assert "SystemExit" in answer.text

    def test_nothing_outside_of_the_folder_is_served(self, web: FlaskClient, demo: Path) -> None:
        (demo.parent / "outside.png").write_bytes(b"x")
        assert web.get(f"{ROOT}/..%2Foutside.png").status_code == 404
        assert web.get(f"{ROOT}/../outside.png").status_code == 404

    def test_what_a_page_asked_by_get_announces_is_delivered(self, ctx: Ctx, web: FlaskClient) -> None:
        heard: list[object] = []
        events.subscribe(ctx.host, "test.web", lambda _ctx, payload: heard.append(payload))
        with ctx.unit() as db:
            events.emit(db, "test.web")
        web.get(f"{ROOT}/count")
        assert heard == [{}]


def test_a_blueprint_that_is_none_is_one_clear_error(ctx: Ctx, web: FlaskClient, write_module: Write) -> None:
    write_module("demo", "", web="blueprint = 'demo'\n")
    answer = web.get(f"{ROOT}/x")
    assert (answer.status_code, "The module demo failed" in answer.text) == (500, True)
    with ctx.unit(read=True) as db:
        assert db.scalars(select(ModuleLog.action)).all() == ["web.py"]


def test_a_saved_web_py_counts_at_once(web: FlaskClient, write_module: Write) -> None:
    write_module("demo", "", web=WEB)
    assert web.get(f"{ROOT}/").text.startswith("start of")
    write_module("demo", "", web=WEB.replace("start of", "begin of"))
    assert web.get(f"{ROOT}/").text.startswith("begin of")
