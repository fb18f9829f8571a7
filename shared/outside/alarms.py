"""An alarm of CloudWatch changed its state: the deployment's operators hear of it, once.

No tenant has anything to do with it: what is kept is kept under the platform's own name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.events.quarantine import NO_TENANT
from shared.outside.deliveries import RefusedError
from shared.outside.mail_text import one_line
from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters
from shared.platform.log import logger
from shared.platform.mail import Mail, Message

A_MAIL: Final = 6
"""Mails an hour of one alarm: one that goes on and off is told of, and then only logged."""
_HOUR: Final = 3_600
_STATES: Final = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})

log = logger("alarms")


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one alarm."""

    alarm: str
    state: str
    before: str
    reason: str
    at: str

    @property
    def worth_telling(self) -> bool:
        """Whether somebody wants to know: it began, or what they were told of is over."""
        return self.state != self.before and "ALARM" in (self.state, self.before)


def transition(body: str) -> Transition:
    """The change that a message tells of.

    Raises:
        RefusedError: it tells of something else.
    """
    try:
        event = json.loads(body)
        detail, source = event["detail"], event["source"]
        state = detail["state"]
        found = Transition(
            alarm=one_line(str(detail["alarmName"]))[:255],
            state=str(state["value"]),
            before=str(detail.get("previousState", {}).get("value", "INSUFFICIENT_DATA")),
            reason=one_line(str(state.get("reason", "")))[:1_000],
            at=str(state["timestamp"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(f"not CloudWatch's event of an alarm: {error!r}") from None
    if source != "aws.cloudwatch" or found.state not in _STATES:
        raise RefusedError(f"{source} tells of no alarm's state; mend the rule's pattern")
    return found


@dataclass(frozen=True, slots=True)
class Alarms:
    """Takes CloudWatch's events."""

    mail: Callable[[], Mail]
    to: str
    """Who operates this deployment; empty is the log only."""
    counters: Counters
    inbox: str
    clock: Clock = utc_now

    def handle(self, body: str) -> str:
        """See `shared.outside.deliveries.Handle`."""
        told = transition(body)
        if not told.worth_telling:
            return f"ignored: {told.alarm} is {told.state}, was {told.before}"
        tell = log.error if told.state == "ALARM" else log.warning
        tell("alarm", alarm=told.alarm, state=told.state, before=told.before, why=told.reason)
        if not self.to:
            return f"logged: {told.alarm} is {told.state}"
        if self._too_many(told):
            return f"logged: {told.alarm} goes on and off, {A_MAIL} mails an hour are enough"
        key = f"alarm/{told.alarm}/{told.at}/{told.state}"
        sent = self.mail().send(NO_TENANT, key, Message(self.to, _subject(told), _text(told)))
        return f"{'told' if sent else 'told before'}: {told.alarm} is {told.state}"

    def _too_many(self, told: Transition) -> bool:
        now = int(self.clock().timestamp())
        # Each change is counted by its own time, hence a delivery that comes twice counts twice;
        # that may cost a mail in an hour of storm, and never the first.
        key = f"{NO_TENANT}#alarm#{now // _HOUR}#{told.alarm}"
        return self.counters.add(self.inbox, key, 1, now + 2 * _HOUR) > A_MAIL


def _subject(told: Transition) -> str:
    over = "is over" if told.state != "ALARM" else "ALARM"
    return f"Millrace: {told.alarm} {over}"[:200]


def _text(told: Transition) -> str:
    return (
        f"{told.alarm} changed from {told.before} to {told.state} at {told.at}.\n\n{told.reason}\n"
    )
