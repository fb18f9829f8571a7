"""The principal: every entry point turns its caller into one, and the tenant comes from nowhere
else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

Role = Literal["admin", "manager", "sales_rep", "user"]
Action = Literal["view", "add", "change", "delete", "operate"]
"""`operate` is the quarantine and the runs: what keeps the platform going."""

ALLOWED: Final[Mapping[Role, frozenset[Action]]] = {
    "admin": frozenset({"view", "add", "change", "delete", "operate"}),
    "manager": frozenset({"view", "add", "change", "operate"}),
    "sales_rep": frozenset({"view", "add", "change"}),
    "user": frozenset({"view"}),
}


class NotAPrincipalError(ValueError):
    """What the authorizer handed over names no tenant, no subject or no known role."""


class ForbiddenError(Exception):
    """The principal's role does not allow the action."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller."""

    tenant: str
    subject: str
    role: Role

    def require(self, action: Action) -> None:
        """Raises ForbiddenError unless the role allows the action."""
        if action not in ALLOWED[self.role]:
            raise ForbiddenError(f"the role {self.role} may not {action}")

    def to_context(self) -> dict[str, str]:
        """What the authorizer hands to the functions behind it."""
        return {"tenant": self.tenant, "subject": self.subject, "role": self.role}

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Principal:
        """The inverse of `to_context`.

        Raises:
            NotAPrincipalError: a part is missing or unknown.
        """
        tenant, subject, role = (context.get(name) for name in ("tenant", "subject", "role"))
        if not (tenant and subject) or role not in get_args(Role):
            raise NotAPrincipalError("the request carries no verified tenant, subject and role")
        return cls(str(tenant), str(subject), cast(Role, role))
