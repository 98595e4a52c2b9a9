"""Custom fields of clients, services, addons and tickets: definitions and stored values.

A field's name may be `key|Friendly name`: modules receive the key, people see the rest. Values of password fields are
encrypted at rest. Source: public schema notes.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.context import Ctx, after_commit, ctx_of
from modulehost.language import Phrase
from modulehost.schema import CustomField, CustomFieldValue
from modulehost.vault import Vault

LONGEST = 16_000


def fields(db: Session, kind: str, rel_id: int = 0) -> list[CustomField]:
    """The fields of a type (client, product, addon, support) and, but for clients, of one product or department."""
    wanted = select(CustomField).where(CustomField.type == kind, CustomField.relid == rel_id)
    return list(db.scalars(wanted.order_by(CustomField.sortorder, CustomField.id)))


def key(field: CustomField) -> str:
    """The part of the name that modules receive."""
    return field.fieldname.partition("|")[0].strip()


def label(field: CustomField) -> str:
    """The part of the name that people see."""
    return field.fieldname.rpartition("|")[2].strip()


def choices(field: CustomField) -> list[str]:
    """What a drop-down offers."""
    return [one.strip() for one in field.fieldoptions.split(",") if one.strip()]


def values(db: Session, wanted: list[CustomField], rel_id: int) -> dict[int, str]:
    """What client, service, ... `rel_id` holds in these fields, by field id; every field has a value, perhaps empty."""
    ids = [field.id for field in wanted]
    found = select(CustomFieldValue.fieldid, CustomFieldValue.value).where(CustomFieldValue.relid == rel_id)
    rows = {row.fieldid: row.value for row in db.execute(found.where(CustomFieldValue.fieldid.in_(ids)))} if ids else {}
    vault = ctx_of(db).host.part(Vault)
    return {one: vault.decrypt(rows.get(one) or "") for one in ids}


def loaded(ctx: Ctx, held: Mapping[int, str], rel_id: int) -> dict[int, str]:
    """These values as CustomFieldLoad wants them shown: a listener may answer with another `value`."""
    found = dict(held)
    if hooks.heard(ctx, "CustomFieldLoad"):
        for field_id, value in held.items():
            results = hooks.fire(ctx, "CustomFieldLoad", fieldid=field_id, relid=rel_id, value=value)
            for one in hooks.values(results):
                if isinstance(one, Mapping) and "value" in one:
                    found[field_id] = str(one["value"])
    return found


def secret_ids(db: Session, ids: Iterable[int]) -> set[int]:
    """Which of these fields are password fields."""
    wanted = list(ids)
    query = select(CustomField.id).where(CustomField.id.in_(wanted), CustomField.fieldtype == "password")
    return set(db.scalars(query)) if wanted else set()


def stored(db: Session, field_id: int, value: str) -> str:
    """A value as its row holds it."""
    return ctx_of(db).host.part(Vault).encrypt(value) if secret_ids(db, [field_id]) else value


def save(db: Session, field_id: int, rel_id: int, value: str) -> None:
    """Store one value; CustomFieldSave follows the commit, whose listeners may replace it."""
    now = ctx_of(db).host.clock.now()
    wanted = select(CustomFieldValue).where(CustomFieldValue.fieldid == field_id, CustomFieldValue.relid == rel_id)
    row = db.scalar(wanted.order_by(CustomFieldValue.id).limit(1))
    if row is None:
        row = CustomFieldValue(fieldid=field_id, relid=rel_id, created_at=now)
        db.add(row)
    row.value, row.updated_at = stored(db, field_id, value), now
    db.flush()
    announce(db, field_id, rel_id, value)


def announce(db: Session, field_id: int, rel_id: int, value: str) -> None:
    """Fire CustomFieldSave once this unit has committed, and store what a listener returns as `value` instead."""
    ctx = ctx_of(db)
    after_commit(lambda: _ask_save(ctx, field_id, rel_id, value))


def _ask_save(ctx: Ctx, field_id: int, rel_id: int, value: str) -> None:
    results = hooks.fire(ctx, "CustomFieldSave", fieldid=field_id, relid=rel_id, value=value)
    given = [str(one["value"]) for one in hooks.values(results) if isinstance(one, Mapping) and "value" in one]
    if given and given[-1] != value:
        with ctx.unit() as db:
            row = CustomFieldValue
            db.execute(update(row).where(row.fieldid == field_id, row.relid == rel_id).values(value=stored(db, field_id, given[-1])))


def given(wanted: list[CustomField], data: Mapping[Any, Any]) -> dict[int, str]:
    """Which of the fields `data` names, by id (int or text), by name or by the key of the name."""
    out = {}
    for field in wanted:
        for name in (field.id, str(field.id), field.fieldname, key(field)):
            if name in data:
                out[field.id] = "" if data[name] is None else str(data[name])
                break
    return out


def faults(wanted: list[CustomField], data: Mapping[int, str], partial: bool = False) -> list[str]:
    """What is wrong with these values: required ones that are empty, and those their pattern refuses.

    With `partial` a field that `data` leaves out keeps its value and is not looked at.
    """
    errors: list[str] = []
    for field in wanted:
        if partial and field.id not in data:
            continue
        value = data.get(field.id, "")
        if not value:
            if field.required == "on" and field.adminonly != "on":
                text = f"You did not provide required custom field value for {label(field)}"
                errors.append(Phrase("host.fieldRequired", text, field=label(field)))
        elif field.fieldtype == "dropdown" and value not in choices(field):
            errors.append(Phrase("host.error.fieldChoices", field=label(field), choices=choices(field)))
        # The value becomes a link in pages, so javascript: and the like stay out.
        elif field.fieldtype == "link" and not re.match(r"https?://[^\s/]", value, re.I):
            errors.append(Phrase("host.error.fieldLink", field=label(field)))
        elif len(value) > LONGEST:
            errors.append(Phrase("host.error.fieldLong", field=label(field), count=len(value), most=LONGEST))
        elif field.regexpr and not _matches(field.regexpr, value):
            errors.append(Phrase("host.fieldInvalid", f"The value of {label(field)} is not valid", field=label(field)))
    return errors


def _matches(pattern: str, value: str) -> bool:
    # Patterns are written as PHP writes them: /expression/flags.
    delimited = re.fullmatch(r"([/#~])(.*)\1([a-z]*)", pattern.strip(), re.S)
    body, flags = (delimited[2], delimited[3]) if delimited else (pattern, "")
    try:
        return bool(re.search(body, value, re.I if "i" in flags else 0))
    except re.error:
        return True
