"""Production graphs: their loops, their queues, their runs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.graph import FlowGraph
from shared.graph.analysis import FlowAnalyzer, QueueMapper
from shared.graph.engine import FlowEngine, run_production
from shared.graph.validation import validate
from tests.fakes.graph_nodes import CALLS
from tests.fakes.graphs import REGISTRY, graph, node, scripted


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CALLS.clear()


def production(nodes: list[Any], wires: str) -> FlowGraph:
    return graph(nodes, wires, type="production")


def test_a_production_graph_is_cut_at_producers_and_behind_non_blocking_nodes() -> None:
    flow = production(
        [node("n", "numbers"), node("c", "count"), node("w", "queue-writer"),
         node("r", "queue-reader"), node("d", "count")],
        "n>c>w>r>d",
    )  # fmt: skip
    first, second = FlowAnalyzer(flow, REGISTRY).loops()
    assert [n.id for n in first.graph.nodes] == ["n", "c", "w"]
    assert (first.producer, first.hands_over) == ("n", ("w",))
    assert [n.id for n in second.graph.nodes] == ["r", "d"]
    assert len(second.graph.edges) == 1
    assert FlowAnalyzer(flow, REGISTRY).first_node() == "n"
    assert validate(flow, REGISTRY).ok


def test_queues_may_lead_back_to_an_earlier_loop() -> None:
    flow = production(
        [node("n", "numbers"), node("w", "queue-writer"), node("r", "queue-reader"),
         node("w2", "queue-writer")],
        "n>w>r>w2>r",
    )  # fmt: skip
    assert validate(flow, REGISTRY).ok


def test_a_name_by_hand_wins() -> None:
    flow = production(
        [node("w", "queue-writer", queue_name="mine"), node("r", "queue-reader"),
         node("x", "queue-writer", queue_name="default"),
         node("y", "queue-reader", queue_name="other"),
         node("alone", "queue-reader", queue_name="from elsewhere")],
        "w>r x>y",
    )  # fmt: skip
    found = QueueMapper(REGISTRY).map(flow)
    assert found.writes == {"w": ("mine",), "x": ("other",)}
    assert found.reads == {"r": ("mine",), "y": ("other",), "alone": ("from elsewhere",)}


def test_queues_without_the_other_side_and_names_that_disagree_are_errors() -> None:
    flow = production(
        [node("w", "queue-writer", queue_name="a"), node("r", "queue-reader", queue_name="b"),
         node("lost", "queue-writer"), node("n", "numbers")],
        "w>r n>lost n>w",
    )  # fmt: skip
    told = [str(each) for each in validate(flow, REGISTRY).errors]
    assert told == [
        "Node 'lost': queue_name: the queue writer has no reader; connect it with a queue reader, "
        "or write the name of a queue",
        "Node 'w': queue_name: names another queue than r, which it is connected with; name the "
        "same queue, or leave one to be named",
    ]


def run(flow: FlowGraph, **options: Any) -> Any:
    async def main() -> Any:
        async with FlowEngine(REGISTRY) as engine:
            return await run_production(engine, flow, **options)

    return asyncio.run(main())


def test_a_loop_goes_on_until_its_producer_has_no_more() -> None:
    [runner] = run(production([node("n", "numbers"), node("c", "count")], "n>c"))
    assert (runner.iterations, runner.failures) == (3, 0)
    assert CALLS["c"] == 3


def test_a_path_ends_at_a_node_that_hands_over_in_production_and_goes_on_elsewhere() -> None:
    flow = graph([node("n", "numbers"), node("h", "hand-over"), node("c", "count")], "n>h>c",
                 type="production")  # fmt: skip
    run(flow)
    assert (CALLS["h"], CALLS["c"]) == (3, 0)
    from tests.fakes.graphs import run as run_once

    run_once(flow)
    assert (CALLS["h"], CALLS["c"]) == (4, 1)


def test_a_failed_iteration_is_told_and_the_next_one_comes() -> None:
    fail = "{{ 'Boom' if data.numbers == 2 else '' }}"
    flow = production([node("n", "numbers"), scripted("b", fail=fail), node("c", "count")], "n>b>c")
    failed: list[Any] = []
    [runner] = run(flow, failed=failed.append, pause=0)
    assert (runner.iterations, runner.failures, CALLS["c"]) == (3, 1, 2)
    assert failed[0].error.node == "b"


def test_nodes_are_set_up_once_and_cleaned_up_once_whatever_the_branch() -> None:
    flow = production(
        [node("n", "numbers"), node("if", "condition", expression="data.numbers > 1"),
         node("yes", "lifecycle"), node("no", "lifecycle"), node("deep", "lifecycle"),
         node("l", "loop", items=[1, 2]), node("in", "lifecycle")],
        "n>if if:yes>yes>deep if:no>no>deep deep>l l:body>in",
    )  # fmt: skip
    run(flow)
    for name, executed in (("yes", 2), ("no", 1), ("deep", 3), ("in", 6)):
        assert CALLS[f"{name} setup"] == 1
        assert CALLS[f"{name} cleanup"] == 1
        assert CALLS[f"{name} execute"] == executed


def test_all_loops_of_a_graph_run_and_may_be_stopped() -> None:
    two = production([node("n", "numbers"), node("m", "numbers")], "")
    runners = run(two, most=2)
    assert [runner.iterations for runner in runners] == [2, 2]
