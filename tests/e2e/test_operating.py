"""The command line against the running platform: put, tail, list, trace, give up; and its doc."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from millrace.tailing import NAME

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.xdist_group("shared")


class Terminal:
    """Types commands at a platform."""

    def __init__(self, running):
        self.running = running
        self.environment = {
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "MILLRACE_URL": running.url,
            "MILLRACE_AWS_URL": running.platform.aws_url,
        }

    def run(self, *arguments):
        return subprocess.run(
            ["millrace", *arguments], env=self.environment, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip

    def json(self, *arguments):
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def tail(self, *arguments):
        """A tail that already listens."""
        process = subprocess.Popen(
            ["millrace", "events", "tail", *arguments], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert "Waiting for events" in process.stderr.readline()
        return process

    def left_behind(self):
        """The rules and queues of tails."""
        rules = self.running.aws("events").list_rules(EventBusName="millrace", NamePrefix=NAME)
        queues = self.running.aws("sqs").list_queues(QueueNamePrefix=NAME)
        return [rule["Name"] for rule in rules["Rules"]] + queues.get("QueueUrls", [])


@pytest.fixture(scope="module")
def terminal(running):
    return Terminal(running)


def test_an_event_is_put_tailed_run_and_traced(terminal):
    tail = terminal.tail("--type", "process_lead", "--count", "1", "--json", "--personal")
    put = terminal.json("events", "put", "process_lead", "--data", '{"name": "Ann"}')
    (passed,) = tail.communicate(timeout=60)[0].splitlines()
    assert json.loads(passed)["id"] == put["id"]
    assert json.loads(passed)["detail"] == {"name": "Ann"}
    assert tail.returncode == 0

    def ran():
        return [r for r in terminal.json("runs", "list")["runs"] if r["execution_id"] == put["id"]]

    (run,) = terminal.running.eventually(ran)
    assert (run["pipeline"], run["source"]) == ("lead_pipeline", "demo.website")
    assert terminal.json("runs", "show", put["id"])["runs"] == [run]
    (step,) = terminal.json("trace", put["id"])["steps"]
    assert (step["event"], step["runs"]) == (None, [run])


def test_a_leads_trace_is_its_event_its_run_and_what_the_run_wrote(terminal):
    tail = terminal.tail("--type", "lead.created", "--count", "1")
    lead = terminal.running.create(name="Jane")
    assert f"lead.created  millrace.crm  demo  lead/{lead['id']}" in tail.communicate(timeout=60)[0]
    (completed,) = terminal.running.eventually(lambda: terminal.running.completed(lead["id"]))
    trace = terminal.running.eventually(
        lambda: (
            found
            if len((found := terminal.json("trace", completed["correlation_id"]))["steps"]) == 2
            else None
        )
    )
    assert [step["event"]["type"] for step in trace["steps"]] == [
        "lead.created", "execution.completed",
    ]  # fmt: skip
    assert [run["status"] for run in trace["steps"][0]["runs"]] == ["completed"]


def test_an_event_that_no_pipeline_can_take_is_seen_and_given_up(terminal):
    entry = {"EventBusName": "millrace", "Source": "demo.website", "DetailType": "process_lead"}
    put = terminal.running.aws("events").put_events(Entries=[{**entry, "Detail": "{}"}])
    event_id = put["Entries"][0]["EventId"]

    def quarantined():
        entries = terminal.json("quarantine", "list")["entries"]
        return [
            entry["id"]
            for entry in entries
            if entry["event_id"] == event_id and entry["consumer"] == "lead_pipeline"
        ]

    (entry_id,) = terminal.running.eventually(quarantined)
    (step,) = terminal.json("trace", event_id)["steps"]
    assert entry_id in [found["id"] for found in step["quarantined"]]
    assert terminal.json("quarantine", "discard", entry_id)["status"] == "discarded"
    assert terminal.run("quarantine", "discard", entry_id).returncode == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_tail_that_is_stopped_leaves_nothing_behind(terminal, how):
    tail = terminal.tail()
    assert len(terminal.left_behind()) == 2
    tail.send_signal(how)
    said = tail.communicate(timeout=60)[1]
    assert (tail.returncode, said) == (0, "")
    assert terminal.left_behind() == []


def test_a_tail_of_no_bus_says_so_and_leaves_nothing_behind(terminal):
    done = terminal.run("events", "tail", "--bus", "nope")
    assert done.returncode == 1
    assert "PutRule" in done.stderr
    assert terminal.left_behind() == []


def test_the_round_of_the_documentation(terminal):
    text = (ROOT / "docs" / "command-line.md").read_text()
    first, second = re.findall(r"```sh round\n(.*?)```", text, re.DOTALL)
    for script in (first, second):
        done = subprocess.run(
            ["bash", "-euc", script], env=terminal.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        terminal.running.eventually(lambda: terminal.json("runs", "list")["runs"])
    assert "correlation" in done.stdout
