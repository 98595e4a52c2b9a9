"""Finding what is due: ids only, in the order of their clients, cut into chunks between clients."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from modulehost.billing.recurring.terms import BILLED, Terms
from modulehost.journal import Report
from modulehost.schema import Service, ServiceAddon

#: services and addons of one unit, more where a single client has more
CHUNK = 2000
_AT_ONCE = 10_000  # rows that a database's driver holds while ids are read


@dataclass(frozen=True)
class Wanted:
    """What a run is limited to; None: everything. Services are left out where only addons are named, and the other way round."""

    clients: Sequence[int] | None = None
    services: Sequence[int] | None = None
    addons: Sequence[int] | None = None

    def of_services(self) -> list[ColumnElement[bool]] | None:
        """Conditions on services; None: no service at all."""
        return self._where(Service, self.services, self.addons)

    def of_addons(self) -> list[ColumnElement[bool]] | None:
        """Conditions on addons; None: no addon at all."""
        return self._where(ServiceAddon, self.addons, self.services)

    def _where(
        self, model: type[Service] | type[ServiceAddon], mine: Sequence[int] | None, others: Sequence[int] | None
    ) -> list[ColumnElement[bool]] | None:
        if mine is None and others is not None:
            return None
        found: list[ColumnElement[bool]] = []
        if self.clients is not None:
            found.append(model.userid.in_(list(self.clients)))
        if mine is not None:
            found.append(model.id.in_(list(mine)))
        return found


@dataclass
class _Ids:
    """Ids and their clients: eight bytes each, so that a run over a million services needs little."""

    ids: "array[int]"
    owners: "array[int]"

    def upto(self, start: int, owner: int) -> int:
        """The place after the last id of this owner."""
        while start < len(self.owners) and self.owners[start] <= owner:
            start += 1
        return start


def find(db: Session, terms: Terms, wanted: Wanted, report: Report) -> Iterator[tuple[list[int], list[int]]]:
    """Chunks of (service ids, addon ids). All ids are read before the first chunk; what is not billed is counted as skipped."""
    services = _read(db, Service, terms, wanted.of_services(), report)
    addons = _read(db, ServiceAddon, terms, wanted.of_addons(), report)
    return _chunks(services, addons)


def _read(
    db: Session, model: type[Service] | type[ServiceAddon], terms: Terms, where: list[ColumnElement[bool]] | None, report: Report
) -> _Ids:
    found = _Ids(array("q"), array("q"))
    if where is None:
        return found
    status, what = (Service.domainstatus, "service") if model is Service else (ServiceAddon.status, "addon")
    due = [terms.due(model.nextinvoicedate, model.billingcycle), *where]
    others = select(status, func.count()).where(status.not_in(BILLED), *due).group_by(status).order_by(status)
    for word, count in db.execute(others):
        report.skip(f"the {what} is {word}", count=count)
    rows = select(model.userid, model.id).where(status.in_(BILLED), *due).order_by(model.userid, model.id)
    for part in db.connection().execute(rows, execution_options={"yield_per": _AT_ONCE}).partitions():
        found.owners.extend([row[0] for row in part])
        found.ids.extend([row[1] for row in part])
    return found


def _chunks(services: _Ids, addons: _Ids) -> Iterator[tuple[list[int], list[int]]]:
    s = a = 0
    while s < len(services.ids) or a < len(addons.ids):
        # The client at whom either of both is full is taken whole, so that a chunk always ends between clients.
        full = [one.owners[min(start + CHUNK, len(one.ids)) - 1] for one, start in ((services, s), (addons, a)) if start < len(one.ids)]
        next_s, next_a = services.upto(s, min(full)), addons.upto(a, min(full))
        yield services.ids[s:next_s].tolist(), addons.ids[a:next_a].tolist()
        s, a = next_s, next_a
