"""The benchmark of flows at small sizes: what it counts is what it says."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.flows import big, compiling, durable, units
from benchmarks.flows.counting import counting
from benchmarks.meter import INVOCATIONS, MACHINES, WRITES
from shared.graph import validate
from shared.nodes import registry


def test_ten_workflows_are_valid():
    found = units.workflows()
    assert len(found) == 10
    for name, (graph, _) in found.items():
        assert validate(graph, registry()).problems == (), name


def test_a_bill_is_counted_on_the_calls_made():
    graph, given = units.workflows()["webhook-chain"]
    with counting() as world:
        node = world.run("webhook-chain", graph, given, "node")
        region = world.run("webhook-chain", graph, given, "region")
    assert node.express
    assert node.bill[MACHINES] == region.bill[MACHINES] == 1
    assert node.bill[INVOCATIONS] == 7 + 1  # one for each node that ran, one that closes the run
    assert region.bill[INVOCATIONS] == 1 + 1
    assert units.least(node, "node")[INVOCATIONS] == 7
    assert units.naive(node) == {units.TRANSITIONS: 7 + 1, INVOCATIONS: 7}
    for run in (node, region):
        assert run.bill[WRITES] >= units.least(run, "node")[WRITES] == 7 + 2


def test_every_unit_has_a_price():
    graph, given = units.workflows()["approval"]
    with counting() as world:
        run = world.run("approval", graph, given, "node")
    assert not run.express
    assert run.bill[units.TRANSITIONS] > 0
    assert set(run.bill) <= set(units.PRICES)


def test_a_durable_chain_stands_on_disk(tmp_path):
    async def main() -> None:
        async with durable.ours(tmp_path / "runs.sqlite") as once:
            await once()

    asyncio.run(main())
    assert (tmp_path / "runs.sqlite").stat().st_size > 0


@pytest.mark.parametrize("make", [compiling.chain, compiling.diamonds, compiling.wide])
def test_shapes_have_the_size_that_they_say(make):
    assert len(make(100).nodes) == 100


@pytest.mark.parametrize("concurrency", [1, 40])
def test_twenty_thousand_items_inline(concurrency):
    graph = big.loop(20_000, concurrency=concurrency)
    assert big.inline(graph, {}) == "completed, 20,000 items"


def test_two_megabytes_inline():
    assert big.inline(big.chain(), {"big": "x" * 2_000_000}) == "completed, 20 nodes"


def test_two_megabytes_through_an_express_machine():
    with big.step_functions() as world:
        found = big.machine(world, big.chain(), {"big": "x" * 2_000_000}, "EXPRESS", "x")
    assert found == "completed, 20 nodes, S3 writes: 1"


def test_a_loop_of_many_items_is_one_task():
    assert big.task(2_000) == "completed, 2,000 items"


def test_what_a_map_opens_is_weighed():
    assert "passes" in big.opened(1_001)
