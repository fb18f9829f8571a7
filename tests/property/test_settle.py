"""The laws of `settle`: total, independent of order, monotonic, and nothing is run again."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.graph import Entry, NodeError, Record, Status
from shared.graph.model import Edge, FlowGraph
from shared.graph.plan import Scope, make_plan
from shared.graph.record import SETTLED
from shared.graph.settle import Settlement, settle
from shared.graph.values import FrozenDict, freeze
from tests.fakes.graphs import REGISTRY, plain

HANDLES = ("default", "yes", "no", "error")
BASE = freeze({"in": 1, "k": "of the input"})


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    size = draw(st.integers(1, 9))
    nodes = tuple(plain(f"n{number}") for number in range(size))
    pairs = [(a, b) for b in range(size) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=16)) if pairs else []
    edges = tuple(
        Edge(source=f"n{a}", target=f"n{b}", source_handle=draw(st.sampled_from(HANDLES)))
        for a, b in chosen
    )
    order = draw(st.permutations(nodes))
    return make_plan(FlowGraph(nodes=tuple(order), edges=edges), REGISTRY).root


def outcome(scope: Scope, node: str, seed: int, found: Settlement) -> Entry:
    """What a node would do: decided by the graph, the node and its input alone."""
    step = scope.by_id[node]
    draw = random.Random(f"{seed}/{node}/{sorted(found.input_of(node).items())}")
    error = NodeError("Boom", node, node)
    if draw.random() < 0.2:
        return Entry(node, Status.FAILED, "", "error" if step.catches else None, error=error)
    item = _item(scope, found, node)
    own = {**item[0], draw.choice("kxyz"): draw.choice([node, "same"])}
    writers = {**item[1], **{key: node for key in own if own[key] is not item[0].get(key)}}
    route = draw.choice([h for h in step.outlets if h != "error"] or ["default"])
    return Entry(node, Status.COMPLETED, "", route, FrozenDict(own), writers)


def _item(scope: Scope, found: Settlement, node: str) -> tuple[Any, Any]:
    from shared.graph.settle import input_of

    item = input_of(scope, scope.by_id[node], found.entries.__getitem__, BASE)
    return item.own, item.writers


def run(scope: Scope, seed: int, order: random.Random) -> list[Settlement]:
    """Runs the scope, one ready node at a time, chosen by `order`."""
    record = Record()
    history = [settle(scope, record, BASE)]
    while ready := history[-1].ready():
        record.put(outcome(scope, order.choice(ready), seed, history[-1]))
        history.append(settle(scope, record, BASE))
    return history


@given(scopes(), st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_every_order_ends_in_the_same(scope: Scope, seed: int, order: random.Random) -> None:
    one, other = run(scope, seed, order)[-1], run(scope, seed, random.Random(0))[-1]
    assert one.settled
    assert one.entries == other.entries
    assert (one.result, one.error, one.status) == (other.result, other.error, other.status)


@given(scopes(), st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_is_settled_stays(scope: Scope, seed: int, order: random.Random) -> None:
    history = run(scope, seed, order)
    for before, after in pairwise(history):
        for was, now in zip(before.entries, after.entries, strict=True):
            assert was.status not in SETTLED or was == now
    ran = [entry.node for entry in history[-1].entries if entry.status in _RAN]
    assert len(history) == len(ran) + 1  # each node that ran was ready once, and never again


@given(scopes(), st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_keys_is_of_no_consequence(
    scope: Scope, seed: int, order: random.Random
) -> None:
    last = run(scope, seed, order)[-1]
    record = Record()
    for entry in last.entries:
        if entry.status in _RAN:
            turned = FrozenDict(reversed(list(entry.output.items())))
            record.put(
                Entry(
                    entry.node,
                    entry.status,
                    "",
                    entry.route,
                    turned,
                    entry.writers,
                    error=entry.error,
                )
            )
    again = settle(scope, record, FrozenDict(reversed(list(BASE.items()))))
    assert again.result == last.result
    assert again.statuses() == last.statuses()


@given(scopes(), st.data())
@settings(max_examples=300, deadline=None)
def test_any_record_whatsoever_settles(scope: Scope, data: st.DataObject) -> None:
    record = Record()
    for step in scope.steps:
        if data.draw(st.booleans()):
            status = data.draw(st.sampled_from(list(Status)))
            route = data.draw(st.sampled_from([None, *HANDLES]))
            record.put(Entry(step.id, status, "", route))
    found = settle(scope, record, BASE)
    assert set(found.statuses()) == set(scope.by_id)
    assert found.status in Status
    assert found.settled == all(s in SETTLED for s in found.statuses().values())
    assert not (found.settled and found.ready())


_RAN = (Status.COMPLETED, Status.FAILED)
