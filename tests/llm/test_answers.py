"""The real client against the offline model, by both APIs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from local.offline_model import Call, Fault, Say
from shared.llm.budget import Budget, Limits, LocalMeter
from shared.llm.errors import BudgetExceededError, MalformedAnswerError, MalformedArgumentsError
from shared.llm.messages import SystemMessage, ToolMessage, UserMessage
from shared.llm.metered import MeteredModel
from shared.llm.port import Finished, Request, TextDelta
from shared.llm.tools import Tool, arguments_of


class Search(BaseModel):
    """Searches the leads."""

    query: str
    limit: int | None = Field(None, ge=1)


class Verdict(BaseModel):
    """What is thought of a lead."""

    grade: Literal["hot", "cold"]
    reasons: list[str]


SEARCH = Tool.of(Search, "search_leads")


def request(text="Find Ann", **more):
    return Request([SystemMessage(text="Be brief."), UserMessage(text=text)], **more)


def test_a_text_with_what_it_took(desk):
    desk.script(Say(text="Here is Ann."))
    answer = desk.model().answer(request())
    assert (answer.text, answer.end, answer.attempts) == ("Here is Ann.", "stop", 1)
    assert answer.usage.input_tokens > 0
    assert answer.usage.output_tokens == 4


def test_a_stream_gives_the_same_answer_in_pieces(desk):
    desk.script(
        Say(text="Here is Ann, and her company."), Say(text="Here is Ann, and her company.")
    )
    whole = desk.model().answer(request())
    *pieces, last = desk.model().stream(request())
    assert len(pieces) > 1
    assert all(isinstance(piece, TextDelta) for piece in pieces)
    assert "".join(piece.text for piece in pieces) == whole.text
    assert last == Finished(whole)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_its_result_goes_back(desk, streamed):
    desk.script(Call(name="search_leads", arguments={"query": "Ann", "limit": None}))
    asked = request(tools=[SEARCH])
    answer = ended(desk.model(), asked) if streamed else desk.model().answer(asked)
    (call,) = answer.tool_calls
    assert answer.end == "tool_calls"
    assert arguments_of(call, Search) == Search(query="Ann")
    result = ToolMessage(call_id=call.id, text='{"found": 1}')
    after = Request([*asked.messages, answer.message(), result], tools=[SEARCH])
    assert "found" in desk.model().answer(after).text  # the server refuses results without calls


def ended(model, asked):
    return next(event.answer for event in model.stream(asked) if isinstance(event, Finished))


@pytest.mark.parametrize("choice", ["required", "search_leads"])
def test_a_tool_that_must_be_called_is(desk, choice):
    answer = desk.model().answer(request(tools=[SEARCH], tool_choice=choice))
    assert [call.name for call in answer.tool_calls] == ["search_leads"]
    assert arguments_of(answer.tool_calls[0], Search) == Search(query="")


def test_without_a_script_a_tool_is_called_by_its_name_or_the_model_says_what_it_is(desk):
    model = desk.model()
    by_name = model.answer(request('search_leads query="Ann Lee" limit=3', tools=[SEARCH]))
    assert arguments_of(by_name.tool_calls[0], Search) == Search(query="Ann Lee", limit=3)
    assert "offline model" in model.answer(request("hello", tools=[SEARCH])).text
    assert model.answer(request("hello")) == model.answer(request("hello"))


def test_structured_output(desk):
    desk.script(Say(text='{"grade": "hot", "reasons": ["budget"]}'))
    answer = desk.model().answer(request(output=Verdict))
    assert answer.structured(Verdict) == Verdict(grade="hot", reasons=["budget"])
    assert desk.model().answer(request(output=Verdict)).structured(Verdict).grade == "hot"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Say(text="I think it is hot."), "shape"),
        (Say(text='{"grade": "warm", "reasons": []}'), "shape"),
        (Fault(kind="cut_off"), "max_output_tokens"),
    ],
)
def test_output_of_another_shape_is_an_error_that_names_what_to_do(desk, step, said):
    desk.script(step)
    with pytest.raises(MalformedAnswerError, match=said) as raised:
        desk.model().answer(request(output=Verdict)).structured(Verdict)
    assert raised.value.usage.output_tokens > 0


def test_malformed_arguments_name_the_field_and_repeat_no_value(desk):
    desk.script(
        Fault(kind="malformed_arguments"),
        Call(name="search_leads", arguments={"limit": "secret value"}),
    )
    cut = desk.model().answer(request(tools=[SEARCH])).tool_calls[0]
    with pytest.raises(MalformedArgumentsError, match="json_invalid"):
        arguments_of(cut, Search)
    wrong = desk.model().answer(request(tools=[SEARCH])).tool_calls[0]
    with pytest.raises(MalformedArgumentsError) as raised:
        arguments_of(wrong, Search)
    assert raised.value.wrong == ["query: missing", "limit: int_parsing"]
    assert "secret" not in str(raised.value)


def test_prose_unknown_tools_and_loops_come_as_they_are(desk):
    desk.script(Fault(kind="prose"), Fault(kind="unknown_tool"), Fault(kind="tool_loop"))
    model, asked = desk.model(), request(tools=[SEARCH])
    assert model.answer(asked).tool_calls == ()
    assert model.answer(asked).tool_calls[0].name == "no_such_tool"
    assert {model.answer(asked).tool_calls[0].name for _ in range(5)} == {"search_leads"}


def test_images_options_and_nothing_stored(desk):
    picture = "data:image/png;base64,AAAA"
    messages = [UserMessage(text="What is it?", images=(picture,))]
    desk.model().answer(Request(messages, temperature=0.1, max_output_tokens=7))
    (sent,) = desk.asked
    assert picture in str(sent)
    assert sent["temperature"] == 0.1
    assert sent.get("max_output_tokens", sent.get("max_completion_tokens")) == 7
    assert sent.get("store", False) is False


def test_many_at_once_get_their_own_answers(desks):
    def one(number: int) -> str:
        mine = desks()
        mine.script(*[Say(text=f"answer {number}")] * 3)
        return "|".join(ended(mine.model(), request()).text for _ in range(3))

    with ThreadPoolExecutor(16) as pool:
        given = list(pool.map(one, range(48)))
    assert given == ["|".join([f"answer {number}"] * 3) for number in range(48)]


def test_a_model_that_never_stops_calling_ends_with_its_budget(desk):
    desk.script(Fault(kind="tool_loop"))
    turn = LocalMeter("turn", Limits(steps=10))
    model = MeteredModel(desk.model(), Budget([turn]))
    said, ids = list(request().messages), []
    with pytest.raises(BudgetExceededError, match="10 steps per turn"):
        converse(model, said, ids)
    assert len(desk.asked) == len(set(ids)) == 10


def converse(model, said, ids):
    while True:
        answer = model.answer(Request(said, tools=[SEARCH]))
        said.append(answer.message())
        for call in answer.tool_calls:
            ids.append(call.id)
            said.append(ToolMessage(call_id=call.id, text="nothing found"))
