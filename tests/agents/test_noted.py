"""What was answered is not asked again: counted, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import BaseModel

from shared.agents.registry import ToolRegistry
from shared.agents.tool import BaseTool, ToolArguments
from shared.graph import Record
from shared.graph.asl.compiler import compile_flow
from shared.graph.durable import start_run
from shared.graph.durable.journal import NOTES
from shared.llm.errors import KeyRefusedError, UnreachableError
from shared.llm.usage import Usage
from shared.nodes.agents.ports import MEMORY, MODELS, TOOLS
from tests.agents.running import agent_flow, run, run_agent
from tests.engines.comparing import TENANT, Durable
from tests.fakes.graphs import REGISTRY, graph, node
from tests.fakes.models import FakeModels, MemoryMemory, ScriptedModel, called, said
from tests.fakes.node_ports import node_ports

CALLS: list[str] = []


class Note(ToolArguments):
    """What is done."""

    text: str


class Noted(BaseModel):
    """How often it was done."""

    times: int


class Effect(BaseTool[Note]):
    """Does something that must not happen twice."""

    name = "effect"
    description = "Does something."
    Arguments = Note
    Result = Noted

    async def execute(self, arguments, context):
        CALLS.append(context.idempotency_key)
        return Noted(times=len(CALLS))


@pytest.fixture(autouse=True)
def _no_calls():
    CALLS.clear()


EFFECT = {TOOLS: ToolRegistry(Effect)}
ONE, TWO = called(("effect", {"text": "one"})), called(("effect", {"text": "two"}))


def test_a_run_that_is_resumed_asks_only_what_was_not_answered():
    model = ScriptedModel(ONE, TWO, KeyRefusedError("fakes"))
    first = run_agent(FakeModels(model), prompt="do", tools=["effect"], ports=EFFECT)
    assert first.error.type == "KeyRefusedError"
    model.script.extend([said("done")])
    kept = Record.from_json(first.record.as_json())
    second = run_agent(FakeModels(model), record=kept, prompt="do", tools=["effect"], ports=EFFECT)
    assert second.output("a")["output"] == "done"
    assert len(model.asked) == 3 + 1  # three in the first run, one of which failed
    assert len(CALLS) == 2 == len(set(CALLS))
    assert second.record.get("a").usage == {"calls": 3, "input_tokens": 300, "output_tokens": 30,
                                            "unpriced": 3, "tool_calls": 2}  # fmt: skip


def test_a_retry_within_a_run_asks_only_what_was_not_answered():
    model = ScriptedModel(ONE, UnreachableError("fakes"), said("done"))
    flow = graph([node("a", "agent", prompt="do", tools=["effect"],
                       retry={"attempts": 2, "interval": 0.001})])  # fmt: skip
    done = run(flow, FakeModels(model), **EFFECT)
    assert done.output("a")["output"] == "done"
    assert (len(model.asked), len(CALLS)) == (3, 1)
    assert done.record.get("a").usage["calls"] == 2


def test_a_changed_prompt_is_asked_anew_and_what_was_billed_stays_counted():
    model = ScriptedModel(ONE, KeyRefusedError("fakes"), said("done"))
    first = run_agent(FakeModels(model), prompt="do", tools=["effect"], ports=EFFECT)
    second = run_agent(
        FakeModels(model), record=first.record, prompt="do it", tools=["effect"], ports=EFFECT
    )
    assert second.output("a")["output"] == "done"
    assert second.record.get("a").usage["calls"] == 2


def test_an_invalid_answer_is_the_only_one_that_is_asked_for_again():
    schema = {"type": "object", "required": ["x"]}
    model = ScriptedModel(ONE, said("prose"), said("{}"), said('{"x": 1}'))
    config = {"prompt": "do", "tools": ["effect"], "output_schema": schema, "ports": EFFECT}
    first = run_agent(FakeModels(model), **config)
    assert first.error.type == "AnswerInvalid"
    second = run_agent(FakeModels(model), record=first.record, **config)
    assert second.output("a")["output"] == {"x": 1}
    assert (len(model.asked), len(CALLS)) == (4, 1)
    assert second.record.get("a").usage["calls"] == 4


def test_what_was_spent_before_counts_against_the_limit_of_the_node():
    dear = replace(ONE, usage=Usage(input_tokens=2_000))
    model = ScriptedModel(dear, said("done"))
    config = {"prompt": "do", "tools": ["effect"], "token_limit": 2_100, "max_tokens": 100,
              "ports": EFFECT}  # fmt: skip
    first = run_agent(FakeModels(model), **config)
    second = run_agent(FakeModels(model), record=first.record, **config)
    assert [done.error.type for done in (first, second)] == ["BudgetExceededError"] * 2
    assert second.record.get("a").usage["calls"] == 1
    assert len(model.asked) == 1


def test_a_conversation_is_recalled_as_it_was_in_the_first_try():
    memory = MemoryMemory()
    asyncio.run(memory.remember("", "s", [{"role": "user", "text": "before"}], "k0"))
    model = ScriptedModel(ONE, KeyRefusedError("fakes"), said("done"))
    config = {"prompt": "do", "tools": ["effect"], "memory_key": "s",
              "ports": {**EFFECT, MEMORY: memory}}  # fmt: skip
    first = run_agent(FakeModels(model), **config)
    asyncio.run(memory.remember("", "s", [{"role": "user", "text": "meanwhile"}], "k1"))
    second = run_agent(FakeModels(model), record=first.record, **config)
    assert second.output("a")["output"] == "done"
    assert len(model.asked) == 3


def durable(flow, model, store=None):
    ports = {**node_ports(), MODELS: FakeModels(model), **EFFECT}
    made = Durable(flow, store, registry=REGISTRY, ports=ports)
    return made, compile_flow(made.flow.plan, granularity="node")


def test_the_durable_engine_asks_once_however_often_the_task_comes():
    flow = agent_flow(prompt="do", tools=["effect"])
    model = ScriptedModel(ONE, TWO)
    made, _ = durable(flow, model)
    payload = {"mode": "run", "node": "a", "attempt": 0, "state": made.start({}, {})}

    class Crash(BaseException):
        """The function is ended in the middle of the third call."""

    model.script.append(Crash())
    model.answer = _raising(model.answer, Crash)
    with pytest.raises(Crash):
        asyncio.run(made.invoke(payload))
    model.script.append(said("done"))
    asyncio.run(made.invoke(payload))
    entry = made.store.entry(TENANT, "x", "a")
    assert entry.result["output"] == "done"
    assert len(model.asked) == 4
    assert len(CALLS) == 2
    assert entry.usage["calls"] == 3


def test_a_run_under_another_id_begins_with_the_notes_of_the_one_before():
    flow = agent_flow(prompt="do", tools=["effect"])
    model = ScriptedModel(ONE, KeyRefusedError("fakes"), said("done"))
    made, compiled = durable(flow, model)
    asyncio.run(made.interpret(compiled.definition, made.start({}, {})))
    entries = {e.key: e for e in made.store.entries(TENANT, "x", "")}
    kept = Record(entries, {}, dict(made.store.notes(TENANT, "x", NOTES)))
    made.execution = "y"
    given = start_run(made.store, TENANT, "y", "v1", {}, record=kept)
    asyncio.run(made.interpret(compiled.definition, given))
    assert made.store.entry(TENANT, "y", "a").result["output"] == "done"
    assert (len(model.asked), len(CALLS)) == (3, 1)


def test_both_engines_agree_on_an_agent_with_tools_in_a_loop():
    loop = graph(
        [node("each", "loop", items_source="names"),
         node("a", "agent", prompt="greet {{ data.forEachNode.state.item }}")],
        "each:body>a",
    )  # fmt: skip
    given = {"names": ["Ada", "Bob"]}
    done = run(loop, FakeModels(), given)
    made, compiled = durable(loop, ScriptedModel())
    asyncio.run(made.interpret(compiled.definition, made.start(given, {})))
    assert made.report()["result"] == done.result
    assert sorted(done.record.notes) == ["each[0]/a/step/0", "each[1]/a/step/0"]
    assert sorted(made.store.notes(TENANT, "x", NOTES)) == sorted(done.record.notes)


def _raising(answer, kind):
    def answered(request):
        try:
            found = answer(request)
        except kind:
            raise
        if isinstance(found, kind):
            raise found
        return found

    return answered
