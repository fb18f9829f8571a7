"""`millrace chat` at the running platform: a lead's whole life, said to the offline model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.xdist_group("chat")


class Talk:
    """Types messages, each in a call of its own."""

    def __init__(self, running, state):
        self.running = running
        self.environment = {
            **os.environ, "PATH": f"{BIN}:{os.environ['PATH']}",
            "MILLRACE_URL": running.url, "XDG_STATE_HOME": str(state),
        }  # fmt: skip

    def say(self, message):
        done = subprocess.run(
            ["millrace", "chat", message], env=self.environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def board(self):
        """The names in each column that has cards."""
        columns = self.running.get("/leads/").items()
        return {name: [card["name"] for card in cards] for name, cards in columns if cards}

    def handled(self, name):
        """Waits until the pipeline that a new lead starts has written its result on it."""
        found = next(c for cards in self.running.get("/leads/").values() for c in cards
                     if c["name"] == name)  # fmt: skip
        self.running.eventually(lambda: self.running.completed(found["id"]))


@pytest.fixture
def talk(running, tmp_path):
    return Talk(running, tmp_path)


def test_a_lead_is_created_found_moved_edited_and_deleted(talk):
    assert "offline model" in talk.say("hello")
    assert "is a new lead" in talk.say("add Tom Ford from Hooli, worth 5k")
    assert talk.board() == {"Interest": ["Tom Ford"]}
    talk.handled("Tom Ford")
    assert "Hooli, Interest, $5,000" in talk.say("find Tom Ford")
    talk.say("move him to Meeting booked")
    assert talk.board() == {"Meeting booked": ["Tom Ford"]}
    assert "$7,500" in talk.say("set his value to 7.5k")
    assert "Answer yes to confirm" in talk.say("delete Tom Ford")
    assert talk.board() == {"Meeting booked": ["Tom Ford"]}
    assert "deleted successfully" in talk.say("yes")
    assert talk.board() == {}


def test_the_commands_of_the_documentation(talk):
    text = (ROOT / "docs" / "command-line.md").read_text()
    (script,) = re.findall(r"```sh talk\n(.*?)```", text, re.DOTALL)
    done = subprocess.run(
        ["bash", "-euc", script], env=talk.environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Delete the lead 'Tom Ford'" in done.stdout
