"""Every tool that comes with the platform, called as an agent calls it."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import SecretStr

from shared.agents.calling import call_tool
from shared.agents.registry import ToolRegistry
from shared.agents.tool import BaseTool, ToolArguments, ToolContext
from shared.llm.messages import ToolCall
from shared.nodes.ports import FILES, HTTP, LEADS
from shared.platform.http import CheckedHttp, Egress, HttpAnswer
from shared.tools import registry
from shared.tools.ports import PYTHON, WEB_SEARCH, PythonRun
from shared.tools.search_providers import JsonWebSearch, NoWebSearch
from tests.fakes.node_ports import EchoHttp, MemoryFiles, node_ports

EGRESS = ("api.example.com", "*.example.org")


class EchoPython:
    async def run(self, code, given, seconds):
        return PythonRun([code, given, seconds])


def call(tool, ports=None, /, egress=EGRESS, key="k", **arguments):
    context = ToolContext({**node_ports(), **(ports or {})}, key, egress)
    asked = ToolCall(id="c", name=tool, arguments=json.dumps(arguments))
    return asyncio.run(call_tool(registry(), asked, context))


@pytest.mark.parametrize("name", list(registry()))
def test_every_tool_has_a_strict_schema_and_an_example_that_fits(name):
    tool = registry().get(name)
    told = ToolRegistry(tool).told()[0]
    assert told.strict
    assert set(told.parameters["required"]) == set(told.parameters["properties"])
    assert told.parameters["additionalProperties"] is False
    assert told.description.endswith(".")
    tool.Arguments.model_validate(tool.example)
    tool.Result.model_json_schema()


def test_a_null_is_the_default_of_a_field_that_has_one():
    outcome = call("find_leads", name=None, email=None, company=None, status=None, limit=None)
    assert [lead["id"] for lead in outcome.value["leads"]] == ["l1"]


@pytest.mark.parametrize(
    ("expression", "result"),
    [("2 + 3 * 4", 14), ("-(7 // 2)", -3), ("2 ** 0.5", 2**0.5), ("10 % 4", 2), ("1e3", 1000.0)],
)
def test_the_calculator_calculates(expression, result):
    assert call("calculator", expression=expression).value == {"result": result}


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("9**9**9", "TooLarge"), ("9**-9**9", "TooLarge"), ("1/0", "DivisionByZero"),
        ("(-8) ** 0.5", "NotArithmetic"), ("__import__('os')", "NotArithmetic"),
        ("'a' * 10**9", "NotArithmetic"), ("True + 1", "NotArithmetic"), ("2 +", "NotArithmetic"),
        ("(lambda: 1)()", "NotArithmetic"), ("[1][0]", "NotArithmetic"), ("1e308 * 10", "TooLarge"),
        ("-" * 100 + "1", "TooLarge"), ("10**4000 * 10**4000", "TooLarge"), ("x", "NotArithmetic"),
        ("2.0 ** 9999", "TooLarge"), ("1 << 99", "NotArithmetic"), ("\x00", "NotArithmetic"),
        ("(" * 240 + "1" + ")" * 240, "NotArithmetic"),
    ],
)  # fmt: skip
def test_the_calculator_refuses_what_is_no_bounded_arithmetic(expression, error):
    assert call("calculator", expression=expression).error == error


def test_files_are_written_listed_read_and_deleted():
    files = {FILES: MemoryFiles()}
    written = call("file_writer", files, file_path="a/b.txt", content="1\n2\n3\n", mode="new")
    assert written.value == {"file_path": "a/b.txt", "bytes": 6}
    again = call("file_writer", files, file_path="a/b.txt", content="1\n2\n3\n", mode="new")
    assert again.value == written.value
    other = call("file_writer", files, key="k2", file_path="a/b.txt", content="x", mode="new")
    assert other.value["file_path"] == "a/b_1.txt"
    assert call("file_list", files, folder="a").value["paths"] == ["a/b.txt", "a/b_1.txt"]
    read = call("file_reader", files, file_path="a/b.txt", max_lines=2)
    assert read.value == {"text": "1\n2\n", "lines": 2, "more": True}
    assert call("file_delete", files, file_path="a/b.txt").value == {"deleted": True}
    assert call("file_delete", files, file_path="a/b.txt").value == {"deleted": False}
    assert call("file_reader", files, file_path="a/b.txt", max_lines=2).error == "NoFile"


@pytest.mark.parametrize(
    "path",
    ["../other/x", "/etc/passwd", "a/../../x", "a\\..\\x", "C:/x", "a//b", "./a", "a\x00b", "~/.."],
)
@pytest.mark.parametrize("tool", ["file_reader", "file_writer", "file_delete", "file_list"])
def test_no_file_tool_leaves_the_space(tool, path):
    files = MemoryFiles()
    named = {"folder": path} if tool == "file_list" else {"file_path": path}
    more = {"file_reader": {"max_lines": 1}, "file_writer": {"content": "x", "mode": "overwrite"}}
    outcome = call(tool, {FILES: files}, **named, **more.get(tool, {}))
    assert outcome.error == "PathRefused"
    assert files.files == {}


def test_leads_are_found_read_created_changed_and_moved():
    leads = {LEADS: node_ports()[LEADS]}
    assert call("get_lead", leads, lead_id="l1").value["lead"]["name"] == "Ada"
    assert call("get_lead", leads, lead_id="l9").error == "LeadNotFound"
    for _ in range(2):
        call("create_lead", leads, name="Eve", email="e@x.example")
    assert len(leads[LEADS].leads) == 2
    assert call("update_lead", leads, lead_id="l1").error == "NothingChanges"
    changed = call("update_lead", leads, lead_id="l1", value=900)
    assert changed.value["lead"]["value"] == 900
    moved = call("move_lead", leads, lead_id="l1", status="Closed win")
    assert moved.value["lead"]["status"] == "Closed win"
    assert call("move_lead", leads, lead_id="l1", status="Gone").error == "malformed_arguments"


def test_json_is_transformed_by_an_expression():
    data = json.dumps({"items": [{"name": "Ada", "n": 2}, {"name": "Bob", "n": 1}]})
    expression = "data['items'] | sort(attribute='n') | map(attribute='name') | list"
    done = call("json_transform", data=data, expression=expression)
    assert done.value == {"result": ["Bob", "Ada"]}
    assert call("json_transform", data="{", expression="1").error == "NotJson"


@pytest.mark.parametrize(
    "expression",
    ["data.__class__", "''.__class__.__mro__", "range(10**9) | list", "ports", "data.items.pop()"],
)
def test_expressions_reach_nothing_but_the_data(expression):
    assert call("json_transform", data="{}", expression=expression).error == "ExpressionError"


def test_a_server_that_is_listed_is_asked():
    http = EchoHttp()
    done = call("http_request", {HTTP: http}, method="POST", url="https://api.example.com/x",
                headers=[{"name": "Accept", "value": "a/b"}], body="{}")  # fmt: skip
    assert json.loads(done.value["body"]) == {"asked": "POST https://api.example.com/x"}
    assert http.calls[0].hosts == EGRESS
    assert http.calls[0].headers == {"Accept": "a/b", "Idempotency-Key": "k"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x", "https://api.example.com.evil.example/", "file:///etc/passwd",
        "https://api.example.com@evil.example/", "https://example.org/", "gopher://a.example.org/",
        "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://localhost:8000/",
    ],
)  # fmt: skip
def test_a_server_that_is_not_listed_is_not_asked(url):
    http = EchoHttp()
    assert call("http_request", {HTTP: http}, url=url).error == "EgressRefused"
    assert http.calls == []


def test_without_a_list_no_server_is_asked():
    outcome = call("http_request", egress=(), url="https://api.example.com/")
    assert outcome.error == "EgressMissing"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::a9fe:a9fe"]
)
def test_a_listed_name_that_stands_for_a_private_address_is_not_asked(address):
    async def resolve(host, port):
        return [address]

    http = CheckedHttp(Egress(), resolve)
    outcome = call("http_request", {HTTP: http}, url="https://api.example.com/")
    assert outcome.error == "EgressRefused"


class Pages:
    """A provider of searches that answers what it is told."""

    def __init__(self, body, status=200):
        self.body, self.status, self.calls = body, status, []

    async def send(self, call):
        self.calls.append(call)
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return HttpAnswer(self.status, {}, body, call.url, 1)


HIT = {"title": "Ada", "url": "https://a.example/"}


@pytest.mark.parametrize(
    ("provider", "body", "asked"),
    [
        ("brave", {"web": {"results": [{**HIT, "description": "Who she was"}]}},
         "GET https://s.example/res/v1/web/search?q=ada+l&count=3"),
        ("tavily", {"results": [{**HIT, "content": "Who she was"}]},
         "POST https://s.example/search"),
        ("searxng", {"results": [{**HIT, "content": "Who she was"}] * 9},
         "GET https://s.example/search?q=ada+l&format=json"),
    ],
)  # fmt: skip
def test_each_provider_of_searches_is_asked_in_its_own_way(provider, body, asked):
    http = Pages(body)
    search = JsonWebSearch(http, provider, "https://s.example/", SecretStr("the-key"))
    done = call("web_search", {WEB_SEARCH: search}, query="ada l", num_results=3)
    assert done.value["results"][0] == {**HIT, "text": "Who she was"}
    assert len(done.value["results"]) == (3 if provider == "searxng" else 1)
    sent = http.calls[0]
    assert f"{sent.method} {sent.url}" == asked
    assert "the-key" in str(sent.headers)
    assert "the-key" not in sent.url


@pytest.mark.parametrize(
    ("body", "status"), [(b"<html>", 200), ({}, 401), ({"results": [1]}, 200), (b"", 500)]
)
def test_a_provider_of_searches_that_lies_is_told_without_its_key(body, status):
    search = JsonWebSearch(Pages(body, status), "brave", "https://s.example", SecretStr("the-key"))
    done = call("web_search", {WEB_SEARCH: search}, query="ada", num_results=3)
    assert done.error == "WebSearchFailed"
    assert "the-key" not in done.message


def test_without_a_provider_a_search_says_who_can_mend_it():
    done = call("web_search", {WEB_SEARCH: NoWebSearch()}, query="ada", num_results=3)
    assert (done.error, "WEB_SEARCH_PROVIDER" in done.message) == ("NoWebSearch", True)


def test_a_tool_whose_port_is_missing_says_so():
    assert call("python_executor", code="1", data="1", timeout_seconds=1).error == "unavailable"


def test_a_program_is_handed_to_its_port():
    done = call("python_executor", {PYTHON: EchoPython()}, code="x", data="[1]", timeout_seconds=2)
    assert done.value == {"result": ["x", [1], 2], "stdout": "", "error": None}


def test_two_tools_of_one_name_are_an_error():
    class Other(BaseTool[ToolArguments]):
        name = "calculator"
        description = "Another."
        Arguments = Result = ToolArguments

    with pytest.raises(TypeError, match=r"both Calculator and .*Other"):
        ToolRegistry(registry().get("calculator")).register(Other)


def test_a_tool_that_takes_any_keys_cannot_be_registered():
    class Loose(ToolArguments):
        anything: dict[str, str]

    class Bad(BaseTool[Loose]):
        name = "bad"
        description = "Bad."
        Arguments = Loose
        Result = ToolArguments

    with pytest.raises(TypeError, match="takes any keys"):
        ToolRegistry(Bad)
