"""The offline model over plain HTTP: scripts, models, streams, what it refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local.offline_model import Call, Grammars, OfflineModel
from local.offline_model.conversation import OfferedTool
from local.offline_model.grammars import by_name
from local.offline_model.replying import minimal

ROOT = Path(__file__).parents[3]
SEARCH = OfferedTool(
    "search_leads",
    {
        "type": "object",
        "properties": {
            "query": {"type": "string"},
            "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["query", "limit"],
    },
)


@pytest.fixture(scope="module")
def server():
    with OfflineModel() as running:
        yield running


def ask(server, path="chat/completions", key="k", **body):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    given = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "input": "hi", **body}
    return requests.post(f"{server.url}/{path}", json=given, headers=headers, timeout=5)


def scripts(server, name, method="PUT", **how):
    return requests.request(
        method, f"{server.url.removesuffix('/v1')}/scripts/{name}", timeout=5, **how
    )


def test_a_script_is_written_used_up_shown_and_forgotten(server):
    steps = [{"do": "say", "text": "one"}, {"do": "fault", "kind": "rate_limit", "retry_after": 3}]
    assert scripts(server, "s", json={"steps": steps}).status_code == 204
    assert ask(server, key="s").json()["choices"][0]["message"]["content"] == "one"
    limited = ask(server, key="s")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "3")
    assert "offline model" in ask(server, key="s").text
    assert len(scripts(server, "s", "GET").json()["asked"]) == 3
    scripts(server, "s", "DELETE")
    assert scripts(server, "s", "GET").json() == {"asked": []}


def test_the_default_script_is_for_keys_without_one(server):
    scripts(server, "default", json={"steps": [{"do": "say", "text": "for anybody"}]})
    assert "for anybody" in ask(server, key="somebody").text
    scripts(server, "default", "DELETE")


@pytest.mark.parametrize(
    "body", [{"steps": [{"do": "dance"}]}, {"steps": [{"do": "fault", "kind": "x"}]}, {}, []]
)
def test_a_script_that_is_none_is_refused(server, body):
    assert scripts(server, "s", json=body).status_code == 422


@pytest.mark.parametrize("path", ["chat/completions", "responses"])
def test_without_a_key_it_refuses(server, path):
    assert ask(server, path, key="").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", {"messages": []}),
        ("chat/completions", {"messages": "hi"}),
        ("chat/completions", {"messages": ["hi"]}),
        ("chat/completions", {"messages": [{"role": "tool", "tool_call_id": "x", "content": ""}]}),
        ("chat/completions", {"tools": [{"type": "function"}]}),
        ("responses", {"input": []}),
        ("responses", {"input": [{"type": "function_call_output", "call_id": "x", "output": ""}]}),
        ("responses", {"tools": ["search"]}),
        (
            "responses",
            {"tools": [{"type": "function", "name": "f", "parameters": SEARCH.parameters}]},
        ),
    ],
)
def test_what_openai_would_refuse_is_refused(server, path, body):
    refused = ask(server, path, **body)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"]


def test_a_body_that_is_no_json(server):
    headers = {"Authorization": "Bearer k"}
    for body in (b"{", b"[]"):
        done = requests.post(f"{server.url}/responses", data=body, headers=headers, timeout=5)
        assert done.status_code == 400


def test_a_page_under_another_name_reaches_nothing(server):
    answer = scripts(server, "s", json={"steps": []}, headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_streams_are_server_sent_events(server):
    lines = ask(server, stream=True).text.strip().split("\n\n")
    assert lines[-1] == "data: [DONE]"
    assert json.loads(lines[-2].removeprefix("data: "))["usage"]["total_tokens"] > 0
    events = [
        line.split("\n")[0] for line in ask(server, "responses", stream=True).text.split("\n\n")
    ]
    assert events[0] == "event: response.created"
    assert "event: response.completed" in events


def test_the_same_request_is_answered_the_same(server):
    for path in ("chat/completions", "responses"):
        assert ask(server, path).json() == ask(server, path).json()


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('search_leads {"query": "Ann"}', {"query": "Ann"}),
        ('search_leads query="Ann Lee" limit=3', {"query": "Ann Lee", "limit": 3}),
        ("search_leads query=7", {"query": "7", "limit": None}),
        ("search_leads", {"query": None, "limit": None}),
        ("please search for Ann", None),
        ("search_leads for Ann", None),
        ("search_leads [1]", None),
        ('search_leads query="open', None),
        ("search_leads {broken", None),
    ],
)
def test_the_grammar_that_is_always_there(text, arguments):
    call = by_name(text, [SEARCH])
    assert (call and call.arguments) == arguments


def test_a_grammar_that_was_registered_goes_first_and_only_to_tools_that_are_offered():
    grammars = Grammars()
    grammars.register(lambda text, tools: Call(name="delete_lead"))
    grammars.register(lambda text, tools: Call(name="search_leads") if "find" in text else None)
    assert grammars.understood("find Ann", [SEARCH]).name == "search_leads"
    assert grammars.understood("remove Ann", [SEARCH]) is None


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "maximum": -2}, -2),
        ({"type": "number", "exclusiveMinimum": 1}, 2),
        ({"type": "array", "minItems": 2, "items": {"type": "boolean"}}, [False, False]),
        ({"type": "string", "minLength": 2}, "xx"),
        ({"enum": ["a", "b"]}, "a"),
        ({"const": 4}, 4),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "null"}}}, None),
        (SEARCH.parameters, {"query": "", "limit": None}),
    ],
)
def test_the_smallest_value_of_a_schema(schema, value):
    assert minimal(schema) == value


def test_it_runs_by_itself():
    command = [sys.executable, "-u", "-m", "local.offline_model", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().split()[3].rstrip(";")
        assert requests.get(f"{url}/models", timeout=5).ok
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
