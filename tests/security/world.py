"""A host with something of everything, whose texts attack whatever prints them; and how to find what broke."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, inspect, select, text

from modulehost import journal, lifecycle, settings
from modulehost.accounts import admins, credentials, signin, userpermissions, users
from modulehost.billing.catalog import addons as product_addons
from modulehost.billing.catalog import fields, groups, options, products, servers, usage
from modulehost.context import Ctx, Host
from modulehost.money import default_currency
from modulehost.ordering import checkout
from modulehost.schema import (
    ActivityLog,
    Addon,
    Admin,
    AdminRole,
    ApiCredential,
    ApiRole,
    CancelRequest,
    Client,
    ClientGroup,
    ConfigOption,
    ConfigOptionSub,
    Contact,
    Currency,
    CustomField,
    CustomFieldValue,
    Email,
    Invoice,
    InvoiceItem,
    ModuleLog,
    ModuleQueue,
    Order,
    Product,
    ProductConfigGroup,
    ProductGroup,
    Promotion,
    Server,
    ServerGroup,
    Service,
    ServiceAddon,
    SignedIn,
    Tax,
    Transaction,
    User,
    UserInvite,
)
from tests.support.hosts import ADMIN, CLIENT

#: breaks out of attributes and of text, ends scripts, and is a template expression for both engines
SPITE = "\"' xss=1><xss></script></textarea></title>{$smarty.version}{{7*191}}"

MODULE = '''
SPITE = """@SPITE@"""

def spite_MetaData():
    return {"DisplayName": "Spite", "ServiceSingleSignOnLabel": SPITE, "AdminSingleSignOnLabel": SPITE}

def spite_AdminSingleSignOn(params):
    return {"success": True, "redirectTo": "https://panel.example/?" + SPITE.replace(" ", ""), "note": SPITE}

def spite_CustomActions(params):
    from modulehost import sdk
    make = sdk.CustomAction.factory
    return sdk.CustomActionCollection([make(SPITE, SPITE, go), make("refused", SPITE, refuse, [SPITE]), make("off", SPITE, go, active=False)])

def go():
    return {"success": True, "redirectTo": "https://panel.example/?" + SPITE.replace(" ", ""), "note": SPITE}

def refuse(text):
    return {"success": False, "errorMsg": text}

def spite_ConfigOptions(params=None):
    return {"Plan": {"Type": "text"}, "Key": {"Type": "password"}}

def spite_CreateAccount(params):
    return "refused: " + params["domain"] + SPITE

def spite_SuspendAccount(params):
    return "success"

def spite_ChangePassword(params):
    return SPITE

def spite_ping(params):
    return SPITE

def spite_AdminCustomButtonArray(params=None):
    return {SPITE: "ping"}

def spite_ClientAreaCustomButtonArray(params=None):
    return {SPITE: "ping"}

def spite_ServiceSingleSignOn(params):
    return {"success": False, "errorMsg": SPITE}

def spite_ListAccounts(params):
    one = {"email": SPITE, "username": SPITE, "domain": SPITE, "product": SPITE}
    return {"success": True, "accounts": [{**one, "uniqueIdentifier": SPITE}, {**one, "uniqueIdentifier": "odd", "status": SPITE}]}

def spite_GetUserCount(params):
    return {"success": False, "error": SPITE}

def spite_MetricProvider(params):
    from modulehost import sdk
    kinds = (sdk.Metric.TYPE_SNAPSHOT, sdk.Metric.TYPE_PERIOD_DAY, sdk.Metric.TYPE_PERIOD_MONTH)
    metrics = [sdk.Metric(SPITE + kind, SPITE, kind, sdk.GigaBytes(SPITE, SPITE, SPITE)) for kind in kinds]

    class Provider(sdk.ProviderInterface):
        def metrics(self): return metrics
        def usage(self): return {SPITE: self.tenantUsage(SPITE)}
        def tenantUsage(self, tenant): return [one.withUsage(sdk.Usage(12)) for one in metrics]

    return Provider()

def spite_TestConnection(params):
    return {"success": False, "error": SPITE}

def spite_ClientArea(params):
    return {
        "tabOverviewModuleOutputTemplate": "overview.tpl",
        "templateVariables": {"owner": params["clientsdetails"]["firstname"], "wanted": params["domain"]},
    }
'''.replace("@SPITE@", SPITE.replace("\\", "\\\\").replace('"', '\\"'))
OVERVIEW = '<p class="spite" title="{$wanted}">{$owner} {$domain} {$clientsdetails.companyname} {$product}</p>'

#: class -> the columns that somebody types; descriptions that administrators write as HTML are not among them
TYPED: dict[Any, tuple[str, ...]] = {
    Client: ("firstname", "lastname", "companyname", "address1", "address2", "city", "state", "postcode", "phonenumber",
             "tax_id", "notes"),
    User: ("first_name", "last_name"),
    UserInvite: ("email",),
    SignedIn: ("agent",),
    Contact: ("firstname", "lastname", "companyname", "email", "address1", "city", "phonenumber"),
    Order: ("notes", "ipaddress", "fraudoutput", "promocode"),
    Service: ("domain", "username", "dedicatedip", "assignedips", "ns1", "ns2", "notes", "suspendreason", "subscriptionid"),
    Invoice: ("notes", "invoicenum"),
    InvoiceItem: ("description",),
    Transaction: ("transid", "description"),
    ActivityLog: ("description", "user", "ipaddr"),
    ModuleLog: ("action", "request", "response", "arrdata"),
    ModuleQueue: ("last_attempt_error", "module_action"),
    Email: ("subject", "to", "cc"),
    Product: ("name",),
    Addon: ("name",),
    ServiceAddon: ("name", "notes"),
    ProductGroup: ("name", "headline", "tagline"),
    ProductConfigGroup: ("name",),
    ConfigOption: ("optionname",),
    ConfigOptionSub: ("optionname",),
    CustomField: ("fieldname",),
    CustomFieldValue: ("value",),
    Server: ("name", "hostname", "ipaddress", "assignedips", "username", "noc", "statusaddress", "nameserver1"),
    ServerGroup: ("name",),
    Admin: ("firstname", "lastname", "email", "notes", "signature"),
    AdminRole: ("name",),
    ApiRole: ("role", "description"),
    ApiCredential: ("description",),
    ClientGroup: ("groupname", "groupcolour"),
    Promotion: ("code", "notes", "cycles"),
    Tax: ("name", "state"),
    Currency: ("code", "prefix", "suffix"),
    CancelRequest: ("reason", "type"),
}  # fmt: skip


@dataclass
class Doors:
    """Addresses of the pages of the furnished host; `tempting` are GETs that name a change."""

    admin: list[str]
    client: list[str]
    service: int
    invoice: int
    order: int
    product: int
    group: int

    @property
    def pages(self) -> list[str]:
        """All of them."""
        return self.admin + self.client

    @property
    def tempting(self) -> list[str]:
        """What a link or a picture in another site could point at."""
        s, i, o, p = self.service, self.invoice, self.order, self.product
        return [
            f"/admin/clientsservices.php?userid=1&id={s}&modop=create",
            f"/admin/clientsservices.php?userid=1&id={s}&modop=custom&ac=ping",
            f"/admin/clientsservices.php?id={s}&domainstatus=Terminated&amount=0",
            f"/admin/orders.php?action=accept&id={o}", f"/admin/orders.php?action=delete&id={o}&confirmed=1",
            f"/admin/invoices.php?action=paid&id={i}", f"/admin/invoices.php?action=cancel&id={i}&confirmed=1",
            f"/admin/configproducts.php?action=delete&id={p}&confirmed=1", "/admin/configservers.php?action=delete&id=1&confirmed=1",
            "/admin/configadminroles.php?action=delete&id=1&confirmed=1", "/admin/configapicredentials.php?action=delete&id=1&confirmed=1",
            "/admin/cancelrequests.php?action=delete&id=1&confirmed=1",
            f"/clientarea.php?action=cancel&id={s}&sub=submit&cancellationreason=x&type=Immediate",
            "/admin/configemailtemplates.php?action=delete&id=1&confirmed=1", "/admin/configemailtemplates.php?action=disable&id=1",
            "/admin/clientsemails.php?userid=1&action=resend&email=1&confirmed=1", "/admin/sendmessage.php?type=general&id=1&subject=x&message=y",
            "/admin/systemmodulelog.php?action=reset&confirmed=1", "/admin/modulequeue.php?action=retryall&confirmed=1",
            "/admin/clientsprofile.php?userid=1&firstname=X", "/admin/logout.php",
            "/admin/configcurrencies.php?action=default&id=1&confirmed=1", "/admin/configtax.php?action=delete&id=1&confirmed=1",
            "/admin/configpromotions.php?action=delete&id=1&confirmed=1", "/admin/configclientgroups.php?action=delete&id=1&confirmed=1",
            "/admin/configcustomfields.php?action=delete&id=1&confirmed=1",
            f"/clientarea.php?action=productdetails&id={s}&modop=custom&a=ping",
            f"/clientarea.php?action=productdetails&id={s}&modulechangepassword=1&newpw=abcdefgh&confirmpw=abcdefgh",
            "/clientarea.php?action=details&save=1&firstname=X", f"/viewinvoice.php?id={i}&pay=testgateway",
            f"/viewinvoice.php?id={i}&gateway=banktransfer", "/cart.php?a=checkout&checkout=1&paymentmethod=mailin",
            "/register.php?register=1&firstname=A", "/user/password?submit=1&newpw=a&confirmpw=a", "/user/accounts?id=1",
            "/password/reset?email=asha@example.com", "/includes/api.php?action=GetClients",
        ]  # fmt: skip


def furnish(ctx: Ctx) -> Doors:
    """Write the rows by the rooms' own doors, then put the attack into every text that somebody types."""
    with ctx.unit() as db:
        usd = default_currency(db).id
        group = groups.create(db, {"name": "Things", "headline": "h", "tagline": "t"})
        product = products.create(
            db,
            {"name": "Thing", "gid": group.id, "type": "hostingaccount", "paytype": "recurring", "servertype": "spite",
             "showdomainoptions": 1, "pricing": {usd: {"monthly": "4.00", "annually": "40.00"}}},
        )  # fmt: skip
        made = options.save_group(db, {"name": "Options", "productlinks": [product.id]})
        for name, kind, choice in (
            ("size", 1, "Small"),
            ("plan", 2, "Big"),
            ("backup", 3, "Yes"),
            ("seats", 4, "Seat"),
        ):
            data = {"configoptionname": name, "configoptiontype": kind, "addoptionname": choice, "qtyminimum": "0", "qtymaximum": "9",
                    f"price[{usd}][new][monthly]": "1.00", f"price[{usd}][new][annually]": "10.00"}  # fmt: skip
            options.save_option(db, data, made.id, None)
        extra = product_addons.create(db, {"name": "Extra", "showorder": 1, "allowqty": 1})
        sums = {f"currency[{usd}][monthly]": "2.00", f"currency[{usd}][monthly_on]": "1"}
        product_addons.save_pricing(db, extra, {"billingcycle": "recurring", **sums})
        product_addons.save_products(db, extra, {"packages": [str(product.id)]})
        for kind in ("text", "textarea", "tickbox", "link"):
            fields.save(
                db, product, {"fieldname": f"f{kind}", "fieldtype": kind, "showorder": "on", "showinvoice": "on"}
            )
        db.add(CustomField(type="client", relid=0, fieldname="Shoe size", fieldtype="text", showorder="on"))
        servers.save(
            db, {"name": "S1", "hostname": "s1.example", "ipaddress": "192.0.2.1", "type": "spite", "active": "on"}
        )
        db.add(ServerGroup(name="Farm", filltype=1))
        crowd = ClientGroup(groupname="Crowd", groupcolour="#00ff00", discountpercent=0)
        db.add(crowd)
        db.add(Promotion(code="SPITE", type="Percentage", value=0, appliesto=str(product.id)))
        db.add_all([Tax(level=level, name="VAT", country="", state="", taxrate=0) for level in (1, 2)])
        settings.put(db, "TaxEnabled", "on")
        db.flush()
        db.get_one(Client, 1).groupid = crowd.id
        admin = db.scalars(select(Admin)).one()
        role = credentials.create_role(db, "Reader", ["getclients"], "d")
        credentials.create(db, admin.id, [role.id], "laptop")
        contact = Contact(userid=1, firstname="C", lastname="C", email="c@example.com")
        db.add(contact)
        signin.save_question(db, "Question " + SPITE)
        helper = users.create(db, {"firstname": "H", "lastname": "H", "email": "h@example.com", "password2": "Helper-pass-1"})
        userpermissions.add(db, helper.id, 1, ["emails"])
        db.add(UserInvite(email="i@example.com", client_id=1, token="t", permissions="emails", updated_at=ctx.host.clock.now()))
        journal.activity(db, "Something happened", 1)
    placed = checkout.place(
        ctx,
        checkout.OrderRequest(
            client_id=1,
            items=[{"pid": product.id, "billingcycle": "monthly", "domain": "one.example", "qty": 1,
                    "addons": {extra.id: 2}, "customfields": {f.id: "http://x.example" for f in _fields(ctx, product.id)}}],
            paymentmethod="mailin",
            notes="please",
            ip="127.0.0.1",
        ),
    )  # fmt: skip
    service = placed.service_ids[0]
    lifecycle.run(ctx, service, "CreateAccount")
    lifecycle.sync.fetch(ctx, 1)
    lifecycle.remote.refresh(ctx, 1)
    measure(ctx, product.id)
    journal.module_log(ctx, "spite", "CreateAccount", {"a": 1}, "answer", "processed")
    with ctx.unit() as db:
        invoice = db.get_one(Invoice, placed.invoice_id)
        db.add(Transaction(userid=1, invoiceid=invoice.id, gateway="mailin", transid="T1", date=ctx.host.clock.now()))
        if db.scalar(select(Email.id).limit(1)) is None:
            db.add(Email(userid=1, subject="s", message="<p>hello</p>", date=ctx.host.clock.now(), to="a@example.com"))
        db.add(CancelRequest(relid=service, reason="r", type="Immediate", date=ctx.host.clock.now()))
        db.add(CancelRequest(relid=999, reason="r", type="Immediate", date=ctx.host.clock.now()))
        db.flush()
        spoil(db)
        db.get_one(Service, service).domainstatus = "Active"
    ids = {
        "service": service,
        "invoice": placed.invoice_id,
        "order": placed.order_id,
        "product": product.id,
        "group": group.id,
    }
    return Doors(admin=_admin_pages(**ids), client=_client_pages(**ids), **ids)


def measure(ctx: Ctx, product_id: int) -> None:
    """Metrics with prices for the product, and a day's values of a tenant named like the spoilt service."""
    known = lifecycle.usage.metrics(ctx, "spite")
    with ctx.unit() as db:
        form = {}
        for one in known:
            begin = f"metric[{one.name}]"
            form |= {f"{begin}[on]": "1", f"{begin}[included]": "1", f"{begin}[scheme]": "simple"}
            form[f"{begin}[0][price][{default_currency(db).id}]"] = "1.00"
        usage.save(db, db.get_one(Product, product_id), [(one.name, one.label) for one in known], form)
    assert lifecycle.usage.collect(ctx, 1) == ""


def _fields(ctx: Ctx, product_id: int) -> list[CustomField]:
    with ctx.unit(read=True) as db:
        return fields.of_product(db, product_id)


def spoil(db: Any) -> None:
    """Put SPITE into every typed column, cut to what the column holds."""
    for kind, names in TYPED.items():
        columns = {c.key: c for c in inspect(kind).column_attrs}
        for row in db.scalars(select(kind)):
            for name in names:
                if name not in columns:
                    raise AssertionError(f"{kind.__name__} has no column {name}")
                length = getattr(columns[name].columns[0].type, "length", None)
                setattr(row, name, SPITE[:length] if length else SPITE)


def _admin_pages(service: int, invoice: int, order: int, product: int, group: int) -> list[str]:
    client = [
        "summary", "profile", "users", "contacts", "services", "invoices", "transactions", "emails", "log",
    ]  # fmt: skip
    return [
        "/admin/", "/admin/configsystem.php", "/admin/clients.php", "/admin/clients.php?search=xss", "/admin/clientsadd.php",
        *(f"/admin/clients{one}.php?userid=1" for one in client),
        f"/admin/clientsservices.php?userid=1&id={service}", f"/admin/clientsservices.php?id={service}&modop=create",
        f"/admin/clientsservices.php?id={service}&modop=custom&ac=%22%27%20xss%3D1%3E%3Cxss%3E",
        "/admin/clientsemails.php?userid=1&email=1", "/admin/clientshostinglist.php", "/admin/clientshostinglist.php?domain=xss",
        "/admin/orders.php", f"/admin/orders.php?action=view&id={order}", "/admin/invoices.php",
        f"/admin/invoices.php?action=edit&id={invoice}", "/admin/transactions.php", "/admin/modulequeue.php", "/admin/configservers.php?action=sync&id=1&kind=missing_here",
        "/admin/modulequeue.php?completed=1", "/admin/cancelrequests.php", "/admin/cancelrequests.php?completed=1&client=xss",
        f"/admin/clientsupgrade.php?id={service}", f"/admin/clientsupgrade.php?id={service}&type=configoptions",
        "/admin/systemmodulelog.php", "/admin/systemmodulelog.php?id=1",
        "/admin/systemactivitylog.php", "/admin/configproducts.php", "/admin/configproducts.php?action=create",
        "/admin/configproducts.php?action=creategroup", f"/admin/configproducts.php?action=editgroup&ids={group}",
        "/admin/configproducts.php?action=duplicate",
        *(f"/admin/configproducts.php?action=edit&id={product}&tab={tab}" for tab in range(1, 7)),
        "/admin/configaddons.php", *(f"/admin/configaddons.php?action=manage&id=1&tab={tab}" for tab in range(1, 7)),
        f"/admin/clientsservices.php?userid=1&id={service}&aid=1",
        "/admin/configproductoptions.php", "/admin/configproductoptions.php?action=managegroup&id=1",
        *(f"/admin/configproductoptions.php?manageoptions=true&cid={n}" for n in range(1, 5)),
        "/admin/configservers.php", "/admin/configservers.php?action=manage", "/admin/configservers.php?action=manage&id=1",
        "/admin/configservers.php?action=managegroup&id=1", "/admin/configadmins.php", "/admin/configadmins.php?action=manage&id=1",
        "/admin/configadminroles.php", "/admin/configadminroles.php?action=edit&id=1", "/admin/configapicredentials.php",
        "/admin/configapicredentials.php?action=create", "/admin/configapicredentials.php?action=role&id=1",
        "/admin/clientscontacts.php?userid=1&contactid=1", "/admin/clientscontacts.php?userid=1&contactid=new", "/admin/clientsusers.php?userid=1&user=2",
        "/admin/clientsdelete.php?userid=1", "/admin/configsecurityqs.php?id=1",
        "/admin/ordersadd.php", f"/admin/ordersadd.php?userid=1&pid={product}",
        "/admin/myaccount.php", "/admin/users.php", "/admin/users.php?id=1",
        "/admin/twofactor.php", "/admin/configtwofa.php", *(f"/admin/configgeneral.php?tab={tab}" for tab in (1, 2, 3, 5, 7, 8, 10, 12)), "/admin/configauto.php", "/admin/vendorendpoints.php",
        "/admin/configcurrencies.php", "/admin/configcurrencies.php?action=edit", "/admin/configcurrencies.php?action=edit&id=1",
        *(f"/admin/configtax.php?level={level}" for level in range(3)), "/admin/configpromotions.php?show=all",
        "/admin/configpromotions.php?action=manage&id=1", "/admin/configpromotions.php?action=duplicate&id=1",
        "/admin/configclientgroups.php", "/admin/configclientgroups.php?action=edit&id=1",
        "/admin/configcustomfields.php", "/admin/configcustomfields.php?action=edit",
        "/admin/configemailtemplates.php", *(f"/admin/configemailtemplates.php?action=edit&id={n}" for n in (1, 2)),
        "/admin/sendmessage.php?type=general&id=1", f"/admin/sendmessage.php?type=product&id={service}&template=1",
    ]  # fmt: skip


def _client_pages(service: int, invoice: int, order: int, product: int, group: int) -> list[str]:
    return [
        "/", "/index.php", "/store", "/cart.php", f"/cart.php?gid={group}", "/cart.php?a=view", "/cart.php?a=checkout", "/clientarea.php",
        "/cart.php?gid=addons", f"/cart.php?gid=addons&pid={service}",
        "/clientarea.php?action=details", "/clientarea.php?action=emails", "/clientarea.php?action=services",
        "/clientarea.php?action=invoices", f"/clientarea.php?action=productdetails&id={service}", "/clientarea.php?action=changepw",
        f"/clientarea.php?action=productdetails&id={service}&dosinglesignon=1",
        f"/clientarea.php?action=productdetails&id={service}&customaction=refused",
        f"/viewinvoice.php?id={invoice}", "/viewemail.php?id=1", "/user/password", "/user/accounts", "/password/reset",
        "/clientarea.php?action=masspay&all=true", "/clientarea.php?action=addfunds", "/account/paymentmethods",
        "/account/paymentmethods/add", "/account/paymentmethods/add?type=bankacct",
        "/submitticket.php", f"/clientarea.php?action=cancel&id={service}",
        f"/upgrade.php?type=package&id={service}", f"/upgrade?serviceid={service}", f"/upgrade.php?type=configoptions&id={service}",
    ]  # fmt: skip


# --- browsers -----------------------------------------------------------------------------------------------------------


def signed_in(application: Flask, admin: bool = True, client: bool = True) -> FlaskClient:
    """A browser in which the administrator and the client are signed in, as on a shop owner's own machine."""
    browser = application.test_client()
    browser.get("/login")
    with browser.session_transaction() as session:
        session["token"] = "t" * 40
    if admin:
        assert browser.post("/admin/dologin.php", data={"token": "t" * 40, **ADMIN}).status_code == 303
    if client:
        with browser.session_transaction() as session:
            session["token"] = "t" * 40
        data = {"token": "t" * 40, "username": CLIENT["email"], "password": CLIENT["password"]}
        assert browser.post("/login", data=data).status_code == 303
    with browser.session_transaction() as session:
        session["token"] = "t" * 40
    return browser


def send(browser: FlaskClient, address: str, data: Any = None, **fields_: Any) -> Any:
    """POST with the session's token."""
    with browser.session_transaction() as session:
        token = session.setdefault("token", "t" * 40)
    return browser.post(address, data={"token": token, **(data or {}), **fields_})


def restricted(ctx: Ctx, *permissions: str) -> dict[str, str]:
    """An administrator whose role holds these permissions only; returns the sign-in."""
    with ctx.unit() as db:
        role = AdminRole(name="Restricted")
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, list(permissions))
        admins.create(
            db, "narrow", "Narrow-pass-1", role_id=role.id, firstname="N", lastname="N", email="n@example.com"
        )
    return {"username": "narrow", "password": "Narrow-pass-1"}


# --- what the application offers ----------------------------------------------------------------------------------------


def addresses(application: Flask, prefix: str = "/") -> Iterator[tuple[str, set[str], str]]:
    """Every address with its methods and endpoint; variable parts are filled in."""
    for rule in application.url_map.iter_rules():
        if rule.rule.startswith(prefix):
            filled = re.sub(
                r"<(?:\w+:)?(\w+)>", lambda m: {"type_": "servers", "name": "spite", "invoice_id": "1", "paymethod_id": "1"}.get(m[1], "x"),
                rule.rule,
            )
            yield filled, set(rule.methods or ()) - {"HEAD", "OPTIONS"}, rule.endpoint


def changing_addresses(application: Flask) -> list[tuple[str, str, str]]:
    """(address, method, endpoint) of everything that is not a GET."""
    return [
        (address, method, endpoint)
        for address, methods, endpoint in addresses(application)
        for method in sorted(methods - {"GET"})
        if endpoint != "modules.page"
    ]


def snapshot(host: Host) -> dict[str, list[Any]]:
    """All rows of all tables but those that a request itself leaves (log, throttle)."""
    found = {}
    with host.engine.connect() as db:
        for name in inspect(db).get_table_names():
            if name not in ("mh_hooktrace", "mh_hook_trace"):
                found[name] = [tuple(row) for row in db.execute(text(f'SELECT * FROM "{name}"'))]
    return found


# --- what broke ---------------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.words: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.script = tag in ("script", "style")
        if tag == "xss":
            self.found.append(f"element at line {self.getpos()[0]}")
        for name, value in attrs:
            if "xss" in name:
                self.found.append(f"attribute of <{tag}> at line {self.getpos()[0]}")
            if (
                name in ("href", "src", "action", "formaction")
                and "xss" in (value or "")
                and (value or "").strip().lower().startswith("javascript:")
            ):
                self.found.append(f"{name} of <{tag}> runs a script, line {self.getpos()[0]}")
            self.words.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.script = False

    def handle_data(self, data: str) -> None:
        if self.script and "xss=1" in data:
            self.found.append(f"script at line {self.getpos()[0]}")
        self.words.append(data)


def injected(page: str) -> list[str]:
    """Where SPITE became part of the page's markup, or was evaluated as a template."""
    reader = _Reader()
    reader.feed(page)
    found = reader.found
    words = " ".join(reader.words)
    if "1337" in words and "xss=1" in words and "{{7*191}}" not in words:
        found.append("a template expression of {{ }} was evaluated")
    return found


def columns_of(kind: Any) -> list[str]:
    """Names of a class's text columns."""
    return [c.key for c in inspect(kind).column_attrs if isinstance(c.columns[0].type, String)]
