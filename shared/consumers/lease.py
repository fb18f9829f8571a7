"""A lease on one event: who holds it may have its effect outside; time takes it from the dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from shared.platform.clock import Clock
from shared.platform.tables import Absent, Delete, FieldIs, Put, Tables, TransactionRefusedError

HELD: Final = timedelta(seconds=60)
"""Longer than a consumer may run."""
_LEASE_WRITE: Final = "lease"


class LeasedError(Exception):
    """Another delivery of the event is at work."""


@contextmanager
def leased(
    tables: Tables, table: str, tenant: str, consumer: str, event_id: str, clock: Clock
) -> Iterator[None]:
    """Holds the lease; a failure gives it back, success leaves it to its time.

    Raises:
        LeasedError: somebody else holds it.
    """
    key = {"pk": f"{tenant}#lease#{consumer}#{event_id}"}
    now = int(clock().timestamp())
    before = tables.get(table, key)
    if before and before["expires_at"] > now:
        raise LeasedError(f"{consumer} is at work on {event_id}; it is tried again")
    item = {**key, "expires_at": now + int(HELD.total_seconds())}
    when = FieldIs("expires_at", before["expires_at"]) if before else Absent()
    try:
        tables.transact([Put(table, item, when, label=_LEASE_WRITE)])
    except TransactionRefusedError:
        raise LeasedError(f"{consumer} is at work on {event_id}; it is tried again") from None
    try:
        yield
    except Exception:
        tables.transact([Delete(table, key)])
        raise
