"""PHP modules held against the contract: the same rules, read by a scanner that no PHP is needed for."""

from pathlib import Path

import pytest

from modulehost.checking.phptokens import tokens
from tests.check.folders import PHP, folder, said

TRICKS = r"""<html><?php
/* function acme_CreateAcount() {} */ // function acme_SuspendAcount($p) {} ?> still text
<?php # function acme_Renw($p) {}
#[Attribute(name: "x")]
namespace_like();
$a = 'it\'s { not';
$b = "brace { and {$x["k}"]['y']} and \" \{ ${name}";
$c = <<<EOT
  function acme_TerminateAcount() { {$row['EOT']}
  EOTX
  EOT . 'after';
$d = <<<'NOW'
 {$unclosed ( [ "
NOW;
$e = `ls {$dir}`;
$f = fn($x) => $x ?? [1, 2][0];
if (!function_exists('acme_CreateAccount')) {
    function &acme_CreateAccount(array $params, ?string $more = null): string { return 'success'; }
}
class Helper { public static function acme_UsageUpdte($p) { return Helper::class; } function function() {} }
$g = new class($a) extends Helper { function acme_Renw() {} };
function acme_ConfigOptions() { return []; }
function acme_helper() { function acme_ListAcounts() {} $in = function () use ($a) { return 1; }; }
?>
<p>{ it's text</p>
<?= acme_helper() ?>
"""


def test_tricks_of_the_language_are_read_right(tmp_path: Path) -> None:
    assert said(folder(tmp_path, acme_php=TRICKS + "<?php defined('WHMCS');")) == []


def test_literals() -> None:
    found = [
        (t.kind, t.value, t.line)
        for t in tokens(r"""<?php 'a\'b\n' "x\n\$y" "n $v" <<<A
  one
  A
 1_000.5 0xFF Foo\Bar $vär ...?->""")
    ]
    assert found == [
        ("sign", ";", 1), ("text", "a'b\\n", 1), ("text", "x\n$y", 1), ("string", "n $v", 1), ("text", "  one", 1),
        ("number", "1_000.5", 4), ("number", "0xFF", 4), ("name", "Foo\\Bar", 4), ("variable", "$vär", 4), ("sign", "...", 4),
        ("sign", "?->", 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("<?php\nfunction f() {\n  if (1) {\n}\n", 2, "the { that is opened here is never closed"),
        ("<?php\nfoo(1]);\n", 2, "] does not close the ( of line 2"),
        ("<?php\n}\n", 2, "a } closes nothing"),
        ("<?php\n\n$x = 'abc;\n\n", 3, "a string that begins here with ' has no end"),
        ("<?php\n/* abc\n", 2, "a comment that begins here with /* has no end"),
        ("<?php\n$x = <<<EOT\nabc\nEOTX\n", 2, "the heredoc <<<EOT that begins here has no line with EOT"),
        ('<?php\n$x = "{$a[1];\n', 2, "a { inside a string has no }"),
        ("<?php\nclass Foo\n;", 2, "a body in { } is missing here"),
    ],
)
def test_files_that_are_no_php(tmp_path: Path, code: str, line: int, message: str) -> None:
    made = folder(tmp_path, acme_php=PHP, lib__More_php=code)
    assert said(made)[0] == f"lib/More.php:{line} error syntax: this is not PHP: {message}"
    assert len(said(made)) == 1


def test_names_ignore_case(tmp_path: Path) -> None:
    code = PHP + "function ACME_createaccount($params) { return 'success'; }\nfunction acme_SuspendAcount($params) {}\n"
    assert said(folder(tmp_path, acme_php=code)) == [
        "acme.php:5 error function: acme_SuspendAcount is not called by the host; did you mean acme_SuspendAccount?"
    ]


def test_fields_and_options(tmp_path: Path) -> None:
    code = """<?php
if (!defined("WHMCS")) die();
function acme_MetaData() { return array('DisplayName' => 'Acme', 'RequireServer' => true); }
function acme_ConfigOptions() {
    $fields = array(
        'Plan' => array('Type' => 'text', 'Size' => 25),
        'Kind' => array('Type' => 'yesnoo'), // no such type
        "Place" => ["Type" => "dropdown", "Options" => implode(',', $all)],
        'Loaded' => ['Type' => 'text', 'Loader' => fn() => ['a' => 'b'], 'SimpleMode' => true],
        'Computed' => make(),
    );
    $fields['Later'] = ['Type' => 'number'];
    return $fields;
}
function acme_CreateAccount(array $params) {
    try { return 'suc' . 'cess'; } catch (Exception $e) { return $e->getMessage(); }
    return true;
}
"""
    known = "known are text, password, yesno, dropdown, radio, textarea, none"
    assert said(folder(tmp_path, acme_php=code)) == [
        "acme.php:3 warning key: acme_MetaData returns RequireServer; did you mean RequiresServer?",
        "acme.php:7 error type: field 'Kind' has Type 'yesnoo'; did you mean yesno?",
        f"acme.php:12 error type: field 'Later' has Type 'number'; {known}",
        'acme.php:17 error return: acme_CreateAccount returns True; expected "success" or an error text',
    ]


def test_more_than_24_options(tmp_path: Path) -> None:
    lines = "".join(f"'f{n}' => ['Type' => 'text'],\n" for n in range(25))
    made = folder(
        tmp_path, acme_php=f"<?php defined('WHMCS') or die;\nfunction acme_ConfigOptions() {{ return [\n{lines}]; }}"
    )
    assert said(made) == [
        "acme.php:27 error options: acme_ConfigOptions returns 25 fields; a product has only 24 configoption columns"
    ]


def test_functions_that_cannot_be_called(tmp_path: Path) -> None:
    code = PHP + (
        "function acme_SuspendAccount($params, $why) { return 'success'; }\n"
        "function acme_UnsuspendAccount() { return 'success'; }\n"
        "function acme_Renew(array $params, ...$rest) { return 'success'; }\n"
        "function acme_MetaData($params) { return []; }\n"
    )
    assert said(folder(tmp_path, acme_php=code)) == [
        "acme.php:4 error call: acme_SuspendAccount wants 2 arguments, but the host passes params alone",
        "acme.php:5 warning call: acme_UnsuspendAccount takes no argument, so it cannot know which service it is called for; "
        "write acme_UnsuspendAccount(array $params)",
        "acme.php:7 error call: acme_MetaData wants an argument, but the host passes nothing",
    ]


def test_hooks(tmp_path: Path) -> None:
    hooks = """<?php
add_hook('ClientAreaPrimaryNavbar', 1, function ($menu) { add_hook("InvoicePaidd", 1, 'x'); });
add_hook($name, 1, 'x');
add_hook('Invoice' . 'Paid', 1, 'x');
$obj->add_hook('Nothing');
add_hook("DailyCronJob", fn($v) => [1, 2]);
"""
    assert said(folder(tmp_path, acme_php=PHP, hooks_php=hooks)) == [
        "hooks.php:2 warning hook: InvoicePaidd is not a known hook point; did you mean InvoicePaid?",
        "hooks.php:6 error hook: add_hook wants a point, a priority and a function; it is given 2 of them",
    ]


def test_included_files_belong_to_the_main_one(tmp_path: Path) -> None:
    made = folder(
        tmp_path,
        acme_php="<?php defined('WHMCS') || die(); require_once __DIR__ . '/lib/functions.php';",
        lib__functions_php="<?php\nfunction acme_ConfigOptions() { return []; }\nfunction acme_CreateAcount($p) {}\n",
    )
    assert said(made) == [
        "lib/functions.php:3 error function: acme_CreateAcount is not called by the host; did you mean acme_CreateAccount?"
    ]


def test_what_keeps_a_file_from_working(tmp_path: Path) -> None:
    assert said(folder(tmp_path, acme_php="function acme_ConfigOptions() {}")) == [
        "acme.php:1 error syntax: the file has no <?php, so PHP would print it as text"
    ]
    assert said(folder(tmp_path, acme_php="<?php //0046b ionCube Loader required\nxxxx")) == [
        "acme.php:1 warning encoded: the file is encoded, so what it defines cannot be read"
    ]
    assert said(
        folder(tmp_path, acme_php="<?php\nnamespace Acme\\Host;\nfunction acme_ConfigOptions() { return []; }")
    ) == [
        "acme.php:1 error namespace: its functions are in the namespace Acme\\Host, where the host does not look for them",
        "acme.php:1 warning guard: the file can be opened by its address; begin it with: "
        'if (!defined("WHMCS")) die("No direct access");',
    ]
