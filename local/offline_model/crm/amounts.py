"""Amounts of money as people write them: `5k`, `$1,500.50`, `1.2m`, `250000 USD`."""

from __future__ import annotations

import re
from typing import Final

AMOUNT: Final = (
    r"(?:[$€£]|usd|eur|gbp)?\s*\d+(?:[.,']\d+)*\s*"
    r"(?:(?:k|m|thousand|grand|million|mio)\b)?\s*(?:[$€£]|\b(?:usd|eur|gbp|dollars?|euros?"
    r"|bucks)\b)?"
)
_LONGEST: Final = 40
_PARTS: Final = re.compile(
    r"(?P<number>\d+(?:[.,']\d+)*)\s*(?P<scale>k|m|thousand|grand|million|mio)?\b", re.IGNORECASE
)
_SCALES: Final = {"k": 1_000, "thousand": 1_000, "grand": 1_000}
_WHOLE: Final = re.compile(AMOUNT, re.IGNORECASE)


def amount(said: str) -> float | None:
    """The number that a text is; None if it is anything else."""
    if len(said) > _LONGEST or not _WHOLE.fullmatch(said.strip(" .,;!?")):
        return None
    found = _PARTS.search(said)
    if found is None:
        return None
    scale = (found["scale"] or "").lower()
    value = _number(found["number"]) * (_SCALES.get(scale, 1_000_000) if scale else 1)
    return round(value, 2)


def written(value: float) -> str:
    """An amount as an argument that is text: no zeros that say nothing."""
    return f"{value:.2f}".removesuffix(".00")


def _number(digits: str) -> float:
    """A point or comma before one or two last digits divides cents; all others divide thousands."""
    whole, cents = digits, ""
    if found := re.fullmatch(r"(.+)[.,](\d{1,2})", digits):
        whole, cents = found[1], found[2]
    thousands = re.sub(r"\D", "", whole)
    return float(f"{thousands}.{cents or 0}")
