"""Menu items: the public API by which hooks and themes read and change navigation bars, sidebars and home panels.

Method names are the documented ones, so that a hook written for the emulated system ports line by line. Children have an
order (10, 20, 30, ... unless set); lower comes first, equal ones stay as they were added. What a label, badge or HTML block
holds is printed by themes as it is: our own menus encode client data before they put it in.
Sources: the public menu documentation (names, orders, ids); further methods as official templates call them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from modulehost.smarty.errors import PhpError
from modulehost.smarty.objects import HostObject

#: addChild options -> the attribute they set
_OPTIONS = {
    "label": "label",
    "uri": "uri",
    "icon": "icon",
    "order": "order",
    "badge": "badge",
    "bodyHtml": "body",
    "footerHtml": "footer",
    "headingHtml": "heading",
    "attributes": "attributes",
    "childrenAttributes": "children_attributes",
    "extras": "extras",
    "current": "current",
    "display": "display",
    "disabled": "disabled",
}


class MenuError(ValueError):
    """A menu was asked for something it cannot do; the text names the item."""


class Item(HostObject):
    """One entry of a menu, and the menu of its children."""

    php_names = ("WHMCS\\View\\Menu\\Item", "Knp\\Menu\\MenuItem", "Knp\\Menu\\ItemInterface")

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        self.label: str | None = None
        self.uri: str | None = None
        self.icon: str = ""
        self.order: int | None = None
        self.badge: str = ""
        self.body: str = ""
        self.footer: str = ""
        self.heading: str = ""
        self.attributes: dict[str, Any] = {}
        self.children_attributes: dict[str, Any] = {}
        self.extras: dict[str, Any] = {}
        self.current = False
        self.display = True
        self.disabled = False
        self.parent: Item | None = None
        self.children: dict[str, Item] = {}
        self._set(options)

    def _set(self, options: dict[str, Any]) -> None:
        for option, value in options.items():
            if option == "name":
                continue
            if option not in _OPTIONS:
                raise MenuError(
                    f"menu item {self.name!r}: unknown option {option!r}; known are name, {', '.join(_OPTIONS)}"
                )
            setattr(self, _OPTIONS[option], dict(value) if isinstance(value, dict) else value)

    # name, label, address

    def getName(self) -> str:
        """The name by which the parent knows this item."""
        return self.name

    def setName(self, name: str) -> Self:
        """Rename the item. Raises MenuError when a sibling has the name already."""
        if self.parent is not None and name != self.name:
            if name in self.parent.children:
                raise MenuError(f"menu {self.parent.name!r} already has a child {name!r}")
            self.parent.children = {(name if k == self.name else k): v for k, v in self.parent.children.items()}
        self.name = name
        return self

    def getLabel(self) -> str:
        """What people read; the name when no label is set."""
        return self.name if self.label is None else self.label

    def setLabel(self, label: str | None) -> Self:
        """Set what people read (HTML is printed as it is)."""
        self.label = label
        return self

    def getUri(self) -> str | None:
        """Where the entry leads, None for a heading."""
        return self.uri

    def setUri(self, uri: str | None) -> Self:
        """Set where the entry leads."""
        self.uri = uri
        return self

    # the tree

    def addChild(self, child: "str | Item", options: dict[str, Any] | None = None) -> "Item":
        """Add a child by name (or an Item) and return the child. A child of the same name is replaced."""
        item = Item(child) if isinstance(child, str) else child
        if any(item is above for above in self._ancestors()):
            raise MenuError(f"menu item {item.name!r} cannot become a child of itself")
        if item.parent is not None and item.parent is not self:
            item.parent.removeChild(item)
        options = options or {}
        if options.get("name"):
            item.name = str(options["name"])
        item._set(options)
        self.children.pop(item.name, None)
        if item.order is None:
            item.order = max((c.getOrder() for c in self.children.values()), default=0) // 10 * 10 + 10
        item.parent = self
        self.children[item.name] = item
        return item

    def getChild(self, name: str) -> "Item | None":
        """The child of that name, or None."""
        return self.children.get(name)

    def removeChild(self, child: "str | Item") -> Self:
        """Take a child out; one that is not there is no error."""
        name = child if isinstance(child, str) else child.name
        gone = self.children.pop(name, None)
        if gone is not None:
            gone.parent = None
        return self

    def getChildren(self) -> dict[str, "Item"]:
        """Name -> child, in the order in which they are shown; hidden ones are left out."""
        shown = [c for c in self.children.values() if c.display]
        return {c.name: c for c in sorted(shown, key=Item.getOrder)}

    def setChildren(self, children: "dict[str, Item] | list[Item]") -> Self:
        """Replace all children."""
        for old in list(self.children):
            self.removeChild(old)
        for child in children.values() if isinstance(children, dict) else children:
            self.addChild(child)
        return self

    def hasChildren(self) -> bool:
        """Whether any child is shown."""
        return any(c.display for c in self.children.values())

    def getParent(self) -> "Item | None":
        """The item above, None for a whole menu."""
        return self.parent

    def getRoot(self) -> "Item":
        """The whole menu."""
        *_, root = self._ancestors()
        return root

    def isRoot(self) -> bool:
        """Whether this is a whole menu."""
        return self.parent is None

    def getLevel(self) -> int:
        """0 for the menu, 1 for its entries, and so on."""
        return sum(1 for _ in self._ancestors()) - 1

    def getFirstChild(self) -> "Item | None":
        """The child that is shown first."""
        return next(iter(self.getChildren().values()), None)

    def getLastChild(self) -> "Item | None":
        """The child that is shown last."""
        return next(reversed(list(self.getChildren().values())), None)

    def count(self) -> int:
        """How many children there are, hidden ones included."""
        return len(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def __iter__(self) -> Iterator["Item"]:
        return iter(self.getChildren().values())

    def __str__(self) -> str:
        return self.getLabel()

    def _ancestors(self) -> Iterator["Item"]:
        item: Item | None = self
        while item is not None:
            yield item
            item = item.parent

    # order

    def getOrder(self) -> int:
        """The number by which siblings are sorted."""
        return self.order or 0

    def setOrder(self, order: int) -> Self:
        """Set the number by which siblings are sorted; lower comes first."""
        self.order = int(order)
        return self

    def moveToFront(self) -> Self:
        """Make this the first of its siblings."""
        return self._move(0)

    def moveToBack(self) -> Self:
        """Make this the last of its siblings."""
        return self._move(len(self._siblings()))

    def moveUp(self) -> Self:
        """Change places with the sibling before."""
        return self._move(max(0, self._siblings().index(self) - 1))

    def moveDown(self) -> Self:
        """Change places with the sibling after."""
        return self._move(self._siblings().index(self) + 1)

    def _siblings(self) -> list["Item"]:
        return sorted(self.parent.children.values(), key=Item.getOrder) if self.parent is not None else [self]

    def _move(self, position: int) -> Self:
        # All siblings are numbered anew, so that equal numbers cannot hide the move.
        others = [item for item in self._siblings() if item is not self]
        others.insert(position, self)
        for number, item in enumerate(others, 1):
            item.order = number * 10
        return self

    # looks

    def getIcon(self) -> str:
        """The icon's CSS classes. The old short form `fa-ticket` becomes `fas fa-ticket`."""
        if not self.icon:
            return ""
        return self.icon if " " in self.icon.strip() or not self.icon.startswith("fa-") else f"fas {self.icon}"

    def setIcon(self, icon: str) -> Self:
        """Set the icon's CSS classes."""
        self.icon = icon or ""
        return self

    def hasIcon(self) -> bool:
        """Whether there is an icon."""
        return bool(self.icon)

    def getBadge(self) -> str:
        """The small text beside the label, such as a count."""
        return str(self.badge)

    def setBadge(self, badge: object) -> Self:
        """Set the small text beside the label."""
        self.badge = "" if badge is None else str(badge)
        return self

    def hasBadge(self) -> bool:
        """Whether there is a badge; `0` counts as one."""
        return str(self.badge) != ""

    def getBodyHtml(self) -> str:
        """HTML shown in place of, or above, the children."""
        return self.body

    def setBodyHtml(self, html: str) -> Self:
        """Set the body's HTML."""
        self.body = html or ""
        return self

    def hasBodyHtml(self) -> bool:
        """Whether there is a body."""
        return bool(self.body)

    def getFooterHtml(self) -> str:
        """HTML shown below the children."""
        return self.footer

    def setFooterHtml(self, html: str) -> Self:
        """Set the footer's HTML."""
        self.footer = html or ""
        return self

    def hasFooterHtml(self) -> bool:
        """Whether there is a footer."""
        return bool(self.footer)

    def getHeadingHtml(self) -> str:
        """HTML shown beside the label."""
        return self.heading

    def setHeadingHtml(self, html: str) -> Self:
        """Set the heading's HTML."""
        self.heading = html or ""
        return self

    def hasHeadingHtml(self) -> bool:
        """Whether there is a heading."""
        return bool(self.heading)

    def getClass(self) -> str:
        """The CSS classes of the entry."""
        return str(self.attributes.get("class") or "")

    def setClass(self, names: str) -> Self:
        """Set the CSS classes of the entry."""
        return self.setAttribute("class", names)

    def getId(self) -> str:
        """The DOM id: the names from the menu down, `Primary_Sidebar-Service_Details_Actions-Change_Password`."""
        return "-".join(item.name.replace(" ", "_") for item in reversed(list(self._ancestors())))

    # attributes and extras

    def getAttribute(self, name: str, default: Any = None) -> Any:
        """One attribute."""
        return self.attributes.get(name, default)

    def setAttribute(self, name: str, value: Any) -> Self:
        """Set one attribute."""
        self.attributes[name] = value
        return self

    def getAttributes(self) -> dict[str, Any]:
        """All attributes."""
        return self.attributes

    def setAttributes(self, attributes: dict[str, Any]) -> Self:
        """Replace all attributes."""
        self.attributes = dict(attributes)
        return self

    def getChildrenAttribute(self, name: str, default: Any = None) -> Any:
        """One attribute of the list that holds the children."""
        return self.children_attributes.get(name, default)

    def setChildrenAttribute(self, name: str, value: Any) -> Self:
        """Set one attribute of the list that holds the children."""
        self.children_attributes[name] = value
        return self

    def getExtra(self, name: str, default: Any = None) -> Any:
        """One value that themes look for (`color`, `btn-link`, `mobileSelect`, ...)."""
        return self.extras.get(name, default)

    def setExtra(self, name: str, value: Any) -> Self:
        """Set one extra."""
        self.extras[name] = value
        return self

    def getExtras(self) -> dict[str, Any]:
        """All extras."""
        return self.extras

    def setExtras(self, extras: dict[str, Any]) -> Self:
        """Replace all extras."""
        self.extras = dict(extras)
        return self

    # state

    def isCurrent(self) -> bool:
        """Whether this entry is the page shown."""
        return self.current

    def setCurrent(self, current: bool = True) -> Self:
        """Mark the entry as the page shown."""
        self.current = bool(current)
        return self

    def isDisabled(self) -> bool:
        """Whether the entry is greyed out."""
        return self.disabled

    def disable(self) -> Self:
        """Grey the entry out."""
        self.disabled = True
        return self

    def enable(self) -> Self:
        """Take the grey away."""
        self.disabled = False
        return self

    def isDisplayed(self) -> bool:
        """Whether the entry is shown at all."""
        return self.display

    def setDisplay(self, display: bool) -> Self:
        """Show or hide the entry."""
        self.display = bool(display)
        return self

    # what templates see

    def call_method(self, name: str, args: list[Any]) -> Any:
        """`$item->getLabel()`: one of the documented methods above."""
        method = _METHODS.get(name.lower())
        if method is None:
            raise PhpError(f"Call to undefined method {self.php_class()}::{name}()")
        try:
            return method(self, *args)
        except TypeError as error:
            raise PhpError(f"{self.php_class()}::{name}() got wrong arguments: {error}") from error

    def method_exists(self, name: str) -> bool:
        """Whether there is such a method."""
        return name.lower() in _METHODS

    def iterate(self) -> Iterable[tuple[str, "Item"]]:
        """Name and child, in the order in which they are shown."""
        return list(self.getChildren().items())

    def to_string(self) -> str:
        """The label."""
        return self.getLabel()


#: what templates may call: the camel-case methods and `count`, nothing inherited
_METHODS: dict[str, Callable[..., Any]] = {
    name.lower(): method
    for name, method in vars(Item).items()
    if callable(method) and "_" not in name and name not in ("iterate",)
}
