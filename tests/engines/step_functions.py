"""The durable engine through Step Functions: moto's interpreter, in this process.

Nothing is served and nothing waits: the pauses of retries are skipped.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto import mock_aws

from local import seams
from local.provision.clients import aws
from shared.graph import FlowGraph
from shared.graph.asl.compiler import compile_flow
from shared.graph.asl.emitting import Functions
from tests.engines.comparing import Durable

ROLE = "arn:aws:iam::123456789012:role/r"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:node-runner"


class StepFunctions:
    """Runs flows as executions."""

    def __init__(self) -> None:
        self.runs: dict[str, Durable] = {}
        self.invocations = 0

    def invoke(self, name: str, payload: bytes) -> tuple[bytes, bool, str]:
        """What stands for the function."""
        self.invocations += 1
        request = json.loads(payload)
        run = self.runs[request["state"]["execution"]]
        try:
            answer = asyncio.run(run.invoke(request))
        except Exception as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return json.dumps(told).encode(), True, ""
        if request["mode"] == "token" and run.answer(request):
            threading.Thread(target=answered, args=(request["token"],)).start()
        return json.dumps(answer).encode(), False, ""

    def run(
        self, name: str, graph: FlowGraph, given: Mapping[str, Any], pins: Mapping[str, Any],
        granularity: Any, **how: Any,
    ) -> Durable:  # fmt: skip
        """Compiles, starts and waits for the end; `how` are node types and ports."""
        durable = Durable(graph, **how)
        durable.execution = name
        self.runs[name] = durable
        compiled = compile_flow(durable.flow.plan, Functions(FUNCTION), granularity=granularity)
        client = aws("stepfunctions")
        machine = client.create_state_machine(
            name=name, definition=compiled.as_text(), roleArn=ROLE, type="STANDARD"
        )["stateMachineArn"]
        started = durable.start(given, pins)
        arn = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(started))[
            "executionArn"
        ]
        ended = waited(client, arn)
        if ended["status"] != "SUCCEEDED":
            assert ended.get("error") == "RunFailed", ended
        client.delete_state_machine(stateMachineArn=machine)
        del self.runs[name]
        return durable


@contextmanager
def step_functions() -> Iterator[StepFunctions]:
    """A world in which state machines run."""
    world = StepFunctions()
    seams.prepare_environment(0)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        aws.cache_clear()
        seams.install(
            check=lambda key, service, wanted: None,
            invoke=world.invoke,
            deliver=lambda *how: None,
            on_stream_record=lambda table, record: None,
        )
        seams.install_interpreter(lambda role, session: {})
        _create_function()
        logging.getLogger("moto").setLevel(logging.CRITICAL)  # it logs each failed run at length
        with _no_pauses():
            yield world


def _create_function() -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("m.py", "")
    aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    aws("lambda").create_function(
        FunctionName="node-runner", Runtime="python3.13", Role=ROLE, Handler="m.h",
        Code={"ZipFile": code.getvalue()},
    )  # fmt: skip


@contextmanager
def _no_pauses() -> Iterator[None]:
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

    class NoPauses:
        sleep = staticmethod(lambda seconds: None)

    stock, retrier_decl.time = retrier_decl.time, NoPauses
    try:
        yield
    finally:
        retrier_decl.time = stock


def waited(client: Any, arn: str, seconds: float = 60.0) -> Any:
    until = time.monotonic() + seconds
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < until, "the execution does not end"
        time.sleep(0.01)
    return found


def answered(token: str) -> None:
    time.sleep(0.02)
    aws("stepfunctions").send_task_success(taskToken=token, output="{}")
