"""A user keeps its subject over restarts.

moto draws a subject for every user it creates, and forgets its users when it stops; memberships
that earlier starts wrote for a subject would belong to nobody.
"""

from __future__ import annotations

from typing import Any

from moto.cognitoidp.models import cognitoidp_backends

from local.blueprint import ACCOUNT, REGION


def set_subject(pool_id: str, username: str, subject: str) -> None:
    """Gives a user the subject that its tokens carry from now on."""
    pool: Any = cognitoidp_backends[ACCOUNT][REGION].user_pools[pool_id]
    user = pool._get_user(username)
    user.id = subject
    user.update_attributes([{"Name": "sub", "Value": subject}])
