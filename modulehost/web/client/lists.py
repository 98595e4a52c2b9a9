"""Lists of the client area: sorted and cut by the database, by the public parameters orderby, sort, itemlimit and page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from modulehost.db import counted
from modulehost.schema import alphabetic
from modulehost.web.numbers import is_whole

#: rows of a page: enough that a theme which sorts and searches in the page has all that most clients own
SIZE, MOST = 250, 1000


def cut(
    db: Session, query: Any, columns: Mapping[str, Any], key: Any, default: str, falling: bool = False
) -> tuple[list[Any], dict[str, Any]]:
    """The rows that the request asks for, and the variables about them that templates know.

    `columns`: what `orderby` may name, `key` the id, by which equal rows follow each other.
    """
    by, sort = request.args.get("orderby", "").lower(), request.args.get("sort", "").lower()
    if by in columns:
        falling = sort == "desc"
    else:
        by, falling = default, (sort == "desc") if sort in ("asc", "desc") else falling
    wanted, number = request.args.get("itemlimit", ""), request.args.get("page", "")
    size = MOST if wanted == "all" else min(int(wanted), MOST) if is_whole(wanted) and int(wanted) else SIZE
    total = counted(db, query)
    pages = max((total + size - 1) // size, 1)
    here = min(max(int(number), 1), pages) if is_whole(number) else 1
    order = [one.desc() if falling else one.asc() for one in (alphabetic(columns[by]), key)]
    rows = list(db.execute(query.order_by(None).order_by(*order).limit(size).offset((here - 1) * size)))
    return rows, {
        "orderby": by, "sort": "desc" if falling else "asc", "itemlimit": size, "pagelimit": size, "numitems": total,
        "pagenumber": here, "totalpages": pages, "prevpage": here - 1 if here > 1 else "", "nextpage": here + 1 if here < pages else "",
        "prevlink": _url(here - 1) if here > 1 else "", "nextlink": _url(here + 1) if here < pages else "",
    }  # fmt: skip


def _url(page: int) -> str:
    return f"{request.path}?{urlencode({**{k: v for k, v in request.args.items() if v}, 'page': page})}"
