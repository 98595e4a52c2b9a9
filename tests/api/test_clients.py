"""Client actions and single sign-on. Expected keys and texts are the reference's (tests/data/api_examples.json)."""

import pytest
from sqlalchemy import select

from modulehost.accounts import sso
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Email, Service
from tests.api.client import CLIENT, EXAMPLES, Api


def test_add_and_show_a_client(api: Api, ctx: Ctx) -> None:
    client = int(
        api.ok("AddClient", **CLIENT, currency="2", notes="vip", marketingoptin="true", language="German")["clientid"]
    )
    shown = api.ok("GetClientsDetails", clientid=client)["client"]
    assert (shown["currency"], shown["currency_code"], shown["notes"], shown["language"]) == (2, "EUR", "vip", "german")
    assert shown["marketing_emails_opt_in"] is True
    assert shown["users"]["user"][0]["is_owner"] is True
    assert api.ok("GetClientsDetails", email="ANGELICA@EXAMPLE.COM")["client"]["id"] == client
    with ctx.unit(read=True) as db:
        assert len(db.scalars(select(Email)).all()) == 1


def test_stats_of_a_new_client(api: Api) -> None:
    api("AddClient", **CLIENT)
    stats = api.ok("GetClientsDetails", clientid=1, stats="true")["stats"]
    assert list(stats) == list(EXAMPLES["GetClientsDetails"]["keys"]["stats"])
    assert (stats["numdueinvoices"], stats["dueinvoicesbalance"], stats["incredit"]) == (0, "$0.00 USD", False)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"firstname": ""}, "You did not enter your first name"),
        ({"email": "x"}, "The email address you entered was not valid"),
        ({"owner_user_id": "9"}, "Invalid Owner User ID"),
        ({"cardnum": "4111"}, "The parameter 'cardnum' is not modelled by this host; leave it out"),
        ({"customfields": "garbage"}, None),
        ({"currency": "9"}, "There is no currency with the id 9"),
    ],
)
def test_refused_clients(api: Api, change: dict[str, str], text: str | None) -> None:
    message = api.refused("AddClient", **{**CLIENT, **change})
    assert message == text or (text is None and message.startswith("Parameter 'customfields' must be base64"))
    assert api.ok("GetClients")["totalresults"] == 0


def test_duplicate_address(api: Api) -> None:
    api("AddClient", **CLIENT)
    assert api.refused("AddClient", **CLIENT) == "A user already exists with that email address"


def test_details_need_a_client(api: Api) -> None:
    assert api.refused("GetClientsDetails") == "Either clientid Or email Is Required"
    assert api.refused("GetClientsDetails", clientid=1) == "Client Not Found"
    assert api.refused("GetClientsDetails", email="nobody@example.com") == "Client Not Found"


def test_lists_of_clients(api: Api) -> None:
    for name in ("Carl", "Anna", "Bert"):
        api("AddClient", **{**CLIENT, "firstname": name, "email": f"{name}@example.com"})
    page = api.ok("GetClients", limitstart=1, limitnum=1, orderby="firstname")
    assert (page["totalresults"], page["startnumber"], page["numreturned"]) == (3, 1, 1)
    assert [one["firstname"] for one in page["clients"]["client"]] == ["Bert"]
    assert page["clients"]["client"][0]["datecreated"] == "2027-01-31"
    found = api.ok("GetClients", search="an", sorting="DESC")
    assert [one["firstname"] for one in found["clients"]["client"]] == ["Anna"]


def service(ctx: Ctx, **values: object) -> int:
    with ctx.unit() as db:
        row = Service(
            **{"userid": 1, "domain": "example.com", "domainstatus": "Active", "billingcycle": "Monthly", **values}
        )
        db.add(row)
    return row.id


def test_services_of_a_client(api: Api, ctx: Ctx) -> None:
    api("AddClient", **CLIENT)
    first, second = service(ctx, username="anna"), service(ctx, domain="other.example", overideautosuspend=1)
    both = api.ok("GetClientsProducts", clientid=1)
    assert [one["id"] for one in both["products"]["product"]] == [first, second]
    assert (both["clientid"], both["serviceid"], both["pid"], both["domain"]) == (1, None, None, None)
    shown = both["products"]["product"][1]
    assert (shown["overideautosuspend"], shown["overidesuspenduntil"], shown["lastupdate"]) == (
        "on",
        "0000-00-00",
        "0000-00-00 00:00:00",
    )
    assert (shown["firstpaymentamount"], shown["status"]) == ("0.00", "Active")
    for filters in ({"serviceid": first}, {"username2": "ANNA"}, {"domain": "Example.com"}):
        assert [one["id"] for one in api("GetClientsProducts", **filters)["products"]["product"]] == [first]
    assert api.ok("GetClientsProducts", clientid=7)["totalresults"] == 0


def test_single_sign_on(api: Api, host: Host, ctx: Ctx) -> None:
    assert api.refused("CreateSsoToken") == "A valid client_id or user_id is required"
    assert api.refused("CreateSsoToken", client_id=1) == "Invalid client_id"
    assert api.refused("CreateSsoToken", user_id=1) == "Invalid user_id"
    api("AddClient", **CLIENT)
    api("AddClient", **{**CLIENT, "email": "second@example.com"})
    made = api.ok("CreateSsoToken", client_id=1, destination="clientarea:invoices")
    assert made["redirect_url"] == f"http://shop.test/oauth/singlesignon.php?access_token={made['access_token']}"
    used = sso.redeem(ctx, made["access_token"])
    assert used is not None
    assert (used.client_id, used.destination) == (1, "clientarea.php?action=invoices")
    assert api.ok("CreateSsoToken", user_id=2)["access_token"]
    assert api.refused("CreateSsoToken", client_id=1, user_id=2) == "Invalid user_id for client"
    assert api.refused("CreateSsoToken", client_id=1, destination="moon") == "Invalid destination"
    with ctx.unit() as db:
        db.get_one(Client, 1).allow_sso = 0
    assert api.refused("CreateSsoToken", client_id=1) == "SSO authentication blocked for client 1"
