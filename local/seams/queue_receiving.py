"""Queues under many threads: receiving, deleting and hiding of messages take turns.

moto guards the adding of messages only; two consumers can receive one message at one moment. Its
event source mappings call the function inside the sender's request: no queue knows them, the
pollers of `local.delivery` deliver.
"""

from __future__ import annotations

import time
from typing import Any

from moto.sqs.models import Queue, SQSBackend

from local.seams.replacing import replace
from local.seams.state_lock import CHANGES, STATE_LOCK

_stock_receive = SQSBackend.receive_message
_guarded = ("delete_message", "delete_message_batch", "change_message_visibility")


def _receive(
    self: Any,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> Any:
    until = time.monotonic() + (wait_seconds_timeout or 0)
    while True:
        with STATE_LOCK:
            found = _stock_receive(
                self, queue_name, count, 0, visibility_timeout, message_attribute_names
            )
            if found:
                CHANGES.note()
        if found or time.monotonic() >= until:
            return found
        self.get_queue(queue_name).wait_for_messages(min(1.0, max(0.0, until - time.monotonic())))


def _taking_turns(stock: Any) -> Any:
    def guarded(self: Any, *positional: Any, **named: Any) -> Any:
        with STATE_LOCK:
            CHANGES.note()
            return stock(self, *positional, **named)

    guarded.taking_turns = True  # type: ignore[attr-defined]
    return guarded


def install() -> None:
    """Replaces the operations on messages, and takes moto's own mappings from its queues."""
    replace(Queue, lambda_event_source_mappings=property(lambda self: {}, lambda self, given: None))
    replace(SQSBackend, receive_message=_receive)
    for owner, names in ((SQSBackend, _guarded), (Queue, ("add_message",))):
        for name in names:
            stock = getattr(owner, name)
            if not hasattr(stock, "taking_turns"):
                replace(owner, **{name: _taking_turns(stock)})
