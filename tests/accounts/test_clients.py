"""Adding, changing and showing clients. Texts and keys are those of the public API reference."""

from typing import Any

import pytest
from sqlalchemy import select

from modulehost import hooks
from modulehost.accounts import Invalid, clients, countries, customfields, users
from modulehost.context import Ctx, Host
from modulehost.schema import ActivityLog, Client, CustomField, Email, Event, User, table
from tests.accounts.hosts import CLIENT, NOON

REQUIRED = [
    ("firstname", "You did not enter your first name"),
    ("lastname", "You did not enter your last name"),
    ("email", "You did not enter your email address"),
    ("address1", "You did not enter your address line 1"),
    ("city", "You did not enter your city"),
    ("state", "You did not enter your state"),
    ("postcode", "You did not enter your postcode"),
    ("country", "Valid country required"),
    ("phonenumber", "You did not enter your phone number"),
]


def add(ctx: Ctx, **changes: Any) -> Client:
    return clients.add(ctx, {**CLIENT, **changes})


def refused(ctx: Ctx, **changes: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        add(ctx, **changes)
    return caught.value.errors


def test_details_have_the_documented_keys_and_values(ctx: Ctx) -> None:
    client = add(ctx)
    with ctx.unit(read=True) as db:
        shown = clients.details(db, client)
    assert shown["client_id"] == shown["userid"] == shown["id"] == client.id
    assert shown["owner_user_id"] > 0
    assert (shown["fullname"], shown["email"]) == ("Angelica Mohr", "angelica@example.com")
    assert (shown["state"], shown["fullstate"], shown["statecode"]) == ("California", "California", "CA")
    assert (shown["country"], shown["countrycode"], shown["countryname"]) == ("US", "US", "United States")
    assert (shown["phonenumber"], shown["phonecc"], shown["phonenumberformatted"]) == (
        "(555) 010-9999",
        "1",
        "+1.5550109999",
    )
    assert (shown["currency_code"], shown["credit"], shown["status"]) == ("USD", "0.00", "Active")
    assert shown["email_preferences"] == dict.fromkeys(
        ("general", "invoice", "support", "product", "domain", "affiliate"), "1"
    )
    assert shown["lastlogin"] == "No Login Logged"
    assert shown["users"]["user"] == [
        {"id": shown["owner_user_id"], "name": "Angelica Mohr", "email": "angelica@example.com", "is_owner": True}
    ]
    assert client.datecreated == NOON.date()


@pytest.mark.parametrize(("field", "text"), REQUIRED)
def test_each_required_field_has_its_own_text(ctx: Ctx, field: str, text: str) -> None:
    assert refused(ctx, **{field: " "}) == [text]


def test_a_refused_client_leaves_nothing_behind(ctx: Ctx) -> None:
    refused(ctx, firstname="")
    with ctx.unit(read=True) as db:
        for kind in (Client, User, Email, Event, ActivityLog):
            assert db.scalars(select(kind)).all() == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"email": "angelica"}, "The email address you entered was not valid"),
        ({"email": "a b@example.com"}, "The email address you entered was not valid"),
        ({"country": "ZZ"}, "Valid country required"),
        ({"phonenumber": "call me"}, "Invalid telephone phone number"),
        ({"owner_user_id": 77}, "Invalid Owner User ID"),
        ({"password2": ""}, "You did not enter a password"),
    ],
)
def test_wrong_values_have_their_own_text(ctx: Ctx, change: dict[str, Any], text: str) -> None:
    assert refused(ctx, **change) == [text]


def test_a_user_address_is_taken_once_in_any_case(ctx: Ctx) -> None:
    add(ctx)
    assert refused(ctx, email="ANGELICA@example.com") == ["A user already exists with that email address"]


def test_banned_mail_domains_are_not_available(ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.execute(table("tblbannedemails").insert().values(domain="example.com"))
    assert refused(ctx) == ["The email address entered is not available for use."]


def test_an_existing_user_may_own_a_second_client(ctx: Ctx) -> None:
    first = add(ctx)
    with ctx.unit(read=True) as db:
        owner = users.owner_of(db, first.id)
    assert owner is not None
    second = add(ctx, owner_user_id=str(owner.id), email="second@example.com", password2="")
    with ctx.unit(read=True) as db:
        assert [one.id for one in users.clients_of(db, owner)] == [first.id, second.id]
        assert len(db.scalars(select(User)).all()) == 1


def test_skipvalidation_still_wants_address_and_password(ctx: Ctx) -> None:
    assert refused(ctx, skipvalidation="true", email="", password2="", city="") == [
        "You did not enter your email address",
        "You did not enter a password",
    ]
    assert add(ctx, skipvalidation="true", city="", phonenumber="", country="").country == "US"


def test_required_custom_fields_are_asked_for_and_stored(ctx: Ctx) -> None:
    with ctx.unit() as db:
        field = CustomField(
            type="client", fieldname="vat|VAT Number", fieldtype="text", required="on", regexpr="/^[A-Z]{2}\\d+$/"
        )
        db.add(field)
    assert refused(ctx) == ["You did not provide required custom field value for VAT Number"]
    assert refused(ctx, customfields={str(field.id): "12"}) == ["The value of VAT Number is not valid"]
    client = add(ctx, customfields={"vat": "DE1234"})
    with ctx.unit(read=True) as db:
        shown = clients.details(db, client)
        assert customfields.key(field) == "vat"
    assert shown["customfields"] == [{"id": field.id, "value": "DE1234"}]
    assert shown["customfields1"] == "DE1234"


def test_hooks_get_the_documented_arguments_outside_any_unit(ctx: Ctx, host: Host) -> None:
    seen: dict[str, dict[str, Any]] = {}
    for point in ("PreUserAdd", "UserAdd", "ClientAdd", "ClientEdit", "ClientDetailsValidation"):

        def note(arguments: dict[str, Any], point: str = point) -> None:
            with ctx.unit():
                seen[point] = arguments

        hooks.add(host, point, 1, note)
    client = add(ctx)
    assert {"client_id", "user_id", "userid", "password", "customFields", "marketing_emails_opt_in", "groupid"} <= set(
        seen["ClientAdd"]
    )
    assert (seen["ClientAdd"]["userid"], seen["ClientAdd"]["password"]) == (client.id, "correct horse")
    assert set(seen["UserAdd"]) == {"user_id", "firstname", "lastname", "email", "password", "language"}
    assert seen["UserAdd"]["user_id"] > 0
    clients.edit(ctx, client.id, {"city": "Springfield"})
    edited = seen["ClientEdit"]
    assert (edited["userid"], edited["city"], edited["olddata"]) == (client.id, "Springfield", {"city": "Test"})
    assert edited["email_preferences[invoices]"] is True
    assert set(seen["ClientDetailsValidation"]) == {
        "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
        "phonenumber", "tax_id", "paymentmethod", "customfield", "securityqid", "securityqans",
    }  # fmt: skip


def test_a_validation_hook_refuses_with_a_text_or_a_list(ctx: Ctx, host: Host) -> None:
    hooks.add(host, "ClientDetailsValidation", 1, lambda arguments: "not here")
    hooks.add(host, "ClientDetailsValidation", 2, lambda arguments: ["nor", "there"])
    assert refused(ctx) == ["not here", "nor", "there"]


def test_editing_checks_only_what_is_named(ctx: Ctx) -> None:
    client = add(ctx, skipvalidation="1", city="")
    clients.edit(ctx, client.id, {"firstname": "Ann"})
    with pytest.raises(Invalid, match="You did not enter your last name"):
        clients.edit(ctx, client.id, {"lastname": ""})
    with pytest.raises(Invalid, match="Invalid client status"):
        clients.edit(ctx, client.id, {"status": "Gone"})
    with ctx.unit(read=True) as db:
        found = db.get_one(Client, client.id)
        assert (found.firstname, found.lastname) == ("Ann", "Mohr")


def test_search_matches_beginnings_without_regard_to_case(ctx: Ctx) -> None:
    add(ctx)
    add(ctx, firstname="Bob", lastname="100%", email="bob@example.com", companyname="Acme")
    with ctx.unit(read=True) as db:

        def names(text: str, **more: Any) -> list[str]:
            return [one.firstname for one in clients.search(db, text, **more)[1]]

        assert names("ANGEL") == ["Angelica"]
        assert names("angelica mo") == ["Angelica"]
        assert names("acm") == ["Bob"]
        assert names("ohr") == []
        assert names("%") == []
        assert names("", orderby="firstname", descending=True) == ["Bob", "Angelica"]
        assert clients.search(db, start=1, limit=1)[0] == 2
        assert names("", start=1, limit=1) == ["Bob"]
        assert names("", status="closed") == []


@pytest.mark.parametrize(
    ("country", "stored", "expected"),
    [
        ("GB", "01234567890", ("44", "1234567890")),
        ("GB", "+44.1234567890", ("44", "1234567890")),
        ("US", "+1 555 0100", ("1", "5550100")),
        ("JP", "03-1234-5678", ("81", "312345678")),
        ("", "", ("", "")),
    ],
)
def test_telephone_numbers(country: str, stored: str, expected: tuple[str, str]) -> None:
    assert countries.telephone(country, stored) == expected
