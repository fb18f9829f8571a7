"""What agents need of the world outside, beside the ports of all nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from shared.agents.registry import ToolRegistry
from shared.llm.budget import Meter
from shared.llm.port import LanguageModel

MODELS: Final = "models"
TOOLS: Final = "tools"
"""A `shared.agents.registry.ToolRegistry`."""
MEMORY: Final = "memory"
PIECES: Final = "pieces"

Tools = ToolRegistry
Turn = Mapping[str, Any]


class Models(Protocol):
    """The language models of the tenant, counted in its budgets."""

    def of(self, model: str, run: str, inner: Sequence[Meter] = ()) -> LanguageModel:
        """A model by name, nothing is the tenant's default; its calls count in the run's budget.

        Raises:
            NoProviderError: nobody has that model.
        """

    def steps(self) -> int:
        """How many steps the tenant lets an agent take that says nothing itself."""


class Memory(Protocol):
    """What agents remember from run to run: the last turns of a conversation."""

    async def recall(self, workflow: str, key: str) -> Sequence[Turn]:
        """The last messages, the oldest first: `{"role": …, "text": …}`."""

    async def remember(
        self, workflow: str, key: str, turns: Sequence[Turn], idempotency_key: str
    ) -> None:
        """Adds messages, once per key; only the last ten are kept."""


Pieces = Callable[[str, str, str], None]
"""Told of each piece of an agent's text, in any thread: execution, path and node, text. Without
this port nothing is streamed."""
