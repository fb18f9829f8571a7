"""The live log: one line each, with ids to follow, never a payload."""

from __future__ import annotations

import io
import json

from local.gateway.app import RequestLine
from local.live_log import LiveLog


def _log(say):
    stream = io.StringIO()
    say(LiveLog(stream))
    return stream.getvalue()


def test_a_request():
    line = RequestLine("POST", "/leads/", 201, 12, "request-1")
    said = _log(lambda log: log.request(line))
    assert said.count("\n") == 1
    assert all(part in said for part in ("POST", "/leads/", "201", "12 ms", "request-1"))
    assert "\x1b" not in said, "no colours where nobody reads along"


def test_a_structured_line_by_its_fields():
    entry = {"level": "INFO", "message": "relayed", "event_id": "e-1", "timestamp": "now"}
    said = _log(lambda log: log.function("RelayFunction", json.dumps(entry)))
    assert "RelayFunction" in said
    assert "relayed event_id=e-1" in said
    assert "now" not in said


def test_an_error_says_its_kind_without_the_trace():
    entry = {
        "level": "ERROR", "message": "failed", "exception_name": "KeyError",
        "exception": "Traceback ...",
    }  # fmt: skip
    said = _log(lambda log: log.function("F", json.dumps(entry)))
    assert "failed KeyError" in said
    assert "Traceback" not in said


def test_lines_of_any_other_form_stay_as_they_are():
    said = _log(lambda log: [log.function("F", text) for text in ("plain [text]", "  ", "[1]")])
    assert said.count("\n") == 2
    assert "plain [text]" in said


def test_a_quiet_log_says_nothing():
    stream = io.StringIO()
    log = LiveLog(stream, quiet=True)
    log.report("queue", "failed")
    log.say("hello")
    assert stream.getvalue() == ""
