"""A module call as a pytest file, to be saved into the module's tests: the same params, secrets as placeholders."""

import pprint
import re
from typing import Any

from modulehost.contract import spec
from modulehost.journal.masking import MASK
from modulehost.journal.trees import tree
from modulehost.lifecycle.history import Call

#: what belongs to the service that the call was for; the test's own service takes its place
_OWN = ("serviceid", "accountid", "userid", "pid", "packageid", "serverid", "addonId", "request")

_FILE = '''"""{module}_{function} as it was called at {at}. Secrets are placeholders: put the values of a test account in."""

import pytest

from modulehost import extensions, lifecycle, runtimes
from modulehost.context import Ctx

PARAMS = {params}


@pytest.mark.modulehost(module="{module}")
def test_{name}(host, service):
    ctx = Ctx(host)
    with ctx.unit(read=True) as db:
        given = {{**lifecycle.params.service(db, service.id), **PARAMS}}
    returned = runtimes.call(ctx, extensions.module(host, "servers", "{module}"), "{function}", given)
    assert returned.problems == []
{expected}
'''


def write(call: Call) -> str:
    """The whole file."""
    given = {name: one for name, one in call.params.items() if name not in _OWN}
    shown = _placeholders(tree(given, call.secrets, 99), "")
    name = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", call.function)).lower()
    params = pprint.pformat(shown, width=110, sort_dicts=False)
    values = {"module": call.module, "function": call.function, "at": f"{call.at:%Y-%m-%d %H:%M:%S}", "name": name}
    return _FILE.format(**values, params=params, expected=_expected(call))


def _placeholders(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {name: _placeholders(one, f"{path}-{name}" if path else str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_placeholders(one, path) for one in value]
    return value.replace(MASK, f"placeholder-{path}") if isinstance(value, str) else value


def _expected(call: Call) -> str:
    returns = spec(call.function).returns
    if returns in ("result", "custom") and call.state in ("", "success") and not call.message:
        return "    assert returned.checked.ok, returned.checked.message"
    if returns in ("result", "custom"):
        return (
            f"    # It answered: {call.message[:90]!r}\n"
            "    assert returned.checked.ok, returned.checked.message"
        )
    return f"    assert isinstance(returned.value, {type(call.value).__name__})" if call.complete and call.value is not None else ""
