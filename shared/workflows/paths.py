"""Where workflows answer: their own roots, those of older systems, and which paths are open.

The infrastructure makes the API's routes of this table, and the application rewrites a path of an
older system to ours; a test compares it with what the application declares.
"""

from __future__ import annotations

from typing import Final

ROOTS: Final = (
    "/workflows",
    "/workflow",
    "/executions",
    "/nodes",
    "/connections",
    "/settings",
    "/tools",
    "/notices",
    "/webhooks",
    "/export",
    "/import",
    "/export-all",
    "/notices",
)
"""Whatever is below one of them is ours."""

INSIDE: Final = ("/users/{id}/executions",)
"""Ours below a root of others."""

OPEN: Final = (
    ("ANY", "/webhooks/{id}"),
    ("ANY", "/webhooks/{id}/test"),
    ("GET", "/connections/oauth2/callback"),
)
"""Method and path where nobody is asked who they are: an id that cannot be guessed says it."""

OLD_PREFIX: Final = "/api"
"""Whatever answers as ours answers below this one too; what others have there, they name."""


def own(path: str) -> str:
    """Our path for one of an older system, without the slash at its end; ours stays as it is."""
    bare = path.rstrip("/")
    inner = bare.removeprefix(OLD_PREFIX)
    return inner if bare.startswith(f"{OLD_PREFIX}/") and _ours(inner) else bare


def spellings(path: str) -> list[str]:
    """Every path that answers as one of ours does, with and without a slash at the end."""
    return [f"{prefix}{path}{slash}" for prefix in ("", OLD_PREFIX) for slash in ("", "/")]


def templates() -> list[str]:
    """Every path that is ours, as the API's routes spell it."""
    inside = [f"{path}{slash}" for path in INSIDE for slash in ("", "/")]
    below = [f"{root}{end}" for root in ROOTS for end in ("", "/", "/{proxy+}")]
    return [*below, *inside, f"{OLD_PREFIX}/{{proxy+}}"]


def _ours(path: str) -> bool:
    if any(f"{path}/".startswith(f"{root}/") for root in ROOTS):
        return True
    parts = path.split("/")
    return any(_fits(template.split("/"), parts) for template in INSIDE)


def _fits(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        wanted.startswith("{") or wanted == part
        for wanted, part in zip(template, parts, strict=True)
    )
