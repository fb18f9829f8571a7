"""Where leads come from: the board's seven sources, and how people call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

Source = Literal[
    "Website", "Referral", "Social Media", "Cold Call", "Email Campaign", "Trade Show", "Other"
]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
_ALIASES: Final[dict[str, Source]] = {
    "web": "Website", "site": "Website", "homepage": "Website", "online": "Website",
    "referred": "Referral", "recommendation": "Referral", "word of mouth": "Referral",
    "social": "Social Media", "linkedin": "Social Media", "facebook": "Social Media",
    "instagram": "Social Media", "twitter": "Social Media", "x": "Social Media",
    "cold calling": "Cold Call", "call": "Cold Call", "phone": "Cold Call",
    "email": "Email Campaign", "e mail": "Email Campaign", "mail": "Email Campaign",
    "newsletter": "Email Campaign", "campaign": "Email Campaign",
    "fair": "Trade Show", "expo": "Trade Show", "conference": "Trade Show", "event": "Trade Show",
}  # fmt: skip
_KNOWN: Final[Mapping[str, Source]] = {source.casefold(): source for source in SOURCES} | _ALIASES


class UnknownSourceError(ValueError):
    """No such source; the message lists them."""


def source_of(given: str) -> Source:
    """The source that is meant.

    Raises:
        UnknownSourceError: nobody knows it.
    """
    said = " ".join(given.casefold().replace("-", " ").replace("_", " ").split())
    for name in (said, said.removesuffix("s")):
        if name in _KNOWN:
            return _KNOWN[name]
    raise UnknownSourceError(f"there is no source {given[:40]!r}; there are {', '.join(SOURCES)}")
