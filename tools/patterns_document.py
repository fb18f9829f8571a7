"""docs/patterns.md: kinds of event patterns, the cases tried, and where moto's matcher differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from shared.events.patterns import Pattern
from tests.patterns import by_moto
from tests.patterns.cases import CASES, REFUSED, Case


def document() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Event patterns"
    yield ""
    yield "Generated: `make generate`, from `tests/patterns/cases.py`: what EventBridge's"
    yield "documentation and that of its open matcher say of each kind. Our matcher"
    yield "(`shared/events/patterns.py`) decides on rules of the laptop, filters of subscribers and"
    yield "consumers, and the filters of event triggers."
    yield ""
    right = sum(_ours(case) is case.matches for case in CASES)
    yield f"{len(CASES)} cases, {right} of which ours decides as documented; moto's own matcher"
    moto, refused = len(CASES) - len(_differing()), len(REFUSED)
    yield f"{moto}. {refused} patterns that EventBridge would not take"
    yield "are refused, by the key that is wrong."
    yield ""
    yield "| kind | cases | a pattern | matches | does not |"
    yield "|---|---|---|---|---|"
    for kind, of_kind in groupby(CASES, lambda case: case.kind):
        cases = list(of_kind)
        yes = next((_code(case.event) for case in cases if case.matches), "")
        no = next((_code(case.event) for case in cases if not case.matches), "")
        yield f"| {_text(kind)} | {len(cases)} | {_code(cases[0].pattern)} | {yes} | {no} |"
    yield ""
    yield "## Where moto differs"
    yield ""
    yield "| kind | pattern | event | documented | moto |"
    yield "|---|---|---|---|---|"
    for case in _differing():
        found = by_moto.matches(case.pattern, case.event)
        told = (_text(case.kind), _code(case.pattern), _code(case.event))
        yield f"| {' | '.join(told)} | {_said(case.matches)} | {_said(found)} |"
    yield ""
    yield "## Refused"
    yield ""
    yield "| pattern | told |"
    yield "|---|---|"
    for pattern, told in REFUSED:
        yield f"| {_code(pattern)} | {_text(told)} |"


def _ours(case: Case) -> bool:
    return Pattern(case.pattern).matches(case.event)


def _differing() -> list[Case]:
    return [case for case in CASES if by_moto.matches(case.pattern, case.event) is not case.matches]


def _said(found: bool | str) -> str:
    if isinstance(found, str):
        return found  # how it failed
    return "matches" if found else "does not"


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, default=str)
    text = text if len(text) <= 120 else f"{text[:117]}..."
    return f"`{text.replace('|', chr(92) + '|').replace('`', chr(39))}`"


def _text(value: str) -> str:
    return value.replace("|", "\\|").replace("$", "\\$")
