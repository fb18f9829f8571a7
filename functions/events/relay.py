"""The outbox relay: what the table's stream shows is put on the bus at once."""

from __future__ import annotations

from typing import Any

from functions.events.relaying import relay
from shared.events.envelope import from_wire


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Relays a batch of the stream; from the first event that failed on, the batch comes again."""
    numbers: dict[str, str] = {}
    events = []
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        if "event" in image and "pending_pk" in image:
            events.append(found := from_wire(image["event"]["S"]))
            numbers[found.id] = record["dynamodb"]["SequenceNumber"]
    failed = relay(events).failed
    return {"batchItemFailures": [{"itemIdentifier": numbers[e.id]} for e, _ in failed[:1]]}
