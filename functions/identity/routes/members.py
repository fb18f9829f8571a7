"""The members of the caller's tenant, their roles, and those who are invited."""

from __future__ import annotations

from fastapi import APIRouter

from functions.identity.bodies import Inviting, RoleChange
from functions.identity.services import ServicesDep
from functions.identity.views import InvitationsView, MembersView, MemberView, RolesView, RoleView
from functions.web.access import PrincipalDep, needs
from shared.identity.invitations import Invitation
from shared.identity.rights import ALLOWED, ROLES, Right

router = APIRouter(prefix="/auth", tags=["members"])


@router.get("/members/", dependencies=[needs(Right.MEMBERS_VIEW)])
async def members(who: PrincipalDep, at: ServicesDep) -> MembersView:
    """Who is a member, in the order they joined."""
    found = at.directory.members(who.tenant)
    return MembersView(members=[MemberView.of(member) for member in found])


@router.get("/members/{user_id}/", dependencies=[needs(Right.MEMBERS_VIEW)])
async def member(user_id: str, who: PrincipalDep, at: ServicesDep) -> MemberView:
    """One of them."""
    return MemberView.of(at.directory.get(who.tenant, user_id))


@router.put("/members/{user_id}/", dependencies=[needs(Right.MEMBERS_CHANGE)])
async def change_role(
    user_id: str, body: RoleChange, who: PrincipalDep, at: ServicesDep
) -> MemberView:
    """Gives a member another role; the last admin stays one."""
    return MemberView.of(at.directory.change_role(who, user_id, body.role))


@router.delete("/members/{user_id}/", status_code=204, dependencies=[needs(Right.MEMBERS_CHANGE)])
async def remove(user_id: str, who: PrincipalDep, at: ServicesDep) -> None:
    """Ends a membership; the last admin stays."""
    at.directory.remove(who, user_id)


@router.get("/roles/", dependencies=[needs()])
async def roles() -> RolesView:
    """The roles there are, and what each may do."""
    return RolesView(roles=[RoleView(role=r, rights=sorted(ALLOWED[r])) for r in ROLES])


@router.post("/invitations/", status_code=201, dependencies=[needs(Right.MEMBERS_INVITE)])
async def invite(body: Inviting, who: PrincipalDep, at: ServicesDep) -> Invitation:
    """Invites somebody by mail, for seven days."""
    return at.invitations.create(who, body.email, body.role)


@router.get("/invitations/", dependencies=[needs(Right.MEMBERS_INVITE)])
async def invitations(who: PrincipalDep, at: ServicesDep) -> InvitationsView:
    """Who was invited, the latest first."""
    return InvitationsView(invitations=at.invitations.list(who.tenant))


@router.delete("/invitations/{invitation_id}/", dependencies=[needs(Right.MEMBERS_INVITE)])
async def revoke_invitation(invitation_id: str, who: PrincipalDep, at: ServicesDep) -> Invitation:
    """Takes an invitation back."""
    return at.invitations.revoke(who, invitation_id)
