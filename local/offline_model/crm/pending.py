"""Actions that wait for the user's yes: how they are shown, and which one waits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from local.offline_model.crm.heard import Heard, Result

_ACTION: Final = re.compile(r"The action (?P<id>[\w-]{4,64}) \((?P<tool>\w+)\)")
"""As the assistant's instruction names it."""
_VERBS: Final = {"delete": "delete", "move": "move", "update": "change", "create": "create"}
_SHOWN: Final = 10


def waiting(heard: Heard, tool: str) -> str | None:
    """The action that the tool may be called with; no id is ever made up."""
    offered = next((each for each in heard.tools if each.name == tool), None)
    if offered is None:
        return None
    field: Mapping[str, Any] = offered.parameters.get("properties", {}).get("action_id", {})
    named = field.get("const") or next(iter(field.get("enum", ())), None)
    found = _ACTION.search(heard.system)
    return str(named) if named else found["id"] if found else None


def word_for(heard: Heard) -> str:
    """What the user says to do what waits, whatever was said in between."""
    found = _ACTION.search(heard.system)
    verb = _VERBS.get(found["tool"].partition("_")[0], "") if found else ""
    return f"yes, {verb} it" if verb else "yes"


def asks(result: Result) -> bool:
    """Whether the tool did nothing yet, but waits for a yes."""
    return bool(result.of("requires_confirmation"))


def shown(result: Result) -> str:
    """What would happen in the tool's words, and to which leads."""
    data: Mapping[str, Any] = result.data or {}
    names = [str(lead.get("name")) for lead in data.get("leads") or ()]
    if len(names) < 2:
        return result.message
    more = [f"- and {len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    return "\n".join([result.message, *(f"- {name}" for name in names[:_SHOWN]), *more])
