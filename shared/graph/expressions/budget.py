"""What one rendering may spend: steps and characters, counted and never timed.

Every value that an operator, a filter or a literal makes is charged with its weight, the number of
values in it counted as a tree. So a value that holds itself many times over costs what it would
cost to write out, and nothing that a text can build outgrows the budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared.graph.expressions.errors import ExpressionError

STEPS: Final = 100_000
CHARACTERS: Final = 1_000_000
"""Of all texts that a rendering builds, its output among them."""
INTEGER_BITS: Final = 1_024
CHARACTERS_A_STEP: Final = 100
"""Comparing or searching so many characters is one step."""


class Budget:
    """The steps and characters left to one rendering, and what it wants kept."""

    def __init__(self, steps: int = STEPS, characters: int = CHARACTERS) -> None:
        self._steps, self._characters = steps, characters
        self.steps, self.characters = steps, characters
        self.value: Any = None
        """The value of a text that is one expression."""
        self.changes: dict[str, Any] = {}
        """What `set_runtime` set; a deleted key is None."""

    def spend(self, steps: int = 1) -> None:
        """Takes steps, or says that the text does too much."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError(
                f"the text takes more than {self._steps} steps",
                "loop over fewer items, or let a transform node prepare them",
            )

    def write(self, characters: int) -> None:
        """Takes characters, or says that the text grows too large."""
        self.characters -= characters
        if self.characters < 0:
            raise ExpressionError(
                f"the text builds more than {self._characters} characters",
                "write less, or keep the large part in a file and refer to it",
            )

    def read(self, value: Any) -> Any:
        """Charges for going through a value; the value."""
        if isinstance(value, str):
            self.spend(1 + len(value) // CHARACTERS_A_STEP)
        elif isinstance(value, (list, tuple, dict)):
            self._walk(value)
        return value

    def built(self, value: Any) -> Any:
        """Charges for a value that the text made; the value."""
        if isinstance(value, str):
            self.spend()
            self.write(len(value))
        elif isinstance(value, int) and value.bit_length() > INTEGER_BITS:
            raise ExpressionError(
                f"a number has more than {INTEGER_BITS} bits", "calculate with smaller numbers"
            )
        else:
            self.read(value)
        return value

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items, a step each."""
        for item in items:
            self.spend()
            yield item

    def _walk(self, value: Any) -> None:
        waiting = [value]
        while waiting:
            self.spend()
            top = waiting.pop()
            if isinstance(top, Mapping):
                self.spend(len(top))
                waiting.extend(v for v in top.values() if isinstance(v, (list, tuple, dict)))
            elif isinstance(top, (list, tuple)):
                self.spend(len(top))
                waiting.extend(v for v in top if isinstance(v, (list, tuple, dict, str)))
            elif isinstance(top, str):
                self.spend(len(top) // CHARACTERS_A_STEP)
