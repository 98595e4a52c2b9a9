"""What ServiceSingleSignOn, AdminSingleSignOn and the callables of custom actions return, and the custom actions themselves.

Source: the public documentation of single sign-on and of custom actions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from modulehost.contract.config import kind

EXPECTED = "a map with success (true or false) and redirectTo or errorMsg"


@dataclass(frozen=True)
class SignOn:
    """A judged answer. `url` is where to go, empty when the module refused, with `refusal` as its text (which may be empty).

    `problem` says what the contract does not allow; then there is neither.
    """

    url: str = ""
    refusal: str = ""
    problem: str = ""


def read_sign_on(value: Any) -> SignOn:
    """Judge what a function that signs on returned."""
    if not isinstance(value, Mapping) or "success" not in value:
        return SignOn(problem=f"returned {kind(value)}; expected {EXPECTED}")
    success = value["success"]
    if success not in (True, False):  # 1 and 0 are equal to them
        return SignOn(problem=f"returned success = {kind(success)}; expected true or false")
    if not success:
        text = value.get("errorMsg")
        if text is not None and not isinstance(text, str):
            return SignOn(problem=f"returned errorMsg = {kind(text)}; expected a text")
        return SignOn(refusal=(text or "").strip())
    target = value.get("redirectTo")
    if not isinstance(target, str) or not target:
        return SignOn(problem=f"returned redirectTo = {kind(target)}; expected the address to go to")
    if wrong := _not_followed(target):
        return SignOn(problem=f"returned redirectTo = {kind(target)}; {wrong}")
    return SignOn(url=target)


def _not_followed(target: str) -> str:
    """Why an address is not followed; empty for http, https, and paths of this host."""
    expected = "only addresses with http:// or https://, and paths of this host that begin with /, are followed"
    # Browsers drop tabs and line breaks, and read a backslash as a slash: what we check must be what they see.
    if any(ord(sign) <= 32 or sign == "\\" for sign in target):
        return "an address has no spaces, line breaks or backslashes"
    if target.startswith("/"):
        return expected if target.startswith("//") else ""
    try:
        parts = urlsplit(target)
    except ValueError as failure:
        return f"it is no address: {failure}"
    return "" if parts.scheme.lower() in ("http", "https") and parts.hostname else expected


class CustomAction:
    """A way into the vendor's panel, or to a part of it, that clients are offered beside their service.

    `factory` makes one. `callable` is run with `params` (a list by place, a map by name) when the client chooses the action, and
    returns the same as ServiceSingleSignOn. The client's user needs every permission of `permissions` (such as `productsso`). An
    action that is not `active` is shown greyed out. It opens in a new tab unless `allowSamePage`; with `preferIsolation` the new
    tab cannot reach back to ours.
    """

    def __init__(
        self,
        identifier: str,
        display: str,
        callable: Callable[..., Any],
        params: Any = (),
        permissions: Any = (),
        active: bool = True,
        allowSamePage: bool = False,
        preferIsolation: bool = False,
    ) -> None:
        if not isinstance(identifier, str) or not identifier:
            raise ValueError(f"a custom action's identifier is {kind(identifier)}; expected a text that is not empty")
        if not hasattr(callable, "__call__"):  # noqa: B004 - `callable` is the argument here
            raise TypeError(f"custom action {identifier!r}: callable is {kind(callable)}; expected a function")
        if isinstance(params, str) or not isinstance(params, (Mapping, list, tuple)):
            raise TypeError(f"custom action {identifier!r}: params is {kind(params)}; expected a list or a map")
        if isinstance(permissions, str) or not isinstance(permissions, (list, tuple, set, frozenset)):
            raise TypeError(f"custom action {identifier!r}: permissions is {kind(permissions)}; expected a list of names")
        self._identifier, self._display, self._callable = identifier, str(display), callable
        self._params, self._permissions = params, [str(one) for one in permissions]
        self._active, self.allowSamePage, self.preferIsolation = bool(active), bool(allowSamePage), bool(preferIsolation)

    @classmethod
    def factory(
        cls,
        identifier: str,
        display: str,
        callable: Callable[..., Any],
        params: Any = (),
        permissions: Any = (),
        active: bool = True,
        allowSamePage: bool = False,
        preferIsolation: bool = False,
    ) -> "CustomAction":
        """Make an action. Raises TypeError or ValueError, naming the argument that is wrong."""
        return cls(identifier, display, callable, params, permissions, active, allowSamePage, preferIsolation)

    def getIdentifier(self) -> str:
        """The name by which the action is chosen; unique among the service's actions."""
        return self._identifier

    def getDisplay(self) -> str:
        """What the client reads."""
        return self._display

    def getPermissions(self) -> list[str]:
        """The user permissions that it takes."""
        return list(self._permissions)

    def isActive(self) -> bool:
        """Whether it can be chosen."""
        return self._active

    def invokeCallable(self) -> Any:
        """Run it; returns what the callable returned."""
        if isinstance(self._params, Mapping):
            return self._callable(**self._params)
        return self._callable(*self._params)

    def __repr__(self) -> str:
        return f"CustomAction({self._identifier!r}, {self._display!r}, permissions={self._permissions}, active={self._active})"

    @property
    def code(self) -> Any:
        """The code object of the callable, by which errors name its file and line; None for other callables."""
        return getattr(self._callable, "__code__", None)


class CustomActionCollection:
    """The actions of a service in the order in which they are shown; what `CustomActions` returns."""

    def __init__(self, actions: Any = ()) -> None:
        self._actions: list[Any] = list(actions)

    def add(self, action: CustomAction) -> "CustomActionCollection":
        """Add one; returns the collection."""
        self._actions.append(action)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def __repr__(self) -> str:
        return f"CustomActionCollection({self._actions!r})"


def action_problems(value: Any) -> list[str]:
    """What is wrong with what `CustomActions` returned; None means that there are none."""
    if value is None:
        return []
    if not isinstance(value, CustomActionCollection):
        return [f"returned {kind(value)}; expected a CustomActionCollection"]
    problems, seen = [], set()
    for one in value:
        if not isinstance(one, CustomAction):
            problems.append(f"returned a collection with {kind(one)} in it; expected CustomAction.factory(...)")
        elif one.getIdentifier() in seen:
            problems.append(f"returned two actions with the identifier {one.getIdentifier()!r}; an identifier names one")
        else:
            seen.add(one.getIdentifier())
    return problems
