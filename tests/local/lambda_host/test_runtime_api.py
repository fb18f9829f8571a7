"""The Runtime API as Lambda's own client, which is less patient than ours, meets it."""

from __future__ import annotations

import http.client

import pytest

from local.lambda_host import FunctionSpec, name_of
from local.lambda_host.environment import Environment, Invocation
from local.lambda_host.runtime_api import RuntimeApi


def test_an_invocation_tells_its_content_type():
    environment = Environment(FunctionSpec("f", "m.handler", 5), {}, lambda name, line: None)
    environment.waiting.put(Invocation(b"{}"))
    api = RuntimeApi(lambda _: environment)
    try:
        connection = http.client.HTTPConnection(api.address, timeout=5)
        connection.request("GET", "/2018-06-01/runtime/invocation/next")
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "application/json"
        assert answer.read() == b"{}"
    finally:
        api.close()


@pytest.mark.parametrize("told", ["f", "arn:aws:lambda:us-east-1:1:function:f", "f:live",
                                  "arn:aws:lambda:us-east-1:1:function:f:live"])  # fmt: skip
def test_a_function_is_known_by_its_name_whatever_names_it(told):
    assert name_of(told) == "f"
