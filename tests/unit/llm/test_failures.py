"""The client's errors in our words, for providers that give codes and those that give none."""

from __future__ import annotations

import pickle

import httpx2
import openai
import pytest

from shared.llm import errors
from shared.llm.failures import translated
from shared.llm.patience import Patience, outcome, tried

ASKED = httpx2.Request("POST", "https://models.example/v1/chat/completions")


def status(code, body=None, **headers):
    answer = httpx2.Response(code, request=ASKED, headers=headers)
    return openai.APIStatusError("said with sk-a-key", response=answer, body=body)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (
            status(400, {"message": "This model's maximum context length is 8192"}),
            "context_too_long",
        ),
        (status(400, {"message": "prompt is too long: 210000 tokens"}), "context_too_long"),
        (status(400, {"message": "no such option"}), "request_refused"),
        (status(400, {"code": "content_filter"}), "content_refused"),
        (status(402), "quota_gone"),
        (status(403), "key_refused"),
        (status(404), "unknown_model"),
        (status(408), "timeout"),
        (status(413), "context_too_long"),
        (status(418), "request_refused"),
        (status(429), "rate_limited"),
        (status(429, {"code": "insufficient_quota"}), "quota_gone"),
        (status(529), "provider_failed"),
        (openai.APIError("x", ASKED, body={"code": "context_length_exceeded"}), "context_too_long"),
        (openai.APIError("x", ASKED, body="overloaded"), "provider_failed"),
        (openai.OpenAIError("x"), "malformed_answer"),
        (openai.APIConnectionError(request=ASKED), "broken_off"),
        (httpx2.RemoteProtocolError("x", request=ASKED), "broken_off"),
        (httpx2.ReadTimeout("x", request=ASKED), "timeout"),
        (ValueError("no JSON"), "malformed_answer"),
    ],
)
def test_each_has_a_kind_and_says_nothing_that_was_said(error, kind):
    made = translated(error, "main")
    assert made.kind == kind
    assert "sk-a-key" not in str(made)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers, seconds):
    assert translated(status(429, **headers), "main").retry_after == seconds


@pytest.mark.parametrize(
    "error",
    [
        errors.NoProviderError("m"),
        errors.RateLimitedError("main", 3.0),
        errors.MalformedAnswerError("main", "said nothing"),
        errors.MalformedArgumentsError("f", ["query: missing"]),
        errors.BudgetExceededError("turn", "tokens", 5, 4),
    ],
)
def test_errors_survive_the_way_from_another_process(error):
    error.noted = "here"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_our_own_mistakes_stay_what_they_are():
    with pytest.raises(ZeroDivisionError):
        outcome(lambda: 1 // 0, "main")


def test_waits_grow_up_to_a_bound_and_are_drawn_from_zero():
    def fail():
        raise errors.ProviderFailedError("main")

    seen: list[list[float]] = []
    for _ in range(200):
        waits: list[float] = []
        with pytest.raises(errors.ProviderFailedError):
            tried(fail, "main", Patience(attempts=7, base=1, cap=8, sleep=waits.append))
        seen.append(waits)
    for at, bound in enumerate([1, 2, 4, 8, 8, 8]):
        drawn = [waits[at] for waits in seen]
        assert max(drawn) <= bound
        assert max(drawn) > bound * 0.8
        assert min(drawn) < bound * 0.2
