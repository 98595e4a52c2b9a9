"""The module's own table, with the column types that mean the same on every database."""

from typing import Any

from modulehost import sdk

NOTES = sdk.table("mod_example_notes", text="text", created="datetime", author="varchar(64)")


def add(text: str, author: str) -> None:
    """Keep a notice."""
    with sdk.unit() as db:
        db.execute(NOTES.insert().values(text=text, created=sdk.now(), author=author))


def remove(note_id: int) -> None:
    """Delete a notice."""
    with sdk.unit() as db:
        db.execute(NOTES.delete().where(NOTES.c.id == note_id))


def every(order: str = "new") -> list[dict[str, Any]]:
    """All notices."""
    key = NOTES.c.id.asc() if order == "old" else NOTES.c.id.desc()
    with sdk.unit(read=True) as db:
        rows = db.execute(NOTES.select().order_by(key)).all()
    return [
        {"id": row.id, "text": row.text, "author": row.author, "day": row.created.date().isoformat()} for row in rows
    ]
