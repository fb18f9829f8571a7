"""Reading what a provider sent: it may be anything, and only what holds to the format counts."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.llm.errors import MalformedAnswerError

W = TypeVar("W", bound="Wire")


class Wire(BaseModel):
    """A part of an answer as far as we read it; what else there is, is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def read(model: type[W], sent: Any, provider: str) -> W:
    """What was sent, validated: the client's own objects are made without a look at them.

    Raises:
        MalformedAnswerError: it is something else.
    """
    try:
        plain = sent.model_dump(warnings=False) if isinstance(sent, BaseModel) else sent
        return model.model_validate(plain)
    except (ValidationError, ValueError, TypeError):
        pass  # raised below, so that the error has no payload behind it
    raise MalformedAnswerError(provider)
