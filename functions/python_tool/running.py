"""A program in a process without environment, bounded in time, memory and what it may say."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

MOST: Final = 1_000_000
"""Bytes of an answer."""
_START: Final = 2.0
"""Seconds that a process may take to start, beside its own."""
_PROGRAM: Final = Path(__file__).with_name("program.py")


def run(code: str, data: Any, seconds: float) -> dict[str, Any]:
    """What a program did: its result, what it printed, and what went wrong."""
    folder = tempfile.mkdtemp(prefix="program-")
    try:
        return _run(json.dumps({"code": code, "data": data, "seconds": seconds}), seconds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(request: str, seconds: float, folder: str) -> dict[str, Any]:
    with subprocess.Popen(  # noqa: S603 - the program that is run is ours; what it reads is not
        [sys.executable, "-I", "-S", "-B", str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd=folder,
        start_new_session=True,
    ) as process:
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(seconds + _START, end)
        timer.start()
        try:
            answer = _answer(process, request.encode())
        finally:
            timer.cancel()
            _kill(process)
    if late.is_set() or process.returncode == -signal.SIGXCPU:
        return _ended(f"Timeout: took longer than {seconds:g} s")
    if len(answer) > MOST:
        return _ended(f"TooLarge: the answer has more than {MOST:,} bytes")
    return _read(answer, process.returncode)


def _answer(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:  # pragma: no cover - both are pipes
        raise RuntimeError("the process has no pipes")
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(request)
        process.stdin.close()
    return process.stdout.read(MOST + 1)


def _read(answer: bytes, code: int) -> dict[str, Any]:
    try:
        found = json.loads(answer)
        return {name: found[name] for name in ("result", "stdout", "error")}
    except (ValueError, KeyError, TypeError, RecursionError):
        return _ended(f"Ended: the program ended its process (code {code}); it may need less")


def _ended(error: str) -> dict[str, Any]:
    return {"result": None, "stdout": "", "error": error}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group: a program cannot leave anything behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
