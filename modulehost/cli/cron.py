"""cron: the automation's runner, with the words of the emulated system's cron.php."""

import json
from typing import Any

import click

from modulehost.cli.main import columns, show, with_host

_VERBS = ("all", "do", "skip", "list", "help")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[all | do --TASK... | skip --TASK... | list]")
@click.option("-F", "--force", is_flag=True, help="Run tasks that are not due, too.")
@click.option("-v", "verbosity", count=True, help="Name what was done and left alone; -vv tasks that did not run, too; -vvv times.")
@click.option("--email-report", is_flag=True, help="Send the report mail to staff, whatever ran.")
@with_host
def cron(ctx: Any, words: tuple[str, ...], force: bool, verbosity: int, email_report: bool, as_json: bool) -> None:
    """Run the automation's tasks that are due.

    \b
    all                all of them; this is what no word means
    do --TASK ...      only these (--CreateInvoices; the old options, such as invoices, work too)
    skip --TASK ...    all but these
    list               what there is, when it ran last and is due next

    Call it every five minutes. The block of the day runs with the first call inside the hour of DailyCronExecutionHour.
    """
    from modulehost import automation
    from modulehost.automation import naming

    verb, rest = (words[0].lower(), words[1:]) if words and words[0].lower() in _VERBS else ("do" if words else "all", words)
    if verb == "help":
        click.echo(click.get_current_context().get_help())
        return
    if verb == "list":
        _list(ctx, as_json)
        return
    names = [naming.task(word) for word in rest]
    if verb == "all" and names:
        raise click.UsageError("all takes no tasks; write `cron do --TASK` or `cron skip --TASK`")
    if verb != "all" and not names:
        raise click.UsageError(f"{verb} needs a task, for example `cron {verb} --{next(iter(automation.TASKS))}`")
    reports = automation.run(
        ctx, only=names if verb == "do" else (), skip=names if verb == "skip" else (), force=force, email_report=email_report,
        progress=None if as_json else lambda report: _print(report, verbosity, chosen=verb == "do"),
    )  # fmt: skip
    if as_json:
        click.echo(json.dumps([_plain(report) for report in reports], indent=2, ensure_ascii=False))
    else:
        _sum(reports, verbosity)
    if any(report.error for report in reports):
        raise SystemExit(1)


def _list(ctx: Any, as_json: bool) -> None:
    from modulehost.automation import status

    found = status.tasks(ctx)
    rows = [
        {
            "task": one.class_name, "option": one.option, "name": one.name, "kind": "periodic" if one.periodic else "daily",
            "frequency": one.frequency, "enabled": one.enabled, "modelled": one.task is not None,
            "last_run": _moment(one.last_run), "next_due": _moment(due), "description": one.description,
        }
        for one, due in found
    ]  # fmt: skip

    def text() -> str:
        lines = [["TASK", "OPTION", "KIND", "EVERY", "LAST RUN", "NEXT DUE", "DESCRIPTION"]]
        for row in rows:
            every = "invocation" if row["kind"] == "periodic" and not row["frequency"] else f"{row['frequency']} min"
            kind = f"{row['kind']}" if row["enabled"] else f"{row['kind']} (off)"
            due = str(row["next_due"] or "next invocation") if row["modelled"] else "not modelled"
            lines.append([str(row["task"]), str(row["option"]), kind, every, str(row["last_run"] or "never"), due, str(row["description"])])
        return columns(lines)

    show(rows, as_json, text)


def _moment(value: Any) -> str | None:
    return f"{value:%Y-%m-%d %H:%M}" if value else None


def _print(report: Any, verbosity: int, chosen: bool) -> None:
    if report.left:
        if chosen or verbosity >= 2:
            click.echo(f"{report.task}: not run: {report.left}")
        return
    if not (report.done or report.skipped or report.error or chosen or verbosity >= 2):
        return
    click.echo(f"{report.task}{f' ({report.milliseconds} ms)' if verbosity >= 3 else ''}")
    if report.error:
        click.echo(f"  FAILED: {report.error}")
    for heading, sign in ((report.done, ""), (report.skipped, "left alone: ")):
        for text, one in heading.items():
            click.echo(f"  {sign}{one.count} {text}" if not sign else f"  {sign}{one.count}, because {text}")
            if verbosity:
                for line in one.lines:
                    click.echo(f"    {line}")
                if one.lines and one.count > len(one.lines):
                    click.echo(f"    and {one.count - len(one.lines)} more")
    if not (report.done or report.skipped or report.error):
        click.echo("  nothing to do")


def _sum(reports: list[Any], verbosity: int) -> None:
    run = [one for one in reports if not one.left]
    failed, left = sum(bool(one.error) for one in run), len(reports) - len(run)
    more = "" if verbosity >= 2 or not left else " (-vv says why)"
    click.echo(f"{len(run)} task(s) run, {failed} failed, {left} not due or not possible{more}")


def _plain(report: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(report)
