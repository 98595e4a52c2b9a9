"""The Products/Services tab of a client: a service's fields, its Module Commands, and what its module adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.context import Ctx
from modulehost.lifecycle import signon
from modulehost.ordering import services
from modulehost.ordering.reading import STATUSES
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Client, Order, Product, Service, begins
from modulehost.vault import hash_token
from modulehost.web import frame
from modulehost.web import signon as way_page
from modulehost.web.admin import hookoutput, module_page, service_form, serviceaddons, usage_panel
from modulehost.web.admin.client_frame import client_page
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import blueprint, go, number, page, problems, row_or_404

URL = "/admin/clientsservices.php"
#: modop of the address -> function suffix
COMMANDS = {
    "create": "CreateAccount", "suspend": "SuspendAccount", "unsuspend": "UnsuspendAccount", "terminate": "TerminateAccount",
    "changepackage": "ChangePackage", "changepw": "ChangePassword", "renew": "Renew",
}  # fmt: skip
OPERATIONS = {function: name for name, function in COMMANDS.items()}


@dataclass
class FromModule:
    """What the service's module brings: buttons, rows, a login link; and what went wrong with it."""

    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    login_link: str = ""
    sign_on: str = ""
    failures: list[str] = field(default_factory=list)


def service_url(service: Service) -> str:
    """Where a service is shown."""
    return f"{URL}?userid={service.userid}&id={service.id}"


@blueprint.get("/clientsservices.php")
@frame.permission("View Clients Products/Services")
def clientsservices(found: dict[str, str] | None = None) -> Response:
    """A client's services; `id` (or `productselect`) chooses one. With `modop` it asks whether to run that command."""
    ctx = frame.ctx()
    key = _wanted()
    with ctx.unit(read=True) as db:
        service = row_or_404(db, Service, key, "Service") if key else None
        client = row_or_404(db, Client, service.userid if service else number("userid"), "Client")
        listed = service_form.of_client(db, client)
        if service is None and listed:
            service = listed[0][0]
        shown = service_form.load(db, service) if service else None
        addons = serviceaddons.listing(db, service.id) if service else []
    if service is not None and serviceaddons.wanted():
        return serviceaddons.show(ctx, service)
    if service is None or shown is None:
        return client_page("client_services.html", client, "services", shown=None, listed=[])
    if request.method == "GET" and request.args.get("modop"):
        return _ask(service, request.args["modop"], request.args.get("ac", ""))
    if shown.product is not None and shown.product.servertype:
        module = from_module(ctx, service.id)
    else:
        module = FromModule()
    module.rows = [*module.rows, *hookoutput.fields("AdminClientServicesTabFields", id=service.id)]
    metrics = usage_panel.shown(ctx, service, shown.product)
    given = request.form if found else {}
    return client_page("client_services.html", client, "services", shown=shown, listed=listed, module=module, found=found or {},
                       given=given, metrics=metrics, addons=addons, nonce=ctx.host.entropy.token(24))  # fmt: skip


def _wanted() -> int:
    return number("id") or number("productselect")


def from_module(ctx: Ctx, service_id: int) -> FromModule:
    """Ask the module for its part of the page. What fails is shown where it would stand; the rest of the page works."""
    found = FromModule()
    known: set[str] = set()

    def buttons() -> None:
        for one in lifecycle.buttons(ctx, service_id):
            operation = OPERATIONS.get(one.function, "custom") if not one.custom else "custom"
            found.buttons.append((one.label, operation, one.function if operation == "custom" else ""))

    def rows() -> None:
        found.rows = lifecycle.tabs.fields(ctx, service_id)

    def login_link() -> None:
        if "LoginLink" in known:
            returned = lifecycle.call(ctx, service_id, "LoginLink")
            found.failures += returned.problems
            found.login_link = "" if returned.problems else str(returned.value or "")

    def sign_on() -> None:
        if "ServiceSingleSignOn" in known:
            with ctx.unit(read=True) as db:
                name = lifecycle.module_of(db, service_id)
            found.sign_on = _sign_on_label(ctx, name)

    try:
        known |= lifecycle.supports(ctx, service_id)
    except ModuleFailed as error:
        found.failures.append(str(error))
        return found
    steps: tuple[Callable[[], None], ...] = (buttons, rows, login_link, sign_on)
    for step in steps:
        try:
            step()
        except ModuleFailed as error:
            found.failures.append(str(error))
    return found


def _ask(service: Service, operation: str, custom: str) -> Response:
    """Module Command Confirmation as a page of its own."""
    frame.require("Perform Server Operations")
    label = {"custom": custom, "changepackage": "Change Package", "changepw": "Change Password"}.get(
        operation, operation.title()
    )
    fields = [("modop", operation), ("ac", custom), ("nonce", frame.host().entropy.token(24))]
    question = f"Are you sure you want to run the module command “{label}” for this service?"
    return page("confirm.html", "Module Command Confirmation", question=question, back=service_url(service), fields=fields,
                action=service_url(service), menu_url="/admin/clients.php")  # fmt: skip


@blueprint.post("/clientsservices.php")
@frame.permission("View Clients Products/Services")
def clientsservices_post() -> Response:
    """Run a module command (`modop`), or save the form."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        service = row_or_404(db, Service, _wanted(), "Service")
    if serviceaddons.wanted():
        return serviceaddons.change(ctx, service, COMMANDS, tell)
    operation = request.values.get("modop", "")
    if operation == "singlesignon":
        frame.require("Perform Server Operations")
        return _sign_on(ctx, service)
    if operation in usage_panel.CHANGES:
        return usage_panel.change(ctx, service, operation, service_url(service))
    if operation:
        frame.require("Perform Server Operations")
        return _command(ctx, service, operation)
    frame.require("Edit Clients Products/Services")
    return _save(ctx, service)


def _command(ctx: Ctx, service: Service, operation: str) -> Response:
    function = request.values.get("ac", "") if operation == "custom" else COMMANDS.get(operation, "")
    if not function:
        frame.abort_page(400, "Unknown module command", f"There is no module command named “{operation}”.")
    # A page's nonce runs each command of that page once, however often the button is pressed.
    nonce = request.form.get("nonce", "")
    key = hash_token(f"{nonce}:{service.id}:{function}") if nonce else None
    extra = {}
    if operation == "suspend" and request.form.get("suspendreason", "").strip():
        extra["suspendreason"] = request.form["suspendreason"].strip()
    try:
        if operation == "custom":
            outcome = lifecycle.run_custom(ctx, service.id, function, request_key=key)
        else:
            outcome = lifecycle.run(ctx, service.id, function, extra=extra or None, request_key=key)
    except ModuleFailed as error:
        frame.note("error", "Module Command Error", str(error))
        return go(service_url(service))
    if outcome.ok and operation == "custom" and isinstance(outcome.value, Mapping):
        return module_page.show(ctx, service, function, outcome.value)
    tell(ctx, service.id, function, outcome)
    return go(service_url(service))


def tell(ctx: Ctx, target: lifecycle.Target, function: str, outcome: lifecycle.Outcome) -> None:
    """The banner about a command: Module Command Success, Pending or Error."""
    if outcome.ok:
        with ctx.unit(read=True) as db:
            text = lifecycle.states.told(db, target, function)
        frame.note("success", "Module Command Success", text)
    elif outcome.state == "pending":
        frame.note("info", "Module Command Pending", outcome.message)
    else:
        frame.note("error", "Module Command Error", outcome.message)


def _sign_on(ctx: Ctx, service: Service) -> Response:
    """Sign in to the service's account at the vendor (ServiceSingleSignOn)."""
    way = signon.of_service(ctx, service.id)
    with ctx.unit(read=True) as db:
        name = lifecycle.module_of(db, service.id) if not way.failed else ""
    answer = way_page.go(way, _sign_on_label(ctx, name) if name else "Single Sign-On", service_url(service))
    if answer is not None:
        return answer
    frame.note("error", "Sign-on failed", way.error or "The module refused without saying why.")
    return go(service_url(service))


def _sign_on_label(ctx: Ctx, name: str) -> str:
    return str(lifecycle.metadata(ctx, name).get("ServiceSingleSignOnLabel") or "Login as User")


def _save(ctx: Ctx, service: Service) -> Response:
    """Save Changes. A service that became Active accepts its pending order once all items of it are Active."""
    with ctx.unit(read=True) as db:
        shown = service_form.load(db, service)
    form = request.form
    try:
        services.update(
            ctx,
            service.id,
            service_form.changes(form, shown.values),
            customfields=service_form.custom_fields(form, shown.fields),
            configoptions=service_form.chosen_options(form, shown.options),
            autorecalc="autorecalc" in form,
        )
    except services.ServiceErrors as error:
        shown_again: Response = clientsservices(problems(error))
        return shown_again
    with ctx.unit(read=True) as db:
        order = db.get(Order, service.orderid) if service.orderid else None
    accepted = (
        shown.order is not None and shown.order.status == "Pending" and order is not None and order.status == "Active"
    )
    frame.note(
        "success",
        "Changes Saved Successfully!",
        f"Order #{order.ordernum} is Active now." if accepted and order else "",
    )
    hookoutput.saved("AdminClientServicesTabFieldsSave", id=service.id)
    if shown.product is not None and shown.product.servertype:
        try:
            lifecycle.tabs.save(ctx, service.id, dict(form))
        except ModuleFailed as error:
            frame.note("error", "The module could not save its fields", str(error))
    return go(service_url(service))


#: `orderby` of the address -> column
SORTED = {"id": Service.id, "domain": Service.domain, "nextduedate": Service.nextduedate}


@blueprint.get("/clientshostinglist.php")
@frame.permission("List Services")
def hosting_list() -> Response:
    """All services, with filters."""
    status, domain = request.args.get("status", ""), request.args.get("domain", "").strip()
    order = wanted_order(SORTED)
    query = (
        select(Service, Client, Product.name)
        .outerjoin(Client, Client.id == Service.userid)
        .outerjoin(Product, Product.id == Service.packageid)
        .order_by(*order(SORTED, Service.id))
    )
    if status:
        query = query.where(Service.domainstatus == status)
    if domain:
        query = query.where(begins(Service.domain, domain))
    if number("pid"):
        query = query.where(Service.packageid == number("pid"))
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query, scalars=False)
    return page(
        "hosting_list.html", "Products/Services", page=rows, statuses=STATUSES, status=status, domain=domain,
        order=order,
    )
