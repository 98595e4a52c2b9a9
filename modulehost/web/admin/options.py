"""Configurable Options: groups, and the window of one option."""

from collections.abc import Callable

from flask import request
from werkzeug.wrappers import Response

from modulehost.billing.catalog import Invalid, options, prices, products
from modulehost.schema import ConfigOption, ProductConfigGroup
from modulehost.web import frame
from modulehost.web.admin.site import (
    blueprint,
    confirmed,
    go,
    number,
    page,
    problems,
    row_or_404,
    sent,
    unknown_change,
    view_of,
)
from modulehost.web.numbers import is_whole

URL = "/admin/configproductoptions.php"
NEEDED = "Configure Product Options"


@blueprint.get("/configproductoptions.php")
@frame.permission(NEEDED)
def configproductoptions() -> Response:
    """The groups, one group (`action=managegroup&id=`), or one option's window (`manageoptions=true&cid=`)."""
    if request.args.get("manageoptions"):
        return option_window()
    action = request.args.get("action", "")
    views: dict[str, Callable[[], Response]] = {"": _list, "managegroup": group_page, "duplicategroup": duplicate_form}
    return view_of(action, views, "Configurable Options")


@blueprint.post("/configproductoptions.php")
@frame.permission(NEEDED)
def configproductoptions_post() -> Response:
    """Changes."""
    if request.args.get("manageoptions"):
        return _save_option()
    action = request.values.get("action", "")
    changes: dict[str, Callable[[], Response]] = {
        "managegroup": _save_group, "deletegroup": _delete_group, "deleteoption": _delete_option, "duplicategroup": _duplicate,
    }  # fmt: skip
    if action not in changes:
        unknown_change("Configurable Options knows", action)
    return changes[action]()


def _list() -> Response:
    with frame.ctx().unit(read=True) as db:
        lines = options.groups(db)
    return page("options.html", "Configurable Options", lines=lines)


def group_url(group_id: int) -> str:
    """Where a group is edited."""
    return f"{URL}?action=managegroup&id={group_id}"


def group_page(found: dict[str, str] | None = None) -> Response:
    """Create a New Group, or the group with its assigned products and options."""
    key = number("id")
    with frame.ctx().unit(read=True) as db:
        group = row_or_404(db, ProductConfigGroup, key, "Option group") if key else ProductConfigGroup()
        listed = options.of_group(db, key) if key else []
        counts = {option.id: len(options.choices(db, option.id)) for option in listed}
        assigned = options.assigned_products(db, key) if key else []
        all_products = products.listing(db)
    form = sent()
    if form:
        assigned = [int(text) for text in form.getlist("productlinks") if is_whole(text)]
    title = f"Manage Group: {group.name}" if key else "Create a New Group"
    return page("option_group.html", title, group=group, options=listed, counts=counts, assigned=assigned, given=form,
                products=all_products, types=options.TYPES, found=found or {}, menu_url=URL)  # fmt: skip


def _save_group() -> Response:
    key = number("id")
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, ProductConfigGroup, key, "Option group") if key else None
            group = options.save_group(db, request.form, old)
    except Invalid as error:
        return group_page(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Group Created",
               "" if key else "Its options can be added below.")  # fmt: skip
    return go(group_url(group.id))


def _delete_group() -> Response:
    with frame.ctx().unit(read=True) as db:
        group = row_or_404(db, ProductConfigGroup, number("id"), "Option group")
    question = f"Are you sure you want to delete the group “{group.name}” with all its options and prices?"
    if asked := confirmed(question, URL, "Delete Group"):
        return asked
    try:
        with frame.ctx().unit() as db:
            options.delete_group(db, row_or_404(db, ProductConfigGroup, group.id, "Option group"))
        frame.note("success", "Group Deleted")
    except Invalid as error:
        frame.note("error", "The group was not deleted", str(error))
    return go(URL)


def duplicate_form(found: dict[str, str] | None = None) -> Response:
    """Duplicate a Group."""
    with frame.ctx().unit(read=True) as db:
        lines = options.groups(db)
    return page(
        "option_duplicate.html", "Duplicate a Group", lines=lines, found=found or {}, given=request.values, menu_url=URL
    )


def _duplicate() -> Response:
    try:
        with frame.ctx().unit() as db:
            group = row_or_404(db, ProductConfigGroup, number("existinggroupid"), "Option group")
            copy = options.duplicate_group(db, group, request.form.get("newgroupname", ""))
    except Invalid as error:
        return duplicate_form(problems(error))
    frame.note("success", "Group Duplicated", "It is not assigned to any product yet.")
    return go(group_url(copy.id))


# --- one option -------------------------------------------------------------------------------------------------------


def option_window(found: dict[str, str] | None = None) -> Response:
    """The window of an option: `cid` edits one, `gid` adds one to that group. Works as a page of its own, too."""
    key = number("cid")
    with frame.ctx().unit(read=True) as db:
        option = row_or_404(db, ConfigOption, key, "Option") if key else ConfigOption(gid=number("gid"), optiontype="")
        group = row_or_404(db, ProductConfigGroup, option.gid, "Option group")
        choices = options.choices(db, key) if key else []
        rows = prices.rows(db, "configoptions", [choice.id for choice in choices])
        currencies = prices.currencies(db)
    title = f"Configurable Option: {option.optionname}" if key else "Add New Configuration Option"
    kind = option.optiontype
    return page(
        "option_window.html", title, option=option, group=group, choices=choices, currencies=currencies, types=options.TYPES,
        cycles=prices.COLUMNS, found=found or {}, given=sent(), quantity=kind == options.QUANTITY,
        price_of=lambda sub: lambda currency: rows.get((sub, currency)), single=kind in (options.YESNO, options.QUANTITY),
    )  # fmt: skip


def _save_option() -> Response:
    key = number("cid")
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, ConfigOption, key, "Option") if key else None
            group = row_or_404(db, ProductConfigGroup, old.gid if old else number("gid"), "Option group")
            option = options.save_option(db, request.form, group.id, old)
    except Invalid as error:
        return option_window(problems(error))
    frame.note("success", "Changes Saved Successfully!")
    return go(f"{URL}?manageoptions=true&cid={option.id}")


def _delete_option() -> Response:
    with frame.ctx().unit(read=True) as db:
        option = row_or_404(db, ConfigOption, number("cid"), "Option")
    back = group_url(option.gid)
    if asked := confirmed(f"Are you sure you want to delete the option “{option.optionname}”?", back, "Delete Option"):
        return asked
    try:
        with frame.ctx().unit() as db:
            options.delete_option(db, row_or_404(db, ConfigOption, option.id, "Option"))
        frame.note("success", "Option Deleted")
    except Invalid as error:
        frame.note("error", "The option was not deleted", str(error))
    return go(back)
