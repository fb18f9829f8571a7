"""Every node type does on both engines what its example says, through Step Functions too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.graph import Kind
from shared.nodes import registry
from tests.engines.both import on_both
from tests.engines.comparing import inline
from tests.engines.step_functions import StepFunctions, step_functions
from tests.fakes.graphs import REGISTRY, graph, node
from tests.fakes.node_ports import EchoWorkflows, node_ports

BODY = [node("body", "set-fields", fields={"done": "{{ data.forEachNode.state.item }}"})]


@pytest.fixture(scope="module")
def world() -> Iterator[StepFunctions]:
    with step_functions() as made:
        yield made


def example_of(name):
    """A flow of nothing but this node, and a body where it needs one."""
    definition = registry().get(name)
    looping = definition.kind is Kind.LOOP
    nodes = [node("it", name, **definition.example.config), *(BODY if looping else [])]
    return definition.example, graph(nodes, "it:body>body" if looping else "")


def is_as_promised(example, found):
    result = {name: value for name, value in found["result"].items() if name != "forEachNode"}
    assert (found["status"], found["error"]) == ("completed", None)
    return result in (example.result, {**example.data, **example.result})


@pytest.mark.parametrize("name", list(registry()))
def test_the_example_of_a_node_type_is_true_on_both_engines(name):
    example, flow = example_of(name)
    assert is_as_promised(example, on_both(flow, example.data))


@pytest.mark.parametrize("name", list(registry()))
def test_the_example_of_a_node_type_is_true_through_step_functions(world, name):
    example, flow = example_of(name)
    given = dict(example.data)
    how = {"registry": REGISTRY, "children": lambda _: EchoWorkflows()}
    done = world.run("x", flow, given, {}, "node", ports=node_ports(), **how)
    found = done.report()
    wanted = asyncio.run(inline(flow, given, {}, REGISTRY, node_ports()))
    assert found == wanted
    assert is_as_promised(example, found)
