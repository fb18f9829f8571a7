"""Where pipelines and forms answer: below which roots, under which older paths, and which are open.

The infrastructure makes the API's routes of this table, and the application rewrites a path of an
older system to ours; a test compares it with what the application declares.
"""

from __future__ import annotations

from typing import Final

OLD_PREFIX: Final = "/api"
ROOTS: Final = ("/events", "/pipeline", "/pipelines")
"""Whatever is below one of them answers below the older prefix too."""

OPEN: Final = ("/forms/{key}/leads", "/forms/{key}/submit-business-lead", "/submit-business-lead")
"""Where a public key names the tenant, all by POST."""

OLD: Final = {f"{OLD_PREFIX}/submit-business-lead": "/submit-business-lead"}
"""Open paths of older systems."""


def own(path: str) -> str:
    """Our path for one of an older system; ours stays as it is."""
    inner = path.removeprefix(OLD_PREFIX)
    if path.rstrip("/") in OLD:
        return OLD[path.rstrip("/")]
    below = any(f"{inner}/".startswith(f"{root}/") for root in ROOTS)
    return inner if path.startswith(f"{OLD_PREFIX}/") and below else path


def spellings(path: str) -> list[str]:
    """Every path that answers as one of ours does, with and without a slash at the end."""
    old = [old for old, ours in OLD.items() if ours == path]
    if any(f"{path}/".startswith(f"{root}/") for root in ROOTS):
        old.append(f"{OLD_PREFIX}{path}")
    return [spelling for one in (path, *old) for spelling in (one, f"{one}/")]


def guarded() -> list[str]:
    """The older paths that need a signed-in caller, as the API's routes spell them."""
    return [f"{OLD_PREFIX}{root}{end}" for root in ROOTS for end in ("", "/", "/{proxy+}")]


def asked_first() -> list[str]:
    """The older paths that a browser's preflight asks about, as the API's routes spell them."""
    return [*guarded(), *(f"{path}{end}" for path in OLD for end in ("", "/"))]
