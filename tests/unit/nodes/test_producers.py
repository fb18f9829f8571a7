"""Producers and queues in production: what they give, and when there is nothing more."""

from __future__ import annotations

import asyncio

import pytest

from shared.graph import FlowEngine, QueueMapper, Status, run_production, validate
from shared.graph.engine import FlowRunner
from shared.nodes import registry
from shared.nodes.dynamic_delay import delays
from shared.nodes.ports import ARRIVALS, QUEUES, SLEEP, STEPS
from tests.fakes.graphs import graph, node
from tests.fakes.node_ports import GivenArrivals, MemoryQueues, MemorySteps, NoSleep


def collected(producer, ports=None):
    """The data of each iteration, as the node behind the producer got it."""
    kept = []
    flow = graph([producer, node("keep", "scripted")], "it>keep", type="production")

    async def main():
        async with FlowEngine(registry(), ports=ports or {}) as engine:
            runner = FlowRunner(engine, flow, pause=0)
            original = engine.run

            async def run(*args, **kwargs):
                done = await original(*args, **kwargs)
                if not done.exhausted:
                    assert done.status is Status.COMPLETED, done.error
                    kept.append(done.result)
                return done

            engine.run = run
            await runner.start(50)

    asyncio.run(main())
    return kept


@pytest.mark.parametrize(
    ("config", "numbers"),
    [
        ({"min_value": 0, "max_value": 3}, [0, 1, 2, 3]),
        ({"min_value": 0, "max_value": 5, "step": 2}, [0, 2, 4]),
        ({"min_value": 1, "max_value": 4, "step": 3, "direction": "decrement"}, [4, 1]),
        ({"min_value": -2, "max_value": 0}, [-2, -1, 0]),
    ],
)
def test_a_counter_counts_both_bounds_and_ends(config, numbers):
    found = collected(node("it", "counter", **config))
    assert [each["counter"]["current"] for each in found] == numbers
    assert [each["counter"]["iteration"] for each in found] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ({"data_content": " a \n\n b\n"}, ["a", "b"]),
        ({"data_content": "a,,b, ", "separator_type": "comma"}, ["a", "b"]),
        ({"data_content": "a::b", "separator_type": "custom", "custom_separator": "::"},
         ["a", "b"]),
    ],
)  # fmt: skip
def test_a_text_is_taken_apart(config, parts):
    found = collected(node("it", "string-iterator", **config))
    assert [each["string_iterator"]["value"] for each in found] == parts


def test_a_webhook_gives_one_request_per_iteration():
    request = {"body": {"n": 1}, "headers": {"a": "b"}, "method": "PUT", "query_params": {"q": "1"},
               "timestamp": "2026-03-01T12:00:00Z"}  # fmt: skip
    port = GivenArrivals(request, {**request, "body": {"n": 2}})
    found = collected(node("it", "webhook", webhook_id="orders"), {ARRIVALS: port})
    assert [each["webhook"]["data"]["body"]["n"] for each in found] == [1, 2]
    assert found[0]["webhook"]["data"]["query_params"] == {"q": "1"}
    assert port.wanted[0] == ("it", {"webhook_id": "orders"})


def test_a_schedule_gives_one_time_per_iteration():
    port = GivenArrivals({"scheduled_at": "2026-03-02T08:00:00Z"})
    found = collected(node("it", "schedule", expression="rate(5 minutes)"), {ARRIVALS: port})
    assert found == [{"schedule": {"scheduled_at": "2026-03-02T08:00:00Z"}}]


@pytest.mark.parametrize(
    "expression",
    ["rate(5 minutes)", "rate(1 hour)", "cron(0/15 9-17 ? * MON-FRI *)", "cron(0 9 L * ? 2030)",
     "at(2030-01-31T09:00:00)"],
)  # fmt: skip
def test_schedules_that_can_be_read(expression):
    assert registry().get("schedule").is_ready({"expression": expression})


@pytest.mark.parametrize(
    "config",
    [
        {"expression": "rate(1 minutes)"}, {"expression": "rate(0 minutes)"},
        {"expression": "cron(* * * * *)"}, {"expression": "cron(0 9 * * MON *)"},
        {"expression": "cron(0 9 ? * ? *)"}, {"expression": "every day"},
        {"expression": "rate(5 minutes)", "timezone": "Mars/Base"},
        {"expression": "rate(5 minutes)", "timezone": "../etc/passwd"},
    ],
)  # fmt: skip
def test_schedules_that_cannot(config):
    assert not registry().get("schedule").is_ready(config)


def test_an_event_that_is_not_wanted_is_no_iteration():
    events = [
        {"type": "deal.won", "data": {"value": 9}},
        {"type": "lead.created", "data": {"value": 1}},
        {"type": "lead.created", "data": {"value": 9}},
    ]
    trigger = node("it", "event-trigger", event_types=["lead.*"], condition="event.data.value > 5")
    found = collected(trigger, {ARRIVALS: GivenArrivals(*events)})
    assert [each["event"]["data"]["value"] for each in found] == [9]


def production(nodes, wires, ports=None):
    """Runs a production flow to its end; what its queues and sleeps saw."""
    flow = graph(nodes, wires, type="production")
    assert validate(flow, registry()).problems == ()

    async def main():
        queues = MemoryQueues(QueueMapper(registry()).map(flow))
        async with FlowEngine(registry(), ports={QUEUES: queues, **(ports or {})}) as engine:
            runners = await asyncio.wait_for(run_production(engine, flow, pause=0), 30)
        return queues, [runner.iterations for runner in runners]

    return asyncio.run(main())


def test_items_go_from_loop_to_loop_and_the_end_travels_behind_them():
    nodes = [
        node("count", "counter", min_value=1, max_value=4),
        node("write", "queue-writer"),
        node("read", "queue-reader"),
        node("again", "queue-writer"),
        node("other", "queue-reader"),
        node("last", "scripted"),
    ]
    queues, iterations = production(nodes, "count>write>read>again>other>last")
    assert iterations == [4, 4, 4]
    assert set(queues.left) == {"queue_write_read", "queue_again_other"}
    assert not any(queues.left.values())


def test_a_writer_feeds_all_its_readers_and_a_reader_waits_for_all_its_writers():
    nodes = [
        node("one", "counter", min_value=1, max_value=2),
        node("two", "string-iterator", data_content="a\nb\nc"),
        node("w1", "queue-writer"), node("w2", "queue-writer"),
        node("r1", "queue-reader"), node("r2", "queue-reader"),
        node("e1", "scripted"), node("e2", "scripted"),
    ]  # fmt: skip
    wires = "one>w1>r1>e1 two>w2>r1 w1>r2>e2"
    _, iterations = production(nodes, wires)
    assert iterations == [2, 3, 5, 2]


def test_a_reader_ends_when_its_writer_never_had_an_item():
    nodes = [
        node("hook", "webhook", webhook_id="x"), node("w", "queue-writer"),
        node("r", "queue-reader"), node("e", "scripted"),
    ]  # fmt: skip
    _, iterations = production(nodes, "hook>w>r>e", {ARRIVALS: GivenArrivals()})
    assert iterations == [0, 0]


@pytest.mark.parametrize("jitter", [0, 30, 100])
@pytest.mark.parametrize("count", [1, 3, 1000])
def test_delays_add_up_exactly(jitter, count):
    found = delays(10_007, count, jitter, "seed")
    assert sum(found) == 10_007
    assert len(found) == count
    assert min(found) >= 0
    if jitter == 0:
        assert max(found) - min(found) <= 1


def test_a_dynamic_delay_begins_a_new_round_when_one_is_used_up():
    steps, sleep = MemorySteps(), NoSleep()
    nodes = [
        node("count", "counter", min_value=1, max_value=6),
        node("wait", "dynamic-delay", total_time=30, executions=3),
    ]
    production(nodes, "count>wait", {SLEEP: sleep, STEPS: steps})
    assert len(sleep.slept) == 6
    assert sum(sleep.slept[:3]) == pytest.approx(30)
    assert sum(sleep.slept[3:]) == pytest.approx(30)
    assert sleep.slept[:3] != sleep.slept[3:]


def test_a_long_dynamic_delay_makes_the_run_wait():
    flow = graph([node("wait", "dynamic-delay", total_time=2, unit="hours")])

    async def main():
        async with FlowEngine(registry()) as engine:
            return await engine.run(flow, {})

    done = asyncio.run(main())
    assert done.status is Status.WAITING
