"""The API's lists and figures on each of the three databases."""

from tests.api.client import CLIENT, Api

LINES = {"itemdescription1": "Setup", "itemamount1": "20.00"}


def test_lists_and_figures(any_api: Api) -> None:
    api = any_api
    client = api("AddClient", **CLIENT)["clientid"]
    for duedate in ("2027-01-10", "2027-03-01"):
        api.ok("CreateInvoice", userid=client, date="2027-01-01", duedate=duedate, **LINES)
    api.ok("AddInvoicePayment", invoiceid=1, transid="A", gateway="mailin", date="2027-02-03 10:00:00", fees="0.30")
    shown = api.ok("GetInvoices", orderby="duedate", order="desc")["invoices"]["invoice"]
    assert [(one["id"], one["status"], one["date_refunded"]) for one in shown] == [
        (2, "Unpaid", "0000-00-00 00:00:00"),
        (1, "Paid", "0000-00-00 00:00:00"),
    ]
    stats = api.ok("GetClientsDetails", clientid=client, stats="1")["stats"]
    assert (stats["income"], stats["dueinvoicesbalance"], stats["numoverdueinvoices"]) == (
        "$19.70 USD",
        "$20.00 USD",
        0,
    )
    assert api.ok("GetClients", search="ANGEL", orderby="email", sorting="DESC")["totalresults"] == 1
    assert (
        api.ok("GetActivityLog", date="31/01/2027", description="client", user="ANGELICA@example.com")["totalresults"]
        >= 1
    )
    assert api.ok("GetOrders", status="pending")["totalresults"] == 0
    assert api.ok("GetClientsProducts", username2="x", domain="y")["totalresults"] == 0
    assert api.ok("GetProducts", module="nothing")["totalresults"] == 0
