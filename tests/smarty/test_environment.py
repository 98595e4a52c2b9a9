"""The environment as the host uses it: loaders, reload, extensions, threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import pytest

from modulehost.smarty import Environment, HostClass, HostObject, PhpError, TagContext, TemplateError

NOON = 1_600_000_000


def env(templates: Mapping[str, str], **options: Any) -> Environment:
    return Environment(jinja2.DictLoader(dict(templates)), now=lambda: NOON, **options)


def test_get_template_and_render_with_plain_values() -> None:
    e = env({"x.tpl": "{$a}|{$b.c}|{$d}|{$m}|{$when}|{$when|date_format:'%Y'}"})
    page = e.get_template("x.tpl").render(
        a="A", b={"c": 1}, d=[1], m=Decimal("10.50"), when=date(2021, 3, 4)
    )
    assert page == "A|1|Array|10.50|2021-03-04|2021"


def test_globals_of_the_environment_are_variables_and_jinja_defaults_are_not() -> None:
    e = env({"x.tpl": "{$site}|{$range}|{$site2}"})
    e.globals["site"] = "S"
    assert e.get_template("x.tpl").render(site2="T") == "S||T"


def test_host_functions_tags_blocks_modifiers_and_classes() -> None:
    e = env(
        {
            "x.tpl": "{routePath('a', 1)}|{lang key='k' name=$n}|{$n|shout:'!'}|"
            "{assetExists file='f.css'}<{$__assetPath__}>{/assetExists}[{$__assetPath__}]"
            "{assetExists file='no'}never{/assetExists}|{\\Acme\\Vat::label('x')}"
        }
    )
    e.register_function("routePath", lambda *args: "/" + "/".join(map(str, args)))

    def lang(attrs: dict[str, Any], context: TagContext) -> str:
        return f"{attrs['key']}:{attrs['name']}:{context.get('n')}:{context.template}"

    def exists(attrs: dict[str, Any], render: Callable[[Mapping[str, Any]], str], context: TagContext) -> str:
        return render({"__assetPath__": "/p/" + attrs["file"]}) if attrs["file"] != "no" else ""

    e.register_tag("lang", lang)
    e.register_modifier("shout", lambda value, mark: value.upper() + mark)
    e.register_block("assetExists", exists)
    e.register_class("Acme\\Vat", HostClass({"label": lambda x: f"VAT {x}"}))
    assert e.get_template("x.tpl").render(n="bob") == "/a/1|k:bob:bob:x.tpl|BOB!|</p/f.css>[]|VAT x"


class Menu(HostObject):
    """A menu item as the host would write it."""

    php_names = ("Menu\\Item", "Countable")

    def __init__(self, label: str, *children: Menu) -> None:
        self.label, self.children = label, children
        self._secret = "no"

    def get_property(self, name: str) -> Any:
        return self.label if name == "label" else None

    def call_method(self, name: str, args: list[Any]) -> Any:
        if name.lower() == "getchildren":
            return list(self.children)
        raise PhpError(f"no method {name}")

    def iterate(self) -> Iterable[tuple[Any, Any]]:
        return list(enumerate(self.children))

    def count(self) -> int:
        return len(self.children)

    def to_string(self) -> str:
        return f"Menu {self.label}"


def test_host_objects() -> None:
    e = env(
        {
            "x.tpl": "{$m}|{$m->label}|{$m|count}|{foreach $m->getChildren() as $c}{$c->label}{/foreach}|"
            "{foreach $m as $c}{$c->label}{/foreach}|{if $m instanceof Countable}C{/if}|{$m->_secret}{$m->children}"
        }
    )
    assert e.get_template("x.tpl").render(m=Menu("a", Menu("b"), Menu("c"))) == "Menu a|a|2|bc|bc|C|"


def test_includes_go_to_the_loader_with_the_name_given(tmp_path: Path) -> None:
    outside = tmp_path / "module.tpl"
    outside.write_text("M{$n}")

    class Names(jinja2.BaseLoader):
        def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str | None, Any]:
            sources = {"main.tpl": "{include file=\"$t/includes/x.tpl\"}{include file=\"file:$path\"}",
                       "six/includes/x.tpl": "X"}  # fmt: skip
            if template == str(outside):
                return outside.read_text(), str(outside), lambda: True
            if template not in sources:
                raise jinja2.TemplateNotFound(template)
            return sources[template], None, lambda: True

    e = Environment(Names(), now=lambda: NOON)
    assert e.get_template("main.tpl").render(t="six", n=1, path=str(outside)) == "XM1"


def test_a_changed_file_is_compiled_again_and_an_unchanged_one_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "x.tpl"
    child = tmp_path / "i.tpl"
    file.write_text("one {include file='i.tpl'}")
    child.write_text("A")
    e = Environment(jinja2.FileSystemLoader(tmp_path), now=lambda: NOON)
    first = e.get_template("x.tpl")
    assert first.render() == "one A"
    assert e.get_template("x.tpl") is first
    child.write_text("B")
    os.utime(child, (1, 1))
    assert e.get_template("x.tpl").render() == "one B"
    file.write_text("two")
    os.utime(file, (1, 1))
    assert e.get_template("x.tpl").render() == "two"


def test_jinja_pages_and_smarty_pages_include_each_other() -> None:
    e = env({"a.html": "<{% include 'b.tpl' %}>", "b.tpl": "{$n+1}", "c.tpl": "[{include file='d.html'}]",
             "d.html": "{{ n + 2 }}"})  # fmt: skip
    assert e.get_template("a.html").render(n=1) == "<2>"
    assert e.get_template("c.tpl").render(n=1) == "[3]"


def test_superglobals_and_time_come_from_the_host() -> None:
    e = env(
        {"x.tpl": "{$smarty.get.q}|{$smarty.now}|{$smarty.now|date_format:'%Y-%m-%d'}|{$smarty.server.HTTP_HOST}"},
        superglobals=lambda: {"get": {"q": "Q"}, "server": {"HTTP_HOST": "h"}},
    )
    assert e.get_template("x.tpl").render() == f"Q|{NOON}|2020-09-13|h"


def test_randomness_is_refused_unless_the_host_gives_it() -> None:
    with pytest.raises(TemplateError, match="Random numbers"):
        env({"x.tpl": "{rand(1,6)}"}).get_template("x.tpl").render()
    assert env({"x.tpl": "{rand(1,6)}"}, random_int=lambda low, high: high).get_template("x.tpl").render() == "6"


def test_many_threads_share_one_environment() -> None:
    e = env({
        "x.tpl": "{capture name=c}{$n}{/capture}{counter}{foreach $l as $i}{$i@index}{include file='i.tpl'}{/foreach}"
                 "{$smarty.capture.c}",
        "i.tpl": "({$i}{$n})",
    })  # fmt: skip

    def render(n: int) -> bool:
        expected = f"1{''.join(f'{at}({at}{n})' for at in range(20))}{n}"
        return e.get_template("x.tpl").render(n=n, l=list(range(20))) == expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(render, range(200)))


def test_values_of_the_host_are_never_changed() -> None:
    e = env({"x.tpl": "{$d.k='new'}{$d.l[]=1}{$r[0].x=2}{append var=r value=3}{$d|json_encode}"})
    data: dict[str, Any] = {"k": "old", "l": []}
    rows = [{"x": 1}]
    assert e.get_template("x.tpl").render(d=data, r=rows) == '{"k":"new","l":[1]}'
    assert data == {"k": "old", "l": []} and rows == [{"x": 1}]
