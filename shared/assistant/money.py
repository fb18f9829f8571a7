"""Amounts as people write them: `$1,000.50`, `1.000,50 €`, `50k`, `2 million`, `2500 rmb`.

A suffix scales only as a part of the number, so that a currency's letters never do.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

MOST: Final = Decimal("99999999.99")
_LENGTH: Final = 60
_CURRENCY: Final = (
    r"(?:us\$|[$€£¥₹]|usd|eur|gbp|jpy|cny|rmb|inr|chf|cad|aud|dollars?|euros?|pounds?|yuan|yen)"
)
_WHOLE: Final = re.compile(
    rf"{_CURRENCY}?\s*(?P<number>[0-9](?:[0-9.,'_ ]*[0-9])?)"
    rf"(?:(?P<letter>mn|bn|[kmb])|\s*(?P<word>thousand|million|billion))?\s*{_CURRENCY}?",
    re.IGNORECASE | re.ASCII,
)
_SCALES: Final = {
    "k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "thousand": 3, "million": 6, "billion": 9,
}  # fmt: skip
_GROUPED: Final = re.compile(r"[0-9]{1,3}([.,'_ ])[0-9]{3}(\1[0-9]{3})*")


class NotAnAmountError(ValueError):
    """A text that is no amount of dollars; the message says what is taken."""


def amount_of(given: str | float | Decimal) -> Decimal:
    """The amount, with two decimals at most.

    Raises:
        NotAnAmountError: it is none, negative, too large, or has parts of a cent.
    """
    found = _WHOLE.fullmatch(str(given).strip()[: _LENGTH + 1])
    if found is None or len(str(given).strip()) > _LENGTH:
        raise NotAnAmountError("write an amount such as 2500, 1,000.50 or 50k")
    suffix = (found["letter"] or found["word"] or "").casefold()
    amount = _plain(found["number"].strip(), scaled=bool(suffix))
    if suffix:
        amount = amount.scaleb(_SCALES[suffix])
    if amount > MOST:
        raise NotAnAmountError(f"an amount is at most {MOST:,}")
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise NotAnAmountError("an amount has two decimals at most")
    return cents


def _plain(text: str, *, scaled: bool) -> Decimal:
    last = max(text.rfind("."), text.rfind(","))
    whole, mark, decimals = (text, "", "") if last < 0 else (text[:last], text[last], text[last:])
    if mark and _is_grouping(text, mark, whole, decimals[1:], scaled):
        whole, decimals = text, ""
    digits, part = _ungrouped(whole, mark if decimals else ""), decimals[1:]
    if digits is None or (decimals and not re.fullmatch("[0-9]+", part)):
        raise NotAnAmountError("write an amount such as 2500, 1,000.50 or 50k")
    return Decimal(f"{digits}.{part or '0'}")


def _is_grouping(text: str, mark: str, whole: str, after: str, scaled: bool) -> bool:
    """Whether the last mark parts thousands: it came before, or exactly three digits follow it."""
    if mark in whole:
        return True
    other = "," if mark == "." else "."
    if other in whole or len(after) != 3 or whole.startswith("0"):
        return False
    return not (scaled and mark == ".")


def _ungrouped(whole: str, decimal_mark: str) -> str | None:
    if re.fullmatch("[0-9]+", whole):
        return whole
    grouped = _GROUPED.fullmatch(whole)
    if grouped is None or grouped[1] == decimal_mark:
        return None
    return whole.replace(grouped[1], "")
