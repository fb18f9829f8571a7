"""A message without its courtesies, its grammar words spelt as they are meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from local.offline_model.crm.vocabulary import typos

MOST: Final = 2_000
"""Characters that are read of a message; no command is longer."""
_WORDS: Final = frozenset({
    "add", "address", "board", "booked", "cancel", "change", "closed", "column", "company",
    "confirm", "convert", "create", "deal", "deals", "delete", "drag", "edit", "email", "find",
    "from", "history", "interest", "lead", "leads", "list", "mark", "meeting", "meetings", "move",
    "moved", "note", "notes", "number", "phone", "pipeline", "please", "proposal", "referral",
    "referrals", "remove", "rename", "search", "show", "source", "status", "summarize", "summary",
    "timeline", "total", "update", "value", "website", "worth",
})  # fmt: skip
"""What is looked for in a misspelt word."""
_ENGLISH: Final = frozenset(Path(__file__).with_name("english.txt").read_text("utf-8").split())
"""Words that are no typos of those above, near as they are."""
_INSTEAD: Final = {
    "showing": "show", "moving": "move", "adding": "add", "creating": "create", "boked": "booked",
    "finding": "find", "deleting": "delete", "removing": "remove", "updating": "update",
    "changing": "change", "listing": "list", "pls": "please", "plz": "please", "summarise":
    "summarize", "summarizing": "summarize", "searching": "search", "marking": "mark",
    "putting": "put", "setting": "set", "nr": "number", "whats": "what's",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Za-z]+(?![\w@.]*@)")
_BEFORE: Final = re.compile(
    r"""^(?:
      (?:hi|hey|hello|ok|okay|well|so|alright|great|now|and|then|also|just|right|thanks|thank\ you)
        (?:\ (?:there|so|again|now))?[\s,!.]+(?=\w)
        (?!there\b|all\b|very\b|so\b|a\ lot\b|much\b|you\b|millrace\b)
    | (?:please|kindly)[\s,]+
    | (?:can|could|would|will)\ you\ (?:mind\ |please\ |kindly\ |just\ )*
    | (?:can|could|may)\ (?:i|we)\ (?:please\ )?
    | i(?:'d|\ would)\ (?:like|love)\ (?:you\ )?to[ ]
    | i\ (?:want|need)\ (?:you\ )?to[ ]
    | let(?:'s|\ us)[ ]
    | we\ (?:need|want|have)\ to[ ]
    | go\ ahead\ and\ | help\ me\ (?:to\ )?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER: Final = re.compile(
    r"(?:[\s,]+(?:please|thanks|thank you|thx|for me|for us|right now|now|asap))+[\s.!?]*$"
    r"|[\s!?.;,]+$",
    re.IGNORECASE,
)


def plain(message: str) -> str:
    """The message as the commands read it."""
    text = " ".join(message[:MOST].replace("\u2019", "'").split())
    text = _spelt(text)
    while (shorter := _AFTER.sub("", _BEFORE.sub("", text))) != text:
        text = shorter
    return re.sub(r",?\s+please\b,?", "", text, flags=re.IGNORECASE)


def _spelt(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        word = found[0]
        # A word with a capital may be a name; the first one has its capital from the sentence.
        if not word.islower() and not word.isupper() and found.start() > 0:
            return word
        return _INSTEAD.get(word.lower()) or _meant(word)

    return _WORD.sub(meant, text)


def _meant(word: str) -> str:
    small = word.lower()
    stem = small.removesuffix("d").removesuffix("s")
    if len(small) < 4 or {small, stem, stem.removesuffix("e")} & (_WORDS | _ENGLISH):
        return word
    near = [(wrong, meant) for meant in _WORDS if (wrong := _wrong(small, meant)) is not None]
    return min(near)[1] if near else word


def _wrong(said: str, meant: str) -> int | None:
    """Short words are forgiven one swapped or missing letter."""
    if len(meant) >= 5:
        return typos(said, meant)
    swapped = sorted(said) == sorted(meant) and said[0] == meant[0]
    return 1 if swapped and len(meant) == 4 else None
