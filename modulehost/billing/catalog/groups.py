"""Product groups (tblproductgroups)."""

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing.catalog.checks import Data, Form, Invalid
from modulehost.context import ctx_of
from modulehost.schema import Product, ProductGroup


def listing(db: Session) -> list[ProductGroup]:
    """All groups in their order."""
    return list(db.scalars(select(ProductGroup).order_by(ProductGroup.order, ProductGroup.id)))


def create(db: Session, data: Data) -> ProductGroup:
    """A new group from `name` (required), `headline`, `tagline`, `orderfrmtpl`, `hidden`. Raises Invalid."""
    group = ProductGroup(order=(db.scalar(select(func.max(ProductGroup.order))) or 0) + 1)
    group.created_at = ctx_of(db).host.clock.now()
    return _store(db, group, data)


def update(db: Session, group: ProductGroup, data: Data) -> ProductGroup:
    """Change a group; every field is taken from `data`. Raises Invalid."""
    return _store(db, group, data)


def _store(db: Session, group: ProductGroup, data: Data) -> ProductGroup:
    form = Form(data)
    name = form.text("name", "Product Group Name", required=True, longest=255)
    slug = slugged(form.text("slug", "URL", longest=128) or name)
    form.done()
    group.name, group.slug = name, unique_slug(db, slug, group.id)
    group.headline, group.tagline = form.text("headline"), form.text("tagline")
    group.orderfrmtpl = form.text("orderfrmtpl")
    group.hidden = form.flag("hidden")
    group.updated_at = ctx_of(db).host.clock.now()
    db.add(group)
    db.flush()
    return group


def delete(db: Session, group: ProductGroup) -> None:
    """Remove an empty group. Raises Invalid while products are in it."""
    count = db.scalar(select(func.count()).select_from(Product).where(Product.gid == group.id)) or 0
    if count:
        raise Invalid({"group": f"“{group.name}” holds {count} product(s); move or delete them first."})
    db.delete(group)
    db.flush()


def move(db: Session, group: ProductGroup, step: int) -> None:
    """Change places with the group before (-1) or after (+1)."""
    groups = listing(db)
    old = groups.index(group)
    new = min(max(old + step, 0), len(groups) - 1)
    groups.insert(new, groups.pop(old))
    for number, one in enumerate(groups, 1):
        one.order = number
    db.flush()


def slugged(text: str) -> str:
    """`text` as a part of an address: letters, digits and hyphens, at most 100 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100].strip("-") or "item"


def unique_slug(db: Session, slug: str, own_id: int | None) -> str:
    """`slug`, with a number at its end when another group has it."""
    taken = set(
        db.scalars(
            select(ProductGroup.slug).where(ProductGroup.slug.startswith(slug), ProductGroup.id != (own_id or 0))
        )
    )
    return free_slug(slug, taken)


def free_slug(slug: str, taken: set[str]) -> str:
    """`slug`, or the first of slug-2, slug-3, ... that is not taken."""
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
