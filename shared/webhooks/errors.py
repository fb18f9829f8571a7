"""What goes wrong with webhook endpoints. No message ever holds a part of a secret."""

from __future__ import annotations

from typing import Any


class EndpointNotFoundError(Exception):
    """The tenant has no such endpoint."""


class EndpointChangedError(Exception):
    """The endpoint is not at the version the caller named; `current` is how it stands."""

    def __init__(self, current: Any) -> None:
        super().__init__(f"the endpoint is at version {current.version}; read it and decide again")
        self.current = current


class EndpointDisabledError(Exception):
    """Nothing is sent to an endpoint that is disabled."""


class TooManyEndpointsError(Exception):
    """The tenant has as many endpoints as it may have."""


class InvalidEndpointError(Exception):
    """An endpoint cannot be kept so; `field` is the one to change."""

    def __init__(self, field: str, problem: str, mend: str) -> None:
        super().__init__(f"{field}: {problem}; {mend}")
        self.field, self.problem, self.mend = field, problem, mend


class DeliveryNotFoundError(Exception):
    """The endpoint has no such delivery, or it is no longer kept."""


class DeliveryWaitsError(Exception):
    """The delivery is on its way already."""


class RecoveryNotFoundError(Exception):
    """The endpoint has no such recovery."""
