"""Where the assistant answers: its own paths and those below the older prefix.

The infrastructure makes the API's routes of this table. At `BUILDERS` an older system asked its
builder of workflows, with a `workflow_id`; such a body is none of the assistant's.
"""

from __future__ import annotations

from typing import Final

OLD_PREFIX: Final = "/api"
CHAT: Final = "/chat"
STATUS: Final = "/chat/status/{task_id}"
CLEAR: Final = "/chat/clear"
CONVERSATIONS: Final = "/conversations"
CONVERSATION: Final = "/conversations/{conversation_id}"
MESSAGES: Final = "/conversations/{conversation_id}/messages"
ALL: Final = (CHAT, STATUS, CLEAR, CONVERSATIONS, CONVERSATION, MESSAGES)

BUILDERS: Final = f"{OLD_PREFIX}{CHAT}"
"""The assistant's for a body without `workflow_id`, the builder's of workflows with one."""


def spellings(path: str) -> list[str]:
    """Every path that answers as one of ours does, with and without a slash at the end."""
    return [f"{prefix}{path}{slash}" for prefix in ("", OLD_PREFIX) for slash in ("", "/")]


def own(path: str) -> str:
    """Our path for an older one, without the slash at its end."""
    bare = path.rstrip("/")
    inner = bare.removeprefix(OLD_PREFIX)
    ours = any(f"{inner}/".startswith(f"{root}/") for root in (CHAT, CONVERSATIONS))
    return inner if ours else bare
