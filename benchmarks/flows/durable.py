"""A chain whose every step is kept on disk: our record, and LangGraph's checkpoints, in SQLite."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final

from benchmarks.flows.sqlite_tables import SqliteTables
from benchmarks.graph import NODES, Adds, Nothing, TypedState, chain
from benchmarks.measuring import Row, interleaved, table
from shared.graph import NodeRegistry
from shared.graph.durable import NodeRunner, TablesRecordStore, start_run
from shared.graph.engine.loaded import load

RUNS: Final = 30
Once = Callable[[], Awaitable[Any]]
Case = Callable[[Path], Any]


class NoBlobs:
    """Large values, of which a chain of small ones has none."""

    def write(self, name: str, text: str) -> None:
        """Never called."""
        raise NotImplementedError

    def read(self, name: str) -> str:
        """Never called."""
        raise NotImplementedError


@asynccontextmanager
async def ours(file: Path) -> AsyncIterator[Once]:
    """One task of the node runner that runs the whole flow, and the one that closes the run."""
    flow = load(chain("adds"), NodeRegistry(Nothing, Adds))
    store = TablesRecordStore(SqliteTables(file), "executions", NoBlobs())
    runner, numbers = NodeRunner(store, lambda tenant, version: flow), count()

    async def once() -> None:
        state = start_run(store, "t1", f"x{next(numbers)}", "v1", {"x": 1})
        await runner.handle({"node": "n0", "mode": "region", "state": state})
        await runner.handle({"node": "", "mode": "finalize", "state": state})
        assert store.entry("t1", state["execution"], f"n{NODES - 1}") is not None

    yield once


def langgraph(durability: str) -> Case:
    """LangGraph with its SQLite checkpointer; `async` is what it does unless told otherwise."""

    @asynccontextmanager
    async def case(file: Path) -> AsyncIterator[Once]:
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
        from langgraph.graph import END, START, StateGraph

        graph = StateGraph(TypedState("State", {"x": int, **{f"n{i}": Any for i in range(NODES)}}))
        names = [f"node{number}" for number in range(NODES)]
        for name in names:
            graph.add_node(name, _adds(f"n{name[4:]}"))
        for source, target in zip([START, *names], [*names, END], strict=True):
            graph.add_edge(source, target)
        async with AsyncSqliteSaver.from_conn_string(str(file)) as saver:
            compiled, numbers = graph.compile(checkpointer=saver), count()

            async def once() -> None:
                told = {"configurable": {"thread_id": f"x{next(numbers)}"}, "recursion_limit": 50}
                await compiled.ainvoke({"x": 1}, told, durability=durability)

            yield once

    return case


def _adds(key: str) -> Callable[[Any], Awaitable[dict[str, Any]]]:
    async def execute(_: Any) -> dict[str, Any]:
        return {key: {"n": 1}}

    return execute


def measure(rounds: int) -> None:
    """Measures in turns, prints."""
    cases: dict[str, Case] = {"ours": ours}
    if find_spec("langgraph"):
        cases |= {
            "LangGraph": langgraph("async"),
            "LangGraph, each step kept before the next": langgraph("sync"),
        }
    else:
        print("LangGraph's SQLite checkpointer is not here; `--help` says how it is compared")
    walls: dict[str, list[float]] = {name: [] for name in cases}

    def timed(name: str) -> Callable[[], float]:
        return lambda: _seconds(cases[name], walls[name])

    found = interleaved({name: timed(name) for name in cases}, rounds)
    rows: list[Row] = []
    for name, taken in found.items():
        wall = min(walls[name])
        rows.append((
            name, f"{taken.least * 1e3:.2f}", f"{wall * 1e3:.2f}",
            f"{taken.least / found['ours'].least:.1f}", f"{wall / min(walls['ours']):.1f}",
        ))  # fmt: skip
    table(
        f"A chain of {NODES} nodes kept in SQLite, {rounds} rounds of {RUNS} runs, least",
        ("", "CPU ms a run", "wall ms a run", "x ours, CPU", "x ours, wall"),
        rows,
    )


def _seconds(case: Case, walls: list[float]) -> float:
    async def main(file: Path) -> float:
        async with case(file) as once:
            await once()
            wall, begun = time.perf_counter(), time.process_time()
            for _ in range(RUNS):
                await once()
            walls.append((time.perf_counter() - wall) / RUNS)
            return (time.process_time() - begun) / RUNS

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(main(Path(folder, "runs.sqlite")))
