"""What the user's nodes read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class NewUser(BaseModel):
    """Somebody who became a member."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    user_id: str
    email: str
    name: str
    role: str
    tenant_name: str
