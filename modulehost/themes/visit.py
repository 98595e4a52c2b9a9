"""What a page needs to know of the request it answers, and the page itself. Neither knows Flask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost.themes.menu import Item


@dataclass
class Visit:
    """One visitor's request.

    `theme` and `order_form` are previews (`?systpl=`, `?carttpl=`), empty for the settings; `language` the session's choice.
    `may_open` tells whether this user may follow a link of the menus; without it all links are shown.
    """

    path: str = "/index.php"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    server: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    language: str = ""
    theme: str = ""
    order_form: str = ""
    user_id: int = 0
    client_id: int = 0
    currency_id: int = 0
    cart_count: int = 0
    secure: bool = False
    admin: bool = False
    masquerading: bool = False
    verify_later: bool = False
    may_open: Callable[[str], bool] | None = None
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    flash: tuple[str, str] | None = None
    web_root: str = ""

    @property
    def filename(self) -> str:
        """The script's name without .php, as `$filename`: `/clientarea.php` -> `clientarea`, `/store/x` -> `index`."""
        name = self.path.rsplit("/", 1)[-1]
        return name[:-4] if name.endswith(".php") else "index"


@dataclass
class Page:
    """One page to be shown.

    `template` is a page template's name without .tpl; with `order_form` it is looked for in the order form (`form` names
    that of a product group, empty: the setting's), with `module` (type, name) it is a module's template. `standalone`:
    no header and footer; `full_width`: the template brings its own container. `hook` is the rest of ClientAreaPage....
    Texts in `variables` are encoded unless they are markupsafe.Markup.
    """

    template: str
    title: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    crumbs: list[tuple[str, str]] = field(default_factory=list)
    display_title: str = ""
    tagline: str = ""
    hook: str = ""
    primary: Item | None = None
    secondary: Item | None = None
    order_form: bool = False
    form: str = ""
    standalone: bool = False
    full_width: bool = False
    module: tuple[str, str] | None = None
