"""A host with shop and API, and a client that speaks to its endpoint as a PHP client does."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from modulehost import accounts, api
from modulehost.accounts import admins, credentials
from modulehost.api import phpserialize
from modulehost.context import Ctx, Host
from modulehost.web import endpoint
from tests.billing.shop import MODULE, open_shop

EXAMPLES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "api_examples.json").read_text())
CLIENT = {
    "firstname": "Angelica", "lastname": "Mohr", "email": "angelica@example.com", "address1": "123 Test Street", "city": "Test",
    "state": "California", "postcode": "90001", "country": "US", "phonenumber": "555-010-9999", "password2": "correct horse",
}  # fmt: skip
MORE = """

def shopmod_ConfigOptions(params):
    return {"Plan": {"Type": "text"}, "Key": {"Type": "password"}}


def shopmod_SuspendAccount(params):
    return "success" if params["suspendreason"] != "refuse" else "the vendor keeps it running"


def shopmod_UnsuspendAccount(params):
    return "success"


def shopmod_ChangePackage(params):
    return "success"


def shopmod_ChangePassword(params):
    (Path(__file__).parents[3] / "password").write_text(params["password"])
    return "success"


def shopmod_reboot(params):
    return "success"


def shopmod_AdminCustomButtonArray(params):
    return {"Reboot": "reboot"}
"""


@contextmanager
def open_api(engine: Engine, root: Path) -> Iterator[Host]:
    """The host; its module `shopmod` knows all commands."""
    with open_shop(engine, root, module=True) as host:
        api.register(host)
        (root / "modules" / "servers" / "shopmod" / "shopmod.py").write_text(MODULE + MORE)
        with Ctx(host).unit() as db:
            accounts.seed(db)
            admins.create(db, "boss", "top secret")
        yield host


def browser(host: Host) -> FlaskClient:
    """A web client of the endpoint alone."""
    app = Flask("test")
    app.extensions["modulehost"] = host
    app.register_blueprint(endpoint.blueprint)
    return app.test_client()


class Api:
    """Calls actions by HTTP and answers what the JSON says."""

    def __init__(self, host: Host, actions: list[str] | None = None) -> None:
        self.browser = browser(host)
        with Ctx(host).unit() as db:
            role = credentials.create_role(
                db, "test", [one.name for one in api.ACTIONS.values()] if actions is None else actions
            )
            self.identifier, self.secret = credentials.create(db, 1, [role.id])

    def post(self, action: str, ip: str = "127.0.0.1", **values: Any) -> Any:
        """The whole response; `values` may override what a call sends by itself. `None` leaves out."""
        form = {
            "identifier": self.identifier,
            "secret": self.secret,
            "action": action,
            "responsetype": "json",
            **values,
        }
        sent = {name: value for name, value in form.items() if value is not None}
        return self.browser.post("/includes/api.php", data=sent, environ_base={"REMOTE_ADDR": ip})

    def __call__(self, action: str, **values: Any) -> dict[str, Any]:
        """The answer of a call that the endpoint let through."""
        response = self.post(action, **values)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = json.loads(response.text)
        return answer

    def ok(self, action: str, **values: Any) -> dict[str, Any]:
        """The answer of a call that succeeds, its keys compared with the reference's."""
        answer = self(action, **values)
        assert answer["result"] == "success", answer
        check(EXAMPLES[action]["keys"], answer, action, EXAMPLES[action]["also"])
        return answer

    def refused(self, action: str, **values: Any) -> str:
        """The message of a call that is refused."""
        answer = self(action, **values)
        assert answer["result"] == "error", answer
        assert list(answer) == ["result", "message"]
        return str(answer["message"])


def check(expected: Any, found: Any, place: str, also: list[str]) -> None:
    """Keys, their order and their nesting are the reference's; `also` names keys that only its table has."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [name for name in found if name not in also]
        # Maps by currency code, and what exists only on demand or per custom field, differ from case to case.
        wanted = [name for name in expected if name in found or name not in ("stats", "customfields1")]
        if place.endswith("pricing"):
            assert set(found) <= {"USD", "EUR"}, place
            wanted = names = sorted(set(expected) & set(found))
        assert names == wanted, place
        for name in names:
            check(expected[name], found[name], f"{place}.{name}", [])
    elif isinstance(expected, list):
        assert isinstance(found, list), place
        for one in found if expected else []:
            check(expected[0], one, f"{place}[]", [])
    elif expected is None:
        assert not isinstance(found, dict) or place == "GetInvoice.transactions", place


def packed(value: Any) -> str:
    """base64(serialize(value))."""
    return base64.b64encode(phpserialize.dumps(value)).decode()
