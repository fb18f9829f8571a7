"""What moto's backends hold of schedules, in the one shape that the clock watches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moto.events.models import Rule, events_backends
from moto.scheduler.models import Schedule, scheduler_backends

from local.blueprint import ACCOUNT, REGION
from local.schedules.expressions import ExpressionError, Timing, parse

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One schedule or rule as it stands; equal to itself until somebody changes it."""

    arn: str
    name: str
    expression: str
    zone: str
    starts: datetime | None
    ends: datetime | None
    changed: float
    rule: bool
    target: str
    """The target of a schedule as JSON; a rule has its targets with it."""
    delete_when_over: bool = False

    def next_after(self, moment: datetime, anchor: datetime) -> datetime | None:
        """When it fires next; `anchor` is what a rate counts from if it has no start."""
        timing, zone = timing_of(self.expression, self.rule), zone_of(self.zone)
        if self.starts:
            moment, anchor = max(moment, self.starts - _INSTANT), self.starts
        due = timing.next_after(moment, zone, anchor)
        return None if due and self.ends and due > self.ends else due


@lru_cache(maxsize=1024)
def timing_of(expression: str, of_rule: bool = False) -> Timing:
    """The timing of an expression, read once; raises ExpressionError."""
    return parse(expression, of_rule=of_rule)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name.

    Raises:
        ExpressionError: this machine knows no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ExpressionError(
            f"{name!r} is no time zone; use a name of the IANA database such as Europe/Berlin"
        ) from None


def standing() -> Iterator[Entry]:
    """Everything that is enabled and has a schedule."""
    groups = scheduler_backends[ACCOUNT][REGION].schedule_groups
    for group in list(groups.values()):
        for schedule in list(group.schedules.values()):
            if schedule.state == "ENABLED":
                yield _of_schedule(schedule)
    for rule in list(events_backends[ACCOUNT][REGION].event_buses["default"].rules.values()):
        if rule.scheduled_expression and rule.state != "DISABLED":
            yield _of_rule(rule)


def rule_named(name: str) -> Rule | None:
    """A rule of the default bus, the only one on which rules have schedules."""
    found: Rule | None = events_backends[ACCOUNT][REGION].event_buses["default"].rules.get(name)
    return found


def delete(entry: Entry) -> None:
    """Removes a schedule that is over, if it still stands."""
    group_name, _, name = entry.arn.rpartition("schedule/")[2].partition("/")
    group = scheduler_backends[ACCOUNT][REGION].schedule_groups.get(group_name)
    if group is not None:
        group.schedules.pop(name, None)


def _of_schedule(schedule: Schedule) -> Entry:
    return Entry(
        arn=schedule.arn,
        name=schedule.name,
        expression=schedule.schedule_expression,
        zone=schedule.schedule_expression_timezone,
        starts=_moment(schedule.start_date),
        ends=_moment(schedule.end_date),
        changed=schedule.last_modified_date,
        rule=False,
        target=json.dumps(schedule.target, sort_keys=True),
        delete_when_over=schedule.action_after_completion == "DELETE",
    )


def _of_rule(rule: Rule) -> Entry:
    expression = str(rule.scheduled_expression)
    # moto makes a new object of a rule whenever it is put.
    return Entry(rule.arn, rule.name, expression, "UTC", None, None, id(rule), True, "")


def _moment(given: Any) -> datetime | None:
    return None if given is None else datetime.fromtimestamp(float(given), UTC)


def target_of(entry: Entry) -> Mapping[str, Any]:
    """The target of a schedule."""
    found: Mapping[str, Any] = json.loads(entry.target)
    return found
