"""Who may pass: the Lambda authorizer with its cache, and the demo's token for local callers."""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Any, Final

from local.lambda_host import InvocationResult

Invoke = Callable[[str, bytes], InvocationResult]
Mint = Callable[[], str]

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_CACHED: Final = 1_000


class AuthorizerFailedError(Exception):
    """The authorizer itself did not answer."""


class Authorizers:
    """Asks authorizers and keeps their answers, by credentials, for their time."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._answers: OrderedDict[tuple[str, str], tuple[float, dict[str, Any] | None]]
        self._answers = OrderedDict()
        self._lock = Lock()

    def context(
        self, function: str, ttl: int, credentials: str, event: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The context of a caller who may pass, or None.

        Raises:
            AuthorizerFailedError: the function failed.
        """
        key = (function, credentials)
        with self._lock:
            found = self._answers.get(key)
        if found and found[0] > time.monotonic():
            return found[1]
        request = {**event, "type": "REQUEST", "identitySource": [credentials]}
        result = self._invoke(function, json.dumps(request).encode())
        if result.failed:
            raise AuthorizerFailedError(result.error()["errorMessage"])
        answer = json.loads(result.payload)
        allowed = isinstance(answer, dict) and answer.get("isAuthorized") is True
        context = dict(answer.get("context", {})) if allowed else None
        with self._lock:
            self._answers[key] = (time.monotonic() + ttl, context)
            while len(self._answers) > _CACHED:
                self._answers.popitem(last=False)
        return context


class DemoCredentials:
    """Gives requests from this machine the demo's token, and pages of others nothing."""

    def __init__(self, mint: Mint, origins: Collection[str]) -> None:
        self._mint = mint
        self._origins = frozenset(origins)
        self._token = ""
        self._until = 0.0
        self._lock = Lock()

    def apply(self, headers: dict[str, str]) -> None:
        """Adds the token to a request without credentials whose Host and Origin are ours."""
        if "authorization" in headers or not self._trusted(headers):
            return
        with self._lock:
            if time.time() > self._until:
                self._token = self._mint()
                self._until = _expiry(self._token) - 60
        headers["authorization"] = f"Bearer {self._token}"

    def _trusted(self, headers: Mapping[str, str]) -> bool:
        host = headers.get("host", "").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        origin = headers.get("origin")
        if name not in _LOCAL:
            return False
        if origin is None:
            # A foreign page can make a browser send a GET without Origin; the browser says so here.
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return origin in self._origins


def _expiry(token: str) -> float:
    claims = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"])
