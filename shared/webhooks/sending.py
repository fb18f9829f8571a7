"""One try of one delivery.

A try is claimed before it is made, in the row: of two messages for one try one is passed over. A
process that dies between sending and recording leaves a claim, which the sweeper finds when it is
over; the endpoint then gets the event again, under the same `webhook-id`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Final, Literal

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.http import (
    EgressRefusedError,
    Http,
    HttpAnswer,
    HttpCall,
    HttpTransportError,
)
from shared.platform.log import logger
from shared.platform.secrets import SecretGoneError, Secrets
from shared.platform.tables import Item, TransactionRefusedError, Write
from shared.webhooks import rows
from shared.webhooks.credentials import Credentials
from shared.webhooks.deliveries import GRACE, Deliveries, seconds_until
from shared.webhooks.delivery import Delivery, Try
from shared.webhooks.endpoints import credentials_of
from shared.webhooks.health import FAILED, GONE, PATIENCE, Health
from shared.webhooks.schedule import Jitter, left_alone, wait_after
from shared.webhooks.signing import signed
from shared.webhooks.stats import counts

Outcome = Literal["delivered", "again", "failed", "later", "cancelled", "passed", "lost"]

TIMEOUT: Final = 20.0
"""Seconds for everything, from the name's address to the last byte that is read."""
HELD: Final = timedelta(seconds=90)
"""A claim: longer than a function that sends may run."""
EXCERPT: Final = 1_000
"""Bytes of an answer that are read; characters of it that are kept."""
LONGEST_DELAY: Final = 900
"""Seconds that a queue can hold a message back; what is due later the sweeper sends."""
_GONE: Final = 410

log = logger("webhooks")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a try, and for how long the endpoint wants to hear nothing."""

    status: int | None
    ms: int
    error: str | None = None
    excerpt: str | None = None
    alone: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Makes the tries that messages ask for."""

    deliveries: Deliveries
    secrets: Secrets
    http: Http
    health: Health
    clock: Clock = utc_now
    jitter: Jitter = random.random
    timeout: float = TIMEOUT
    timer: Callable[[], float] = perf_counter

    async def take(self, asked: str) -> Outcome:
        """Makes the try that a message asks for, if it is still to be made."""
        told = json.loads(asked)
        found = self.deliveries.find(told["tenant"], told["endpoint"], told["delivery"])
        if found is None or found.status != "waiting" or found.step != told["step"]:
            return "passed"
        try:
            return await self._try(found)
        except TransactionRefusedError:  # another message of the same try was faster
            return "passed"

    async def _try(self, found: Delivery) -> Outcome:
        endpoint = self._endpoint(found)
        if endpoint is None:
            return self._end(found, "cancelled", "the endpoint was deleted")
        if not endpoint["enabled"]:
            return self._end(found, "failed", "the endpoint is disabled")
        body = self.deliveries.body(found.tenant, found.event_id)
        if body is None:
            return self._end(found, "failed", "what was to be sent is no longer kept")
        health = self.health.row(found.tenant, found.endpoint_id)
        if until := self.health.left_alone_until(health):
            return self._postpone(found, until - self.clock())
        claimed = self._claim(found)
        credentials, endpoint = self._credentials(found, endpoint)
        result = await self._send(claimed, endpoint, credentials, body)
        return self._record(claimed, result, health)

    def _claim(self, found: Delivery) -> Delivery:
        over = self.clock() + HELD
        tried = {"attempts": found.attempts + 1, "tries": found.tries + 1}
        claimed = found.waits(over, over, **tried)
        self._write(claimed, found.step)
        return claimed

    def _credentials(self, found: Delivery, endpoint: Item) -> tuple[Credentials, Item]:
        """Read once more if they were replaced since the endpoint was read."""
        try:
            return credentials_of(self.secrets, endpoint), endpoint
        except SecretGoneError:
            again = self._endpoint(found) or endpoint
            return credentials_of(self.secrets, again), again

    async def _send(
        self, claimed: Delivery, endpoint: Item, credentials: Credentials, body: str
    ) -> Result:
        now, started = self.clock(), self.timer()
        headers = {
            **credentials.headers,
            **signed(credentials.alive(now), claimed.event_id, body, now),
            "Content-Type": "application/json",
            "User-Agent": "Millrace-Webhooks/1",
        }
        call = HttpCall(
            "POST", endpoint["url"], headers, body.encode(), timeout=self.timeout,
            max_bytes=EXCERPT, cut=True, redirects=0,
        )  # fmt: skip
        try:
            answer = await self.http.send(call)
        except (HttpTransportError, EgressRefusedError) as error:
            ms = round((self.timer() - started) * 1000)
            busy = left_alone(None, {}, now) if error.error_type == "Timeout" else None
            said = credentials.hidden(f"{error.error_type}: {error}")[:300]
            return Result(None, ms, said, None, busy)
        return self._answered(answer, credentials)

    def _answered(self, answer: HttpAnswer, credentials: Credentials) -> Result:
        good = 200 <= answer.status < 300
        moved = 300 <= answer.status < 400
        error = None if good else f"it answered {answer.status}"
        alone = None if good else left_alone(answer.status, answer.headers, self.clock())
        return Result(
            answer.status, answer.duration_ms,
            f"{error}; redirects are not followed" if moved else error,
            _excerpt(answer.body, credentials), alone,
        )  # fmt: skip

    def _record(self, claimed: Delivery, result: Result, health: Item) -> Outcome:
        now = self.clock()
        one = Try(
            claimed.attempts, iso(now), result.ms, result.status, result.error, result.excerpt
        )
        after, outcome = self._after(claimed, one, result)
        try:
            self._write(after, claimed.step, counts(self.deliveries.table, after, one, now))
        except TransactionRefusedError:
            return "lost"  # it took so long that somebody else tries
        if after.status == "waiting":
            self._ask(after)
        self._tell_health(after, one, result, health)
        return outcome

    def _after(self, claimed: Delivery, one: Try, result: Result) -> tuple[Delivery, Outcome]:
        now, logged = self.clock(), claimed.logged(one)
        if one.succeeded:
            return claimed.ends("delivered", now, None, log=logged), "delivered"
        wait = wait_after(claimed.tries, self.jitter)
        if result.status == _GONE:
            return claimed.ends("failed", now, GONE, log=logged), "failed"
        if wait is None:
            return claimed.ends("failed", now, "every try failed", log=logged), "failed"
        return self._due(claimed, max(wait, result.alone or wait), log=logged), "again"

    def _tell_health(self, after: Delivery, one: Try, result: Result, health: Item) -> None:
        tenant, endpoint = after.tenant, after.endpoint_id
        if one.succeeded:
            return self.health.succeeded(tenant, endpoint, health)
        failing = self.health.failed(tenant, endpoint, health, result.alone)
        if result.status == _GONE:
            self.health.disable(tenant, endpoint, GONE)
        elif failing >= PATIENCE:
            self.health.disable(tenant, endpoint, FAILED)
        return None

    def _postpone(self, found: Delivery, wait: timedelta) -> Outcome:
        """Leaves a busy endpoint alone; this is no try, and those that wait come apart."""
        after = self._due(found, wait + timedelta(seconds=5 * self.jitter()))
        self._write(after, found.step)
        self._ask(after)
        return "later"

    def _due(self, before: Delivery, wait: timedelta, **changes: object) -> Delivery:
        due = self.clock() + wait
        queued = wait.total_seconds() <= LONGEST_DELAY
        return before.waits(due, due + GRACE if queued else due, **changes)

    def _ask(self, after: Delivery) -> None:
        assert after.due_at is not None  # noqa: S101 - it waits
        wait = seconds_until(after.due_at, self.clock())
        if wait <= LONGEST_DELAY:
            self.deliveries.ask(after, wait)

    def _end(self, found: Delivery, status: Literal["failed", "cancelled"], why: str) -> Outcome:
        self._write(found.ends(status, self.clock(), why), found.step)
        return status

    def _write(self, one: Delivery, step: int, also: Sequence[Write] = ()) -> None:
        at = self.deliveries
        at.tables.transact([one.write(at.table, step), *also])

    def _endpoint(self, found: Delivery) -> Item | None:
        key = rows.endpoint_key(found.tenant, found.endpoint_id)
        return self.deliveries.tables.get(self.deliveries.table, key)


def _excerpt(body: bytes, credentials: Credentials) -> str | None:
    """What can be read of the answer, without what is secret."""
    text = body[:EXCERPT].decode("utf-8", "replace")
    kept = "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text
    )
    return credentials.hidden(kept) or None
