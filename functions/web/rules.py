"""What a request must be before anything looks at it, and how a problem is told: no framework."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from shared.identity.rate_limits import WINDOW, Standing

READ: Final = 1
WRITE: Final = 5
SAFE: Final = ("GET", "HEAD")
"""Methods that change nothing."""
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def known_host(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header names a host that we answer to; `allowed` in lower case."""
    name = host.lower()
    if not name.endswith("]"):
        before, colon, port = name.rpartition(":")
        name = before if colon and port.isdigit() else name
    return any(name == one or ("*" in one and fnmatchcase(name, one)) for one in allowed)


def own_page(headers: Mapping[str, str], allowed: Iterable[str]) -> bool:
    """Whether a browser sends a request for a page of ours, or no browser does."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") in (None, "same-origin", "none")
    host = headers.get("host", "")
    return origin in allowed or origin in (f"https://{host}", f"http://{host}")


def halves_a_character(body: bytes) -> bool:
    """Whether JSON escapes half of a character, which nothing could keep or send on."""
    if not _SURROGATE.search(body):
        return False
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False  # it is no JSON, which others say
    return False


def problem_body(
    status: int,
    title: str,
    detail: str,
    *,
    error: str | None = None,
    errors: Iterable[Mapping[str, str]] = (),
    **more: Any,
) -> dict[str, Any]:
    """A problem document of RFC 9457; `error` is the text that the seeds' clients look for."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "error": error or detail,
        **more,
    }
    if listed := list(errors):
        body["errors"] = listed
    return body


def rate_headers(standings: Sequence[Standing]) -> dict[str, str]:
    """How a caller stands, as the IETF's draft tells it: of several limits the nearest."""
    one = min(standings, key=lambda standing: standing.remaining / standing.limit)
    return {
        "RateLimit-Policy": f'"default";q={one.limit};w={WINDOW}',
        "RateLimit": f'"default";r={one.remaining};t={one.resets_in}',
    }


def cost_of(method: str) -> int:
    """What a request costs whose route does not say."""
    return READ if method in SAFE else WRITE
