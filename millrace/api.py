"""The platform's HTTP API as a client sees it: documents, or one sentence."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from millrace.addresses import is_laptop
from millrace.failing import CommandError, MisuseError
from shared.platform.backoff import delays

if TYPE_CHECKING:
    import httpx

_TIMEOUT_SECONDS: Final = 35.0
"""API Gateway answers within 30."""
_PASSING: Final = frozenset({429, 502, 503, 504})
"""Answers that may be others the next moment."""
_ATTEMPTS: Final = 4
_PAGE: Final = 100

Document = dict[str, Any]


class RefusedError(CommandError):
    """The API answered with a problem; `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Exchange:
    """A document and the headers it came with, their names in lower case."""

    document: Document
    headers: Mapping[str, str]


class Api:
    """`with Api(url, token) as api: api.get("/pipelines/lead_pipeline/runs")`."""

    def __init__(self, url: str, token: str | None = None) -> None:
        import httpx

        self._url = url
        scheme = "Api-Key" if token and token.startswith("mr_") else "Bearer"
        headers = {"Authorization": f"{scheme} {token}"} if token else {}
        try:
            self._client = httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT_SECONDS)
            usable = self._client.base_url.scheme in ("http", "https")
        except (httpx.InvalidURL, ValueError):
            usable = False
        if not usable:
            raise MisuseError(f"--url {url!r} is no address; write it as https://host")
        if token and self._client.base_url.scheme == "http" and not is_laptop(url):
            raise MisuseError(f"--url {url}: a token is only sent over https; write https://")

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, path: str, **parameters: str | int | None) -> Document:
        """What a path answers."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._ask("GET", path, given)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Document:
        """Asks for something to be done."""
        return self._ask("POST", path, body=body)

    def exchange(self, path: str, body: Mapping[str, Any], **headers: str) -> Exchange:
        """Asks for something to be done where headers matter; `x_name` is sent as `x-name`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._sent("POST", path, body=body, headers=sent)
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Exchange(_document(answer, self._url), found)

    def delete(self, path: str) -> Document:
        """Asks for something to be given up."""
        return self._ask("DELETE", path)

    def listed(
        self, path: str, name: str, limit: int, **parameters: str | int | None
    ) -> Iterator[Document]:
        """The entries `name` of a list, page by page, at most `limit`."""
        cursor: str | None = None
        while limit > 0:
            page = self.get(path, limit=min(limit, _PAGE), cursor=cursor, **parameters)
            yield from page[name][:limit]
            limit -= len(page[name])
            cursor = page["cursor"]
            if cursor is None:
                return

    def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Document:
        return _document(self._sent(method, path, parameters, body), self._url)

    def _sent(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        import httpx

        asked: dict[str, Any] = {"params": parameters, "json": body, "headers": headers}
        try:
            answer = self._client.request(method, path, **asked)
            for wait in delays(_ATTEMPTS, base=0.2, cap=2.0):
                # Only reading is asked again: of a change nobody knows whether it was made.
                if method != "GET" or answer.status_code not in _PASSING:
                    break
                time.sleep(wait)
                answer = self._client.request(method, path, **asked)
        except httpx.TransportError as error:
            raise CommandError(
                f"{self._url} does not answer ({type(error).__name__}); start the laptop's with "
                "`millrace dev`, or name another with --url"
            ) from None
        if answer.is_success:
            return answer
        raise RefusedError(_sentence(answer), answer.status_code)


def part(text: str) -> str:
    """A text as one part of a path, whatever is in it.

    Raises:
        MisuseError: it would lead to another path.
    """
    if text in ("", ".", ".."):
        raise MisuseError(f"{text!r} is no id; copy it from a list")
    return quote(text, safe=":")


def _document(answer: httpx.Response, url: str) -> Document:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CommandError(f"{url} is no Millrace: it answered no JSON object; check --url")
    return found


def _sentence(answer: httpx.Response) -> str:
    """The problem's own words, with what to do where that is known here."""
    try:
        problem = answer.json()
        said = str(problem.get("detail") or problem.get("error") or problem["message"])
        fixes = [str(entry["fix"]) for entry in problem.get("errors", ()) if entry.get("fix")]
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
        said, fixes = answer.reason_phrase or "no reason given", []
    if answer.status_code == 401:
        fixes = ["give a valid access token with MILLRACE_TOKEN"]
    if wait := answer.headers.get("Retry-After"):
        fixes = [*fixes, f"try again in {wait} s" if wait.isdecimal() else f"try again at {wait}"]
    mend = f"; {', '.join(fixes)}" if fixes else ""
    return f"{said}{mend} (HTTP {answer.status_code})"
