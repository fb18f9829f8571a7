"""Cursors of lists: where a page ended, signed and bound to the tenant and the query."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from functions.web.problems import BadRequestError

Start = Mapping[str, Any]


class Cursors:
    """Seals and opens cursors with a secret that is fetched when first needed."""

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._secret = secret

    def seal(self, tenant: str, query: str, start: Start | None, passed: int = 0) -> str | None:
        """The cursor that continues `query` after `passed` items; None when there is no more."""
        if start is None:
            return None
        payload = json.dumps({"start": start, "passed": passed}, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._sign(tenant, query, payload) + payload).decode()

    def open(self, tenant: str, query: str, cursor: str | None) -> tuple[Start | None, int]:
        """Where to start and how many items came before.

        Raises:
            BadRequestError: not a cursor of ours, or one of another tenant or query.
        """
        if cursor is None:
            return None, 0
        try:
            sealed = base64.urlsafe_b64decode(cursor.encode())
        except ValueError:
            sealed = b""
        signature, payload = sealed[:16], sealed[16:]
        if not payload or not hmac.compare_digest(signature, self._sign(tenant, query, payload)):
            raise BadRequestError(
                "cursor",
                "this cursor is not of this list",
                "take the cursor from this list's answer, or leave it away to start anew",
            )
        content = json.loads(payload)
        return content["start"], content["passed"]

    def _sign(self, tenant: str, query: str, payload: bytes) -> bytes:
        bound = json.dumps([tenant, query]).encode() + payload
        return hmac.new(self._secret(), bound, hashlib.sha256).digest()[:16]
