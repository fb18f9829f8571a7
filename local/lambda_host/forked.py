"""Processes of functions that are forked by a nursery, as this process sees them."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self, TextIO

_SCRIPT: Final = Path(__file__).with_name("nursery.py")
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR")
_SET_CHILD_SUBREAPER: Final = 36
"""Of prctl: the kernel gives this process what its descendants leave behind."""
AVAILABLE: Final = sys.platform == "linux"
"""Elsewhere nobody can adopt a grandchild, and macOS forbids much after a fork."""


class Forked:
    """A forked process: what is needed of a `subprocess.Popen`."""

    def __init__(self, stdin: int, stdout: int, answer: int) -> None:
        self.stdout: TextIO = os.fdopen(stdout, errors="replace")
        self._stdin = stdin
        self._answer: int | None = answer
        self._pid = 0
        self._code: int | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """The process; leaving closes its pipes and waits for its end."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Closes what leads to the process, and waits."""
        self.stdout.close()
        os.close(self._stdin)
        self.wait()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        with self._lock:
            self._learn()
            if self._code is None:
                pid, status = os.waitpid(self._pid, os.WNOHANG)
                if pid:
                    self._code = os.waitstatus_to_exitcode(status)
            return self._code

    def wait(self) -> int:
        """Waits for the exit status."""
        while (code := self.poll()) is None:
            self._pause()
        return code

    def kill(self) -> None:
        """Ends it at once."""
        with self._lock:
            self._learn()
            # Nobody else waits for it, so the id is still its own.
            if self._code is None:
                os.kill(self._pid, signal.SIGKILL)

    def _pause(self) -> None:
        # Not a blocking wait under the lock: `kill` must get through.
        try:
            ended = os.pidfd_open(self._pid)
        except ProcessLookupError:  # another thread has just waited for it
            return
        try:
            select.select([ended], [], [])
        finally:
            os.close(ended)

    def _learn(self) -> None:
        """The id, which the nursery tells once it has time."""
        if self._answer is None:
            return
        # Its end comes once the nursery has let go of the process, and this one has adopted it.
        with os.fdopen(self._answer) as answer:
            told = answer.read()
        self._answer = None
        if told:
            self._pid = int(told)
        else:  # the nursery died before it
            self._code = -signal.SIGKILL


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-u", str(_SCRIPT)],
                stdin=theirs.fileno(),
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                process_group=0,
            )

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def fork(self, variables: Mapping[str, str], root: Path) -> Forked:
        """A new process of a function."""
        request = json.dumps({"variables": dict(variables), "root": str(root)}).encode()
        their_stdin, stdin = os.pipe()
        stdout, their_stdout = os.pipe()
        answer, their_answer = os.pipe()
        given = [their_stdin, their_stdout, their_answer]
        try:
            socket.send_fds(self._control, [request], given)
        finally:
            for each in given:
                os.close(each)
        return Forked(stdin, stdout, answer)


_lock: Final = threading.Lock()


_kept: list[Nursery] = []


def nursery() -> Nursery:
    """The one of this process, started at the first call; it ends with this process."""
    with _lock:
        if not _kept or not _kept[0].alive:
            _kept[:] = [Nursery()]
        return _kept[0]
