"""Headers that a tenant adds to its deliveries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MOST: Final = 10
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?")
_FORBIDDEN: Final = frozenset(
    {
        "accept-encoding", "connection", "content-encoding", "content-length", "content-type",
        "cookie", "date", "expect", "forwarded", "host", "keep-alive", "origin", "referer", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
    }
)  # fmt: skip
"""What the connection or the delivery itself says."""
_PREFIXES: Final = ("webhook-", "proxy-", "sec-", "x-forwarded-", "x-amz", "x-amzn")


def checked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers, if they may be sent.

    Raises:
        ValueError: one of them may not; the message names it and never its value.
    """
    if len(headers) > MOST:
        raise ValueError(f"{len(headers)} headers; {MOST} are allowed")
    seen: set[str] = set()
    for name, value in headers.items():
        low = name.lower()
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:60]!r} is no name of a header")
        if low in _FORBIDDEN or low.startswith(_PREFIXES):
            raise ValueError(f"{name} is the delivery's own to say; take another name")
        if low in seen:
            raise ValueError(f"{name} stands there twice")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"{name} has a value that no header can have; use printable ASCII")
        seen.add(low)
    return dict(headers)
