"""What a template may not do, and how it is told so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modulehost.smarty import Limits, TemplateError, render_string


def error(template: str, templates: dict[str, str] | None = None, **vars: Any) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        render_string(template, vars, templates or {})
    return caught.value


def test_a_compile_error_has_its_place() -> None:
    e = error("line one\nsome {$a|nope} text\n")
    assert (e.file, e.line, e.column, e.text) == ("main.tpl", 2, 9, "some {$a|nope} text")
    assert e.caret == "        ^"
    assert "Unknown modifier 'nope' in main.tpl on line 2" in str(e)


def test_a_runtime_error_has_its_place_and_the_files_around_it() -> None:
    e = error(
        "top\n\n{include file='a.tpl'}",
        {"a.tpl": "x\n{include file='b.tpl'}", "b.tpl": "1\n2\n  {if $n}{1/$z}{/if}"},
        n=1,
        z=0,
    )
    assert (e.message, e.file, e.line, e.column) == ("Division by zero", "b.tpl", 3, 10)
    assert e.includes == (("main.tpl", 3), ("a.tpl", 2))
    assert str(e).endswith("included from a.tpl on line 2\nincluded from main.tpl on line 3")


def test_a_compile_error_in_an_included_file_names_both() -> None:
    e = error("a\n{include file='a.tpl'}", {"a.tpl": "\n\n{if}"})
    assert (e.file, e.line) == ("a.tpl", 3)
    assert e.includes == (("main.tpl", 2),)


def test_a_missing_file_is_an_error_where_it_is_included() -> None:
    e = error("a\n {include file='nope.tpl'}")
    assert (e.message, e.line, e.column) == ("Unable to load template 'nope.tpl'", 2, 2)


class Plain:
    """Not a host object: nothing of it may be reached."""

    secret = "s3cret"

    def method(self) -> str:
        return self.secret


@pytest.mark.parametrize(
    "template",
    [
        "{$o.secret}", "{$o->secret}", "{$o['__class__']}", "{$o->__class__}", "{$s->__class__}", "{$d->items}",
        "{$d.__class__}", "{$s.0.__class__|default:''}", "{$f.__globals__}", "{$smarty.get.__class__}",
    ],
)  # fmt: skip
def test_python_attributes_are_out_of_reach(template: str) -> None:
    assert render_string(template, {"o": Plain(), "s": "s", "d": {"a": 1}, "f": len}) == ""


@pytest.mark.parametrize("template", ["{$o->method()}", "{$s->upper()}", "{$f()}", "{$o}", "{$f}", "{$s->__init__()}"])
def test_python_methods_are_out_of_reach(template: str) -> None:
    error(template, o=Plain(), s="s", f=len)


@pytest.mark.parametrize(
    "template",
    [
        "{php}echo 1;{/php}", "{include_php file='x'}", "{fetch file='http://127.0.0.1/'}", "{system('ls')}",
        "{exec('ls')}", "{file_get_contents('/etc/passwd')}", "{'ls'|system}", "{eval('1')}", "{phpinfo()}",
        "{call_user_func('md5','a')}", "{array_map('system',$a)}", "{unlink('x')}", "{$smarty.template_object}",
    ],
)  # fmt: skip
def test_dangerous_names_are_refused(template: str) -> None:
    error(template, a=[1])


@pytest.mark.parametrize(
    "template",
    [
        "{while true}{/while}", "{while 1}x{/while}", "{for $i=1 to 99999999999}{/for}", "{for $i=0;1;$i++}x{/for}",
        "{function name=f}{call f}{/function}{call f}", "{include file='main.tpl'}", "{str_repeat('x',9999999999)}",
        "{$x='aaaaaaaaaaaaaaaa'}{for $i=1 to 60}{$x=$x|cat:$x}{/for}", "{range(1,9999999999)|count}",
        "{'a'|indent:9999999999}", "{'%999999999d'|sprintf:1}", "{str_pad('a',9999999999)}", "{9|number_format:999999999}",
        "{$x=[1,2]}{for $i=1 to 60}{$x=[$x,$x]}{/for}{$x|json_encode}", "{section name=s loop=99999999999}{/section}",
        "{for $i=1 to 900000}{$x[]=$i}{/for}", "{$x=9|str_repeat:1000000}{for $i=1 to 500}{$x}{/for}", "{9**9**9**9}{while 1}{/while}",
    ],
)  # fmt: skip
def test_limits_stop_what_would_not_end(template: str) -> None:
    error(template)


def test_limits_can_be_set() -> None:
    template = "{for $i=1 to 50}{$i}{/for}"
    with pytest.raises(TemplateError, match="more than 20 steps"):
        render_string(template, {}, options={"limits": Limits(steps=20)})
    with pytest.raises(TemplateError, match="beyond 30 characters"):
        render_string(template, {}, options={"limits": Limits(size=30)})


@pytest.mark.parametrize(
    "template",
    ["{if 1}" * 500 + "{/if}" * 500, "{" + "(" * 3000 + "1" + ")" * 3000 + "}", "{" + "!" * 5000 + "1}",
     "{foreach [1] as $i}" * 60 + "{/foreach}" * 60, "{" * 3000 + "$a" + "}" * 3000, "{[" * 500, '{"' * 500],
)  # fmt: skip
def test_deep_nesting_is_an_error_with_a_place_or_works(template: str) -> None:
    try:
        render_string(template, {})
    except TemplateError as e:
        assert e.line >= 1


def test_a_failing_host_function_is_a_template_error(tmp_path: Path) -> None:
    import jinja2

    from modulehost.smarty import Environment

    env = Environment(jinja2.DictLoader({"x.tpl": "a\n{boom()}"}), now=lambda: 0)
    env.register_function("boom", lambda: 1 / 0)
    with pytest.raises(TemplateError, match="ZeroDivisionError") as caught:
        env.get_template("x.tpl").render()
    assert caught.value.line == 2 and isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    "use",
    ["{if $x == $y}{/if}", "{if $x === $y}{/if}", "{$x|print_r:true}", "{$x|var_export:true}", "{count($x,1)}",
     "{http_build_query($x)}", "{html_options options=$x}", "{if in_array($y,[$x])}{/if}", "{max($x,$y)}"],
)  # fmt: skip
def test_arrays_that_share_their_parts_cannot_be_walked_for_ever(use: str) -> None:
    build = "{$x=[1,2]}{$y=[1,2]}{for $i=1 to 50}{$x=[$x,$x]}{$y=[$y,$y]}{/for}"
    error(build + use)
