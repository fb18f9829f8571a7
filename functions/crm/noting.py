"""What operators did, in the audit: written in the transaction of what they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from functions.web.access import PrincipalDep
from shared.identity.audit import Audit
from shared.platform.tables import Put

Noted = Callable[[str, str], list[Put]]
"""The writes that say: the caller did this to that."""


async def _noted(request: Request, who: PrincipalDep) -> Noted:
    audit: Audit = request.app.state.audit
    return lambda action, target: [audit.entry(who.tenant, who.subject, action, target)]


NotedDep = Annotated[Noted, Depends(_noted)]
