"""The other ports: queues, machines, mail, and a clock that is moved by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.platform.blobs import MissingBlobError
from shared.platform.machines import Ended
from shared.platform.mail import Message


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.now = at

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class MemoryQueues:
    """The port `Queues`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.waits: list[int] = []
        self.delayed: list[tuple[str, str, int]] = []
        self.in_order: dict[str, tuple[str, str]] = {}
        """Group and body of what was sent in order, by its name."""

    def send(self, queue_url: str, body: str, after: int = 0) -> None:
        self.sent.append((queue_url, body))
        self.waits.append(after)

    def send_all(self, queue_url: str, bodies: Sequence[str]) -> None:
        for body in bodies:
            self.send(queue_url, body)

    def send_in_order(self, queue_url: str, body: str, group: str, once: str) -> None:
        if once not in self.in_order:
            self.in_order[once] = (group, body)
            self.send(queue_url, body)

    def delay(self, queue_url: str, receipt: str, seconds: int) -> None:
        self.delayed.append((queue_url, receipt, seconds))


class MemoryBlobs(dict[str, str]):
    """The port `Blobs`."""

    def write(self, name: str, text: str) -> None:
        self[name] = text

    def read(self, name: str) -> str:
        if name not in self:
            raise MissingBlobError(name)
        return self[name]


class MemoryKms:
    """The port `Kms`: counts how often it is asked, and fails as it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails: Exception | None = None

    def generate(self, tenant: str) -> tuple[bytes, bytes]:
        self._ask("generate")
        plain = os.urandom(32)
        return plain, f"{tenant}|{plain.hex()}".encode()

    def decrypt(self, tenant: str, encrypted: bytes) -> bytes:
        self._ask("decrypt")
        bound, text = encrypted.decode().split("|")
        if bound != tenant:
            raise ValueError("InvalidCiphertextException")
        return bytes.fromhex(text)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.fails:
            raise self.fails


class ScriptedMachines:
    """The port `Machines`: answers with what a function makes of the item."""

    def __init__(self, answer: Callable[[Mapping[str, Any]], Ended]) -> None:
        self.answer = answer
        self.names: list[str] = []
        self.states: set[str] = set()

    def run(self, arn: str, name: str, item: Mapping[str, Any]) -> Ended:
        self.names.append(name)
        return self.answer(item)

    def called_by(self, arn: str, state: str) -> str | None:
        return f"{arn}/{state}" if state in self.states else None


class ScriptedFunctions:
    """The port `Functions`: answers with what a function makes of the event."""

    def __init__(self, answer: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self.answer = answer

    def call(self, name: str, payload: Mapping[str, Any], tenant: str = "") -> dict[str, Any]:
        return self.answer(name, payload)


class MemoryMail:
    """The port `Mail`."""

    def __init__(self) -> None:
        self.sent: dict[tuple[str, str], Message] = {}

    def send(self, tenant: str, key: str, message: Message) -> bool:
        if (tenant, key) in self.sent:
            return False
        self.sent[tenant, key] = message
        return True
