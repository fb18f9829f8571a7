"""The port on the real `openai` client, for every provider that speaks one of its APIs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from shared.llm import chat, responses
from shared.llm.errors import LLMProviderError, MalformedAnswerError, ProviderTimeoutError
from shared.llm.patience import Patience, Tries, outcome, tried
from shared.llm.port import Answer, Event, Finished, Request
from shared.llm.providers import Endpoint

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

_CONNECT_SECONDS: Final = 5.0


class Format(Protocol):
    """One of the two APIs."""

    def arguments(self, endpoint: Endpoint, model: str, request: Request, /) -> dict[str, Any]:
        """What the client is given."""

    def answer_of(self, sent: Any, endpoint: Endpoint, /) -> Answer:
        """A whole answer."""

    def events(self, sent: Iterable[Any], endpoint: Endpoint, /) -> Iterator[Event]:
        """An answer in pieces."""


class OpenAIModel:
    """A model behind an endpoint."""

    def __init__(self, endpoint: Endpoint, name: str, patience: Patience | None = None) -> None:
        self._name = name
        self._endpoint = endpoint
        self._patience = patience or Patience()
        self._format: Format = chat
        if endpoint.api == "responses":
            self._format = responses

    @property
    def name(self) -> str:
        """See `LanguageModel.name`."""
        return self._name

    def answer(self, request: Request) -> Answer:
        """See `LanguageModel.answer`."""
        given = self._format.arguments(self._endpoint, self._name, request)

        def once() -> Answer:
            return self._format.answer_of(self._create(given), self._endpoint)

        answer, tries = tried(once, self._endpoint.name, self._patience)
        return replace(answer, attempts=tries.made, unsure=tries.unsure)

    def stream(self, request: Request) -> Iterator[Event]:
        """See `LanguageModel.stream`."""
        given = self._format.arguments(self._endpoint, self._name, request) | {"stream": True}
        if self._endpoint.api == "chat":
            given["stream_options"] = {"include_usage": True}
        until = self._patience.now() + self._patience.total
        begun, tries = tried(lambda: self._begun(given), self._endpoint.name, self._patience)
        with begun.sent:
            event = begun.first
            while event is not None:
                if isinstance(event, Finished):
                    whole = replace(event.answer, attempts=tries.made, unsure=tries.unsure)
                    event = Finished(whole)
                yield event
                event = self._following(begun, tries, until)

    def _begun(self, given: dict[str, Any]) -> _Begun:
        """A stream with its first event at hand: until then it may be asked for again."""
        sent = self._create(given)
        if not hasattr(sent, "__next__"):
            raise MalformedAnswerError(self._endpoint.name)
        return _Begun(sent, self._format.events(sent, self._endpoint))

    def _following(self, begun: _Begun, tries: Tries, until: float) -> Event | None:
        event = outcome(lambda: next(begun.rest, None), self._endpoint.name)
        if event is not None and self._patience.now() > until:
            event = ProviderTimeoutError(self._endpoint.name)
        if isinstance(event, LLMProviderError):
            event.attempts, event.unsure = tries.made, tries.unsure
            raise event
        return event

    def _create(self, given: dict[str, Any]) -> Any:
        client = _client(self._endpoint, self._patience.timeout, self._patience.total)
        api: Any = client.chat.completions
        if self._endpoint.api == "responses":
            api = client.responses
        return api.create(**given)


class _Begun:
    """A stream, the first of its events, and those to come."""

    def __init__(self, sent: Any, events: Iterator[Event]) -> None:
        self.sent = sent
        self.rest = events
        try:
            self.first = next(events, None)
        except BaseException:
            sent.close()
            raise


@lru_cache(maxsize=32)
def _client(endpoint: Endpoint, timeout: float, total: float) -> OpenAI:
    """A client; it tries once, for trying again is ours."""
    import httpx2
    import openai

    from shared.llm.bounded import BoundedTransport
    from shared.llm.confined import ConfinedTransport

    for library in ("openai", "httpx2", "httpcore2"):  # at DEBUG they log whole requests
        logging.getLogger(library).setLevel(logging.WARNING)
    transport: httpx2.BaseTransport = BoundedTransport(endpoint.name, _connections(), total)
    if endpoint.confined:
        transport = ConfinedTransport(endpoint.name, transport)
    return openai.OpenAI(
        api_key=endpoint.key.get_secret_value(),
        base_url=endpoint.base_url,
        max_retries=0,
        timeout=openai.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        http_client=httpx2.Client(transport=transport, follow_redirects=False, trust_env=False),
    )


@lru_cache(maxsize=1)
def _connections() -> httpx2.BaseTransport:
    """The connections of all clients: to load the certificates costs more than a call."""
    import httpx2

    return httpx2.HTTPTransport()
