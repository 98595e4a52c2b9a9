"""The account: details, messages, password, and which account to work with."""

from typing import Any

from flask import current_app, redirect, request
from markupsafe import Markup
from sqlalchemy import select

from modulehost import language as words
from modulehost import settings
from modulehost.accounts import Invalid, clients, contacts, customfields, signin, users
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing import gateways
from modulehost.billing.dates import moment_text
from modulehost.schema import Client, CustomField, Email, User
from modulehost.themes import Page
from modulehost.themes.encode import html
from modulehost.themes.menus import account_sidebar
from modulehost.themes.objects import Collection, Record
from modulehost.web import frame
from modulehost.web.client import lists
from modulehost.web.client.show import (
    array,
    blueprint,
    errors_html,
    flash,
    language,
    not_found,
    number,
    say,
    settle,
    show,
    to,
    worded,
)
from modulehost.web.numbers import is_whole

FIELDS = (
    "firstname", "lastname", "companyname", "email", "address1", "address2", "city", "state", "postcode", "country",
    "phonenumber", "tax_id",
)  # fmt: skip
HOME = ("/clientarea.php", "clientareatitle")


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page: the client area, then (address, label)."""
    return [(HOME[0], say(HOME[1])), *last]


def details() -> Any:
    """clientarea.php?action=details."""
    ctx, errors = frame.ctx(), list[str]()
    posted = request.method == "POST" and bool(request.form.get("save"))
    if posted:
        data: dict[str, Any] = {name: request.form[name] for name in FIELDS if name in request.form}
        method = request.form.get("paymentmethod", "none")
        data["defaultgateway"] = "" if method == "none" else method
        if "billingcid" in request.form:
            data["billingcid"] = number("billingcid")
        chosen = request.form.get("accountLanguage", "")
        data["language"] = chosen if words.known(chosen) else ""
        if wishes := array("email_preferences", request.form):
            data["email_preferences"] = wishes
        if given := array("customfield", request.form):
            data["customfields"] = _changed_fields({int(k): v for k, v in given.items() if is_whole(k)})
        try:
            with ctx.unit(read=True) as db:
                if data["defaultgateway"]:
                    gateways.find(db, data["defaultgateway"])
            clients.edit(ctx, frame.client_id(), data)
        except (Invalid, gateways.GatewayError) as error:
            errors = list(getattr(error, "errors", None) or [str(error)])
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        given_values = {
            f"client{name}": request.form.get(name, "") if errors else getattr(client, name) for name in FIELDS
        }
        fields = [row for row in customfields.fields(db, "client") if row.adminonly != "on"]
        values = customfields.values(db, fields, client.id)
    values = customfields.loaded(ctx, values, client.id)
    with ctx.unit(read=True) as db:
        variables = {
            **given_values,
            "successful": posted and not errors,
            "errormessage": errors_html(errors),
            "uneditablefields": [],
            "optionalFields": [],
            "clientcountriesdropdown": country_select(str(given_values["clientcountry"])),
            "paymentmethods": [
                {"sysname": one.module, "name": one.displayname} for one in gateways.active(db) if one.visible
            ],
            "defaultpaymentmethod": client.defaultgateway,
            "languages": words.languages(),
            "clientLanguage": client.language,
            "contacts": [{"id": one.id, "name": contacts.name(one), "email": one.email} for one in contacts.of_client(db, client.id)],
            "billingcid": client.billingcid,
            "customfields": [custom_field(row, values[row.id]) for row in fields],
            "emailPreferencesEnabled": True,
            "emailPreferences": {
                k: int(v) for k, v in clients.preferences(client).items() if k not in ("domain", "affiliate")
            },
            "showTaxIdField": settings.on(db, "mh_tax_id_field"),
            "showMarketingEmailOptIn": False,
        }
    title = say("clientareanavdetails")
    page = Page("clientareadetails", title, variables, crumbs(("", title)), hook="Profile")
    page.primary = account_sidebar(language(), "Account Details")
    return show(page)


def _changed_fields(given: dict[int, str]) -> dict[int, str]:
    """What the form changes: fields of staff are not the client's to fill, and a password left empty stays as it is."""
    with frame.ctx().unit(read=True) as db:
        own = {row.id: row.fieldtype for row in customfields.fields(db, "client") if row.adminonly != "on"}
    return {key: value for key, value in given.items() if key in own and (value or own[key] != "password")}


def country_select(selected: str, name: str = "country", field_id: str = "inputCountry") -> Markup:
    """The list of countries as HTML, as `$clientcountriesdropdown`."""
    template = current_app.jinja_env.get_template("modulehost/countries.html")
    names = {code: country.name for code, country in COUNTRIES.items()}
    return Markup(template.render(countries=names, selected=selected, name=name, id=field_id))  # noqa: S704 - escaped by Jinja


def custom_field(row: CustomField, value: str) -> dict[str, Any]:
    """A client's custom field as `$customfields` has it, with its input."""
    return {
        "id": row.id,
        "name": customfields.label(row),
        "description": html(row.description),
        "required": "*" if row.required == "on" else "",
        "value": "" if row.fieldtype == "password" else value,
        "input": custom_input(
            row.id, row.fieldtype, "" if row.fieldtype == "password" else value, customfields.choices(row)
        ),
    }


def custom_input(field_id: int, kind: str, value: str, choices: list[str]) -> Markup:
    """The form element of a custom field, as `$customfield.input`."""
    template = current_app.jinja_env.get_template("modulehost/customfield.html")
    return Markup(template.render(id=field_id, kind=kind, value=value, choices=choices))  # noqa: S704 - escaped by Jinja


def emails() -> Any:
    """clientarea.php?action=emails."""
    with frame.ctx().unit(read=True) as db:
        mails = select(Email).where(Email.userid == frame.client_id(), Email.pending == 0)
        rows, about = lists.cut(db, mails, {"date": Email.date, "subject": Email.subject}, Email.id, "date", True)
        found = [
            {
                "id": row.id,
                "subject": row.subject,
                "date": moment_text(db, row.date),
                "normalisedDate": str(row.date or ""),
                "attachmentCount": 0,
            }
            for (row,) in rows
        ]
    title = say("clientareaemails")
    variables = {"emails": found, **about}
    page = Page(
        "clientareaemails",
        title,
        variables,
        crumbs(("", title)),
        tagline=say("clientareaemailsintrotext"),
        hook="Emails",
    )
    page.primary = account_sidebar(language(), "Email History")
    return show(page)


@blueprint.get("/viewemail.php")
@frame.signed_in
def email() -> Any:
    """One message; its HTML is shown in a frame that can run nothing."""
    with frame.ctx().unit(read=True) as db:
        row = db.get(Email, number("id"))
        date = moment_text(db, row.date) if row else ""
    if row is None or row.userid != frame.client_id():
        return not_found()
    variables = {"subject": row.subject, "message": row.message, "date": date, "attachments": []}
    return show(Page("viewemail", row.subject, variables, hook="ViewEmail", standalone=True))


@blueprint.route("/user/password", methods=["GET", "POST"])
@frame.signed_in
def password() -> Any:
    """Change the user's own password."""
    if request.method == "POST" and request.form.get("submit"):
        new = request.form.get("newpw", "")
        actor = frame.client_actor()
        assert actor is not None, "the view is for signed-in users"
        if actor.behind:
            flash("error", say("host.notForStaff"))
        elif new != request.form.get("confirmpw", ""):
            flash("error", say("pwdoesnotmatch"))
        else:
            try:
                signin.change_password(frame.ctx(), actor.user_id, request.form.get("existingpw", ""), new)
            except Invalid as error:
                flash("error", " ".join(map(worded, error.errors)))
            else:
                with frame.ctx().unit(read=True) as db:
                    user = db.get_one(User, actor.user_id)
                frame.open_user_session(user, actor.id)
                settle()
                flash("success", say("passwordChanged"))
        return to("/user/password")
    title = say("clientareanavchangepw")
    page = Page("user-password", title, {"maximumPasswordLength": 64}, crumbs(("", title)), hook="ChangePassword")
    page.primary = account_sidebar(language(), "Change Password")
    return show(page)


@blueprint.route("/user/accounts", methods=["GET", "POST"])
def accounts() -> Any:
    """Choose which of the user's clients to work with; without any, the page says how to get one."""
    actor, lone = frame.client_actor(), frame.lone_user()
    if actor is None and lone is None:
        return redirect("/login?goto=/user/accounts")
    with frame.ctx().unit(read=True) as db:
        user = lone or db.get_one(User, actor.user_id if actor else 0)
        rows = users.clients_of(db, user)
        owned = {row.id for row in rows if (owner := users.owner_of(db, row.id)) is not None and owner.id == user.id}
    if request.method == "POST":
        chosen = next((row for row in rows if row.id == number("id")), None)
        if chosen is None or chosen.status == "Closed":
            return not_found()
        frame.open_user_session(user, chosen.id, actor.admin_id if actor else 0)
        return to("/clientarea.php")
    found = Collection(_account(row, row.id in owned) for row in rows)
    title = say("switchAccount.title")
    return show(Page("user-switch-account", title, {"accounts": found}, crumbs(("", title))))


def _account(row: Client, owned: bool) -> Record:
    name = f"{row.firstname} {row.lastname}".strip()
    data = {
        "id": row.id,
        "displayName": f"{row.companyname} ({name})" if row.companyname else name,
        "status": row.status,
    }
    return Record(data, {"authedUserIsOwner": lambda: owned}, class_name="WHMCS\\User\\Client")
