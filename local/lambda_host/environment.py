"""One execution environment: a subprocess that handles one invocation at a time."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.lambda_host import forked
from local.lambda_host.spec import FunctionSpec, InvocationResult, failure

CLIENT: Final = Path(__file__).with_name("runtime_client.py")
INIT_SECONDS: Final = 30.0
"""Until the first request for an invocation; AWS allows ten, on a machine of its own."""

LogSink = Callable[[str, str], None]
"""Function name and a line it wrote."""


@dataclass(slots=True)
class Invocation:
    """One call on its way through an environment."""

    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deadline_ms: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    result: InvocationResult | None = None

    def end(self, result: InvocationResult) -> None:
        """Sets the result; the first one counts."""
        if not self.over.is_set():
            self.result = result
            self.over.set()

    def outcome(self) -> InvocationResult:
        """The result once it is over."""
        return self.result or failure("Runtime.Unknown", "no answer", self.request_id)


def _spawned(variables: Mapping[str, str], root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CLIENT)],
        env=dict(variables),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # Nobody writes to it: that it ends tells the subprocess that the platform is gone.
        stdin=subprocess.PIPE,
        text=True,
        errors="replace",
        # Ctrl-C in a terminal is for the platform, which ends its functions in order.
        process_group=0,
    )


class Environment:
    """A subprocess of a function, from its start to its end."""

    def __init__(self, spec: FunctionSpec, variables: Mapping[str, str], log: LogSink) -> None:
        self.id = uuid.uuid4().hex
        self.spec = spec
        self.waiting: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.current: Invocation | None = None
        self.ready = threading.Event()
        self.used_at = time.monotonic()
        self._init_error: bytes | None = None
        self._log = log
        self._variables = dict(variables)
        self._process: subprocess.Popen[str] | forked.Forked | None = None

    def start(self, api: str, root: Path) -> None:
        """Starts the subprocess; `api` is where its Runtime API is."""
        told = {**self._variables, "AWS_LAMBDA_RUNTIME_API": f"{api}/{self.id}"}
        self._process = (forked.nursery().fork if forked.AVAILABLE else _spawned)(told, root)
        threading.Thread(target=self._watch, daemon=True, name=f"{self.spec.name}-log").start()

    def invoke(self, payload: bytes) -> InvocationResult:
        """One invocation; afterwards `alive` says whether the environment can be used again."""
        invocation = Invocation(payload)
        self.current = invocation
        if not self.alive:
            return self._died(invocation)
        if not self._await_ready():
            self.kill()
            return failure("Sandbox.Timedout", "the function's imports did not end in time")
        if self._init_error is not None:
            return InvocationResult(self._init_error, True, invocation.request_id)
        invocation.deadline_ms = round((time.time() + self.spec.timeout) * 1000)
        self.waiting.put(invocation)
        if not invocation.over.wait(self.spec.timeout):
            seconds = f"{self.spec.timeout:.2f}"
            message = f"{invocation.request_id} Task timed out after {seconds} seconds"
            # Before the kill: whoever watches the process would call it an exit.
            invocation.end(failure("Sandbox.Timedout", message, invocation.request_id))
            self.kill()
            self.wait()
        self.current = None
        self.used_at = time.monotonic()
        return invocation.outcome()

    @property
    def alive(self) -> bool:
        """Whether the subprocess runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends the subprocess at once."""
        if self._process is not None:
            self._process.kill()
        self.waiting.put(None)

    def wait(self) -> None:
        """Waits until the subprocess is gone."""
        if self._process is not None:
            self._process.wait()

    def fail_init(self, error: bytes) -> None:
        """The function could not be imported."""
        self._init_error = error
        self.ready.set()

    def _await_ready(self) -> bool:
        until = time.monotonic() + INIT_SECONDS
        while not self.ready.wait(0.5):
            if not self.alive or time.monotonic() > until:
                return not self.alive
        return True

    def _watch(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        with process:
            for line in process.stdout:
                self._log(self.spec.name, line.rstrip("\n"))
            process.wait()
        self.ready.set()
        self.waiting.put(None)
        if self.current is not None:
            self._died(self.current)

    def _died(self, invocation: Invocation) -> InvocationResult:
        if self._init_error is not None:  # it said why before it went
            invocation.end(InvocationResult(self._init_error, True, invocation.request_id))
            return invocation.outcome()
        code = self._process.poll() if self._process else None
        how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
        message = f"RequestId: {invocation.request_id} Error: Runtime exited with error: {how}"
        invocation.end(failure("Runtime.ExitError", message, invocation.request_id))
        return invocation.outcome()
