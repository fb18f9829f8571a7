"""A pipeline's machine and its functions in this process: the compiled states, walked."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.pipelines.asl import compile_pipeline
from shared.pipelines.definition import Pipeline
from shared.pipelines.node import Node
from shared.platform.machines import Ended

NodeOf = Callable[[str], Node]


class CompiledMachines:
    """The ports `Machines` and `Functions` of pipelines by their ARN."""

    def __init__(self, machines: Mapping[str, tuple[Pipeline, NodeOf]]) -> None:
        self._machines = machines
        self.started: list[Mapping[str, Any]] = []

    def run(self, arn: str, name: str, item: Mapping[str, Any]) -> Ended:
        self.started.append(item)
        shape, node_of = self._machines[arn]
        return walk(compile_pipeline(shape, str), node_of, item)

    def called_by(self, arn: str, state: str) -> str | None:
        shape, _ = self._machines[arn]
        return f"{arn}/{state}" if state in shape.all_nodes() else None

    def call(self, name: str, payload: Mapping[str, Any], tenant: str = "") -> dict[str, Any]:
        machine, _, node = name.rpartition("/")
        after: dict[str, Any] = self._machines[machine][1](node).handler(payload, None)
        return json.loads(json.dumps(after))


def walk(machine: Mapping[str, Any], node_of: NodeOf, item: Any) -> Ended:
    """How an execution ends; pauses are left out."""
    name = machine["StartAt"]
    while True:
        state = machine["States"][name]
        if state["Type"] == "Succeed":
            return Ended("SUCCEEDED", item)
        if state["Type"] == "Fail":
            return Ended("FAILED", {}, state["Error"], json.dumps([item["failure"], item["trace"]]))
        if state["Type"] == "Choice":
            rules = {rule["StringEquals"]: rule["Next"] for rule in state["Choices"]}
            name = rules.get(item["route"], state["Default"])
        else:
            name, item = _task(state, node_of, item)


def _task(state: Mapping[str, Any], node_of: NodeOf, item: Any) -> tuple[str, Any]:
    node = node_of(state["Parameters"]["FunctionName"])
    counts = [0] * len(state["Retry"])
    while True:
        try:
            event = {"item": copy.deepcopy(item), "attempt": sum(counts)}
            return state["Next"], _through_json(node.handler(event, None))
        except Exception as error:
            kind = type(error).__name__
            rule = next((n for n, r in enumerate(state["Retry"]) if _names(r, kind)), None)
            if rule is not None and counts[rule] < state["Retry"][rule]["MaxAttempts"]:
                counts[rule] += 1
                continue
            cause = json.dumps({"errorType": kind, "errorMessage": str(error)})
            catch = state["Catch"][0]["Next"]
            return catch, {**item, "failure": {"Error": kind, "Cause": cause}}


def _names(rule: Mapping[str, Any], kind: str) -> bool:
    return kind in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]


def _through_json(answer: Any) -> Any:
    return json.loads(json.dumps(answer))
