"""Ten thousand events: every 7th handling fails, every 5th comes twice, and all out of order."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict

from shared.consumers.consumer import consumer
from shared.platform.tables import Add, Put
from tests.fakes.tables import LargeTables
from tests.unit.consumers.world import World

EVENTS, LEADS = 10_000, 400
CALLS: Counter[str] = Counter()


def _every_seventh_fails(name):
    CALLS[name] += 1
    if CALLS[name] % 7 == 0:
        raise ConnectionError("every seventh")


@consumer(needs={"projections": ("add",)})
def tally(event, context):
    _every_seventh_fails("tally")
    key = {"pk": f"{context.tenant}#tally", "sk": event.id}
    return [Add(context.table("projections"), key, "times", 1)]


@consumer(topics=("leads",), types=("lead.created", "lead.status_changed"), ordered=True)
def steps(event, context):
    """Notes each event with the one that it saw before."""
    _every_seventh_fails("steps")
    key = {"pk": f"{context.tenant}#steps#{event.entity}", "sk": f"{event.sequence:06d}"}
    table = context.table("projections")
    last = context.tables.get(table, {**key, "sk": "last"}) or {"sequence": 0}
    return [
        Put(table, {**key, "after": last["sequence"]}),
        Put(table, {**key, "sk": "last", "sequence": event.sequence}),
        Add(table, {**key, "sk": "times"}, "times", 1),
    ]


def _history(world, chance):
    """Events of many leads, some of types that the ordered consumer does not hear."""
    kinds = ["lead.status_changed", "lead.status_changed", "lead.qualified"]
    events = []
    for lead in range(LEADS):
        rest = chance.choices(kinds, k=EVENTS // LEADS - 1)
        events += world.happens(str(lead), "lead.created", *rest, tenant=f"t{lead % 3}")
    return events


def _deliver_all(world, name, events, chance):
    """As a queue does: out of order, every 5th twice, and again what was not taken."""
    messages = [(chance.random(), n, event, 1) for n, event in enumerate(events)]
    messages += [(chance.random(), -n, event, 1) for n, event in enumerate(events) if n % 5 == 0]
    heapq.heapify(messages)
    outcomes = Counter()
    while messages:
        at, n, event, attempt = heapq.heappop(messages)
        world.clock.move(milliseconds=1)
        outcome = world.deliver(name, event, attempt)
        outcomes[outcome] += 1
        if outcome == "again":
            heapq.heappush(messages, (at + chance.random() * 2**attempt, n, event, attempt + 1))
    return outcomes


def _sees_its_predecessor(rows, wanted):
    """How many effects saw just the heard event before theirs, over all entities."""
    noted = {(row["pk"], int(row["sk"])): row["after"] for row in rows}
    last = defaultdict(int)
    right = 0
    for event in wanted:  # of each entity in the order in which they happened
        partition = f"{event.tenant}#steps#{event.entity}"
        right += noted[partition, event.sequence] == last[partition]
        last[partition] = event.sequence
    return right


def test_ten_thousand_events_each_have_their_effects_once_and_in_order_where_asked():
    CALLS.clear()
    chance = random.Random(7)
    world = World(tally, steps, tables=LargeTables(), attempts=12)
    events = _history(world, chance)
    told = {name: _deliver_all(world, name, events, chance) for name in world.receivers}
    rows = world.tables.all("projections")

    tallied = [row["times"] for row in rows if "#tally" in row["pk"]]
    assert Counter(tallied) == {1: EVENTS}

    wanted = [event for event in events if event.event_type != "lead.qualified"]
    times = sum(row["times"] for row in rows if row["sk"] == "times")
    stepped = [row for row in rows if "#steps#" in row["pk"] and row["sk"].isdigit()]
    assert times == len(stepped) == len(wanted)
    assert _sees_its_predecessor(stepped, wanted) == len(wanted)
    assert not [row for row in rows if row["sk"].startswith("parked#")]
    assert not [entry for n in range(3) for entry in world.quarantined(f"t{n}")]
    for name, outcomes in told.items():
        print(f"{name}: {dict(outcomes)}, calls {CALLS[name]}, failed {CALLS[name] // 7}")  # noqa: T201
    print(f"events {EVENTS}, effects: tally {len(tallied)}, steps {times} of {len(wanted)}")  # noqa: T201
