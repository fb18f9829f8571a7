"""Which of our errors stands for one of the client's; nothing of what it carries comes along."""

from __future__ import annotations

import math
from typing import Any, Final

from shared.llm import errors
from shared.llm.errors import LLMProviderError, RateLimitedError

_BY_CODE: Final[dict[str, type[LLMProviderError]]] = {
    "insufficient_quota": errors.QuotaGoneError,
    "billing_hard_limit_reached": errors.QuotaGoneError,
    "context_length_exceeded": errors.ContextTooLongError,
    "string_above_max_length": errors.ContextTooLongError,
    "content_filter": errors.ContentRefusedError,
    "content_policy_violation": errors.ContentRefusedError,
    "model_not_found": errors.UnknownModelError,
    "invalid_api_key": errors.KeyRefusedError,
}
_BY_STATUS: Final[dict[int, type[LLMProviderError]]] = {
    401: errors.KeyRefusedError,
    402: errors.QuotaGoneError,
    403: errors.KeyRefusedError,
    404: errors.UnknownModelError,
    408: errors.ProviderTimeoutError,
    409: errors.ProviderFailedError,
    413: errors.ContextTooLongError,
}
_TOO_LONG: Final = ("context length", "context window", "prompt is too long", "input token count")
"""How providers without codes say that the context is too long."""


def translated(error: Exception, provider: str) -> LLMProviderError | None:
    """Our error for the client's, or None if it is none of the provider's doing."""
    import httpx2
    import openai

    if isinstance(error.__cause__, LLMProviderError):  # our own transport's
        return error.__cause__
    if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
        return errors.UnreachableError(provider)  # before anything was sent
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return errors.ProviderTimeoutError(provider)
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, provider)
    if isinstance(error, openai.APIResponseValidationError | ValueError):
        return errors.MalformedAnswerError(provider)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError | httpx2.StreamError):
        return errors.BrokenOffError(provider)
    if isinstance(error, openai.APIError):  # said in the middle of a stream
        return _BY_CODE.get(error.code or "", errors.ProviderFailedError)(provider)
    if isinstance(error, openai.OpenAIError):
        return errors.MalformedAnswerError(provider)
    return None


def _of_status(error: Any, provider: str) -> LLMProviderError:
    status = int(error.status_code)
    made = _BY_CODE.get(error.code or "") or _by_status(status, str(error.body).lower())
    failure = made(provider)
    if isinstance(failure, RateLimitedError):
        failure = RateLimitedError(provider, _retry_after(error.response.headers))
    failure.status = status
    return failure


def _by_status(status: int, said: str) -> type[LLMProviderError]:
    if status in {400, 422} and any(words in said for words in _TOO_LONG):
        return errors.ContextTooLongError
    if status == 429:
        return RateLimitedError
    if status >= 500:
        return errors.ProviderFailedError
    if 300 <= status < 400:
        return errors.MalformedAnswerError
    return _BY_STATUS.get(status, errors.RequestRefusedError)


def _retry_after(headers: Any) -> float | None:
    """Seconds that the provider asks to wait, from either of the headers in use."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue  # absent, or a date: our own waits will do
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None
