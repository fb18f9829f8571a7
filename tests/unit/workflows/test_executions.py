"""How executions start, what stands of them, and how they are listed, on both engines."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crm.errors import IdempotencyKeyReusedError
from shared.crm.idempotency import Attempt
from shared.graph.record import Status
from shared.platform.flow_machines import MachineError
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.executions.errors import (
    ExecutionNotFoundError,
    InputTooLargeError,
    PublisherError,
    StartFailedError,
    WorkflowInactiveError,
)
from shared.workflows.executions.execution import STORED, Cause
from shared.workflows.executions.reading import Wanted
from shared.workflows.executions.starting import MAX_INPUT
from shared.workflows.workflow import NewWorkflow, WorkflowUpdate
from tests.fakes.executions import JO, ExecutionsWorld
from tests.unit.workflows.test_workflows import definition


@pytest.fixture
def world():
    return ExecutionsWorld()


def of(engine, text="{{ data.name }}"):
    return definition(text, settings={"engine": engine})


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_run_from_its_start_to_its_end(world, engine):
    workflow = world.workflow(of(engine))
    done = world.start(workflow, {"name": "Ann"})
    assert (done.status, done.engine, done.number) == ("completed", engine, 1)
    assert (done.cause, done.user_id) == (Cause(kind="principal", id="jo"), "jo")
    assert world.ports.store.header("acme", done.id).result["text"] == "Ann"
    assert world.events(done.id) == ["started", "completed"]
    assert (len(world.machines.running), world.runs.calls) == (
        (0, 1) if engine == "inline" else (1, 0)
    )


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_failed_run_names_its_node_and_tells_no_data(world, engine):
    workflow = world.workflow(of(engine, "{{ data.name + 1 }}"))
    failed = world.start(workflow, {"name": "secret-7"})
    assert (failed.status, failed.error["node"]) == ("failed", "greet")
    assert world.events(failed.id) == ["started", "failed"]
    found = world.at.reading.statistics("acme", workflow.id)
    assert (found.total, found.failure, found.success_rate) == (1, 1, 0.0)


def test_a_version_keeps_its_machine_and_a_publication_that_fails_leaves_the_old_one(world):
    workflow = world.workflow(of("durable"))
    first = world.services.publishing.standing("acme", workflow.id)
    assert (first.arn, first.machine) == (f"arn:acme:{workflow.id}:1", "standard")
    changed = WorkflowUpdate(definition=of("durable", "Hi"))
    world.services.workflows.update(JO, workflow.id, changed)
    world.machines.refuses = "no more machines"
    with pytest.raises(MachineError):
        world.services.publishing.publish(JO, workflow.id)
    world.machines.refuses = ""
    assert world.services.publishing.standing("acme", workflow.id) == first
    assert world.start(workflow, {"name": "Ann"}).status == "completed"
    assert world.services.publishing.publish(JO, workflow.id)[1].arn.endswith(":2")


@pytest.mark.parametrize("at", ["claim", "version"])
def test_a_publication_that_dies_at_any_write_leaves_the_old_one(world, at):
    workflow = world.workflow(of("durable"))
    changed = WorkflowUpdate(definition=of("durable", "Hi"))
    world.services.workflows.update(JO, workflow.id, changed)

    def dies(writes):
        made = {"claim": "claims" in str(writes[0]), "version": len(writes) > 1}
        if made[at]:
            raise OSError(at)

    world.tables.before_transact = dies
    with pytest.raises(OSError, match=at):
        world.services.publishing.publish(JO, workflow.id)
    world.tables.before_transact = lambda writes: None
    assert world.start(workflow, {"name": "Ann"}).number == 1
    assert world.services.publishing.publish(JO, workflow.id)[1].number == 2
    assert world.ports.store.header("acme", world.start(workflow).id).result["text"] == "Hi"


def test_a_version_that_stands_again_gets_its_machine_back(world):
    workflow = world.workflow(of("durable"))
    first = world.services.publishing.standing("acme", workflow.id)
    changed = WorkflowUpdate(definition=of("durable", "Hi"))
    world.services.workflows.update(JO, workflow.id, changed)
    world.services.publishing.publish(JO, workflow.id)
    world.machines.drop(first.arn)
    world.machines.compiler = "b"
    world.services.publishing.rollback(JO, workflow.id, 1)
    done = world.start(workflow)
    assert (done.number, done.status, done.machine) == (1, "completed", f"{first.arn}b")


def test_two_publications_at_once_each_run_their_own_graph(world):
    workflow = world.workflow(of("durable"))
    texts = iter(["second", "first"])

    def other(wanted):
        """While the machine of one is made, another draft is published."""
        text = next(texts, None)
        if text == "second":
            changed = WorkflowUpdate(definition=of("durable", text))
            world.services.workflows.update(JO, workflow.id, changed)
            world.services.publishing.publish(JO, workflow.id)

    changed = WorkflowUpdate(definition=of("durable", "first"))
    world.services.workflows.update(JO, workflow.id, changed)
    world.machines.before_ensure = other
    _, mine = world.services.publishing.publish(JO, workflow.id)
    world.machines.before_ensure = lambda wanted: None
    numbers = [
        v.number for v in world.services.publishing.versions("acme", workflow.id, limit=9)[0]
    ]
    assert sorted(numbers, reverse=True) == numbers
    assert len(numbers) == 3
    graphs = {}
    for number in numbers:
        version = world.services.publishing.version("acme", workflow.id, number)
        assert version.arn.endswith(f":{number}")
        assert graphs.setdefault(version.arn, version.graph) == version.graph
    done = world.start(workflow)
    assert (done.number, done.flow) == (mine.number, mine.flow)
    assert world.ports.store.header("acme", done.id).result["text"] == "second"


def test_an_inline_version_makes_no_machine(world):
    world.workflow(of("inline"))
    assert world.machines.wanted == {}


def test_what_cannot_be_started(world):
    with pytest.raises(WorkflowNotFoundError):
        world.start(world.workflow(of("inline")).model_copy(update={"id": "none"}))
    draft = world.services.workflows.create(JO, NewWorkflow(name="x", definition=of("inline")))
    with pytest.raises(NotPublishedError):
        world.start(draft)
    workflow = world.workflow(of("inline"))
    with pytest.raises(InputTooLargeError, match=str(MAX_INPUT)):
        world.start(workflow, {"text": "x" * MAX_INPUT})
    world.publishers.gone.add("jo")
    with pytest.raises(PublisherError, match="jo"):
        world.start(workflow)
    world.publishers.gone.clear()
    off = workflow.model_copy(update={"activity": "inactive"})
    world.services.workflows.write(JO, workflow, off, "workflow.updated", {"changed_fields": []})
    with pytest.raises(WorkflowInactiveError):
        world.start(workflow)
    assert world.at.reading.page("acme", Wanted(), limit=10).executions == []


def test_a_run_that_its_engine_does_not_take_stands_as_failed(world):
    workflow = world.workflow(of("durable"))
    world.machines.refuses = "throttled"
    with pytest.raises(StartFailedError, match="throttled"):
        world.start(workflow)
    (failed,) = world.at.reading.page("acme", Wanted(), limit=10).executions
    assert (failed.status, failed.error["type"]) == ("failed", "StartFailed")


@pytest.mark.parametrize("engine", ["inline", "durable"])
def test_a_key_makes_one_execution(world, engine):
    workflow = world.workflow(of(engine))
    again = Attempt("jo", "key", "POST")
    first = world.start(workflow, {"name": "Ann"}, attempt=again)
    assert world.start(workflow, {"name": "Ann"}, attempt=again).id == first.id
    with pytest.raises(IdempotencyKeyReusedError):
        world.start(workflow, attempt=Attempt("jo", "key", "PUT"))
    other = world.start(workflow, attempt=Attempt("eve", "key", "PUT"))
    assert len(world.at.reading.page("acme", Wanted(), limit=10).executions) == 2
    assert world.events(first.id) == world.events(other.id) == ["started", "completed"]


def test_a_start_that_died_before_the_machine_knew_is_made_good_by_its_key(world):
    workflow = world.workflow(definition(settings={"engine": "durable", "machine": "standard"}))
    again = world.order(workflow, {"name": "Ann"}, attempt=Attempt("jo", "key", "POST"))
    made, _ = world.at.starting.accepted(again)
    assert world.at.reading.get("acme", made.id).status == "running"
    world.at.starting.start(again)
    assert world.at.reading.get("acme", made.id).status == "completed"


def test_a_draft_is_tried_inline_and_no_version_is_made(world):
    new = NewWorkflow(name="x", definition=of("durable", "draft {{ data.name }}"))
    draft = world.services.workflows.create(JO, new)
    made = world.at.starting.try_draft(world.order(draft, {"name": "Ann"}))
    found = world.at.reading.get("acme", made.id)
    assert (found.status, found.number, found.engine) == ("completed", None, "inline")
    assert world.ports.store.header("acme", made.id).result["text"] == "draft Ann"
    assert world.machines.wanted == {}


def test_a_start_and_an_end_are_one_transaction_each(world):
    workflow = world.workflow(of("inline"))
    seen = []
    world.tables.before_transact = lambda writes: seen.append([w.label for w in writes])
    done = world.start(workflow, {"name": "Ann"}, attempt=Attempt("jo", "key", "POST"))
    assert done.status == "completed"
    assert sorted(seen[0]) == ["header", "idempotency", "timeline", "version"]
    assert sorted(seen[-1]) == ["counter", "counter", "header", "timeline", "version"]
    assert {len(labels) for labels in seen[1:-1]} == {1}


class Passing:
    """Time that passes when somebody sleeps."""

    def __init__(self, step=lambda: None):
        self.now, self.step = 0.0, step

    async def sleep(self, seconds):
        self.now += seconds
        self.step()


def test_a_result_is_waited_for_and_not_for_ever(world):
    from shared.workflows.executions.waiting import Waiting

    workflow = world.workflow(of("inline"))
    order = world.order(workflow, {"name": "Ann"})
    assert asyncio.run(world.at.waiting.run(order)).status == "completed"
    world.runs.run = lambda given: world.runs.held.append(given)
    time = Passing()
    waiting = Waiting(world.at.starting, world.at.reading, time.sleep, lambda: time.now)
    slow = asyncio.run(waiting.run(order, 3))
    assert (slow.status, round(time.now, 6)) == ("running", 3)


def test_another_tenants_execution_is_none(world):
    done = world.start(world.workflow(of("inline")))
    with pytest.raises(ExecutionNotFoundError):
        world.at.reading.get("other", done.id)
    assert world.at.reading.page("other", Wanted(), limit=10).executions == []


def test_a_run_that_was_closed_meanwhile_is_not_revived(world):
    workflow = world.workflow(of("inline"))
    world.runs.holds = True
    made = world.start(workflow)
    store = world.ports.store
    header = store.header("acme", made.id)
    cancelled = header.ended(Status.CANCELLED, None, None)
    assert store.end("acme", made.id, header, cancelled)
    assert not store.end("acme", made.id, header, header.ended(Status.COMPLETED, {}, None))
    world.runs.let_go()
    found = world.at.reading.get("acme", made.id)
    assert (found.status, world.events(made.id)) == ("cancelled", ["started", "cancelled"])
    assert store.entries("acme", made.id, "") == []


@pytest.fixture(scope="module")
def many():
    """Executions of two workflows, three members and all statuses."""
    world = ExecutionsWorld()
    from shared.platform.tables import Put
    from shared.workflows.executions.execution import Execution
    from shared.workflows.executions.rows import key, stored

    found = []
    for number in range(60):
        made = Execution(
            id=f"{number:04d}", workflow_id=f"w{number % 2}", number=1, flow="f", engine="inline",
            cause=Cause(kind="principal", id="x"), user_id=("a", "b", None)[number * 7 % 3],
            status=STORED[number * 11 % 5], started_at=world.clock.now, expires_at=1,
        )  # fmt: skip
        for tenant in ("acme", "other"):
            item = {**stored(tenant, made), **key(tenant, made.id)}
            world.tables.transact([Put("executions", item)])
        found.append(made)
    return world, found[::-1]


@settings(max_examples=60, deadline=None)
@given(
    workflow=st.sampled_from([None, "w0", "w1", "w2"]),
    user=st.sampled_from([None, "a", "b", "c"]),
    statuses=st.lists(st.sampled_from(["pending", *STORED]), max_size=3),
    limit=st.integers(1, 30),
    offset=st.integers(0, 20),
)
def test_a_list_has_what_its_filters_say_page_by_page(
    many, workflow, user, statuses, limit, offset
):
    world, everything = many
    wanted = Wanted(workflow, user, statuses)
    expected = [
        e.id for e in everything
        if workflow in (None, e.workflow_id) and user in (None, e.user_id)
        and (not statuses or e.status in statuses)
    ]  # fmt: skip
    got, before, first = [], None, True
    while True:
        page = world.at.reading.page(
            "acme", wanted, limit=limit, before=before, offset=offset if first else 0
        )
        got += [each.id for each in page.executions]
        before, first = page.before, False
        if before is None:
            break
    assert got == expected[offset:]


def test_a_key_that_is_over_is_free_before_its_row_is_gone(world):
    workflow = world.workflow(of("inline"))
    first, again = (world.start(workflow, attempt=Attempt("jo", "k", "same")) for _ in "ab")
    world.clock.move(hours=25)
    later, last = (world.start(workflow, attempt=Attempt("jo", "k", "same")) for _ in "ab")
    assert (first.id == again.id, later.id == last.id) == (True, True)
    assert later.id != first.id
