"""Each fault, the error that stands for it, and how often was asked."""

from __future__ import annotations

import logging
import socket
import traceback

import pytest
from pydantic import SecretStr

from local.offline_model import Fault, Say
from shared.llm import errors
from shared.llm.messages import UserMessage
from shared.llm.openai_model import OpenAIModel
from shared.llm.patience import Patience
from shared.llm.port import Request, TextDelta
from shared.llm.providers import Endpoint

PAYLOAD = "the confidential payload"
ASKED = Request([UserMessage(text=PAYLOAD)])

FAULTS = [
    ("rate_limit", errors.RateLimitedError, 4),
    ("server_error", errors.ProviderFailedError, 4),
    ("unavailable", errors.ProviderFailedError, 4),
    ("hang", errors.ProviderTimeoutError, 4),
    ("drop", errors.BrokenOffError, 4),
    ("trickle", errors.ProviderTimeoutError, 1),
    ("flood", errors.OversizedAnswerError, 1),
    ("quota", errors.QuotaGoneError, 1),
    ("key_refused", errors.KeyRefusedError, 1),
    ("unknown_model", errors.UnknownModelError, 1),
    ("context_too_long", errors.ContextTooLongError, 1),
    ("bad_request", errors.RequestRefusedError, 1),
    ("redirect", errors.MalformedAnswerError, 1),
    ("html", errors.MalformedAnswerError, 1),
    ("empty", errors.MalformedAnswerError, 1),
    ("bad_shape", errors.MalformedAnswerError, 1),
    ("refusal", errors.ContentRefusedError, 1),
]


def failing(desk, kind, streamed):
    desk.script(*[Fault(kind=kind)] * 6)
    slow = {"hang": {"timeout": 0.2}, "trickle": {"total": 0.3}}
    model = desk.model(**slow.get(kind, {}))
    with pytest.raises(errors.LLMProviderError) as raised:
        list(model.stream(ASKED)) if streamed else model.answer(ASKED)
    return raised.value


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("kind", "expected", "attempts"), FAULTS, ids=[f[0] for f in FAULTS])
def test_each_fault_is_an_error_of_its_kind(desk, kind, expected, attempts, streamed, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("openai").setLevel(logging.DEBUG)
    error = failing(desk, kind, streamed)
    assert type(error) is expected
    assert error.attempts == attempts == len(desk.asked) == len(desk.waits) + 1
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error!r} {error} {''.join(traceback.format_exception(error))} {caplog.text}"
    assert desk.key not in told
    assert PAYLOAD not in told
    assert "'main'" in str(error)


def test_what_passes_is_tried_again_and_counted(desk):
    desk.script(Fault(kind="server_error"), Fault(kind="rate_limit"), Say(text="now"))
    answer = desk.model().answer(ASKED)
    assert (answer.text, answer.attempts) == ("now", 3)
    assert all(0 <= wait <= 8 for wait in desk.waits)


def test_tries_that_may_be_billed_are_told(desk):
    desk.script(Fault(kind="hang"), Fault(kind="server_error"), Say(text="now"))
    answer = desk.model(timeout=0.3).answer(ASKED)
    assert (answer.attempts, answer.unsure) == (3, 1)
    desk.script(Fault(kind="hang"), Fault(kind="key_refused"))
    with pytest.raises(errors.KeyRefusedError) as raised:
        desk.model(timeout=0.3).answer(ASKED)
    assert (raised.value.attempts, raised.value.unsure) == (2, 1)


def test_retry_after_is_obeyed_up_to_a_bound(desk):
    desk.script(Fault(kind="rate_limit", retry_after=7), Say(text="now"))
    assert desk.model().answer(ASKED).attempts == 2
    assert 7 <= desk.waits[0] <= 7.5
    desk.script(Fault(kind="rate_limit", retry_after=3600), Say(text="never"))
    with pytest.raises(errors.RateLimitedError, match="3600 s") as raised:
        desk.model().answer(ASKED)
    assert (raised.value.attempts, raised.value.retry_after) == (1, 3600)


def test_all_tries_together_have_an_end(desk):
    moments = iter([0.0, 200.0])
    desk.script(Fault(kind="server_error"), Say(text="never"))
    with pytest.raises(errors.ProviderFailedError) as raised:
        desk.model(now=lambda: next(moments)).answer(ASKED)
    assert raised.value.attempts == 1


def test_a_stream_that_takes_too_long_is_given_up(desk):
    desk.script(Say(text="many words that come in many pieces"))
    moments = iter([0.0, 0.0, 1.0, 200.0, 200.0])
    stream = desk.model(now=lambda: next(moments)).stream(ASKED)
    assert isinstance(next(stream), TextDelta)
    with pytest.raises(errors.ProviderTimeoutError):
        list(stream)


def test_nobody_there(desk):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        endpoint = Endpoint("main", "custom", url, SecretStr("k"), desk.api, confined=False)
        waits: list[float] = []
        with pytest.raises(errors.UnreachableError, match="base URL") as raised:
            OpenAIModel(endpoint, "m", Patience(sleep=waits.append)).answer(ASKED)
    assert (raised.value.attempts, len(waits)) == (4, 3)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/v1", "http://169.254.169.254/v1", "http://[::1]/v1"]
)
def test_a_tenants_base_url_reaches_no_network_of_ours(desk, url):
    endpoint = Endpoint("own", "custom", url, SecretStr("k"), desk.api)
    with pytest.raises(errors.PrivateAddressError, match="public") as raised:
        OpenAIModel(endpoint, "m").answer(ASKED)
    assert raised.value.attempts == 1


def test_a_tool_result_without_its_call_is_refused(desk):
    from shared.llm.messages import ToolMessage

    with pytest.raises(errors.RequestRefusedError):
        desk.model().answer(Request([ToolMessage(call_id="x", text="y")]))


def test_no_key_in_what_is_printed(desk):
    model = desk.model()
    assert desk.key not in f"{model!r}{model.__dict__}"


def test_streams_that_are_left_early_give_their_connections_back(desk):
    model = desk.model()
    desk.script(*[Say(text="a text in more than one piece " * 4)] * 130)
    for _ in range(130):  # more than there are connections
        stream = model.stream(ASKED)
        assert isinstance(next(stream), TextDelta)
        stream.close()
    assert model.answer(ASKED).text
