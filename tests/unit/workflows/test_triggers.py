"""Workflows that events start: published, matched, started once, stopped in a circle."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest

import shared.nodes
from functions.events.consumers.user_triggers import user_triggers
from functions.workflow_loops.trigger_starter import consume
from functions.workflow_loops.triggered_starts import Queue, TriggeredStarts
from shared.consumers.deliveries import Delivery, Replayed, message
from shared.consumers.handling import Handling
from shared.consumers.receiving import Receiver
from shared.events import EntityRef, Event
from shared.events.outbox import Change, commit, correlated
from shared.events.quarantine import Quarantine
from shared.events.triggers import matching
from shared.graph import NodeRegistry
from shared.nodes.outbox_events import OutboxEvents
from shared.nodes.ports import EVENTS
from shared.workflows.activity import Switch
from shared.workflows.errors import WorkflowValidationError
from shared.workflows.executions.reading import Wanted
from shared.workflows.executions.triggered import DEEPEST
from shared.workflows.workflow import NewWorkflow, WorkflowUpdate
from tests.fakes.executions import JO, ExecutionsWorld
from tests.fakes.ports import MemoryQueues

SEEN = {"id": "out", "type": "transform",
        "config": {"output": {"got": "{{ data.event.data.name }}"}}}  # fmt: skip


def drawn(types, *after, **config):
    nodes = [{"id": "in", "type": "event-trigger", "config": {"event_types": types, **config}}]
    nodes += after or [SEEN]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(nodes)]
    return {"nodes": nodes, "edges": edges, "settings": {"engine": "inline"}}


class World(ExecutionsWorld):
    """With the consumer and the starter."""

    def __init__(self):
        super().__init__(NodeRegistry.of(shared.nodes))
        self.queues = MemoryQueues()
        self.quarantine = Quarantine(self.tables, "quarantine", self.clock)
        send = lambda outlet, body: self.queues.send(outlet, body)  # noqa: E731
        handling = Handling(
            user_triggers, self.tables, "inbox", self.quarantine, {"workflows": "workflows"},
            self.clock, send=send,
        )  # fmt: skip
        self.receiver = Receiver(handling, "q", 3, {}.get, MemoryQueues(), self.clock)
        queue = Queue(MemoryQueues(), "triggered_runs", 3)
        self.starts = TriggeredStarts(self.at.triggered, self.quarantine, queue, clock=self.clock)

    def happens(self, tenant="acme", **data):
        """A lead is created."""
        self.clock.move(seconds=1)
        lead = f"l{self.clock().timestamp()}"
        facts = {"lead_id": lead, "name": "Jane", "status": "Interest", **data}
        event = Event("lead.created", facts, time=self.clock())
        (made,) = commit(
            self.tables, "crm", Change(tenant, EntityRef("lead", lead), 0, {}, (event,))
        )
        return made

    def deliver(self, event, replay=None, attempt=1):
        """Through the consumer and, for each match, through the starter."""
        outcome, _ = self.receiver.receive(Delivery(message(event, replay), "r", 1, event.id))
        sent, self.queues.sent = self.queues.sent, []
        told = [consume(records(body, attempt), self.starts) for _, body in sent]
        return outcome, told

    def ran(self, workflow):
        return self.at.reading.page("acme", Wanted(workflow.id), limit=99).executions

    def matched(self, event):
        return [one.workflow_id for one in matching(self.tables, "workflows", "acme", event)]


def records(body, attempt=1):
    attributes = {"ApproximateReceiveCount": str(attempt)}
    record = {"body": body, "receiptHandle": "r", "messageId": "m", "attributes": attributes}
    return {"Records": [record]}


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(
    "types", [["lead.created"], ["lead.*"], ["*"], ["*.created"], ["business_lead_created"]]
)
def test_an_event_starts_the_workflow_that_names_it_however_it_names_it(world, types):
    workflow = world.workflow(drawn(types))
    other = world.workflow(drawn(["lead.deleted", "deal.*"]))
    event = world.happens()
    assert world.deliver(event) == ("done", [{"batchItemFailures": []}])
    (run,) = world.ran(workflow)
    assert (run.status, run.cause.kind, run.cause.id) == ("completed", "event", event.id)
    header = world.ports.store.header("acme", run.id)
    assert header.result["got"] == "Jane"
    assert header.given["event"]["subject"] == str(event.entity)
    assert (run.correlation_id, run.depth) == (event.correlation_id, 1)
    assert world.ran(other) == []


def test_the_filter_decides_before_anything_runs_and_the_condition_in_the_run(world):
    rich = {"data": {"value": [{"numeric": [">", 1000]}]}}
    filtered = world.workflow(drawn(["lead.created"], filter=rich))
    asked = world.workflow(drawn(["lead.created"], condition="event.data.value > 1000"))
    for value in (5, 5000):
        world.deliver(world.happens(value=value))
    assert len(world.ran(filtered)) == 1
    results = [world.ports.store.header("acme", run.id).result for run in world.ran(asked)]
    assert sorted("got" in result for result in results) == [False, True]


def test_an_event_starts_a_workflow_once_whatever_comes_again(world):
    workflow = world.workflow(drawn(["lead.created"]))
    event = world.happens()
    for _ in range(3):
        world.deliver(event)
    assert world.deliver(event, Replayed("r1", effects=False))[0] == "refused"
    assert world.deliver(event, Replayed("r1", effects=True))[0] == "done"
    assert len(world.ran(workflow)) == 1


def test_only_what_stands_and_is_on_is_found(world):
    """Rows change with the workflow, in the same transaction."""
    services, event = world.services, world.happens()
    switch = Switch(services.workflows, services.publishing)
    draft = services.workflows.create(JO, NewWorkflow(name="x", definition=drawn(["lead.*"])))
    assert world.matched(event) == []
    services.publishing.publish(JO, draft.id)
    assert world.matched(event) == [draft.id]
    switch.deactivate(JO, draft.id)
    assert world.matched(event) == []
    switch.activate(JO, draft.id)
    assert world.matched(event) == [draft.id]
    other = WorkflowUpdate(definition=drawn(["deal.*"]))
    services.workflows.update(JO, draft.id, other)
    assert world.matched(event) == [draft.id]  # a draft changes nothing
    services.publishing.publish(JO, draft.id)
    assert world.matched(event) == []
    services.publishing.rollback(JO, draft.id, 1)
    assert world.matched(event) == [draft.id]
    services.workflows.delete(JO, draft.id)
    assert world.matched(event) == []
    rows = [item for item in world.tables.all("workflows") if "#triggers#" in item["pk"]]
    assert rows == []


def test_a_publication_that_is_refused_leaves_what_stood(world):
    workflow = world.workflow(drawn(["lead.created"]))
    event = world.happens()

    def busy(writes):
        raise OSError("no table")

    services = world.services
    services.workflows.update(JO, workflow.id, WorkflowUpdate(definition=drawn(["deal.*"])))
    world.tables.before_transact = lambda writes: busy(writes) if len(writes) > 3 else None
    with pytest.raises(OSError, match="no table"):
        services.publishing.publish(JO, workflow.id)
    world.tables.before_transact = lambda writes: None
    assert world.matched(event) == [workflow.id]


def test_tenants_never_start_each_others(world):
    world.workflow(drawn(["*"]))
    event = world.happens(tenant="other")
    world.deliver(event)
    assert world.at.reading.page("acme", Wanted(), limit=9).executions == []
    assert world.at.reading.page("other", Wanted(), limit=9).executions == []


@pytest.mark.parametrize(
    ("config", "field", "told"),
    [
        ({"filter": {"data": {"value": [{"numeric": ["!", 1]}]}}}, "filter", "data.value.numeric"),
        ({"filter": {"data": "x"}}, "filter", "data"),
        ({"types": ["lead.exploded"]}, "event_types", "lead.created"),
        ({"types": ["house.*"]}, "event_types", "lead"),
        ({"types": ["lead created"]}, "event_types", "write lead.created or lead.*"),
    ],
)
def test_what_could_never_match_is_told_at_publication(world, config, field, told):
    config = dict(config)
    made = world.services.workflows.create(
        JO, NewWorkflow(name="x", definition=drawn(config.pop("types", ["lead.*"]), **config))
    )
    with pytest.raises(WorkflowValidationError) as raised:
        world.services.publishing.publish(JO, made.id)
    (problem,) = raised.value.report.errors
    assert (problem.node, problem.field.partition(".")[0]) == ("in", field)
    assert told in problem.problem
    assert problem.fix


def test_a_workflow_has_a_bounded_number_of_triggers(world):
    trigger = drawn(["lead.*"])["nodes"][0]
    graph = {**drawn(["lead.*"]), "nodes": [{**trigger, "id": f"in{n}"} for n in range(11)],
             "edges": []}  # fmt: skip
    made = world.services.workflows.create(JO, NewWorkflow(name="x", definition=graph))
    with pytest.raises(WorkflowValidationError, match="at most 10"):
        world.services.publishing.publish(JO, made.id)


def test_a_workflow_that_causes_what_starts_it_stops_and_says_so(world):
    """Each run emits the event that starts the next."""
    said = {"event_type": "lead.qualified", "data": {"lead_id": "1", "score": 1}}
    emit = {"id": "say", "type": "emit-event", "config": said}
    workflow = world.workflow(drawn(["lead.qualified"], emit))
    event = first = _qualified(world)
    while event is not None:
        _emitting(world)
        before = {one.id for one in _events(world, first)}
        world.deliver(event)
        news = [e for e in _events(world, first) if e.id not in before]
        event = next((e for e in news if e.event_type == "lead.qualified"), None)
    runs = world.ran(workflow)
    assert sorted(run.depth for run in runs) == list(range(1, DEEPEST + 1))
    assert {run.correlation_id for run in runs} == {first.correlation_id}
    (entry,) = world.quarantine.page("acme", limit=9)[0]
    assert (entry.consumer, entry.node) == ("trigger_starter", workflow.id)
    assert "filter that event out" in entry.error
    assert first.correlation_id in entry.error


def _qualified(world):
    event = Event("lead.qualified", {"lead_id": "1", "score": 1}, time=world.clock())
    return commit(world.tables, "crm", Change("acme", EntityRef("lead", "1"), 0, {}, (event,)))[0]


def _events(world, first):
    return correlated(world.tables, "crm", "acme", first.correlation_id, limit=200)[0]


def _emitting(world):
    """Events of runs as the node runner wires them: of the run that is on its way."""

    def origin():
        running = Wanted(None, None, ("running",))
        (run,) = world.at.reading.page("acme", running, limit=9).executions
        return run.origin

    port = OutboxEvents(world.tables, "crm", "acme", "workflow/x", world.clock, origin)
    world.runner._means = replace(world.runner._means, ports={EVENTS: port})


def test_who_may_publish_no_more_starts_nothing_and_it_is_told(world):
    workflow = world.workflow(drawn(["lead.created"]))
    world.publishers.gone.add("jo")
    world.deliver(world.happens())
    assert world.ran(workflow) == []
    (entry,) = world.quarantine.page("acme", limit=9)[0]
    assert "jo, who published version 1, may publish no more" in entry.error
    world.publishers.gone.clear()
    consume(records(entry.body), world.starts)  # redriven, once it is mended
    assert len(world.ran(workflow)) == 1


def test_a_start_that_fails_comes_again_and_ends_in_quarantine(world):
    workflow, event = world.workflow(drawn(["lead.created"])), world.happens()

    def busy(writes):
        if not any("quarantine" in write.table for write in writes):
            raise OSError("no table")

    world.tables.before_transact = busy
    assert world.deliver(event)[1] == [{"batchItemFailures": [{"itemIdentifier": "m"}]}]
    assert world.deliver(event, attempt=3)[1] == [{"batchItemFailures": []}]
    (entry,) = world.quarantine.page("acme", limit=9)[0]
    assert entry.error == "OSError: no table"
    assert json.loads(entry.body)["workflow"] == workflow.id


def test_one_that_is_gone_since_is_dropped(world):
    workflow, event = world.workflow(drawn(["lead.created"])), world.happens()
    world.receiver.receive(Delivery(message(event), "r", 1, event.id))
    ((_, body),) = world.queues.sent
    world.services.workflows.delete(JO, workflow.id)
    assert world.starts.take(records(body)["Records"][0])[0] == "dropped"
    assert world.quarantine.page("acme", limit=9)[0] == []
