"""Asking whoever gives tokens. Nothing that is answered gets into a message: it may be a secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from shared.connections.errors import NotAuthorizedError
from shared.connections.kinds import OAuth2
from shared.platform.http import Http, HttpCall, HttpTransportError

_SECONDS: Final = 20
_MOST_BYTES: Final = 200_000
_LONGEST: Final = 16_384
_CODE: Final = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was given."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    seconds: int | None = None
    """How long the access lasts; unknown is until it is refused."""

    def as_json(self) -> str:
        """As it is kept among the secrets."""
        return json.dumps({"access": self.access, "refresh": self.refresh})


async def ask(http: Http, settings: OAuth2, form: Mapping[str, str]) -> Tokens:
    """Asks for tokens.

    Raises:
        NotAuthorizedError: they were refused; asking again would not help.
        HttpTransportError: no sensible answer; asking again may help.
        EgressRefusedError, HttpTooLargeError: see `Http`.
    """
    form, headers = dict(form), {"Accept": "application/json"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    if secret and settings.client_auth == "basic":
        pair = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    else:
        form["client_id"] = settings.client_id
        form |= {"client_secret": secret} if secret else {}
    body = urlencode(form).encode()
    # A redirect would carry the secret to another place.
    call = HttpCall("POST", settings.token_url, headers, body, _SECONDS, _MOST_BYTES, redirects=0)
    answer = await http.send(call)
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    return _tokens(answer.status, told if isinstance(told, dict) else {})


def error_code(value: Any) -> str:
    """The name of an error, if it is one of the protocol's, and nothing else."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "an error without name"


def _tokens(status: int, told: Mapping[str, Any]) -> Tokens:
    if "error" in told and status < 500:
        code = error_code(told["error"])
        if code in ("temporarily_unavailable", "slow_down", "server_error"):
            raise HttpTransportError("TokensUnavailable", f"the token server said {code}")
        raise NotAuthorizedError(f"the token server refused: {code}; authorize the connection anew")
    access, refresh = told.get("access_token"), told.get("refresh_token")
    if status >= 300 or not _is_token(access):
        raise HttpTransportError(
            "TokensUnavailable", f"the token server gave no token, with status {status}"
        )
    if str(told.get("token_type", "bearer")).lower() != "bearer":
        raise NotAuthorizedError("the token server gave a token that is no bearer's")
    return Tokens(str(access), refresh if _is_token(refresh) else None, _seconds(told))


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def _seconds(told: Mapping[str, Any]) -> int | None:
    try:
        return max(0, min(int(told["expires_in"]), 10**9))
    except (KeyError, TypeError, ValueError):
        return None
