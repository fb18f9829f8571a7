"""The functions beside the API: failure triggers and runs without an end."""

from __future__ import annotations

import json

import pytest

from functions.workflow_loops.failure_starter import consume
from functions.workflow_loops.overdue import close
from shared.events.outbox import timeline
from shared.workflows.executions.reading import Wanted
from shared.workflows.executions.rows import entity
from tests.fakes.executions import ExecutionsWorld
from tests.unit.workflows.test_workflows import definition
from tools.aws_samples import SAMPLES


@pytest.fixture
def world():
    return ExecutionsWorld()


def batch(*events):
    return {
        "Records": [
            {"messageId": str(number), "body": json.dumps({"detail": json.loads(event.to_wire())})}
            for number, event in enumerate(events)
        ]
    }


def failed_event(world, on_failure):
    text, settings = "{{ data.x + 1 }}", {"engine": "inline", "on_failure": on_failure}
    failed = world.start(world.workflow(definition(text, settings=settings)), {"x": "y"})
    events, _ = timeline(world.tables, "crm", "acme", entity(failed.id), limit=9)
    return failed, events[-1]


def test_an_event_that_comes_twice_starts_one_run(world):
    alarm = world.workflow(definition("{{ data.failed_node }}", settings={"engine": "inline"}))
    failed, event = failed_event(world, alarm.id)
    assert event.data["on_failure"] == alarm.id
    assert consume(batch(event, event), world.at) == {"batchItemFailures": []}
    (made,) = world.at.reading.page("acme", Wanted(alarm.id), limit=9).executions
    assert (made.status, made.cause.kind, made.cause.id) == ("completed", "failure", failed.id)
    assert world.ports.store.header("acme", made.id).result["text"] == "greet"


def test_what_cannot_be_started_is_dropped_and_what_may_be_later_comes_again(world):
    _, lost = failed_event(world, "no-such-workflow")
    alarm = world.workflow(definition(settings={"engine": "inline"}))
    _, late = failed_event(world, alarm.id)

    def busy(writes):
        raise OSError("no table")

    world.tables.before_transact = busy
    assert consume(batch(lost), world.at) == {"batchItemFailures": []}
    with pytest.raises(OSError, match="no table"):
        consume(batch(late), world.at)
    world.tables.before_transact = lambda writes: None
    assert consume(batch(late), world.at) == {"batchItemFailures": []}
    assert len(world.at.reading.page("acme", Wanted(alarm.id), limit=9).executions) == 1


def test_a_machine_that_ended_without_an_end_closes_its_run(world):
    world.runs.holds = True
    made = world.start(world.workflow(definition(settings={"engine": "inline"})))
    given = {"tenant": "acme", "execution": made.id, "path": "", "route": None}
    sample = SAMPLES["states_execution_failed"]
    told = {**sample, "detail": {**sample["detail"], "input": json.dumps(given)}}
    for _ in range(2):
        assert close({"Records": [{"body": json.dumps(told)}]}, world.at) == {
            "batchItemFailures": []
        }
    found = world.at.reading.get("acme", made.id)
    assert (found.status, found.error["type"]) == ("failed", "MachineLost")
    assert world.events(made.id) == ["started", "failed"]
    assert close({}, world.at) == {"closed": 0}
