"""Schedule expressions: AWS's grammar, and the two days a year on which clocks are moved."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.schedules.expressions import ExpressionError, parse

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("UTC")


def firings(expression, start, count, zone=LONDON):
    """The next moments after a start, both written in UTC."""
    timing = parse(expression)
    moment = anchor = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = []
    for _ in range(count):
        moment = timing.next_after(moment, zone, anchor)
        found.append(moment and moment.strftime("%Y-%m-%dT%H:%M"))
        if moment is None:
            break
    return found


@pytest.mark.parametrize(
    ("expression", "start", "wanted"),
    [
        ("cron(15 10 ? * 6L 2026)", "2026-01-01", ["2026-01-30T10:15", "2026-02-27T10:15"]),
        ("cron(0 9 ? * MON-FRI *)", "2026-01-02T09:00", ["2026-01-05T09:00", "2026-01-06T09:00"]),
        ("cron(0 9 ? * TUE#2 *)", "2026-01-01", ["2026-01-13T09:00", "2026-02-10T09:00"]),
        ("cron(0 9 ? * 3#5 *)", "2026-01-01", ["2026-03-31T09:00", "2026-06-30T09:00"]),
        ("cron(0 0 L * ? *)", "2028-02-01", ["2028-02-29T00:00", "2028-03-31T00:00"]),
        ("cron(0 0 ? * L *)", "2026-01-01", ["2026-01-03T00:00", "2026-01-10T00:00"]),
        ("cron(0 8 1W * ? *)", "2026-07-31", ["2026-08-03T08:00", "2026-09-01T08:00"]),
        ("cron(0 8 31W * ? *)", "2026-05-01", ["2026-05-29T08:00", "2026-07-31T08:00"]),
        ("cron(0 8 15W 8 ? *)", "2026-08-01", ["2026-08-14T08:00", "2027-08-16T08:00"]),
        ("cron(50/5 23 * jan,DEC ? *)", "2026-01-31T23:52", ["2026-01-31T23:55",
                                                            "2026-12-01T23:50"]),
        ("cron(0-30/15 8 29 2 ? *)", "2026-01-01", ["2028-02-29T08:00", "2028-02-29T08:15"]),
        ("cron(0 12 * * ? 2026-2027/1)", "2027-12-31T11:00", ["2027-12-31T12:00", None]),
        ("cron(0 12 30 2 ? *)", "2026-01-01", [None]),
        ("rate(1 minute)", "2026-01-01T00:00:30", ["2026-01-01T00:01", "2026-01-01T00:02"]),
        ("rate(7 days)", "2026-01-01", ["2026-01-08T00:00", "2026-01-15T00:00"]),
        ("at(2026-01-01T12:00:00)", "2026-01-01", ["2026-01-01T12:00", None]),
    ],
)  # fmt: skip
def test_what_fires_when(expression, start, wanted):
    assert firings(expression, start, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("zone", "expression", "start", "wanted"),
    [
        # 02:30 does not exist: skipped.
        (BERLIN, "cron(30 2 * * ? *)", "2026-03-28", ["2026-03-28T01:30", "2026-03-30T00:30"]),
        (NEW_YORK, "cron(30 2 * * ? *)", "2026-03-07", ["2026-03-07T07:30", "2026-03-09T06:30"]),
        # 02:30 (01:30 in New York) occurs twice: the first time only.
        (BERLIN, "cron(30 2 * * ? *)", "2026-10-25", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        (NEW_YORK, "cron(30 1 * * ? *)", "2026-11-01", ["2026-11-01T05:30", "2026-11-02T06:30"]),
        (BERLIN, "cron(0/30 * * * ? *)", "2026-10-25T00:15",
         ["2026-10-25T00:30", "2026-10-25T02:00"]),
        (BERLIN, "rate(1 hour)", "2026-10-25", ["2026-10-25T01:00", "2026-10-25T02:00"]),
        (BERLIN, "at(2026-07-01T09:00:00)", "2026-01-01", ["2026-07-01T07:00", None]),
        (BERLIN, "at(2026-03-29T02:30:00)", "2026-01-01", ["2026-03-29T01:30", None]),
        (BERLIN, "at(2026-10-25T02:30:00)", "2026-01-01", ["2026-10-25T00:30", None]),
    ],
)  # fmt: skip
def test_clocks_put_forward_and_back(zone, expression, start, wanted):
    assert firings(expression, start, len(wanted), zone) == wanted


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("banana", "is no schedule expression; use rate"),
        ("cron(0 9 * * ? *) ", "is no schedule expression"),
        ("rate(1 minutes)", r"write rate\(1 minute\)"),
        ("rate(5 minute)", r"write rate\(5 minutes\)"),
        ("rate(0 minutes)", "a number from 1"),
        ("rate(0.5 minutes)", "a number from 1"),
        ("rate(1 week)", "minutes, hours or days"),
        ("cron(0 9 * * *)", "six fields, not 5"),
        ("cron(0 9 * * * *)", "put [?] in exactly one"),
        ("cron(0 9 ? * ? *)", "put [?] in exactly one"),
        ("cron(60 9 * * ? *)", "the minutes field has '60'; use 0 to 59"),
        ("cron(0 24 * * ? *)", "the hours field has '24'"),
        ("cron(0 9 32 * ? *)", "the day-of-month field has '32'"),
        ("cron(0 9 * FOO ? *)", "the month field has 'FOO'; use 1 to 12 or JAN"),
        ("cron(0 9 ? * 0 *)", "the day-of-week field has '0'"),
        ("cron(0 9 ? * FRI-MON *)", "ends before it begins; use a list"),
        ("cron(0 9 ? * 3#6 *)", "after # stands 1 to 5"),
        ("cron(0 9 ? * 3#1,6#3 *)", "the day-of-week field"),
        ("cron(0 9 ? * 2/2 *)", "knows no steps"),
        ("cron(*/0 9 * * ? *)", "the step '0'"),
        ("cron(0 9 * * ? 1969)", "the year field has '1969'; use 1970 to 2199"),
        ("cron(0 9 LW * ? *)", "the day-of-month field has 'LW'"),
        ("at(2026-02-30T00:00:00)", "a date and a time"),
        ("at(2026-03-01)", "a date and a time"),
    ],
)
def test_what_is_wrong_is_named_with_the_mend(expression, said):
    with pytest.raises(ExpressionError, match=said):
        parse(expression)


def test_a_rule_knows_no_at():
    with pytest.raises(ExpressionError, match="a rule knows no at"):
        parse("at(2026-01-01T12:00:00)", of_rule=True)


numbers = st.integers


@st.composite
def field_texts(draw, lowest, highest):
    """The text of a field and its values, found in another way than the parser's."""
    first = draw(numbers(lowest, highest))
    last = draw(numbers(first, highest))
    step = draw(numbers(1, highest))
    kind = draw(st.sampled_from(["*", "one", "range", "step", "range/step", "list"]))
    every = range(lowest, highest + 1)
    return {
        "*": ("*", set(every)),
        "one": (str(first), {first}),
        "range": (f"{first}-{last}", {v for v in every if first <= v <= last}),
        "step": (f"{first}/{step}", {v for v in every if v >= first and (v - first) % step == 0}),
        "range/step": (
            f"{first}-{last}/{step}",
            {v for v in every if first <= v <= last and (v - first) % step == 0},
        ),
        "list": (f"{first},{last}", {first, last}),
    }[kind]


def day_matches(day_text, wall):
    """Whether a date is one that a text of the day-of-week field stands for; by counting."""
    number = (wall.isoweekday() % 7) + 1
    length = calendar.monthrange(wall.year, wall.month)[1]
    if day_text.endswith("L"):
        return number == int(day_text[0]) and wall.day + 7 > length
    if "#" in day_text:
        return number == int(day_text[0]) and (wall.day - 1) // 7 + 1 == int(day_text[2])
    return number == int(day_text)


weekday_texts = st.one_of(
    numbers(1, 7).map(str),
    numbers(1, 7).map(lambda day: f"{day}L"),
    st.tuples(numbers(1, 7), numbers(1, 5)).map(lambda pair: f"{pair[0]}#{pair[1]}"),
)


@settings(max_examples=150, deadline=None)
@given(
    minute=field_texts(0, 59), hour=field_texts(0, 23), weekday=weekday_texts,
    zone=st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), LONDON]),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)),
)  # fmt: skip
def test_the_next_firing_is_the_one_that_counting_minutes_finds(minute, hour, weekday, zone, start):
    moment = start.replace(tzinfo=UTC)
    found = parse(f"cron({minute[0]} {hour[0]} ? * {weekday} *)").next_after(moment, zone, moment)
    step = moment.replace(second=0, microsecond=0)
    for _ in range(2 * 24 * 60):
        step += timedelta(minutes=1)
        wall = step.astimezone(zone)
        fires = wall.minute in minute[1] and wall.hour in hour[1] and not wall.fold
        if fires and day_matches(weekday, wall):
            assert found == step
            return
    assert found is None or found > step
