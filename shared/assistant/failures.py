"""What a user is told when a turn fails, by the kind of failure: what happened, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.agents.agent import AgentFailedError
from shared.llm.errors import LLMError

_ADMIN: Final = "an admin adds one under the settings of language models"
SENTENCES: Final[Mapping[str, str]] = {
    "no_provider": f"no language model is set up; {_ADMIN}.",
    "key_refused": "the language model refuses its key; an admin puts a valid one there.",
    "quota_gone": "the language model's quota is used up; an admin raises it at the provider.",
    "budget_exceeded": "the limit for the assistant is reached; wait until tomorrow, or have an "
    "admin raise it.",
    "timeout": "the language model did not answer in time; try again, or ask for less.",
    "rate_limited": "the language model is asked too often; try again in a minute.",
    "unreachable": "the language model cannot be reached; try again in a minute.",
    "broken_off": "the language model broke off; try again.",
    "provider_failed": "the language model has a failure of its own; try again in a minute.",
    "unknown_model": "the chosen language model does not exist; an admin chooses another one.",
    "context_too_long": "that is too much text at once; shorten it, or clear the conversation.",
    "content_refused": "the language model declines this; put it in other words.",
    "StepLimit": "that took too many steps; ask for one thing at a time.",
}
_ELSE: Final = "the language model cannot be used as it is; an admin checks its settings."


def kind_of(error: LLMError | AgentFailedError) -> str:
    """The name of a failure, as a turn's result has it."""
    return error.error_type if isinstance(error, AgentFailedError) else error.kind


def apology(kind: str, *, done: bool) -> str:
    """What the user is told; `done` is whether something was changed before."""
    said = f"I'm sorry, I could not finish this: {SENTENCES.get(kind, _ELSE)}"
    return f"{said} What was done before it stands; look at the board." if done else said
