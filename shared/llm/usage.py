"""What a call took."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Usage(BaseModel):
    """Tokens as the provider counted them; sums with `+`."""

    model_config = ConfigDict(frozen=True)

    input_tokens: NonNegativeInt = 0
    """All that was read, cached or not."""
    cached_tokens: NonNegativeInt = 0
    """The part of the input that the provider had read before."""
    output_tokens: NonNegativeInt = 0
    """All that was written, reasoning included."""

    @property
    def total(self) -> int:
        """What was read and written."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )
