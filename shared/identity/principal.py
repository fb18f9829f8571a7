"""The principal: every entry point turns its caller into one, and the tenant comes from nowhere
else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from shared.identity.rights import ALLOWED, OVER_OTHERS, Right, Role

Kind = Literal["user", "key"]


class NotAPrincipalError(ValueError):
    """What the authorizer handed over names no tenant, no subject or no known role."""


class ForbiddenError(Exception):
    """The principal's role or scopes do not allow it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller: a member, or a key of the API with its scopes."""

    tenant: str
    subject: str
    """The user's `sub`, or the key's public id."""
    role: Role
    kind: Kind = "user"
    scopes: frozenset[Right] = frozenset()
    """What a key may do; a member's role alone says what they may."""

    @property
    def rights(self) -> frozenset[Right]:
        """Everything that this caller may do."""
        allowed = ALLOWED[self.role]
        return allowed if self.kind == "user" else allowed & self.scopes

    @property
    def member(self) -> str | None:
        """The user, if it is one: what a key makes is owned by nobody."""
        return self.subject if self.kind == "user" else None

    def require(self, right: Right) -> None:
        """Raises ForbiddenError unless role and scopes allow it."""
        if right in self.rights:
            return
        if right in ALLOWED[self.role]:
            raise ForbiddenError(f"this key lacks the scope {right}; make one that has it")
        raise ForbiddenError(f"the role {self.role} lacks {right}; ask an admin of your tenant")

    def require_on(self, right: Right, owner: str | None) -> None:
        """Like `require`, for a change of a record that somebody owns.

        Raises:
            ForbiddenError: somebody else owns it, and the role may not change what others own.
        """
        self.require(right)
        if owner not in (None, self.member) and self.role not in OVER_OTHERS:
            raise ForbiddenError(f"somebody else owns this; the role {self.role} may only see it")

    def to_context(self) -> dict[str, str]:
        """What the authorizer hands to the functions behind it."""
        context = {"tenant": self.tenant, "subject": self.subject, "role": self.role}
        if self.kind == "key":
            context |= {"kind": self.kind, "scopes": " ".join(sorted(self.scopes))}
        return context

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Principal:
        """The inverse of `to_context`.

        Raises:
            NotAPrincipalError: a part is missing or unknown.
        """
        tenant, subject, role = (context.get(name) for name in ("tenant", "subject", "role"))
        kind = context.get("kind", "user")
        if not (tenant and subject) or role not in get_args(Role) or kind not in get_args(Kind):
            raise NotAPrincipalError("the request carries no verified tenant, subject and role")
        known = {right.value for right in Right}
        # A scope of a right that is no more allows nothing.
        named = {str(scope) for scope in str(context.get("scopes", "")).split()} & known
        scopes = frozenset(Right(scope) for scope in named)
        return cls(str(tenant), str(subject), cast("Role", role), cast("Kind", kind), scopes)
