"""A call as the workflow gets it: read, bounded, without what its sender shows to get in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from shared.graph.errors import ResultError
from shared.graph.values import freeze

NEVER_KEPT: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-webhook-key",
     "x-hub-signature", "x-hub-signature-256", "webhook-signature", "x-amz-security-token",
     "x-forwarded-for", "forwarded", "x-real-ip", "connection", "content-length",
     "transfer-encoding"}
)  # fmt: skip
"""Credentials, addresses of people, and what is about the connection alone."""
_MOST: Final = 60
_LONGEST: Final = 2_000
REPLAY: Final = ("webhook-id", "idempotency-key")
"""Headers by which a sender says that a call is the same as one before: first what is signed, so
that whoever repeats a call of another cannot make it a new one."""


def call(
    method: str, headers: Mapping[str, str], query: Sequence[tuple[str, str]],
    body: bytes, at: str,
) -> dict[str, Any]:  # fmt: skip
    """What the webhook node gets; what is no JSON is `{}` with its text in `raw` beside it."""
    text = body.decode("utf-8", "replace")
    found, read = _json(text)
    if isinstance(found, dict) and found.keys() == {"input"} and isinstance(found["input"], dict):
        found = found["input"]
    told = {
        "method": method, "headers": kept(headers),
        "query_params": _query(query), "body": found, "timestamp": at,
    }  # fmt: skip
    return told if read else {**told, "raw": text}


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may be looked at later, bounded."""
    some = [(name.lower(), value) for name, value in headers.items()]
    fit = [(n, v[:_LONGEST]) for n, v in some if n not in NEVER_KEPT and len(n) <= 100]
    return dict(fit[:_MOST])


def replay_key(headers: Mapping[str, str]) -> str | None:
    """By what a call is known to have come before, if its sender says so."""
    found = next((headers[name] for name in REPLAY if headers.get(name)), None)
    return found[:255] if found else None


def _json(text: str) -> tuple[Any, bool]:
    """What a body says, and whether it said anything that can be read."""
    if not text.strip():
        return {}, True
    try:
        return freeze(json.loads(text, parse_constant=_no_number)), True
    except (ValueError, RecursionError, ResultError):
        return {}, False


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _query(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """By name; a name that comes again has a list."""
    held = dict[str, list[str]]()
    for name, value in pairs[:_MOST]:
        held.setdefault(name, []).append(value[:_LONGEST])
    return {name: values[0] if len(values) == 1 else values for name, values in held.items()}
