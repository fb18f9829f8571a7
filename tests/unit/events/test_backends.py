"""Backends that carry events to other backends, to listeners and to browsers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

import pytest

from shared.events import Event, EventBus, InMemoryEventBackend, LoggingEventBackend
from shared.events.backends import EventBackend, EventNotPublishedError
from shared.events.backends.batch import BatchEventBackend
from shared.events.backends.fan_out import FanOutEventBackend
from shared.events.backends.redis import RedisEventBackend
from shared.events.backends.websocket import WebSocketEventBackend

LONG = 60.0


class Faulty(EventBackend):
    """Refuses while it is down."""

    def __init__(self):
        self.down = True
        self.taken = []
        self.called = Signal()

    def publish(self, event, topics=None):
        if self.down:
            raise EventNotPublishedError("down")
        self.taken.append((event.event_type, topics))
        self.called.set()


def numbered(count):
    return [Event(f"lead.{number}", {}, tenant="t1") for number in range(count)]


def test_one_failing_backend_stops_no_other(caplog):
    memory = InMemoryEventBackend()
    EventBus(FanOutEventBackend([Faulty(), memory])).publish(Event("x", {}))
    assert len(memory.get_events()) == 1
    assert "not by Faulty: down" in caplog.text


@pytest.mark.parametrize(("others", "needed"), [([], ()), ([InMemoryEventBackend()], (0,))])
def test_a_fan_refuses_if_all_or_a_needed_one_failed(others, needed):
    with pytest.raises(EventNotPublishedError, match="Faulty: down"):
        FanOutEventBackend([Faulty(), *others], needed).publish(Event("x", {}))


def test_a_fan_of_nothing_is_told():
    with pytest.raises(ValueError, match="name one or more"):
        FanOutEventBackend([])
    with pytest.raises(ValueError, match="there are 0 to 0"):
        FanOutEventBackend([InMemoryEventBackend()], needed=[1])


def test_an_unknown_level_is_told():
    with pytest.raises(ValueError, match="log_level 'LOUD'"):
        LoggingEventBackend("LOUD")


def test_a_batch_goes_when_it_is_full():
    behind = Faulty()
    behind.down = False
    batch = BatchEventBackend(behind, batch_size=2, flush_interval=LONG)
    first, second = numbered(2)
    batch.publish(first, ["leads"])
    assert (len(batch), behind.taken) == (1, [])
    batch.publish(second)
    assert behind.called.wait(LONG)
    batch.close()
    assert behind.taken == [("lead.0", ("leads",)), ("lead.1", None)]


def test_a_batch_goes_after_an_interval():
    behind = Faulty()
    behind.down = False
    batch = BatchEventBackend(behind, batch_size=100, flush_interval=0.01)
    batch.publish(Event("x", {}))
    assert behind.called.wait(LONG)
    batch.close()


def test_nothing_is_lost_when_a_batch_is_refused_and_order_stays():
    behind = Faulty()
    batch = BatchEventBackend(behind, batch_size=2, flush_interval=LONG)
    for event in numbered(5):
        batch.publish(event)
    assert not batch.flush()
    assert len(batch) == 5
    with pytest.raises(EventNotPublishedError, match="5 events could not be handed on"):
        batch.close()
    behind.down = False
    assert batch.flush()
    assert [name for name, _ in behind.taken] == [f"lead.{n}" for n in range(5)]
    with pytest.raises(EventNotPublishedError, match="closed"):
        batch.publish(Event("x", {}))


def test_a_batch_keeps_no_more_than_its_bound():
    batch = BatchEventBackend(behind := Faulty(), batch_size=3, flush_interval=LONG, most=3)
    for event in numbered(3):
        batch.publish(event)
    with pytest.raises(EventNotPublishedError, match="3 events wait already"):
        batch.publish(Event("x", {}))
    behind.down = False
    batch.publish(Event("x", {}))
    batch.close()
    assert len(behind.taken) == 4


def test_many_threads_lose_nothing_in_a_batch_whose_backend_fails_now_and_then():
    class Shaky(Faulty):
        calls = 0

        def publish(self, event, topics=None):
            self.calls += 1
            self.down = self.calls % 7 == 0
            super().publish(event, topics)

    batch = BatchEventBackend(behind := Shaky(), batch_size=10, flush_interval=0.01)

    def work(number):
        for turn in range(100):
            batch.publish(Event(f"{number}.{turn}", {}))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    while not batch.flush():
        """What failed is tried again."""
    batch.close()
    came = [name for name, _ in behind.taken]
    assert len(came) == len(set(came)) == 800
    for number in range(8):
        mine = [int(name.split(".")[1]) for name in came if name.startswith(f"{number}.")]
        assert mine == list(range(100))


def test_what_the_process_leaves_is_flushed_at_its_end(pytester_free_python):
    script = """
from shared.events import Event, EventBackend
from shared.events.backends.batch import BatchEventBackend
class Prints(EventBackend):
    def publish(self, event, topics=None):
        print(event.event_type)
BatchEventBackend(Prints()).publish(Event("last", {}))
"""
    assert pytester_free_python(script) == "last\n"


@pytest.fixture
def pytester_free_python():
    import subprocess
    import sys

    def run(script):
        command = [sys.executable, "-c", script]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return run


def test_browsers_are_pushed_frames_by_tenant_and_topic():
    sent = []

    class Manager:
        def broadcast(self, topic, message):
            sent.append((topic, message))

    event = Event("lead.qualified", {"lead_id": "1"}, tenant="t1")
    backend = WebSocketEventBackend(Manager())
    backend.publish(event, ["leads", "board"])
    backend.publish(Event("x", {}, tenant="t1:leads"))
    frame = {"type": "event", "event": event.to_dict()}
    assert sent[:2] == [("t1:leads", frame), ("t1:board", frame)]
    assert sent[2][0] == "t1%3Aleads:default"


class Redis:
    """A client whose server may be away."""

    def __init__(self, away=False):
        self.away = away
        self.published = []

    def publish(self, channel, message):
        if self.away:
            raise ConnectionError("refused")
        self.published.append((channel, json.loads(message)))


def types(redis):
    return [message.get("event_type") for _, message in redis.published]


def test_redis_channels_begin_with_the_tenant():
    redis = Redis()
    RedisEventBackend(redis).publish(Event("x", {}, tenant="t1"), ["leads"])
    RedisEventBackend(redis_client=redis).publish(Event("x", {}))
    assert [c for c, _ in redis.published] == ["crm:events:t1:leads", "crm:events:-:default"]


def test_events_wait_for_redis_and_come_in_order(caplog):
    redis = Redis(away=True)
    backend = RedisEventBackend(redis, retry=LONG)
    before = numbered(3)
    for event in before[:2]:
        backend.publish(event, ["leads"])
    redis.away = False
    backend.publish(before[2], ["leads"])
    assert (len(backend.waiting), redis.published) == (3, [])
    assert backend.waiting.catch_up()
    assert types(redis) == [event.event_type for event in before]
    assert "messages wait" in caplog.text
    backend.close()


def test_a_gap_is_told_to_the_channels_that_have_one(caplog):
    redis = Redis(away=True)
    backend = RedisEventBackend(redis, waiting=2, retry=LONG)
    for event in numbered(5):
        backend.publish(event, ["leads"])
    assert (len(backend.waiting), backend.waiting.missed) == (2, 3)
    redis.away = False
    assert backend.waiting.catch_up()
    assert redis.published[0] == ("crm:events:t1:leads", {"type": "gap", "missed": 3})
    assert types(redis)[1:] == ["lead.3", "lead.4"]
    assert "oldest given up" in caplog.text
    backend.close()


def test_what_never_came_through_is_told_at_the_end(caplog):
    backend = RedisEventBackend(Redis(away=True), retry=LONG)
    backend.publish(Event("x", {}))
    backend.close()
    assert "1 messages lost" in caplog.text


@pytest.mark.parametrize("given", [{}, {"redis": "redis://a", "host": "b"}])
def test_redis_wants_one_address(given):
    with pytest.raises(ValueError, match="name one of"):
        RedisEventBackend(**given)


def test_redis_keeps_at_least_one_message():
    with pytest.raises(ValueError, match="keep one message or more"):
        RedisEventBackend(Redis(), waiting=0)
