"""What `module call` does: run one function and tell everything that can be told about it."""

import dataclasses
import json
from typing import Any

from sqlalchemy import func, select

from modulehost import lifecycle, runtimes
from modulehost.context import Ctx
from modulehost.contract import SERVER_FUNCTIONS, nearest, spec
from modulehost.lifecycle import sample
from modulehost.runtimes import ModuleFailed
from modulehost.schema import ModuleLog


def run(
    ctx: Ctx, name: str, function: str, service: int | None, server: int | None, extra: dict[str, Any]
) -> dict[str, Any]:
    """Run it and report: `ok`, `returned`, `printed`, `log` (module log entries), `problems`, `place`, `milliseconds`."""
    with ctx.unit(read=True) as db:
        before = db.scalar(select(func.max(ModuleLog.id))) or 0
    report: dict[str, Any] = {
        "module": name,
        "function": function,
        "ok": True,
        "returned": None,
        "printed": "",
        "problems": [],
    }
    try:
        _run(ctx, name, function, service, server, extra, report)
    except ModuleFailed as failure:
        report.update(ok=False, problems=[str(failure)], printed=failure.printed, traceback=failure.trace)
        if failure.kind == "missing" and (right := nearest(function)) and right != function:
            report["problems"].append(f"did you mean {right}?")
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(ModuleLog).where(ModuleLog.id > before).order_by(ModuleLog.id)).all()
    report["log"] = [
        {"action": r.action, "request": r.request, "response": r.response, "processed": r.arrdata} for r in rows
    ]
    return report


def _run(
    ctx: Ctx,
    name: str,
    function: str,
    service: int | None,
    server: int | None,
    extra: dict[str, Any],
    report: dict[str, Any],
) -> None:
    documented = SERVER_FUNCTIONS.get(function)
    if service is not None and (documented is None or documented.command):
        with ctx.unit(read=True) as db:
            own = lifecycle.module_of(db, service)
        if own != name:
            raise ModuleFailed(f"service {service} belongs to the module {own}, not {name}", "missing")
        outcome = lifecycle.run(ctx, service, function, extra=extra)
        report.update(ok=outcome.ok or outcome.state == "pending", state=outcome.state, returned=outcome.value)
        report["message"] = outcome.message
        if not report["ok"]:
            report["problems"] = [outcome.message]
        return
    module = lifecycle.server_module(ctx, name)
    if service is not None:
        returned = lifecycle.call(ctx, service, function, extra=extra)
    elif server is not None:
        returned = lifecycle.server_call(ctx, server, function)
    else:
        given = {**sample.params(ctx, name), **extra}
        seconds = ctx.host.config.action_seconds if spec(function).command else None
        args = () if spec(function).given == "none" else (given,)
        trying = dataclasses.replace(ctx, request={**ctx.request, "sample_store": {}})
        returned = runtimes.call(
            trying, module, function, *args, seconds=seconds, secrets=lifecycle.params.secrets(given, [])
        )
    checked = returned.checked
    report.update(
        returned=returned.value, printed=returned.printed, place=returned.place, milliseconds=returned.milliseconds,
        problems=returned.problems, message=checked.message, ok=(checked.ok or checked.pending is not None) and not returned.problems,
    )  # fmt: skip


def text(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = []
    if not (report["problems"] and report["returned"] is None):
        lines.append(f"returned: {json.dumps(report['returned'], indent=2, default=str, ensure_ascii=False)}")
    if report.get("place"):
        lines.append(f"defined:  {report['place']}, {report['milliseconds']:g} ms")
    if report["printed"]:
        lines.append("printed:\n  " + report["printed"].rstrip("\n").replace("\n", "\n  "))
    for entry in report["log"]:
        lines.append(f"logged:   {entry['action']}")
        for part in ("request", "response", "processed"):
            if entry[part]:
                lines.append(f"  {part}: " + entry[part].replace("\n", "\n    "))
    lines += [f"wrong:    {p}" for p in report["problems"]]
    if report.get("traceback"):
        lines.append(report["traceback"].rstrip())
    if not report["problems"]:
        lines.append("the contract is kept")
    return "\n".join(lines)
