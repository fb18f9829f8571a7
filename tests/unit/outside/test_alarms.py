"""Alarms: each change is told once, and an alarm that goes on and off is no storm."""

from __future__ import annotations

import copy
import json

import pytest

from shared.outside.alarms import A_MAIL, Alarms
from shared.outside.deliveries import RefusedError
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MemoryMail, MovedClock
from tools.aws_samples import SAMPLES

SAMPLE = SAMPLES["cloudwatch_alarm_state_change"]


def told(state="ALARM", before="OK", at="2026-01-15T10:29:59.000+0000", **detail):
    event = copy.deepcopy(SAMPLE)
    event["detail"]["state"] |= {"value": state, "timestamp": at}
    event["detail"]["previousState"]["value"] = before
    event["detail"] |= detail
    return json.dumps(event)


@pytest.fixture
def world():
    mail = MemoryMail()
    return mail, Alarms(lambda: mail, "ops@x.example", MemoryCounters(), "inbox", MovedClock())


def test_a_change_is_told_once_however_often_it_comes(world):
    mail, alarms = world
    assert alarms.handle(told()).startswith("told:")
    assert alarms.handle(told()).startswith("told before")
    assert alarms.handle(told("OK", "ALARM", "2026-01-15T10:39:59.000+0000")).startswith("told:")
    first, second = mail.sent.values()
    assert first.to == second.to == "ops@x.example"
    assert first.subject.endswith("ALARM")
    assert second.subject.endswith("is over")
    assert "greater than the threshold" in first.body
    assert {tenant for tenant, _ in mail.sent} == {"-"}


@pytest.mark.parametrize(
    ("state", "before"),
    [("OK", "INSUFFICIENT_DATA"), ("INSUFFICIENT_DATA", "OK"), ("ALARM", "ALARM"), ("OK", "OK")],
)
def test_what_nobody_wants_to_know_is_not_told(world, state, before):
    mail, alarms = world
    assert alarms.handle(told(state, before)).startswith("ignored")
    assert mail.sent == {}


def test_an_alarm_that_goes_on_and_off_is_no_storm_and_hides_no_other(world):
    mail, alarms = world
    for n in range(40):
        state, before = ("ALARM", "OK") if n % 2 == 0 else ("OK", "ALARM")
        alarms.handle(told(state, before, f"2026-01-15T10:{n:02}:00.000+0000"))
    assert len(mail.sent) == A_MAIL
    alarms.handle(told(alarmName="millrace-dev-another"))
    assert len(mail.sent) == A_MAIL + 1


def test_without_operators_the_log_has_it(world):
    mail, _ = world
    alarms = Alarms(lambda: mail, "", MemoryCounters(), "inbox", MovedClock())
    assert alarms.handle(told()).startswith("logged")
    assert mail.sent == {}


def test_a_name_with_line_breaks_stays_in_its_line(world):
    mail, alarms = world
    alarms.handle(told(alarmName="millrace-x\r\nBcc: all@x.example"))
    (message,) = mail.sent.values()
    assert "\n" not in message.subject
    assert "\r" not in message.subject


@pytest.mark.parametrize(
    "body",
    ["", "null", "{}", json.dumps({**SAMPLE, "source": "demo.website"}), told("FIRE"),
     json.dumps({**SAMPLE, "detail": {"alarmName": "x"}})],
)  # fmt: skip
def test_what_is_no_alarm_is_refused(world, body):
    with pytest.raises(RefusedError):
        world[1].handle(body)
