"""`millrace chat` against a server that answers as the assistant does."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from millrace.api import Api
from millrace.chat_turn import take_turn
from millrace.failing import CommandError
from tests.command_line.assistant_server import (
    PENDING,
    SESSION,
    AssistantServer,
    asking,
    processing,
    success,
)  # fmt: skip

MILLRACE = Path(sys.executable).with_name("millrace")
FOUND = success("I found John Doe.")
DELETES = asking("Delete John Doe? Answer yes to confirm, or no.")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "millrace" / "chat-sessions.json"


class Terminal:
    """The command at a terminal of its own."""

    def __init__(self, server, *arguments):
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [MILLRACE, "chat", *arguments, "--url", server.url], stdin=slave,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "TERM": "dumb"},
        )  # fmt: skip
        os.close(slave)
        self.shown = ""

    def until(self, text):
        while text not in self.shown:
            found = os.read(self.process.stdout.fileno(), 1000).decode()
            assert found, self.shown
            self.shown += found

    def type(self, text):
        os.write(self._master, text.encode())

    def end(self):
        with self.process as ended:
            ended.wait(10)
        os.close(self._master)
        return ended.returncode


def test_one_message_is_answered_as_it_comes(millrace):
    turn = [PENDING, processing(), processing("I found"), processing("I found John"), FOUND]
    with AssistantServer(turn) as server:
        result = millrace("chat", "find", "John", "--url", server.url)
        assert (result.exit_code, result.stdout) == (0, "I found John Doe.\n")
        assert server.said == [("find John", None)]
        assert server.polls == 5


def test_an_answer_that_changes_its_beginning_is_shown_whole(millrace):
    with AssistantServer([processing("see http://x"), success("see [link removed]")]) as server:
        result = millrace("chat", "hi", "--url", server.url)
    assert result.stdout == "see http://x\nsee [link removed]\n"


def test_the_next_call_goes_on_with_the_session_unless_it_begins_anew(millrace, state):
    with AssistantServer([FOUND], [FOUND], [FOUND], [FOUND]) as server:
        for more in ((), (), ("--new",), ("--session", "abc")):
            assert millrace("chat", "hi", *more, "--url", server.url).exit_code == 0
        assert [session for _, session in server.said] == [None, SESSION, None, "abc"]
        assert json.loads(state.read_text()) == {server.url: SESSION}
    assert state.stat().st_mode & 0o077 == 0


def test_new_and_session_exclude_each_other(millrace):
    result = millrace("chat", "hi", "--new", "--session", "x", "--url", "http://localhost:1")
    assert result.exit_code == 2


def test_a_broken_memory_begins_anew(millrace, state):
    state.parent.mkdir()
    state.write_text("{")
    with AssistantServer([FOUND]) as server:
        assert millrace("chat", "hi", "--url", server.url).exit_code == 0
        assert server.said == [("hi", None)]


def test_lines_of_a_pipe_are_messages_of_one_session(millrace):
    with AssistantServer([DELETES], [success("Deleted.")]) as server:
        result = millrace("chat", "--url", server.url, input="delete John\n\nyes\n")
        assert result.exit_code == 0
        assert server.said == [("delete John", None), ("yes", SESSION)]
    assert result.stdout == "Delete John Doe? Answer yes to confirm, or no.\nDeleted.\n"


def test_one_message_of_a_pipe_says_how_to_confirm(millrace):
    with AssistantServer([DELETES]) as server:
        result = millrace("chat", "delete John", "--url", server.url)
    assert result.exit_code == 0
    assert "millrace chat yes" in result.stderr


def test_json_is_one_document_per_answer(millrace):
    with AssistantServer([processing("I"), FOUND], [DELETES]) as server:
        result = millrace("chat", "--json", "--url", server.url, input="find John\ndelete him\n")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["task_id"], first["session"], first["state"]) == ("t-0", SESSION, "SUCCESS")
    assert first["result"]["ai_message"] == "I found John Doe."
    assert second["result"]["function_results"][0]["result"]["requires_confirmation"]


def test_conversations_are_listed(millrace):
    with AssistantServer() as server:
        shown = millrace("chat", "--list", "--url", server.url)
        told = millrace("chat", "--list", "--json", "--url", server.url)
    assert "find John" in shown.stdout
    assert SESSION in shown.stdout
    assert json.loads(told.stdout)["conversations"][0]["id"] == SESSION


@pytest.mark.parametrize(("answer", "code"), [("y\n", "yes"), ("n\n", "no"), ("\n", "no")])
def test_a_person_is_asked_before_something_is_done(answer, code):
    with AssistantServer([DELETES], [success("So be it.")]) as server:
        terminal = Terminal(server, "delete John")
        terminal.until("Do it? [y/N]")
        assert "Delete John Doe?" in terminal.shown
        assert len(server.said) == 1
        terminal.type(answer)
        terminal.until("So be it.")
        assert terminal.end() == 0
        assert server.said == [("delete John", None), (code, SESSION)]


def test_a_conversation_ends_with_the_input():
    with AssistantServer([FOUND]) as server:
        terminal = Terminal(server)
        terminal.until("> ")
        terminal.type("find John\n")
        terminal.until("John Doe.\n> ")
        terminal.type("exit\n")
        assert terminal.end() == 0


def test_ctrl_c_stops_waiting_and_then_the_conversation():
    with AssistantServer([processing("Let me"), processing()], [FOUND]) as server:
        terminal = Terminal(server)
        terminal.until("> ")
        terminal.type("find John\n")
        terminal.until("Let me")
        terminal.process.send_signal(signal.SIGINT)
        terminal.until("Stopped waiting")
        terminal.type("again\n")
        terminal.until("John Doe.\n> ")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0
    assert "Traceback" not in terminal.shown


def test_ctrl_c_during_one_message():
    with AssistantServer([processing("Let me")]) as server:
        terminal = Terminal(server, "find John")
        terminal.until("Let me")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert "Traceback" not in terminal.shown


def test_nobody_answers(millrace, closed_url):
    result = millrace("chat", "hi", "--url", closed_url)
    assert result.exit_code == 1
    assert "start the laptop's with `millrace dev`" in result.stderr


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((401, {"message": "Unauthorized"}, {}), "MILLRACE_TOKEN"),
        ((429, {"detail": "20 messages wait"}, {"Retry-After": "7"}), "wait; try again in 7 s"),
        ((400, {"error": "Message is required"}, {}), "Message is required"),
        ((500, {"error": "Failed to process message"}, {}), "Failed to process message"),
    ],
)
def test_refusals_are_sentences_and_nothing_is_sent_twice(millrace, refusal, said):
    with AssistantServer([FOUND]) as server:
        server.refusals = [refusal]
        result = millrace("chat", "hi", "--url", server.url)
        assert (result.exit_code, server.said) == (1, [])
    assert said in result.stderr


def test_a_task_that_fails_and_an_answer_that_is_an_error(millrace):
    failed = {"state": "FAILURE", "error": "The model's key is refused.", "status": "Task failed"}
    error = success("I cannot reach the model.", status="error", error="unreachable")
    with AssistantServer([failed], [error]) as server:
        first, second = (millrace("chat", "hi", "--url", server.url) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert "key is refused" in first.stderr
    assert "I cannot reach the model." in second.stdout


def test_waiting_has_an_end():
    with AssistantServer([PENDING]) as server, Api(server.url) as api:
        with pytest.raises(CommandError, match="no answer came"):
            take_turn(api, "hi", None, print, seconds=0)
        assert server.polls == 1


def test_an_answer_does_not_steer_the_terminal(millrace):
    with AssistantServer([success("\x1b[2Jgone")]) as server:
        assert "\x1b" not in millrace("chat", "hi", "--url", server.url).stdout


def test_a_stranger_is_no_assistant(millrace, stranger):
    result = millrace("chat", "hi", "--url", stranger)
    assert result.exit_code == 1
    assert "is no Millrace" in result.stderr
