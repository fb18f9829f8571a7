"""docs/assistant-tour.md: a conversation with the assistant on the offline model, turn by turn.

`python -m tests.assistant.tour` writes the page; a test holds that it is what happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from local.offline_model import OfflineModel
from shared.assistant.turn import TurnResult
from shared.crm.lead import STATUSES
from shared.llm.messages import AssistantMessage, UserMessage
from tests.assistant.conftest import OfflineWorld

PAGE: Final = Path(__file__).parents[2] / "docs" / "assistant-tour.md"
BOARD: Final[tuple[dict[str, Any], ...]] = (
    {"name": "John Doe", "company": "Acme", "email": "john@acme.example", "value": 50_000},
    {"name": "John Smith", "company": "Tech Corp", "email": "john@techcorp.com", "value": 20_000},
    {"name": "Jane Doe", "company": "Example Corp", "email": "jane@example.com", "value": 75_000},
)
SAID: Final = (
    "hello",
    "Move Jane Doe to meeting booked",
    "add Tom Ford from Hooli, email tom@hooli.example, worth 5k, source referral",
    "find leads worth more than 20k",
    "move him to Proposal sent",
    "move Tom Ford to Proposal sent",
    "set his value to $7,500",
    "add a note to Tom Ford: likes green",
    "move John to Closed win",
    "the one at Tech Corp",
    "what is his email?",
    "delete Tom Ford",
    "no",
    "delete Tom Ford",
    "yes",
    "move all leads from Interest to Closed lost",
    "yes",
    "summarize the board",
    "show the timeline of Jane Doe",
    "write a poem",
)
_HEAD: Final = """\
# A conversation with the assistant

Written by `python -m tests.assistant.tour`, and held to what happens by a test: the real assistant
with its tools, the real `openai` client, the offline model over HTTP, a CRM in memory. On
`make run` the same is `millrace chat` ([command line](command-line.md)); what the offline model
understands stands in [its page](offline-model.md).
"""


class Conversation:
    """Turns of one session."""

    def __init__(self, world: OfflineWorld) -> None:
        self.world = world
        self.history: list[UserMessage | AssistantMessage] = []

    def say(self, message: str) -> TurnResult:
        """One turn, with what was said before."""
        result = self.world.chat(message, history=tuple(self.history[-10:]))
        self.history += [UserMessage(text=message), AssistantMessage(text=result.ai_message)]
        return result


def page(world: OfflineWorld) -> str:
    """The page, from the conversation itself."""
    for lead in BOARD:
        world.add(**lead)
    talk = Conversation(world)
    lines = [_HEAD, f"The board at first: {_board(world)}."]
    for message in SAID:
        lines += ["", *_turn(talk.say(message), message), "", f"Board: {_board(world)}."]
    return "\n".join(lines) + "\n"


def _turn(result: TurnResult, message: str) -> Iterator[str]:
    yield f"## {message}"
    yield ""
    called = ", ".join(f"`{each.function}`" for each in result.function_results) or "no tool"
    yield f"Intent {result.intent}; {called}."
    yield ""
    yield from (f"> {line}  " if line else ">" for line in result.ai_message.split("\n"))


def _board(world: OfflineWorld) -> str:
    """Every column that has cards, and what stands on them."""
    columns = {
        status: [f"{lead.name} ${lead.value:,.0f}" for lead in world.cards(status)]
        for status in STATUSES
    }
    return "; ".join(f"**{name}** {', '.join(cards)}" for name, cards in columns.items() if cards)


def main() -> None:
    """Writes the page."""
    with OfflineModel() as server:
        PAGE.write_text(page(OfflineWorld(server, "chat")), "utf-8")


if __name__ == "__main__":
    main()
