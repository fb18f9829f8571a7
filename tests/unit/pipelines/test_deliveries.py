"""From a message to the result on the entity: once, whatever is delivered twice or fails."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.events import EntityRef, Event
from shared.events.figures import Flow
from shared.events.metrics import Tally
from shared.events.outbox import Change, commit, timeline
from shared.events.quarantine import NO_TENANT, Quarantine
from shared.pipelines.deliveries import Delivery, Receiver
from shared.pipelines.holding import HIDDEN_SECONDS
from shared.pipelines.runs import Runs
from shared.pipelines.start import Places, Starter
from shared.platform.machines import Ended
from tests.fakes.ports import MemoryQueues, ScriptedMachines
from tests.fakes.tables import MemoryTables

PLACES = Places("lead_pipeline", "arn", "crm", "inbox", "executions")
LEAD = EntityRef("lead", "1")


def _succeed(item):
    trace = [{"node": "analyze", "status": "completed", "ms": 1, "attempt": 1}]
    return Ended("SUCCEEDED", {**item, "data": {**item["data"], "status": "done"}, "trace": trace})


class World:
    """One lead, and a receiver for its pipeline."""

    def __init__(self, answer=_succeed):
        self.tables = MemoryTables()
        self.machines = ScriptedMachines(answer)
        self.queues = MemoryQueues()
        self.quarantine = Quarantine(self.tables, "quarantine")
        self.receiver = Receiver(
            "lead_pipeline", "http://q", 3, Starter(self.tables, self.machines, PLACES),
            {"acme.website": "acme"}.get, self.quarantine, self.queues,
        )  # fmt: skip
        created = Event("lead.created", {"lead_id": "1", "name": "Jane"}, correlation_id="c")
        (self.event,) = commit(
            self.tables, "crm", Change("acme", LEAD, 0, {"id": "1", "name": "Jane"}, (created,))
        )

    def deliver(self, body=None, attempt=1, **bridge):
        message = {
            "source": "millrace.crm", "detail-type": "lead.created", "id": "eb-1",
            "time": "2026-01-01T00:00:00Z", "detail": json.loads(self.event.to_wire()), **bridge,
        }  # fmt: skip
        text = body if body is not None else json.dumps(message)
        return self.receiver.receive(Delivery(text, "receipt", attempt, "m-1"))

    def events(self):
        return timeline(self.tables, "crm", "acme", LEAD, limit=99)[0]

    def state(self):
        return self.tables.get("crm", {"pk": "acme#lead#1", "sk": "state"})

    def quarantined(self, tenant="acme"):
        return self.quarantine.page(tenant, limit=9)[0]


def test_the_result_is_on_the_entity_its_timeline_and_the_run():
    world = World()
    assert world.deliver() == "done"
    assert [e.event_type for e in world.events()] == ["lead.created", "execution.completed"]
    completed = world.events()[1]
    assert completed.data["trace"][0]["node"] == "analyze"
    assert completed.data["result"] == {"status": "done"}
    assert (completed.causation_id, completed.correlation_id) == (world.event.id, "c")
    assert world.state()["pipelines"]["lead_pipeline"]["status"] == "done"
    assert world.state()["version"] == 2
    run = Runs(world.tables, "executions").get("acme", "lead_pipeline", world.event.id)
    assert (run.status, run.attempt) == ("completed", 1)


def test_a_second_delivery_has_no_effect_and_runs_nothing():
    world = World()
    world.deliver()
    assert world.deliver(attempt=2) == "repeated"
    assert len(world.machines.names) == 1
    assert len(world.events()) == 2


def test_two_deliveries_at_once_have_one_effect():
    world = World()
    inner = []

    def slow(item):
        if not inner:
            inner.append(True)
            inner.append(world.deliver())
        return _succeed(item)

    world.machines.answer = slow
    assert world.deliver() == "repeated"
    assert inner[1] == "done"
    assert len(world.events()) == 2


def test_an_entity_that_moved_on_meanwhile_keeps_its_newer_state():
    world = World()

    def change(item):
        data = {"lead_id": "1", "name": "J", "changed_fields": ["name"]}
        commit(
            world.tables, "crm",
            Change("acme", LEAD, 1, {"id": "1", "name": "J"}, (Event("lead.updated", data),)),
        )  # fmt: skip
        return _succeed(item)

    world.machines.answer = change
    assert world.deliver() == "done"
    assert world.state()["name"] == "J"
    assert [e.sequence for e in world.events()] == [1, 2, 3]


def test_an_entity_that_is_gone_leaves_the_run_alone():
    world = World()

    def delete(item):
        event = Event("lead.deleted", {"lead_id": "1", "name": "Jane"})
        commit(world.tables, "crm", Change("acme", LEAD, 1, None, (event,)))
        return _succeed(item)

    world.machines.answer = delete
    assert world.deliver() == "done"
    assert world.state() is None
    assert Runs(world.tables, "executions").get("acme", "lead_pipeline", world.event.id)


def _fail(item):
    inner = json.dumps({"errorType": "ValueError", "errorMessage": "bad budget"})
    before = [{"node": "first", "status": "completed", "ms": 1, "attempt": 1}]
    cause = json.dumps([{"Error": "ValueError", "Cause": inner}, before])
    return Ended("FAILED", {}, "NodeFailed.analyze", cause)


def test_a_failure_is_retried_later_then_quarantined_with_node_and_reason():
    world = World(_fail)
    assert [world.deliver(attempt=n) for n in (1, 2)] == ["again", "again"]
    held, pauses = world.queues.delayed[::2], world.queues.delayed[1::2]
    assert {d[2] for d in held} == {HIDDEN_SECONDS}
    assert [1 <= d[2] <= 60 for d in pauses] == [True, True]
    assert world.deliver(attempt=3) == "quarantined"
    (entry,) = world.quarantined()
    assert (entry.consumer, entry.node, entry.error) == (
        "lead_pipeline", "analyze", "ValueError: bad budget",
    )  # fmt: skip
    assert (entry.attempts, entry.event_id) == (3, world.event.id)
    run = Runs(world.tables, "executions").get("acme", "lead_pipeline", world.event.id)
    assert (run.status, run.node) == ("failed", "analyze")
    ran = [(entry["node"], entry["status"]) for entry in run.trace]
    assert ran == [("first", "completed"), ("analyze", "failed")]


def test_after_the_mend_a_redriven_event_passes():
    world = World(_fail)
    world.deliver(attempt=3)
    world.machines.answer = _succeed
    world.quarantine.redrive("acme", world.quarantined()[0].id, world.queues.send)
    ((_, body),) = world.queues.sent
    assert world.deliver(body) == "done"
    assert len(world.events()) == 2


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (Ended("TIMED_OUT", {}), "TIMED_OUT"),
        (Ended("FAILED", {}, "States.Runtime", "no such path"), "no such path"),
        (
            Ended("FAILED", {}, "NodeFailed.x", '[{"Error":"States.Timeout"},[]]'),
            "States.Timeout: ",
        ),
        (Ended("FAILED", {}, "NodeFailed.x", '[{"Error":"E","Cause":"text"},[]]'), "E: text"),
    ],
)
def test_reasons_are_readable(ended, reason):
    world = World(lambda item: ended)
    world.deliver(attempt=3)
    assert world.quarantined()[0].error == reason


def test_a_starter_that_died_every_time_is_not_tried_for_ever():
    world = World()
    assert world.deliver(attempt=4) == "quarantined"
    assert "died" in world.quarantined()[0].error
    assert not world.machines.names


def test_a_surprise_is_retried_too():
    def explode(item):
        raise ConnectionError("gone")

    world = World(explode)
    assert world.deliver() == "again"
    assert world.deliver(attempt=3) == "quarantined"
    assert world.quarantined()[0].error == "ConnectionError: gone"


def _outside(**change):
    return {
        "source": "acme.website", "detail-type": "process_lead", "detail": {"name": "Ann"},
    } | change  # fmt: skip


def test_a_registered_outside_source_runs_for_its_tenant():
    world = World()
    assert world.deliver(**_outside()) == "done"
    run = Runs(world.tables, "executions").get("acme", "lead_pipeline", "eb-1")
    assert (run.source, run.event_type) == ("acme.website", "process_lead")
    assert len(world.events()) == 1


def test_an_outside_source_cannot_name_its_tenant_or_one_of_our_leads():
    world = World()
    world.deliver(**_outside(detail={"name": "A", "tenant": "other", "subject": "lead/1"}))
    assert Runs(world.tables, "executions").get("acme", "lead_pipeline", "eb-1")
    assert not Runs(world.tables, "executions").get("other", "lead_pipeline", "eb-1")
    assert len(world.events()) == 1


@pytest.mark.parametrize(
    ("change", "told", "tenant"),
    [
        (_outside(source="nobody.knows"), "not registered", NO_TENANT),
        (_outside(detail={}), "name", "acme"),
        (_outside(**{"detail-type": "what"}), "Unsupported event type", "acme"),
        ({"detail": {"id": "x"}}, "missing", NO_TENANT),
    ],
)
def test_what_no_retry_mends_is_quarantined_at_once(change, told, tenant):
    world = World()
    assert world.deliver(**change) == "quarantined"
    (entry,) = world.quarantined(tenant)
    assert told in entry.error
    assert not world.machines.names


@pytest.mark.parametrize("body", ["", "[]", "{}", "not json", '{"source": "x"}'])
def test_a_message_that_is_no_event(body):
    world = World()
    assert world.deliver(body) == "quarantined"
    assert world.quarantined(NO_TENANT)[0].body == body


def test_a_tenantless_event_of_our_own():
    world = World()
    wire = json.loads(world.event.to_wire())
    del wire["tenant"]
    assert world.deliver(detail=wire) == "quarantined"


def test_effects_and_failures_are_counted_by_type_topic_and_consumer():
    world = World()
    answers = iter([Ended("FAILED", None, "broken"), _succeed])

    def answer(item):
        found = next(answers)
        return found(item) if callable(found) else found

    world.machines.answer = answer
    flow = Flow("lead_pipeline", metrics=(tally := Tally()))
    world.receiver = replace(world.receiver, flow=flow)
    assert [world.deliver(attempt=n) for n in (1, 2, 3)] == ["again", "done", "repeated"]
    (row,) = tally.view()
    assert (row["event_type"], row["topic"], row["consumer"]) == (
        "lead.created", "leads", "lead_pipeline",
    )  # fmt: skip
    assert (row["failed"], row["delivered"]) == (1, 1)
