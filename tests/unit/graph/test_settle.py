"""Liveness, joins, results and errors of single scopes, by example."""

from __future__ import annotations

from typing import Any

import pytest

from shared.graph import Entry, GraphError, NodeError, Record, Status
from shared.graph.merge import Item, join
from shared.graph.plan import Scope, make_plan
from shared.graph.settle import Settlement, settle
from shared.graph.values import freeze
from tests.fakes.graphs import REGISTRY, graph

DONE, FAILED, SKIPPED, ABORTED = (
    Status.COMPLETED,
    Status.FAILED,
    Status.SKIPPED,
    Status.ABORTED,
)


def scope(nodes: str, wires: str = "") -> Scope:
    return make_plan(graph(nodes, wires), REGISTRY).root


def done(node: str, route: str = "default", **own: Any) -> Entry:
    return Entry(node, DONE, "", route, freeze(own), dict.fromkeys(own, node))


def failed(node: str, route: str | None = None) -> Entry:
    return Entry(node, FAILED, "", route, error=NodeError("Boom", f"{node} broke", node))


def settled(where: Scope, *entries: Entry) -> Settlement:
    return settle(where, Record({entry.key: entry for entry in entries}), freeze({"in": 1}))


def test_a_join_behind_a_condition_runs_with_the_branch_that_was_taken() -> None:
    diamond = scope("if a b join", "if:yes>a>join if:no>b>join")
    found = settled(diamond, done("if", "yes"), done("a", a=1))
    assert found.statuses() == {"if": DONE, "a": DONE, "b": SKIPPED, "join": Status.READY}
    assert found.input_of("join") == {"in": 1, "a": 1}


def test_a_node_is_skipped_only_when_all_its_edges_are_dead() -> None:
    where = scope("if a b c", "if:yes>a>b>c if:no>b")
    found = settled(where, done("if", "other"))
    assert found.statuses() == {"if": DONE, "a": SKIPPED, "b": SKIPPED, "c": SKIPPED}
    assert found.status is DONE
    assert found.result == {"in": 1}


def test_a_failure_aborts_what_is_behind_it_and_nothing_else() -> None:
    where = scope("start bad good join tail", "start>bad>join>tail start>good>join")
    found = settled(where, done("start"), failed("bad"))
    assert found.statuses()["good"] is Status.READY
    assert found.statuses()["join"] is Status.PENDING
    found = settled(where, done("start"), failed("bad"), done("good"))
    assert found.statuses()["join"] is ABORTED
    assert found.statuses()["tail"] is ABORTED
    assert (found.status, found.result) == (FAILED, None)
    assert found.error == NodeError("Boom", "bad broke", "bad")


def test_an_error_output_handles_a_failure() -> None:
    where = scope("bad next mend join", "bad>next>join bad:error>mend>join")
    found = settled(where, failed("bad", "error"))
    assert found.statuses()["mend"] is Status.READY
    assert found.statuses()["next"] is SKIPPED
    assert found.error is None


def test_the_error_of_a_run_is_that_of_the_first_failed_node_in_node_order() -> None:
    where = scope("a b c")
    assert settled(where, failed("c"), failed("b"), done("a")).error == failed("b").error


def test_a_run_that_waits_says_for_what_and_is_not_completed() -> None:
    where = scope("ask then", "ask>then")
    found = settled(where, Entry("ask", Status.WAITING, waits_for={"kind": "approval"}))
    assert found.status is Status.WAITING
    assert [entry.node for entry in found.waits_for()] == ["ask"]
    assert found.result is None


def test_parallel_sinks_are_merged_in_node_order() -> None:
    where = scope("start b a", "start>a start>b")
    found = settled(where, done("start"), done("a", x="a", a=1), done("b", x="b"))
    assert found.result == {"in": 1, "x": "b", "x_2": "a", "a": 1}


def test_a_key_belongs_to_its_last_writer() -> None:
    where = scope("a b c d", "a>b>d a>c>d")
    first = Item(freeze({"k": "old"}), {"k": "a"})
    changed = Item(freeze({"k": "new"}), {"k": "b"})
    assert join(where, [first, changed], {}).own == {"k": "new"}
    assert join(where, [changed, first], {}).own == {"k": "new"}


def test_distinct_values_get_suffixes_in_edge_order_past_those_that_are_taken() -> None:
    where = scope("a b c d", "a>d b>d c>d")
    items = [
        Item(freeze({"k": n, "k_2": "held"}), {"k": w, "k_2": "a"})
        for n, w in ((1, "a"), (2, "b"), (1, "c"))
    ]
    merged = join(where, items, {"k_3": "of the input"})
    assert merged.own == {"k": 1, "k_2": "held", "k_4": 2}
    assert merged.writers == {"k": "a", "k_2": "a", "k_4": "b"}


def test_what_was_replaced_in_one_branch_comes_back_from_the_other() -> None:
    where = scope("a b c", "a>c b>c")
    merged = join(where, [Item(freeze({"x": 1}), {"x": "a"}, keeps=False), Item()], {"in": 1})
    assert merged.view({"in": 1}) == {"in": 1, "x": 1}


def test_a_pinned_output_behind_a_dead_branch_is_not_looked_at() -> None:
    where = scope("if a", "if:yes>a")
    assert settled(where, done("if", "no"), done("a", x=1)).statuses()["a"] is SKIPPED


@pytest.mark.parametrize(
    ("nodes", "wires", "says"),
    [
        ("", "", "has no nodes"),
        ("a b", "a>b>a", "cycle a → b → a; remove one of its edges"),
        ("a", "a>a", "cycle a → a"),
        ("a a", "", "ids used twice: a"),
        ("a", "a>b", "edge a → b: there is no node 'b'"),
    ],
)
def test_a_graph_that_cannot_be_run_has_no_plan(nodes: str, wires: str, says: str) -> None:
    with pytest.raises(GraphError, match=says):
        make_plan(graph(nodes, wires), REGISTRY)
