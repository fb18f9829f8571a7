"""A patched moto in this process, with hooks that tests read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws

from local import seams
from local.provision.clients import aws


class Local:
    """What the seams told, and how functions answer."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.delivered: list[tuple[str, str, str | None]] = []
        self.functions: dict[str, Any] = {}

    def invoke(self, name: str, payload: bytes) -> tuple[bytes, bool, str]:
        return self.functions[name](payload)


@contextmanager
def patched() -> Iterator[Local]:
    """Until it is left; there is one at a time."""
    world = Local()
    seams.prepare_environment(0)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        aws.cache_clear()
        seams.install(
            check=lambda key, service, wanted: None,
            invoke=world.invoke,
            deliver=lambda *how: world.delivered.append(how),
            on_stream_record=lambda table, record: world.records.append(record),
        )
        seams.install_interpreter(lambda role, session: {})
        yield world
