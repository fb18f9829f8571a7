"""Providers of searches: three public JSON APIs behind the port `WebSearch`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, SecretStr, ValidationError

from shared.agents.tool import ToolFailedError
from shared.platform.http.calls import Http, HttpCall, HttpTransportError
from shared.tools.ports import Hit

Provider = Literal["brave", "tavily", "searxng"]
URLS: Final[Mapping[Provider, str]] = {
    "brave": "https://api.search.brave.com",
    "tavily": "https://api.tavily.com",
}
"""SearxNG is a server of one's own."""
_MOST: Final = 1_000_000
_TEXT: Final = 1_000


class NoWebSearch:
    """The port where nothing is configured."""

    async def search(self, query: str, most: int) -> Sequence[Hit]:
        """Says so.

        Raises:
            ToolFailedError: always.
        """
        raise ToolFailedError(
            "NoWebSearch",
            "no provider of web searches is configured; the operator sets WEB_SEARCH_PROVIDER",
        )


class _Result(BaseModel):
    title: str = ""
    url: str = Field(max_length=4_000)
    content: str | None = None
    description: str | None = None


class _Web(BaseModel):
    results: list[_Result] = []


class _Answer(BaseModel):
    """Brave's results are below `web`, those of the others on top."""

    results: list[_Result] = []
    web: _Web = _Web()


@dataclass(frozen=True, slots=True)
class JsonWebSearch:
    """The port on one of the APIs."""

    http: Http
    provider: Provider
    base_url: str
    key: SecretStr

    async def search(self, query: str, most: int) -> Sequence[Hit]:
        """See `WebSearch.search`."""
        try:
            answer = await self.http.send(self._call(query, most))
        except HttpTransportError as error:
            raise ToolFailedError("WebSearchFailed", f"{self.provider}: {error}") from None
        if answer.status != 200:
            told = f"{self.provider} answered {answer.status}; check its key and base URL"
            raise ToolFailedError("WebSearchFailed", told)
        try:
            found = _Answer.model_validate_json(answer.body)
        except ValidationError:
            told = f"{self.provider} answered what is no list of results; check its base URL"
            raise ToolFailedError("WebSearchFailed", told) from None
        results = found.results or found.web.results
        return [
            Hit(each.title, each.url, (each.content or each.description or "")[:_TEXT])
            for each in results[:most]
        ]

    def _call(self, query: str, most: int) -> HttpCall:
        key, base = self.key.get_secret_value(), self.base_url.rstrip("/")
        if self.provider == "tavily":
            body: dict[str, Any] = {"query": query, "max_results": most}
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            sent = json.dumps(body).encode()
            return HttpCall("POST", f"{base}/search", headers, sent, 20, _MOST, 0)
        if self.provider == "brave":
            url = f"{base}/res/v1/web/search?{urlencode({'q': query, 'count': most})}"
            headers = {"X-Subscription-Token": key, "Accept": "application/json"}
            return HttpCall("GET", url, headers, None, 20, _MOST, 0)
        url = f"{base}/search?{urlencode({'q': query, 'format': 'json'})}"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return HttpCall("GET", url, headers, None, 20, _MOST, 0)
