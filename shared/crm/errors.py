"""What the CRM refuses, and with which words; entry points map these, nothing else."""

from __future__ import annotations

from shared.crm.lead import Lead


class LeadNotFoundError(Exception):
    """No such lead for this tenant."""


class PreconditionFailedError(Exception):
    """The lead is not at the version the caller named; `current` is how it stands."""

    def __init__(self, current: Lead) -> None:
        super().__init__(f"the lead is at version {current.version}; read it and decide again")
        self.current = current


class IdempotencyKeyReusedError(Exception):
    """The key came before with another request."""


class AlreadyAnsweredError(Exception):
    """The key came before with this request; `status`, `body` and `etag` are the answer of then."""

    def __init__(self, status: int, body: str, etag: str | None) -> None:
        super().__init__("answered before")
        self.status = status
        self.body = body
        self.etag = etag
