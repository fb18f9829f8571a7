"""What can go wrong with a model: a sentence that a user can act on, never a key or a payload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shared.llm.usage import Usage


class LLMError(Exception):
    """Whatever a call of a model may raise."""

    kind: ClassVar[str] = "llm"
    """Its name in records and answers."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and those that come from another process are as the error is, not made anew."""
        return _copied, (type(self), self.args, self.__dict__)


def _copied(kind: type[LLMError], said: tuple[Any, ...], facts: dict[str, Any]) -> LLMError:
    made = kind.__new__(kind)
    made.args = said
    made.__dict__.update(facts)
    return made


class LLMProviderError(LLMError):
    """A provider did not answer as it should; `attempts` says how often it was asked.

    `unsure` of the tries before the last may be charged for.
    """

    kind = "provider"
    retryable: ClassVar[bool] = False
    """Whether the same call may succeed a little later."""
    unbilled: ClassVar[bool] = True
    """Whether the provider surely charges nothing for it."""
    mend: ClassVar[str] = "does not take the request; check the model's name and its options"

    def __init__(self, provider: str, mend: str | None = None) -> None:
        super().__init__(f"the provider {provider!r} {mend or self.mend}")
        self.provider = provider
        self.attempts = 1
        self.unsure = 0
        self.status: int | None = None


class NoProviderError(LLMProviderError):
    """Nobody is configured who has this model."""

    kind = "no_provider"

    def __init__(self, model: str) -> None:
        wanted = f"has the model {model!r}" if model else "is configured"
        LLMError.__init__(
            self,
            f"no enabled provider {wanted}; add one with a key in the settings of language models",
        )
        self.provider = ""
        self.attempts = self.unsure = 0
        self.status = None


class UnreachableError(LLMProviderError):
    """No connection came about."""

    kind = "unreachable"
    retryable = True
    mend = "cannot be reached; check its base URL, or try again later"


class PrivateAddressError(LLMProviderError):
    """Its base URL leads into a network."""

    kind = "private_address"
    mend = "has a base URL that is not on the internet; only public addresses may be called"


class BrokenOffError(UnreachableError):
    """The connection broke while the model was answering."""

    kind = "broken_off"
    unbilled = False
    mend = "broke its answer off; try again"


class ProviderTimeoutError(LLMProviderError):
    """It took too long."""

    kind = "timeout"
    retryable = True
    unbilled = False
    mend = "did not answer in time; try again, or with a shorter request"


class ProviderFailedError(LLMProviderError):
    """It says that it failed itself."""

    kind = "provider_failed"
    retryable = True
    mend = "failed on its side; try again later"


class RateLimitedError(LLMProviderError):
    """Too many requests; `retry_after` is what it asked for, in seconds."""

    kind = "rate_limited"
    retryable = True
    mend = "is asked too often; try again later"

    def __init__(self, provider: str, retry_after: float | None = None) -> None:
        later = f"is asked too often; try again in {retry_after:.0f} s" if retry_after else None
        super().__init__(provider, later)
        self.retry_after = retry_after


class QuotaGoneError(LLMProviderError):
    """The account has no credit left."""

    kind = "quota_gone"
    mend = "says that the account's quota is used up; raise it there, or use another provider"


class KeyRefusedError(LLMProviderError):
    """The key is wrong, withdrawn, or may not use the model."""

    kind = "key_refused"
    mend = "refuses the key; put a valid one into the provider's settings"


class UnknownModelError(LLMProviderError):
    """There is no such model, or no such address."""

    kind = "unknown_model"
    mend = "knows no such model; choose one of its models, and check its base URL"


class RequestRefusedError(LLMProviderError):
    """It refuses the request as it is."""

    kind = "request_refused"


class ContextTooLongError(LLMProviderError):
    """More was said than the model can hold."""

    kind = "context_too_long"
    mend = "cannot take that much text at once; shorten the conversation or the input"


class ContentRefusedError(LLMProviderError):
    """Its rules on content forbid an answer."""

    kind = "content_refused"
    unbilled = False
    mend = "declines to answer this; put it in other words"


class MalformedAnswerError(LLMProviderError):
    """It answered what nobody can use; `usage` is what that took, as far as it said."""

    kind = "malformed_answer"
    unbilled = False
    mend = "gave an answer that cannot be read; check that its base URL is that of an API"

    def __init__(self, provider: str, mend: str | None = None, usage: Usage | None = None) -> None:
        super().__init__(provider, mend)
        self.usage = usage


class OversizedAnswerError(MalformedAnswerError):
    """It sends more than any model writes."""

    kind = "oversized_answer"
    mend = "sends far too much for an answer; check that its base URL is that of an API"


class MalformedArgumentsError(LLMError):
    """A model gave a tool what it does not take."""

    kind = "malformed_arguments"

    def __init__(self, tool: str, wrong: Sequence[str]) -> None:
        super().__init__(f"the arguments of {tool!r} are not valid: {'; '.join(wrong)}")
        self.tool = tool
        self.wrong = list(wrong)


class BudgetExceededError(LLMError):
    """A limit would be passed; the call was not made."""

    kind = "budget_exceeded"

    def __init__(self, scope: str, what: str, limit: int, used: int) -> None:
        self.scope, self.what, self.limit, self.used = scope, what, limit, used
        super().__init__(
            f"the limit of {limit} {what.replace('_', ' ')} per {scope} leaves too little "
            f"({used} used); wait until it starts anew, or have it raised"
        )
