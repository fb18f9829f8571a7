"""The agent node, with the offline model behind the real client."""

from __future__ import annotations

import json

from local.offline_model import Call, Fault, Say
from shared.nodes.agents.ports import MEMORY, PIECES
from tests.agents.running import run, run_agent
from tests.fakes.graphs import graph, node
from tests.fakes.models import FakeModels, MemoryMemory, ScriptedModel, said

SUM = Call(name="calculator", arguments={"expression": "6 * 7"})


def test_an_agent_calls_a_tool_and_answers_with_what_it_gave(models):
    models.script(SUM, Say(text="It is 42."))
    done = run_agent(models, {"q": "6*7?"}, prompt="{{ data.q }}", tools=["calculator"])
    assert done.output("a") == {
        "output": "It is 42.",
        "steps": 2,
        "tool_calls": [
            {"tool": "calculator", "arguments": '{"expression": "6 * 7"}', "ok": True,
             "error": None}
        ],
        "model": "gpt-4o-mini",
        "end": "stop",
    }  # fmt: skip
    told = models.asked[1]["messages"][-1]
    assert (told["role"], json.loads(told["content"])) == ("tool", {"result": 42})
    assert models.asked[0]["tools"][0]["function"]["strict"] is True


def test_the_offline_model_understands_a_prompt_that_names_a_tool(models):
    done = run_agent(models, prompt='calculator expression="2+3"', tools=["calculator"])
    assert '"result": 5' in done.output("a")["output"]


def test_the_record_says_what_an_agent_took(models):
    models.script(SUM, Say(text="42"))
    done = run_agent(models, prompt="6*7?", tools=["calculator"])
    usage = done.record.get("a").usage
    assert (usage["calls"], usage["tool_calls"]) == (2, 1)
    assert usage["input_tokens"] > 0 < usage["output_tokens"]
    assert usage["micro_dollars"] > 0
    assert done.record.get("a").as_json()["usage"] == usage


def test_an_agent_that_fails_has_its_costs_in_the_record_as_well(models):
    models.script(SUM, Fault(kind="key_refused"))
    done = run_agent(models, prompt="6*7?", tools=["calculator"])
    assert done.error.type == "KeyRefusedError"
    assert done.record.get("a").usage["calls"] == 1


def test_without_a_prompt_what_comes_in_is_asked():
    model = FakeModels()
    assert run_agent(model, {"text": "hello"}).output("a")["output"] == "You said: hello"
    assert run_agent(model, {"a": 1, "b": 2}).output("a")["output"] == 'You said: {"a": 1, "b": 2}'


def test_images_and_the_system_prompt_reach_the_model(models):
    models.script(Say(text="a cat"))
    picture = "data:image/png;base64,iVBORw0KGgo="
    run_agent(models, prompt="what?", system_prompt="Be brief.", images=[picture])
    system, user = models.asked[0]["messages"]
    assert system["content"] == "Be brief."
    assert picture in json.dumps(user["content"])


def test_a_structured_answer_is_validated_and_repaired_once(models):
    schema = {"type": "object", "properties": {"grade": {"enum": ["hot", "cold"]}},
              "required": ["grade"]}  # fmt: skip
    models.script(Say(text="Certainly, it is hot!"), Say(text='{"grade": "hot"}'))
    done = run_agent(models, prompt="grade", output_schema=schema)
    assert done.output("a")["output"] == {"grade": "hot"}
    assert done.output("a")["steps"] == 2
    assert "no JSON" in models.asked[1]["messages"][-1]["content"]


def test_a_structured_answer_that_is_twice_wrong_fails_the_node(models):
    models.script(Say(text='{"grade": "warm"}'), Say(text='{"grade": "tepid"}'))
    schema = {"type": "object", "properties": {"grade": {"enum": ["hot", "cold"]}}}
    done = run_agent(models, prompt="grade", output_schema=schema)
    assert done.error.type == "AnswerInvalid"
    assert "grade" in done.error.message


def test_pieces_are_told_as_they_come(models):
    models.script(Say(text="one two three"))
    heard = []
    ports = {PIECES: lambda *piece: heard.append(piece)}
    done = run_agent(models, prompt="count", ports=ports)
    assert len(heard) > 1
    assert {(execution, node) for execution, node, _ in heard} == {("x", "a")}
    assert "".join(text for *_, text in heard) == done.output("a")["output"] == "one two three"


def test_the_conversation_goes_on_in_the_next_run_of_the_same_key():
    model = ScriptedModel(said("Hello Ada."), said("You are Ada."), said("Nobody said."))
    ports = {MEMORY: MemoryMemory()}
    for session, prompt in (("s1", "I am Ada"), ("s1", "Who am I?"), ("s2", "Who am I?")):
        run_agent(FakeModels(model), {}, prompt=prompt, memory_key=session, ports=ports)
    heard = [[m.text for m in request.messages] for request in model.asked]
    assert heard[1] == ["I am Ada", "Hello Ada.", "Who am I?"]
    assert heard[2] == ["Who am I?"]


def test_a_tool_without_a_model():
    flow = graph([node("t", "tool", tool="calculator", arguments={"expression": "2 ** 10"})])
    assert run(flow, FakeModels()).output("t")["output"] == {"result": 1024}


def test_a_tool_that_fails_fails_its_node_or_is_its_result():
    config = {"tool": "calculator", "arguments": {"expression": "1/0"}}
    failed = run(graph([node("t", "tool", **config)]), FakeModels())
    assert (failed.error.type, failed.error.message) == (
        "DivisionByZero",
        "calculator: a division by zero",
    )
    told = run(graph([node("t", "tool", **config, on_error="result")]), FakeModels()).output("t")
    assert (told["ok"], told["error"]["type"]) == (False, "DivisionByZero")
