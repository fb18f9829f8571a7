"""Getting an account, and getting back into it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from functions.identity.bodies import Accepting, Forgetting, Registering, Resetting
from functions.identity.services import ServicesDep
from functions.identity.views import MemberView, MessageView, RegisteredView, TokensView
from functions.web.access import open_to_all
from shared.identity.registration import Person

router = APIRouter(prefix="/auth", tags=["accounts"])

SENT = "If somebody has this address, a mail is on its way to them."


@router.post("/register/", status_code=201, dependencies=[open_to_all()])
async def register(body: Registering, at: ServicesDep, response: Response) -> RegisteredView:
    """Founds a tenant, whose admin the caller is, and signs them in."""
    response.headers["Cache-Control"] = "no-store"
    person = Person(body.email, body.password, body.full_name, body.username)
    member = at.registration.found(person, body.tenant_name or body.full_name)
    tokens = TokensView.of(at.sessions.open(body.email, body.password))
    return RegisteredView(**tokens.model_dump(), user=MemberView.of(member))


@router.post("/forgot-password/", dependencies=[open_to_all()])
async def forgot_password(body: Forgetting, at: ServicesDep) -> MessageView:
    """Sends a mail that lets a new password be set; the answer is the same for every address."""
    at.passwords.forgot(body.email)
    return MessageView(message=SENT)


@router.post("/reset-password/", dependencies=[open_to_all()])
async def reset_password(body: Resetting, at: ServicesDep) -> MessageView:
    """Sets a new password with the token of the mail, and ends every session."""
    at.passwords.reset(body.token, body.new_password)
    return MessageView(message="The password is set; sign in with it.")


@router.post("/invitations/accept/", status_code=201, dependencies=[open_to_all()])
async def accept(body: Accepting, at: ServicesDep) -> MemberView:
    """Joins the tenant that the token of the mail is of."""
    return MemberView.of(at.invitations.accept(body.token, body.name, body.password))
