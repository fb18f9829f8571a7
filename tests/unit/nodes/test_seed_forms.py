"""Nodes as the systems before this one configure them."""

from __future__ import annotations

import pytest

from shared.graph import load_flow, validate
from shared.graph.forms import field_problems
from shared.nodes import registry
from tests.engines.both import on_both
from tests.fakes.graphs import graph, node, run
from tests.fakes.node_ports import node_ports

ORCHESTRATOR = [
    ("counter", {"min_value": "0", "max_value": "10", "direction": "increment", "step": "1"}),
    ("string-iterator-producer", {"data_content": "a,b", "separator_type": "comma"}),
    ("queue-reader-dummy", {"queue_name": "default"}),
    ("queue-node-writer", {}),
    ("webhook-producer", {"webhook_id": "order-1"}),
    ("http-response", {"status_code": "201", "body_source": "custom", "body_json": '{"a": 1}'}),
    ("http-response", {"status_code": 200, "body_source": "from_input"}),
    ("http-request", {"method": "POST", "url": "https://a.example/{{ data.id }}",
                      "headers": '{"X-A": "1"}', "query_params": "", "body": "{}",
                      "timeout_seconds": "30", "auth_type": "bearer", "token": "t"}),
    ("if-condition", {"condition_expression": "data.counter.current > 3"}),
    ("for-each", {"array_expression": "{{ data.list }}"}),
    ("data-transformer", {"overwrite": True, "output_template": '{"a": "{{ data.b }}"}'}),
    ("html-to-markdown", {"overwrite": False, "html_content": "{{ data.html }}"}),
    ("cosine-similarity", {"data_1": "a", "data_2": "{{ data.b }}"}),
    ("batch-cosine-similarity-scorer",
     {"query": "q", "records": "{{ data.records }}", "content_key": "text"}),
    ("static-delay-node", {"interval": "5", "unit": "minutes"}),
    ("dynamic-delay-node", {"total_time": "5", "unit": "hours", "executions": "10",
                            "jitter_percent": 0}),
    ("file-writer", {"file_path": "out/log.txt", "mode": "a", "content": ""}),
]  # fmt: skip
EXECUTOR = [
    ("local-filesystem", {"mode": "read", "file_path": "in/x.csv", "read_mode": "batch",
                          "batch_size": 5, "encoding": "utf-8", "parse_json_lines": True}),
    ("local-filesystem", {"mode": "write", "file_path": "out/x.csv", "overwrite": False}),
    ("aws-s3", {"mode": "write", "bucket_name": "b", "object_key": "k", "region": "eu-west-1"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "config"), ORCHESTRATOR + EXECUTOR)
def test_their_configurations_are_read(name, config):
    assert field_problems(registry().get(name), config) == []


def test_a_workflow_of_the_orchestrator_runs_on_both_engines():
    raw = {
        "type": "api",
        "nodes": [
            {"id": "hook", "type": "webhook-producer", "data": {"form": {"webhook_id": "orders"}}},
            {"id": "page", "type": "html-to-markdown", "data": {"form": {
                "html_content": "{{ data.webhook.data.body.html }}", "overwrite": False}}},
            {"id": "ask", "type": "http-request", "data": {"form": {
                "method": "GET", "url": "https://a.example/{{ data.webhook.data.body.id }}"}}},
            {"id": "answer", "type": "http-response", "data": {"form": {
                "status_code": 200, "body_source": "custom",
                "body_json": {"text": "{{ data.html_to_markdown.markdown }}",
                              "asked": "{{ data.http_request.body.asked }}"}}}},
        ],
        "edges": [{"source": "hook", "target": "page"}, {"source": "page", "target": "ask"},
                  {"source": "ask", "target": "answer"}],
    }  # fmt: skip
    flow = load_flow(raw)
    assert validate(flow, registry()).problems == ()
    found = on_both(flow, {"body": {"id": 7, "html": "<h1>Hi</h1>"}, "method": "POST"})
    assert found["error"] is None
    assert found["result"]["http_response"] == {
        "status": 200,
        "body": {"text": "# Hi", "asked": "GET https://a.example/7"},
    }


def test_a_storage_node_writes_what_the_node_before_it_read():
    ports = node_ports()
    nodes = [
        node("copy", "local-filesystem", mode="write", file_path="copy.txt"),
    ]
    done = run(graph(nodes), {"data": "text", "else": 1}, engine={"ports": ports})
    assert done.error is None
    assert ports["files"].files["copy.txt"] == b"text"


def test_nothing_to_write_is_an_error():
    nodes = [node("copy", "local-filesystem", mode="write", file_path="copy.txt")]
    done = run(graph(nodes), {"data": ""}, engine={"ports": node_ports()})
    assert "has no data to write" in done.error.message
