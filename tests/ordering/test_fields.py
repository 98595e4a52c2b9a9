"""Custom fields: what an order form may send, and what is stored."""

import pytest

from modulehost.context import Ctx, Host
from modulehost.ordering import fields
from modulehost.ordering.fields import FieldErrors
from modulehost.schema import Service
from tests.billing.shop import add_field, add_product


@pytest.mark.parametrize(
    ("kind", "settings", "text", "stored"),
    [
        ("text", {}, "  some text ", "some text"),
        ("textarea", {}, "two\nlines", "two\nlines"),
        ("password", {}, "s3cret", "s3cret"),
        ("tickbox", {}, "yes", "on"),
        ("tickbox", {}, "0", ""),
        ("tickbox", {"required": "on"}, "1", "on"),
        ("link", {}, "https://example.com/a", "https://example.com/a"),
        ("dropdown", {"fieldoptions": "Red, Blue,Green"}, "Blue", "Blue"),
        ("dropdown", {"fieldoptions": "b|Blue shade,r|Red shade"}, "b", "b|Blue shade"),
        ("text", {"regexpr": "/^[a-z]{3}$/i"}, "AbC", "AbC"),
        ("text", {"regexpr": "^[0-9]+$"}, "", ""),
        ("text", {"regexpr": "#^/home/#"}, "/home/ada", "/home/ada"),
    ],
)
def test_what_is_taken(ctx: Ctx, kind: str, settings: dict[str, str], text: str, stored: str) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        field = add_field(db, product, "key|Shown", kind, **settings)
        assert fields.read(db, product, {field.id: text}) == {field.id: stored}


@pytest.mark.parametrize(
    ("kind", "settings", "text", "error"),
    [
        ("text", {"required": "on"}, "  ", "Shown is required"),
        ("tickbox", {"required": "on"}, "", "Shown must be ticked"),
        ("dropdown", {"fieldoptions": "Red,Blue"}, "Green", "Shown must be one of Red, Blue"),
        ("link", {}, "javascript:alert(1)", "Shown must be an address that begins with http:// or https://"),
        ("text", {"regexpr": "/^[a-z]+$/"}, "ABC", "Shown does not have the expected form"),
        ("text", {}, "x" * 16_001, "Shown has 16001 characters; at most 16000 fit"),
    ],
)
def test_what_is_refused(ctx: Ctx, kind: str, settings: dict[str, str], text: str, error: str) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        field = add_field(db, product, "key|Shown", kind, **settings)
        with pytest.raises(FieldErrors) as caught:
            fields.read(db, product, {field.id: text})
        assert caught.value.errors == [error]


def test_a_broken_pattern_names_the_field_and_the_place_to_correct_it(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        field = add_field(db, product, "Name", regexpr="/[/")
        with pytest.raises(
            FieldErrors, match=r"Name cannot be checked: its validation '/\[/' .* under the product's Custom Fields"
        ):
            fields.read(db, product, {field.id: "x"})


def test_an_order_form_reaches_its_own_fields_only(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product, other = add_product(db), add_product(db, "Other")
        shown = add_field(db, product, "Shown", required="on")
        later = add_field(db, product, "Later", showorder="", required="on")
        admin = add_field(db, product, "Admin", adminonly="on")
        foreign = add_field(db, other, "Foreign")
        assert fields.read(db, product, {shown.id: "x"}) == {shown.id: "x"}
        for hidden in (later, admin, foreign):
            with pytest.raises(FieldErrors, match=f"Custom field {hidden.id} does not belong to Mail"):
                fields.read(db, product, {shown.id: "x", hidden.id: "y"})
        assert fields.read(db, product, {admin.id: "y"}, trusted=True) == {admin.id: "y"}
        with pytest.raises(FieldErrors):
            fields.read(db, product, {foreign.id: "y"}, trusted=True)


def test_values_belong_to_the_service(any_host: Host) -> None:
    with Ctx(any_host).unit() as db:
        product = add_product(db)
        first, second = add_field(db, product, "a|First", sortorder=2), add_field(db, product, "b|Second", sortorder=1)
        service, other = Service(packageid=product.id), Service(packageid=product.id)
        db.add_all([service, other])
        db.flush()
        fields.store(db, service.id, {first.id: "one"})
        fields.store(db, service.id, {first.id: "eins", second.id: "zwei"})
        assert [(field.name, value) for field, value in fields.of_service(db, service)] == [
            ("b", "zwei"),
            ("a", "eins"),
        ]
        assert [value for _field, value in fields.of_service(db, other)] == ["", ""]
