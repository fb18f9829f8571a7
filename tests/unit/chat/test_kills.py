"""A worker dies at every write of its turn, before and after it: one end, one effect."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from shared.llm.messages import ToolMessage
from tests.fakes.assistant import KilledError, OneModel, World, called, said, wants
from tests.fakes.models import ScriptedModel
from tests.unit.chat.talking import LEASE, Talk


class Creating(ScriptedModel):
    """Wants a lead, calls for it, says so: whichever of these it is asked for."""

    def _unscripted(self, request):
        if request.output is not None:
            return wants("create")
        if any(isinstance(one, ToolMessage) for one in request.messages):
            return said("Done.")
        return called(("create_lead", {"name": "Ada Lovelace"}))


class Life:
    """The platform with the real assistant, whose worker dies at one write."""

    def __init__(self) -> None:
        self.talk = Talk()
        self.world = World()
        self.world.tables, self.world.clock = self.talk.tables, self.talk.clock
        world, tables = self.world, self.talk.tables
        world.leads = type(world.leads)(tables, "crm", "inbox", self.talk.clock)
        world.pendings = type(world.pendings)(tables, "chat", self.talk.clock)
        self.asked = 0

    def run(self, dies_at: int, after: bool) -> bool:
        """A message whose worker dies at that write, then is followed; whether one died."""
        talk, writes = self.talk, itertools.count(1)
        task = talk.say("Add Ada Lovelace").body["task_id"]
        body = talk.queues.sent.pop()[1]
        died = []
        transact = talk.tables.transact

        def dying(given):
            now = next(writes) == dies_at and not died
            if now and not after:
                died.append(1)
                raise KilledError
            transact(given)
            if now:
                died.append(1)
                raise KilledError

        talk.tables.transact = dying
        script = Creating()
        assistant = self.world.assistant(OneModel(script))
        talk.answering = replace(talk.answering, assistant=assistant)
        try:
            talk.deliver(body)
        except KilledError:
            talk.clock.move(seconds=LEASE)
            talk.deliver(body)
        finally:
            del talk.tables.transact
        self.asked = len(script.asked)
        found = talk.status(task).body
        assert found["state"] == "SUCCESS", found
        assert found["result"]["status"] == "success", found
        return bool(died)


def consequences(life):
    talk = life.talk
    ends = [e for e in talk.events() if e in ("chat.answered", "chat.failed")]
    leads = [i for i in talk.tables.all("crm") if "#lead#" in i["pk"] and i["sk"] == "state"]
    waiting = [i for i in talk.tables.all("chat") if i["sk"] == "waiting"]
    return (ends, len(leads), len(talk.rows("message#")), waiting[0]["tasks"])


def writes_of_a_turn() -> int:
    life = Life()
    before = life.talk.tables.transactions
    life.run(0, after=False)
    return life.talk.tables.transactions - before - 1  # the submission is none of the worker's


WRITES = writes_of_a_turn()


def test_there_is_something_to_kill():
    assert WRITES >= 6


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", range(1, WRITES + 1))
def test_killed_at_each_write(write, after):
    life = Life()
    assert life.run(write, after=after)
    assert consequences(life) == (["chat.answered"], 1, 2, [])
    # An answer that was noted is not asked for again; one that was not, once more.
    assert life.asked <= 4


def test_killed_twice_and_past_the_deadline_is_a_failure_once():
    talk = Talk()
    task = talk.say("hello").body["task_id"]
    body = talk.queues.sent.pop()[1]

    def die(turn):
        raise KilledError

    talk.echo.act = die
    for _ in range(3):
        try:
            talk.deliver(body)
        except KilledError:
            talk.clock.move(seconds=150)
    assert talk.status(task).body["state"] == "FAILURE"
    assert talk.events().count("chat.failed") == 1
    assert talk.sweep() == 0


def test_a_worker_that_lost_its_lease_notes_and_ends_nothing():
    """It was thought dead, another took over and is at work: the first one wakes up."""
    talk = Talk()
    talk.say("hello")
    body = talk.queues.sent.pop()[1]
    notes = []

    async def slow(turn):
        if len(talk.echo.turns) == 1:
            talk.clock.move(seconds=LEASE)
            task = talk.at.tasks.get("acme", turn.task_id)
            from datetime import timedelta

            talk.at.tasks.claim(task, timedelta(seconds=LEASE))
            await turn.journal.write("late", {"a": 1})
            notes.append("written")

    talk.echo.act = slow
    talk.deliver(body)
    assert notes == []
    assert talk.rows("note#") == []
    assert not [e for e in talk.events() if e in ("chat.answered", "chat.failed")]
