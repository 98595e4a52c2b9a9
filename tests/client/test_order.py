"""From an empty cart to a paid invoice, as a visitor does it."""

from datetime import datetime
from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import hooks, settings
from modulehost.context import Ctx
from modulehost.schema import Client, Email, Invoice, Order, Product, Service, Tax, Transaction, User
from tests.client.shop import Shop, nonce, post, sign_in, words

NEW = {
    "firstname": "Noor", "lastname": "Haddad", "email": "noor@example.net", "phonenumber": "+1 202 555 0170",
    "address1": "5 Quay Road", "city": "Boston", "state": "Massachusetts", "postcode": "02110", "country": "US",
    "password": "Noor-pass-1", "password2": "Noor-pass-1",
}  # fmt: skip


def choose_mail(web: FlaskClient, shop: Shop, **changes: str) -> None:
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    form = {
        "configure": "true", "i": "0", "billingcycle": "monthly", f"configoption[{shop.mailboxes}]": "5",
        f"configoption[{shop.backup}]": "1", f"customfield[{shop.note}]": "Noor", **changes,
    }  # fmt: skip
    page = web.get("/cart.php?a=confproduct&i=0")
    assert page.status_code == 200
    large = page.text.split("<span>Large</span>")[0].rsplit('value="', 1)[1].split('"')[0]
    form.setdefault(f"configoption[{shop.plan}]", large)
    answer = post(web, "/cart.php?a=confproduct&i=0", form)
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/cart.php?a=view"), words(answer)


def test_a_new_visitor_orders_registers_and_pays(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    page = web.get("/cart.php")
    assert "Team Mail" in words(page)
    assert "Site Hosting" in words(page)
    choose_mail(web, shop)
    cart = web.get("/cart.php?a=view")
    # 2.00 + 5 x 1.50 + 4.00 + 3.00 = 16.50 a month, and 1.00 once
    assert "$16.50 USD" in words(cart)
    assert "Due today $17.50 USD" in words(cart)
    checkout = web.get("/cart.php?a=checkout")
    data = {
        "checkout": "true",
        "custtype": "new",
        "paymentmethod": "testpay",
        "notes": "Please hurry",
        "nonce": nonce(checkout),
        **NEW,
    }
    placed = post(web, "/cart.php?a=checkout", data)
    assert placed.headers["Location"] == "/cart.php?a=complete", words(placed)
    with ctx.unit(read=True) as db:
        client = db.scalars(select(Client).where(Client.email == NEW["email"])).one()
        order = db.scalars(select(Order)).one()
        service = db.scalars(select(Service)).one()
        invoice = db.scalars(select(Invoice)).one()
        assert db.scalars(select(User).where(User.email == NEW["email"])).one()
    assert (order.userid, order.notes, order.paymentmethod) == (client.id, "Please hurry", "testpay")
    assert (service.amount, service.firstpaymentamount, service.billingcycle) == (
        Decimal("16.50"),
        Decimal("17.50"),
        "Monthly",
    )
    assert (invoice.total, invoice.status) == (Decimal("17.50"), "Unpaid")
    done = web.get("/cart.php?a=complete")
    assert str(order.ordernum) in words(done)
    assert f"/viewinvoice.php?id={invoice.id}" in done.text
    assert "Team Mail Plan: Large Mailboxes: 5 × Mailbox Backup: Yes $16.50 USD Monthly $17.50 USD Due today $17.50 USD" in words(done), words(done)
    bill = web.get(f"/viewinvoice.php?id={invoice.id}")
    assert "$17.50 USD" in words(bill)
    assert "Noor Haddad" in words(bill)
    paid = post(web, f"/viewinvoice.php?id={invoice.id}", {"pay": "testpay"}, follow_redirects=True)
    assert "Your payment was received" in words(paid)
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, invoice.id).status == "Paid"
        assert db.scalars(select(Transaction)).one().amountin == Decimal("17.50")
    assert "Your cart is empty" in words(web.get("/cart.php?a=view"))


def test_the_same_form_sent_twice_is_one_order(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    choose_mail(client, shop)
    data = {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(client.get("/cart.php?a=checkout"))}
    with client.session_transaction() as session:
        key = session["cart"]
    post(client, "/cart.php?a=checkout", data)
    # The second click comes with the cart as the first one saw it.
    choose_mail(client, shop)
    with client.session_transaction() as session:
        assert session["cart"] != key
    post(client, "/cart.php?a=checkout", data)
    with ctx.unit(read=True) as db:
        assert len(db.scalars(select(Order)).all()) == 1


def test_an_existing_client_signs_in_at_the_checkout(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    choose_mail(web, shop)
    wrong = {
        "checkout": "true",
        "custtype": "existing",
        "loginemail": "asha@example.com",
        "loginpassword": "no",
        "paymentmethod": "mailin",
    }
    answer = post(web, "/cart.php?a=checkout", wrong)
    assert answer.status_code == 400
    assert "These sign-in details are not right" in words(answer)
    answer = post(web, "/cart.php?a=checkout", {**wrong, "loginpassword": "Client-pass-1"})
    assert answer.headers["Location"] == "/cart.php?a=complete"
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Order)).one().userid == 1


def test_checkout_says_what_is_missing(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    choose_mail(web, shop)
    answer = post(
        web, "/cart.php?a=checkout", {"checkout": "true", "custtype": "new", "paymentmethod": "mailin", "password": "x"}
    )
    assert "The two passwords are not the same" in words(answer)
    answer = post(
        web,
        "/cart.php?a=checkout",
        {**NEW, "checkout": "true", "custtype": "new", "paymentmethod": "mailin", "city": ""},
    )
    assert "Enter your city." in words(answer)
    assert 'value="Noor"' in answer.text  # what was typed stays
    answer = post(
        web, "/cart.php?a=checkout", {**NEW, "checkout": "true", "custtype": "new", "paymentmethod": "nonsense"}
    )
    assert "Choose a payment method" in words(answer)
    with ctx.unit(read=True) as db:
        assert not db.scalars(select(Order)).all()
        assert len(db.scalars(select(Client)).all()) == 1


def test_a_product_with_a_domain_asks_for_it_first(web: FlaskClient, shop: Shop) -> None:
    page = web.get(f"/cart.php?a=add&pid={shop.hosting}")
    assert "Which domain do you want to use?" in words(page)
    answer = post(
        web, "/cart.php", {"a": "add", "pid": str(shop.hosting), "domainselect": "1", "domain": "not a domain"}
    )
    assert answer.headers["Location"] == "/cart.php?a=confproduct&i=0"
    answer = post(web, "/cart.php?a=confproduct&i=0", {"configure": "true", "billingcycle": "annually"})
    assert answer.status_code == 400
    assert "is not a domain name" in words(answer)
    answer = post(
        web, "/cart.php?a=confproduct&i=0", {"configure": "true", "billingcycle": "annually", "domain": "Example.COM"}
    )
    assert answer.headers["Location"] == "/cart.php?a=view"
    assert "$40.00 USD" in words(web.get("/cart.php?a=view"))


def test_friendly_addresses_lead_to_group_and_product(web: FlaskClient, shop: Shop) -> None:
    page = web.get("/cart.php")
    assert "/store/mail-hosting/team-mail" in page.text
    assert "Team Mail" in words(web.get("/store/mail-hosting"))
    assert web.get("/store/mail-hosting/team-mail").headers["Location"] == f"/cart.php?a=add&pid={shop.mail}"
    assert web.get("/store/nothing").status_code == 404
    assert web.get("/cart.php?a=add&pid=999").status_code == 404


def test_lines_are_changed_and_removed(web: FlaskClient, shop: Shop) -> None:
    choose_mail(web, shop)
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    page = web.get("/cart.php?a=view")
    # The second one lacks its required field: it cannot be ordered, and the page says why.
    assert "Contact person is required" in words(page)
    assert web.get("/cart.php?a=checkout").headers["Location"] == "/cart.php?a=view"
    post(web, "/cart.php", {"a": "remove", "r": "p", "i": "1"})
    assert "Contact person is required" not in words(web.get("/cart.php?a=view"))
    post(web, "/cart.php", {"a": "empty"})
    assert "Your cart is empty" in words(web.get("/cart.php?a=view"))
    sign_in(web)
    assert "Your cart is empty" in words(web.get("/cart.php?a=view"))


def test_settings_of_the_checkout(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    """Without notes, straight to the invoice, and no mail about the invoice."""
    with ctx.unit() as db:
        for name, value in {"ShowNotesFieldonCheckout": "", "AutoRedirectoInvoice": "on", "NoInvoiceEmailOnOrder": "on"}.items():
            settings.put(db, name, value)
    choose_mail(client, shop)
    page = client.get("/cart.php?a=checkout")
    assert 'name="notes"' not in page.text
    data = {"checkout": "true", "paymentmethod": "testpay", "notes": "Unasked", "nonce": nonce(page)}
    placed = post(client, "/cart.php?a=checkout", data)
    with ctx.unit(read=True) as db:
        order = db.scalars(select(Order)).one()
        subjects = set(db.scalars(select(Email.subject)))
    assert placed.headers["Location"] == f"/viewinvoice.php?id={order.invoiceid}"
    assert order.notes == ""
    assert "Order Confirmation" in subjects and not [one for one in subjects if "Invoice" in one]


def test_confirmation_and_mail_list_every_line(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    hooks.add(ctx.host, "CartTotalAdjustment", 1, lambda given: {"description": "Paper file", "amount": "2.25", "taxed": False})
    with ctx.unit() as db:
        settings.put(db, "TaxEnabled", "on")
        db.add(Tax(level=1, name="VAT", state="", country="", taxrate=Decimal("10.00")))
        db.get_one(Product, shop.mail).tax = 1
    choose_mail(client, shop)
    checkout = client.get("/cart.php?a=checkout")
    post(client, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(checkout)})
    # 17.50 and a tenth of it, and 2.25 without tax
    assert "$17.50 USD Paper file $2.25 USD Tax $1.75 USD Due today $21.50 USD" in (shown := words(client.get("/cart.php?a=complete"))), shown
    with ctx.unit(read=True) as db:
        mail = db.scalars(select(Email.message).where(Email.subject == "Order Confirmation")).one()
    for text in ("Team Mail", "Mailboxes: 5 x Mailbox", "First payment: $17.50 USD", "Paper file: $2.25 USD", "Tax: $1.75 USD",
                 "Total due today: $21.50 USD"):  # fmt: skip
        assert text in mail


def test_a_prorated_first_period_is_told_in_the_cart(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    ctx.host.clock.freeze()
    ctx.host.clock.set(datetime(2027, 1, 31, 12))
    with ctx.unit() as db:
        row = db.get_one(Product, shop.mail)
        row.proratabilling, row.proratadate = 1, 15
    choose_mail(web, shop)
    text = words(web.get("/cart.php?a=view"))
    assert "$7.98 USD Monthly Prorated to 15/02/2027" in text  # 15 of 31 days of 16.50
    assert "Due today $8.98 USD" in text and "Monthly $16.50 USD" in text
