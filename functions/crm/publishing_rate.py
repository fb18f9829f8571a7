"""How many events a tenant may publish: a limit of its own, beside that of all its requests.

One event becomes many deliveries and runs, so that a tenant may ask far more than it may publish.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import Depends, Request

from functions.web.access import PrincipalDep
from functions.web.limits import Limiter


async def _charged(request: Request, who: PrincipalDep) -> None:
    limiter: Limiter = request.app.state.limiter
    limiter.spend(request, f"{who.tenant}#publishing", 1, request.app.state.publish_per_minute)


PUBLISHING: Final[Any] = Depends(_charged)
"""A dependency of routes that publish; raises TooManyRequestsError."""
