"""Where identity answers: its own paths, those of older systems, and which are open.

The infrastructure makes the API's routes of this table, and the application rewrites a path of an
older system to ours; a test compares it with what the application declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROOT: Final = "/auth"

OPEN: Final = (
    "/auth/register",
    "/auth/token",
    "/auth/login",
    "/auth/refresh",
    "/auth/forgot-password",
    "/auth/reset-password",
    "/auth/invitations/accept",
)
"""Where credentials are asked for or given out, all by POST; everything else needs them."""

OLD_ROOT: Final = "/api/auth"
"""Whatever is below ours answers below this one too."""

OLD: Final[Mapping[str, str]] = {
    "/api/forgot-password": "/auth/forgot-password",
    "/api/reset-password": "/auth/reset-password",
    "/api/refresh": "/auth/refresh",
    "/api/me": "/auth/me",
}
"""Paths of older systems that are not below their root."""


def own(path: str) -> str:
    """Our path for one of an older system, without the slash at its end; ours stays as it is."""
    bare = path.rstrip("/")
    if bare in OLD:
        return OLD[bare]
    if f"{bare}/".startswith(f"{OLD_ROOT}/"):
        return f"{ROOT}{bare.removeprefix(OLD_ROOT)}"
    return bare


def spellings(path: str) -> list[str]:
    """Every path that answers as one of ours does, with and without a slash at the end."""
    old = [old for old, ours in OLD.items() if ours == path]
    named = [path, f"{OLD_ROOT}{path.removeprefix(ROOT)}", *old]
    return [spelling for one in named for spelling in (one, f"{one}/")]
