"""A host with one module `acme`, and its public doors: the admin's and the client's browser, the API, the command line.

What the module's functions were given is written by `heard(...)` into a file, so that a test can read it whichever door was used.
"""

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from modulehost import app, extensions
from modulehost.accounts import credentials
from modulehost.api import ACTIONS
from modulehost.cli import main
from modulehost.context import Ctx, Host
from modulehost.schema import Email, Product, Service
from modulehost.vault import Vault
from tests.admin.conftest import Browser
from tests.client import shop
from tests.support.hosts import ADMIN

#: stands behind a module's code, so that line numbers in errors are those of the test
LISTENING = '''

import json as _json
from pathlib import Path as _Path

def _types(value):
    if isinstance(value, dict):
        return {str(k): _types(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_types(v) for v in value]
    return type(value).__name__

def heard(function, params=None):
    with open(_Path(__file__).parents[3] / "heard.jsonl", "a") as file:
        file.write(_json.dumps({"function": function, "params": params, "types": _types(params)}, default=repr) + "\\n")
'''


@dataclass
class Heard:
    """One call of a module function: what it was given, and the types of it."""

    function: str
    params: dict[str, Any]
    types: dict[str, Any]


class Bench:
    """The doors of one host. A service, unless told otherwise, is a pending one of client 1 with the module acme."""

    def __init__(self, host: Host) -> None:
        self.host, self.ctx = host, Ctx(host)
        self.app: Flask = app.create_app(host)
        self._admin: Browser | None = None
        self._client: FlaskClient | None = None
        self._credential: tuple[str, str] | None = None

    # --- what there is ----------------------------------------------------------------------------------------------

    def module(self, code: str, name: str = "acme", **templates: str) -> Path:
        """Write modules/servers/<name>; `templates` are files ending in .tpl."""
        folder = self.host.root / "modules" / "servers" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(code.lstrip("\n") + LISTENING)
        for file, text in templates.items():
            (folder / f"{file}.tpl").write_text(text)
        return folder

    def hooks(self, code: str) -> None:
        """Write a hook file; `note(point, arguments)` in it is read by `noted()`."""
        folder = self.host.root / "includes" / "hooks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bench.py").write_text(
            "import json, pathlib\nfrom modulehost.sdk import add_hook\n"
            "def note(point, arguments):\n"
            f"    with open({str(self.host.root / 'noted.jsonl')!r}, 'a') as file:\n"
            "        file.write(json.dumps([point, arguments], default=repr) + '\\n')\n" + code
        )

    def product(self, **columns: Any) -> int:
        """A product of the module acme."""
        with self.ctx.unit() as db:
            row = Product(**{"name": "Cloud", "type": "hostingaccount", "servertype": "acme", "gid": 1, **columns})
            db.add(row)
            db.flush()
            extensions.activate_hooks(db, row.servertype)
            return row.id

    def service(self, status: str = "Pending", product: int = 0, **columns: Any) -> int:
        """A service; `columns` are those of tblhosting, `password` in the clear."""
        product = product or self.product()
        if "password" in columns:
            columns["password"] = self.host.part(Vault).encrypt(columns["password"])
        today = self.host.clock.today()
        with self.ctx.unit() as db:
            row = Service(
                **{"userid": 1, "packageid": product, "domain": "menon-foods.example", "domainstatus": status, "qty": 1,
                   "billingcycle": "Monthly", "paymentmethod": "mailin", "regdate": today, "nextduedate": today, **columns}
            )  # fmt: skip
            db.add(row)
            db.flush()
            return row.id

    def row(self, service: int) -> Service:
        """The service as it is now."""
        with self.ctx.unit(read=True) as db:
            return db.get_one(Service, service)

    def password(self, service: int) -> str:
        """Its password, decrypted."""
        return self.host.part(Vault).decrypt(self.row(service).password)

    def rows(self, kind: type[Any]) -> list[Any]:
        """All rows of a table."""
        with self.ctx.unit(read=True) as db:
            return list(db.scalars(select(kind).order_by(kind.id)))

    def mails(self) -> list[str]:
        """The subjects of the mails that were made."""
        return [row.subject for row in self.rows(Email)]

    def heard(self, function: str = "") -> list[Heard]:
        """The calls that the module noted, oldest first."""
        file = self.host.root / "heard.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        found = [Heard(**json.loads(line)) for line in lines]
        return [one for one in found if not function or one.function == function]

    def forget(self) -> None:
        """Begin anew with what module and hook file noted."""
        for name in ("heard", "noted"):
            (self.host.root / f"{name}.jsonl").unlink(missing_ok=True)

    def noted(self) -> list[tuple[str, Any]]:
        """What the hook file noted, oldest first."""
        file = self.host.root / "noted.jsonl"
        return [tuple(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []

    # --- the admin ----------------------------------------------------------------------------------------------------

    @property
    def admin(self) -> Browser:
        """A browser in which the full administrator has signed in."""
        if self._admin is None:
            self._admin = Browser(self.app.test_client())
            assert self._admin.sign_in(**ADMIN).status_code == 303
        return self._admin

    def tab(self, service: int) -> str:
        """The Products/Services tab, without HTML entities."""
        return self.admin.text(url(service))

    def press(self, service: int, command: str, **fields: Any) -> list[tuple[str, str]]:
        """Press a button of Module Commands; returns the banners of the page that follows, as (title, text)."""
        self.admin.saved(url(service), modop=command, **fields)
        return banners(self.admin.get(url(service)).text)

    def custom(self, service: int, function: str) -> list[tuple[str, str]]:
        """Press a button that the module brought."""
        return self.press(service, "custom", ac=function)

    def settings(self, product: int) -> str:
        """The Module Settings tab."""
        return self.admin.text(settings_url(product))

    # --- the client -----------------------------------------------------------------------------------------------------

    @property
    def client(self) -> FlaskClient:
        """A browser in which client 1 has signed in."""
        if self._client is None:
            self._client = self.app.test_client()
            assert shop.sign_in(self._client).status_code == 303
        return self._client

    def details(self, service: int, more: str = "") -> TestResponse:
        """The client's product page."""
        page = self.client.get(f"/clientarea.php?action=productdetails&id={service}{more}")
        assert page.status_code == 200, (page.status_code, page.text[:500])
        return page

    def shown(self, service: int, more: str = "") -> str:
        """The words of the client's product page."""
        return shop.words(self.details(service, more))

    def send(self, service: int, **fields: Any) -> TestResponse:
        """Send a form of the client's product page."""
        return shop.post(self.client, f"/clientarea.php?action=productdetails&id={service}", fields)

    # --- machines -----------------------------------------------------------------------------------------------------

    def api(self, action: str, **values: Any) -> dict[str, Any]:
        """Call an API action over HTTP; returns the answer."""
        if self._credential is None:
            with self.ctx.unit() as db:
                role = credentials.create_role(db, "all", [one.name for one in ACTIONS.values()])
                self._credential = credentials.create(db, 1, [role.id])
        identifier, secret = self._credential
        form = {"identifier": identifier, "secret": secret, "action": action, "responsetype": "json", **values}
        answer: dict[str, Any] = json.loads(self.app.test_client().post("/includes/api.php", data=form).text)
        return answer

    def cli(self, *words: str) -> tuple[int, str]:
        """Run a verb of the command line on this host's root; returns exit code and output."""
        result = CliRunner().invoke(main, [*words, "--root", str(self.host.root)])
        return result.exit_code, result.output

    def call(self, function: str, *words: str) -> tuple[int, dict[str, Any]]:
        """`modulehost module call acme FUNCTION ... --json`; returns exit code and report."""
        code, output = self.cli("module", "call", "acme", function, *words, "--json")
        report: dict[str, Any] = json.loads(output)
        return code, report


def url(service: int) -> str:
    """The address of a service in the admin area."""
    return f"/admin/clientsservices.php?userid=1&id={service}"


def settings_url(product: int) -> str:
    """The address of a product's Module Settings tab."""
    return f"/admin/configproducts.php?action=edit&id={product}&tab=3"


def banners(page: str) -> list[tuple[str, str]]:
    """The banners of an admin page as (title, text)."""
    found = re.findall(r'<div class="banner [^"]*"[^>]*>\s*<b>(.*?)</b>(.*?)</div>', page, re.DOTALL)
    return [(html.unescape(title), " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())) for title, text in found]
