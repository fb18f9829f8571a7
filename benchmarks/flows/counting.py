"""Runs flows on moto's Step Functions, DynamoDB and S3, and counts what AWS would bill."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from benchmarks.meter import INVOCATIONS, MACHINE_SECONDS, MACHINES, SECONDS, Meter
from local.provision.clients import aws
from shared.graph import FlowGraph
from shared.graph.asl.choosing import choose
from shared.graph.asl.compiler import compile_flow
from shared.graph.asl.emitting import Functions
from shared.graph.durable import NodeRunner, TablesRecordStore, start_run
from shared.graph.durable.single import ANSWER
from shared.graph.durable.suspending import Parent
from shared.graph.engine.loaded import LoadedFlow, load
from shared.graph.plan import Plan
from shared.graph.record import Entry
from shared.nodes import registry
from shared.platform.blobs import S3Blobs
from shared.platform.dynamo import DynamoTables
from tests.engines.step_functions import (
    FUNCTION,
    ROLE,
    StepFunctions,
    answered,
    step_functions,
    waited,
)

TENANT: Final = "t1"
_GB: Final = 256 / 1024
_EXPRESS_GB: Final = 64 / 1024


@dataclass
class Counted:
    """One run, its sub-workflows among it, and its bill."""

    bill: Counter[str]
    express: bool
    parts: list[tuple[Plan, list[Entry]]] = field(default_factory=list)
    items: int = 0
    child_express: bool = False
    large: int = 0

    @property
    def executions(self) -> int:
        """The run and its sub-workflows."""
        return len(self.parts)

    def entries(self) -> Iterator[tuple[Entry, Plan]]:
        """Everything that was recorded."""
        for plan, entries in self.parts:
            yield from ((entry, plan) for entry in entries)


class CountedBlobs(S3Blobs):
    """A bucket that counts."""

    def __init__(self, bucket: str, bill: Counter[str]) -> None:
        super().__init__(bucket)
        self._bill = bill

    def write(self, name: str, text: str) -> None:
        """See `S3Blobs.write`."""
        self._bill["S3 PUT"] += 1
        super().write(name, text)

    def read(self, name: str) -> str:
        """See `S3Blobs.read`."""
        self._bill["S3 GET"] += 1
        return super().read(name)


class Outbox:
    """Events: what they cost is their own, and the same however a flow is compiled."""

    async def emit(self, event_type: str, data: Mapping[str, Any], idempotency_key: str) -> str:
        """An id."""
        return idempotency_key


class Run:
    """What stands for the function in one execution."""

    def __init__(self, world: World, flow: LoadedFlow, store: Any, flows: Any) -> None:
        self._world, self._flow, self._store = world, flow, store
        self._given: dict[str, dict[str, Any]] = {}
        self._runner = NodeRunner(
            store, flows, ports={"events": Outbox()}, children=lambda tenant: self,
            clock=lambda: datetime(2020, 1, 1, tzinfo=UTC),
        )  # fmt: skip

    async def invoke(self, request: dict[str, Any]) -> dict[str, Any]:
        """One invocation, counted."""
        bill, begun = self._world.bill, time.perf_counter()
        try:
            return await self._runner.handle(request)
        finally:
            seconds = math.ceil((time.perf_counter() - begun) * 1000) / 1000
            bill[INVOCATIONS] += 1
            bill[SECONDS] += seconds * _GB  # type: ignore[assignment]

    def answer(self, request: dict[str, Any]) -> bool:
        """A manager approves; another workflow tells its end itself."""
        key = request["state"]["path"] + request["node"]
        standing = self._store.entry(TENANT, request["state"]["execution"], key)
        if standing.waits_for["kind"] == "workflow":
            return False
        told = {"value": {"decision": "approved", "by": "manager@example.com"}}
        self._store.put_note(TENANT, request["state"]["execution"], ANSWER, key, told)
        return True

    def prepare(self, workflow: str, given: Any, key: str, parent: Parent) -> str:
        """A sub-workflow."""
        child = key.replace("/", "-")
        self._given[child] = start_run(self._store, TENANT, child, workflow, given, parent=parent)
        self._world.step_functions.runs[child] = self  # type: ignore[assignment]
        self._world.children.append((workflow, child))
        return child

    def start(self, execution: str) -> None:
        """Starts it on the machine of its workflow."""
        workflow = next(name for name, child in self._world.children if child == execution)
        aws("stepfunctions").start_execution(
            stateMachineArn=self._world.machines[workflow][0],
            name=execution,
            input=json.dumps(self._given[execution]),
        )

    def succeed(self, token: str, output: Any) -> None:
        """The token's task has not returned yet."""
        threading.Thread(target=answered, args=(token,)).start()

    async def finish(self, execution: str) -> Mapping[str, Any]:
        """Each of the ten has a machine."""
        raise NotImplementedError(execution)

    def begin(self, workflow: str, given: Any, key: str) -> str:
        """None of the ten starts another without waiting for it."""
        raise NotImplementedError(workflow)


class World:
    """Runs flows and counts."""

    def __init__(self, step_functions: StepFunctions, meter: Meter) -> None:
        self.step_functions, self._meter = step_functions, meter
        self.bill: Counter[str] = Counter()
        self.machines: dict[str, tuple[str, LoadedFlow]] = {}
        self.children: list[tuple[str, str]] = []
        self._numbers = count()
        blobs = CountedBlobs("values", self.bill)
        self._store = TablesRecordStore(DynamoTables(), "executions", blobs)

    def run(self, name: str, graph: FlowGraph, given: Any, granularity: Any) -> Counted:
        """One execution; flows that others use have to be run before them."""
        machine, flow = self._machine(name, graph, granularity)
        execution = f"x{next(self._numbers)}"
        run = Run(self, flow, self._store, lambda tenant, which: self.machines[which][1])
        self.step_functions.runs[execution] = run  # type: ignore[assignment]
        self.bill.clear()
        self.children.clear()
        self._meter.reset()
        client, begun = aws("stepfunctions"), time.perf_counter()
        state = start_run(self._store, TENANT, execution, name, given)
        arn = client.start_execution(
            stateMachineArn=machine, name=execution, input=json.dumps(state)
        )["executionArn"]
        ended = waited(client, arn)
        assert ended["status"] == "SUCCEEDED", (name, ended.get("error"), ended.get("cause"))
        seconds = time.perf_counter() - begun
        units = self.bill + self._meter.total()
        return self._counted(name, execution, arn, units, seconds)

    def _machine(self, name: str, graph: FlowGraph, granularity: Any) -> tuple[str, LoadedFlow]:
        flow = load(graph, registry())
        text = compile_flow(flow.plan, Functions(FUNCTION), granularity=granularity).as_text()
        arn = aws("stepfunctions").create_state_machine(
            name=f"{name}-{next(self._numbers)}", definition=text, roleArn=ROLE, type="STANDARD"
        )["stateMachineArn"]
        self.machines[name] = arn, flow
        return self.machines[name]

    def _counted(
        self, name: str, execution: str, arn: str, units: Counter[str], seconds: float
    ) -> Counted:
        express = _express(self.machines[name][1])
        found = Counted(units, express)
        self._bill(found, name, arn, seconds)
        self._recorded(found, name, execution)
        for workflow, child in self.children:
            machine, flow = self.machines[workflow]
            found.child_express = _express(flow)
            there = f"{machine.replace(':stateMachine:', ':execution:')}:{child}"
            self._bill(found, workflow, there, seconds)
            self._recorded(found, workflow, child)
        return found

    def _bill(self, found: Counted, name: str, arn: str, seconds: float) -> None:
        if _express(self.machines[name][1]):
            found.bill[MACHINES] += 1
            billed = math.ceil(seconds * 10) / 10 * _EXPRESS_GB
            found.bill[MACHINE_SECONDS] += billed  # type: ignore[assignment]
        else:
            found.bill["state transitions"] += _transitions(arn)

    def _recorded(self, found: Counted, name: str, execution: str) -> None:
        flow = self.machines[name][1]
        found.parts.append((flow.plan, list(self._store.entries(TENANT, execution, ""))))
        for step in flow.plan.root.steps:
            if step.body is not None:
                found.items += len(self._store.items(TENANT, execution, step.id))


def _express(flow: LoadedFlow) -> bool:
    return choose(flow.plan).type == "EXPRESS"


def _transitions(arn: str) -> int:
    """States entered, as AWS bills them."""
    history = aws("stepfunctions").get_execution_history(executionArn=arn, maxResults=1000)
    return sum(event["type"].endswith("StateEntered") for event in history["events"])


@contextmanager
def counting() -> Iterator[World]:
    """A local AWS with a table and a bucket, whose requests are counted."""
    meter = Meter()
    with step_functions() as world:
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        aws("dynamodb").create_table(
            TableName="executions",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        aws("s3").create_bucket(Bucket="values")
        with meter.requests():
            yield World(world, meter)
