"""Keeps the local state on disk: every two seconds if something changed, and at a clean stop."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from local import state

_HEADER: Final = b"millrace-state 1\n"
_EVERY_SECONDS: Final = 2.0


class Snapshots:
    """The snapshot of one home folder."""

    def __init__(self, home: Path, report: Callable[[str, str], None]) -> None:
        self._file = home / "state.bin"
        self._secrets = home / "secrets.json"
        self._report = report
        self._written = -1
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="snapshots")

    def secrets(self) -> dict[str, str]:
        """The secrets of the last start."""
        try:
            found: dict[str, str] = json.loads(self._secrets.read_text())
            return found
        except (OSError, ValueError):
            return {}

    def keep_secrets(self, values: dict[str, str]) -> None:
        """Keeps the secrets for the next start, for the owner's eyes only."""
        if values != self.secrets():
            replace_file(self._secrets, json.dumps(values).encode())

    def restore(self) -> None:
        """Loads the snapshot; an unreadable one is set aside and said, never a crash."""
        if not self._file.exists():
            return
        try:
            data = self._file.read_bytes()
            if not data.startswith(_HEADER):
                raise ValueError("written by another version")
            absent = state.load(data[len(_HEADER) :])
        except Exception as error:  # whatever is in the file, the platform must start
            aside = self._file.with_name(f"state.unreadable-{int(time.time())}")
            self._file.rename(aside)
            self._report("snapshot", f"unreadable ({error}); it is kept as {aside.name}")
            return
        for name in absent:
            self._report("snapshot", f"{name} no longer exists; what it held is dropped")
        self._written = state.change_count()

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def close(self) -> None:
        """Writes a last time."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._written = -1  # not every change is counted: those of users and secrets are not
        self._write()

    def _run(self) -> None:
        while not self._closed.wait(_EVERY_SECONDS):
            try:
                self._write()
            except Exception as error:  # one that cannot be taken must not be the last
                self._report("snapshot", f"not taken ({error!r}); the next change tries again")

    def _write(self) -> None:
        count = state.change_count()
        if count == self._written:
            return
        try:
            replace_file(self._file, _HEADER + state.dump())
        except OSError as error:
            # A full disk must not end the writing for good: the next change tries again.
            self._report("snapshot", f"not written ({error.strerror}); make room on the disk")
            return
        self._written = count


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file for its owner's eyes; a crash leaves the old one or the new one, whole."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    # The new name is only safe once the folder is.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
