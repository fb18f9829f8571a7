"""A write of the API under an `Idempotency-Key`: the effect once, and the same answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from shared.crm.idempotency import WRITE, Answer, Idempotency
from shared.crm.leads import Caller
from shared.platform.tables import TransactionRefusedError, Write


@dataclass(frozen=True, slots=True)
class Once:
    """What requests with a key share."""

    idempotency: Idempotency

    @contextmanager
    def only(self, caller: Caller) -> Iterator[None]:
        """Around the effect.

        Raises:
            AlreadyAnsweredError: the key came before with this request.
            IdempotencyKeyReusedError: it came with another one.
        """
        tenant = caller.principal.tenant
        self.idempotency.check(tenant, caller.attempt)
        try:
            yield
        except TransactionRefusedError as refused:
            if WRITE in refused.labels:
                self.idempotency.check(tenant, caller.attempt)
            raise

    def writes(self, caller: Caller, answer: Callable[[], Answer]) -> Sequence[Write]:
        """What belongs into the transaction of the effect."""
        return self.idempotency.writes(caller.principal.tenant, caller.attempt, answer)


def known_id(caller: Caller) -> str | None:
    """The same id for the same key, so that what is done outside twice is known there."""
    if caller.attempt is None:
        return None
    said = json.dumps([caller.principal.tenant, caller.principal.subject, caller.attempt.key])
    return f"key-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
