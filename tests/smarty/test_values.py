"""PHP values worked out by hand, beyond the corpus."""

from __future__ import annotations

from typing import Any

import pytest

from modulehost.smarty import Environment, PlainObject, TemplateError, render_string

NOON = 1_609_459_200  # 2021-01-01 00:00:00 UTC


def show(template: str, **vars: Any) -> str:
    return render_string(template, vars, options={"now": lambda: NOON})


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{1.005|string_format:'%.2f'}", "1.00"),
        ("{number_format(1.005,2)}", "1.01"),
        ("{round(0.285*100)}", "29"),
        ("{round(5.055,2)}", "5.06"),
        ("{round(1234567.891,-3)}", "1235000"),
        ("{-0.5|round}", "-1"),
        ("{'%05d|%5.1f|%-5s|%x|%c|%o|%b|%e'|sprintf:42:3.14159:'ab':255:65:8:5:12345.678}",
         "00042|  3.1|ab   |ff|A|10|101|1.234568e+4"),
        ("{floor((0.1+0.7)*10)}", "7"),
        ("{2**63}|{9223372036854775807+1}", "9.2233720368548E+18|9.2233720368548E+18"),
        ("{wordwrap('The quick brown fox',10,'|',true)}", "The quick|brown fox"),
        ("{'The quick brown fox'|truncate:13:'..':true:true}", "The q..n fox"),
        ("{'a'|indent:2}{\"x\\ny\\n\"|indent:1:'-'}", "  a-x\n-y\n"),
        ("{strip_tags('<p>a</p><b>b</b> 1 < 2','<b>')}", "a<b>b</b> 1 < 2"),
        ("{'word word2 3'|count_words}", "2"),
        ("{'z'|cat:'9'}{$x='Az'}{$x++}{$x}{$y='z9'}{$y++}{$y}", "z9AzBaz9aa0"),
        ("{$u|substr:0:1}{$u|substr:1}", "ü"),
        ("{'tomorrow'|date_format:'Y-m-d'} {'first day of next month'|strtotime|date_format:'Y-m-d'}",
         "2021-01-02 2021-02-01"),
        ("{'Sat, 13 Mar 2021 10:11:12 +0100'|date_format:'Y-m-d H:i:s'}", "2021-03-13 09:11:12"),
        ("{strtotime('2021-01-31 +1 month')|date_format:'Y-m-d'}", "2021-03-03"),
        ("{'2021-03-04 5pm'|date_format:'H:i'} {'03/04/2021'|date_format:'Y-m-d'}", "17:00 2021-03-04"),
        ("{http_build_query(['a'=>1,'b'=>['x','y z'],'c'=>null,'d'=>true])}", "a=1&b%5B0%5D=x&b%5B1%5D=y+z&d=1"),
        ("{parse_url('https://h.test:8080/p?q=1#f')|json_encode}",
         '{"scheme":"https","host":"h.test","port":8080,"path":"\\/p","query":"q=1","fragment":"f"}'),
        ("{foreach [1,2] as $i}{foreach [1,2] as $j}{foreach [1,2] as $k}{if $k == 2}{continue 3}{/if}{$i}"
         "{/foreach}{/foreach}{/foreach}", "12"),
        ("{foreach [1,2] as $i}{while 1}{foreach [1,2] as $k}{if $k == 2}{break 2}{/if}{$k}{/foreach}{/while}-{/foreach}",
         "1-1-"),
        ("{foreach [1] as $i}" * 40 + "{$i@last}" + "{/foreach}" * 40, "1"),
        ("{if 1}" * 150 + "deep" + "{/if}" * 150, "deep"),
        ("{$o->a}{if isset($o->a)}Y{/if}{$o->b|default:'-'}{json_encode($o)}", '1Y-{"a":1}'),
    ],
)  # fmt: skip
def test_values(template: str, expected: str) -> None:
    assert show(template, u="ü", o=PlainObject({"a": 1})) == expected


@pytest.mark.parametrize(
    "template",
    ["{'aaa'|regex_replace:'/(a+)+$/':''}", "{'a'|regex_replace:'/([a-z]+x?)*$/':''}", "{'a'|regex_replace:'/a/e':''}"],
)
def test_regular_expressions_that_could_run_for_ever_or_run_code_are_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        show(template)


def test_a_split_character_that_stays_split_is_replaced_not_an_error() -> None:
    assert show("{$u|substr:0:1}|", u="ü") == "\ufffd|"


def test_jinja_pages_beside_smarty_ones_are_sandboxed() -> None:
    import jinja2

    env = Environment(jinja2.DictLoader({"x.tpl": "{include file='y.html'}", "y.html": "{{ ''.__class__.__mro__ }}"}),
                      now=lambda: NOON)  # fmt: skip
    with pytest.raises(TemplateError, match="unsafe"):
        env.get_template("x.tpl").render()
