"""The servers that an agent's tools may ask: named one by one, or all below a name of one's own."""

from __future__ import annotations

import re
from typing import Final

_HOST: Final = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)


def checked_hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names.

    Raises:
        ValueError: one of them is none, or stands for everything.
    """
    for name in names:
        if not _HOST.fullmatch(name):
            raise ValueError(f"{name[:80]!r}: write a server's name, or *. and a domain")
    return names
