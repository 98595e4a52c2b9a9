"""An invoice as PDF: what it says, in which letters, and what is done without a font."""

from datetime import date
from decimal import Decimal

import pytest
from fpdf import FPDF  # noqa: F401 - the library is there

from modulehost.billing import fonts, invoices, payments, pdf
from modulehost.billing.invoices import Item
from modulehost.context import Ctx
from modulehost.mail import deliver
from modulehost.schema import Client, Email, Invoice
from modulehost.settings import put

from .shop import add_client


def bill(ctx: Ctx, description: str = "Mail\n10 x Mailbox", **values: object) -> int:
    with ctx.unit() as db:
        client = add_client(db, 2, companyname="Stone & Sons", address1="1 Road", city="Town", **values)
        items = [Item(description, Decimal("1234.50"), taxed=True), Item("Help", Decimal("5.50"))]
        return invoices.create(db, client, items, duedate=date(2027, 2, 14), paymentmethod="mailin", taxrate=Decimal("19.000"), notes="Thanks").id


def printed(ctx: Ctx, invoice_id: int) -> pdf.Printed:
    with ctx.unit(read=True) as db:
        return pdf.collect(db, db.get_one(Invoice, invoice_id))


def test_what_is_printed(ctx: Ctx) -> None:
    one = bill(ctx)
    payments.pay(ctx, one, "T-1", "mailin", Decimal("400.00"))
    said = printed(ctx, one)
    # 19% of 1234.50 is 234.56 (234.555 half up)
    assert said.sums == [("Subtotal", "1.240,00 €"), ("Tax 19%", "234,56 €"), ("Total", "1.474,56 €")]
    assert said.items == [("Mail\n10 x Mailbox *", "1.234,50 €"), ("Help", "5,50 €")]
    assert said.payments == [("31/01/2027", "Mail In Payment", "T-1", "400,00 €")]
    assert (said.balance, said.heading, said.status) == ("1.074,56 €", f"Invoice #{one}", "Unpaid")
    assert said.client == ["Stone & Sons", "Ada Stone", "1 Road", "Town", "Germany"]
    name, content = pdf.of_invoice(ctx, one) or ("", b"")
    assert name == f"Invoice-{one}.pdf" and content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert pdf.of_invoice(ctx, 99) is None
    assert pdf.of_invoice(ctx, one) == (name, content)  # the same rows make the same file


@pytest.mark.parametrize(
    ("text", "language", "needed", "title"),
    [("ascii only", "english", {"sans"}, "Description"), ("चालान क्षमा ₹", "hindi", {"sans", "deva"}, ""), ("請求書 ￥", "japanese", {"sans", "cjk"}, "")],
)
def test_letters(ctx: Ctx, text: str, language: str, needed: set[str], title: str) -> None:
    said = printed(ctx, bill(ctx, text, language=language))
    assert title in said.titles["invoicesdescription"]
    wanted = fonts.find(ctx.host.root).wanted(said.text)
    assert set(wanted) == needed
    page = pdf._Paper(ctx.host, said)
    page.head()
    page.items()
    page.payments()
    page.foot()
    assert not page.missing
    assert {f"{name}" for name in page.fonts} == needed and len(page.pdf.output()) > 5000


def test_signs_that_no_font_has_are_marked(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    said = printed(ctx, bill(ctx, "Party \U0001f389"))
    page = pdf._Paper(ctx.host, said)
    page.items()
    assert page.missing
    monkeypatch.setattr(fonts, "_PACKED", {})  # as on a host without any font
    bare = pdf._Paper(ctx.host, printed(ctx, bill(ctx, "चालान")))
    bare.head()
    bare.items()
    bare.foot()
    assert bare.missing and bare.font("5 €", 9) == "5 EUR "
    assert bytes(bare.pdf.output()).startswith(b"%PDF-")


def test_long_invoices_have_pages(ctx: Ctx) -> None:
    one = bill(ctx)
    with ctx.unit() as db:
        invoices.add_items(db, db.get_one(Invoice, one), [Item(f"Line {n} " + "word " * 40, Decimal("1.00")) for n in range(60)])
    page = pdf._Paper(ctx.host, printed(ctx, one))
    page.items()
    assert page.pdf.pages_count > 3


def test_mails_carry_it_if_the_setting_says_so(ctx: Ctx) -> None:
    with ctx.unit() as db:
        put(db, "EnablePDFInvoices", "on")
    one = bill(ctx)
    payments.pay(ctx, one, "T-1", "mailin")
    deliver(ctx)
    with ctx.unit(read=True) as db:
        assert [row.attachments for row in db.query(Email)] == [f'["Invoice-{one}.pdf"]']
        assert db.get_one(Client, 1).credit == 0
