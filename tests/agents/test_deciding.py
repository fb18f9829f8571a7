"""Agents that choose, and agents that go round."""

from __future__ import annotations

from local.offline_model import Say
from shared.llm.errors import KeyRefusedError
from tests.agents.running import run
from tests.fakes.graphs import graph, node
from tests.fakes.models import FakeModels, ScriptedModel, said

CASES = [
    {"output": "Angry", "when": "The message is angry"},
    {"output": "thanks", "when": "It says thank you"},
]


def choosing(models, **config):
    flow = graph(
        [node("if", "condition-agent", cases=CASES, **config),
         *(node(name, "set-fields", fields={"went": name}) for name in ("a", "b", "c"))],
        "if:angry>a if:thanks>b if:default>c",
    )  # fmt: skip
    return run(flow, models, {"message": "hm"})


def test_a_model_chooses_where_to_go_on(models):
    for case, went in (("angry", "a"), ("thanks", "b"), ("default", "c")):
        models.script(Say(text=f'{{"case": "{case}", "reason": "so"}}'))
        assert choosing(models).result["went"] == went
    system = models.asked[0]["messages"][0]["content"]
    assert "angry: The message is angry" in system


def test_a_case_that_there_is_not_is_asked_for_once_more(models):
    models.script(Say(text='{"case": "happy", "reason": ""}'),
                  Say(text='{"case": "thanks", "reason": ""}'))  # fmt: skip
    assert choosing(models).result["went"] == "b"
    models.script(Say(text="angry"), Say(text="angry!"))
    failed = choosing(models)
    assert (failed.status, failed.error.type) == ("failed", "AnswerInvalid")


def looping(models, given=None, record=None, **config):
    return run(graph([node("l", "loop-agent", **config)]), models, given, record)


def test_a_loop_agent_asks_for_each_item():
    done = looping(FakeModels(), {"names": ["a", "b", "c"]}, items="names", max_iterations=2,
                   prompt="{{ index }}: {{ item }} after {{ answer }}")  # fmt: skip
    assert done.output("l") == {
        "items": [
            {"item": "a", "result": "You said: 0: a after "},
            {"item": "b", "result": "You said: 1: b after You said: 0: a after "},
        ],
        "total": 3,
        "completed": 2,
    }
    assert done.record.get("l").usage["calls"] == 2


def test_a_loop_agent_asks_until_its_answer_is_good():
    model = ScriptedModel(said("draft"), said("better"), said("done."))
    config = {"mode": "until", "condition": "'done' in answer", "prompt": "Improve: {{ answer }}"}
    done = looping(FakeModels(model), **config).output("l")
    assert [each["result"] for each in done["items"]] == ["draft", "better", "done."]
    endless = looping(FakeModels(), **{**config, "max_iterations": 4})
    assert endless.output("l")["completed"] == 4


def test_a_loop_agent_that_is_resumed_asks_only_the_rest():
    model = ScriptedModel(said("A"), KeyRefusedError("fakes"), said("B"))
    config = {"items": "names", "prompt": "{{ item }}"}
    given = {"names": ["a", "b"]}
    first = looping(FakeModels(model), given, **config)
    assert first.record.get("l").usage["calls"] == 1
    done = looping(FakeModels(model), given, first.record, **config)
    assert [each["result"] for each in done.output("l")["items"]] == ["A", "B"]
    assert len(model.asked) == 3
    assert done.record.get("l").usage["calls"] == 2


def test_a_limit_holds_for_all_items_together():
    given = {"names": list("abcdefghij")}
    done = looping(FakeModels(), given, items="names", token_limit=1_000, max_tokens=100)
    assert done.error.type == "BudgetExceededError"
    assert 4 < done.record.get("l").usage["calls"] < 10
