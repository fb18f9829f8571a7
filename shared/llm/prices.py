"""What tokens cost. A model that is not in the list costs an unknown sum, never a guessed one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from shared.llm.price_list import PUBLISHED
from shared.llm.usage import Usage

_DATED: Final = re.compile(r"-(\d{4}-?\d{2}-?\d{2}|latest)$")

Dollars = Annotated[Decimal, Field(ge=0, le=10_000)]


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Dollars
    cached: Dollars | None = None
    """Of input that was read before; without one it costs what other input costs."""
    output: Dollars

    def cost(self, usage: Usage) -> int:
        """Millionths of a US dollar, rounded up."""
        cached = self.input if self.cached is None else self.cached
        fresh = usage.input_tokens - usage.cached_tokens
        exact = (
            fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output
        )
        return int(exact.to_integral_value(ROUND_CEILING))


class Prices:
    """A list of prices by model; `Prices.published()` is ours, and a tenant may have its own."""

    def __init__(self, models: Mapping[str, Price]) -> None:
        self._models = dict(models)

    @classmethod
    def published(cls) -> Prices:
        """The list that comes with the code."""
        return cls(_published())

    def with_own(self, models: Mapping[str, Price]) -> Prices:
        """This list with prices that go before its own."""
        return Prices({**self._models, **models})

    def of(self, model: str) -> Price | None:
        """The price of a model or of the model that a dated name stands for."""
        bare = model.rpartition("/")[2]
        return next(
            (p for n in (model, bare, _DATED.sub("", bare)) if (p := self._models.get(n))), None
        )

    def cost(self, model: str, usage: Usage) -> int | None:
        """Millionths of a US dollar; None if the price is not known."""
        price = self.of(model)
        return None if price is None else price.cost(usage)


@lru_cache(maxsize=1)
def _published() -> Mapping[str, Price]:
    return {
        name: Price(input=Decimal(read), cached=Decimal(cached), output=Decimal(written))
        for name, (read, cached, written) in PUBLISHED.items()
    }
