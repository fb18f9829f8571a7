"""What every command has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from local.offline_model.crm.heard import Heard
from local.offline_model.crm.plans import Plan


class Command(ABC):
    """One kind of thing that a user may ask for."""

    intent: ClassVar[str]
    """As the assistant bounds its tools by."""
    title: ClassVar[str]
    """What it does, in a few words."""
    tools: ClassVar[tuple[str, ...]] = ()
    """What it calls, in order."""
    examples: ClassVar[tuple[str, ...]]
    """Ways to say it; each is tried by a test."""

    @classmethod
    @abstractmethod
    def read(cls, text: str) -> Command | None:
        """The command that a plain text is, or None."""

    @abstractmethod
    def plan(self, heard: Heard) -> Plan:
        """What is done about it."""
