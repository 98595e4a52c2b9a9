"""The functions of a payment gateway and what they return. Source: the public documentation of payment gateways."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from modulehost.contract.config import ConfigField, kind, read_fields
from modulehost.contract.functions import FunctionSpec
from modulehost.contract.returns import Checked, check_keys

#: given: none, or params (settings by name, invoice, client and company)
GATEWAY_FUNCTIONS: dict[str, FunctionSpec] = {
    name: FunctionSpec(name, given, returns)
    for name, given, returns in (
        ("MetaData", "none", "gatewaymetadata"),
        ("config", "none", "gatewayconfig"),
        ("config_validate", "params", "ignored"),
        ("link", "params", "html"),
        ("capture", "params", "capture"),
        ("refund", "params", "refund"),
        ("storeremote", "params", "storeremote"),
        ("remoteinput", "params", "html"),
        ("remoteupdate", "params", "html"),
        ("3dsecure", "params", "html"),
        ("cancelSubscription", "params", "map"),
        ("account_balance", "params", "ignored"),
        ("TransactionInformation", "params", "ignored"),
        ("adminstatusmsg", "params", "map"),
        ("nolocalcc", "none", "ignored"),
    )
}
METADATA_KEYS = (
    "DisplayName", "APIVersion", "gatewayType", "failedEmail", "successEmail", "pendingEmail", "DisableLocalCreditCardInput",
    "TokenisedStorage",
)  # fmt: skip
FIELD_TYPES = ("text", "password", "yesno", "dropdown", "radio", "textarea", "none", "")
#: rows of tblpaymentgateways that are not fields
RESERVED = ("name", "type", "visible")
CAPTURE_STATUSES = ("success", "pending", "declined", "error")
REFUND_STATUSES = ("success", "declined", "error")


class GatewayHalted(Exception):
    """A gateway's callback ends here; the text is the answer to whoever called it."""


@dataclass(frozen=True)
class GatewayConfig:
    """What `_config` says: the name that clients see at first, and the settings fields."""

    name: str
    fields: list[ConfigField] = field(default_factory=list)

    @property
    def secrets(self) -> set[str]:
        """The names of the fields whose values are encrypted at rest."""
        return {one.key for one in self.fields if one.secret}


@dataclass(frozen=True)
class Answer:
    """What capture, refund or storeremote said. `status`: one of the documented ones; `reason` of a refusal, for people."""

    status: str
    transid: str = ""
    fees: Decimal = Decimal("0.00")
    reason: str = ""
    token: str = ""
    rawdata: Any = None


def read_gateway_config(module: str, value: Any) -> tuple[GatewayConfig, list[str]]:
    """The settings of what `_config` returned, and what is wrong with it, in words."""
    if not isinstance(value, Mapping):
        return GatewayConfig(module), [f"returned {kind(value)}; expected a map with FriendlyName and the fields"]
    problems: list[str] = []
    given = dict(value)
    label = given.pop("FriendlyName", None)
    name = str(label.get("Value") or "") if isinstance(label, Mapping) else ""
    if not name:
        problems.append("returned no FriendlyName with Type System and a Value; it is required")
    given = {key: one for key, one in given.items() if not _system(one)}
    fields, wrong = read_fields(given)
    problems += wrong
    for one in fields:
        if one.key in RESERVED:
            problems.append(f"field {one.key!r} has the name of a row that the host keeps; choose another")
    return GatewayConfig(name or module, [one for one in fields if one.key not in RESERVED]), problems


def _system(one: Any) -> bool:
    return isinstance(one, Mapping) and str(one.get("Type", "")).lower() == "system"


def read_answer(value: Any) -> Answer:
    """What capture, refund or storeremote returned; what the contract does not allow is an error with its reason."""
    if not isinstance(value, Mapping):
        return Answer("error", reason=f"the module returned {kind(value)}; expected a map with status")
    status = str(value.get("status") or "").lower()
    fees = value.get("fees", value.get("fee", 0)) or 0
    try:
        cost = Decimal(str(fees)).quantize(Decimal("0.01"))
    except InvalidOperation:
        cost = Decimal("0.00")
    reason = value.get("declinereason") or ""
    if not reason and status != "success" and isinstance(value.get("rawdata"), str):
        reason = value["rawdata"]
    return Answer(
        "declined" if status == "failed" else status if status in CAPTURE_STATUSES else "error",
        str(value.get("transid") or ""),
        cost,
        str(reason),
        str(value.get("gatewayid") or ""),
        value.get("rawdata"),
    )


def check_gateway(function: str, value: Any) -> Checked:
    """Judge what a gateway's `function` returned. `ok` is False when it did not succeed; `message` is the reason."""
    known, checked = GATEWAY_FUNCTIONS.get(function), Checked()
    if known is None or known.returns == "ignored":
        return checked
    if known.returns == "gatewayconfig":
        checked.problems = read_gateway_config("", value)[1]
    elif known.returns == "gatewaymetadata":
        check_keys(checked, value, METADATA_KEYS)
    elif known.returns in ("capture", "refund", "storeremote"):
        _answer(checked, value, CAPTURE_STATUSES if known.returns == "capture" else REFUND_STATUSES)
    elif known.returns == "map":
        if value is not None and not isinstance(value, (Mapping, list, tuple, str)):
            checked.problems.append(f"returned {kind(value)}; expected a map")
    elif value is not None and not isinstance(value, str):
        checked.problems.append(f"returned {kind(value)}; expected HTML text")
    return checked


def _answer(checked: Checked, value: Any, statuses: tuple[str, ...]) -> None:
    said = read_answer(value)
    checked.ok, checked.message = said.status == "success", said.reason
    if not isinstance(value, Mapping):
        checked.problems.append(f"returned {kind(value)}; expected a map with status")
    elif str(value.get("status") or "").lower() not in (*statuses, "failed"):
        checked.problems.append(f"returned the status {value.get('status')!r}; known are {', '.join(statuses)}")
    elif said.status == "success" and statuses is CAPTURE_STATUSES and not said.transid:
        checked.problems.append("returned success without transid; it is how the payment is found again")


def nearest_gateway(function: str) -> str:
    """The documented gateway function whose name is closest to a misspelt one, or an empty text."""
    found = difflib.get_close_matches(function.lower(), GATEWAY_FUNCTIONS, 1, 0.8)
    return found[0] if found else ""
