"""Workflows: drafts, versions, which one stands, and that tenants never meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.nodes
from shared.events.outbox import EntityRef, VersionConflictError, timeline
from shared.graph import FlowGraph, NodeRegistry
from shared.graph.durable.published import PublishedFlows
from shared.identity.principal import ForbiddenError, Principal
from shared.workflows.differences import differences
from shared.workflows.errors import (
    NotPublishedError,
    StaleWorkflowError,
    WorkflowNotFoundError,
    WorkflowValidationError,
)
from shared.workflows.graphs import SMALL, Graphs
from shared.workflows.publishing import Publishing
from shared.workflows.workflow import NewWorkflow, WorkflowUpdate
from shared.workflows.workflows import Caller, Places, Workflows
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

JO = Caller(Principal("acme", "jo", "admin"))
EVE = Caller(Principal("other", "eve", "admin"))


class Blobs:
    def __init__(self):
        self.texts = {}

    def write(self, name, text):
        self.texts[name] = text

    def read(self, name):
        return self.texts[name]


def definition(text="{{ data.name }}", **more):
    return {
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "greet", "type": "transform", "config": {"output": {"text": text}}},
        ],
        "edges": [{"source": "start", "target": "greet"}],
        **more,
    }


class World:
    def __init__(self):
        self.tables, self.clock = MemoryTables(), MovedClock()
        self.blobs, registry = Blobs(), NodeRegistry.of(shared.nodes)
        graphs = Graphs(self.tables, "workflows", self.blobs)
        places = Places(self.tables, "crm", "workflows", graphs, registry, self.clock)
        self.workflows = Workflows(places)
        flows = PublishedFlows(self.tables, "workflows", registry)
        self.publishing = Publishing(places, self.workflows, flows)

    def create(self, caller=JO, **more):
        new = NewWorkflow(**{"name": "Greet", "definition": definition(), **more})
        return self.workflows.create(caller, new)

    def events(self, workflow_id):
        ref = EntityRef("workflow", workflow_id)
        found, _ = timeline(self.tables, "crm", "acme", ref, limit=50)
        return [event.event_type for event in found]


@pytest.fixture
def world():
    return World()


def test_a_workflow_from_its_making_to_its_end(world):
    made = world.create(tags=("a",), category="sales")
    assert (made.version, made.type, made.published, made.owner_id) == (1, "api", None, "jo")
    assert world.workflows.get("acme", made.id) == made
    changed = world.workflows.update(JO, made.id, WorkflowUpdate(name="Welcome"))
    assert (changed.name, changed.tags, changed.version) == ("Welcome", ("a",), 2)
    assert world.workflows.update(JO, made.id, WorkflowUpdate(name="Welcome")) == changed
    assert [one.name for one in world.workflows.page("acme", limit=10)[0]] == ["Welcome"]
    world.workflows.delete(JO, made.id)
    assert world.workflows.page("acme", limit=10)[0] == []
    with pytest.raises(WorkflowNotFoundError):
        world.workflows.get("acme", made.id)
    assert world.events(made.id) == ["workflow.created", "workflow.updated", "workflow.deleted"]


def test_a_draft_may_be_wrong_and_is_not_published(world):
    made = world.create(definition=definition(nodes=[{"id": "x", "type": "no_such"}]))
    assert not world.workflows.validate("acme", made.id).ok
    with pytest.raises(WorkflowValidationError, match="no_such") as refused:
        world.publishing.publish(JO, made.id)
    assert {problem.node for problem in refused.value.report.errors} >= {"x"}
    assert world.workflows.get("acme", made.id) == made


def test_what_is_no_definition_at_all_is_refused(world):
    with pytest.raises(WorkflowValidationError, match="nodes"):
        world.create(definition={"nodes": 7})


def test_a_copy_has_everything_but_the_name(world):
    made = world.create(definition=definition(env={"KEY": "v"}, variables={"a": 1}), tags=("t",))
    copy = world.workflows.duplicate(JO, made.id)
    assert (copy.name, copy.tags, copy.graph == made.graph) == ("Greet (Copy)", ("t",), True)
    graph = world.workflows.draft("acme", copy.id)
    assert (graph.env, graph.variables) == ({"KEY": "v"}, {"a": 1})


def test_versions_are_for_good_and_one_stands(world):
    made = world.create()
    _, first = world.publishing.publish(JO, made.id, "one")
    changed = WorkflowUpdate(definition=definition("Hello"))
    world.workflows.update(JO, made.id, changed)
    assert world.publishing.standing("acme", made.id) == first
    after, second = world.publishing.publish(JO, made.id, "two")
    assert (first.number, second.number, after.published) == (1, 2, 2)
    assert second.machine == "standard"
    assert "lower settings.timeout" in second.why
    back = world.publishing.rollback(JO, made.id, 1)
    assert (back.published, back.last_version) == (1, 2)
    assert world.publishing.publish(JO, made.id)[1].number == 3
    numbers = [one.number for one in world.publishing.versions("acme", made.id, limit=9)[0]]
    assert numbers == [3, 2, 1]
    (difference,) = world.publishing.differences("acme", made.id, 1, 2)
    assert difference.where == "node greet.config.output.text"
    assert (difference.old, difference.new) == ("{{ data.name }}", "Hello")
    with pytest.raises(WorkflowNotFoundError, match="no version 9"):
        world.publishing.rollback(JO, made.id, 9)


def test_a_publication_that_fails_leaves_the_old_version_standing(world):
    made = world.create()
    _, first = world.publishing.publish(JO, made.id)
    world.workflows.update(JO, made.id, WorkflowUpdate(definition=definition("x")))
    writes = []

    def fail(batch):
        writes.append(batch)
        if len(writes) == 2:
            raise ConnectionError("gone")

    world.tables.before_transact = fail
    with pytest.raises(ConnectionError):
        world.publishing.publish(JO, made.id)
    world.tables.before_transact = lambda batch: None
    assert world.publishing.standing("acme", made.id) == first
    assert world.publishing.publish(JO, made.id)[1].number == 2


def test_two_publications_at_once_are_two_versions(world):
    made = world.create()
    raced = []

    def race(batch):
        if not raced and any(getattr(write, "label", "") == "version" for write in batch):
            raced.append(True)
            world.publishing.publish(JO, made.id, "the other")

    world.tables.before_transact = race
    _, mine = world.publishing.publish(JO, made.id, "mine")
    found = world.publishing.versions("acme", made.id, limit=9)[0]
    assert [(one.number, one.notes) for one in found] == [(2, "mine"), (1, "the other")]
    assert world.publishing.standing("acme", made.id) == mine


def test_nothing_published_is_said(world):
    made = world.create()
    with pytest.raises(NotPublishedError, match="publish it first"):
        world.publishing.standing("acme", made.id)
    with pytest.raises(NotPublishedError):
        world.publishing.rollback(JO, made.id, 1)


def test_who_saw_another_version_hears_how_it_stands(world):
    made = world.create()
    world.workflows.update(JO, made.id, WorkflowUpdate(name="New"))
    stale = Caller(JO.principal, if_match=1)
    with pytest.raises(StaleWorkflowError) as refused:
        world.workflows.update(stale, made.id, WorkflowUpdate(name="Mine"))
    assert refused.value.current.name == "New"


def test_what_others_own_is_only_seen(world):
    made = world.create()
    al = Caller(Principal("acme", "al", "sales_rep"))
    assert world.workflows.get("acme", made.id)
    for change in (
        lambda: world.workflows.update(al, made.id, WorkflowUpdate(name="x")),
        lambda: world.workflows.delete(al, made.id),
        lambda: world.publishing.publish(al, made.id),
    ):
        with pytest.raises(ForbiddenError):
            change()


def test_another_tenant_meets_nothing(world):
    made = world.create()
    world.publishing.publish(JO, made.id)
    for ask in (
        lambda: world.workflows.get("other", made.id),
        lambda: world.workflows.update(EVE, made.id, WorkflowUpdate(name="x")),
        lambda: world.workflows.delete(EVE, made.id),
        lambda: world.workflows.duplicate(EVE, made.id),
        lambda: world.publishing.publish(EVE, made.id),
        lambda: world.publishing.version("other", made.id, 1),
        lambda: world.publishing.rollback(EVE, made.id, 1),
    ):
        with pytest.raises(WorkflowNotFoundError):
            ask()
    assert world.workflows.page("other", limit=10)[0] == []
    assert world.workflows.delete_many(EVE, [made.id]) == (0, [made.id])


def test_many_are_removed_and_the_rest_is_named(world):
    ids = [world.create().id for _ in range(3)]
    assert world.workflows.delete_many(JO, [*ids[:2], ids[0], "no-such"]) == (2, ["no-such"])
    assert [one.id for one in world.workflows.page("acme", limit=9)[0]] == [ids[2]]


def test_a_large_graph_lies_apart_and_comes_back_whole(world):
    made = world.create(definition=definition("x" * (SMALL + 1)))
    assert len(world.blobs.texts) == 1
    assert world.workflows.draft("acme", made.id).node("greet").config["output"]["text"][-1] == "x"


def test_a_change_that_is_beaten_every_time_gives_up(world):
    made = world.create()

    def always(batch):
        raise VersionConflictError("busy")

    world.tables.before_transact = always
    with pytest.raises(Exception, match="changed by many"):
        world.workflows.update(JO, made.id, WorkflowUpdate(name="x"))


def test_moving_a_node_in_the_editor_is_no_difference():
    graph = FlowGraph.model_validate(definition())
    moved = FlowGraph.model_validate(definition())
    node = moved.nodes[0].model_copy(update={"position": {"x": 5, "y": 5}})
    assert differences(graph, moved.model_copy(update={"nodes": (node, *moved.nodes[1:])})) == []


VALUES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)


@given(VALUES, VALUES)
def test_differences_tell_exactly_what_differs(old, new):
    before, after = FlowGraph(variables=old), FlowGraph(variables=new)
    found = {d.where.removeprefix("variables."): d.kind for d in differences(before, after)}
    assert found == {
        **dict.fromkeys(old.keys() - new.keys(), "removed"),
        **dict.fromkeys(new.keys() - old.keys(), "added"),
        **{key: "changed" for key in old.keys() & new.keys() if old[key] != new[key]},
    }
