"""Users survive a restart, and a first password obeys the pool's policy.

moto keeps its users in memory alone, and its pool cannot be pickled. It also takes any password
when a user is created, where Cognito refuses the user.
"""

from __future__ import annotations

from typing import Any, Final

from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUser, cognitoidp_backends

from local.blueprint import ACCOUNT, REGION
from local.seams.replacing import replace

_admin_create_user: Final = CognitoIdpBackend.admin_create_user


def dump() -> dict[str, Any]:
    """The users and refresh tokens of every pool, by its name."""
    return {
        pool.name: {
            "users": [_saved(user) for user in pool.users.values()],
            "refresh_tokens": dict(pool.refresh_tokens),
        }
        for pool in cognitoidp_backends[ACCOUNT][REGION].user_pools.values()
    }


def load(saved: dict[str, Any]) -> None:
    """Puts them into the pools that stand; what is no more is left out."""
    for pool in cognitoidp_backends[ACCOUNT][REGION].user_pools.values():
        found = saved.get(pool.name, {"users": [], "refresh_tokens": {}})
        for one in found["users"]:
            user = _restored(pool.id, one)
            pool.users[user.username] = user
        pool.refresh_tokens.update(found["refresh_tokens"])


def install() -> None:
    """Has the pool's policy judge the first password."""

    def admin_create_user(
        self: Any, user_pool_id: str, username: str, message_action: str,
        temporary_password: str, attributes: list[dict[str, str]],
    ) -> CognitoIdpUser:  # fmt: skip
        if temporary_password:
            self._validate_password(user_pool_id, temporary_password)
        return _admin_create_user(
            self, user_pool_id, username, message_action, temporary_password, attributes
        )

    replace(CognitoIdpBackend, admin_create_user=admin_create_user)


def _saved(user: Any) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "password": user.password,
        "status": user.status,
        "attributes": list(user.attributes),
    }


def _restored(pool_id: str, saved: dict[str, Any]) -> CognitoIdpUser:
    user = CognitoIdpUser(
        pool_id, saved["username"], saved["password"], saved["status"], saved["attributes"]
    )
    user.id = saved["id"]
    user.update_attributes([{"Name": "sub", "Value": user.id}])
    return user
