"""A pipeline is a flow: the same graph that every engine and every check reads."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.graph import FlowEngine, NodeRegistry, validate
from shared.pipelines.definition import create_pipeline
from shared.pipelines.flow import PipelineStep, as_flow
from shared.pipelines.inline import run_inline
from tests.unit.pipelines.test_nodes import NODES, _item

PIPELINE = create_pipeline(
    "p", "choose", "double",
    routers={"choose": {"x": ("keeps", "keeps"), "X": ("keeps",), "none": ()}},
)  # fmt: skip


def test_branches_leave_their_router_and_meet_at_the_next_node_of_the_chain() -> None:
    edges = [(e.source, e.source_handle, e.target) for e in as_flow(PIPELINE).edges]
    assert edges == [
        ("choose", "route-0", "choose.x.0.keeps"),
        ("choose.x.0.keeps", "default", "choose.x.1.keeps"),
        ("choose", "route-1", "choose.X.0.keeps"),
        ("choose", "default", "double"),
        ("choose.x.1.keeps", "default", "double"),
        ("choose.X.0.keeps", "default", "double"),
        ("choose", "route-2", "double"),
    ]


def test_routes_that_differ_by_case_alone_are_two() -> None:
    for to, ran in (("x", 4), ("X", 3), ("none", 2), ("other", 2)):
        item = run_inline(PIPELINE, NODES.__getitem__, {"to": to, "number": 1})
        assert len(item["trace"]) == ran


def test_the_flow_is_valid() -> None:
    assert validate(as_flow(PIPELINE), NodeRegistry(PipelineStep)).problems == ()


def test_a_step_runs_in_the_inline_engine_too() -> None:
    graph = as_flow(create_pipeline("q", "double"))
    engine = FlowEngine(NodeRegistry(PipelineStep), ports={"pipeline_nodes": NODES.__getitem__})
    done: Any = asyncio.run(engine.run(graph, _item(number=2)))
    assert done.output("double")["data"] == {"number": 2, "doubled": 4}
