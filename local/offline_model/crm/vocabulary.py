"""Names with synonyms, found although they are misspelt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rapidfuzz.distance import OSA

_LETTERS_PER_TYPO: Final = 5
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_LONGEST: Final = 3
"""Words in a name."""


def typos(said: str, meant: str) -> int | None:
    """How many letters are wrong, missing, too many or swapped; None if that is another word."""
    allowed = len(meant) // _LETTERS_PER_TYPO
    found = int(OSA.distance(said, meant, score_cutoff=allowed))
    return found if found <= allowed else None


class Vocabulary:
    """Names by what people call them."""

    def __init__(self, called: Mapping[str, Sequence[str]]) -> None:
        self.called = called
        self._meant = {
            _key(word): name for name, words in called.items() for word in (name, *words)
        }

    def named(self, said: str) -> str | None:
        """The name that a text is, and nothing else."""
        key = _key(said)
        if key in self._meant or not key:
            return self._meant.get(key)
        near = [(wrong, word) for word in self._meant if (wrong := typos(key, word)) is not None]
        return self._meant[min(near)[1]] if near else None

    def within(self, text: str) -> tuple[str, tuple[int, int]] | None:
        """The first and longest name in a text, and where it stands."""
        words = list(_WORD.finditer(text))
        for first in range(len(words)):
            for last in reversed(range(first, min(first + _LONGEST, len(words)))):
                span = words[first].start(), words[last].end()
                if name := self.named(text[span[0] : span[1]]):
                    return name, span
        return None


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
