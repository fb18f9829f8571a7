"""What identity refuses."""

from __future__ import annotations


class DeniedError(Exception):
    """The credentials prove nothing; the message says why, for the log alone."""


class NotFoundError(Exception):
    """This tenant has nothing of that id; the message says of what kind."""


class UnusableError(Exception):
    """A part of what was asked for cannot be used: which field, why, and the mend."""

    def __init__(self, field: str, problem: str, fix: str) -> None:
        super().__init__(f"{field}: {problem}; {fix}")
        self.entry = {"field": field, "problem": problem, "fix": fix}


class TakenError(Exception):
    """Somebody has this address or this name already; the message says which."""


class NotSignedInError(Exception):
    """No session for these words; the message is what may be told to whoever asks."""
