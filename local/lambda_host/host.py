"""Invokes functions: finds or starts an environment, bounds concurrency, keeps warm ones."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from local.lambda_host import forked
from local.lambda_host.environment import INIT_SECONDS, Environment, LogSink
from local.lambda_host.runtime_api import RuntimeApi
from local.lambda_host.spec import FunctionSpec, InvocationResult, failure

Credentials = Callable[[FunctionSpec], Mapping[str, str]]
"""The credentials of a function, as environment variables."""

_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE")
_IDLE_SECONDS: Final = 600.0
_QUEUE_SECONDS: Final = 60.0
"""How long an invocation waits for a free environment before it is throttled."""


class _Pool:
    """The environments of one function."""

    def __init__(self, spec: FunctionSpec) -> None:
        self.spec = spec
        self.idle: list[Environment] = []
        self.slots = threading.BoundedSemaphore(spec.concurrency)


class LambdaHost:
    """The functions of a platform."""

    def __init__(
        self, root: Path, endpoint: str, credentials: Credentials, log: LogSink | None = None
    ) -> None:
        """`endpoint` is where the functions find AWS."""
        self._root = root
        self._endpoint = endpoint
        self._credentials = credentials
        self._log: LogSink = log or (lambda function, line: None)
        self._pools: dict[str, _Pool] = {}
        self._environments: dict[str, Environment] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._api = RuntimeApi(self._environments.get)
        if forked.AVAILABLE:
            forked.nursery()  # it imports while the platform starts
        threading.Thread(target=self._reap, daemon=True, name="lambda-reaper").start()

    def add(self, spec: FunctionSpec) -> None:
        """Makes a function known; one of the same name is replaced."""
        self._pools[spec.name] = _Pool(spec)

    def invoke(self, name: str, payload: bytes) -> InvocationResult:
        """Calls a function and waits for its answer, its error, or its time-out."""
        pool = self._pools.get(name)
        if pool is None:
            return failure("ResourceNotFoundException", f"Function not found: {name}")
        if not pool.slots.acquire(timeout=_QUEUE_SECONDS):
            return failure("TooManyRequestsException", f"{name}: rate exceeded")
        try:
            environment = self._take(pool)
            if environment is None:
                return failure("ServiceException", f"{name}: the platform is stopping")
            result = environment.invoke(payload)
            self._give_back(pool, environment)
            return result
        finally:
            pool.slots.release()

    def prewarm(self, name: str) -> Environment | None:
        """Starts an environment before it is needed; None if the host is closed."""
        pool = self._pools[name]
        with self._lock:
            if self._closed.is_set():
                return None
            environment = self._start(pool.spec)
            pool.idle.append(environment)
            return environment

    def prewarm_in_turn(self, names: Iterable[str]) -> None:
        """Starts one after the other: all at once would take the processors from who is called."""
        for name in names:
            environment = self.prewarm(name)
            if environment is None:
                return
            environment.ready.wait(INIT_SECONDS)

    def kill_one(self, name: str | None = None) -> str | None:
        """Kills a random live environment, for tests of faults; which function's it was."""
        with self._lock:
            live = [
                e for e in self._environments.values() if e.alive and name in (None, e.spec.name)
            ]
        if not live:
            return None
        chosen = random.choice(live)
        chosen.kill()
        return chosen.spec.name

    def close(self) -> None:
        """Ends every environment."""
        self._closed.set()
        with self._lock:
            environments = list(self._environments.values())
        for environment in environments:
            environment.kill()
        for environment in environments:
            environment.wait()
        self._api.close()

    def _take(self, pool: _Pool) -> Environment | None:
        with self._lock:
            if self._closed.is_set():  # under the lock: `close` would not see one started now
                return None
            while pool.idle:
                environment = pool.idle.pop()
                if environment.alive:
                    return environment
                self._environments.pop(environment.id, None)
            return self._start(pool.spec)

    def _give_back(self, pool: _Pool, environment: Environment) -> None:
        with self._lock:
            if environment.alive and not self._closed.is_set():
                pool.idle.append(environment)
            else:
                self._environments.pop(environment.id, None)

    def _start(self, spec: FunctionSpec) -> Environment:
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        variables = {
            **passed_on,
            **spec.environment,
            **self._credentials(spec),
            "_HANDLER": spec.handler,
            "LAMBDA_TASK_ROOT": str(self._root),
            "AWS_LAMBDA_FUNCTION_NAME": spec.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
        }
        environment = Environment(spec, variables, self._log)
        self._environments[environment.id] = environment
        environment.start(self._api.address, self._root)
        return environment

    def _reap(self) -> None:
        while not self._closed.wait(30):
            with self._lock:
                for pool in self._pools.values():
                    old = [e for e in pool.idle if time.monotonic() - e.used_at > _IDLE_SECONDS]
                    for environment in old:
                        pool.idle.remove(environment)
                        self._environments.pop(environment.id, None)
                        environment.kill()
