"""The fields of AWS's cron expressions: values, ranges, steps, lists, names, and days by L, W, #.

Own code, because the libraries that know AWS's wildcards know neither time zones nor the jumps of
daylight saving, and those that know both know neither `?` nor `W`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

Days = Callable[[int, int], set[int]]
"""The days of a month of a year."""

MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if number}
WEEKDAYS: Final = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_NEAREST_WEEKDAY: Final = re.compile(r"(\d{1,2})W")
_LAST_OF_MONTH: Final = re.compile(r"(\d|[A-Z]{3})L")
_NTH_OF_MONTH: Final = re.compile(r"(\d|[A-Z]{3})#(\d)")


class FieldError(ValueError):
    """A field that AWS would refuse; the message names the field and the mend."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may contain."""

    name: str
    lowest: int
    highest: int
    names: Mapping[str, int] = field(default_factory=dict)

    def values(self, text: str) -> frozenset[int]:
        """The values that a list of values, ranges and steps stands for."""
        return frozenset(value for part in text.split(",") for value in self._part(part))

    def number(self, text: str) -> int:
        """One value or name."""
        value = self.names.get(text)
        if value is None and text.isascii() and text.isdigit():
            value = int(text)
        if value is None or not self.lowest <= value <= self.highest:
            named = f" or {next(iter(self.names))} and the like" if self.names else ""
            raise FieldError(
                f"{self.name} has {text!r}; use {self.lowest} to {self.highest}{named}"
            )
        return value

    def _part(self, text: str) -> range:
        span, slash, step = text.partition("/")
        if slash and not (step.isascii() and step.isdigit() and int(step)):
            raise FieldError(f"{self.name} has the step {step!r}; use a number from 1")
        if span == "*":
            first, last = self.lowest, self.highest
        else:
            start, dash, end = span.partition("-")
            first = self.number(start)
            last = self.number(end) if dash else self.highest if slash else first
        if last < first:
            raise FieldError(f"{self.name} has {span!r}, which ends before it begins; use a list")
        return range(first, last + 1, int(step or 1))


MINUTES: Final = Field("the minutes field", 0, 59)
HOURS: Final = Field("the hours field", 0, 23)
DAY_OF_MONTH: Final = Field("the day-of-month field", 1, 31)
MONTH: Final = Field("the month field", 1, 12, MONTHS)
DAY_OF_WEEK: Final = Field("the day-of-week field", 1, 7, WEEKDAYS)
YEAR: Final = Field("the year field", 1970, 2199)


def days(day_of_month: str, day_of_week: str) -> Days:
    """The days that the two fields of days stand for, one of which is `?`.

    Raises:
        FieldError: both or neither is `?`, or one cannot be read.
    """
    if (day_of_month == "?") == (day_of_week == "?"):
        raise FieldError("put ? in exactly one of the fields day-of-month and day-of-week")
    return _by_week(day_of_week) if day_of_month == "?" else _by_month(day_of_month)


def _by_month(text: str) -> Days:
    if text == "L":
        return lambda year, month: {_length(year, month)}
    if match := _NEAREST_WEEKDAY.fullmatch(text):
        wanted = DAY_OF_MONTH.number(match[1])
        return lambda year, month: _nearest_weekday(year, month, wanted)
    values = DAY_OF_MONTH.values(text)
    return lambda year, month: {day for day in values if day <= _length(year, month)}


def _by_week(text: str) -> Days:
    if text == "L":
        text = "SAT"
    if match := _LAST_OF_MONTH.fullmatch(text):
        wanted = DAY_OF_WEEK.number(match[1])
        return lambda year, month: set(_weekdays(year, month, {wanted})[-1:])
    if match := _NTH_OF_MONTH.fullmatch(text):
        wanted, nth = DAY_OF_WEEK.number(match[1]), int(match[2])
        if not 1 <= nth <= 5:
            raise FieldError(f"{DAY_OF_WEEK.name} has {text!r}; after # stands 1 to 5")
        return lambda year, month: set(_weekdays(year, month, {wanted})[nth - 1 : nth])
    if "/" in text:
        raise FieldError(f"{DAY_OF_WEEK.name} has {text!r}, but knows no steps; use a list")
    values = DAY_OF_WEEK.values(text)
    return lambda year, month: set(_weekdays(year, month, values))


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _weekday(year: int, month: int, day: int) -> int:
    """1 is Sunday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def _weekdays(year: int, month: int, wanted: frozenset[int] | set[int]) -> list[int]:
    every = range(1, _length(year, month) + 1)
    return [day for day in every if _weekday(year, month, day) in wanted]


def _nearest_weekday(year: int, month: int, wanted: int) -> set[int]:
    """Monday to Friday, nearest to a day, in the same month; a month without the day has none."""
    length = _length(year, month)
    if wanted > length:
        return set()
    weekday = _weekday(year, month, wanted)
    if weekday == WEEKDAYS["SAT"]:
        return {wanted - 1 if wanted > 1 else wanted + 2}
    if weekday == WEEKDAYS["SUN"]:
        return {wanted + 1 if wanted < length else wanted - 2}
    return {wanted}
