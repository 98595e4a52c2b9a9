"""Server sync: the accounts that a server's module lists beside our services, and what is to be done about the differences."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.billing.cycles import CYCLES
from modulehost.lifecycle import sync
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product, Server
from modulehost.web import frame
from modulehost.web.admin.paging import given
from modulehost.web.admin.site import confirmed, go, number, page, row_or_404

LIST_URL = "/admin/configservers.php"
SIZE = 100
KINDS = {
    "differing": "Different", "missing_here": "Only on the Server", "missing_there": "Only Here", "matched": "Matched",
}  # fmt: skip


def url(server_id: int, kind: str = "") -> str:
    """Where a server's accounts are compared."""
    return f"{LIST_URL}?action=sync&id={server_id}" + (f"&kind={kind}" if kind else "")


def view() -> Response:
    """The comparison by the list that was fetched last; without one the page offers to fetch it."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        server = row_or_404(db, Server, number("id"), "Server")
        listing = sync.last(db, server.id)
    try:
        rules = sync.rules_of(ctx, server.type)
    except ModuleFailed as failure:
        frame.note("error", "The accounts cannot be compared", str(failure))
        return go(LIST_URL)
    with ctx.unit(read=True) as db:
        found = sync.compare(db, server, rules, listing.accounts) if listing else sync.Comparison()
        products = db.execute(
            select(Product.id, Product.name).where(Product.servertype == server.type).order_by(Product.order, Product.name)
        ).all()
    counts = {kind: len(found.of(kind)) for kind in KINDS}
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        kind = next((one for one in KINDS if counts[one]), "matched")
    pairs = found.of(kind)
    text = request.args.get("text", "").strip()
    if text:
        pairs = [pair for pair in pairs if text.lower() in _words(pair)]
    rows = given(lambda start, count: (len(pairs), pairs[start : start + count]), SIZE)
    return page("server_sync.html", f"Sync Accounts: {server.name}", server=server, listing=listing, rules=rules, kinds=KINDS,
                counts=counts, kind=kind, page=rows, products=[tuple(one) for one in products], cycles=CYCLES.values(), text=text,
                menu_url=LIST_URL)  # fmt: skip


def _words(pair: sync.Pair) -> str:
    parts = [pair.key]
    if pair.account:
        parts += [pair.account.email, pair.account.username, pair.account.domain, pair.account.product]
    if pair.service:
        parts += [pair.service.client, pair.service.product]
    return " ".join(parts).lower()


def list_again() -> Response:
    """Ask the module for its accounts."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        server = row_or_404(db, Server, number("id"), "Server")
    try:
        listing = sync.fetch(ctx, server.id)
    except sync.NotListed as failure:
        frame.note("error", "The accounts were not listed", str(failure))
        return go(url(server.id))
    frame.note("success", "Accounts Listed", f"{len(listing.accounts)} account(s) on “{server.name}”")
    return go(url(server.id))


def apply() -> Response:
    """Do what the button of one of the lists says to the accounts that are ticked, or to all of the list."""
    ctx, kind = frame.ctx(), request.form.get("kind", "")
    verbs = {"differing": "Update", "missing_here": "Import", "missing_there": "Mark as terminated"}
    with ctx.unit(read=True) as db:
        server = row_or_404(db, Server, number("id"), "Server")
        listing = sync.last(db, server.id)
    if kind not in verbs:
        frame.abort_page(400, "Unknown action", f"The server sync knows no list named “{kind}”.")
    back = url(server.id, kind)
    if listing is None:
        frame.note("error", "Nothing was changed", "The list of accounts is too old; list them again.")
        return go(back)
    cycle = request.form.get("billingcycle", "")
    if cycle and cycle not in CYCLES:
        frame.note("error", "Nothing was changed", f"There is no billing cycle named “{cycle[:40]}”.")
        return go(back)
    try:
        rules = sync.rules_of(ctx, server.type)
    except ModuleFailed as failure:
        frame.note("error", "Nothing was changed", str(failure))
        return go(back)
    with ctx.unit(read=True) as db:
        pairs = sync.compare(db, server, rules, listing.accounts).of(kind)
        product = db.get(Product, number("product", request.form))
    if "all" not in request.form:
        chosen = set(request.form.getlist("account"))
        pairs = [pair for pair in pairs if pair.key in chosen]
    if not pairs:
        frame.note("info", "Nothing was changed", "Tick the accounts that are meant.")
        return go(back)
    if product is not None and product.servertype != server.type:
        frame.note("error", "Nothing was changed", f"“{product.name}” is no product of the module {server.type}.")
        return go(back)
    question = f"{verbs[kind]}: {len(pairs)} account(s) of “{server.name}”. Do you want to go on?"
    if asked := confirmed(question, back, "Sync Accounts"):
        return asked
    if kind == "missing_there":
        result = sync.terminate(ctx, server.id, pairs)
    elif kind == "differing":
        result = sync.overtake(ctx, server.id, pairs)
    else:
        choices = sync.Choices(product.id if product else 0, cycle, "reset" in request.form, "welcome" in request.form)
        result = sync.import_accounts(ctx, server.id, rules, pairs, choices)
    _tell(kind, result)
    return go(back)


def _tell(kind: str, result: sync.Result) -> None:
    done = {"differing": "updated", "missing_here": "imported", "missing_there": "marked as terminated"}[kind]
    if result.failed:
        more = len(result.failed) - 20
        texts = result.failed[:20] + ([f"and {more} more"] if more > 0 else [])
        frame.note("error", f"{len(result.failed)} account(s) need a look", "\n".join(texts))
    if result.done or not result.failed:
        parts = [f"{result.done} account(s) {done}"]
        parts += [f"{result.already} had been done before"] if result.already else []
        frame.note("success" if result.done else "info", "Server Sync", "; ".join(parts))
    if result.left:
        frame.note("warning", f"{result.left} account(s) are left", "It takes several steps; press the button again to go on.")


def can_list(kinds: set[str]) -> set[str]:
    """Which of these modules define ListAccounts; one that does not load is told of elsewhere."""
    ctx, found = frame.ctx(), set()
    for kind in kinds:
        if lifecycle.remote.defines(ctx, kind, "ListAccounts"):
            found.add(kind)
    return found
