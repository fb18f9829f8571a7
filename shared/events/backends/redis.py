"""Redis or Valkey pub/sub: listeners in any process hear an event at once.

Pub/sub keeps nothing, and this backend never holds its publisher up: while the server is away,
messages wait here, within a bound, and are sent in their order when it is back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Protocol

from shared.events.backends.base import EventBackend
from shared.events.backends.channels import channel
from shared.events.backends.waiting import Waiting
from shared.events.envelope import Event

PREFIX: Final = "crm:events:"
WAITING: Final = 10_000
RETRY: Final = 1.0
TIMEOUT: Final = 1.0
"""Seconds that a publisher may be held by a server that does not answer."""


class RedisClient(Protocol):
    """What is needed of a client; those of Redis and of Valkey have it."""

    def publish(self, channel: str, message: str) -> Any:
        """Sends a message to whoever listens."""


class RedisEventBackend(EventBackend):
    """Publishes to `crm:events:{tenant}:{topic}`."""

    def __init__(
        self,
        redis: RedisClient | str | None = None,
        *,
        redis_client: RedisClient | None = None,
        redis_url: str | None = None,
        host: str | None = None,
        port: int = 6379,
        waiting: int = WAITING,
        retry: float = RETRY,
    ) -> None:
        """A client, an address, or host and port.

        Args:
            waiting: how many messages are kept while the server is away; of more the oldest are
                given up, and listeners of their channels are told of the gap.
            retry: seconds between two tries to reach it.
        """
        given = [one for one in (redis, redis_client, redis_url, host) if one is not None]
        if len(given) != 1:
            raise ValueError("name one of redis_client, redis_url and host")
        self.redis: RedisClient = _client(given[0], port if host else None)
        self.waiting = Waiting(self.redis.publish, waiting, retry)

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`; it refuses nothing."""
        message = json.dumps(event.to_dict(), ensure_ascii=False, default=str)
        for topic in topics or ("default",):
            self.waiting.send(PREFIX + channel(event, topic), message)

    def close(self) -> None:
        """Sends what waits if the server is there, and stops trying."""
        self.waiting.close()


def _client(given: RedisClient | str, port: int | None) -> RedisClient:
    if not isinstance(given, str):
        return given
    from valkey import Valkey  # whoever brings a client needs no other

    if port is not None:
        made: RedisClient = Valkey(host=given, port=port, socket_timeout=TIMEOUT)
    else:
        made = Valkey.from_url(given, socket_timeout=TIMEOUT)
    return made
