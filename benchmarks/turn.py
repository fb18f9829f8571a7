"""The assistant's turn against a bare loop over the `openai` client, on one scripted server.

Both ask the same three times: for the intent, for a search, for the answer. The bare loop sends the
very bodies that the turn sent, parses what is called and reads the answer, and does nothing else:
no leads, no limits, notes, checks, fences or clean links. Wall clock and processor time, the
server's included in both.
"""

from __future__ import annotations

import asyncio
import json
import platform
import time
from collections.abc import Callable
from typing import Any, Final

from openai import OpenAI
from pydantic import SecretStr

from benchmarks.measuring import Samples, interleaved, rounds_asked, table
from local.offline_model import OfflineModel
from local.offline_model.script import Call, Say
from shared.llm.budget import Budget
from shared.llm.metered import MeteredModel
from shared.llm.openai_model import OpenAIModel
from shared.llm.providers import Endpoint
from tests.fakes.assistant import MemoryJournal, OneModel, World

TURNS: Final = 20
_KEY: Final = "sk-key-of-the-benchmark"
_STEPS: Final = (
    Say(text='{"intent": "search"}'),
    Call(name="search_leads", arguments={"query": "John Tech"}),
    Say(text="John Doe of TechCorp is in Interest."),
)

Once = Callable[[], None]


def ours(server: OfflineModel, leads: int) -> Once:
    """A turn on a board with so many leads."""
    world = World()
    for number in range(leads):
        world.add(f"Lead {number}", company="Acme")
    world.add("John Doe", company="TechCorp")
    endpoint = Endpoint("main", "openai", server.url, SecretStr(_KEY), "chat", confined=False)
    model = MeteredModel(OpenAIModel(endpoint, "gpt-4o-mini"), Budget())
    assistant = world.assistant(OneModel(model))

    def once() -> None:
        server.scripts.put(_KEY, _STEPS)
        turn = world.turn("find John at TechCorp", journal=MemoryJournal())
        result = asyncio.run(assistant.answer(turn))
        assert result.function_results[0].result["total"] == 1

    return once


def bare(server: OfflineModel) -> Once:
    """The loop; the bodies are those of the turn before."""
    client = OpenAI(base_url=server.url, api_key=_KEY)
    bodies: list[dict[str, Any]] = server.scripts.asked(_KEY)[-3:]

    def once() -> None:
        server.scripts.put(_KEY, _STEPS)
        for body in bodies:
            said = client.chat.completions.create(**body).choices[0].message
            for call in said.tool_calls or ():
                json.loads(call.function.arguments)

    return once


def milliseconds(once: Once, clock: Callable[[], float]) -> float:
    """Of one turn, in the middle of many."""
    begun = clock()
    for _ in range(TURNS):
        once()
    return (clock() - begun) / TURNS * 1e3


def main() -> None:
    """Prints the table."""
    rounds = rounds_asked(__doc__, 7)
    with OfflineModel() as server:
        small, large = ours(server, 5), ours(server, 1_000)
        small()
        cases = {"bare loop": bare(server), "turn, 6 leads": small, "turn, 1,001 leads": large}
        found: dict[str, list[Samples]] = {}
        for clock in (time.process_time, time.perf_counter):
            timed = {n: lambda o=o, c=clock: milliseconds(o, c) for n, o in cases.items()}
            for name, taken in interleaved(timed, rounds).items():
                found.setdefault(name, []).append(taken)
    floor, wall = found["bare loop"]
    rows = [
        (name, f"{cpu.least:.1f}", f"{cpu.median:.1f}", f"{cpu.over(floor).median:.2f}",
         f"{seen.median:.1f}", f"{seen.median - wall.median:.1f}")
        for name, (cpu, seen) in found.items()
    ]  # fmt: skip
    table(
        f"One turn of three calls of the model, {rounds} rounds of {TURNS}, Python "
        f"{platform.python_version()}",
        ("", "least, CPU ms", "median, CPU ms", "x bare loop", "median, ms", "more than bare, ms"),
        rows,
    )


if __name__ == "__main__":
    main()
