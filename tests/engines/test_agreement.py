"""Any valid flow ends alike on both engines: data, statuses, routes and errors."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.graph.asl.compiler import compile_flow
from tests.engines.comparing import Durable, inline
from tests.engines.drawing import INPUTS, flows, pins
from tests.engines.test_faults import flow


def agree(graph, item, pinned):
    wanted = asyncio.run(inline(graph, item, pinned))
    for granularity in ("node", "region"):
        durable = Durable(graph)
        compiled = compile_flow(durable.flow.plan, granularity=granularity)
        asyncio.run(durable.interpret(compiled.definition, durable.start(item, pinned)))
        assert durable.report() == wanted, granularity


def test_a_pin_in_the_body_of_a_loop_that_waits_is_recorded():
    graph = flow(
        "l.body>p p.yes>q l>e",
        l={"type": "each", "items": [1, 2]}, p={"type": "pick"}, q={"type": "ask"}, e={},
    )  # fmt: skip
    agree(graph, {}, {"p": {"value": 1}})


def test_a_loop_in_an_item_that_never_goes_round_writes_no_state():
    graph = flow(
        "l.body>w w.body>q",
        l={"type": "each", "items": [None]}, w={"type": "each", "mode": "while", "rounds": 0},
        q={"type": "ask"},
    )  # fmt: skip
    agree(graph, {}, {})


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data(), flows(), INPUTS)
def test_the_engines_agree(data, graph, item):
    pinned = data.draw(pins(graph))
    agree(graph, item, pinned)
