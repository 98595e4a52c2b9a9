"""User name and password of a service before its first CreateAccount."""

import re

from tests.contract.bench import Bench

CODE = """
def acme_CreateAccount(params):
    heard("CreateAccount", {k: params[k] for k in ("username", "password")})
    return "success"
"""


def created(bench: Bench, service: int) -> tuple[str, str]:
    """What the module was given."""
    assert bench.api("ModuleCreate", serviceid=service)["result"] == "success"
    given = bench.heard()[-1].params
    assert (bench.row(service).username, bench.password(service)) == (given["username"], given["password"])
    return given["username"], given["password"]


def test_the_name_is_made_of_the_domain(bench: Bench) -> None:
    bench.module(CODE)
    product = bench.product()
    names = {"menon-foods.example": "menonfoo", "ab.example": "ab", "Shop24.example": "shop24", "24shop.example": "shop", "": None}
    for domain, expected in names.items():
        service = bench.service(product=product, domain=domain)
        username, password = created(bench, service)
        assert username == (expected or f"user{service}")
        assert len(password) == 10
        assert all(re.search(pattern, password) for pattern in ("[a-z]", "[A-Z]", "[0-9]"))


def test_names_are_unique(bench: Bench) -> None:
    bench.module(CODE)
    product = bench.product()
    names = [created(bench, bench.service(product=product))[0] for _ in range(3)]
    assert names[0] == "menonfoo"
    assert len(set(names)) == 3
    assert all(name.startswith("menonfo") and len(name) == 8 for name in names)


def test_what_is_there_stays(bench: Bench) -> None:
    bench.module(CODE)
    product = bench.product()
    assert created(bench, bench.service(product=product, username="mine", password="Mine-pass-1")) == ("mine", "Mine-pass-1")
    username, password = created(bench, bench.service(product=product, username="kept"))
    assert (username, len(password)) == ("kept", 10)
    assert created(bench, bench.service(product=product, password="Mine-pass-2")) == ("menonfoo", "Mine-pass-2")
    # A second Create uses what the first one made.
    service = bench.service(product=product, domain="again.example")
    assert created(bench, service) == created(bench, service)


def test_a_hook_may_name_the_user(bench: Bench) -> None:
    bench.module(CODE)
    bench.hooks(
        "def name(v):\n    note('hook', sorted(v))\n    return 'svc' + str(v['params']['serviceid'])\n"
        "add_hook('OverrideModuleUsernameGeneration', 1, name)\n"
    )
    service = bench.service()
    assert created(bench, service)[0] == f"svc{service}"
    assert bench.noted() == [("hook", ["params"])]
    # It is asked only when a name is needed.
    created(bench, service)
    assert created(bench, bench.service(product=1, username="kept"))[0] == "kept"
    assert len(bench.noted()) == 1


def test_a_hook_that_names_nothing_leaves_the_name_to_the_host(bench: Bench) -> None:
    bench.module(CODE)
    bench.hooks("add_hook('OverrideModuleUsernameGeneration', 1, lambda v: '')\n")
    assert created(bench, bench.service())[0] == "menonfoo"


def test_only_create_makes_them(bench: Bench) -> None:
    bench.module("def acme_SuspendAccount(params): return 'success'")
    service = bench.service("Active")
    bench.api("ModuleSuspend", serviceid=service)
    assert (bench.row(service).username, bench.password(service)) == ("", "")
