"""Schedule expressions of AWS, and when each fires next.

Daylight saving, as EventBridge Scheduler documents it: a cron time that does not exist is skipped,
one that occurs twice fires the first time only, and a rate does not notice. What AWS does with an
`at` that does not exist is not documented; here it fires as if the clocks had not been put forward.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from local.schedules import cron_fields
from local.schedules.cron_fields import Days, FieldError

_EXPRESSION: Final = re.compile(r"(rate|at|cron)\((.*)\)")
_RATE: Final = re.compile(r"(\d+) (minute|hour|day)(s?)")
_AT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_UNITS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_FORMS: Final = (
    "use rate(5 minutes), at(2026-03-29T02:30:00) or cron(minutes hours day-of-month month "
    "day-of-week year)"
)


class ExpressionError(ValueError):
    """An expression that AWS would refuse; the message says what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so often, counted from an anchor."""

    seconds: int

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The first moment after the given one that is whole steps away from the anchor."""
        steps = math.floor((moment - anchor).total_seconds() / self.seconds) + 1
        return anchor + timedelta(seconds=self.seconds) * max(steps, 0)


@dataclass(frozen=True, slots=True)
class At:
    """Once, at a time on the wall."""

    local: datetime

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The moment, unless it has passed."""
        due = self.local.replace(tzinfo=zone).astimezone(UTC)
        return due if due > moment else None


@dataclass(frozen=True, slots=True)
class Cron:
    """Times on the wall."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    def next_after(self, moment: datetime, zone: ZoneInfo, anchor: datetime) -> datetime | None:
        """The first time on the zone's wall that is after the moment and exists."""
        for wall in self._walls(moment.astimezone(zone).replace(tzinfo=None)):
            due = wall.replace(tzinfo=zone).astimezone(UTC)
            exists = due.astimezone(zone).replace(tzinfo=None) == wall
            if exists and due > moment:
                return due
        return None

    def _walls(self, start: datetime) -> Iterator[datetime]:
        """Every time on the wall from the start of a day on."""
        for year in self.years:
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in sorted(self.days(year, month)):
                    if (year, month, day) < (start.year, start.month, start.day):
                        continue
                    for hour in self.hours:
                        for minute in self.minutes:
                            yield datetime(year, month, day, hour, minute)  # noqa: DTZ001


Timing = Rate | At | Cron


def parse(expression: str, *, of_rule: bool = False) -> Timing:
    """Reads an expression; that of a rule may be no `at`.

    Raises:
        ExpressionError: AWS would refuse it.
    """
    match = _EXPRESSION.fullmatch(expression)
    if not match:
        raise ExpressionError(f"{expression!r} is no schedule expression; {_FORMS}")
    kind, inner = match[1], match[2]
    try:
        if kind == "rate":
            return _rate(inner)
        if kind == "cron":
            return _cron(inner)
        if of_rule:
            raise FieldError("a rule knows no at(...); create a schedule of EventBridge Scheduler")
        return _at(inner)
    except FieldError as error:
        raise ExpressionError(f"{expression!r}: {error}") from None


def _rate(text: str) -> Rate:
    match = _RATE.fullmatch(text)
    if not match or int(match[1]) == 0:
        raise FieldError("write a number from 1 and minutes, hours or days, as in rate(5 minutes)")
    number, unit, plural = int(match[1]), match[2], bool(match[3])
    if plural != (number != 1):
        wanted = f"rate({number} {unit}{'' if plural else 's'})"
        raise FieldError(f"one {unit} is singular, more are plural; write {wanted}")
    return Rate(number * _UNITS[unit])


def _at(text: str) -> At:
    try:
        if not _AT.fullmatch(text):
            raise ValueError(text)
        return At(datetime.fromisoformat(text))
    except ValueError:
        raise FieldError("write a date and a time as in at(2026-03-29T02:30:00)") from None


def _cron(text: str) -> Cron:
    fields = text.upper().split()
    if len(fields) != 6:
        raise FieldError(
            f"cron has six fields, not {len(fields)}: "
            "minutes hours day-of-month month day-of-week year"
        )
    minutes, hours, day_of_month, month, day_of_week, year = fields
    return Cron(
        tuple(sorted(cron_fields.MINUTES.values(minutes))),
        tuple(sorted(cron_fields.HOURS.values(hours))),
        cron_fields.days(day_of_month, day_of_week),
        tuple(sorted(cron_fields.MONTH.values(month))),
        tuple(sorted(cron_fields.YEAR.values(year))),
    )
