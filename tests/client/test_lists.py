"""Lists of the client area: sorted and cut in SQL by orderby, sort, itemlimit and page."""

import datetime
import re
from decimal import Decimal

from flask.testing import FlaskClient

from modulehost.context import Ctx
from modulehost.schema import Email, Invoice, Product, Service
from tests.client.shop import sign_in


def test_lists_are_sorted_and_cut_as_the_address_says(ctx: Ctx, web: FlaskClient) -> None:
    with ctx.unit() as db:
        product = Product(name="Mail", gid=1, type="other")
        db.add(product)
        db.flush()
        for n in range(1, 6):
            day = datetime.date(2026, 1, n)
            db.add(Invoice(id=100 + n, userid=1, status="Unpaid" if n < 5 else "Draft", date=day, duedate=day, total=Decimal(n * 3 % 5)))
            db.add(Service(userid=1, packageid=product.id, domain=f"d{n}.example", domainstatus="Active" if n < 4 else "Suspended"))
            db.add(Email(userid=1, subject=f"S{n * 2 % 5}", date=datetime.datetime(2026, 1, n), pending=0))
    sign_in(web)

    def shown(query: str, pattern: str) -> list[str]:
        return re.findall(pattern, web.get(f"/clientarea.php?action={query}").text)

    invoice = r'list-name" href="[^"]*viewinvoice.php\?id=(\d+)"'
    assert shown("invoices", invoice) == ["104", "103", "102", "101"]
    assert shown("invoices&orderby=total&sort=asc", invoice) == ["102", "104", "101", "103"]  # totals 3, 1, 4, 2
    assert shown("invoices&orderby=id&sort=asc&itemlimit=3&page=2", invoice) == ["104"]
    assert shown("invoices&itemlimit=3&page=99&orderby=notes", invoice) == ["101"]
    following = shown("invoices&itemlimit=3", r'rel="next" href="([^"]+)"')
    assert following == ["/clientarea.php?action=invoices&amp;itemlimit=3&amp;page=2"]
    domain = r"(d\d\.example)</span>"
    assert shown("services&orderby=domain&sort=desc&itemlimit=2", domain) == ["d5.example", "d4.example"]
    assert shown("services&status=suspended&orderby=domain&sort=asc", domain) == ["d4.example", "d5.example"]
    mail = r'viewemail.php\?id=\d+">(S\d)<'
    assert shown("emails&itemlimit=2", mail) == ["S0", "S3"]
    assert shown("emails&orderby=subject&sort=asc&itemlimit=all", mail) == ["S0", "S1", "S2", "S3", "S4"]
