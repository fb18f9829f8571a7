"""Budget bands as people write them: 50k-100k, 100k+, $1.5M, high."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

HIGH_BUDGET: Final = Decimal(100_000)
_WORDS: Final = {"high": HIGH_BUDGET, "medium": Decimal(50_000), "low": Decimal(0)}
_SCALE: Final = {"": 1, "k": 1_000, "m": 1_000_000}
# A suffix counts only right behind its number, so that the m of "rmb" scales nothing.
_AMOUNT: Final = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s?([km]?)(?![a-z])", re.IGNORECASE)


def least_amount(band: str | None) -> Decimal | None:
    """The lower bound of a band in dollars; None for nothing or for words that say no amount."""
    text = (band or "").strip().lower()
    if text in _WORDS:
        return _WORDS[text]
    if not (found := _AMOUNT.findall(text)):
        return None
    number, suffix = found[0]
    if not suffix and len(found) > 1 and found[1][1] and "-" in text:
        suffix = found[1][1]  # "50-100k" means thousands on both sides
    amount = Decimal(number.replace(",", "")) * _SCALE[suffix.lower()]
    return Decimal(0) if re.match(r"(<|under|below|up to|less)", text) else amount
