"""What a route needs of its caller: declared once at the route, enforced here and nowhere else.

`@router.get("/leads/", dependencies=[needs(Right.LEADS_VIEW)])` checks the caller before anything
of the request is looked at, and stands in OpenAPI as `x-rights`. `needs()` lets in whoever is
signed in, `open_to_all()` everybody. A route that says nothing ends the start of its application.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from functions.web.limits import Limiter
from functions.web.rules import cost_of
from shared.identity.audit import Audit
from shared.identity.principal import ForbiddenError, Principal
from shared.identity.rights import Right

SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access or id token of the user pool, e.g. from `POST /auth/login/`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A key of the API, as `Api-Key mr_…`.",
    },
}


class UndeclaredRouteError(Exception):
    """A route that does not say what it needs; the message names it."""


async def principal(request: Request) -> Principal:
    """Who calls, as the authorizer verified it; raises NotAPrincipalError."""
    event = request.scope.get("aws.event", {})
    context = event.get("requestContext", {}).get("authorizer", {}).get("lambda", {})
    return Principal.from_context(context)


PrincipalDep = Annotated[Principal, Depends(principal)]


@dataclass(frozen=True)
class Needs:
    """The rights a route needs, all of them; called before the route."""

    rights: tuple[Right, ...]
    open: bool = False
    cost: int | None = None
    """Units of the caller's rate; None is what the method costs."""

    async def __call__(self, request: Request) -> None:
        """Lets the caller pass and charges them.

        Raises:
            NotAPrincipalError: nobody is signed in who must be.
            TooManyRequestsError: they have used up their units.
            ForbiddenError: role or scopes do not allow it; it is written down.
        """
        who = None if self.open else await principal(request)
        if self.cost != 0:
            limiter: Limiter = request.app.state.limiter
            limiter.charge(request, who, self.cost)
        if who is not None:
            self._require(request, who)

    def _require(self, request: Request, who: Principal) -> None:
        for right in self.rights:
            try:
                who.require(right)
            except ForbiddenError:
                audit: Audit = request.app.state.audit
                audit.refused(who, right, f"{request.method} {request.scope['route'].path}")
                raise


def needs(*rights: Right, cost: int | None = None) -> Any:
    """Only callers who have all these rights, or any who is signed in."""
    return Depends(Needs(rights, cost=cost))


def open_to_all(cost: int | None = None) -> Any:
    """Everybody, without credentials; `cost=0` is not counted."""
    return Depends(Needs((), open=True, cost=cost))


@dataclass(frozen=True)
class Declared:
    """A route and what it needs."""

    method: str
    path: str
    needs: Needs


def declared(app: FastAPI) -> Iterator[Declared]:
    """Every route of an application.

    Raises:
        UndeclaredRouteError: one of them does not say what it needs, or says it twice.
    """
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        where = f"{'/'.join(sorted(context.methods or []))} {context.path}"
        said = [d.dependency for d in getattr(route, "dependencies", [])]
        found = [one for one in said if isinstance(one, Needs)]
        if len(found) != 1 or not isinstance(route, APIRoute):
            raise UndeclaredRouteError(
                f"{where} must say once what it needs: dependencies=[needs(Right.…)], or "
                "open_to_all()"
            )
        for method in sorted(route.methods or ()):
            yield Declared(method, str(context.path_format), found[0])


def publish(app: FastAPI) -> None:
    """Checks every declaration, and has the OpenAPI document show it.

    Raises:
        UndeclaredRouteError: a route does not say what it needs.
    """
    routes = list(declared(app))
    plain = app.openapi

    def document() -> dict[str, Any]:
        found = plain()
        found.setdefault("components", {})["securitySchemes"] = SCHEMES
        for one in routes:
            found["paths"][one.path][one.method.lower()] |= _shown(one)
        return found

    cast("Any", app).openapi = document


def _shown(one: Declared) -> dict[str, Any]:
    what = one.needs
    cost = {"x-cost": cost_of(one.method) if what.cost is None else what.cost}
    if what.open:
        return {"security": [], **cost}
    rights = [str(right) for right in what.rights]
    return {"security": [{name: []} for name in SCHEMES], "x-rights": rights, **cost}
