"""A credential as it is put on a request, and taken out of whatever comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, quote_plus

from shared.connections.kinds import ApiKey, Basic, Bearer, ConnectionKind
from shared.platform.http import HttpAnswer, HttpCall

_HIDDEN: Final = "***"
_SHORTEST: Final = 4
"""What is shorter would be found everywhere, and is no secret."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request gets that is made with a connection."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: Sequence[str] = field(default=(), repr=False)

    @classmethod
    def of(cls, settings: ConnectionKind) -> Credential:
        """That of a kind that needs no one's consent."""
        match settings:
            case ApiKey(value=value) if value:
                key = value.get_secret_value()
                said = {settings.key_name: settings.prefix + key}
                if settings.place == "header":
                    return cls(headers=said, secrets=(key,))
                return cls(query=said, secrets=(key,))
            case Basic(username=name, password=password) if password:
                text = password.get_secret_value()
                pair = base64.b64encode(f"{name}:{text}".encode()).decode()
                return cls({"Authorization": f"Basic {pair}"}, secrets=(text, pair))
            case Bearer(token=token) if token:
                return cls.bearer(token.get_secret_value())
        raise TypeError(f"{type(settings).__name__} has no credential of its own")

    @classmethod
    def bearer(cls, token: str) -> Credential:
        """That of a token."""
        return cls({"Authorization": f"Bearer {token}"}, secrets=(token,))

    def put_on(self, call: HttpCall) -> HttpCall:
        """The request with the credential; what stood in its place is gone."""
        import httpx

        taken = {name.lower() for name in self.headers}
        headers = {k: v for k, v in call.headers.items() if k.lower() not in taken}
        url = httpx.URL(call.url)
        if self.query:
            url = url.copy_merge_params(dict(self.query))
        return replace(call, url=str(url), headers={**headers, **self.headers})

    def hidden_in(self, answer: HttpAnswer) -> HttpAnswer:
        """An answer without the credential, which some servers send back."""
        return replace(
            answer,
            headers={name: self.hide(text) for name, text in answer.headers.items()},
            body=self._hide_bytes(answer.body),
            url=self.hide(answer.url),
        )

    def hide(self, text: str) -> str:
        """A text without the credential."""
        for form in self._forms():
            text = text.replace(form, _HIDDEN)
        return text

    def _hide_bytes(self, body: bytes) -> bytes:
        for form in self._forms():
            body = body.replace(form.encode(), _HIDDEN.encode())
        return body

    def _forms(self) -> Sequence[str]:
        """The secrets as texts, JSON, addresses and Base64 write them; the longest first."""
        found: set[str] = set()
        for one in self.secrets:
            if len(one) >= _SHORTEST:
                found |= {one, json.dumps(one)[1:-1], quote(one, safe=""), quote(one)}
                found |= {quote_plus(one), base64.b64encode(one.encode()).decode()}
        return sorted(found, key=len, reverse=True)
