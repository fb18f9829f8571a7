"""Providers that are down, slow or lie; tools that raise, hang or say too much; no end."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import BaseModel

from local.offline_model import Call, Fault, Say
from shared.agents.calling import MOST
from shared.agents.registry import ToolRegistry
from shared.agents.tool import BaseTool, ToolArguments, ToolFailedError
from shared.nodes import registry
from shared.nodes.agents.ports import TOOLS
from tests.agents.running import run_agent
from tests.fakes.models import FakeModels, ScriptedModel, called, said

SUM = Call(name="calculator", arguments={"expression": "6 * 7"})


def asked(models, *steps, **config):
    models.script(*steps)
    return run_agent(models, prompt="6*7?", tools=["calculator"], **config)


def told(models, number=1):
    """What the model was told of a tool call."""
    return json.loads(models.asked[number]["messages"][-1]["content"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("unavailable", "ProviderFailedError"),
        ("hang", "ProviderTimeoutError"),
        ("drop", "BrokenOffError"),
        ("key_refused", "KeyRefusedError"),
        ("quota", "QuotaGoneError"),
        ("html", "MalformedAnswerError"),
        ("empty", "MalformedAnswerError"),
        ("bad_shape", "MalformedAnswerError"),
        ("flood", "OversizedAnswerError"),
        ("context_too_long", "ContextTooLongError"),
        ("refusal", "ContentRefusedError"),
    ],
)
def test_a_provider_that_fails_fails_the_node_with_its_kind(models, fault, error):
    done = asked(models, SUM, *[Fault(kind=fault)] * 3)
    assert done.error.type == error
    assert models.key not in done.error.message
    assert done.record.get("a").usage["calls"] == 1


def test_malformed_arguments_are_told_to_the_model_which_goes_on(models):
    done = asked(models, Fault(kind="malformed_arguments"), SUM, Say(text="42"))
    assert told(models)["error"] == "malformed_arguments"
    assert [c["error"] for c in done.output("a")["tool_calls"]] == ["malformed_arguments", None]


def test_a_tool_that_is_unknown_is_told_to_the_model(models):
    done = asked(models, Fault(kind="unknown_tool"), Say(text="sorry"))
    assert told(models)["error"] == "unknown_tool"
    assert "calculator" in told(models)["message"]
    assert done.output("a")["output"] == "sorry"


def test_a_tool_that_was_not_offered_is_unknown(models):
    done = asked(models, Call(name="create_lead", arguments={"name": "Eve"}), Say(text="no"))
    assert done.output("a")["tool_calls"][0]["error"] == "unknown_tool"


def test_prose_is_an_answer(models):
    assert "Certainly" in asked(models, Fault(kind="prose")).output("a")["output"]


def test_an_endless_tool_loop_ends_at_the_limit_of_steps(models):
    done = asked(models, Fault(kind="tool_loop"), max_steps=4)
    assert done.error.type == "StepLimit"
    assert len(models.asked) == 4


def test_an_agent_that_never_stops_ends_at_the_tenants_limit(models):
    models.limit = 3
    done = asked(models, Fault(kind="tool_loop"))
    assert (done.error.type, len(models.asked)) == ("StepLimit", 3)


def test_money_that_is_gone_in_the_middle_ends_it_before_the_call(models):
    done = asked(models, SUM, SUM, Say(text="42"), cost_limit=0.00005, max_tokens=16)
    assert done.error.type == "BudgetExceededError"
    assert 0 < len(models.asked) < 3


def test_an_answer_that_was_cut_off_says_so():
    done = run_agent(FakeModels(ScriptedModel(said("It is", "length"))), prompt="?")
    assert done.output("a")["end"] == "length"


class Nothing(ToolArguments):
    """Takes nothing."""


class Told(BaseModel):
    """A text."""

    text: str


def tool(title, do, seconds=30.0):
    class Made(BaseTool[Nothing]):
        name = title
        description = "Misbehaves."
        Arguments = Nothing
        Result = Told
        timeout = seconds

        async def execute(self, arguments, context):
            return await do()

    return {TOOLS: ToolRegistry(Made)}


def misbehaving(do, seconds=30.0):
    """What an agent and its model are told of a tool that misbehaves."""
    model = ScriptedModel(called(("it", {})), said("so be it"))
    done = run_agent(FakeModels(model), prompt="?", tools=["it"], ports=tool("it", do, seconds))
    assert done.output("a")["output"] == "so be it"
    text = model.asked[1].messages[-1].text
    return done.output("a")["tool_calls"][0], json.loads(text), len(text)


async def _raises():
    raise ToolFailedError("Broken", "x" * 5_000)


async def _hangs():
    await asyncio.sleep(3_600)


async def _says_too_much():
    return Told(text="x" * 10_000_000)


async def _says_no_json():
    return {"x": float("nan")}


async def _cancels():
    raise asyncio.CancelledError


async def _exits():
    raise SystemExit(3)


def test_a_tool_that_raises_is_told_to_the_model():
    shown, heard, size = misbehaving(_raises)
    assert (shown["ok"], shown["error"], heard["error"]) == (False, "Broken", "Broken")
    assert size < 1_200


def test_a_tool_that_hangs_is_given_up():
    shown, heard, _ = misbehaving(_hangs, 0.01)
    assert (shown["error"], heard["error"]) == ("timeout", "timeout")


def test_of_an_answer_of_ten_megabytes_the_model_sees_the_beginning():
    shown, heard, size = misbehaving(_says_too_much)
    assert shown["ok"]
    assert "10,000,012 characters" in heard["cut"]
    assert size < MOST * 1.1


@pytest.mark.parametrize(
    ("do", "error"),
    [(_says_no_json, "ValueError"), (_cancels, "cancelled"), (_exits, "SystemExit")],
)
def test_whatever_a_tool_does_the_agent_goes_on(do, error):
    assert misbehaving(do)[0]["error"] == error


def test_many_calls_in_one_answer_are_bounded():
    model = ScriptedModel(called(*[("calculator", {"expression": "1"})] * 40), said("done"))
    calls = run_agent(FakeModels(model), prompt="?", tools=["calculator"]).output("a")["tool_calls"]
    assert [c["ok"] for c in calls] == [True] * 16 + [False] * 24


def test_an_unknown_tool_in_the_configuration_fails_the_node():
    done = run_agent(FakeModels(), prompt="?", tools=["nope"])
    assert done.error.type == "UnknownTool"
    assert "calculator" in done.error.message


@pytest.mark.parametrize("egress", [["*"], ["*.com.*"], ["http://x.example"], ["localhost"], [""]])
def test_egress_names_servers(egress):
    assert not registry().get("agent").is_ready({"egress": egress})


@pytest.mark.parametrize(
    "prompt",
    [
        "{{ ports }}", "{{ context.ports }}", "{{ secrets }}", "{{ connections.openai.key }}",
        "{{ config.api_key }}", "{{ environ.OPENAI_API_KEY }}",
    ],
)  # fmt: skip
def test_a_template_that_asks_for_credentials_gets_nothing(models, prompt, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-operator")
    models.script(Say(text="?"), Say(text="?"))
    run_agent(models, prompt=f"say {prompt}")
    sent = json.dumps(models.asked)
    assert "sk-" not in sent


def test_data_cannot_choose_tools_or_servers():
    model = FakeModels()
    given = {"tools": "create_lead", "host": "evil.example"}
    done = run_agent(model, given, prompt="?", tools=["{{ data.tools }}"])
    assert done.error.type == "UnknownTool"
    assert not registry().get("agent").is_ready({"egress": ["{{ data.host }}"]})
