"""Runs, quarantine and traces, read from the CRM's own routes."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from shared.events.quarantine import Quarantine
from shared.pipelines.runs import Run, Runs
from tests.command_line.conftest import Scripted
from tests.unit.events.test_quarantine import ENTRY


def _run(served, execution_id, pipeline="lead_pipeline", **fields):
    run = Run(
        **{
            "execution_id": execution_id, "pipeline": pipeline, "event_type": "lead.created",
            "source": "s", "status": "completed", "attempt": 1,
            "started_at": f"2026-01-01T00:00:0{len(served.tables.all('executions'))}Z",
            "ended_at": "b", "trace": [{"node": "analyze", "status": "completed"}], **fields,
        }
    )  # fmt: skip
    served.tables.transact([Runs(served.tables, "executions").write("acme", run)])


def _json(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_runs_of_all_pipelines_newest_first(served, millrace):
    # Ids of other systems do not sort by time.
    for execution_id, pipeline in (("f", "lead_pipeline"), ("0", "other_pipeline"), ("a", None)):
        _run(served, execution_id, pipeline or "lead_pipeline")
    listed = _json(millrace("runs", "list", "--url", served.url, "--json"))["runs"]
    assert [(run["execution_id"], run["pipeline"]) for run in listed] == [
        ("a", "lead_pipeline"), ("0", "other_pipeline"), ("f", "lead_pipeline"),
    ]  # fmt: skip
    only = _json(millrace("runs", "list", "other_pipeline", "--url", served.url, "--json"))
    assert [run["execution_id"] for run in only["runs"]] == ["0"]
    shown = millrace("runs", "list", "--limit", 1, "--url", served.url).stdout
    assert "lead_pipeline" in shown
    assert "other_pipeline" not in shown


def test_no_runs_is_said_beside_the_result(served, millrace):
    result = millrace("runs", "list", "--url", served.url)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no runs yet" in result.stderr


def test_one_event_may_have_run_several_pipelines(served, millrace):
    _run(served, "e", result={"done": True})
    _run(served, "e", "other_pipeline", status="failed", node="analyze", error="ValueError: no")
    both = _json(millrace("runs", "show", "e", "--url", served.url, "--json"))["runs"]
    assert {run["pipeline"] for run in both} == {"lead_pipeline", "other_pipeline"}
    shown = millrace("runs", "show", "e", "--url", served.url).stdout
    assert "analyze: ValueError: no" in shown
    assert "done: True" in shown


def test_what_strangers_wrote_does_not_steer_the_terminal(served, millrace):
    _run(served, "e", result={"name": "\x1b[2Jgone"}, event_type="a\x1b]0;b\x07")
    for command in (["list"], ["show", "e"]):
        shown = millrace("runs", *command, "--url", served.url).stdout
        assert "\x1b" not in shown
        assert "\x07" not in shown
        assert "\\x1b]0;b" in shown


def test_a_run_that_is_not_there(served, millrace):
    for unknown in ("nope", "../../leads"):
        result = millrace("runs", "show", unknown, "--url", served.url)
        assert result.exit_code == 1
        assert f"no pipeline has a run {unknown}" in result.stderr
    result = millrace("runs", "show", "..", "--url", served.url)
    assert result.exit_code == 2


def test_a_tail_shows_each_new_run_once(served, millrace):
    _run(served, "before")
    new = threading.Event()

    def make() -> None:
        for number in range(2):
            _run(served, f"new-{number}")
        new.set()

    timer = threading.Timer(1.5, make)
    timer.start()
    result = millrace("runs", "tail", "--for", 5, "--url", served.url, "--json")
    timer.join()
    assert new.is_set()
    shown = [json.loads(line)["execution_id"] for line in result.stdout.splitlines()]
    assert shown == ["new-0", "new-1"]


def test_quarantine_is_listed_shown_redriven_and_discarded(served, millrace):
    Quarantine(served.tables, "quarantine").add(ENTRY)
    other = replace(ENTRY, id="e2:lead_pipeline", at="2026-01-02T00:00:00Z")
    Quarantine(served.tables, "quarantine").add(other)
    at = ("--url", served.url)
    listed = _json(millrace("quarantine", "list", "--json", *at))["entries"]
    assert [entry["id"] for entry in listed] == [other.id, ENTRY.id]
    assert "lead_pipeline/analyze" in millrace("quarantine", "list", *at).stdout
    assert "ValueError: no" in millrace("quarantine", "show", ENTRY.id, *at).stdout

    assert millrace("quarantine", "redrive", ENTRY.id, *at).exit_code == 0
    assert served.queues.sent == [("http://q", "{}")]
    again = millrace("quarantine", "redrive", ENTRY.id, *at)
    assert again.exit_code == 1
    assert "was redriven before" in again.stderr

    assert _json(millrace("quarantine", "discard", other.id, "--json", *at))["status"] == (
        "discarded"
    )
    assert _json(millrace("quarantine", "list", "--json", *at))["entries"] == []
    everything = _json(millrace("quarantine", "list", "--all", "--json", *at))["entries"]
    assert {entry["status"] for entry in everything} == {"redriven", "discarded"}


def test_a_trace_in_order_over_its_pages(served, millrace):
    lead = served.create("Jane")
    (created,) = served.call("GET", f"/leads/{lead['id']}/timeline").json()["entries"]
    _run(served, created["id"], correlation_id=created["id"], started_at="2026-03-01T12:00:01Z")
    trace = _json(millrace("trace", created["id"], "--url", served.url, "--json"))
    assert trace["correlation_id"] == created["id"]
    shown = millrace("trace", created["id"], "--url", served.url).stdout
    assert shown.index(f"lead/{lead['id']}") < shown.index("lead_pipeline for lead.created")


def test_an_id_that_nothing_is_known_by(served, millrace):
    result = millrace("trace", "nope", "--url", served.url)
    assert result.exit_code == 1
    assert "give a correlation id" in result.stderr


@pytest.mark.parametrize(
    "command",
    [["runs", "list"], ["runs", "tail"], ["runs", "show", "e"], ["quarantine", "list"],
     ["quarantine", "redrive", "e"], ["trace", "e"]],
)  # fmt: skip
def test_who_may_not_or_is_nobody_reads_one_sentence(served, millrace, command):
    for token, said in (("rep", "the role sales_rep lacks platform:"), ("s3cret", "Unauthorized")):
        result = millrace(*command, "--url", served.url, env={"MILLRACE_TOKEN": token})
        assert result.exit_code == 1
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
        assert token not in result.output.replace("sales_rep", "")


def test_a_key_of_the_api_opens_it_too(served, millrace):
    result = millrace("runs", "list", "--url", served.url, env={"MILLRACE_TOKEN": "mr_key"})
    assert result.exit_code == 0, result.stderr


def test_nobody_answers(closed_url, millrace):
    result = millrace("runs", "list", "--url", closed_url)
    assert result.exit_code == 1
    assert "millrace dev" in result.stderr


def test_somebody_else_answers(stranger, millrace):
    result = millrace("runs", "list", "--url", stranger)
    assert result.exit_code == 1
    assert "is no Millrace" in result.stderr


def test_a_token_goes_nowhere_unencrypted(millrace):
    result = millrace("runs", "list", "--url", "http://far.example", "--token", "s3cret")
    assert result.exit_code == 2
    assert "only sent over https" in result.stderr
    assert "s3cret" not in result.output


def test_an_address_that_is_none(millrace):
    assert millrace("runs", "list", "--url", "nowhere").exit_code == 2
    assert millrace("runs", "list", "--nonsense").exit_code == 2


def test_reading_is_asked_again_and_a_change_is_not(millrace):
    busy = (503, b'{"detail": "too many at once; try again"}')
    with Scripted(busy, busy, (200, b'{"entries": [], "cursor": null}')) as server:
        assert millrace("quarantine", "list", "--url", server.url).exit_code == 0
        assert len(server.asked) == 3
    with Scripted(busy) as server:
        result = millrace("quarantine", "redrive", "e", "--url", server.url)
        assert (result.exit_code, len(server.asked)) == (1, 1)
        assert "too many at once; try again (HTTP 503)" in result.stderr
        assert millrace("quarantine", "list", "--url", server.url).exit_code == 1
