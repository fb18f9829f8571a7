"""Cancelling, resuming, answering, giving up, failure triggers: how runs end and go on."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from shared.graph import BlockingNode, Waiting
from shared.graph.node import NoConfig
from shared.graph.record import Entry
from shared.graph.record import Status as GraphStatus
from shared.graph.registry import NodeRegistry
from shared.identity.principal import ForbiddenError, Principal
from shared.identity.rows import membership
from shared.nodes import registry
from shared.platform.clock import iso, utc_now
from shared.platform.flow_machines import MachineError
from shared.platform.tables import Put
from shared.workflows.errors import NotPublishedError
from shared.workflows.executions.answering import Given
from shared.workflows.executions.errors import (
    AnswerError,
    ExecutionOverError,
    NodeNotFoundError,
    NotResumableError,
    PublisherError,
)
from shared.workflows.executions.execution import Cause
from shared.workflows.executions.publishers import IdentityPublishers
from shared.workflows.executions.reading import Wanted
from shared.workflows.workflow import NewWorkflow, WorkflowUpdate
from tests.engines.nodes import EXECUTED, Each, Step
from tests.fakes.executions import JO, ExecutionsWorld
from tests.fakes.graph_nodes import TEST_NODES

BOTH = pytest.mark.parametrize("engine", ["inline", "durable"])
ADA = Principal("acme", "ada", "sales_rep")


@pytest.fixture
def world():
    nodes = [registry().get(name) for name in registry()]
    return ExecutionsWorld(NodeRegistry(*nodes, *TEST_NODES, Step, Each, Cancelled, WaitsAMinute))


def chain(engine, *nodes, **settings):
    ids = [node["id"] for node in nodes]
    ways = {node["id"]: "approved" if node["type"] == "approval" else "default" for node in nodes}
    edges = [{"source": a, "target": b, "sourceHandle": ways[a]} for a, b in pairwise(ids)]
    return {"nodes": list(nodes), "edges": edges, "settings": {"engine": engine, **settings}}


class WaitsAMinute(BlockingNode[NoConfig]):
    """A node that says nothing of the case that nobody answers."""

    type = "waits-a-minute"
    waits = True

    def execute(self, config, data, context):
        return Waiting("callback", iso(utc_now() + timedelta(seconds=60)))


def step(name, **config):
    return {"id": name, "type": "step", "config": {"form": "add", "value": name, **config}}


def asks(name="ask", **config):
    return {"id": name, "type": "approval", "config": {"approvers": ["ada"], **config}}


def calls(execution_id):
    return [key for execution, key in EXECUTED if execution == execution_id]


def changed(world, workflow, definition):
    world.services.workflows.update(JO, workflow.id, WorkflowUpdate(definition=definition))
    world.services.publishing.publish(JO, workflow.id)


@BOTH
def test_a_failed_run_goes_on_with_the_mended_version_and_repeats_nothing(world, engine):
    workflow = world.workflow(chain(engine, step("a"), step("b", fail="Bad"), step("c")))
    failed = world.start(workflow, {"x": 1})
    assert (failed.status, calls(failed.id)) == ("failed", ["a", "b"])
    world.ports.store.put_note("acme", failed.id, "journal", "b/1", {"answer": 42})
    mended = chain(engine, step("a", value="other"), step("b"), step("c"))
    changed(world, workflow, mended)
    made = world.at.resuming.resume("acme", failed.id, "latest", "jo")
    done = world.at.reading.get("acme", made.id)
    assert (done.status, done.continues, done.number) == ("completed", failed.id, 2)
    assert (done.cause.kind, done.cause.id) == ("resume", failed.id)
    assert calls(done.id) == ["b", "c"]
    assert world.ports.store.entry("acme", done.id, "a").output["step"] == "a"
    # What an agent was told before it failed is not asked, and not billed, again.
    assert world.ports.store.note("acme", done.id, "journal", "b/1") == {"answer": 42}
    with pytest.raises(NotResumableError, match=done.id):
        world.at.resuming.resume("acme", failed.id, "latest", "jo")
    with pytest.raises(NotResumableError, match="only a failed one"):
        world.at.resuming.resume("acme", done.id, "latest", "jo")


@BOTH
def test_a_loop_goes_on_with_the_items_that_are_left(world, engine):
    loop = {"id": "each", "type": "each", "config": {"items": [1, 2, 3]}}
    body = [{"source": "each", "target": "in", "sourceHandle": "body"}]
    graph = {
        "nodes": [loop, step("in"), step("after", fail="Bad")],
        "edges": [*body, {"source": "each", "target": "after"}],
        "settings": {"engine": engine},
    }
    workflow = world.workflow(graph)
    failed = world.start(workflow)
    assert failed.status == "failed"
    assert sorted(calls(failed.id)) == ["after", "each[0]/in", "each[1]/in", "each[2]/in"]
    changed(world, workflow, {**graph, "nodes": [loop, step("in"), step("after")]})
    made = world.at.resuming.resume("acme", failed.id, "latest", "jo")
    assert world.at.reading.get("acme", made.id).status == "completed"
    assert calls(made.id) == ["after"]


@pytest.mark.parametrize(
    ("engine", "waits"), [("inline", False), ("durable", False), ("durable", True)]
)
def test_an_item_that_failed_is_the_first_that_is_run_again(world, engine, waits):
    """With `waits`, the body is states of the machine and not one task."""
    loop = {"id": "each", "type": "each", "config": {"items": [1, 2, 3]}}
    bad = "{{ 'Bad' if data.forEachNode.state.index == 1 else '' }}"
    pause = {"id": "pause", "type": "delay", "config": {"interval": 0}}
    inner = [step("in", fail=bad), *([pause] if waits else [])]
    graph = {
        "nodes": [loop, *inner, step("after")],
        "edges": [
            {"source": "each", "target": "in", "sourceHandle": "body"},
            *([{"source": "in", "target": "pause"}] if waits else []),
            {"source": "each", "target": "after"},
        ],
        "settings": {"engine": engine},
    }
    workflow = world.workflow(graph)
    failed = world.start(workflow)
    assert (failed.status, calls(failed.id)) == ("failed", ["each[0]/in", "each[1]/in"])
    mended = [loop, step("in"), *inner[1:], step("after")]
    changed(world, workflow, {**graph, "nodes": mended})
    made = world.at.resuming.resume("acme", failed.id, "latest", "jo")
    assert world.at.reading.get("acme", made.id).status == "completed"
    assert calls(made.id) == ["each[1]/in", "each[2]/in", "after"]


@BOTH
def test_the_same_version_fails_again_and_its_continuation_may_go_on(world, engine):
    workflow = world.workflow(chain(engine, step("a"), step("b", fail="Bad")))
    first = world.start(workflow)
    world.machines.wanted.clear()
    second = world.at.resuming.resume("acme", first.id, "same", "jo")
    assert world.at.reading.get("acme", second.id).status == "failed"
    third = world.at.resuming.resume("acme", second.id, "same", None)
    assert calls(third.id) == ["b"]


def test_many_go_on_at_once_and_the_others_say_why_not(world):
    workflow = world.workflow(chain("inline", step("a", fail="Bad")))
    failed = [world.start(workflow).id for _ in range(3)]
    changed(world, workflow, chain("inline", step("a")))
    done = world.start(workflow)
    ids = [*failed[:2], done.id, "none"]
    found = world.at.resuming.resume_all("acme", ids, "latest", "jo")
    assert [each.started is not None for each in found] == [True, True, False, False]
    assert "no execution none" in found[3].refusal
    rest = world.at.resuming.failed_of("acme", workflow.id)
    again = world.at.resuming.resume_all("acme", rest, "latest", "jo")
    assert [each.execution_id for each in again if each.started] == [failed[2]]
    world.publishers.gone.add("jo")
    with pytest.raises(PublisherError):
        world.at.resuming.resume("acme", failed[0], "same", "jo")


def test_a_tried_draft_goes_on_too(world):
    workflow = world.workflow(chain("inline", step("a"), step("b", fail="Bad")))
    made = world.at.starting.try_draft(world.order(workflow))
    again = world.at.resuming.resume("acme", made.id, "same", "jo")
    assert (calls(again.id), again.number, again.engine) == (["b"], None, "inline")


@BOTH
def test_a_cancelled_run_does_nothing_more(world, engine):
    workflow = world.workflow(chain(engine, step("a"), asks(), step("b")))
    made = world.start(workflow)
    assert (made.status, calls(made.id)) == ("paused", ["a"])
    cancelled = world.at.cancelling.cancel("acme", made.id, "jo")
    assert (cancelled.status, cancelled.completed_at) == ("cancelled", world.clock.now)
    assert len(world.machines.stops) == (engine == "durable")
    for what in (
        lambda: world.at.cancelling.cancel("acme", made.id, "jo"),
        lambda: world.at.answering.answer(JO.principal, Given(made.id, "ask", "approved")),
    ):
        with pytest.raises(ExecutionOverError, match="cancelled"):
            what()
    assert calls(made.id) == ["a"]
    assert world.events(made.id) == ["started", "paused", "cancelled"]


class Cancelled(Step):
    """A node during which somebody cancels its run."""

    type = "cancelled-meanwhile"
    cancel = None

    def execute(self, config, data, context):
        Cancelled.cancel("acme", context.execution_id, "jo")
        return super().execute(config, data, context)


def test_a_node_in_flight_ends_and_does_not_revive_its_run(world):
    inner = {**step("a"), "type": "cancelled-meanwhile"}
    workflow = world.workflow(chain("durable", inner, step("b")))
    Cancelled.cancel = world.at.cancelling.cancel
    made = world.start(workflow)
    assert (made.status, calls(made.id)) == ("cancelled", ["a"])
    assert world.ports.store.entry("acme", made.id, "a").status == "completed"
    assert world.events(made.id) == ["started", "cancelled"]


@BOTH
def test_an_answer_lets_a_run_go_on(world, engine):
    workflow = world.workflow(chain(engine, step("a"), asks(), step("b")))
    made = world.start(workflow)
    live = world.at.reading.page("acme", Wanted(statuses=("paused",)), limit=5).executions
    assert [each.id for each in live] == [made.id]
    wrong = [
        (Given(made.id, "ask", "perhaps"), AnswerError),
        (Given(made.id, "ask", None, "elsewhere"), AnswerError),
        (Given(made.id, "a", "approved"), NodeNotFoundError),
    ]
    for given, error in wrong:
        with pytest.raises(error):
            world.at.answering.answer(ADA, given)
    with pytest.raises(ForbiddenError, match="among them"):
        world.at.answering.answer(
            Principal("acme", "eve", "sales_rep"), Given(made.id, "ask", "approved")
        )
    done = world.at.answering.answer(ADA, Given(made.id, "ask", {"decision": "approved"}))
    assert (done.status, calls(made.id)) == ("completed", ["a", "b"])
    assert world.events(made.id) == ["started", "paused", "continued", "completed"]


def test_as_many_answer_as_have_to(world):
    workflow = world.workflow(chain("inline", asks(approvers=["ada", "bob@x.example"], needed=2)))
    made, yes = world.start(workflow), {"decision": "approved"}
    for _ in range(2):
        assert world.at.answering.answer(ADA, Given(made.id, "ask", yes)).status == "paused"
    key = Principal("acme", "k-1", "admin", "key")  # of somebody who answered already, maybe
    with pytest.raises(ForbiddenError, match="a key is none"):
        world.at.answering.answer(key, Given(made.id, "ask", yes))
    bob = Principal("acme", "bob", "sales_rep")
    assert world.at.answering.answer(bob, Given(made.id, "ask", yes)).status == "completed"
    other = world.start(workflow)
    rejected = world.at.answering.answer(ADA, Given(other.id, "ask", {"decision": "rejected"}))
    assert rejected.status == "completed"


@BOTH
def test_what_is_overdue_is_closed_by_the_sweeper_and_by_whoever_looks(world, engine):
    workflow = world.workflow(chain(engine, step("a"), timeout=60, node_timeout=20))
    world.runs.holds = True
    world.machines.start = lambda arn, name, given: None
    lost = [world.start(workflow) for _ in range(3)]
    assert world.at.overdue.sweep() == 0
    world.clock.move(minutes=11)
    assert world.at.overdue.checked("acme", lost[0].id).error["type"] == "ExecutionTimedOut"
    assert world.at.overdue.sweep() == 2
    assert world.at.overdue.sweep() == 0
    found = world.at.reading.page("acme", Wanted(statuses=("failed",)), limit=5).executions
    assert len(found) == 3
    assert "timed out" in found[0].error["message"]
    world.runs.let_go()
    assert world.at.reading.get("acme", lost[0].id).status == "failed"
    assert calls(lost[0].id) == []


def test_a_run_that_waits_inline_is_not_overdue(world):
    made = world.start(world.workflow(chain("inline", asks())))
    world.clock.move(days=30)
    assert world.at.overdue.sweep() == 0
    assert world.at.overdue.checked("acme", made.id).status == "paused"


@pytest.mark.parametrize(("seconds", "ends"), [(60, "completed"), (None, "failed")])
def test_the_sweeper_wakes_what_waited_long_enough_inline(world, seconds, ends):
    node = asks(timeout_seconds=60) if seconds else {"id": "ask", "type": "waits-a-minute"}
    made = world.start(world.workflow(chain("inline", node)))
    assert (made.status, made.due_at is not None) == ("paused", True)
    assert world.at.overdue.sweep() == 0
    world.clock.now = made.due_at + timedelta(seconds=1)
    assert world.at.overdue.sweep() == 1
    found = world.at.reading.get("acme", made.id)
    assert (found.status, world.at.overdue.sweep()) == (ends, 0)
    assert (found.error or {}).get("type") == (None if seconds else "Timeout")


def test_one_run_that_cannot_be_woken_keeps_no_other_from_being_closed(world):
    workflow = world.workflow(chain("inline", asks(timeout_seconds=60)))
    made = [world.start(workflow) for _ in range(2)]
    world.clock.now = made[1].due_at + timedelta(seconds=1)

    def refuse(given):
        raise MachineError("throttled")

    world.runs.begin = refuse
    assert world.at.overdue.sweep() == 2
    found = [world.at.reading.get("acme", each.id) for each in made]
    assert [(each.status, each.error["type"]) for each in found] == [("failed", "StartFailed")] * 2


def test_whoever_is_cancelled_cancels_the_workflows_that_it_waits_for(world):
    workflow = world.workflow(chain("inline", asks()))
    parent, child = world.start(workflow), world.start(workflow)
    waits = {"kind": "workflow", "details": {"execution": child.id, "machine": "m"}}
    entry = Entry("other", GraphStatus.WAITING, waits_for=waits)
    world.ports.store.put_entry("acme", parent.id, entry)
    world.at.cancelling.cancel("acme", parent.id, "jo")
    assert world.at.reading.get("acme", child.id).status == "cancelled"


def test_a_machine_that_cannot_be_stopped_hinders_nobody(world):
    made = world.start(world.workflow(chain("durable", asks())))

    def refuse(arn, name, cause):
        raise MachineError("throttled")

    world.machines.stop = refuse
    assert world.at.cancelling.cancel("acme", made.id, "jo").status == "cancelled"


def test_a_failure_starts_its_workflow_once_and_never_in_circles(world):
    alarm = world.workflow(chain("inline", step("a", fail="Bad"), on_failure="x"))
    graph = chain("inline", step("a", fail="Bad"), on_failure=alarm.id)
    failed = world.start(world.workflow(graph), {"secret": 1})
    first = world.at.failures.handle("acme", failed.id)
    assert world.at.failures.handle("acme", failed.id).id == first.id
    given = world.ports.store.header("acme", first.id).given
    assert (given["execution_id"], given["failed_node"]) == (failed.id, "a")
    assert given["error"]["type"] == "Bad"
    assert world.at.reading.get("acme", first.id).status == "failed"
    assert world.at.failures.handle("acme", first.id) is None
    done = world.start(world.workflow(chain("inline", step("a"), on_failure=alarm.id)))
    assert world.at.failures.handle("acme", done.id) is None
    new = NewWorkflow(name="d", definition=chain("inline", step("a")))
    draft = world.services.workflows.create(JO, new)
    graph = chain("inline", step("a", fail="Bad"), on_failure=draft.id)
    orphan = world.start(world.workflow(graph))
    with pytest.raises(NotPublishedError):
        world.at.failures.handle("acme", orphan.id)


@BOTH
def test_everything_of_a_run_expires_with_it(world, engine):
    workflow = world.workflow(chain(engine, step("a"), asks(), step("b"), retention_days=7))
    made = world.start(workflow)
    world.at.answering.answer(ADA, Given(made.id, "ask", {"decision": "approved"}))
    expires = int(world.clock.now.timestamp()) + 7 * 86_400
    rows = [
        item
        for table in ("executions", "crm")
        for item in world.tables.all(table)
        if made.id in item["pk"]
    ]
    assert len(rows) >= 10
    assert {item.get("expires_at") for item in rows} == {expires}


def test_a_draft_that_goes_on_acts_for_whoever_tried_it(world):
    draft = world.workflow(chain("inline", step("a", fail="Bad")))
    made = world.at.starting.try_draft(world.order(draft))
    for _ in range(2):
        made = world.at.resuming.resume("acme", made.id, "same", "ada")
        assert (made.number, made.cause.kind, made.tried_by) == (None, "resume", "jo")


def test_a_failure_that_a_failure_started_through_another_workflow_ends_the_circle(world):
    handler = world.workflow(chain("inline", step("h")))
    fails = world.workflow(chain("inline", step("a", fail="Bad"), on_failure=handler.id))
    one = world.start(fails)
    handled = world.at.failures.handle("acme", one.id)
    assert handled.cause.kind == "failure"
    inner = world.start(fails, cause=Cause(kind="workflow", id=handled.id))
    assert inner.status == "failed"
    assert world.at.failures.handle("acme", inner.id) is None
    resumed = world.at.resuming.resume("acme", inner.id, "same", "jo")
    assert world.at.failures.handle("acme", resumed.id) is None
    other = world.start(fails, cause=Cause(kind="workflow", id=world.start(handler).id))
    assert world.at.failures.handle("acme", other.id).cause.id == other.id


def test_nobody_becomes_an_approver_by_what_he_calls_himself(world):
    member = {"tenant": "acme", "role": "sales_rep", "name": "admin", "email": "eve@x.example"}
    world.tables.transact([Put("identity", {**membership("eve"), **member})])
    found = IdentityPublishers(world.tables, "identity", world.clock)
    assert found.names("acme", "eve") == {"eve@x.example"}
    assert found.names("other", "eve") == frozenset()


def test_nobody_answers_for_the_clock(world):
    delay = {"id": "later", "type": "delay", "config": {"interval": 3600}}
    made = world.start(world.workflow(chain("inline", delay, step("b"))))
    with pytest.raises(NodeNotFoundError, match="later waits for a timer, and for no answer"):
        world.at.answering.answer(JO.principal, Given(made.id, "later", {"forged": True}))
    assert not world.at.reading.get("acme", made.id).over
