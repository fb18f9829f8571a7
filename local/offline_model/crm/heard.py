"""What was said and done so far, as far as the grammar needs it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.conversation import Asked, Message, OfferedTool

_FENCE: Final = re.compile(r"«(?:record text|end) \w+»")
"""What the assistant puts around text from records; it is shown without."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answered."""

    success: bool
    message: str
    data: Any = None
    fields: Mapping[str, Any] | None = None
    """All of it."""

    def of(self, name: str) -> Any:
        """A field beside `data`."""
        return (self.fields or {}).get(name)


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation up to the user's last message, and the results of the tools since."""

    said: str
    earlier: Sequence[Message]
    """Texts of user and assistant before it, oldest first."""
    results: Sequence[Result]
    tools: Sequence[OfferedTool]
    system: str
    last_lead: str = ""
    """The name of the lead that was spoken of last."""

    @property
    def question(self) -> str:
        """What the assistant said last."""
        said = [message.text for message in self.earlier if message.role == "assistant"]
        return said[-1] if said and self.earlier[-1].role == "assistant" else ""

    @property
    def is_first(self) -> bool:
        """Whether the assistant says something for the first time."""
        return all(message.role != "assistant" for message in self.earlier)

    def offers(self, name: str) -> bool:
        """Whether a tool may be called."""
        return any(tool.name == name for tool in self.tools)


def heard(asked: Asked) -> Heard:
    """Reads the messages of a request."""
    messages = list(asked.messages)
    last = max((at for at, m in enumerate(messages) if m.role == "user"), default=-1)
    earlier = [m for m in messages[: max(last, 0)] if m.role in {"user", "assistant"} and m.text]
    results = [result_of(m.text) for m in messages[last + 1 :] if m.role == "tool"]
    system = "\n".join(m.text for m in messages if m.role in {"system", "developer"})
    tools = () if asked.choice == "none" else asked.tools
    return Heard(asked.text, earlier, results, tools, system)


def result_of(text: str) -> Result:
    """A tool's answer, whatever it is fenced in."""
    try:
        found = json.loads(_FENCE.sub("", text[text.index("{") : text.rindex("}") + 1]))
    except ValueError:
        return Result(False, text[:200] or "the tool answered nothing")
    success = bool(found.get("success", "error" not in found))
    return Result(success, str(found.get("message", "")), found.get("data"), found)
