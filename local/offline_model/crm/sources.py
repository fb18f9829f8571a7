"""Where leads come from, however it is called or misspelt."""

from __future__ import annotations

import re
from typing import Final

from local.offline_model.crm.vocabulary import Vocabulary

SOURCES: Final = Vocabulary(
    {
        "Website": ("website", "web site", "homepage", "our site", "the web", "web"),
        "Referral": ("referral", "referrals", "referred", "recommendation", "word of mouth"),
        "Social Media": ("social media", "social", "linkedin", "facebook", "instagram"),
        "Cold Call": ("cold call", "cold calls", "cold calling"),
        "Email Campaign": ("email campaign", "e-mail campaign", "newsletter", "mailing"),
        "Trade Show": ("trade show", "trade shows", "tradeshow", "fair", "trade fair", "expo"),
        "Other": ("other",),
    }
)
_AROUND: Final = re.compile(r"^(?:the|a|an|our)\s+", re.IGNORECASE)


def source(said: str) -> str | None:
    """The source that a text names and nothing else."""
    return SOURCES.named(_AROUND.sub("", said.strip(" .,;:!?\"'“”")))
