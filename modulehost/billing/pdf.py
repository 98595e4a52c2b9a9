"""An invoice as PDF.

What is printed is collected as rows (`collect`) and drawn after the unit (`draw`). Each text is set in a font that has its
script, so that Devanagari is shaped and Japanese is drawn; a sign that no font has is drawn as a box, and a line at the foot says so.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.accounts import customfields
from modulehost.accounts.countries import country_name
from modulehost.billing import fonts, invoices, numbering, tax
from modulehost.billing.dates import date_text
from modulehost.context import Ctx, Host
from modulehost.language import phrase
from modulehost.money import currency_of, formatted
from modulehost.schema import Client, Invoice, Transaction

if TYPE_CHECKING:
    pass

_LEFT, _RIGHT, _WIDTH = 15.0, 195.0, 180.0
_GREY, _INK, _LINE = (110, 120, 130), (25, 35, 45), (205, 212, 220)
_COLOURS = {"Paid": (20, 113, 59), "Unpaid": (176, 42, 42), "Overdue": (176, 42, 42)}


@dataclass(frozen=True)
class Printed:
    """What stands on the paper, in the client's language and currency."""

    number: str
    filename: str
    company: list[str]
    client: list[str]
    heading: str
    status: str
    status_text: str
    facts: list[tuple[str, str]]
    titles: dict[str, str]
    items: list[tuple[str, str]]
    sums: list[tuple[str, str]]
    payments: list[tuple[str, str, str, str]]
    balance: str
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every sign that is printed."""
        rows: list[Any] = [*self.facts, *self.items, *self.sums, *self.payments]
        lines = [*self.company, *self.client, *self.notes, *self.titles.values(), self.heading, self.status_text, self.balance]
        return "\n".join([*lines, *(cell for row in rows for cell in row)])


def of_invoice(ctx: Ctx, invoice_id: int) -> tuple[str, bytes] | None:
    """File name and PDF of an invoice; None when there is none."""
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, invoice_id)
        printed = collect(db, invoice) if invoice is not None else None
    return (printed.filename, draw(ctx.host, printed)) if printed is not None else None


def collect(db: Session, invoice: Invoice) -> Printed:
    """What is printed of an invoice."""
    client = db.get(Client, invoice.userid)
    currency = currency_of(db, client)
    language = (client.language if client else "") or settings.get(db, "Language") or "english"

    def say(key: str) -> str:
        return phrase(language, key)

    def money(amount: Any) -> str:
        return formatted(amount, currency)

    overdue = invoices.is_overdue(db, invoice)
    status = "Overdue" if overdue else invoice.status
    key = "invoicesPaymentPending" if status == "Payment Pending" else f"invoices{status.lower()}"
    names = [one or say("invoicestaxname") for one in (tax.of_client(db, client).names if client else ("", ""))]
    sums = [(say("invoicessubtotal"), money(invoice.subtotal))]
    for name, rate, amount in ((names[0], invoice.taxrate, invoice.tax), (names[1], invoice.taxrate2, invoice.tax2)):
        if amount:
            sums.append((f"{name} {rate.normalize():f}%", money(amount)))
    if invoice.credit:
        sums.append((say("invoicescredit"), money(-invoice.credit)))
    sums.append((say("invoicestotal"), money(invoice.total)))
    facts = [(say("invoicesdatecreated"), date_text(db, invoice.date)), (say("invoicesdatedue"), date_text(db, invoice.duedate))]
    if invoice.datepaid:
        facts.append((say("invoicesdatepaid"), date_text(db, invoice.datepaid.date())))
    facts.append((say("paymentmethod"), invoices.method_name(db, invoice.paymentmethod)))
    rows = db.scalars(select(Transaction).where(Transaction.invoiceid == invoice.id).order_by(Transaction.id))
    number = invoices.number(invoice)
    code = settings.get(db, "TaxCode")
    proforma = invoice.status == "Unpaid" and numbering.proforma(db)
    pay_to = (settings.get(db, "InvoicePayTo") or settings.get(db, "CompanyName")).strip().splitlines()
    safe = "".join(one if one.isalnum() or one in "-_" else "-" for one in number)
    return Printed(
        number=number,
        filename=f"Invoice-{safe}.pdf",
        company=[*pay_to, *([code] if code else [])],
        client=_address(db, client) if client else [],
        heading=say("host.proformaTitle" if proforma else "invoicestitle") + number,
        status=status,
        status_text=say(key),
        facts=[(str(name), str(value)) for name, value in facts if value],
        titles={name: say(name) for name in (
            "invoicesinvoicedto", "invoicespayto", "invoicesdescription", "invoicesamount", "billing.ledger.title",
            "billing.ledger.date", "invoicestransgateway", "billing.ledger.reference", "invoicestransamount", "invoicesbalance",
            "invoicesnotes", "invoicestransnonefound",
        )},
        items=[
            (f"{one.description.strip()}{' *' if one.item.taxed else ''}", money(one.amount))
            for one in invoices.shown_items(db, invoice.id)
        ],
        sums=sums,
        payments=[
            (str(date_text(db, one.date.date() if one.date else None)), invoices.method_name(db, one.gateway), one.transid or "-",
             money(one.amountin - one.amountout))
            for one in rows
        ],
        balance=money(invoices.balance(db, invoice)),
        notes=invoice.notes.strip().splitlines(),
    )  # fmt: skip


def _address(db: Session, client: Client) -> list[str]:
    name = f"{client.firstname} {client.lastname}".strip()
    town = " ".join(one for one in (client.city, client.state, client.postcode) if one)
    lines = [client.companyname, name, client.address1, client.address2, town, country_name(client.country), client.tax_id]
    printed = [one for one in customfields.fields(db, "client") if one.showinvoice == "on" and one.fieldtype != "password"]
    held = customfields.values(db, printed, client.id)
    return [one for one in lines if one] + [f"{customfields.label(one)}: {held[one.id]}" for one in printed if held[one.id]]


def draw(host: Host, printed: Printed) -> bytes:
    """The paper."""
    page = _Paper(host, printed)
    page.head()
    page.items()
    page.payments()
    page.foot()
    return bytes(page.pdf.output())


class _Paper:
    """A page under way: it knows which font a text needs, and where the next line begins."""

    def __init__(self, host: Host, printed: Printed) -> None:
        from fpdf import FPDF  # large, and needed for PDF alone

        self.printed, self.missing = printed, False
        self.pdf: FPDF = FPDF(format="A4")
        self.pdf.set_creation_date(host.clock.now())
        self.pdf.set_margins(_LEFT, 15, 15)
        self.pdf.set_auto_page_break(True, 18)
        self.pdf.set_title(printed.heading)
        self.fonts = fonts.find(host.root).wanted(printed.text)
        for name, path in self.fonts.items():
            self.pdf.add_font(name, "", str(path))
        self.shapes = importlib.util.find_spec("uharfbuzz") is not None
        self.covered = {name: set(getattr(self.pdf.fonts[name], "cmap", ())) for name in self.fonts}
        self.pdf.add_page()

    def font(self, text: str, size: float, bold: bool = False, colour: tuple[int, int, int] = _INK) -> str:
        """Choose the font for a text; returns the text as it can be drawn."""
        self.pdf.set_text_color(*colour)
        self.pdf.set_draw_color(*(colour if bold else _LINE))
        if not self.fonts:
            self.pdf.set_font("helvetica", "B" if bold else "", size)
            shown = text.replace("€", "EUR ").replace("₹", "INR ").encode("latin-1", "replace").decode("latin-1")
            self.missing = self.missing or shown != text
            return shown
        names = list(self.fonts)
        # A script that is shaped must be the text's first font: what a fallback draws is drawn sign by sign.
        shaped = fonts.DEVANAGARI.search(text) is not None
        first = "deva" if "deva" in names and shaped else names[0]
        self.pdf.set_text_shaping(self.shapes and shaped)
        # What a fallback font drew leaves that font chosen, which fpdf2 does not notice: let it choose anew.
        self.pdf.font_family = ""
        self.pdf.set_font(first, "", size)
        self.pdf.set_fallback_fonts([name for name in names if name != first])
        # There is no bold file of each: letters are drawn with a thin outline instead.
        self.pdf.text_mode = "FILL_STROKE" if bold else "FILL"
        self.pdf.set_line_width(0.12 if bold else 0.2)
        every = set().union(*self.covered.values())
        shown = "".join(one if one in "\n\t" or ord(one) in every else "□" for one in text)
        self.missing = self.missing or shown != text
        return shown

    def cell(
        self, text: str, width: float, size: float = 9.5, *, align: str = "L", bold: bool = False, colour: tuple[int, int, int] = _INK
    ) -> float:
        """Draw a text of several lines at the present place; returns the height it took."""
        x, y = self.pdf.get_x(), self.pdf.get_y()
        shown = self.font(text, size, bold, colour)
        self.pdf.multi_cell(width, size * 0.5, shown, align=align, new_x="LEFT", new_y="NEXT")
        height = float(self.pdf.get_y() - y)
        self.pdf.set_xy(x + width, y)
        return height

    def height(self, text: str, width: float, size: float = 9.5) -> float:
        """How high a text will be."""
        shown = self.font(text, size)
        return float(str(self.pdf.multi_cell(width, size * 0.5, shown, dry_run=True, output="HEIGHT")))

    def row(
        self, cells: list[tuple[str, float, str]], *, size: float = 9.5, bold: bool = False, grey: bool = False, gap: float = 1.6
    ) -> None:
        """One line of a table: (text, width, L or R) for each cell; a row that does not fit begins a page."""
        tall = max(self.height(text, width, size) for text, width, _align in cells)
        if self.pdf.get_y() + tall + 2 * gap > self.pdf.page_break_trigger:
            self.pdf.add_page()
        y = self.pdf.get_y() + gap
        self.pdf.set_xy(_RIGHT - sum(width for _text, width, _align in cells), y)
        for text, width, align in cells:
            self.cell(text, width, size, align=align, bold=bold, colour=_GREY if grey else _INK)
        self.pdf.set_xy(_LEFT, y + tall + gap)

    def line(self) -> None:
        """A rule over the whole width."""
        self.pdf.set_draw_color(*_LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(_LEFT, self.pdf.get_y(), _RIGHT, self.pdf.get_y())

    def head(self) -> None:
        """Who is paid, the number, the status, the days, and who pays."""
        one = self.printed
        self.cell(one.heading, 110, 17, bold=True)
        self.pdf.set_x(_RIGHT - 70)
        self.cell(one.status_text, 70, 14, align="R", bold=True, colour=_COLOURS.get(one.status, _GREY))
        self.pdf.set_xy(_LEFT, self.pdf.get_y() + 13)
        top, bottoms = self.pdf.get_y(), []
        parties = ((_LEFT, "invoicesinvoicedto", one.client), (_LEFT + 65, "invoicespayto", one.company))
        for x, title, lines in parties:
            self.pdf.set_xy(x, top)
            tall = self.cell(one.titles[title], 60, 8.5, colour=_GREY) + 1
            for text in lines:
                self.pdf.set_xy(x, top + tall)
                tall += self.cell(text, 60)
            bottoms.append(top + tall)
        tall = 0.0
        for name, value in one.facts:
            self.pdf.set_xy(_LEFT + 130, top + tall)
            tall += self.cell(name, 50, 8.5, colour=_GREY, align="R")
            self.pdf.set_xy(_LEFT + 130, top + tall)
            tall += self.cell(value, 50, align="R") + 1
        self.pdf.set_xy(_LEFT, max([*bottoms, top + tall]) + 8)

    def items(self) -> None:
        """The lines and their sums."""
        one = self.printed
        self.row([(one.titles["invoicesdescription"], 140, "L"), (one.titles["invoicesamount"], 40, "R")], size=8.5, grey=True)
        self.line()
        for text, amount in one.items:
            self.row([(text, 140, "L"), (amount, 40, "R")])
            self.line()
        for place, (name, amount) in enumerate(one.sums):
            last = place == len(one.sums) - 1
            self.row([(name, 60, "R"), (amount, 40, "R")], bold=last, size=11 if last else 9.5, gap=1)

    def payments(self) -> None:
        """The transactions and what is left to pay."""
        one = self.printed
        self.pdf.ln(6)
        if self.pdf.get_y() + 35 > self.pdf.page_break_trigger:  # a heading does not stand alone at the end of a page
            self.pdf.add_page()
        self.row([(one.titles["billing.ledger.title"], _WIDTH, "L")], bold=True, size=11)
        widths = (30.0, 50.0, 60.0, 40.0)
        names = ("billing.ledger.date", "invoicestransgateway", "billing.ledger.reference", "invoicestransamount")
        if one.payments:
            self.row(_across([one.titles[name] for name in names], widths), size=8.5, grey=True)
            self.line()
            for cells in one.payments:
                self.row(_across(cells, widths), gap=1.1)
        else:
            self.row([(one.titles["invoicestransnonefound"], _WIDTH, "L")], grey=True)
        self.line()
        self.row([(one.titles["invoicesbalance"], 60, "R"), (one.balance, 40, "R")], bold=True)

    def foot(self) -> None:
        """Notes, and whether signs could not be drawn."""
        if self.printed.notes:
            self.pdf.ln(4)
            self.row([(self.printed.titles["invoicesnotes"], _WIDTH, "L")], size=8.5, grey=True)
            for text in self.printed.notes:
                self.row([(text, _WIDTH, "L")], gap=0.4)
        if self.missing:
            self.pdf.ln(4)
            text = "Signs that no font of this host has are shown as a box or ?. Put a font into its folder fonts/, or install "
            text += "modulehost[cjk]."
            self.row([(text, _WIDTH, "L")], size=7.5, grey=True)


def _across(cells: Sequence[str], widths: Sequence[float]) -> list[tuple[str, float, str]]:
    """The cells of a row of payments; the last is an amount."""
    last = len(widths) - 1
    return [(text, width, "R" if place == last else "L") for place, (text, width) in enumerate(zip(cells, widths, strict=True))]
