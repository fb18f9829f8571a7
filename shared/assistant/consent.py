"""What of a user's words is consent: a closed list, the whole message, and nothing quoted.

The code looks for it, never a model. What is not on the list leaves an action waiting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal

Consent = Literal["yes", "no", "none"]

YES: Final = (
    "yes", "y", "yep", "yeah", "ok", "okay", "sure", "confirm", "confirmed", "i confirm",
    "yes i confirm", "go ahead", "do it", "please do", "proceed", "i am sure", "i'm sure",
)  # fmt: skip
"""Whole messages, and beginnings of those that go on as `GOES_ON` says."""
GOES_ON: Final = (
    "please", "do it", "do that", "go ahead", "proceed", "confirm", "confirm it", "i confirm",
    "i am sure", "i'm sure", "of course", "thanks", "thank you",
)  # fmt: skip
VERBS: Final = ("delete", "remove", "move", "change", "update", "create", "add")
OBJECTS: Final = ("it", "them", "that", "this", "him", "her", "them all", "all of them")
NO: Final = (
    "no", "n", "nope", "cancel", "stop", "abort", "don't", "dont", "do not", "never mind",
    "nevermind", "keep it", "keep them", "rather not",
)  # fmt: skip
"""A message of at most six words that begins so takes an action back."""
_WORDS: Final = 6
_LONGEST: Final = 120
_QUOTES: Final = re.compile(r"[\"“”„«»`]|^>|(?:^|\s)'|'(?:\s|$)")
_MARKS: Final = re.compile("[,.!;:\u2013\u2014-]")


def consent(
    message: str,
    names: Sequence[str] = (),
    verbs: Sequence[str] = VERBS,
    *,
    named: bool = False,
) -> Consent:
    """Whether a message agrees, declines, or does neither.

    `names` and `verbs` are of the action that waits: `yes, delete John Doe` agrees only if that is
    what was asked about. `named` wants such a verb: a bare yes may answer another question.
    """
    said = unicodedata.normalize("NFKC", message).replace("\u2019", "'").casefold().strip()
    if len(said) > _LONGEST or "\n" in said or "?" in said or _QUOTES.search(said):
        return "none"
    words = " ".join(_MARKS.sub(" ", said).split())
    if _begins(words, NO) and len(words.split()) <= _WORDS:
        return "no"
    for yes in YES:
        if words == yes and not named:
            return "yes"
        if words.startswith(f"{yes} ") and _goes_on(words[len(yes) + 1 :], names, verbs, named):
            return "yes"
    return "none"


def _begins(words: str, beginnings: Sequence[str]) -> bool:
    return any(words == each or words.startswith(f"{each} ") for each in beginnings)


def _goes_on(rest: str, names: Sequence[str], verbs: Sequence[str], named: bool) -> bool:
    """Whether the rest is a phrase of the list, or names what waits."""
    plain = rest.removesuffix(" please").removeprefix("please ")
    if not named and {plain, rest} & set(GOES_ON):
        return True
    verb, _, what = plain.partition(" ")
    return verb in verbs and what in {*OBJECTS, *map(_plain, names)}


def _plain(name: str) -> str:
    return " ".join(_MARKS.sub(" ", name.casefold()).split())
