"""How answers are worded: leads, lists and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

OFFLINE: Final = (
    "(I am Millrace's offline model: a grammar of commands, no real model was asked. "
    "“What can you do?” lists what I understand.)"
)
QUOTED: Final = re.compile("\u2018([^\u2019\n]{1,200})\u2019")
"""A lead that an answer is about."""
_PLACES: Final = ("company", "status", "value", "email", "phone")


def quoted(name: object) -> str:
    """A lead's name, marked so that a pronoun finds it later."""
    plain = str(name).replace("\u2019", "'")
    return f"\u2018{plain}\u2019"


def money(value: Any) -> str:
    """An amount as a person reads it."""
    if value is None:
        return "no value"
    return f"${float(value):,.2f}".removesuffix(".00")


def details(lead: Mapping[str, Any]) -> str:
    """What is known of a lead, in one line."""
    known = [
        money(lead[name]) if name == "value" else str(lead[name])
        for name in _PLACES
        if lead.get(name) not in (None, "")
    ]
    return ", ".join(known)


def listed(leads: Iterable[Mapping[str, Any]]) -> str:
    """A numbered list; each line is enough to tell one from the other."""
    return "\n".join(f"{at}. {lead['name']}: {details(lead)}" for at, lead in enumerate(leads, 1))


def counted(number: int, one: str) -> str:
    """`1 lead`, `2 leads`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
