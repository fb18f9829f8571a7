"""A turn of the assistant, beside a bare loop over the same client that asks the same.

What is measured: processor time and wall time of this process for one message with one tool call:
the intent, the call, the words. The model is the offline one, scripted, in a process of its own.

    turn       the worker from the claimed task to its written end: rights read anew, history, the
               real assistant, a journal entry for every answer and every tool, streamed text, the
               task's end with its event; tables in memory
    bare       the client of OpenAI alone: the very requests that the turn sent, one after the other
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import requests

from benchmarks.measuring import interleaved, rounds_asked, table
from local.ports import free_port

KEY: Final = "bench"
STEPS: Final = (
    {"do": "say", "text": json.dumps({"intent": "search"})},
    {"do": "call", "name": "search_leads", "arguments": {"query": "Ada"}},
    {"do": "say", "text": "I found Ada Lovelace of Engines, worth $50,000, in Interest."},
)
MESSAGE: Final = "Find Ada of Engines"


def main() -> None:
    """Measures in turns, prints."""
    rounds = rounds_asked(__doc__, 20)
    with offline() as url:
        os.environ.update(_environment(url))
        ours, bare = Ours(url), Bare(url)
        ours.turn()
        bare.bodies = requests.get(f"{url}/scripts/{KEY}", timeout=10).json()["asked"]
        bare.turn()
        cases: dict[str, Callable[[], float]] = {}
        walls: dict[str, list[float]] = {"turn": [], "bare": []}
        for name, one in (("turn", ours.turn), ("bare", bare.turn)):
            cases[name] = lambda name=name, one=one: _taken(url, one, walls[name])  # type: ignore[misc]
        interleaved(cases, 2)
        for taken in walls.values():
            taken.clear()
        found = interleaved(cases, rounds)
    turn, floor = found["turn"], found["bare"]
    rows = [
        (name, f"{one.least * 1000:.1f}", f"{one.median * 1000:.1f}",
         f"{sorted(walls[name])[rounds // 2] * 1000:.1f}")
        for name, one in found.items()
    ]  # fmt: skip
    table(
        f"A turn of three calls and one tool, {rounds} rounds, {len(bare.bodies)} requests each",
        ("case", "CPU ms, least", "CPU ms, median", "wall ms, median"), rows,
    )  # fmt: skip
    over = turn.over(floor)
    print(f"\nturn / bare: {turn.least / floor.least:.2f} (median of rounds {over.median:.2f})")
    print(f"transactions of a turn: {ours.transactions}")


def _taken(url: str, turn: Callable[[], None], walls: list[float]) -> float:
    script(url)
    wall, before = time.perf_counter(), time.process_time()
    turn()
    taken = time.process_time() - before
    walls.append(time.perf_counter() - wall)
    return taken


class Ours:
    """The worker with the real assistant."""

    def __init__(self, url: str) -> None:
        from functions.chat.answer_settings import AnswerSettings
        from functions.chat.assisting import assistant
        from shared.assistant.answering.submitters import Submitters
        from shared.assistant.answering.worker import Answering
        from shared.assistant.conversations.conversations import Conversations
        from shared.assistant.conversations.places import Places
        from shared.assistant.conversations.tasks import Tasks
        from shared.crm.lead import NewLead
        from shared.crm.leads import Caller, Leads
        from shared.identity import rows
        from shared.identity.principal import Principal
        from tests.fakes.counters import MemoryCounters
        from tests.fakes.secrets import MemorySecrets
        from tests.fakes.tables import MemoryTables

        self._tables, self._url = MemoryTables(), url
        told, places = AnswerSettings(), Places(self._tables, "chat", "crm")
        self._tasks = Tasks(places, Conversations(places))
        self._who = Principal("acme", "jo", "admin")
        item = {**rows.membership("jo"), "tenant": "acme", "role": "admin"}
        self._tables.items["identity", item["pk"], item["sk"]] = item
        leads = Leads(self._tables, "crm", "inbox")
        for name in ("Ada Lovelace", "Grace Hopper", "Alan Turing"):
            leads.create(Caller(self._who, "r"), NewLead(name=name, company="Engines"))
        answering = assistant(told, self._tables, MemorySecrets(), MemoryCounters())
        people = Submitters(self._tables, "identity")
        self._worker = Answering(places, people, answering, timedelta(seconds=125))
        self._kept = dict(self._tables.items)
        self.transactions = 0
        script(url)

    def turn(self) -> None:
        """One message to its end, everything of which is forgotten afterwards."""
        self._tables.items = dict(self._kept)
        task = self._tasks.accept(self._who, "", MESSAGE)
        before = self._tables.transactions
        ended = asyncio.run(self._worker.work("acme", task.id, 60))
        self.transactions = self._tables.transactions - before
        assert ended == "success", self._tasks.get("acme", task.id)


class Bare:
    """The client alone."""

    def __init__(self, url: str) -> None:
        from openai import OpenAI

        self._client = OpenAI(base_url=f"{url}/v1", api_key=KEY)
        self.bodies: list[dict[str, Any]] = []

    def turn(self) -> None:
        """The same requests, each answer read to its end."""
        for body in self.bodies:
            ask: Any = (
                self._client.chat.completions if "messages" in body else self._client.responses
            )
            answer = ask.create(**body)
            if body.get("stream"):
                for _ in answer:
                    pass


def script(url: str) -> None:
    """What the model says in one turn."""
    told = requests.put(f"{url}/scripts/{KEY}", json={"steps": list(STEPS)}, timeout=10)
    told.raise_for_status()


@contextmanager
def offline() -> Iterator[str]:
    """The address of the offline model, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "local.offline_model", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for wait in itertools.repeat(0.1, 300):
            try:
                requests.get(f"{url}/scripts/{KEY}", timeout=5)
            except requests.ConnectionError:
                time.sleep(wait)
                continue
            break
        yield url
    finally:
        process.terminate()
        process.wait()


def _environment(url: str) -> dict[str, str]:
    tables = ("chat", "crm", "inbox", "identity", "llm")
    named = {f"{name.upper()}_TABLE": name for name in tables}
    # The log of a turn is not what is measured, and would be in the table.
    return {**named, "OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": KEY, "LOG_LEVEL": "ERROR"}


if __name__ == "__main__":
    main()
