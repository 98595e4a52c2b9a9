"""Every page answers, with little and with much in the database; who may not see it is refused."""

import re

from modulehost import app
from modulehost.accounts import admins
from modulehost.context import Ctx, Host
from modulehost.schema import AdminRole

from .conftest import Browser

PAGES = {
    "/admin/": "Home",
    "/admin/index.php": "Home",
    "/admin/configsystem.php": "System Settings",
    "/admin/clients.php": "View/Search Clients",
    "/admin/clientsadd.php": "Add New Client",
    "/admin/clientshostinglist.php": "Products/Services",
    "/admin/clientssummary.php?userid=1": "Asha Rao",
    "/admin/clientsprofile.php?userid=1": "Asha Rao",
    "/admin/clientsusers.php?userid=1": "Owner",
    "/admin/clientscontacts.php?userid=1": "No contacts",
    "/admin/clientsservices.php?userid=1": "No products or services",
    "/admin/clientsinvoices.php?userid=1": "No invoices",
    "/admin/clientstransactions.php?userid=1": "No transactions",
    "/admin/clientsemails.php?userid=1": "Emails",
    "/admin/clientslog.php?userid=1": "Created Client",
    "/admin/orders.php": "Manage Orders",
    "/admin/orders.php?status=Pending": "Manage Orders: Pending",
    "/admin/invoices.php": "Invoices",
    "/admin/invoices.php?status=Overdue": "Invoices: Overdue",
    "/admin/transactions.php": "Transactions List",
    "/admin/configproducts.php": "No product groups yet",
    "/admin/configproducts.php?action=creategroup": "Product Group Name",
    "/admin/configproducts.php?action=create": "A product needs a group",
    "/admin/configproducts.php?action=duplicate": "Duplicate a Product",
    "/admin/configproductoptions.php": "No configurable option groups yet",
    "/admin/configproductoptions.php?action=managegroup": "Assigned Products",
    "/admin/configservers.php": "No servers yet",
    "/admin/configservers.php?action=manage": "Test Connection",
    "/admin/configservers.php?action=managegroup": "Fill Type",
    "/admin/configgeneral.php": "Company Name",
    "/admin/configgeneral.php?tab=2": "Date Format",
    "/admin/configgeneral.php?tab=3": "Default Order Form",
    "/admin/configgeneral.php?tab=5": "Test Mail Delivery",
    "/admin/configgeneral.php?tab=7": "Invoice Number Format",
    "/admin/configgeneral.php?tab=8": "Minimum Deposit",
    "/admin/configgeneral.php?tab=12": "Optional Client Profile Fields",
    "/admin/configauto.php": "-m modulehost cron --root",
    "/admin/configgeneral.php?tab=10": "API IP Access Restriction",
    "/admin/vendorendpoints.php": "Vendor address",
    "/admin/configapicredentials.php": "No API credentials",
    "/admin/configapicredentials.php?action=role": "WhmcsDetails",
    "/admin/configapicredentials.php?action=create": "A credential needs a role",
    "/admin/configadmins.php": "admin@example.com",
    "/admin/configadmins.php?action=manage": "Add New Administrator",
    "/admin/configadminroles.php": "Full Administrator",
    "/admin/configadminroles.php?action=edit&id=2": "List Clients",
    "/admin/modulequeue.php": "The module queue is empty",
    "/admin/systemmodulelog.php": "Reset Debug Log",
    "/admin/systemactivitylog.php": "Activity Log",
}


def test_pages_of_an_empty_host(admin: Browser) -> None:
    for url, text in PAGES.items():
        assert text in admin.text(url), url


def test_pages_without_sign_in_lead_to_it_and_back(host: Host) -> None:
    client = app.create_app(host).test_client()
    for url in PAGES:
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer.headers["Location"].startswith("/admin/login.php?redirect=/admin"), url
    answer = client.get("/admin/configproducts.php?action=edit&id=7&tab=3")
    assert answer.headers["Location"].endswith("redirect=/admin/configproducts.php%3Faction%3Dedit%26id%3D7%26tab%3D3")


def test_a_link_followed_before_sign_in_is_reached_after_it(host: Host) -> None:
    client = app.create_app(host).test_client()
    page = client.get("/admin/login.php?redirect=/admin/orders.php%3Fstatus%3DPending").text
    form = {
        "token": re.findall(r'name="token" value="(\w+)"', page)[0],
        "username": "admin",
        "password": "Admin-pass-1",
    }
    assert 'name="redirect" value="/admin/orders.php?status=Pending"' in page
    answer = client.post("/admin/dologin.php", data={**form, "redirect": "/admin/orders.php?status=Pending"})
    assert answer.headers["Location"] == "/admin/orders.php?status=Pending"
    # Another site's address is not followed.
    answer = client.get("/admin/login.php?redirect=//evil.example/")
    assert answer.headers["Location"] == "/admin/index.php"


def test_wrong_password_is_refused(host: Host) -> None:
    browser = Browser(app.create_app(host).test_client())
    answer = browser.sign_in("admin", "wrong")
    assert answer.status_code == 403
    assert "username or password is wrong" in answer.text
    assert browser.get("/admin/index.php").status_code == 302


def test_sign_out_ends_the_session(admin: Browser) -> None:
    assert "Do you want to sign out" in admin.text("/admin/logout.php")
    assert admin.saved("/admin/logout.php") == "/admin/login.php"
    assert admin.get("/admin/index.php").status_code == 302


def test_a_form_without_token_changes_nothing(admin: Browser) -> None:
    for url in ("configproducts.php?action=creategroup", "clientsservices.php?id=1", "configgeneral.php", "logout.php"):
        for data in ({"name": "Evil"}, {"name": "Evil", "token": "x" * 40}):
            answer = admin.client.post(f"/admin/{url}", data=data)
            assert answer.status_code == 403
            assert "The form has expired" in answer.text
    assert "Evil" not in admin.text("/admin/configproducts.php")


def test_a_role_sees_and_does_only_what_it_may(host: Host, ctx: Ctx, admin: Browser) -> None:
    with ctx.unit() as db:
        role = AdminRole(name="Reader")
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, ["Main Homepage", "List Clients", "View Products/Services"])
        admins.create(db, "reader", "Reader-pass-1", role_id=role.id, email="reader@example.com")
    admin.saved("/admin/configproducts.php?action=creategroup", name="Mail")
    reader = Browser(app.create_app(host).test_client())
    reader.sign_in("reader", "Reader-pass-1")
    home = reader.text("/admin/index.php")
    assert "View/Search Clients" in home
    assert "Module Log" not in home and "List All Orders" not in home and "General Settings" not in home
    assert "Mail" in reader.text("/admin/configproducts.php")
    refused = reader.get("/admin/orders.php")
    assert refused.status_code == 403 and "View Orders" in refused.text
    refused = reader.post("/admin/configproducts.php?action=creategroup", name="No")
    assert refused.status_code == 403 and "Manage Product Groups" in refused.text
    assert "No" not in re.findall(r"<h2>(\w+)", reader.text("/admin/configproducts.php"))


def test_what_does_not_exist_is_named(admin: Browser) -> None:
    for url, text in {
        "/admin/clientssummary.php?userid=99": "There is no client with the id 99",
        "/admin/clientsservices.php?id=99": "There is no service with the id 99",
        "/admin/orders.php?action=view&id=99": "There is no order with the id 99",
        "/admin/invoices.php?action=edit&id=99": "There is no invoice with the id 99",
        "/admin/configproducts.php?action=edit&id=99": "There is no product with the id 99",
        "/admin/configproducts.php?action=nonsense": "no page for the action",
        "/admin/index.php?rp=/admin/nonsense": "no admin page for the route",
    }.items():
        answer = admin.get(url)
        assert answer.status_code == 404, url
        assert text in answer.text


def test_menu_of_version_8_and_of_before(admin: Browser) -> None:
    def menu() -> str:
        page = admin.text("/admin/index.php")
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<nav") : page.index("</nav>")]))

    assert "Configuration System Settings Products/Services Product Addons Configurable Options Servers" in menu()
    assert "System Logs Activity Log Module Log" in menu()
    assert "Utilities Automation Status Module Queue" in menu()
    assert "Orders List All Orders" in menu()
    assert "Setup" not in menu()
    admin.saved(
        "/admin/configgeneral.php?tab=1", CompanyName="Example", SystemURL="", Version="7.10.2", Email="a@example.com"
    )
    assert "Setup General Settings" in menu()
    assert "Products/Services Products/Services Product Addons Configurable Options Servers" in menu()
    assert "Logs Activity Log Module Log" in menu()
    assert "System Settings" not in menu()
    for url in PAGES:  # both sets of addresses always work
        assert admin.get(url).status_code == 200, url


def test_routes_of_version_8(admin: Browser) -> None:
    for route, target in {
        "/admin/setup": "/admin/configsystem.php",
        "/admin/logs/module-log": "/admin/systemmodulelog.php",
        "/admin/services": "/admin/clientshostinglist.php",
    }.items():
        assert admin.get(f"/admin/index.php?rp={route}").headers["Location"] == target
