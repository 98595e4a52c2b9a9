"""What a module keeps: names and texts, locks, tables of its own."""

import contextlib
import fcntl
import re
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost.context import Ctx
from modulehost.schema import ModuleStore
from modulehost.schema import own as _own
from modulehost.sdk import calling
from modulehost.vault import Vault

#: raised when a row would repeat a value of a `unique` column
Duplicate = IntegrityError


class Store:
    """Names and texts that a module keeps, apart for every `scope`. Shared by the whole installation."""

    def __init__(self, module_type: str, module: str, scope: str) -> None:
        self._key = (module_type, module, scope)

    def _where(self, name: str | None = None) -> list[Any]:
        type_, module, scope = self._key
        found: list[Any] = [ModuleStore.module_type == type_, ModuleStore.module == module, ModuleStore.scope == scope]
        return found if name is None else [*found, ModuleStore.name == name]

    def get(self, name: str, default: str = "") -> str:
        """The text under `name`, decrypted, else `default`."""
        ctx = calling.ctx()
        if (tried := _tried(ctx)) is not None and (*self._key, name) in tried:
            return tried[*self._key, name] or default
        with ctx.unit(read=True) as db:
            row = db.scalar(select(ModuleStore).where(*self._where(name)))
        return default if row is None else ctx.host.part(Vault).decrypt(row.value) if row.encrypted else row.value

    def set(self, name: str, value: str, secret: bool = False) -> None:
        """Keep `value` under `name`; `secret` encrypts it at rest."""
        ctx = calling.ctx()
        if (tried := _tried(ctx)) is not None:
            tried[*self._key, name] = value
            return
        stored = ctx.host.part(Vault).encrypt(value) if secret else value
        try:
            self._put(ctx, name, stored, secret)
        except IntegrityError:  # another call made the row in the same instant; now it is there
            self._put(ctx, name, stored, secret)

    def _put(self, ctx: Ctx, name: str, stored: str, secret: bool) -> None:
        type_, module, scope = self._key
        with ctx.unit() as db:
            row = db.scalar(select(ModuleStore).where(*self._where(name)))
            if row is None:
                row = ModuleStore(module_type=type_, module=module, scope=scope, name=name)
                db.add(row)
            row.value, row.encrypted, row.updated_at = stored, int(secret), ctx.host.clock.now()

    def delete(self, name: str) -> None:
        """Forget `name`."""
        if (tried := _tried(calling.ctx())) is not None:
            tried[*self._key, name] = None
            return
        with calling.ctx().unit() as db:
            db.execute(delete(ModuleStore).where(*self._where(name)))

    def names(self) -> list[str]:
        """All names of this scope."""
        ctx = calling.ctx()
        with ctx.unit(read=True) as db:
            found = set(db.scalars(select(ModuleStore.name).where(*self._where())))
        for (*key, name), value in (_tried(ctx) or {}).items():
            if tuple(key) == self._key:
                (found.discard if value is None else found.add)(name)
        return sorted(found)


def _tried(ctx: Ctx) -> dict[tuple[str, ...], str | None] | None:
    """What a call with sample params keeps: in memory, laid over the rows, so that trying a function leaves nothing behind."""
    found: dict[tuple[str, ...], str | None] | None = ctx.request.get("sample_store")
    return found


def store(scope: str = "") -> Store:
    """The running module's own store."""
    return Store(*calling.who(), scope)


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the module's lock `name`: one holder at a time across all threads and processes of the host."""
    ctx = calling.ctx()
    folder = ctx.host.root / "run" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join((*calling.who(), name)))
    deadline = time.monotonic() + (calling.remaining() or 30)
    with (folder / safe).open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if ctx.call is not None:
                    ctx.call.check()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another call held the lock {name!r} for too long") from None
                time.sleep(0.01)
        yield


def table(name: str, **columns: str) -> Table:
    """A table of the module's own (customary prefix `mod_`) with a key `id`, as a SQLAlchemy table.

    A column's type is a word: int, bigint, varchar(64), text, decimal(16,2), date, datetime; with `?` it may be NULL, without
    it is never NULL and starts as 0, an empty text or None (for dates). `varchar(64) unique` refuses a second row of the same value
    (`sdk.Duplicate`). Raises ValueError for a table of the host's.
    """
    return _own.table(name, columns)


def create_table(db: Session, table: Table) -> None:
    """Create the module's table unless it exists. In a `unit()`."""
    _own.create(db, table)


def add_columns(db: Session, table: Table) -> list[str]:
    """Add the columns that the existing table lacks, for `_upgrade`; returns their names. In a `unit()`."""
    return _own.add_columns(db, table)


def drop_table(db: Session, table: Table) -> None:
    """Drop the module's table if it exists. In a `unit()`."""
    _own.drop(db, table)
