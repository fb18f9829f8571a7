"""Who may pass: the Lambda authorizer with its cache, and the demo's token for local callers."""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Any, Final

from local.blueprint import ACCOUNT, REGION
from local.lambda_host import InvocationResult

Invoke = Callable[[str, bytes], InvocationResult]
Mint = Callable[[], str]

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_CACHED: Final = 1_000


class AuthorizerFailedError(Exception):
    """The authorizer did not answer, or not in the simple format."""


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
            AuthorizerFailedError: the function failed, or answered in another format.
        """
        key = (function, credentials)
        with self._lock:
            found = self._answers.get(key)
        if found and found[0] > time.monotonic():
            return found[1]
        result = self._invoke(function, json.dumps(_question(credentials, event)).encode())
        if result.failed:
            raise AuthorizerFailedError(result.error()["errorMessage"])
        answer = json.loads(result.payload)
        allowed = answer.get("isAuthorized") if isinstance(answer, dict) else None
        if not isinstance(allowed, bool):
            raise AuthorizerFailedError(f"{function} did not say isAuthorized: true or false")
        context = dict(answer.get("context") or {}) if allowed else None
        with self._lock:
            self._answers[key] = (time.monotonic() + ttl, context)
            while len(self._answers) > _CACHED:
                self._answers.popitem(last=False)
        return context


def _question(credentials: str, event: Mapping[str, Any]) -> dict[str, Any]:
    # An authorizer sees no body: a decision that is kept for other requests cannot depend on it.
    shown = {name: part for name, part in event.items() if name not in ("body", "isBase64Encoded")}
    asked = event["requestContext"]
    http = asked["http"]
    return {
        **shown,
        "type": "REQUEST",
        "identitySource": [credentials],
        "routeArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{asked['apiId']}/{asked['stage']}"
        f"/{http['method']}{http['path']}",
    }


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

    def refused(self, credentials: str) -> None:
        """Gives up a token that opens nothing any more: the demo signed out, or was removed."""
        with self._lock:
            if credentials == f"Bearer {self._token}":
                self._until = 0.0

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
