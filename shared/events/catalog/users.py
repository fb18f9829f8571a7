"""What happens to the people of a tenant."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, PersonalText, event_type

SOURCE: Final = "millrace.identity"
_ID = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"


@event_type(
    "user.created",
    source=SOURCE,
    topics=("users",),
    ours_alone=True,
    aliases=("user_created",),
    sample={
        "user_id": _ID,
        "email": "jane@example.com",
        "name": "Jane Doe",
        "role": "sales_rep",
        "tenant_name": "Example Corp",
    },
)
class UserCreated(EventData):
    """Somebody became a member of a tenant."""

    user_id: str
    email: PersonalText
    name: PersonalText
    role: str
    tenant_name: str


@event_type(
    "user.role_changed",
    source=SOURCE,
    topics=("users",),
    ours_alone=True,
    sample={"user_id": _ID, "old_role": "user", "new_role": "manager"},
)
class UserRoleChanged(EventData):
    """A member got another role."""

    user_id: str
    old_role: str
    new_role: str


@event_type(
    "user.removed",
    source=SOURCE,
    topics=("users",),
    ours_alone=True,
    sample={"user_id": _ID, "role": "user"},
)
class UserRemoved(EventData):
    """Somebody is a member no more."""

    user_id: str
    role: str
