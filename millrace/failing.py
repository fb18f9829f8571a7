"""How a command ends when it cannot do what it was asked."""

from __future__ import annotations

from typing import Final

FAILED: Final = 1
MISUSED: Final = 2


class CommandError(Exception):
    """One sentence that names the thing and the mend; the command ends with `code`."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


class MisuseError(CommandError):
    """What was typed cannot be meant."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, MISUSED)
