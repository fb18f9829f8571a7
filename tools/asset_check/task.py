"""One function, started from its asset by Lambda's runtime client."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.lambda_host.environment import Environment
from local.lambda_host.runtime_api import RuntimeApi
from local.lambda_host.spec import FunctionSpec, InvocationResult

_ISOLATED: Final = ("-S", "-s", "-P")
"""No installed packages, neither the machine's nor the user's, and not where it was started."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a function runs on."""

    python: str
    asset: Path
    beside: tuple[Path, ...]
    """Folders that Lambda itself puts on the path."""
    endpoint: str
    """Where it finds AWS."""

    def variables(self, spec: FunctionSpec) -> dict[str, str]:
        """The whole environment of its process: nothing of this one's."""
        return {
            **spec.environment,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(map(str, (self.asset, *self.beside))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(self.asset),
            "_HANDLER": spec.handler,
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "asset-check",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


class _FromAsset(Environment):
    """An environment whose process is Lambda's runtime client in the folder of the asset."""

    def __init__(self, spec: FunctionSpec, task: Task, log: list[str]) -> None:
        super().__init__(spec, task.variables(spec), lambda _, line: log.append(line))
        self._task = task

    def start(self, api: str, root: Path) -> None:
        """Starts the process; `root` is where it finds its code."""
        self._process = subprocess.Popen(
            [self._task.python, *_ISOLATED, "-m", "awslambdaric", self.spec.handler],
            env={**self._variables, "AWS_LAMBDA_RUNTIME_API": api},
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._watch, daemon=True).start()


def call(spec: FunctionSpec, task: Task, event: bytes, log: list[str]) -> InvocationResult:
    """Starts a function, calls it once, and ends it."""
    environment = _FromAsset(spec, task, log)
    api = RuntimeApi(lambda _: environment)
    environment.start(api.address, task.asset)
    try:
        return environment.invoke(event)
    finally:
        environment.kill()
        environment.wait()
        api.close()


def fault(result: InvocationResult) -> str | None:
    """What shows that a function was not whole: an error that its handler let out."""
    if not result.failed:
        return None
    error: dict[str, Any] = result.error()
    return f"{error.get('errorType')}: {error.get('errorMessage')}"
