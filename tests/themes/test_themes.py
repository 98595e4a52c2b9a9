"""Themes and their parents; which file a name means, and what was considered."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modulehost import themes
from modulehost.context import Host
from modulehost.themes import ORDERFORM, ThemeError

BUNDLED = "harbour"


@pytest.fixture
def write(host: Host) -> Callable[[str, str], Path]:
    def put(name: str, text: str) -> Path:
        path = host.root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return put


def child(name: str, parent: str) -> str:
    return f"name: {name}\nconfig:\n  parent: {parent}\n"


def test_a_grandchild_knows_its_parents(host: Host, write: Callable[[str, str], Path]) -> None:
    write("mine/theme.yaml", child("Mine", BUNDLED))
    write("mine-dark/theme.yaml", child("Mine Dark", "mine"))
    assert [one.name for one in themes.chain(host, "mine-dark")] == ["mine-dark", "mine", BUNDLED]
    assert themes.load(host, "mine-dark").title == "Mine Dark"
    assert themes.load(host, BUNDLED).provides["bootstrap"].startswith("4.")
    assert themes.names(host) == [BUNDLED, "mine", "mine-dark"]


@pytest.mark.parametrize(
    ("files", "name", "message"),
    [
        ({}, "nothing", "there is no theme 'nothing'; looked for .*templates/nothing"),
        ({"a/theme.yaml": child("A", "b"), "b/theme.yaml": child("B", "a")}, "a", "go in a circle: a -> b -> a"),
        ({"a/theme.yaml": child("A", "a")}, "a", "go in a circle: a -> a"),
        ({"a/theme.yaml": child("A", "gone")}, "a", "theme 'a' names the parent 'gone'"),
        ({"a/theme.yaml": "name: [oops"}, "a", "a/theme.yaml cannot be read"),
        ({"a/theme.yaml": "just text"}, "a", "should be a list of `name: value` pairs"),
        ({"a/theme.yaml": "config: yes"}, "a", "config should hold"),
        ({}, "../etc", "there is no theme '../etc'"),
        ({}, "orderforms", "there is no theme 'orderforms'"),
    ],
)
def test_a_broken_theme_says_what_is_wrong(
    host: Host, write: Callable[[str, str], Path], files: dict[str, str], name: str, message: str
) -> None:
    for file, text in files.items():
        write(file, text)
    with pytest.raises(ThemeError, match=message):
        themes.chain(host, name)


def test_a_page_template_is_looked_for_from_the_child_upwards(host: Host, write: Callable[[str, str], Path]) -> None:
    write("mine/theme.yaml", child("Mine", BUNDLED))
    choice = themes.resolve(host, "mine", "page", "login.tpl")
    assert choice.winner is not None
    assert themes.shown(host, choice.winner) == "templates/harbour/login.tpl"
    assert [(themes.shown(host, c.path), c.exists) for c in choice.candidates] == [
        ("templates/mine/login.tpl", False),
        ("templates/mine/login.tpl", False),
        ("templates/harbour/login.tpl", False),
        ("templates/harbour/login.tpl", True),
    ]
    assert [c.reason for c in choice.candidates] == [
        "active theme mine, host root",
        "active theme mine, bundled",
        "parent theme harbour, host root",
        "parent theme harbour, bundled",
    ]
    own = write("mine/login.tpl", "mine")
    assert themes.resolve(host, "mine", "page", "login.tpl").winner == own


def test_one_file_in_the_host_root_overrides_a_bundled_theme(host: Host, write: Callable[[str, str], Path]) -> None:
    own = write("harbour/login.tpl", "own")
    assert themes.resolve(host, BUNDLED, "page", "login.tpl").winner == own
    assert themes.resolve(host, BUNDLED, "page", "homepage.tpl").winner != own


def test_module_templates_are_overridden_along_the_parents(
    host: Host, write: Callable[[str, str], Path], write_module: Callable[..., Path]
) -> None:
    folder = write_module("demo", "def demo_ConfigOptions(params): return {}\n")
    (folder / "overview.tpl").write_text("own")
    write("mine/theme.yaml", child("Mine", BUNDLED))
    assert themes.resolve(host, "mine", "servers", "demo/overview.tpl").winner == folder / "overview.tpl"
    parent = write("harbour/modules/servers/demo/overview.tpl", "parent")
    assert themes.resolve(host, "mine", "servers", "demo/overview.tpl").winner == parent
    nearest = write("mine/modules/servers/demo/overview.tpl", "nearest")
    choice = themes.resolve(host, "mine", "servers", "demo/overview.tpl")
    assert choice.winner == nearest
    assert [one.reason for one in choice.candidates[-2:]] == ["folder of the module demo", "templates of the module demo"]
    assert themes.resolve(host, "mine", "servers", "absent/overview.tpl").winner is None


@pytest.mark.parametrize("name", ["../../modulehost.db", "/etc/passwd", "..", "a/../../b.tpl", "x\0.tpl", "..\\..\\x"])
def test_names_cannot_leave_their_folder(host: Host, name: str) -> None:
    for kind in ("page", "asset"):
        assert themes.resolve(host, BUNDLED, kind, name).winner is None
    assert themes.resolve(host, "harbour_cart", "orderform", name).winner is None
    assert themes.resolve(host, BUNDLED, "servers", f"examplehost/{name}").winner is None


def test_order_forms_have_parents_too(host: Host, write: Callable[[str, str], Path]) -> None:
    write("orderforms/premium/theme.yaml", child("Premium", "harbour_cart"))
    own = write("orderforms/premium/products.tpl", "premium")
    assert themes.resolve(host, "premium", "orderform", "products.tpl").winner == own
    other = themes.resolve(host, "premium", "orderform", "viewcart.tpl").winner
    assert other is not None
    assert themes.shown(host, other) == "templates/orderforms/harbour_cart/viewcart.tpl"
    assert themes.names(host, ORDERFORM) == ["harbour_cart", "premium"]


def test_what_an_order_form_depends_on(host: Host, write: Callable[[str, str], Path]) -> None:
    theme = themes.chain(host, BUNDLED)
    assert themes.missing_dependencies(themes.chain(host, "harbour_cart", ORDERFORM), theme) == []
    write("orderforms/old/theme.yaml", 'name: Old\ndependencies:\n  bootstrap: "3"\n  jquery: 1.12||3\n  vue: "2"\n')
    problems = themes.missing_dependencies(themes.chain(host, "old", ORDERFORM), theme)
    assert [problem.split(" ")[0] for problem in problems] == ["bootstrap", "vue"]


def test_a_page_that_a_theme_lacks_comes_from_the_default_theme(host: Host, write: Callable[[str, str], Path]) -> None:
    write("alone/theme.yaml", "name: Alone\n")
    choice = themes.resolve(host, "alone", "page", "error/message.tpl")
    assert choice.winner is not None
    assert themes.shown(host, choice.winner) == "templates/harbour/error/message.tpl"
    assert choice.candidates[-1].reason == "default theme harbour, bundled"
    assert themes.resolve(host, "alone", "asset", "css/harbour.css").winner is None
