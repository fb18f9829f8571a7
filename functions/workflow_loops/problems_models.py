"""What errors about models and tools are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.agents.registry import UnknownToolError
from shared.llm.errors import BudgetExceededError, LLMProviderError
from shared.llm.provider import InvalidProviderError
from shared.llm.tenant_providers import (
    ProviderChangedError,
    ProviderNotFoundError,
    TooManyProvidersError,
)
from shared.platform.secrets import SecretGoneError

_STATUS: Final = {
    "no_provider": 400,
    "private_address": 400,
    "unknown_model": 400,
    "context_too_long": 400,
    "request_refused": 400,
    "content_refused": 400,
    "quota_gone": 402,
    "rate_limited": 429,
    "timeout": 504,
}
"""By kind; whatever else a provider does is a bad gateway."""
_CODE: Final = "LLM_PROVIDER_ERROR"


async def _provider(_: Request, exc: Any) -> Response:
    status = _STATUS.get(exc.kind, 502)
    return problem(status, "Language model", str(exc), error_code=_CODE, kind=exc.kind)


async def _budget(_: Request, exc: Any) -> Response:
    told = {"error_code": _CODE, "kind": exc.kind, "scope": exc.scope}
    return problem(402, "Budget exceeded", str(exc), **told)


async def _invalid(_: Request, exc: Any) -> Response:
    mend = str(exc).removeprefix(f"{exc.field}: ")
    entry = {"field": exc.field, "problem": "cannot be so", "fix": mend}
    return problem(422, "Invalid provider", str(exc), errors=[entry])


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _conflict(_: Request, exc: Any) -> Response:
    return problem(409, "Conflict", str(exc))


async def _keyless(_: Request, exc: Any) -> Response:
    return problem(409, "Conflict", "the provider's key is gone; give it again")


ANSWERS: Final[Answers] = {
    LLMProviderError: _provider,
    BudgetExceededError: _budget,
    InvalidProviderError: _invalid,
    ProviderNotFoundError: _absent,
    ProviderChangedError: _conflict,
    TooManyProvidersError: _conflict,
    SecretGoneError: _keyless,
    UnknownToolError: _absent,
}
