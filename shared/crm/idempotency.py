"""A request with a key takes effect once: key and answer are written with the effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.crm.errors import AlreadyAnsweredError, IdempotencyKeyReusedError
from shared.platform.clock import Clock
from shared.platform.tables import Absent, FieldIs, Put, Tables

KEPT: Final = timedelta(hours=24)
WRITE: Final = "idempotency"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request that may come again: who sends it, under which key, and what it says."""

    subject: str
    key: str
    request: str
    """Method, path and body; only its hash is stored."""
    kept: timedelta = KEPT
    """For how long the key is known."""

    def fingerprint(self) -> str:
        """Tells two requests apart."""
        return hashlib.sha256(self.request.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, now and when the request comes again."""

    status: int
    body: str
    etag: str | None


class Idempotency:
    """Answers that were given, by tenant, caller and key."""

    def __init__(self, tables: Tables, table: str, clock: Clock) -> None:
        self._tables = tables
        self._table = table
        self._clock = clock

    def check(self, tenant: str, attempt: Attempt | None) -> None:
        """Raises AlreadyAnsweredError or IdempotencyKeyReusedError if the key came before."""
        if attempt is None:
            return
        item = self._tables.get(self._table, _key(tenant, attempt))
        if item is None or item["expires_at"] < self._clock().timestamp():
            return
        if item["fingerprint"] != attempt.fingerprint():
            raise IdempotencyKeyReusedError("this key was used for another request; take a new one")
        raise AlreadyAnsweredError(int(item["status"]), item["body"], item.get("etag"))

    def writes(
        self, tenant: str, attempt: Attempt | None, answer: Callable[[], Answer]
    ) -> list[Put]:
        """The write that belongs into the transaction of the effect, if there is a key."""
        if attempt is None:
            return []
        given = answer()
        item: dict[str, Any] = {
            **_key(tenant, attempt),
            "fingerprint": attempt.fingerprint(),
            "status": given.status,
            "body": given.body,
            "expires_at": int((self._clock() + attempt.kept).timestamp()),
        }
        if given.etag:
            item["etag"] = given.etag
        return [Put(self._table, item, self._free(tenant, attempt), label=WRITE)]

    def _free(self, tenant: str, attempt: Attempt) -> Absent | FieldIs:
        """On which condition a key may be taken: a row that is over stays for days."""
        item = self._tables.get(self._table, _key(tenant, attempt))
        if item is None or item["expires_at"] >= self._clock().timestamp():
            return Absent()
        return FieldIs("expires_at", item["expires_at"])


def _key(tenant: str, attempt: Attempt) -> dict[str, str]:
    hashed = hashlib.sha256(attempt.key.encode()).hexdigest()
    return {"pk": f"{tenant}#request#{attempt.subject}#{hashed}"}
