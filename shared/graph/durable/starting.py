"""A run before its first state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.graph.durable.header import Header
from shared.graph.durable.journal import NOTES
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.suspending import Parent
from shared.graph.record import Record
from shared.graph.values import freeze


def start_run(
    store: RecordStore,
    tenant: str,
    execution: str,
    flow: str,
    given: Mapping[str, Any],
    *,
    pins: Mapping[str, Any] | None = None,
    record: Record | None = None,
    parent: Parent | None = None,
) -> dict[str, Any]:
    """Writes what a run starts with; the input of its state machine.

    Args:
        store: where the record is kept.
        tenant: whose run it is.
        execution: its id, which is also the name of the execution.
        flow: which published version it runs.
        given: its input.
        pins: outputs that stand for nodes.
        parent: who waits for the run.
        record: where an earlier attempt came to: nothing that stands there is run again.

    Raises:
        ResultError: the input is no JSON.
    """
    store.put_header(
        tenant, execution, Header(flow, freeze(dict(given)), dict(pins or {}), parent=parent)
    )
    if record is not None:
        done = record.for_resume()
        for entry in done:
            store.put_entry(tenant, execution, entry)
        for item in done.items.values():
            store.put_item(tenant, execution, item)
        for key, note in done.notes.items():
            store.put_note(tenant, execution, NOTES, key, note)
    return at_start(tenant, execution)


def at_start(tenant: str, execution: str) -> dict[str, Any]:
    """The input of a run's state machine, which is where it stands and no data."""
    return {"tenant": tenant, "execution": execution, "path": "", "route": None}


def whole_flow(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the node runner is called with to run a whole flow in one call, or to go on with it.

    `given` is what `at_start` says. What came of it stands in the record.
    """
    return {"node": "", "mode": "flow", "state": dict(given)}
