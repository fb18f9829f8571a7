"""One turn of a conversation: what goes in, and what comes of it in seed 002's shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args

from shared.agents.spent import Spent
from shared.graph.journal import Journal
from shared.identity.principal import Principal
from shared.llm.messages import AssistantMessage, UserMessage

Intent = Literal["question", "search", "create", "change", "destructive", "unclear"]
INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)

Said = UserMessage | AssistantMessage
Piece = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a user said, and everything that the model does not choose."""

    principal: Principal
    session_id: str
    task_id: str
    """One turn; the same when a turn that was killed is done again."""
    message: str
    journal: Journal
    """Where the turn notes its steps, so that doing it again has no second effect."""
    history: Sequence[Said] = ()
    """The last messages of the conversation, oldest first, without `message`."""
    piece: Piece | None = None
    """Told of each piece of the answer's text as it comes, in another thread."""
    seconds: float = 240.0
    """The time that is left for it."""
    sent_at: datetime | None = None
    """When the user sent it: nobody agrees to a question that was not asked yet."""

    @property
    def tenant(self) -> str:
        """The verified principal's; nobody else's."""
        return self.principal.tenant


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """A tool call and what came of it."""

    function: str
    arguments: dict[str, Any]
    result: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As the seed has it."""
        return {"function": self.function, "arguments": self.arguments, "result": self.result}


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn ended; `error` is the kind of what failed, `ai_message` says it to the user."""

    ai_message: str
    function_results: tuple[FunctionResult, ...] = ()
    status: Literal["success", "error"] = "success"
    error: str | None = None
    intent: Intent = "unclear"
    spent: Spent = field(default_factory=Spent)

    def as_json(self) -> dict[str, Any]:
        """The `result` of a task, in the seed's shape with the intent beside it."""
        made = {
            "ai_message": self.ai_message,
            "function_results": [each.as_json() for each in self.function_results],
            "status": self.status,
            "intent": self.intent,
        }
        return made if self.error is None else {**made, "error": self.error}
