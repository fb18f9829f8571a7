"""What comes from outside to a node that waits."""

from __future__ import annotations

from typing import Any

from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.single import ANSWER, TOKEN
from shared.graph.record import Status
from shared.graph.values import freeze


class NotWaitingError(ValueError):
    """The node does not wait: it was answered, expired, was passed over, or is not reached yet."""


def give_answer(
    store: RecordStore, tenant: str, execution: str, key: str, value: Any, route: str = ""
) -> str | None:
    """Writes an answer; the token that the state machine has to be told as done.

    Args:
        store: where the record is kept.
        tenant: whose run it is.
        execution: which run.
        key: the node, behind the path of its items.
        value: the answer; a node with decisions of its own reads it.
        route: the output to leave by, if the answer says so.

    Returns:
        The token, or nothing: the state machine has not come to wait yet, so tell it later.

    Raises:
        NotWaitingError: nobody waits for it.
        ResultError: the answer is no JSON.
    """
    entry = store.entry(tenant, execution, key)
    if entry is None or entry.status is not Status.WAITING:
        raise NotWaitingError(f"{key}: waits for no answer; look at the run again")
    note = {"value": freeze(value), **({"route": route} if route else {})}
    store.put_note(tenant, execution, ANSWER, key, note)
    found = store.note(tenant, execution, TOKEN, key)
    return str(found["token"]) if found else None
