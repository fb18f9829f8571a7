"""A request with a key that puts an event onto the platform: answered again, not done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from shared.crm.idempotency import WRITE, Answer, Idempotency
from shared.crm.leads import Caller
from shared.platform.tables import Put, TransactionRefusedError

R = TypeVar("R")


def once(idempotency: Idempotency, caller: Caller, step: Callable[[], R]) -> R:
    """What the step gives.

    Raises:
        AlreadyAnsweredError: the key came before, or while the step was done.
        IdempotencyKeyReusedError: it came with another request.
    """
    tenant = caller.principal.tenant
    idempotency.check(tenant, caller.attempt)
    try:
        return step()
    except TransactionRefusedError as refused:
        if WRITE in refused.labels:
            idempotency.check(tenant, caller.attempt)
        raise


def answered(idempotency: Idempotency, caller: Caller, status: int, body: str) -> list[Put]:
    """The writes that let a repeated request have this answer."""
    tenant = caller.principal.tenant
    return idempotency.writes(tenant, caller.attempt, lambda: Answer(status, body, None))


def known_id(caller: Caller) -> str | None:
    """The same id for the same key, so that what is done outside twice is known there."""
    if caller.attempt is None:
        return None
    said = json.dumps([caller.principal.tenant, caller.principal.subject, caller.attempt.key])
    return f"key-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
