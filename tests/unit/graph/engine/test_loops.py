"""Loops: items, order, errors, nesting, conditions, limits, checkpoints, resumption."""

from __future__ import annotations

from typing import Any

import pytest

from shared.graph import Entry, ItemEntry, Record, Status
from shared.graph.engine import Run
from tests.fakes.graph_nodes import CALLS
from tests.fakes.graphs import graph, node, plain, run, scripted


@pytest.fixture(autouse=True)
def _fresh() -> None:
    CALLS.clear()


def double(name: str = "b", **more: Any) -> Any:
    value = "{{ data.forEachNode.state.item * 2 }}"
    return scripted(name, value={name: value}, form="update", **more)


def each(name: str = "each", items: Any = "{{ data.list }}", **more: Any) -> Any:
    return node(name, "loop", items=items, **more)


def test_each_item_goes_through_the_body_and_what_follows_runs_once() -> None:
    flow = graph([each(), double(), plain("after")], "each:body>b each>after")
    result = run(flow, {"list": [1, 2, 3]}).result or {}
    assert result["loop_results"] == [{"b": 2}, {"b": 4}, {"b": 6}]
    assert result["forEachNode"] == {
        "input": [1, 2, 3],
        "results": [{"b": 2}, {"b": 4}, {"b": 6}],
        "state": {"index": 2, "item": 3},
    }
    assert result["after"] == "after"
    assert "b" not in result


def test_items_in_order_see_the_results_before_them() -> None:
    seen = scripted("b", value={"seen": "{{ data.forEachNode.results | length }}"}, form="update")
    flow = graph([each(), seen], "each:body>b")
    assert (run(flow, {"list": ["xyz"]}).result or {})["loop_results"] == [{"seen": 0}]
    result = run(flow, {"list": ["x", "y", "z"]}).result or {}
    assert [each["seen"] for each in result["loop_results"]] == [0, 1, 2]


def test_results_that_an_item_keeps_do_not_grow_afterwards() -> None:
    flow = graph([each(), node("b", "keep-state")], "each:body>b")
    results = (run(flow, {"list": [1, 2, 3]}).result or {})["loop_results"]
    assert [len(each["keep_state"]["results"]) for each in results] == [0, 1, 2]


@pytest.mark.parametrize("concurrency", [1, 7])
def test_results_stand_in_item_order_whatever_the_concurrency(concurrency: int) -> None:
    slow = scripted("b", value="{{ data.forEachNode.state.item }}",
                    sleep="{{ 0.02 if data.forEachNode.state.index == 0 else 0 }}")  # fmt: skip
    flow = graph([each(concurrency=concurrency), slow], "each:body>b")
    result = run(flow, {"list": list(range(20))}).result or {}
    assert [each["scripted"] for each in result["loop_results"]] == list(range(20))


def test_no_items_give_no_results() -> None:
    flow = graph([each(), double(), plain("after")], "each:body>b each>after")
    result = run(flow, {"list": []}).result or {}
    assert result["loop_results"] == []
    assert result["forEachNode"]["state"] == {"index": 0, "item": None}
    assert result["after"] == "after"


def failing(name: str = "b") -> Any:
    fail = "{{ 'Boom' if data.forEachNode.state.item == 2 else '' }}"
    return scripted(name, value=1, fail=fail)


def test_a_failed_item_stops_the_loop_and_is_named() -> None:
    flow = graph([each(), failing(), node("c", "count")], "each:body>b>c")
    done = run(flow, {"list": [1, 2, 3]})
    assert done.status is Status.FAILED
    assert done.error is not None
    assert done.error.type == "LoopFailed"
    assert done.error.message == "each[1]/b: attempt 1 failed as scripted"
    assert dict(CALLS) == {"each[0]/c": 1}


def test_concurrent_items_all_end_before_the_first_failure_is_told() -> None:
    flow = graph([each(concurrency=2), failing(), node("c", "count")], "each:body>b>c")
    done = run(flow, {"list": [1, 2, 2, 3]})
    assert done.error is not None
    assert done.error.message == "each[1]/b: attempt 1 failed as scripted (and 1 more)"
    assert dict(CALLS) == {"each[0]/c": 1, "each[3]/c": 1}


def test_a_loop_may_go_on_after_errors_and_keeps_them_among_its_results() -> None:
    flow = graph([each(on_error="continue"), failing()], "each:body>b")
    done = run(flow, {"list": [1, 2, 3]})
    assert done.status is Status.COMPLETED
    one, two, three = (done.result or {})["loop_results"]
    assert (one, three) == ({"scripted": 1}, {"scripted": 1})
    assert two["error"]["type"] == "Boom"


def test_a_failed_loop_leaves_by_its_error_output() -> None:
    flow = graph([each(), failing(), plain("mend")], "each:body>b each:error>mend")
    done = run(flow, {"list": [2]})
    assert done.status is Status.COMPLETED
    assert (done.result or {})["error"]["node"] == "each"


def test_loops_nest() -> None:
    outer = each("outer", "{{ data.rows }}")
    inner = each("inner", "{{ data.forEachNode.state.item }}")
    flow = graph([outer, inner, double(), plain("after")],
                 "outer:body>inner inner:body>b inner>after")  # fmt: skip
    result = run(flow, {"rows": [[1, 2], [], [3]]}).result or {}
    assert result["loop_results"] == [
        {"loop_results": [{"b": 2}, {"b": 4}], "after": "after"},
        {"loop_results": [], "after": "after"},
        {"loop_results": [{"b": 6}], "after": "after"},
    ]


def test_a_while_hands_its_data_on_until_the_condition_fails() -> None:
    adding = node("add", "transform", output={"n": "{{ data.n + 1 }}"})
    flow = graph([node("w", "loop", mode="while", condition="data.n < 5"), adding], "w:body>add")
    assert run(flow, {"n": 0}).result == {"n": 5, "loop": {"iterations": 5, "ended": "condition"}}
    assert run(flow, {"n": 9}).result == {"n": 9, "loop": {"iterations": 0, "ended": "condition"}}


def test_an_until_runs_at_least_once() -> None:
    adding = node("add", "transform", output={"n": "{{ data.n + 1 }}"})
    flow = graph([node("u", "loop", mode="until", condition="data.n > 3"), adding], "u:body>add")
    assert run(flow, {"n": 9}).result == {"n": 10, "loop": {"iterations": 1, "ended": "condition"}}
    assert run(flow, {"n": 0}).result == {"n": 4, "loop": {"iterations": 4, "ended": "condition"}}


@pytest.mark.parametrize(("written", "went_round"), [({}, 100), ({"max_iterations": 3}, 3)])
def test_a_condition_that_never_fails_ends_at_the_limit(written: Any, went_round: int) -> None:
    flow = graph([node("w", "loop", mode="while", condition="true", **written), plain("b")],
                 "w:body>b")  # fmt: skip
    assert (run(flow).result or {})["loop"] == {"iterations": went_round, "ended": "limit"}


def test_no_limit_is_the_limit_of_the_platform() -> None:
    flow = graph([node("w", "loop", mode="while", condition="true", max_iterations=0),
                  node("b", "start")], "w:body>b")  # fmt: skip
    assert (run(flow).result or {})["loop"] == {"iterations": 10_000, "ended": "limit"}


def test_an_error_of_a_condition_fails_the_loop() -> None:
    flow = graph([node("w", "loop", mode="while", condition="data.typo < 5"), plain("b")],
                 "w:body>b")  # fmt: skip
    done = run(flow, {"n": 1})
    assert done.error is not None
    assert "typo" in done.error.message


class Keeper:
    """A checkpoint that keeps what it gets and says after how many items to stop."""

    def __init__(self, most: int = 10**9) -> None:
        self.nodes: list[Entry] = []
        self.items: list[ItemEntry] = []
        self.most = most

    async def node(self, entry: Entry) -> None:
        self.nodes.append(entry)

    async def item(self, item: ItemEntry) -> bool:
        self.items.append(item)
        return len(self.items) < self.most

    def record(self) -> Record:
        """What a new process would read."""
        return Record.from_json(
            {
                "entries": [entry.as_json() for entry in self.nodes],
                "items": [item.as_json() for item in self.items],
            }
        )


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_loop_that_was_cut_off_goes_on_where_it_was(concurrency: int) -> None:
    flow = graph([each(concurrency=concurrency), node("c", "count"), plain("after")],
                 "each:body>c each>after")  # fmt: skip
    given = {"list": list(range(10))}
    keeper = Keeper(most=4)
    first = run(flow, given, engine={"checkpoint": keeper})
    assert (first.status, first.result) == (Status.RUNNING, None)
    second = run(flow, given, record=keeper.record())
    assert second.status is Status.COMPLETED
    assert set(CALLS.values()) == {1}
    assert len(CALLS) == 10
    assert second.result == run(flow, given).result


def test_an_item_that_failed_is_tried_again_and_the_others_are_not() -> None:
    def attempt(record: Record | None, bad: int) -> Run:
        fail = f"{{{{ 'Boom' if data.forEachNode.state.item == {bad} else '' }}}}"
        flow = graph([each(), node("c", "count"), scripted("b", fail=fail)], "each:body>c>b")
        return run(flow, {"list": [1, 2, 3]}, record=record)

    first = attempt(None, 2)
    assert first.status is Status.FAILED
    assert attempt(first.record, 0).status is Status.COMPLETED
    assert dict(CALLS) == {"each[0]/c": 1, "each[1]/c": 1, "each[2]/c": 1}


def test_a_body_that_waits_makes_the_run_wait_and_names_the_item() -> None:
    asking = node("ask", "approval", approvers=["ada"])
    flow = graph([each(concurrency=2), asking], "each:body>ask")
    first = run(flow, {"list": [1, 2]})
    assert first.status is Status.WAITING
    assert [entry.key for entry in first.waits_for] == ["each[0]/ask", "each[1]/ask"]
    answers = {"each[0]/ask": "approved", "each[1]/ask": "rejected"}
    last = run(flow, {"list": [1, 2]}, record=first.record, pins=answers)
    results = (last.result or {})["loop_results"]
    assert [each["approval"]["decision"] for each in results] == ["approved", "rejected"]


def test_a_pinned_loop_and_a_pinned_item() -> None:
    flow = graph([each(), node("c", "count"), plain("after")], "each:body>c each>after")
    assert (run(flow, {"list": [1, 2]}, pins={"each": ["mine"]}).result or {})["loop_results"] == [
        "mine"
    ]
    assert not CALLS
    result = run(flow, {"list": [1, 2]}, pins={"each[1]/c": "pinned"}).result or {}
    assert result["loop_results"] == [{"c": True}, {"count": "pinned"}]


def test_twenty_thousand_items() -> None:
    flow = graph([each(), node("b", "start")], "each:body>b")
    result = run(flow, {"list": list(range(20_000))}).result or {}
    assert len(result["loop_results"]) == 20_000


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ("list", [1, 2]),
        ("data.deep.list", [3]),
        ("a, b,,c", ["a", "b", "c"]),
        ('[1, {"x": 2}]', [1, {"x": 2}]),
        ('{"x": 1}', [{"x": 1}]),
        ('{"x": 1}\n{"x": 2}', [{"x": 1}, {"x": 2}]),
        ([5, 6], [5, 6]),
        (7, [7]),
        ("{{ data.list }}", [1, 2]),
    ],
)
def test_items_may_have_many_forms(items: Any, found: list[Any]) -> None:
    flow = graph([each(items=items), plain("b")], "each:body>b")
    result = run(flow, {"list": [1, 2], "deep": {"list": [3]}}).result or {}
    assert result["forEachNode"]["input"] == found


def test_items_that_are_not_there_are_an_error() -> None:
    done = run(graph([each(items="nowhere"), plain("b")], "each:body>b"), {"list": [1]})
    assert done.error is not None
    assert done.error.message == "no items at 'nowhere'; the data has list"


class Flaky(Keeper):
    """Cannot write once."""

    async def node(self, entry: Entry) -> None:
        if entry.path == "each[1]/":
            raise ConnectionError("no store")


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_store_that_cannot_be_written_breaks_the_run_and_fails_no_node(concurrency: int) -> None:
    flow = graph([each(concurrency=concurrency), plain("b")], "each:body>b each:error>b2")
    flow = flow.model_copy(update={"nodes": (*flow.nodes, plain("b2"))})
    with pytest.raises(ConnectionError, match="no store"):
        run(flow, {"list": [1, 2, 3]}, engine={"checkpoint": Flaky()})


def test_a_loop_reads_its_declared_inputs() -> None:
    inputs = ({"name": "items", "source_node": "a", "source_field": "rows"},)
    looping = each(items=None).model_validate({**each(items=None).model_dump(), "inputs": inputs})
    flow = graph([scripted("a", value={"rows": [1, 2, 3]}), looping, plain("b")],
                 "a>each each:body>b")  # fmt: skip
    assert len((run(flow).result or {})["loop_results"]) == 3


def test_results_that_are_too_large_fail_the_loop_and_not_the_run() -> None:
    large = scripted("b", value="x" * 1_000_000)
    flow = graph([each(), large, plain("mend")], "each:body>b each:error>mend")
    done = run(flow, {"list": [1, 2, 3, 4, 5]})
    assert done.status is Status.COMPLETED
    assert "store it and return a reference" in (done.result or {})["error"]["message"]
