"""The board's columns, however they are called or misspelt."""

from __future__ import annotations

import re
from typing import Final

from local.offline_model.crm.vocabulary import Vocabulary
from shared.crm.lead import STATUSES

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "Interest": ("interested", "interests", "interest"),
    "Meeting booked": ("meeting", "meetings", "booked", "meeting scheduled", "booked meeting"),
    "Proposal sent": ("proposal", "proposals", "offer", "offer sent", "quote sent"),
    "Closed win": ("won", "win", "wins", "closed won", "closed as won", "signed", "accepted"),
    "Closed lost": ("lost", "lose", "losses", "closed as lost", "declined", "rejected"),
}  # fmt: skip
COLUMNS: Final = Vocabulary({name: (name, *SYNONYMS[name]) for name in STATUSES})
_AROUND: Final = re.compile(
    r"^(?:the|a|an|our)\s+|^(?:column|stage|status|list)\s+|\s+(?:column|stage|status|list|again)$",
    re.IGNORECASE,
)


def column(said: str) -> str | None:
    """The column that a text names and nothing else."""
    bare = said.strip(" .,;:!?\"'“”")
    while (shorter := _AROUND.sub("", bare)) != bare:
        bare = shorter
    return COLUMNS.named(bare)
