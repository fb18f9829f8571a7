"""Draws flows and runs each inline and through Step Functions, node by node and region by region.

    python -m tests.engines --graphs 1000

Ends with the first difference, or with what was compared.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.engines.comparing import inline
from tests.engines.drawing import INPUTS, flows, pins
from tests.engines.nodes import EXECUTED
from tests.engines.step_functions import StepFunctions, step_functions


def compare(world: StepFunctions, graphs: int, number: int, most: int) -> Counter[str]:
    """Compares so many drawn flows; counts what they were."""
    seen: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=graphs, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data(), flows(most=most), INPUTS)
    def one(data: Any, graph: Any, item: Any) -> None:
        pinned = data.draw(pins(graph))
        wanted = asyncio.run(inline(graph, item, pinned))
        for granularity in ("node", "region"):
            name = f"g{number}-{seen['graphs']}-{granularity}"
            found = world.run(name, graph, item, pinned, granularity).report()
            assert found == wanted, f"{granularity}: {graph.model_dump_json()} {item} {pinned}"
        seen.update(["graphs", f"runs {wanted['status']}"])
        seen.update(f"nodes {status}" for status in wanted["statuses"].values())
        seen["nodes in bodies"] += sum("/" in key for key in wanted["entries"])
        seen["items of loops"] += len(wanted["items"])
        EXECUTED.clear()

    one()
    return seen


def main() -> None:
    """Compares and tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=8, help="nodes of the flow itself")
    told = parser.parse_args()
    started = time.monotonic()
    with step_functions() as world:
        seen = compare(world, told.graphs, told.seed, told.most)
    for name, count in sorted(seen.items()):
        print(f"{name:<20} {count:>7}")
    print(f"{'differences':<20} {0:>7}")
    print(f"{world.invocations} calls of the node runner, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
