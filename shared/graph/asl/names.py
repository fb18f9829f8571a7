"""Readable names of states: the node's own name, unique in the machine, within AWS's limits."""

from __future__ import annotations

import re
from typing import Final

MAX_NAME: Final = 80
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9 _.,:?!()+=@/'-]+")


class Names:
    """Gives out names, each once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._numbers: dict[tuple[str, str], int] = {}

    def give(self, wanted: str, suffix: str = "") -> str:
        """A name that no other state has: the wanted one, cut and numbered where it must be."""
        clean = _UNUSUAL.sub(" ", wanted).strip() or "Step"
        number = self._numbers.get((clean, suffix), 1)
        while True:
            end = f"{suffix} ({number})" if number > 1 else suffix
            name = clean[: MAX_NAME - len(end)].rstrip() + end
            if name not in self._given:
                self._given.add(name)
                self._numbers[clean, suffix] = number + 1
                return name
            number += 1
