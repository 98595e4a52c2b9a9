"""`modulehost cron`: choosing tasks by their names of every age, and what is said about what ran and what did not."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner

from modulehost.cli import main
from modulehost.context import Ctx, Host
from modulehost.schema import TransientData


def cron(host: Host, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["cron", *words, "--root", str(host.root)], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.fixture
def afternoon(ctx: Ctx) -> Host:
    ctx.host.clock.freeze()
    ctx.host.clock.set(datetime(2027, 3, 1, 15, 0))
    return ctx.host


def test_a_call_says_what_it_did_and_more_when_asked(afternoon: Host) -> None:
    cron(afternoon)  # the announcements of the clean host are delivered
    with Ctx(afternoon).unit() as db:
        db.add(TransientData(name="cart:1", data="", expires=1))
    kinds = [one["kind"] for one in json.loads(cron(afternoon, "list", "--json")[1])]
    assert cron(afternoon) == (
        0, "TransientData\n  1 expired rows of tbltransientdata removed\n"
        f"{kinds.count('periodic')} task(s) run, 0 failed, {kinds.count('daily')} not due or not possible (-vv says why)\n"
    )  # fmt: skip
    code, said = cron(afternoon, "all", "-vv")
    assert code == 0
    assert "CancellationRequests: not run: not the hour of the daily run: 2027-03-02 09:00 is the next\n" in said
    assert "Mails\n  nothing to do\n" in said


def test_choosing(afternoon: Host) -> None:
    not_run = "CancellationRequests: not run: not the hour of the daily run: 2027-03-02 09:00 is the next\n"
    assert cron(afternoon, "do", "--CancellationRequests")[1].startswith(not_run)
    ran = "CancellationRequests\n  nothing to do\n1 task(s) run, 0 failed, 0 not due or not possible\n"
    for words in (["do", "--cancellationrequests"], ["do", "--cancelrequests"], ["do", "cancelrequests"], ["cancelrequests"]):
        assert cron(afternoon, *words, "--force") == (0, ran)
    code, said = cron(afternoon, "skip", "--Mails", "--json")
    found = json.loads(said)
    assert code == 0 and "Mails" not in {one["task"] for one in found}
    assert {one["task"]: one["left"] for one in found}["Announcements"] == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["do", "--CancelationRequests"], "there is no task CancelationRequests; did you mean --CancellationRequests?"),
        (["skip", "--cancelrequest"], "there is no task cancelrequest; did you mean --CancellationRequests?"),
        (["do", "--SslSync"], "the task SslSync is not modelled here"),
        (["do"], "do needs a task"),
        (["all", "--Mails"], "all takes no tasks"),
    ],
)
def test_what_cannot_be_meant(afternoon: Host, words: list[str], said: str) -> None:
    code, output = cron(afternoon, *words)
    assert code != 0 and said in output


def test_the_list_and_a_task_that_fails(afternoon: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    cron(afternoon, "do", "cancelrequests", "-F")
    rows = {one["task"]: one for one in json.loads(cron(afternoon, "list", "--json")[1])}
    assert rows["CancellationRequests"]["last_run"] == "2027-03-01 15:00"
    assert rows["CancellationRequests"]["next_due"] == "2027-03-02 09:00"
    assert rows["CancellationRequests"]["option"] == "cancelrequests"
    assert (rows["Mails"]["kind"], rows["Mails"]["next_due"]) == ("periodic", None)

    def broken(*_: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr("modulehost.mail.deliver", broken)
    code, said = cron(afternoon)
    assert code == 1
    assert "Mails\n  FAILED: OSError: the disk is full\n" in said
