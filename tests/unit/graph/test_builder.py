"""Flows written in Python read well and give the graphs that they say."""

from __future__ import annotations

from typing import Any

import pytest

from shared.graph import FlowGraph, GraphError
from shared.graph.builder import flow, step
from tests.fakes.graphs import run


def wires(graph: FlowGraph) -> list[str]:
    return [
        f"{e.source}{'' if e.source_handle == 'default' else ':' + e.source_handle}>{e.target}"
        for e in graph.edges
    ]


def own(name: str, **config: Any) -> Any:
    return step("scripted", name, value={name: name}, form="update", **config)


def test_the_sentence_of_the_design() -> None:
    a, b, c, d, e = map(own, "abcde")
    graph = flow("sentence").start(a).then(b).when("data.x > 3", yes=c, no=d).join(e).build()
    assert wires(graph) == ["a>b", "b>if", "if:yes>c", "if:no>d", "c>e", "d>e"]
    assert "c" in (run(graph, {"x": 4}).result or {})
    assert "d" in (run(graph, {"x": 3}).result or {})


def test_an_output_that_is_left_open_goes_on_with_what_comes_next() -> None:
    graph = flow("open").start(own("a")).when("data.x", yes=[own("b"), own("c")]).then(own("d"))
    assert wires(graph.build()) == ["a>if", "if:yes>b", "b>c", "c>d", "if:no>d"]


def test_forks_and_joins() -> None:
    graph = flow("fork").start(own("a")).then(own("b"), own("c")).join(own("d")).build()
    assert wires(graph) == ["a>b", "a>c", "b>d", "c>d"]
    assert run(graph).result == dict(zip("abcd", "abcd", strict=True))


def test_switches() -> None:
    cases = {"Big": ("data.x > 9", own("b")), "small": ("data.x < 2", None)}
    graph = flow("s").switch(cases, otherwise=own("o")).join(own("z")).build()
    assert wires(graph) == ["switch:big>b", "switch>o", "b>z", "switch:small>z", "o>z"]
    assert "b" in (run(graph, {"x": 10}).result or {})
    assert "o" in (run(graph, {"x": 5}).result or {})
    assert (run(graph, {"x": 1}).result or {})["z"] == "z"


def test_loops_with_bodies_of_any_shape() -> None:
    body = flow("body").start(own("a")).when("data.forEachNode.state.item > 1", yes=own("b"))
    graph = flow("l").each("{{ data.list }}", body, concurrency=2).then(own("z")).build()
    assert wires(graph) == ["a>if", "if:yes>b", "loop:body>a", "loop>z"]
    results = (run(graph, {"list": [1, 2]}).result or {})["loop_results"]
    assert ["b" in each for each in results] == [False, True]
    chain = flow("c").loop([own("a"), own("b")], mode="while", condition="false").build()
    assert wires(chain) == ["a>b", "loop:body>a"]


def test_failures_are_caught() -> None:
    bad = step("scripted", "bad", fail="Boom")
    graph = flow("c").start(bad).catch(own("mend")).join(own("z")).build()
    assert wires(graph) == ["bad:error>mend", "bad>z", "mend>z"]
    assert run(graph).status == "completed"


def test_ids_are_made_unique_and_a_builder_never_changes() -> None:
    one = flow("ids").start(step("start"))
    two = one.then(step("end"), step("end"))
    assert [n.id for n in two.build().nodes] == ["start", "end", "end-2"]
    assert [n.id for n in one.build().nodes] == ["start"]
    with pytest.raises(GraphError, match="empty: has no nodes; add one with `start`"):
        flow("empty").build()


def test_settings_and_variables() -> None:
    graph = flow("s").start(step("start")).variables(a=1).settings(timeout=5).build()
    assert (graph.variables, graph.settings.timeout) == ({"a": 1}, 5)
