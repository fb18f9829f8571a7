"""Where a card stands in its column: a text that sorts, so that an insert moves no sibling.

Fractional keys never run out. One of several keys that fit is drawn at random, so that two people
who drop a card into one gap rarely get the same; where they do, the card's id decides.
"""

from __future__ import annotations

import random
from typing import Final

from fractional_indexing import generate_n_keys_between

_CHOICES: Final = 16


def rank_between(before: str | None, after: str | None) -> str:
    """A rank after `before` and ahead of `after`; None means the end of the column.

    Two neighbours of one rank leave no gap: the card then goes behind both.
    """
    if before is not None and after is not None and before >= after:
        after = None
    return str(random.choice(generate_n_keys_between(before, after, n=_CHOICES)))
