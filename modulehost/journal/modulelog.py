"""The module log (tblmodulelog): what a module sent, got and made of it, with its secrets masked.

Written while the setting ModuleLogEnabled is on, as the public documentation of logModuleCall says.
"""

from collections.abc import Iterable
from typing import Any

from modulehost import settings
from modulehost.context import Ctx
from modulehost.journal.masking import as_text, mask
from modulehost.schema import ModuleLog


def module_log(
    ctx: Ctx, module: str, action: str, request: Any, response: Any, processed: Any = "", replace: Iterable[Any] = ()
) -> int:
    """Add an entry and return its id, 0 when the log is off. `replace` are the texts to mask, beside those of the call."""
    secrets = [*replace, *(ctx.call.secrets if ctx.call else ())]
    with ctx.unit() as db:
        if not settings.on(db, "ModuleLogEnabled"):
            return 0
        row = ModuleLog(
            date=ctx.host.clock.now(),
            module=module,
            action=action,
            request=mask(as_text(request), secrets),
            response=mask(as_text(response), secrets),
            arrdata=mask(as_text(processed), secrets),
        )
        db.add(row)
        db.flush()
        if ctx.call is not None:
            ctx.call.log_ids.append(row.id)
        return row.id
