"""Signing in and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Body, Request, Response

from functions.identity.bodies import Refreshing, SigningIn, SigningOut
from functions.identity.services import Services, ServicesDep
from functions.identity.views import MeView, TokensView
from functions.web.access import PrincipalDep, needs, open_to_all
from functions.web.problems import BadRequestError

router = APIRouter(prefix="/auth", tags=["sessions"])

_FORM = "application/x-www-form-urlencoded"


@router.post("/login/", dependencies=[open_to_all()])
async def login(body: SigningIn, at: ServicesDep, response: Response) -> TokensView:
    """Signs in with e-mail address or username, and password."""
    return _signed_in(body, at, response)


@router.post(
    "/token/",
    dependencies=[open_to_all()],
    openapi_extra={"requestBody": {"content": {_FORM: {"schema": {"type": "object"}}}}},
)
async def token(request: Request, at: ServicesDep, response: Response) -> TokensView:
    """The same for OAuth 2 clients: a form with the grant `password` or `refresh_token`."""
    given = {name: one[-1] for name, one in parse_qs((await request.body()).decode()).items()}
    match given.get("grant_type", "password"):
        case "password":
            return _signed_in(_credentials(given), at, response)
        case "refresh_token":
            response.headers["Cache-Control"] = "no-store"
            return TokensView.of(at.sessions.refresh(given.get("refresh_token", "")))
        case other:
            fix = "use password or refresh_token"
            raise BadRequestError("grant_type", f"{other!r} is not offered", fix)


@router.post("/refresh/", dependencies=[open_to_all()])
async def refresh(body: Refreshing, at: ServicesDep, response: Response) -> TokensView:
    """New tokens for a refresh token, which is spent; one that comes twice ends its session."""
    response.headers["Cache-Control"] = "no-store"
    return TokensView.of(at.sessions.refresh(body.refresh_token))


@router.post("/logout/", status_code=204, dependencies=[needs()])
async def logout(
    who: PrincipalDep, at: ServicesDep, body: Annotated[SigningOut | None, Body()] = None
) -> None:
    """Ends the session of the refresh token that the body names, or all of the caller's."""
    told = body or SigningOut()
    if told.refresh_token:
        at.sessions.close(told.refresh_token)
    if told.everywhere or not told.refresh_token:
        at.sessions.end_all(who.subject)


@router.get("/me/", dependencies=[needs()])
async def me(who: PrincipalDep, at: ServicesDep) -> MeView:
    """The caller, and what they may do."""
    member = at.directory.get(who.tenant, who.member) if who.member else None
    return MeView(
        id=who.subject,
        kind=who.kind,
        tenant=at.tenants.get(who.tenant),
        role=who.role,
        rights=sorted(who.rights),
        email=member.email if member else None,
        name=member.name if member else None,
    )


def _credentials(given: dict[str, str]) -> SigningIn:
    for name in ("username", "password"):
        if not given.get(name):
            raise BadRequestError(name, "not in the form", f"add {name}")
    return SigningIn(email=given["username"][:254], password=given["password"][:256])


def _signed_in(body: SigningIn, at: Services, response: Response) -> TokensView:
    response.headers["Cache-Control"] = "no-store"
    email = at.registration.email_of(body.login)
    opened = at.sessions.open(email, body.password, code=body.code, remember=body.remember_me)
    return TokensView.of(opened)
