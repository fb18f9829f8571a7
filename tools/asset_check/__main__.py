"""`python -m tools.asset_check`: builds every asset for this machine and calls each function."""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from infra.assets.archive import archive
from infra.assets.build import AssetError, build, install
from infra.assets.kinds import ROOT, SOURCES, kind_of
from infra.assets.python import NoPythonError, python_of_lambda
from local import blueprint
from local.demo import Demo
from local.lambda_host import FunctionSpec, InvocationResult
from local.platform import Options, Platform
from local.provision.clients import aws
from tools.asset_check import events
from tools.asset_check.task import Task, call, fault

HOST: Final = ROOT / "build" / "host"
LOG_AND_TRACES: Final = ("logs:", "xray:")
"""What a role may do that the function itself never calls."""


class Check:
    """Calls the functions of a running platform, each from its asset."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._resources = blueprint.load(ROOT / "infra" / "blueprint")
        self._principal: dict[str, Any] = {}
        # A queue that nobody but the check takes messages from.
        self._queue = aws("sqs").create_queue(QueueName="asset-check")["QueueUrl"]

    def run(self) -> list[str]:
        """Calls everything, prints a line each, and tells what was not whole."""
        functions = self._platform.deployment.wiring.functions
        # The authorizer first: it says whom the CRM is to serve.
        faults = [self._line(functions[n]) for n in sorted(functions, key=_authorizer_first)]
        return [fault for fault in faults if fault]

    def _line(self, spec: FunctionSpec) -> str | None:
        kind, log = kind_of(spec.handler), list[str]()
        if "QUEUE_URL" in spec.environment:
            spec = replace(spec, environment={**spec.environment, "QUEUE_URL": self._queue})
        sdk = self._calls_aws(spec.name)
        beside = (HOST / "ric", *((HOST / "sdk",) if sdk else ()))
        task = Task(python_of_lambda(), HOST / kind, beside, self._platform.aws_url)
        result = call(spec, task, json.dumps(self._event(spec)).encode(), log)
        if spec.handler.endswith("authorizer.handler") and not result.failed:
            self._principal = json.loads(result.payload).get("context", {})
        wrong = fault(result)
        verdict = "BROKEN" if wrong else "answers"
        print(f"{spec.name:<32} {kind:<9} {'sdk' if sdk else '-':<4} {verdict}  {_short(result)}")
        return f"{spec.name}: {wrong}\n  " + "\n  ".join(log[-20:]) if wrong else None

    def _event(self, spec: FunctionSpec) -> Mapping[str, Any]:
        module = spec.handler.removesuffix(".handler").removeprefix("functions.")
        known = {
            "crm.handler": lambda: events.request(self._principal),
            "identity.handler": events.registration,
            "identity.authorizer": lambda: events.question(self._token()),
            "events.relay": events.stream,
            "events.sweeper": lambda: {"grace": 0},
            "events.replayer": lambda: {"Records": []},
            "pipeline_nodes.starter": lambda: self._message(events.of_a_pipeline()),
            "crm.importer": lambda: self._message(self._upload()),
            "workflow_loops.handler": lambda: events.request(
                self._principal, "/workflows/", events.WORKFLOW
            ),
            "workflow_loops.runner": events.task,
            "workflow_loops.overdue": dict,
            "workflow_loops.collector": dict,
            "workflow_loops.failure_starter": lambda: self._message(events.failed_run()),
            "python_tool.handler": lambda: {"code": "result = 1", "seconds": 5},
        }
        if module in known:
            return known[module]()
        if module.startswith("events.consumers."):
            return self._message(events.sample())
        if module.startswith("pipeline_nodes."):
            return events.step(module.split(".")[1])
        return events.sample()

    def _message(self, event: dict[str, Any]) -> dict[str, Any]:
        return events.message(aws("sqs"), self._queue, event)

    def _upload(self) -> dict[str, Any]:
        return events.upload(aws("s3"), self._platform.deployment.name("ImportBucket"))

    def _token(self) -> str:
        deployment = self._platform.deployment
        told = (deployment.attribute(name, "Ref") for name in ("UserPool", "UserPoolClient"))
        return Demo(*told, deployment.name("IdentityTable")).mint()

    def _calls_aws(self, function: str) -> bool:
        role = self._resources[function].properties["Role"]["Fn::GetAtt"][0]
        statements = (
            statement
            for policy in self._resources[role].properties["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
        )
        actions = (a for s in statements for a in _listed(s["Action"]))
        return any(not action.startswith(LOG_AND_TRACES) for action in actions)


def _authorizer_first(name: str) -> tuple[bool, str]:
    return "Authorizer" not in name, name


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _short(result: InvocationResult) -> str:
    answer = json.loads(result.payload)
    if answer.get("isBase64Encoded"):
        answer["body"] = base64.b64decode(answer["body"]).decode()
    text = json.dumps(answer)
    return text if len(text) <= 72 else f"{text[:69]}..."


def build_twice() -> None:
    """Builds each asset twice for Lambda; raises if the archives differ in a byte."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in SOURCES:
            digests = []
            for number in ("first", "second"):
                out = Path(folder) / number / kind
                build(kind, out)
                digests.append(archive(out, out.with_suffix(".zip")))
            if digests[0] != digests[1]:
                raise AssetError(f"asset {kind}: two builds of the same sources differ")
            print(f"{kind:<9} built twice: {digests[0][:16]} {digests[1][:16]}")


def main() -> int:
    """1 when an asset is not whole or not built alike twice."""
    try:
        build_twice()
        for kind in SOURCES:
            build(kind, HOST / kind, host=True)
        for name in ("ric", "sdk"):
            install(name, HOST / name, python_of_lambda())
    except (AssetError, NoPythonError) as error:
        print(error, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as home:
        options = Options(port=0, aws_port=0, home=Path(home))
        with Platform(options) as platform:
            platform.ready.wait(60)
            faults = Check(platform).run()
    for one in faults:
        print(one, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
