"""What providers send that is not quite the format, by either API, whole and in pieces."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from shared.llm import chat, errors, responses
from shared.llm.messages import UserMessage
from shared.llm.port import Finished, Request
from shared.llm.providers import Endpoint
from shared.llm.tools import Tool
from shared.llm.usage import Usage

HERE = Endpoint("main", "openai", "https://models.example", SecretStr("k"))


def completion(message, reason="stop", **more):
    choice = {"message": message, "finish_reason": reason}
    return chat.answer_of({"model": "m", "choices": [choice], **more}, HERE)


def call(call_id, name="f"):
    return {"id": call_id, "function": {"name": name, "arguments": "{}"}}


def test_calls_without_ids_of_their_own_get_new_ones():
    answer = completion({"tool_calls": [call("a"), call("a"), call(""), call(None)]})
    ids = [one.id for one in answer.tool_calls]
    assert ids[0] == "a"
    assert len(set(ids)) == 4
    assert all(ids)
    assert answer.end == "tool_calls"


def test_who_says_that_it_calls_and_does_not_has_stopped():
    assert completion({"content": "well"}, "tool_calls").end == "stop"


@pytest.mark.parametrize(
    "sent",
    [None, "text", 7, [], {}, {"choices": [{}]}, {"choices": [{"message": "x"}]},
     {"choices": [{"message": {"tool_calls": [{"id": "a"}]}}]},
     {"choices": [{"message": {"content": ["x"]}}]},
     {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": -5}}],
)  # fmt: skip
def test_no_completion(sent):
    with pytest.raises(errors.MalformedAnswerError):
        chat.answer_of(sent, HERE)


@pytest.mark.parametrize(
    "sent",
    [None, "text", {}, {"output": "x"}, {"output": [{}]},
     {"output": [{"type": "message", "content": 1}]},
     {"output": [], "status": "completed"}],
)  # fmt: skip
def test_no_response(sent):
    with pytest.raises(errors.MalformedAnswerError):
        responses.answer_of(sent, HERE)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("rate_limit_exceeded", errors.RateLimitedError),
        ("context_length_exceeded", errors.ContextTooLongError),
        ("server_error", errors.ProviderFailedError),
        (None, errors.ProviderFailedError),
    ],
)
def test_a_response_that_failed(code, error):
    with pytest.raises(error):
        responses.answer_of({"output": [], "status": "failed", "error": {"code": code}}, HERE)
    with pytest.raises(error):
        list(responses.events([{"type": "error", "code": code}], HERE))


def test_thoughts_are_no_answer():
    thought = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "hmm"}]}
    said = {"type": "message", "content": [{"type": "output_text", "text": "yes"}]}
    assert responses.answer_of({"output": [thought, said]}, HERE).text == "yes"


def test_more_cached_than_read_is_as_much_as_was_read():
    details = {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}
    answer = completion({"content": "x"}, usage=details)
    assert answer.usage == Usage(input_tokens=5, cached_tokens=5)


def test_streams_that_end_early_were_broken_off_and_those_that_never_began_are_none():
    begun = [{"choices": [{"delta": {"content": "x"}}]}]
    with pytest.raises(errors.BrokenOffError):
        list(chat.events(begun, HERE))
    with pytest.raises(errors.BrokenOffError):
        list(responses.events([{"type": "response.created"}], HERE))
    for form in (chat, responses):
        with pytest.raises(errors.MalformedAnswerError):
            list(form.events([], HERE))


def test_pieces_of_several_calls_are_put_together_by_their_index():
    def piece(index, **function):
        return {"choices": [{"delta": {"tool_calls": [{"index": index, "function": function}]}}]}

    sent = [
        piece(1, name="g", arguments="{"),
        piece(0, name="f", arguments="{}"),
        piece(1, arguments="}"),
        {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
    (last,) = chat.events(sent, HERE)
    assert isinstance(last, Finished)
    assert [(one.name, one.arguments) for one in last.answer.tool_calls] == [
        ("f", "{}"),
        ("g", "{}"),
    ]
    assert last.answer.usage.total == 5


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("openai", "max_completion_tokens"), ("custom", "max_tokens"), ("gemini", "max_tokens")],
)
def test_each_provider_is_asked_in_its_dialect(kind, limit):
    endpoint = Endpoint("p", kind, "https://models.example", SecretStr("k"))
    asked = Request([UserMessage(text="x")], tools=[Tool("f", "d", {"type": "object"})])
    given = chat.arguments(endpoint, "m", asked)
    assert given[limit] == asked.max_output_tokens
    assert ("parallel_tool_calls" in given) == (kind != "gemini")
