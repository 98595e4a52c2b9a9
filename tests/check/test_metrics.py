"""A MetricProvider held against the contract, without running it."""

from pathlib import Path

import pytest

from tests.check.folders import SERVER, folder, said

START = SERVER + "from modulehost import sdk\n"
RIGHT = """
class Provider(sdk.ProviderInterface):
    def metrics(self): return []
    def usage(self): return {}
    def tenantUsage(self, tenant): return []
def acme_MetricProvider(params): return Provider()
"""
EXPECTED = "expected an object of a class derived from sdk.ProviderInterface"


def check(tmp_path: Path, code: str) -> list[str]:
    return said(folder(tmp_path, acme_py=START + code))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("(sdk.ProviderInterface)", "(Base)"),  # Base comes from somewhere
        ("    def usage(self): return {}", "    usage = helper"),
        ("    def usage(self): return {}", "    def __init__(self): self.usage = dict"),
        ("    def usage(self): return {}", "    if True:\n        def usage(self): return {}"),
        ("def usage(self)", "def usage(self, *rest)"),
        ("return Provider()", "return make(params)"),
        ("return Provider()", "raise RuntimeError('not licensed')"),
        ("class Provider(sdk.ProviderInterface)", "@decorated\nclass Provider"),
        ("    def usage(self): return {}\n    def tenantUsage(self, tenant): return []\n",
         "    def tenantUsage(self, tenant): return []\nProvider.usage = lambda self: {}\n"),
    ],
)  # fmt: skip
def test_what_is_right_or_not_told_is_no_finding(tmp_path: Path, old: str, new: str) -> None:
    code = RIGHT.replace(old, new) if old else RIGHT
    assert check(tmp_path, code) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("    def usage(self): return {}\n", "", "6 error provider: the class Provider has no usage(); the host calls it"),
        ("    def usage(self): return {}\n    def tenantUsage(self, tenant): return []\n", "",
         "6 error provider: the class Provider has no usage() and no tenantUsage(); the host calls it"),
        ("(sdk.ProviderInterface)", "", f"6 error return: the class Provider does not derive from sdk.ProviderInterface; {EXPECTED}"),
        ("(self, tenant)", "(self)",
         "9 error call: Provider.tenantUsage is called with one argument: write def tenantUsage(self, tenant)"),
        ("return Provider()", "return Provider",
         "10 error return: acme_MetricProvider returns the class Provider itself; write Provider(...)"),
        ("return Provider()", "return ['disk']", f"10 error return: acme_MetricProvider returns ['disk']; {EXPECTED}"),
        ("return Provider()", "Provider()", f"10 error return: acme_MetricProvider returns nothing; {EXPECTED}"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert check(tmp_path, RIGHT.replace(old, new)) == [f"acme.py:{finding}"]


def test_a_class_may_have_its_methods_from_another_of_the_file(tmp_path: Path) -> None:
    code = RIGHT.replace("Provider()", "Larger()") + "class Larger(Provider):\n    def usage(self, extra): return {}\n"
    assert check(tmp_path, code) == ["acme.py:12 error call: Larger.usage is called with no argument: write def usage(self)"]
