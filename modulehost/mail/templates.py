"""The mail templates of a fresh install, one file each in templates/, and their seeding into tblemailtemplates.

A file begins with the lines `name:` (the public name), `type:` and `subject:`; an empty line ends them.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.context import ctx_of
from modulehost.schema import EmailTemplate, same

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Template:
    """One bundled template: public name, type, subject and HTML body, both Smarty."""

    name: str
    type: str
    subject: str
    message: str


def _load() -> dict[str, Template]:
    found = {}
    for path in sorted(FOLDER.glob("*.tpl")):
        head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        values = dict(line.split(": ", 1) for line in head.splitlines())
        found[values["name"]] = Template(values["name"], values["type"], values["subject"], body)
    return found


#: The bundled templates by name.
TEMPLATES: dict[str, Template] = _load()


def seed(db: Session) -> None:
    """Add the bundled templates that tblemailtemplates does not hold yet; what an administrator changed stays."""
    now = ctx_of(db).host.clock.now()
    present = {name.lower() for name in db.scalars(select(EmailTemplate.name).where(EmailTemplate.language == ""))}
    for one in TEMPLATES.values():
        if one.name.lower() not in present:
            row = EmailTemplate(type=one.type, name=one.name, subject=one.subject, message=one.message)
            row.created_at = row.updated_at = now
            db.add(row)
    db.flush()


def find(db: Session, name: str, language: str = "") -> EmailTemplate | None:
    """The template in that language, else the default one; None when there is none of that name."""
    rows = db.scalars(select(EmailTemplate).where(same(EmailTemplate.name, name)).order_by(EmailTemplate.id)).all()
    for wanted in dict.fromkeys((language.lower(), "")):
        for row in rows:
            if row.language.lower() == wanted:
                return row
    return None
