"""A model whose calls are counted, priced and bounded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from shared.llm.budget import Amount, Budget, Reservation
from shared.llm.errors import LLMProviderError, MalformedAnswerError
from shared.llm.port import Answer, Event, Finished, LanguageModel, Request
from shared.llm.prices import Prices
from shared.llm.schemas import told_schema
from shared.llm.usage import Usage

_BYTES_PER_TOKEN: Final = 3
"""Of text and schemas; languages with long characters have more bytes, and fewer per token."""
_TOKENS_PER_MESSAGE: Final = 8
_TOKENS_PER_IMAGE: Final = 1_500

Record = Callable[[Answer], None]
"""Told of each answer."""


class MeteredModel:
    """The port again, with a budget in front of each call and a price on each answer."""

    def __init__(
        self,
        model: LanguageModel,
        budget: Budget,
        prices: Prices | None = None,
        record: Record = lambda answer: None,
    ) -> None:
        self._model = model
        self._budget = budget
        self._prices = prices or Prices.published()
        self._record = record

    @property
    def name(self) -> str:
        """See `LanguageModel.name`."""
        return self._model.name

    def answer(self, request: Request) -> Answer:
        """See `LanguageModel.answer`."""
        held = self._budget.reserve(self._most(request))
        try:
            answer = self._model.answer(request)
        except LLMProviderError as error:
            self._after_failure(held, error)
            raise
        return self._counted(held, answer, request)

    def stream(self, request: Request) -> Iterator[Event]:
        """See `LanguageModel.stream`; one that is not read to its end costs what was reserved."""
        held = self._budget.reserve(self._most(request))
        try:
            for event in self._model.stream(request):
                if isinstance(event, Finished):
                    event = Finished(self._counted(held, event.answer, request))
                yield event
        except LLMProviderError as error:
            self._after_failure(held, error)
            raise

    def _most(self, request: Request) -> Amount:
        read = estimated_input(request)
        return self._amount(Usage(input_tokens=read, output_tokens=request.max_output_tokens))

    def _amount(self, usage: Usage) -> Amount:
        return Amount(1, usage.total, self._prices.cost(self.name, usage) or 0)

    def _counted(self, held: Reservation, answer: Answer, request: Request) -> Answer:
        if answer.usage.total:  # else it did not say, and what was reserved stays counted
            lost = Usage(input_tokens=answer.unsure * estimated_input(request))
            held.settle(self._amount(answer.usage + lost))
        priced = replace(answer, cost=self._prices.cost(self.name, answer.usage))
        self._record(priced)
        return priced

    def _after_failure(self, held: Reservation, error: LLMProviderError) -> None:
        """What was surely not billed is given back; what may have been stays counted."""
        if isinstance(error, MalformedAnswerError) and error.usage is not None:
            held.settle(self._amount(error.usage))
        elif error.unbilled and not error.unsure:
            held.settle(Amount())


def estimated_input(request: Request) -> int:
    """About how many tokens will be read, rather more than fewer."""
    written = [message.model_dump_json(exclude={"images"}) for message in request.messages]
    written += [f"{t.name}{t.description}{json.dumps(dict(t.parameters))}" for t in request.tools]
    if request.output is not None:
        written.append(json.dumps(told_schema(request.output)))
    images = sum(len(getattr(message, "images", ())) for message in request.messages)
    size = sum(len(text.encode()) for text in written)
    return (
        size // _BYTES_PER_TOKEN
        + _TOKENS_PER_MESSAGE * (len(written) + 1)
        + _TOKENS_PER_IMAGE * images
    )
