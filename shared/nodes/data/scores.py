"""How alike two values are: 0 is not at all, 1 is the same."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

Method = Literal["cosine", "ratio", "partial", "words", "jaro_winkler"]
MAX_TEXT: Final = 10_000
_WORD: Final = re.compile(r"\w+")


def similarity(one: Any, other: Any, method: Method) -> float:
    """Of two texts; `cosine` also of two lists of numbers. Four decimals.

    Raises:
        ValueError: they cannot be compared in this way.
    """
    if method == "cosine":
        return round(_cosine(_vector(one), _vector(other)), 4)
    if not isinstance(one, str) or not isinstance(other, str):
        raise ValueError(f"{method} compares texts; for lists of numbers use cosine")
    return round(_text_score(one, other, method), 4)


def _text_score(one: str, other: str, method: Method) -> float:
    from rapidfuzz import distance, fuzz, utils

    _check_length(one, other)
    if method == "jaro_winkler":
        return distance.JaroWinkler.normalized_similarity(
            one, other, processor=utils.default_process
        )
    score = {"ratio": fuzz.ratio, "partial": fuzz.partial_ratio, "words": fuzz.token_set_ratio}
    return score[method](one, other, processor=utils.default_process) / 100


def _check_length(*texts: str) -> None:
    for text in texts:
        if len(text) > MAX_TEXT:
            raise ValueError(f"a text has {len(text):,} characters, at most {MAX_TEXT:,} are taken")


def _vector(value: Any) -> Mapping[Any, float]:
    if isinstance(value, str):
        return Counter(_WORD.findall(value.lower()))
    if isinstance(value, Sequence) and all(
        isinstance(part, int | float) and not isinstance(part, bool) for part in value
    ):
        return dict(enumerate(map(float, value)))
    raise ValueError(f"{value!r:.80} is neither a text nor a list of numbers")


def _cosine(one: Mapping[Any, float], other: Mapping[Any, float]) -> float:
    lists = {kind for vector in (one, other) for kind in map(type, vector)} == {int}
    if lists and len(one) != len(other):
        raise ValueError(f"one list has {len(one)} numbers, the other {len(other)}")
    dot = math.fsum(weight * other.get(name, 0) for name, weight in one.items())
    length = math.hypot(*one.values()) * math.hypot(*other.values())
    return dot / length if length else 0.0
